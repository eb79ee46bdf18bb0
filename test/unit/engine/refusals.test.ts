/**
 * How signals end that do not trade: each gate and the sizing stage in a running kernel, ruin, and
 * prices the venue may not fill at. NAV starts at 10 000.00.
 */
import { describe, expect, it } from "vitest";
import type { Target } from "../../../src/domain/target.ts";
import {
  entriesOf,
  type Market,
  type Ohlc,
  type Outcome,
  type Settings,
  soundRun,
} from "../../support/market-fixture.ts";

const MON = "2021-03-01";
const TUE = "2021-03-02";
const WED = "2021-03-03";
const THU = "2021-03-04";
const DAYS = [MON, TUE, WED, THU];

const flat: Ohlc = [100, 100, 100, 100];

function days(...bars: Ohlc[]): { [date: string]: Ohlc } {
  return Object.fromEntries(DAYS.map((date, n) => [date, bars[Math.min(n, bars.length - 1)]]));
}

type Script = { readonly [date: string]: Target };

function one(wishes: Script, bars = days(flat), over: Settings = {}): Outcome {
  return soundRun({ A: { bars, wishes } }, over);
}

/** How each signal ended, in the order they were made. */
function ends(run: Outcome): unknown[] {
  return run.trace.signals.map(({ end }) => end);
}

describe("the cash gate", () => {
  it("refuses the second of two orders that together exceed the gross limit", () => {
    const market: Market = {
      A: { bars: days(flat), wishes: { [MON]: { weight: 0.7 } } },
      B: { bars: days(flat), wishes: { [MON]: { weight: 0.7 } } },
    };
    const run = soundRun(market);
    expect(run.fills).toHaveLength(1);
    expect(run.fills[0]).toMatchObject({ lots: 70 });
    expect(run.terminals.toSorted()).toEqual(["EXECUTED", "REJECTED_BY_CASH"]);
    // 10 000 - 7 000 is left, 7 000 is needed.
    expect(ends(run)).toContainEqual({
      state: "REJECTED_BY_CASH",
      share: 0,
      cutBy: ["cash/buying_power"],
      observed: 700_000,
      limit: 300_000,
      unit: "minor units",
    });
  });

  it("sees reductions first, whatever the order of the instruments", () => {
    for (const [sold, bought] of [
      ["A", "B"],
      ["B", "A"],
    ]) {
      const run = soundRun({
        [sold]: { bars: days(flat), wishes: { [MON]: { weight: 1 }, [TUE]: { weight: 0.2 } } },
        [bought]: { bars: days(flat), wishes: { [TUE]: { weight: 0.8 } } },
      });
      expect(run.terminals, `${sold} makes room for ${bought}`).toEqual(
        Array<string>(3).fill("EXECUTED"),
      );
    }
  });

  it("takes a whole NAV of 100 %, and does not count costs against it", () => {
    const run = one({ [MON]: { weight: 1 } }, days(flat), { fees: { bps: 10 } });
    expect(run.fills).toMatchObject([{ lots: 100, fee: 1000 }]);
    expect(run.cash[1]).toBe(-1000);
  });
});

describe("the limits gate", () => {
  it("holds the number of positions", () => {
    const wish = { bars: days(flat), wishes: { [MON]: { weight: 0.1 } } };
    const run = soundRun({ A: wish, B: wish }, { limits: { positions: 1 } });
    expect(run.fills).toHaveLength(1);
    expect(ends(run)).toContainEqual({
      state: "REJECTED_BY_RISK_LIMIT",
      share: 0,
      cutBy: ["limits/positions"],
      observed: 2,
      limit: 1,
      unit: "instruments",
    });
  });

  it("lets a position that closes make room for another of the same decision", () => {
    for (const [closes, opens] of [
      ["A", "B"],
      ["B", "A"],
    ]) {
      const market: Market = {
        [closes]: { bars: days(flat), wishes: { [MON]: { weight: 0.1 }, [TUE]: { weight: 0 } } },
        [opens]: { bars: days(flat), wishes: { [TUE]: { weight: 0.1 } } },
      };
      const run = soundRun(market, { limits: { positions: 1 } });
      expect(run.fills.map(({ id, lots }) => [id, lots])).toEqual([
        [closes, 10],
        [closes, -10],
        [opens, 10],
      ]);
    }
  });

  it("refuses a short where none is allowed, and an excess over the symbol's limit", () => {
    const short = one({ [MON]: { weight: -0.5 } }, days(flat), { limits: { shorts: false } });
    expect(short.terminals).toEqual(["REJECTED_BY_RISK_LIMIT"]);
    const symbol = one({ [MON]: { weight: 0.5 } }, days(flat), { limits: { symbol: 0.4 } });
    expect(ends(symbol)).toMatchObject([{ cutBy: ["limits/symbol"], observed: 0.5, limit: 0.4 }]);
    const net = one({ [MON]: { weight: 0.5 } }, days(flat), { limits: { net: 0.4 } });
    expect(ends(net)).toMatchObject([{ cutBy: ["limits/net"], observed: 0.5, limit: 0.4 }]);
  });
});

describe("the freshness gate", () => {
  const market = (gap: readonly string[]): Market => ({
    A: { bars: days(flat) },
    B: {
      bars: Object.fromEntries(DAYS.filter((d) => !gap.includes(d)).map((d) => [d, flat])),
      wishes: { [MON]: { weight: 0.5 } },
    },
  });

  it("lets a decision pass on a bar of the session before, and refuses an older one", () => {
    // Decisions fall on Thursdays alone, so the wish of Monday's bar is asked for on Thursday.
    const schedule = { decide: "thursday" } as const;
    const stale = soundRun(market([TUE, WED, THU]), { schedule });
    expect(ends(stale)).toEqual([
      {
        state: "REJECTED_BY_FRESHNESS",
        share: 0,
        cutBy: ["freshness/pack_age"],
        observed: 3,
        limit: 1,
        unit: "sessions",
      },
    ]);
    const allowed = soundRun(market([TUE, WED, THU]), {
      schedule,
      freshness: { max_age_sessions: 3 },
    });
    expect(allowed.terminals).toEqual(["EXPIRED"]);
  });
});

describe("the duplicate gate", () => {
  it("refuses a wish whose order already waits, and leaves that order alone", () => {
    // B trades on Monday and Thursday alone; every session rebalances, so the wish comes again.
    const run = soundRun(
      {
        A: { bars: days(flat) },
        B: { bars: { [MON]: flat, [THU]: [90, 95, 90, 95] }, wishes: { [MON]: { weight: 0.5 } } },
      },
      { schedule: { rebalance: "every_session" }, freshness: { max_age_sessions: 5 } },
    );
    expect(run.terminals).toEqual(["REJECTED_BY_DUPLICATE", "REJECTED_BY_DUPLICATE", "EXECUTED"]);
    expect(run.fills).toMatchObject([{ on: THU, id: "B", lots: 50, price: 90 }]);
  });

  it("replaces a working order by one at another limit", () => {
    const at = (limit: number): Target => ({ units: 10, entry: { limit }, timeInForce: "gtc" });
    const run = one({ [MON]: at(90), [TUE]: { ...at(95), units: 11 } });
    expect(entriesOf(run, "order_ended").map(({ end }) => end)).toEqual(["replaced", "expired"]);
    expect(run.terminals).toEqual(["EXPIRED", "EXPIRED"]);
  });
});

describe("sizing", () => {
  it("refuses what rounds to nothing, with the lots it would have been", () => {
    const run = one({ [MON]: { weight: 0.004 } });
    expect(ends(run)).toMatchObject([
      { state: "REJECTED_BY_SIZING", cutBy: ["sizing/rounding"], observed: 0.4, limit: 1 },
    ]);
  });

  it("holds when the wish is what is held already", () => {
    const run = one({ [MON]: { units: 10 }, [TUE]: { weight: 0.1 } });
    expect(run.terminals).toEqual(["EXECUTED"]);
    expect(run.k.state.counters).toMatchObject({ forecasts: 4, holds: 3, signals: 1 });
  });

  it("sizes an unchanged weight anew on rebalance sessions alone", () => {
    const bars = days(flat, [200, 200, 200, 200]);
    const wishes = { [MON]: { weight: 0.5 }, [TUE]: { weight: 0.5 }, [WED]: { weight: 0.5 } };
    expect(one(wishes, bars).fills).toHaveLength(1);
    // 50 lots bought at 200: all of NAV is in them; half of it is 25.
    const run = one(wishes, bars, { schedule: { rebalance: "every_session" } });
    expect(run.fills).toMatchObject([
      { on: TUE, lots: 50 },
      { on: WED, lots: -25 },
    ]);
  });

  it("trades units as they are, and in lots of the instrument", () => {
    const run = soundRun({
      A: { bars: days(flat), wishes: { [MON]: { units: 0.3 } }, instrument: { lot: 0.1 } },
    });
    expect(run.fills).toMatchObject([{ lots: 3, notional: 3000 }]);
  });
});

describe("prices at or below zero", () => {
  const wti = { allowNonpositive: true, multiplier: 1 };
  const below: Ohlc = [-30, -20, -40, -36.98];

  it("size nothing, with the observed price, even where the venue may fill at them", () => {
    const run = soundRun({
      A: { bars: days(flat, below), wishes: { [TUE]: { weight: 1 } }, instrument: wti },
    });
    expect(ends(run)).toMatchObject([
      { state: "REJECTED_BY_SIZING", cutBy: ["sizing/non_positive_price"], observed: -36.98 },
    ]);
  });

  it("fill a reduction where the instrument allows them", () => {
    const wishes = { [MON]: { units: 10 }, [TUE]: { units: 0 } };
    const bars = days(flat, flat, below);
    const run = soundRun({ A: { bars, wishes, instrument: wti } });
    // Sold at -30: ten units at -30.00 cost 300.00 to be rid of.
    expect(run.fills[1]).toMatchObject({ on: WED, lots: -10, price: -30, notional: 30_000 });
    expect(run.cash.at(-1)).toBe(1_000_000 - 100_000 - 30_000);
  });

  it("expire the order with NON_POSITIVE_PRICE where it does not, with the price", () => {
    // Slippage carries a price of 0.01 to zero; the close stays above it, so the pack is sound.
    const penny: Ohlc = [0.01, 0.02, 0.01, 0.02];
    const wishes = { [MON]: { units: 10 }, [TUE]: { units: 0 } };
    const run = one(wishes, days(flat, flat, penny), { slippage: { half_spread: 0.01 } });
    expect(run.fills).toHaveLength(1);
    expect(entriesOf(run, "order_ended")).toMatchObject([
      { end: "non_positive_price", observed: 0 },
    ]);
    expect(run.terminals).toEqual(["EXECUTED", "EXPIRED"]);
  });
});

describe("ruin", () => {
  // Short 100 at 100; at 250 the book owes 25 000 of 20 000 in cash: NAV -5 000.
  const bars = days(flat, flat, [250, 250, 250, 250]);

  it("is remembered, refuses increases, and lets reductions pass", () => {
    const run = one({ [MON]: { weight: -1 }, [WED]: { units: -150 } }, bars);
    expect(run.nav).toEqual([1_000_000, 1_000_000, -500_000, -500_000]);
    expect(run.k.state.ruinedAt).toBe(2);
    expect(ends(run)[1]).toMatchObject({
      state: "REJECTED_BY_RISK_LIMIT",
      cutBy: ["limits/ruin"],
      observed: -500_000,
      limit: 0,
    });
    for (const wish of [{ units: -50 }, { units: 0 }, { weight: 0 }]) {
      const reduced = one({ [MON]: { weight: -1 }, [WED]: wish }, bars);
      expect(reduced.terminals).toEqual(["EXECUTED", "EXECUTED"]);
      expect(reduced.fills[1]).toMatchObject({ on: THU, price: 250 });
    }
  });

  it("leaves no weight that could be sized", () => {
    const run = one({ [MON]: { weight: -1 }, [WED]: { weight: 0.5 } }, bars);
    expect(ends(run)[1]).toMatchObject({ state: "REJECTED_BY_SIZING", cutBy: ["sizing/ruin"] });
  });
});

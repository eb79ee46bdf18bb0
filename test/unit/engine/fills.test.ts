/**
 * When and at what price orders fill, on markets of a few bars. NAV starts at 10 000.00; every
 * expected figure is worked out by hand beside it.
 */
import { describe, expect, it } from "vitest";
import { entriesOf, soundRun } from "../../support/market-fixture.ts";

const MON = "2021-03-01";
const TUE = "2021-03-02";
const WED = "2021-03-03";
const THU = "2021-03-04";
const FRI = "2021-03-05";

describe("market orders", () => {
  const bars = {
    [MON]: [100, 101, 99, 100],
    [TUE]: [102, 106, 101, 105],
    [WED]: [104, 111, 103, 110],
  } as const;
  const wishes = { [MON]: { weight: 1 } };

  it("decided on Monday's close fill at Tuesday's open", () => {
    const run = soundRun({ A: { bars, wishes } });
    // Sized on Monday's close: 10 000 / 100 = 100 lots; filled at 102: 10 200.00.
    expect(run.fills).toEqual([
      { on: TUE, id: "A", lots: 100, price: 102, notional: 1_020_000, fee: 0 },
    ]);
    // An overspend of 200.00 is a margin debit. NAV: -200 + 100 x 105, then -200 + 100 x 110.
    expect(run.cash).toEqual([1_000_000, -20_000, -20_000]);
    expect(run.nav).toEqual([1_000_000, 1_030_000, 1_080_000]);
    expect(run.terminals).toEqual(["EXECUTED"]);
  });

  it("fill at Tuesday's close where the mandate says next_close", () => {
    const run = soundRun({ A: { bars, wishes } }, { execution: { fill: "next_close" } });
    expect(run.fills).toMatchObject([{ on: TUE, lots: 100, price: 105, notional: 1_050_000 }]);
    // -500 + 100 x 105 = 10 000; -500 + 100 x 110 = 10 500
    expect(run.nav).toEqual([1_000_000, 1_000_000, 1_050_000]);
  });

  it("need closes alone for next_close", () => {
    const closes = { [MON]: 100, [TUE]: 105, [WED]: 110 };
    const run = soundRun({ A: { bars: closes, wishes } }, { execution: { fill: "next_close" } });
    expect(run.nav).toEqual([1_000_000, 1_000_000, 1_050_000]);
  });

  it("fill on the deciding close with same_close alone, and the plan says so", () => {
    const run = soundRun({ A: { bars, wishes } }, { execution: { fill: "same_close" } });
    expect(run.fills).toMatchObject([{ on: MON, lots: 100, price: 100 }]);
    expect(run.nav).toEqual([1_000_000, 1_050_000, 1_100_000]);
    expect(run.k.plan.sameClose).toBe(true);
    expect(soundRun({ A: { bars, wishes } }).k.plan.sameClose).toBe(false);
  });

  it("pay slippage, then fees, each rounded by itself", () => {
    const run = soundRun(
      { A: { bars, wishes, instrument: { tick: 0.05 } } },
      { slippage: { bps: 3 }, fees: { bps: 1, per_share: 0.005, minimum: 1 } },
    );
    // 3 bp of 102 = 0.0306: 102.0306, away from the buyer to the grid of 0.05: 102.05.
    // 1 bp of 10 205.00 = 1.0205 -> 1.02; 100 x 0.005 = 0.50, at least 1.00. Together 2.02.
    expect(run.fills).toEqual([
      { on: TUE, id: "A", lots: 100, price: 102.05, notional: 1_020_500, fee: 202 },
    ]);
    // 10 000 - 10 205.00 - 2.02 + 100 x 105
    expect(run.nav[1]).toBe(1_029_298);
    expect(run.k.state.costs).toMatchObject({ fees: 202, slippage: 500 });
  });

  it("per-unit commission counts units, not the money a unit moves", () => {
    // 2 contracts of 1 000 barrels at 2.00: 2 units, 2 x 1.50 = 3.00 of commission.
    const barrels = { [MON]: [2, 2, 2, 2], [TUE]: [2, 2, 2, 2] } as const;
    const run = soundRun(
      { A: { bars: barrels, wishes: { [MON]: { units: 2 } }, instrument: { multiplier: 1000 } } },
      { fees: { per_share: 1.5 } },
    );
    expect(run.fills).toMatchObject([{ lots: 2, notional: 400_000, fee: 300 }]);
  });
});

describe("on_open and on_close", () => {
  const bars = { [MON]: [100, 101, 99, 100], [TUE]: [102, 106, 101, 105] } as const;

  it("fill where they say, whatever market orders do", () => {
    const on = (entry: "on_open" | "on_close", fill: "next_open" | "next_close") =>
      soundRun({ A: { bars, wishes: { [MON]: { weight: 1, entry } } } }, { execution: { fill } })
        .fills;
    expect(on("on_open", "next_close")).toMatchObject([{ on: TUE, price: 102 }]);
    expect(on("on_open", "next_open")).toMatchObject([{ on: TUE, price: 102 }]);
    expect(on("on_close", "next_open")).toMatchObject([{ on: TUE, price: 105 }]);
    expect(on("on_close", "next_close")).toMatchObject([{ on: TUE, price: 105 }]);
  });
});

describe("limit orders", () => {
  const bars = {
    [MON]: [100, 101, 99, 100],
    [TUE]: [99, 100, 97, 98],
    [WED]: [97, 98, 94, 96],
    [THU]: [93, 95, 92, 94],
  } as const;
  const buy = (limit: number, timeInForce: "day" | "gtc") => ({
    [MON]: { units: 10, entry: { limit }, timeInForce },
  });

  it("fill at their price when the bar reaches it, without slippage", () => {
    const run = soundRun({ A: { bars, wishes: buy(98, "day") } }, { slippage: { bps: 50 } });
    expect(run.fills).toMatchObject([{ on: TUE, lots: 10, price: 98, notional: 98_000 }]);
  });

  it("fill at the open when it gaps past them", () => {
    const run = soundRun({ A: { bars, wishes: buy(99.5, "day") } });
    expect(run.fills).toMatchObject([{ on: TUE, price: 99 }]);
  });

  it("for the day, expire after the instrument's next bar", () => {
    const run = soundRun({ A: { bars, wishes: buy(95, "day") } });
    expect(run.fills).toEqual([]);
    expect(run.terminals).toEqual(["EXPIRED"]);
    expect(entriesOf(run, "order_ended")).toMatchObject([{ end: "expired" }]);
    expect(run.entries.find(({ payload }) => payload.kind === "order_ended")?.at).toBe(TUE);
  });

  it("until cancelled, wait: 95 trades on Wednesday, 93.5 at Thursday's open of 93", () => {
    expect(soundRun({ A: { bars, wishes: buy(95, "gtc") } }).fills).toMatchObject([
      { on: WED, price: 95 },
    ]);
    expect(soundRun({ A: { bars, wishes: buy(93.5, "gtc") } }).fills).toMatchObject([
      { on: THU, price: 93 },
    ]);
  });

  it("for the day is the default", () => {
    const wishes = { [MON]: { units: 10, entry: { limit: 95 } } };
    expect(soundRun({ A: { bars, wishes } }).terminals).toEqual(["EXPIRED"]);
  });

  it("sell at their price or better", () => {
    const wishes = { [MON]: { units: -10, entry: { limit: 99.5 }, timeInForce: "day" as const } };
    expect(soundRun({ A: { bars, wishes } }).fills).toMatchObject([
      { on: TUE, lots: -10, price: 99.5 },
    ]);
  });
});

describe("a wish that the market did not reach", () => {
  const bars = {
    [MON]: [100, 101, 99, 100],
    [TUE]: [100, 101, 99, 100],
    [WED]: [100, 101, 94, 96],
    [THU]: [97, 98, 94, 96],
  } as const;
  const wish = (limit: number) => ({ units: 10, entry: { limit } });

  it("is tried again when its day order expired, though the target has not changed", () => {
    const run = soundRun({ A: { bars, wishes: { [MON]: wish(95), [TUE]: wish(95) } } });
    expect(run.terminals).toEqual(["EXPIRED", "EXECUTED"]);
    expect(run.fills).toMatchObject([{ on: WED, price: 95, lots: 10 }]);
  });

  it("is not, when nobody wishes it any longer", () => {
    const run = soundRun({ A: { bars, wishes: { [MON]: wish(95) } } });
    expect(run.terminals).toEqual(["EXPIRED"]);
  });

  it("is not tried again when a newer wish replaced it", () => {
    // Monday's gtc at 95 is replaced on Tuesday by the wish for nothing, which is held already.
    const gtc = { ...wish(95), timeInForce: "gtc" as const };
    const run = soundRun({ A: { bars, wishes: { [MON]: gtc, [TUE]: { units: 0 } } } });
    expect(entriesOf(run, "order_ended")).toMatchObject([{ end: "replaced" }]);
    expect(run.terminals).toEqual(["EXPIRED"]);
    expect(run.fills).toEqual([]);
  });

  it("expires with the data: what works after the last bar has ended", () => {
    const run = soundRun({ A: { bars, wishes: { [THU]: { units: 10 } } } });
    expect(run.fills).toEqual([]);
    expect(run.terminals).toEqual(["EXPIRED"]);
    expect(run.k.state.working).toEqual([]);
  });
});

describe("an instrument without a bar for some sessions", () => {
  const daily = {
    [MON]: [50, 50, 50, 50],
    [TUE]: [50, 50, 50, 50],
    [WED]: [50, 50, 50, 50],
    [THU]: [50, 50, 50, 50],
    [FRI]: [50, 50, 50, 50],
  } as const;
  const gappy = {
    [MON]: [100, 100, 100, 100],
    [THU]: [110, 112, 109, 111],
    [FRI]: [111, 111, 111, 120],
  } as const;

  it("lets its orders wait for its next bar, day orders too", () => {
    const day = { units: 10, entry: { limit: 111 }, timeInForce: "day" as const };
    for (const wish of [{ units: 10 }, day]) {
      const run = soundRun({ A: { bars: daily }, B: { bars: gappy, wishes: { [MON]: wish } } });
      expect(run.fills).toMatchObject([{ on: THU, id: "B", price: 110 }]);
    }
  });

  it("is marked at its last close meanwhile, and the run counts that", () => {
    const held = {
      [MON]: [90, 90, 90, 90],
      [TUE]: [90, 95, 90, 95],
      [FRI]: [99, 99, 99, 99],
    } as const;
    const run = soundRun({
      A: { bars: daily },
      B: { bars: held, wishes: { [MON]: { units: 10 } } },
    });
    // Bought at 90, marked 95 on Tuesday and while there is no bar, 99 on Friday.
    expect(run.nav).toEqual([1_000_000, 1_005_000, 1_005_000, 1_005_000, 1_009_000]);
    expect(run.k.state.counters.staleMarks).toBe(2);
  });
});

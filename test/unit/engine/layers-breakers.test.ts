/**
 * Circuit breakers in a run (spec execution 2): what halts and what flattens, how long nothing may
 * grow, and the way back through RAMPUP from a high-water mark of its own. Prices are moved so that
 * net asset value can be worked out in the head: 1,000 lots at 100 are all of 100,000.
 */
import { describe, expect, it } from "vitest";
import {
  journalled,
  type Layered,
  type LayeredSettings,
  lotsAt,
  soundLayers,
} from "../../support/layered-fixture.ts";
import { steady, weekdays, type Word } from "../../support/layered-market.ts";

const dates = weekdays(60);
type Breakers = NonNullable<NonNullable<LayeredSettings["layers"]>["breakers"]>;

/** One sleeve that wants everything from session 0 on: 1,000 lots from session 1. */
function holding(
  price: (session: number) => number,
  breakers: Breakers = {},
  says: { readonly [date: string]: Word } = { [dates[0]]: 1 },
): Layered {
  return soundLayers(
    {
      listings: { X: { bars: steady(dates, price) } },
      sleeves: { a: { instrument: "X", says } },
    },
    { initialEquity: 100_000, layers: { breakers: { enabled: true, ...breakers } } },
  );
}

/** "session from>to rule" of each change. */
function changesOf(run: Layered): readonly string[] {
  return journalled(run, "breaker").map(
    ({ on, from, to, rule }) => `${run.dates.indexOf(on)} ${from}>${to} ${rule}`,
  );
}

/** Lots at each session's close, as [session, lots] where they change. */
function positions(run: Layered, id = "X"): readonly (readonly [number, number])[] {
  const lots = run.dates.map((date) => lotsAt(run, id, date));
  return lots.flatMap((held, s) =>
    held === (s === 0 ? 0 : lots[s - 1]) ? [] : [[s, held] as const],
  );
}

describe("a loss in one day", () => {
  it("of the day-start value halts for ten sessions, then five at half size", () => {
    const run = holding(
      (s) => (s >= 5 ? 97 : 100),
      {},
      {
        [dates[0]]: 0.5,
        [dates[6]]: 1,
      },
    );
    // 500 lots lose 3: 1.5 % of the whole, no halt. The same with 1,000 lots halts.
    expect(changesOf(run)).toEqual([]);
    const full = holding((s) => (s >= 5 ? 97 : 100));
    expect(changesOf(full)).toEqual([
      "5 NORMAL>HALT daily_loss",
      "15 HALT>RAMPUP cooled_down",
      "20 RAMPUP>NORMAL ramped_up",
    ]);
    expect(positions(full)).toEqual([
      [1, 1000],
      [16, 500],
      [21, 1000],
    ]);
    const [halt, ramp] = journalled(full, "breaker");
    expect(halt).toMatchObject({
      observed: 0.03,
      limit: 0.02,
      high_water_minor: 10_000_000,
      operator: "simulated",
    });
    expect(ramp.high_water_minor).toBe(9_700_000);
  });

  it("is measured in daily sigmas where the mandate says so: 4 x 10 % / sqrt(252) = 2.52 %", () => {
    const inSigmas = { daily_loss: 4, halt: 1.5, panic: 2, unit: "target_vol" } as const;
    expect(changesOf(holding((s) => (s >= 5 ? 97.5 : 100), inSigmas))).toEqual([]);
    expect(changesOf(holding((s) => (s >= 5 ? 97.4 : 100), inSigmas))[0]).toBe(
      "5 NORMAL>HALT daily_loss",
    );
  });
});

describe("a drawdown", () => {
  // A point a day from session 5 on: 99, 98, ... never 2 % in a day.
  const sliding = (until: number) => (s: number) => 100 - Math.max(0, Math.min(s - 4, until));

  it("halts at its level, whatever the days lost", () => {
    const run = holding(sliding(9));
    expect(changesOf(run)).toEqual([
      "12 NORMAL>HALT drawdown_halt",
      "22 HALT>RAMPUP cooled_down",
      "27 RAMPUP>NORMAL ramped_up",
    ]);
  });

  it("that goes on flattens: system intents that no signal stands behind", () => {
    const run = holding(sliding(10));
    expect(changesOf(run).slice(0, 2)).toEqual([
      "12 NORMAL>HALT drawdown_halt",
      "14 HALT>PANIC drawdown_panic",
    ]);
    const flat = journalled(run, "order").filter(({ purpose }) => purpose === "flatten");
    expect(flat.map(({ on, lots, signal_ids }) => [on, lots, signal_ids])).toEqual([
      [dates[14], -1000, []],
    ]);
    expect(run.k.state.counters.flattens).toBe(1);
    expect(lotsAt(run, "X", dates[15])).toBe(0);
    expect(run.k.state.counters.stopsPlaced).toBe(0);
  });
});

describe("after a PANIC", () => {
  // 12 % in a day, then quiet, then 1.5 % a day for three days after all is over.
  const price = (s: number) => (s < 3 ? 100 : 88 * 0.985 ** Math.max(0, Math.min(s - 35, 3)));
  const run = holding(price);

  it("nothing is held for twenty sessions, then half the size, then all of it", () => {
    expect(changesOf(run)).toEqual([
      "3 NORMAL>PANIC drawdown_panic",
      "23 PANIC>RAMPUP cooled_down",
      "28 RAMPUP>NORMAL ramped_up",
    ]);
    expect(positions(run).slice(0, 4)).toEqual([
      [1, 1000],
      [4, 0],
      [24, 500],
      [29, 1000],
    ]);
  });

  it("every wish in between ends with the breaker's name", () => {
    const between = run.signals.filter(({ on }) => on > dates[3] && on < dates[23]);
    expect(between).toHaveLength(19);
    expect(new Set(between.map(({ end }) => `${end.state} ${end.cut_by.join()}`))).toEqual(
      new Set(["REJECTED_BY_CIRCUIT_BREAKER breakers/panic"]),
    );
  });

  it("the high-water mark is where RAMPUP began: 4.5 % below it is no 16 %", () => {
    expect(journalled(run, "breaker")[1].high_water_minor).toBe(8_800_000);
    expect(run.nav.at(-1)).toBeLessThan(8_500_000);
    expect(changesOf(run)).toHaveLength(3);
  });

  it("a fall in RAMPUP starts all over", () => {
    const again = holding((s) => (s < 3 ? 100 : s < 26 ? 88 : 66));
    // Half of 88,000 at 88 loses a quarter: 12.5 % of the rebased mark.
    expect(changesOf(again).slice(0, 3)).toEqual([
      "3 NORMAL>PANIC drawdown_panic",
      "23 PANIC>RAMPUP cooled_down",
      "26 RAMPUP>PANIC drawdown_panic",
    ]);
    expect(lotsAt(again, "X", dates[27])).toBe(0);
  });

  it("a reduction wanted on the very day is not sold twice", () => {
    const both = holding(price, {}, { [dates[0]]: 1, [dates[3]]: 0.5, [dates[4]]: -1 });
    expect(positions(both).slice(0, 2)).toEqual([
      [1, 1000],
      [4, 0],
    ]);
  });

  it("waits at the market until there is one, and sells nothing else meanwhile", () => {
    const bars = steady(dates, price);
    for (const s of [4, 5, 6]) delete bars[dates[s]];
    const gap = soundLayers(
      {
        listings: { X: { bars }, Y: { bars: steady(dates, 50) } },
        sleeves: {
          a: { instrument: "X", says: { [dates[0]]: 1 } },
          b: { instrument: "Y", says: { [dates[5]]: 1 } },
        },
      },
      {
        initialEquity: 100_000,
        layers: {
          breakers: { enabled: true },
          allocation: { method: "static", static: { a: 1, b: 0 } },
        },
      },
    );
    expect(positions(gap).slice(0, 2)).toEqual([
      [1, 1000],
      [7, 0],
    ]);
    expect(positions(gap, "Y")).toEqual([]);
  });

  it("closes every sleeve, the one that stood against the others too", () => {
    const many = soundLayers(
      {
        listings: { X: { bars: steady(dates, (s) => (s < 7 ? 100 : 60)) } },
        sleeves: {
          a: { instrument: "X", says: { [dates[0]]: 1 } },
          b: { instrument: "X", says: { [dates[0]]: 1 } },
          c: { instrument: "X", says: { [dates[0]]: -0.5 } },
        },
      },
      {
        initialEquity: 90_000,
        // Between two decisions: on one of them the sleeves would cross first.
        schedule: { decide: "friday" },
        layers: { breakers: { enabled: true } },
      },
    );
    const [fill] = journalled(many, "fill").filter(({ on }) => on === dates[8]);
    expect(fill.lots).toBe(-450);
    expect(fill.sleeves.map(({ micro_lots: micro }) => micro)).toEqual([
      -300_000_000, -300_000_000, 150_000_000,
    ]);
  });
});

describe("a flattening that fills at a close", () => {
  const panics = (fill: "next_close" | "same_close", stopped: boolean): Layered => {
    // 88 is a PANIC; with a stop, the bar after it reaches down to it before its close does.
    const price = (s: number) => (s < 30 ? 100 : s === 30 ? 88 : 80);
    const bars = Object.fromEntries(
      dates.map((date, s) => {
        const p = price(s);
        return [date, [p, p + 1, stopped && s === 31 ? 50 : p - 1, p] as const];
      }),
    );
    return soundLayers(
      { listings: { X: { bars } }, sleeves: { a: { instrument: "X", says: { [dates[0]]: 1 } } } },
      {
        initialEquity: 100_000,
        execution: { fill },
        schedule: { decide: "friday" },
        layers: { breakers: { enabled: true }, sizing: { stop_atr: stopped ? 8 : null } },
      },
    );
  };

  it("goes with the position where a stop closes it first", () => {
    const run = panics("next_close", true);
    expect(changesOf(run)[0]).toBe("30 NORMAL>PANIC drawdown_panic");
    expect(journalled(run, "fill").map(({ on, lots }) => [on, lots])[1]).toEqual([
      dates[31],
      -1000,
    ]);
    expect(run.k.state.counters.stopsFilled).toBe(1);
    expect(run.k.state.counters.flattensExpired).toBe(1);
  });

  it("does not wait for a decision where orders fill on the close that they were made on", () => {
    const run = panics("same_close", false);
    expect(changesOf(run)[0]).toBe("30 NORMAL>PANIC drawdown_panic");
    expect(run.fills[1]).toMatchObject({ on: dates[30], lots: -1000, price: 88 });
  });
});

describe("a breaker that is not wanted", () => {
  it("does nothing, and is not among the gates that an order passed", () => {
    const run = holding((s) => (s >= 5 ? 50 : 100), { enabled: false });
    expect(changesOf(run)).toEqual([]);
    const [order] = journalled(run, "order");
    expect(order.verdicts.map(({ gate }) => gate)).not.toContain("breakers");
  });
});

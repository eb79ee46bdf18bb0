/**
 * Protective stops: system intents that follow the position, conserved apart from signals, and in
 * doubt against us. NAV starts at 10 000.00.
 */
import { describe, expect, it } from "vitest";
import type { Target } from "../../../src/domain/target.ts";
import { entriesOf, type Ohlc, type Outcome, soundRun } from "../../support/market-fixture.ts";

const MON = "2021-03-01";
const TUE = "2021-03-02";
const WED = "2021-03-03";
const THU = "2021-03-04";

type Week = { readonly [date: string]: Ohlc };
type Script = { readonly [date: string]: Target };

/** Stops as the journal has them: lots, price. */
function stopsOf(run: Outcome): unknown[] {
  return entriesOf(run, "order")
    .filter((order) => order.purpose === "stop")
    .map(({ lots, price }) => [lots, price]);
}

function system(run: Outcome): readonly number[] {
  const { stopsPlaced, stopsFilled, stopsCancelled, stopsExpired } = run.k.state.counters;
  return [stopsPlaced, stopsFilled, stopsCancelled, stopsExpired];
}

/** Flat at 100 on Monday; the wish of Monday's close meets the given bars from Tuesday on. */
function week(tue: Ohlc, wed: Ohlc = [100, 100, 100, 100], thu: Ohlc = wed): Week {
  return { [MON]: [100, 100, 100, 100], [TUE]: tue, [WED]: wed, [THU]: thu };
}

const run = (bars: Week, wishes: Script, over = {}) => soundRun({ A: { bars, wishes } }, over);

const long = { [MON]: { units: 10, stop: { price: 95 } } };

describe("a stop", () => {
  it("is placed at the fill, for exactly what is held, and sells at its price when touched", () => {
    const outcome = run(week([100, 101, 99, 100], [99, 99, 94, 96]), long);
    expect(outcome.fills).toMatchObject([
      { on: TUE, lots: 10, price: 100 },
      { on: WED, lots: -10, price: 95 },
    ]);
    // 10 x (95 - 100) = -50.00
    expect(outcome.nav.at(-1)).toBe(995_000);
    expect(stopsOf(outcome)).toEqual([[-10, 95]]);
    expect(system(outcome)).toEqual([1, 1, 0, 0]);
    // The signal was the entry; the stop is no second terminal of it.
    expect(outcome.terminals).toEqual(["EXECUTED"]);
  });

  it("is filled at the open when that gaps through it", () => {
    const outcome = run(week([100, 101, 99, 100], [90, 92, 89, 91]), long);
    expect(outcome.fills[1]).toMatchObject({ on: WED, lots: -10, price: 90 });
  });

  it("pays slippage, from its price or from the open", () => {
    const outcome = run(week([100, 101, 99, 100], [99, 99, 94, 96]), long, {
      slippage: { half_spread: 0.25 },
    });
    expect(outcome.fills).toMatchObject([{ price: 100.25 }, { price: 94.75 }]);
    expect(outcome.k.state.costs.slippage).toBe(500);
  });

  it("at a distance stands that far from the fill, on the side of the loss", () => {
    const distance = (units: number) => ({ [MON]: { units, stop: { distance: 4 } } });
    expect(stopsOf(run(week([102, 103, 101, 102]), distance(10)))).toEqual([[-10, 98]]);
    expect(stopsOf(run(week([102, 103, 101, 102]), distance(-10)))).toEqual([[10, 106]]);
  });

  it("of a short buys back: at its price, or at the open above it", () => {
    const short = { [MON]: { units: -10, stop: { price: 105 } } };
    expect(run(week([100, 101, 99, 100], [101, 106, 100, 102]), short).fills[1]).toMatchObject({
      lots: 10,
      price: 105,
    });
    expect(run(week([100, 101, 99, 100], [108, 109, 107, 108]), short).fills[1]).toMatchObject({
      lots: 10,
      price: 108,
    });
  });

  it("has expired when the data ends, and is conserved", () => {
    const outcome = run(week([100, 101, 99, 100]), long);
    expect(system(outcome)).toEqual([1, 0, 0, 1]);
  });
});

describe("entry and stop in one bar", () => {
  it("an entry at the open is stopped out in the same bar", () => {
    const outcome = run(week([100, 101, 94, 100]), long);
    expect(outcome.fills).toMatchObject([
      { on: TUE, lots: 10, price: 100 },
      { on: TUE, lots: -10, price: 95 },
    ]);
  });

  it("a limit entry within the bar is: whether the low came first cannot be known", () => {
    const limit = { [MON]: { units: 10, entry: { limit: 98 }, stop: { price: 95 } } };
    expect(run(week([100, 101, 94, 100]), limit).fills).toMatchObject([
      { on: TUE, lots: 10, price: 98 },
      { on: TUE, lots: -10, price: 95 },
    ]);
    expect(run(week([100, 101, 95.5, 100]), limit).fills).toHaveLength(1);
  });

  it("a stop on the wrong side of its entry is never better than the entry", () => {
    const wrong = { [MON]: { units: 10, entry: { limit: 98 }, stop: { price: 99 } } };
    expect(run(week([100, 101, 97, 100]), wrong).fills).toMatchObject([
      { lots: 10, price: 98 },
      { lots: -10, price: 98 },
    ]);
    const atOpen = { [MON]: { units: 10, stop: { price: 101 } } };
    expect(run(week([100, 102, 99.5, 100]), atOpen).fills).toMatchObject([
      { lots: 10, price: 100 },
      { lots: -10, price: 100 },
    ]);
  });

  it("an entry at the close has its stop from the next bar on", () => {
    const outcome = run(week([100, 101, 90, 100], [98, 99, 97, 98]), long, {
      execution: { fill: "next_close" },
    });
    expect(outcome.fills).toMatchObject([{ on: TUE, lots: 10, price: 100 }]);
    expect(outcome.fills).toHaveLength(1);
  });
});

describe("exit limit and stop in one bar", () => {
  const exit = { ...long, [TUE]: { units: 0, entry: { limit: 103 } } };

  it("the stop wins, and the exit order is cancelled because nothing is held", () => {
    const outcome = run(week([100, 101, 99, 100], [100, 104, 94, 100]), exit);
    expect(outcome.fills).toMatchObject([{ lots: 10 }, { on: WED, lots: -10, price: 95 }]);
    expect(entriesOf(outcome, "order_ended")).toMatchObject([{ end: "cancelled" }]);
    expect(outcome.terminals).toEqual(["EXECUTED", "EXPIRED"]);
  });

  it("the limit fills where the stop is not touched, and the stop is cancelled when flat", () => {
    const outcome = run(week([100, 101, 99, 100], [100, 104, 96, 100]), exit);
    expect(outcome.fills).toMatchObject([{ lots: 10 }, { on: WED, lots: -10, price: 103 }]);
    expect(system(outcome)).toEqual([1, 0, 1, 0]);
    expect(outcome.k.state.stops).toEqual([null]);
  });

  it("a limit that the open already reaches was first", () => {
    const outcome = run(week([100, 101, 99, 100], [104, 104, 94, 100]), exit);
    expect(outcome.fills[1]).toMatchObject({ lots: -10, price: 104 });
  });
});

describe("the size of a stop", () => {
  it("grows with the position and keeps its price when the increase names none", () => {
    const script = { ...long, [TUE]: { units: 25 } };
    const outcome = run(week([100, 101, 99, 100], [100, 101, 99, 100], [99, 99, 94, 95]), script);
    expect(stopsOf(outcome)).toEqual([
      [-10, 95],
      [-25, 95],
    ]);
    expect(outcome.fills.at(-1)).toMatchObject({ on: THU, lots: -25, price: 95 });
    expect(system(outcome)).toEqual([2, 1, 1, 0]);
  });

  it("moves to the price that an increase names", () => {
    const script = { ...long, [TUE]: { units: 25, stop: { price: 97 } } };
    expect(stopsOf(run(week([100, 101, 99, 100]), script))).toEqual([
      [-10, 95],
      [-25, 97],
    ]);
  });

  it("shrinks with a partial exit", () => {
    const script = { ...long, [TUE]: { units: 4 } };
    expect(stopsOf(run(week([100, 101, 99, 100]), script))).toEqual([
      [-10, 95],
      [-4, 95],
    ]);
  });

  it("takes the price that a partial exit names, also where there was none", () => {
    const script = { [MON]: { units: 10 }, [TUE]: { units: 4, stop: { price: 97 } } };
    expect(stopsOf(run(week([100, 101, 99, 100]), script))).toEqual([[-4, 97]]);
  });

  it("follows a split: twice the lots at half the price", () => {
    const outcome = soundRun({
      A: {
        bars: week([100, 101, 99, 100], [50, 51, 49, 50], [48, 48, 47, 47]),
        wishes: long,
        actions: [{ split: 2, on: WED }],
      },
    });
    expect(outcome.fills.at(-1)).toMatchObject({ on: THU, lots: -20, price: 47.5 });
    expect(entriesOf(outcome, "split")).toMatchObject([
      { lots_before: 10, lots_after: 20, orders: [{ lots: -20, price: 47.5 }] },
    ]);
  });
});

describe("a split between the decision and the fill", () => {
  const bars = week([50, 51, 49, 50], [49, 50, 48, 49], [46, 47, 45, 46]);
  const actions = [{ split: 2, on: TUE }];

  it.each([
    ["a price", { price: 95 }],
    ["a distance", { distance: 5 }],
  ])("scales the stop that waits with the order: %s", (_, stop) => {
    const outcome = soundRun({ A: { bars, wishes: { [MON]: { units: 10, stop } }, actions } });
    // 10 old units at 100 are 20 new ones at 50; the stop of 95 (or 5 below 100) is 47.50.
    expect(outcome.fills).toMatchObject([
      { on: TUE, lots: 20, price: 50 },
      { on: THU, lots: -20, price: 46 },
    ]);
    expect(stopsOf(outcome)).toEqual([[-20, 47.5]]);
  });

  it("scales a waiting limit and its stop", () => {
    const wish = { units: 10, entry: { limit: 98 }, stop: { price: 95 } } as const;
    const outcome = soundRun({ A: { bars, wishes: { [MON]: wish }, actions } });
    expect(outcome.fills[0]).toMatchObject({ on: TUE, lots: 20, price: 49 });
    expect(stopsOf(outcome)).toEqual([[-20, 47.5]]);
  });
});

describe("prices in a target are on the split-adjusted scale", () => {
  it("limit, stop price and stop distance after a 2:1 split are halved for the venue", () => {
    const bars = week([50, 51, 49, 50], [49.5, 50, 48.5, 49], [48, 48.5, 47.5, 48]);
    const script = (stop: Target["stop"] & object): Script => ({
      [TUE]: { units: 10, entry: { limit: 98 }, stop },
    });
    const outcome = (stop: Target["stop"] & object) =>
      soundRun({ A: { bars, wishes: script(stop), actions: [{ split: 2, on: TUE }] } });
    // Adjusted 98 is raw 49; adjusted 90 is raw 45; a distance of 8 is raw 4 below 49.
    expect(outcome({ price: 90 }).fills).toMatchObject([{ on: WED, lots: 10, price: 49 }]);
    expect(stopsOf(outcome({ price: 90 }))).toEqual([[-10, 45]]);
    expect(stopsOf(outcome({ distance: 8 }))).toEqual([[-10, 45]]);
  });
});

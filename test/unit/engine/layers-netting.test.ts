/**
 * One instrument, many sleeves, one order (spec execution 2 and 3): fractions add up before they are
 * rounded, the buffer acts once and on the net, opposite wishes meet inside, and what ends an order
 * ends everybody it was for.
 */
import { describe, expect, it } from "vitest";
import { checkNettings } from "../../../src/engine/layers/check-nettings.ts";
import {
  journalled,
  type Layered,
  type LayeredSettings,
  runLayered,
  soundLayers,
} from "../../support/layered-fixture.ts";
import { type SleeveScript, steady, weekdays, type Word } from "../../support/layered-market.ts";

const dates = weekdays(10);
const [d0, d1, d2, d3, d4] = dates;

/** Several sleeves on one instrument at a steady 100, on 100 000: an equal budget each. */
function onOne(
  says: { readonly [sleeve: string]: { readonly [date: string]: Word } },
  over: LayeredSettings = {},
  price: number | ((n: number) => number) = 100,
): Layered {
  return soundLayers(
    {
      listings: { X: { bars: steady(dates, price) } },
      sleeves: Object.fromEntries(
        Object.entries(says).map(([name, words]): [string, SleeveScript] => [
          name,
          { instrument: "X", says: words },
        ]),
      ),
    },
    { initialEquity: 100_000, ...over },
  );
}

/** "sleeve STATE share cutters" of each signal made on one date. */
function endsOn(run: Layered, date: string): readonly string[] {
  return run.signals
    .filter(({ on }) => on === date)
    .map(({ strategy, end }) =>
      [strategy, end.state, Number(end.share.toFixed(6)), ...end.cut_by].join(" "),
    );
}

const lotsOf = (run: Layered) => run.fills.map(({ on, lots }) => [on, lots]);

describe("sums of fractions", () => {
  const five = ["a", "b", "c", "d", "e"];

  it("five sleeves that want 0.6 contracts each trade 3, and none of them is rounded away", () => {
    const run = onOne(
      Object.fromEntries(five.map((name) => [name, { [d1]: 0.3 }])),
      { initialEquity: 10_000 },
      1000,
    );
    expect(run.fills).toEqual([{ on: d2, id: "X", lots: 3, price: 1000, fee: 0 }]);
    expect(endsOn(run, d1)).toEqual(five.map((name) => `${name} EXECUTED 1`));
    expect(run.signals.map(({ belief_lots: lots }) => lots)).toEqual(five.map(() => 0.6));
    const [fill] = journalled(run, "fill");
    expect(fill.sleeves.map(({ micro_lots: micro }) => micro)).toEqual(five.map(() => 600_000));
  });

  it("one that wants 0.4 of a contract alone ends with the rounding", () => {
    const run = onOne({ a: { [d1]: 0.4 } }, { initialEquity: 1000 }, 1000);
    expect(run.fills).toEqual([]);
    expect(endsOn(run, d1)).toEqual(["a REJECTED_BY_SIZING 0 sizing/rounding"]);
  });

  it("what a whole number of lots leaves over is said of everybody who asked", () => {
    // 2 x 1.2 = 2.4 contracts: 2 are bought, 1 for each.
    const run = onOne({ a: { [d1]: 0.24 }, b: { [d1]: 0.24 } }, { initialEquity: 10_000 }, 1000);
    expect(lotsOf(run)).toEqual([[d2, 2]]);
    expect(endsOn(run, d1)).toEqual([
      "a EXECUTED 0.833333 sizing/rounding",
      "b EXECUTED 0.833333 sizing/rounding",
    ]);
  });

  it("a change of a few millionths of a lot is an end, not a crash", () => {
    const run = onOne({ a: { [d0]: 0.5, [d2]: 0.500000005 } });
    expect(endsOn(run, d2)).toEqual(["a REJECTED_BY_SIZING 0 sizing/rounding"]);
    const crossing = onOne({ a: { [d0]: 1, [d2]: 0.5 }, b: { [d2]: 0.50000001 } });
    expect(endsOn(crossing, d2)).toEqual(["a EXECUTED 1", "b EXECUTED 1 sizing/rounding"]);
  });
});

describe("the position buffer", () => {
  const buffered = { layers: { sizing: { buffer: 0.1 } } };

  // Two sleeves of 500 lots at full strength: a band of 100 lots around the net.
  it("trades to its edge and no further", () => {
    const run = onOne({ a: { [d0]: 0.5, [d2]: 0.9 }, b: { [d0]: 0.5, [d2]: 0.9 } }, buffered);
    expect(lotsOf(run)).toEqual([
      [d1, 400],
      [d3, 400],
    ]);
    expect(endsOn(run, d0)).toEqual([
      "a EXECUTED 0.8 sizing/inside_buffer",
      "b EXECUTED 0.8 sizing/inside_buffer",
    ]);
  });

  it("acts on the net: a change beyond one sleeve's own band but inside the net's is left alone", () => {
    const run = onOne(
      { a: { [d0]: 0.6, [d2]: 0.55, [d4]: 0.7 }, b: { [d0]: 0.6, [d2]: 0.45 } },
      buffered,
    );
    // 500 of 600 are bought, and shared out anew inside: 275 and 225. Then a wants 350, 15 % of its
    // own full strength more and 7.5 % of the instrument's.
    expect(lotsOf(run)).toEqual([[d1, 500]]);
    expect(endsOn(run, d4)).toEqual(["a REJECTED_BY_SIZING 0 sizing/inside_buffer"]);
  });

  it("acts once: what is inside the net's band is not held back a second time", () => {
    // Both sleeves change by 8 % of the full strength of the instrument: 160 lots, 60 beyond the band.
    const run = onOne({ a: { [d0]: 1, [d2]: 0.84 }, b: { [d0]: 1, [d2]: 0.84 } }, buffered);
    // Held are 900; 840 are wanted, within 100.
    expect(lotsOf(run)).toEqual([[d1, 900]]);
    const further = onOne({ a: { [d0]: 1, [d2]: 0.7 }, b: { [d0]: 1, [d2]: 0.7 } }, buffered);
    expect(lotsOf(further)).toEqual([
      [d1, 900],
      [d3, -100],
    ]);
  });

  it("keeps nothing of a position that nobody wants any more", () => {
    const run = onOne({ a: { [d0]: 0.08, [d2]: 0 }, b: { [d0]: 0.9, [d2]: 0 } }, buffered);
    expect(lotsOf(run).at(-1)).toEqual([d3, -390]);
    expect(run.k.state.lots[0]).toBe(0);
  });
});

describe("crossing zero", () => {
  it("is two orders, a closing and an opening one", () => {
    const run = onOne({ a: { [d0]: 0.5, [d2]: -0.5 } });
    const made = journalled(run, "order").filter(({ on }) => on === d2);
    expect(made.map(({ purpose, leg, lots }) => [purpose, leg, lots])).toEqual([
      ["close", 0, -500],
      ["open", 1, -500],
    ]);
    expect(endsOn(run, d2)).toEqual(["a EXECUTED 1"]);
  });
});

describe("sleeves that want opposite things", () => {
  const costly = { slippage: { bps: 10 }, fees: { bps: 10 } };

  it("meet inside at the market's price, pay nothing, and end EXECUTED", () => {
    // The deciding close is 100, the next open 107.
    const price = (n: number) => (n >= 3 ? 107 : 100);
    const run = onOne({ a: { [d0]: 0.5, [d2]: 0 }, b: { [d2]: 0.5 } }, costly, price);
    const held = run.dates.indexOf(d2);
    expect(run.fills.filter(({ on }) => on === d3)).toEqual([]);
    expect(run.cash[held + 1]).toBe(run.cash[held]);
    const [cross] = journalled(run, "cross");
    expect([cross.on, cross.price]).toEqual([d3, 107]);
    // 250 lots cost 25 025.00 and 25.03: of 99 949.97 a quarter is 249.874925 lots at 100.
    expect(cross.sleeves.map(({ micro_lots: micro }) => micro)).toEqual([
      249_874_925, -249_874_925,
    ]);
    expect(endsOn(run, d2)).toEqual(["a EXECUTED 0.9995 sizing/rounding", "b EXECUTED 1"]);
  });

  it("cross what both can and trade the rest", () => {
    // a sells 300 lots of 500, b buys 500: 300 meet, 200 are bought outside.
    const run = onOne({ a: { [d0]: 1, [d2]: 0.4 }, b: { [d2]: 1 } });
    expect(lotsOf(run)).toEqual([
      [d1, 500],
      [d3, 200],
    ]);
    const [cross] = journalled(run, "cross");
    expect(cross.sleeves.map(({ micro_lots: micro }) => micro).toSorted((x, y) => x - y)).toEqual([
      -300_000_000, 300_000_000,
    ]);
    expect(endsOn(run, d2)).toEqual(["a EXECUTED 1", "b EXECUTED 1"]);
    expect(run.sleeves.map(({ microLots }) => microLots)).toEqual([200_000_000, 500_000_000]);
  });

  it("keep their cross where the order for the rest is refused: that part alone is cut", () => {
    // 500 held at a gross limit of 0.6: 700 would be too many.
    const run = onOne({ a: { [d0]: 1, [d2]: 0.4 }, b: { [d2]: 1 } }, { limits: { gross: 0.6 } });
    expect(lotsOf(run)).toEqual([[d1, 500]]);
    expect(endsOn(run, d2)).toEqual(["a EXECUTED 1", "b EXECUTED 0.6 limits/symbol"]);
  });

  it("expire where the market gives no price before the data ends", () => {
    const last = dates[dates.length - 1];
    const run = onOne({ a: { [d0]: 0.5, [last]: 0 }, b: { [last]: 0.5 } });
    expect(endsOn(run, last)).toEqual(["a EXPIRED 0", "b EXPIRED 0"]);
    const [cross] = journalled(run, "cross");
    expect([cross.price, cross.sleeves]).toEqual([null, []]);
  });

  it("hold against each other without a position, and earn opposite amounts", () => {
    const price = (n: number) => 100 + n;
    const run = onOne({ a: { [d0]: 1 }, b: { [d0]: -1 } }, {}, price);
    expect(run.fills).toEqual([]);
    expect(run.nav.every((nav) => nav === 10_000_000)).toBe(true);
    const [a, b] = run.sleeves;
    expect(a.totalMinor).toBeGreaterThan(0);
    expect(a.totalMinor + b.totalMinor).toBe(0);
  });
});

describe("a refused order", () => {
  it("ends each signal it was for, by the gate's name", () => {
    const run = onOne({ a: { [d1]: 0.8 }, b: { [d1]: 0.8 } }, { limits: { symbol: 0.5 } });
    expect(run.fills).toEqual([]);
    expect(endsOn(run, d1)).toEqual([
      "a REJECTED_BY_RISK_LIMIT 0 limits/symbol",
      "b REJECTED_BY_RISK_LIMIT 0 limits/symbol",
    ]);
  });

  it("is not one that reduces, however far above its limits the book stands", () => {
    // 500 short at 100 become 500 short at 150: exposure 75 000 on a net asset value of 75 000.
    const price = (n: number) => (n >= 2 ? 150 : 100);
    const run = onOne({ a: { [d0]: -0.5, [d2]: -0.8 } }, { limits: { gross: 0.5 } }, price);
    // 0.8 x 75 000 / 150 = 400: above the limit of 0.5, below what is held.
    expect(lotsOf(run)).toEqual([
      [d1, -500],
      [d3, 100],
    ]);
    expect(endsOn(run, d2)).toEqual(["a EXECUTED 1"]);
    // And what adds is refused there.
    const more = onOne({ a: { [d0]: -0.5, [d2]: -1 } }, { limits: { gross: 0.5 } }, (n) =>
      n >= 2 ? 110 : 100,
    );
    expect(lotsOf(more)).toEqual([[d1, -500]]);
    expect(endsOn(more, d2)).toEqual(["a REJECTED_BY_RISK_LIMIT 0 limits/symbol"]);
  });
});

describe("orders of one decision", () => {
  const market = (first: string, second: string) => ({
    listings: {
      [first]: { bars: steady(dates, 100) },
      [second]: { bars: steady(dates, 100) },
    },
    sleeves: {
      grows: { instrument: first, says: { [d0]: 0, [d2]: 1 } },
      shrinks: { instrument: second, says: { [d0]: 1, [d2]: 0 } },
    },
  });

  it.each([
    ["A", "B"],
    ["B", "A"],
  ])("reduce first, so that what they free is there for what adds (%s grows)", (first, second) => {
    const over = { initialEquity: 100_000, limits: { gross: 0.5 } };
    const run = soundLayers(market(first, second), over);
    const made = journalled(run, "order").filter(({ on }) => on === d2);
    expect(made.map(({ instrument, purpose }) => [instrument, purpose])).toEqual([
      [second, "close"],
      [first, "open"],
    ]);
    expect(endsOn(run, d2).toSorted()).toEqual(["grows EXECUTED 1", "shrinks EXECUTED 1"]);
  });
});

describe("the checks of a run", () => {
  it("find a net that is not what its sleeves want, and a size that is not the net's", () => {
    const run = runLayered(
      {
        listings: { X: { bars: steady(dates, 100) } },
        sleeves: { a: { instrument: "X", says: { [d0]: 0.5 } } },
      },
      { initialEquity: 100_000 },
    );
    const [first] = run.trace.layers.nettings;
    const planted = (change: Partial<typeof first.netting>) =>
      checkNettings(
        run.k,
        {
          ...run.trace.layers,
          nettings: [{ ...first, netting: { ...first.netting, ...change } }],
        },
        run.entries,
      )?.message;
    expect(planted({})).toBeUndefined();
    expect(planted({ wantedLots: 501, targetLots: 501 })).toMatch(/netting was not applied/);
    expect(planted({ targetLots: 502 })).toMatch(/sizing was not applied/);
  });
});

describe("a reverse split over wishes that wait to meet", () => {
  it("leaves a millionth of a lot of them to meet, so that their signals end", () => {
    // Four millionths of a lot on each side, a tenth of which rounds to none.
    const little = 8e-9;
    const run = soundLayers(
      {
        listings: {
          X: {
            bars: steady(dates, (n) => (n < 5 ? 1 : 10)),
            actions: [{ split: 0.1, on: dates[5] }],
          },
        },
        sleeves: {
          a: { instrument: "X", says: { [d0]: 1, [d4]: 1 - little } },
          b: { instrument: "X", says: { [d0]: -0.5, [d4]: -0.5 + little } },
        },
      },
      { initialEquity: 1000 },
    );
    expect(endsOn(run, d4)).toEqual([
      expect.stringContaining("a EXECUTED"),
      expect.stringContaining("b EXECUTED"),
    ]);
  });
});

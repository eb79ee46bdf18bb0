/**
 * Daily returns: worked by hand, against the total return that strategies read, against a holder
 * of contracts who counts money, and complete rows against a search that looks at everything.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import type { BarSeries, FuturesColumns } from "../../../src/domain/bar.ts";
import type { CorporateAction } from "../../../src/domain/corporate-action.ts";
import { adjustInputs } from "../../../src/market/actions/adjust.ts";
import { completeRows, knownCount, sessionReturns } from "../../../src/market/features/returns.ts";
import { closes } from "./fixture.ts";

const FIRST = closes([1]).timesMs[0];
const NAN = Number.NaN;

const split = (day: number, ratio: number, instrument = "AAA"): CorporateAction => {
  return { kind: "split", instrument, exDateMs: FIRST + day * DAY_MS, ratio };
};
const dividend = (day: number, amountPerUnit: number): CorporateAction => {
  const exDateMs = FIRST + day * DAY_MS;
  return { kind: "dividend", instrument: "AAA", exDateMs, payDateMs: exDateMs, amountPerUnit };
};

function returnsOf(series: BarSeries, actions: readonly CorporateAction[] = []): number[] {
  const sessions = series.close.length;
  return [...sessionReturns({ series, actions, sessionOfRow: null, sessions })];
}

function futures(
  close: readonly number[],
  contract: readonly number[],
  nextClose: readonly number[],
): BarSeries {
  const columns: FuturesColumns = {
    contract: Float64Array.from(contract),
    expiryMs: new Float64Array(close.length),
    nextExpiryMs: new Float64Array(close.length),
    nextClose: Float64Array.from(nextClose),
  };
  return { ...closes(close), futures: columns };
}

describe("returns of shares", () => {
  it("count the dividend and the split, by hand", () => {
    const series = closes([100, 102, 52, 52]);
    const actions = [dividend(1, 1), split(2, 2), split(3, 3, "BBB")];
    const [first, paid, halved, flat] = returnsOf(series, actions);
    expect(first).toBeNaN();
    expect(paid).toBeCloseTo(0.03, 15);
    expect(halved).toBeCloseTo(104 / 102 - 1, 15);
    expect(flat).toBe(0);
  });

  it("pay a dividend per unit held before the split of the same day, in whatever order they come", () => {
    for (const actions of [
      [split(1, 2), dividend(1, 2)],
      [dividend(1, 2), split(1, 2)],
    ]) {
      expect(returnsOf(closes([100, 50]), actions)[1]).toBeCloseTo(0.02, 15);
    }
  });

  it("leave out what happened up to the first bar and after the last", () => {
    const actions = [split(-3, 2), dividend(0, 5), split(9, 3)];
    expect(returnsOf(closes([10, 11]), actions)[1]).toBeCloseTo(0.1, 15);
  });

  it("are unknown on a base that is not positive, and known into such a price", () => {
    const [, into, outOf, again] = returnsOf(closes([18.27, -37.63, 10.01, 11.011]));
    expect(into).toBeCloseTo(-37.63 / 18.27 - 1, 14);
    expect(outOf).toBeNaN();
    expect(again).toBeCloseTo(0.1, 14);
    expect(returnsOf(closes([0, 1]))[1]).toBeNaN();
  });

  it("are the steps of the total return that strategies read", () => {
    const price = fc.double({ min: 1, max: 1000, noNaN: true });
    const action = fc.oneof(
      fc.record({ day: fc.integer({ min: -1, max: 12 }), ratio: fc.constantFrom(0.5, 2, 3, 7) }),
      fc.record({ day: fc.integer({ min: -1, max: 12 }), cash: fc.constantFrom(0.1, 1, 2.5) }),
    );
    fc.assert(
      fc.property(
        fc.array(price, { minLength: 2, maxLength: 10 }),
        fc.array(action, { maxLength: 6 }),
        fc.array(fc.nat({ max: 3 }), { minLength: 10, maxLength: 10 }),
        (prices, drawn, gaps) => {
          const series = closes(prices);
          let late = 0;
          for (let t = 0; t < prices.length; t++) {
            series.timesMs[t] += late * DAY_MS;
            late += gaps[t];
          }
          const actions = drawn.map((a) =>
            "ratio" in a ? split(a.day, a.ratio) : dividend(a.day, a.cash),
          );
          const wealth = adjustInputs(series, actions).totalReturn;
          const returns = returnsOf(series, actions);
          for (let t = 1; t < prices.length; t++) {
            const step = wealth[t] / wealth[t - 1];
            expect(Math.abs(1 + returns[t] - step)).toBeLessThanOrEqual(1e-12 * step);
          }
        },
      ),
    );
  });
});

describe("returns of futures", () => {
  it("are the price change over the held contract's raw previous close, by hand", () => {
    // Rolled at the close of row 1, from 101 to the next contract at 108.
    const series = futures(
      [100, 101, 109, 110],
      [202003, 202003, 202006, 202006],
      [107, 108, 115, 116],
    );
    const [first, before, roll, after] = returnsOf(series);
    expect(first).toBeNaN();
    expect(before).toBeCloseTo(1 / 100, 15);
    expect(roll).toBeCloseTo(1 / 108, 15);
    expect(after).toBeCloseTo(1 / 109, 15);
  });

  it("are unknown where the base is not positive: WTI, 2020-04-20 and the day after", () => {
    const held = futures([18.27, -37.63, 10.01], [202005, 202005, 202005], [25, 20, 11]);
    expect(returnsOf(held)[1]).toBeCloseTo(-55.9 / 18.27, 14);
    expect(returnsOf(held)[2]).toBeNaN();
    const rolled = futures([18.27, -37.63, 11.57], [202005, 202005, 202006], [25, 20.43, 15]);
    expect(returnsOf(rolled)[2]).toBeCloseTo((11.57 - 20.43) / 20.43, 14);
    const unknown = futures([10, 11], [1, 2], [NAN, NAN]);
    expect(returnsOf(unknown)[1]).toBeNaN();
  });

  it("earn what a holder of one contract earns, whatever the rolls", () => {
    const price = fc.double({ min: 1, max: 200, noNaN: true });
    const row = fc.record({ front: price, next: price, rolls: fc.boolean() });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 12 }), (rows) => {
        let contract = 1;
        const series = futures(
          rows.map(({ front }) => front),
          rows.map(({ rolls }) => (rolls ? ++contract : contract)),
          rows.map(({ next }) => next),
        );
        const returns = returnsOf(series);
        let money = 0;
        let earned = 0;
        for (let t = 1; t < rows.length; t++) {
          const paid = rows[t].rolls ? rows[t - 1].next : rows[t - 1].front;
          money += rows[t].front - paid;
          earned += returns[t] * paid;
        }
        expect(earned).toBeCloseTo(money, 9);
      }),
    );
  });
});

describe("returns on sessions", () => {
  it("stand at their own session, span a gap, and are unknown where there was no bar", () => {
    const series = closes([100, 110, 99]);
    const returns = sessionReturns({
      series,
      actions: [],
      sessionOfRow: Int32Array.of(1, 2, 5),
      sessions: 7,
    });
    expect([...returns].map((r) => Math.round(r * 1e12) / 1e12)).toEqual([
      NAN,
      NAN,
      0.1,
      NAN,
      NAN,
      -0.1,
      NAN,
    ]);
  });

  it.each([
    ["two bars in one session", Int32Array.of(0, 1, 1), 3, 7],
    ["sessions that go back", Int32Array.of(0, 2, 1), 3, 7],
    ["a session that does not exist", Int32Array.of(0, 1, 3), 3, 7],
    ["a row without a session", Int32Array.of(0, 1), 3, 21],
    ["more rows than sessions", null, 2, 21],
  ])("refuse %s", (_, sessionOfRow, sessions, number) => {
    const work = () =>
      sessionReturns({ series: closes([1, 2, 3]), actions: [], sessionOfRow, sessions });
    expect(work).toThrow(new RegExp(`invariant ${number}: AAA`));
  });
});

/** All rows up to the end that are complete, the newest `count`, oldest first. */
function naiveRows(
  returns: readonly Float64Array[],
  columns: readonly number[],
  end: number,
  count: number,
): number[] {
  const rows = [...returns[0].keys()]
    .filter((t) => t <= end)
    .map((t) => columns.map((c) => returns[c][t]))
    .filter((row) => row.every((value) => Number.isFinite(value)));
  return rows.slice(Math.max(0, rows.length - count)).flat();
}

const sparse = (length: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 1, max: 99 }), fc.constantFrom(1, NAN)), {
      minLength: length,
      maxLength: length,
    })
    .map((values) => Float64Array.from(values));

describe("complete rows", () => {
  it("are those a full search finds", () => {
    fc.assert(
      fc.property(
        fc.array(sparse(30), { minLength: 3, maxLength: 3 }),
        fc.shuffledSubarray([0, 1, 2], { minLength: 1 }),
        fc.integer({ min: -1, max: 35 }),
        fc.integer({ min: 0, max: 12 }),
        (returns, columns, end, count) => {
          const out = new Float64Array(count * columns.length + 2).fill(-7);
          const found = completeRows(returns, columns, end, count, out);
          const expected = naiveRows(returns, columns, end, count);
          expect(found * columns.length).toBe(expected.length);
          expect([...out.subarray(0, expected.length)]).toEqual(expected);
          expect([...out.subarray(count * columns.length)]).toEqual([-7, -7]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("of no columns are none: an empty set has not passed", () => {
    expect(completeRows([], [], 10, 5, new Float64Array(5))).toBe(0);
  });

  it("do not write beyond what they were given", () => {
    const returns = [Float64Array.of(1, 2), Float64Array.of(1, 2)];
    expect(() => completeRows(returns, [0, 1], 1, 2, new Float64Array(3))).toThrow(
      /invariant 21: 2 rows of 2 columns do not fit into 3/,
    );
  });
});

describe("known returns", () => {
  it("are counted within the lookback alone", () => {
    const returns = Float64Array.of(1, NAN, 2, 3, NAN, 4);
    expect(knownCount(returns, 5, 3)).toBe(2);
    expect(knownCount(returns, 4, 3)).toBe(2);
    expect(knownCount(returns, 5, 100)).toBe(4);
    expect(knownCount(returns, 7, 3)).toBe(1);
    expect(knownCount(returns, -1, 3)).toBe(0);
    expect(knownCount(returns, 3, 0)).toBe(0);
  });
});

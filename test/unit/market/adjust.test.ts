import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import type { BarSeries } from "../../../src/domain/bar.ts";
import type { CorporateAction } from "../../../src/domain/corporate-action.ts";
import { adjustInputs } from "../../../src/market/actions/adjust.ts";
import { closes } from "./fixture.ts";

const FIRST = closes([1]).timesMs[0];
const split = (day: number, ratio: number): CorporateAction => ({
  kind: "split",
  instrument: "AAA",
  exDateMs: FIRST + day * DAY_MS,
  ratio,
});
const dividend = (day: number, amountPerUnit: number): CorporateAction => ({
  kind: "dividend",
  instrument: "AAA",
  exDateMs: FIRST + day * DAY_MS,
  payDateMs: FIRST + day * DAY_MS,
  amountPerUnit,
});

describe("adjusting for splits and dividends", () => {
  it("shares the raw arrays where nothing is adjusted", () => {
    const series = closes([10, 11, 12]);
    const inputs = adjustInputs(series, [dividend(1, 1)]);
    expect(inputs.close).toBe(series.close);
    expect(inputs.rawClose).toBe(series.close);
    expect(inputs.open).toBeNull();
    expect([...inputs.splitFactor]).toEqual([1, 1, 1]);
  });

  it("knows a split from its ex-date on, forward from the first row", () => {
    const bars = closes([70, 71, 10, 11]);
    const series: BarSeries = { ...bars, open: bars.close, volume: Float64Array.of(1, 1, 7, 14) };
    const inputs = adjustInputs(series, [split(2, 7)]);
    expect([...inputs.splitFactor]).toEqual([1, 1, 7, 7]);
    expect([...inputs.close]).toEqual([70, 71, 70, 77]);
    expect([...(inputs.open ?? [])]).toEqual([70, 71, 70, 77]);
    expect([...(inputs.volume ?? [])]).toEqual([1, 1, 1, 2]);
    expect(inputs.rawClose).toBe(series.close);
  });

  it("uses the next bar when the ex-date has none, and skips actions outside the series", () => {
    const series = closes([10, 10, 10]);
    series.timesMs[1] += DAY_MS;
    series.timesMs[2] += DAY_MS;
    expect([...adjustInputs(series, [split(1, 2)]).splitFactor]).toEqual([1, 2, 2]);
    expect([...adjustInputs(series, [split(0, 2), split(-5, 3), split(9, 5)]).splitFactor]).toEqual(
      [1, 1, 1],
    );
  });

  it("leaves another instrument's actions alone", () => {
    const other: CorporateAction = { ...split(1, 2), instrument: "BBB" };
    expect([...adjustInputs(closes([10, 10]), [other]).splitFactor]).toEqual([1, 1]);
  });

  it("pays a dividend per unit held before a split of the same day", () => {
    const { totalReturn } = adjustInputs(closes([70, 10]), [split(1, 7), dividend(1, 3.5)]);
    expect(totalReturn[0]).toBe(1);
    expect(totalReturn[1]).toBeCloseTo((10 * 7 + 3.5) / 70, 15);
  });

  it("has no wealth after a dividend that cannot be reinvested", () => {
    const { totalReturn } = adjustInputs(closes([10, -1, 5]), [dividend(1, 1)]);
    expect([...totalReturn]).toEqual([1, Number.NaN, Number.NaN]);
    expect([...adjustInputs(closes([-1, 5]), []).totalReturn]).toEqual([Number.NaN, Number.NaN]);
  });

  /** A holder who counts units and cash day by day, action by action. */
  function naiveWealth(prices: readonly number[], actions: readonly CorporateAction[]): number[] {
    let units = 1 / prices[0];
    return prices.map((price, day) => {
      const today = actions.filter(({ exDateMs }) => day > 0 && exDateMs === FIRST + day * DAY_MS);
      let cash = 0;
      for (const action of today)
        if (action.kind === "dividend") cash += units * action.amountPerUnit;
      for (const action of today) if (action.kind === "split") units *= action.ratio;
      units += cash / price;
      return units * price;
    });
  }

  const events = fc.array(
    fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(2, 3, 0.5, 7))
        .map(([day, ratio]) => split(day, ratio)),
      fc
        .tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(0.25, 1))
        .map(([day, amount]) => dividend(day, amount)),
    ),
    { maxLength: 4 },
  );
  const prices = fc.array(
    fc.integer({ min: 100, max: 10_000 }).map((cents) => cents / 100),
    { minLength: 10, maxLength: 10 },
  );

  it("equals a holder who counts units and cash", () => {
    fc.assert(
      fc.property(prices, events, (values, actions) => {
        const expected = naiveWealth(values, actions);
        const { totalReturn } = adjustInputs(closes(values), actions);
        expected.forEach((wealth, t) =>
          expect(Math.abs(totalReturn[t] / wealth - 1)).toBeLessThan(1e-12),
        );
      }),
    );
  });

  it("gives the same values on a series cut off later: nothing after t reaches t", () => {
    fc.assert(
      fc.property(prices, events, fc.integer({ min: 1, max: 9 }), (values, actions, rows) => {
        const whole = adjustInputs(closes(values), actions);
        const cut = adjustInputs(closes(values.slice(0, rows)), actions);
        expect([...cut.close]).toEqual([...whole.close.subarray(0, rows)]);
        expect([...cut.totalReturn]).toEqual([...whole.totalReturn.subarray(0, rows)]);
      }),
    );
  });
});

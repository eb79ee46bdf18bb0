import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, div, mul, sub } from "../../../src/base/indicators/arithmetic.ts";
import { falling, gt, lt, rising } from "../../../src/base/indicators/comparison.ts";
import { and, not, or } from "../../../src/base/indicators/logic.ts";
import { knownSeries, type Series } from "../../../src/base/indicators/series.ts";

const U = Number.NaN;
const series = (...values: number[]): Series => knownSeries(Float64Array.from(values));
const list = (x: Series): number[] => [...x.values];

describe("arithmetic", () => {
  it("works row by row and keeps unknown unknown", () => {
    const a = series(6, 1, U);
    const b = series(3, 4, 5);
    expect(list(add(a, b))).toEqual([9, 5, U]);
    expect(list(sub(a, b))).toEqual([3, -3, U]);
    expect(list(mul(a, b))).toEqual([18, 4, U]);
    expect(list(div(a, b))).toEqual([2, 0.25, U]);
  });

  it("makes a division by zero unknown, not infinite", () => {
    expect(list(div(series(1, -1, 0), series(0, -0, 0)))).toEqual([U, U, U]);
  });

  it("can be known when both sides can", () => {
    const late = { values: Float64Array.of(U, U, 1), warmup: 2 };
    for (const f of [add, sub, mul, div, gt, lt, and, or]) {
      expect(f(series(1, 1, 1), late).warmup).toBe(2);
    }
  });
});

describe("comparisons", () => {
  const any = fc.double({ noDefaultInfinity: true });

  it("are strict, 0 or 1, and unknown where a side is, against a column or a level", () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const unknown = Number.isNaN(a) || Number.isNaN(b);
        const expected = (truth: boolean) => (unknown ? [U] : [truth ? 1 : 0]);
        expect(list(gt(series(a), series(b)))).toEqual(expected(a > b));
        expect(list(lt(series(a), series(b)))).toEqual(expected(a < b));
        expect(list(gt(series(a), b))).toEqual(expected(a > b));
        expect(list(lt(series(a), b))).toEqual(expected(a < b));
        expect(list(rising(series(a, b)))).toEqual([U, ...expected(b > a)]);
        expect(list(falling(series(a, b)))).toEqual([U, ...expected(b < a)]);
      }),
    );
  });

  it("tell the smallest doubles apart", () => {
    expect(list(gt(series(Number.MIN_VALUE), 0))).toEqual([1]);
    expect(list(gt(series(1 + Number.EPSILON), series(1)))).toEqual([1]);
  });

  it("count one more row for a direction", () => {
    expect(rising({ values: Float64Array.of(U, 1, 2), warmup: 1 }).warmup).toBe(2);
  });
});

describe("logic", () => {
  it("follows the truth tables, unknown where any side is", () => {
    const a = series(0, 0, 1, 1, U, 1);
    const b = series(0, 1, 0, 1, 1, U);
    expect(list(and(a, b))).toEqual([0, 0, 0, 1, U, U]);
    expect(list(or(a, b))).toEqual([0, 1, 1, 1, U, U]);
    expect(list(not(a))).toEqual([1, 1, 0, 0, U, 0]);
  });
});

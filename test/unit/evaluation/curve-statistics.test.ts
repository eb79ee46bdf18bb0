/** The two-pass statistics of a curve against their plain definitions, bit for bit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { downsideDeviation, mean, sampleDeviation } from "../../../src/base/statistics.ts";
import { curveStatistics } from "../../../src/research/evaluation/curve-statistics.ts";
import { dailyReturns, drawdowns } from "../../../src/research/evaluation/metrics.ts";

/** One definition after the other, each with arrays of its own. */
function plain(nav: Float64Array, target: number) {
  const returns = dailyReturns(nav).subarray(1);
  return {
    meanValue: mean(nav),
    deepestFall: drawdowns(nav).reduce((deepest, fall) => Math.max(deepest, -fall), 0),
    meanReturn: mean(returns),
    deviation: sampleDeviation(returns),
    downside: downsideDeviation(returns, target),
  };
}

const values = fc.oneof(
  fc.integer({ min: 1, max: 2_000_000 }),
  fc.integer({ min: 999_000, max: 1_001_000 }),
  fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
);

describe("statistics of a curve", () => {
  it("are the plain definitions, bit for bit", () => {
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 2, maxLength: 60 }),
        fc.constantFrom(0, 0.0001, -0.01),
        (list, target) => {
          const nav = Float64Array.from(list);
          const scratch = new Float64Array(nav.length + 3).fill(7);
          expect(curveStatistics(nav, target, scratch)).toStrictEqual(plain(nav, target));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of a single point: no fall, and nothing to say of returns", () => {
    expect(curveStatistics(Float64Array.of(5), 0, new Float64Array(1))).toEqual({
      meanValue: 5,
      deepestFall: 0,
      meanReturn: Number.NaN,
      deviation: Number.NaN,
      downside: Number.NaN,
    });
  });

  it.each([0, -1, Number.NaN, Infinity])("none where a value is %d", (value) => {
    for (const nav of [
      [value, 2, 3],
      [1, value, 3],
      [1, 2, value],
    ]) {
      expect(curveStatistics(Float64Array.from(nav), 0, new Float64Array(3))).toBeNull();
    }
  });
});

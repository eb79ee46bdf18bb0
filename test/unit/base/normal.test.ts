import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../../../src/base/normal.ts";

/** Printed by Python 3.13: 0.5 * math.erfc(-x / math.sqrt(2)). */
const CDF = [
  [0.5, 0.6914624612740131],
  [1, 0.8413447460685429],
  [2, 0.9772498680518208],
  [-1.96, 0.024997895148220435],
  [2.999, 0.9986456634662729],
  [3, 0.9986501019683699],
  [-3.001, 0.0013454728250849683],
] as const;

/** Far in the tail relative digits count: Abramowitz & Stegun, table 26.2, and erfc of mpmath. */
const TAIL = [
  [-5, 2.866515718791939e-7],
  [-10, 7.619853024160527e-24],
] as const;

describe("the normal distribution", () => {
  it("has the tabled probabilities, small ones with their leading digits", () => {
    for (const [x, p] of CDF) expect(Math.abs(normalCdf(x) - p), `${x}`).toBeLessThan(1e-15);
    for (const [x, p] of TAIL) expect(Math.abs(normalCdf(x) / p - 1), `${x}`).toBeLessThan(1e-13);
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalCdf(Number.NaN)).toBeNaN();
  });

  it("is symmetric and rises, across the seam between series and fraction too", () => {
    const x = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(x, x, (a, b) => {
        expect(Math.abs(normalCdf(a) + normalCdf(-a) - 1)).toBeLessThan(4e-16);
        // A step of a millionth is far above the last digit's noise.
        if (a + 1e-6 < b) expect(normalCdf(a)).toBeLessThanOrEqual(normalCdf(b));
      }),
    );
  });

  it("finds back where a probability is reached", () => {
    // Printed by Python 3.13: statistics.NormalDist().inv_cdf(p).
    expect(normalQuantile(0.95)).toBeCloseTo(1.6448536269514715, 13);
    expect(normalQuantile(0.99)).toBeCloseTo(2.3263478740408408, 12);
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 12);
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.999_999, noNaN: true }), (p) => {
        expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalQuantile(1.5)).toBeNaN();
  });
});

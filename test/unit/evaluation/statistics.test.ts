/** Moments against their textbook form in exact or naive arithmetic, and where that form fails. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  downsideDeviation,
  mean,
  sampleDeviation,
  sampleVariance,
  sum,
} from "../../../src/base/statistics.ts";

const returns = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), {
  minLength: 2,
  maxLength: 200,
});

describe("statistics", () => {
  it("of a small sample, worked by hand", () => {
    const x = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9);
    expect(mean(x)).toBe(5);
    expect(sampleVariance(x)).toBeCloseTo(32 / 7, 15);
    expect(sampleDeviation(x)).toBeCloseTo(Math.sqrt(32 / 7), 15);
    expect(downsideDeviation(x, 5)).toBe(Math.sqrt(12 / 8));
  });

  it("of too few values is NaN, never a number", () => {
    expect(mean(new Float64Array(0))).toBeNaN();
    expect(sampleVariance(Float64Array.of(3))).toBeNaN();
    expect(downsideDeviation(new Float64Array(0), 0)).toBeNaN();
  });

  it("keeps what a plain sum loses (Neumaier's example)", () => {
    expect(sum(Float64Array.of(1, 1e100, 1, -1e100))).toBe(2);
    expect(sum(Float64Array.from({ length: 10 }, () => 0.1))).toBe(1);
  });

  it("keeps the variance that the one-pass formula loses at a large offset", () => {
    const x = Float64Array.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16);
    expect(sampleVariance(x)).toBe(30);
  });

  it("equals the naive formulas", () => {
    fc.assert(
      fc.property(returns, (values) => {
        const n = values.length;
        const m = values.reduce((a, b) => a + b, 0) / n;
        const v = values.reduce((a, b) => a + (b - m) ** 2, 0) / (n - 1);
        const d = Math.sqrt(values.reduce((a, b) => a + Math.min(b, 0) ** 2, 0) / n);
        const x = Float64Array.from(values);
        expect(Math.abs(mean(x) - m)).toBeLessThan(1e-15);
        expect(Math.abs(sampleVariance(x) - v)).toBeLessThan(1e-14);
        expect(Math.abs(downsideDeviation(x, 0) - d)).toBeLessThan(1e-14);
      }),
    );
  });
});

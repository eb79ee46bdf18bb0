/** Pair correlation by hand, against the textbook's one-line form, and where it must not answer. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pairCorrelation } from "../../../src/market/features/correlation.ts";

const NAN = Number.NaN;
const UP = Float64Array.of(1, 2, 3, 4);

/** Sum of products of standard scores over the known days of the window. */
function naive(a: Float64Array, b: Float64Array, end: number, days: number): number {
  const known = [...a.keys()].filter(
    (t) => t <= end && t > end - days && Number.isFinite(a[t]) && Number.isFinite(b[t]),
  );
  const scores = (x: Float64Array) => {
    const values = known.map((t) => x[t]);
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    const spread = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0));
    return values.map((v) => (v - mean) / spread);
  };
  const [x, y] = [scores(a), scores(b)];
  return x.reduce((s, v, i) => s + v * y[i], 0);
}

describe("pair correlation", () => {
  it("by hand: ranks 1 2 3 4 against 1 3 2 4 are 0.8, reversed -0.8, themselves 1", () => {
    const mixed = Float64Array.of(1, 3, 2, 4);
    expect(pairCorrelation(UP, mixed, 3, 4, 4)).toBeCloseTo(0.8, 15);
    expect(
      pairCorrelation(
        UP,
        mixed.map((x) => -x),
        3,
        4,
        4,
      ),
    ).toBeCloseTo(-0.8, 15);
    expect(pairCorrelation(UP, UP, 3, 4, 4)).toBe(1);
  });

  it("looks at the window alone: what comes after, and what is older, changes nothing", () => {
    const a = Float64Array.of(99, 1, 2, 3, 4, -50);
    const b = Float64Array.of(-99, 1, 3, 2, 4, 70);
    expect(pairCorrelation(a, b, 4, 4, 4)).toBeCloseTo(0.8, 15);
  });

  it("counts the days on which both are known, and is unknown below the overlap", () => {
    const a = Float64Array.of(1, NAN, 2, 3, 7, 4);
    const b = Float64Array.of(1, 5, 3, 2, NAN, 4);
    expect(pairCorrelation(a, b, 5, 6, 4)).toBeCloseTo(0.8, 15);
    expect(pairCorrelation(a, b, 5, 6, 5)).toBeNaN();
    expect(pairCorrelation(a, b, 5, 5, 4)).toBeNaN();
    expect(pairCorrelation(UP, UP, 0, 1, 0)).toBeNaN();
  });

  it("is unknown where one does not move, even if rounding makes it seem to", () => {
    const still = new Float64Array(50).fill(0.1);
    const moving = Float64Array.from(still, (_, t) => (t % 7) / 100);
    expect(pairCorrelation(still, moving, 49, 50, 2)).toBeNaN();
    expect(pairCorrelation(moving, still, 49, 50, 2)).toBeNaN();
    expect(pairCorrelation(new Float64Array(50), moving, 49, 50, 2)).toBeNaN();
    const vanishing = UP.map((x) => x * 1e-90);
    expect(pairCorrelation(vanishing, vanishing, 3, 4, 2)).toBeNaN();
  });

  it("is the textbook's, symmetric, blind to scale, and never beyond 1", () => {
    const basisPoints = fc.integer({ min: -2000, max: 2000 }).map((x) => x / 10_000);
    const value = fc.oneof(basisPoints, fc.constant(NAN));
    const column = fc
      .array(value, { minLength: 20, maxLength: 20 })
      .map((values) => Float64Array.from(values));
    fc.assert(
      fc.property(column, column, fc.integer({ min: 5, max: 19 }), (a, b, end) => {
        const rho = pairCorrelation(a, b, end, 15, 4);
        expect(pairCorrelation(b, a, end, 15, 4)).toBe(rho);
        if (Number.isNaN(rho)) return;
        expect(Math.abs(rho)).toBeLessThanOrEqual(1);
        expect(rho).toBeCloseTo(naive(a, b, end, 15), 6);
        expect(
          pairCorrelation(
            a.map((x) => x * 8),
            b,
            end,
            15,
            4,
          ),
        ).toBe(rho);
      }),
      { numRuns: 500 },
    );
  });
});

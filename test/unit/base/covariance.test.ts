/** Covariance estimates: naive twins, vectors, refusals, and what clipping does to a planted matrix. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clipNegativeEigenvalues,
  COVARIANCE_ESTIMATORS,
  type Covariance,
  type CovarianceEstimator,
  estimateCovariance,
  ledoitWolf,
  portfolioVariance,
  type ReturnRows,
} from "../../../src/base/covariance.ts";
import { nextNormal, prngOf } from "../../../src/base/prng.ts";
import { SHARED, sharedFile, sharedName } from "../../support/shared.ts";

type Matrix = readonly (readonly number[])[];

const rowsOf = (matrix: Matrix): ReturnRows => ({
  values: Float64Array.from(matrix.flat()),
  rows: matrix.length,
  assets: matrix[0].length,
});

function randomRows(seed: number, rows: number, assets: number): ReturnRows {
  const prng = prngOf(seed);
  const values = Float64Array.from({ length: rows * assets }, () => 0.01 * nextNormal(prng));
  // A common day moves all, so that correlations are not near zero.
  for (let t = 0; t < rows; t++) {
    const common = 0.01 * nextNormal(prng);
    for (let i = 0; i < assets; i++) values[t * assets + i] += common * (i % 3 === 0 ? -0.4 : 1);
  }
  return { values, rows, assets };
}

const sizes = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  assets: fc.integer({ min: 1, max: 12 }),
  extra: fc.integer({ min: 0, max: 60 }),
});
const drawn = ({ seed, assets, extra }: { seed: number; assets: number; extra: number }) =>
  randomRows(seed, Math.max(20, 2 * assets) + extra, assets);

function estimate(estimator: CovarianceEstimator, returns: ReturnRows): Covariance {
  const estimated = estimateCovariance(estimator, returns);
  if (!estimated.ok) throw new Error(JSON.stringify(estimated.error));
  return estimated.value;
}

/** Straight from the definition: one weighted sum per pair of assets. */
function pairwise(
  { values, rows, assets }: ReturnRows,
  weightOf: (row: number) => number,
  { centred }: { readonly centred: boolean },
): number[] {
  const column = (i: number) => Array.from({ length: rows }, (_, t) => values[t * assets + i]);
  const result: number[] = [];
  for (let i = 0; i < assets; i++) {
    for (let j = 0; j < assets; j++) {
      const [x, y] = [column(i), column(j)];
      const [mx, my] = centred ? [average(x), average(y)] : [0, 0];
      result.push(x.reduce((sum, value, t) => sum + weightOf(t) * (value - mx) * (y[t] - my), 0));
    }
  }
  return result;
}

const average = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;

/** Ledoit and Wolf 2004, equations of section 3.2: norms of whole matrices, one day at a time. */
function naiveShrinkage(returns: ReturnRows): number {
  const { values, rows, assets } = returns;
  const sample = pairwise(returns, () => 1 / rows, { centred: true });
  const m = average(Array.from({ length: assets }, (_, i) => sample[i * assets + i]));
  const norm = (matrix: readonly number[]) => matrix.reduce((sum, v) => sum + v * v, 0) / assets;
  const d2 = norm(sample.map((v, at) => v - (at % (assets + 1) === 0 ? m : 0)));
  const means = Array.from({ length: assets }, (_, i) =>
    average(Array.from({ length: rows }, (__, t) => values[t * assets + i])),
  );
  let b2 = 0;
  for (let t = 0; t < rows; t++) {
    const x = means.map((mean, i) => values[t * assets + i] - mean);
    b2 += norm(sample.map((v, at) => x[Math.floor(at / assets)] * x[at % assets] - v)) / rows ** 2;
  }
  return Math.min(b2, d2) / d2;
}

/** Largest difference, relative to the largest expected value. */
function farthest(ours: ArrayLike<number>, expected: readonly number[]): number {
  expect(ours).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - ours[i]))) / scale;
}

describe("the estimators", () => {
  it("sample: equals the sum over pairs, divided by n - 1", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const returns = drawn(size);
        const naive = pairwise(returns, () => 1 / (returns.rows - 1), { centred: true });
        expect(farthest(estimate("sample", returns).values, naive)).toBeLessThanOrEqual(1e-11);
      }),
      { numRuns: 60 },
    );
  });

  it("ewma: weights fall by 0.94 a day from the newest, sum to 1, around zero", () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const returns = drawn(size);
        const total = (1 - 0.94 ** returns.rows) / (1 - 0.94);
        const weight = (t: number) => 0.94 ** (returns.rows - 1 - t) / total;
        expect(
          farthest(estimate("ewma", returns).values, pairwise(returns, weight, { centred: false })),
        ).toBeLessThanOrEqual(1e-11);
      }),
      { numRuns: 60 },
    );
  });

  it("ledoit-wolf: equals the definition in norms of matrices", () => {
    fc.assert(
      fc.property(
        sizes.filter(({ assets }) => assets > 1),
        (size) => {
          const returns = drawn(size);
          const { values, shrinkage } = estimate("ledoit-wolf", returns);
          const naive = naiveShrinkage(returns);
          expect(shrinkage).toBeCloseTo(naive, 10);
          const sample = pairwise(returns, () => 1 / returns.rows, { centred: true });
          const n = returns.assets;
          const target = average(Array.from({ length: n }, (_, i) => sample[i * n + i]));
          expect(
            farthest(
              values,
              sample.map((v, at) => (1 - naive) * v + (at % (n + 1) === 0 ? naive * target : 0)),
            ),
          ).toBeLessThanOrEqual(1e-11);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each(COVARIANCE_ESTIMATORS)("%s: symmetric exactly, semi-definite, unclipped", (estimator) => {
    fc.assert(
      fc.property(sizes, fc.array(fc.double({ min: -1, max: 1, noNaN: true })), (size, draws) => {
        const returns = drawn(size);
        const covariance = estimate(estimator, returns);
        const { assets, values } = covariance;
        for (let i = 0; i < assets; i++) {
          for (let j = 0; j < i; j++) expect(values[i * assets + j]).toBe(values[j * assets + i]);
        }
        expect(covariance.clipped).toBeNull();
        const weights = Float64Array.from({ length: assets }, (_, i) => draws[i] ?? 1);
        const naive = weights.reduce(
          (sum, w, i) =>
            sum + weights.reduce((inner, v, j) => inner + w * v * values[i * assets + j], 0),
          0,
        );
        expect(portfolioVariance(covariance, weights)).toBeCloseTo(Math.max(0, naive), 15);
        expect(naive).toBeGreaterThan(-1e-15);
      }),
      { numRuns: 40 },
    );
  });

  it.each(COVARIANCE_ESTIMATORS)("%s: does not care how the assets are ordered", (estimator) => {
    const { values, rows, assets } = randomRows(5, 80, 7);
    const order = [3, 1, 6, 0, 5, 2, 4];
    const moved = values.map((_, at) => values[at - (at % assets) + order[at % assets]]);
    const straight = estimate(estimator, { values, rows, assets }).values;
    const turned = estimate(estimator, { values: moved, rows, assets }).values;
    const expected = [...turned].map(
      (_, at) => straight[order[Math.floor(at / assets)] * assets + order[at % assets]],
    );
    expect(farthest(turned, expected)).toBeLessThanOrEqual(1e-14);
  });

  it("one asset is never shrunk, and no asset has no variance", () => {
    const one = estimate("ledoit-wolf", randomRows(3, 40, 1));
    expect(one.shrinkage).toBe(0);
    const none = estimate("sample", { values: new Float64Array(0), rows: 30, assets: 0 });
    expect(portfolioVariance(none, new Float64Array(0))).toBe(0);
  });

  it("assets that are the same, opposite or still leave a matrix that can be used", () => {
    const { values, rows } = randomRows(9, 60, 1);
    const four = Float64Array.from({ length: rows * 4 }, (_, at) => {
      const x = values[Math.floor(at / 4)];
      return [x, x, -x, 0][at % 4];
    });
    for (const estimator of COVARIANCE_ESTIMATORS) {
      const covariance = estimate(estimator, { values: four, rows, assets: 4 });
      expect(covariance.clipped).toBeNull();
      expect(covariance.values.every(Number.isFinite)).toBe(true);
    }
    const sample = estimate("sample", { values: four, rows, assets: 4 });
    expect(portfolioVariance(sample, Float64Array.of(1, 0, 1, 5))).toBeLessThan(1e-18);
  });
});

describe("what cannot be estimated", () => {
  it("is refused below two days an asset, for ewma and sample", () => {
    for (const estimator of ["ewma", "sample"] as const) {
      const few = estimateCovariance(estimator, randomRows(1, 9, 5));
      const error = { rule: "too_few_observations", observed: 9, required: 10 };
      expect(few).toEqual({ ok: false, error });
      expect(estimateCovariance(estimator, randomRows(1, 10, 5)).ok).toBe(true);
    }
  });

  it("is refused below twenty days, for ledoit-wolf, however many assets", () => {
    const few = estimateCovariance("ledoit-wolf", randomRows(1, 19, 2));
    const error = { rule: "too_few_observations", observed: 19, required: 20 };
    expect(few).toEqual({ ok: false, error });
    expect(estimateCovariance("ledoit-wolf", randomRows(1, 20, 40)).ok).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("is refused with a return of %s in it", (bad) => {
    const returns = randomRows(1, 30, 3);
    returns.values[7] = bad;
    returns.values[50] = bad;
    const error = { rule: "not_finite", observed: 2, required: 0 };
    expect(estimateCovariance("sample", returns)).toEqual({ ok: false, error });
  });

  it("of the wrong shape is our own mistake", () => {
    const values = new Float64Array(59);
    expect(() => estimateCovariance("ewma", { values, rows: 20, assets: 3 })).toThrow(
      "invariant 7",
    );
    const covariance = estimate("sample", randomRows(1, 30, 3));
    expect(() => portfolioVariance(covariance, new Float64Array(2))).toThrow("invariant 7");
  });
});

describe("clipping", () => {
  // Correlations 0.9, 0.9, -0.9 contradict each other: eigenvalues 1.9, 1.9, -0.8.
  const impossible = () => Float64Array.of(1, 0.9, 0.9, 0.9, 1, -0.9, 0.9, -0.9, 1);

  it("takes the negative eigenvalue out and says so", () => {
    const values = impossible();
    expect(clipNegativeEigenvalues(values, 3)).toMatch(
      /^not positive semi-definite: 1 of 3 .*-0\.[78]/,
    );
    // What is left is 1.9 times the projection away from the eigenvector (1, -1, -1) / sqrt(3).
    const [on, off] = [(1.9 * 2) / 3, 1.9 / 3];
    expect(farthest(values, [on, off, off, off, on, -off, off, -off, on])).toBeLessThanOrEqual(
      1e-14,
    );
    expect(clipNegativeEigenvalues(values, 3), "once is enough").toBeNull();
  });

  it("leaves a semi-definite matrix as it is, bit for bit", () => {
    const values = Float64Array.of(4, 2, 0, 2, 1, 0, 0, 0, 0);
    const before = [...values];
    expect(clipNegativeEigenvalues(values, 3)).toBeNull();
    expect([...values]).toEqual(before);
  });

  it("never leaves a direction of negative variance, whatever it is given", () => {
    const cell = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 36, maxLength: 36 }), (cells) => {
        const values = Float64Array.from({ length: 36 }, (_, at) => {
          const [i, j] = [Math.floor(at / 6), at % 6];
          return cells[Math.max(i, j) * 6 + Math.min(i, j)];
        });
        const before = values.slice();
        clipNegativeEigenvalues(values, 6);
        const matrix = { assets: 6, shrinkage: null, clipped: null };
        for (let trial = 0; trial < 6; trial++) {
          const weights = Float64Array.from({ length: 6 }, (_, i) => cells[(trial * 6 + i) % 36]);
          const variance = weights.reduce(
            (sum, w, i) =>
              sum + w * weights.reduce((inner, v, j) => inner + v * values[i * 6 + j], 0),
            0,
          );
          expect(variance).toBeGreaterThan(-1e-9);
          // Clipping only adds: no direction loses variance.
          const old = portfolioVariance({ ...matrix, values: before }, weights);
          expect(variance).toBeGreaterThan(old - 1e-9);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe.skipIf(SHARED === null)(sharedName("the vectors of cov_erc.json"), () => {
  const read = () => JSON.parse(readFileSync(sharedFile("vectors/cov_erc.json"), "utf8"));

  it("Ledoit-Wolf as scikit-learn has it, on 8 days of 3 assets", () => {
    const vector = read();
    const { values, shrinkage } = ledoitWolf(rowsOf(vector.X));
    expect(shrinkage).toBeCloseTo(vector.lw_sklearn.shrinkage, 14);
    expect(farthest(values, (vector.lw_sklearn.cov as number[][]).flat())).toBeLessThanOrEqual(
      1e-14,
    );
    // 8 days are too few to trade on.
    expect(estimateCovariance("ledoit-wolf", rowsOf(vector.X)).ok).toBe(false);
  });

  it("Ledoit-Wolf of ffn's AAPL, MSFT and C", () => {
    const { ffn } = read();
    expect(ledoitWolf(rowsOf(ffn.returns)).shrinkage).toBeCloseTo(ffn.lw_shrinkage, 14);
  });
});

describe("Ledoit-Wolf pinned from scikit-learn 1.2.1", () => {
  it("shrinks six days of two assets as LedoitWolf().fit does, in a fresh clone too", () => {
    const { shrinkage, values } = ledoitWolf(
      rowsOf([
        [0.01, 0.002],
        [-0.02, 0.001],
        [0.004, -0.006],
        [0.013, 0.004],
        [-0.001, 0],
        [0.02, 0.003],
      ]),
    );
    expect(shrinkage).toBeCloseTo(0.6245802476964388, 14);
    const across = 4.4216104160197204e-6;
    const expected = [0.00011485822010524228, across, across, 5.79195576725355e-5];
    expect(farthest(values, expected)).toBeLessThanOrEqual(1e-13);
  });
});

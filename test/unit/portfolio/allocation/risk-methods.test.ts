/** Risk parity and hierarchical risk parity: published vectors, closed forms, naive twins. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Covariance,
  estimateCovariance,
  ledoitWolf,
} from "../../../../src/base/covariance.ts";
import { nextNormal, prngOf } from "../../../../src/base/prng.ts";
import { riskParityShares } from "../../../../src/portfolio/allocation/erc.ts";
import { hierarchicalShares, leafOrder } from "../../../../src/portfolio/allocation/hrp.ts";
import { SHARED, sharedFile, sharedName } from "../../../support/shared.ts";

type Matrix = readonly (readonly number[])[];

const covarianceOf = (matrix: Matrix): Covariance => ({
  assets: matrix.length,
  values: Float64Array.from(matrix.flat()),
  shrinkage: null,
  clipped: null,
});

function parity(matrix: Covariance, budgets: readonly number[] | null = null): number[] {
  const shares = riskParityShares(matrix, budgets && Float64Array.from(budgets));
  if (!shares.ok) throw new Error(JSON.stringify(shares.error));
  return [...shares.value];
}

/** Each sleeve's part of the variance; they sum to 1. */
function contributions({ assets, values }: Covariance, shares: ArrayLike<number>): number[] {
  const parts = Array.from({ length: assets }, (_, i) => {
    let row = 0;
    for (let j = 0; j < assets; j++) row += values[i * assets + j] * shares[j];
    return shares[i] * row;
  });
  const total = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / total);
}

/** A covariance of `assets` sleeves on one common factor and their own noise, of any volatility. */
function randomCovariance(seed: number, assets: number): Covariance {
  const prng = prngOf(seed);
  const rows = assets + 5;
  const scales = Array.from({ length: assets }, () => 10 ** (nextNormal(prng) / 2 - 2));
  const values = new Float64Array(rows * assets);
  for (let t = 0; t < rows; t++) {
    const common = nextNormal(prng);
    for (let i = 0; i < assets; i++) {
      values[t * assets + i] = scales[i] * (nextNormal(prng) + common * (i % 4 === 0 ? -1 : 1));
    }
  }
  return ledoitWolf({ values, rows, assets });
}

const random = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  assets: fc.integer({ min: 1, max: 25 }),
});

/** Largest difference. */
function farthest(ours: ArrayLike<number>, expected: readonly number[]): number {
  expect(ours).toHaveLength(expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(value - ours[i])));
}

describe("equal risk contributions", () => {
  it("are equal within 1e-9, with shares above zero that sum to 1", () => {
    fc.assert(
      fc.property(random, ({ seed, assets }) => {
        const covariance = randomCovariance(seed, assets);
        const shares = parity(covariance);
        expect(shares.every((share) => share > 0)).toBe(true);
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        expect(
          farthest(contributions(covariance, shares), Array(assets).fill(1 / assets)),
        ).toBeLessThanOrEqual(1e-9);
      }),
      { numRuns: 150 },
    );
  });

  it("follow risk budgets, whatever their sum", () => {
    fc.assert(
      fc.property(
        random,
        fc.array(fc.double({ min: 0.05, max: 9, noNaN: true })),
        (size, draws) => {
          const covariance = randomCovariance(size.seed, size.assets);
          const budgets = Array.from({ length: size.assets }, (_, i) => draws[i] ?? 1);
          const total = budgets.reduce((a, b) => a + b, 0);
          const wanted = budgets.map((budget) => budget / total);
          expect(
            farthest(contributions(covariance, parity(covariance, budgets)), wanted),
          ).toBeLessThanOrEqual(1e-9);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("are those of cyclical coordinate descent, the naive twin", () => {
    fc.assert(
      fc.property(random, ({ seed, assets }) => {
        const covariance = randomCovariance(seed, assets);
        expect(farthest(parity(covariance), coordinateDescent(covariance))).toBeLessThanOrEqual(
          1e-8,
        );
      }),
      { numRuns: 50 },
    );
  });

  // The two-asset closed form with risk budgets (b, 1 - b), Bruder and Roncalli 2012.
  it("have the closed form of two sleeves", () => {
    const unit = { min: 0.05, max: 0.95, noNaN: true };
    const inputs = fc.tuple(
      fc.double({ min: -0.95, max: 0.95, noNaN: true }),
      fc.double(unit),
      fc.double({ min: 0.001, max: 0.1, noNaN: true }),
      fc.double({ min: 0.001, max: 0.1, noNaN: true }),
    );
    fc.assert(
      fc.property(inputs, ([rho, b, s1, s2]) => {
        const top =
          (b - 0.5) * rho * s1 * s2 -
          b * s2 ** 2 +
          s1 * s2 * Math.sqrt((b - 0.5) ** 2 * rho ** 2 + b * (1 - b));
        const bottom = (1 - b) * s1 ** 2 - b * s2 ** 2 + 2 * (b - 0.5) * rho * s1 * s2;
        fc.pre(Math.abs(bottom) > 1e-3 * s1 * s2);
        const covariance = covarianceOf([
          [s1 ** 2, rho * s1 * s2],
          [rho * s1 * s2, s2 ** 2],
        ]);
        const closed = top / bottom;
        expect(farthest(parity(covariance, [b, 1 - b]), [closed, 1 - closed])).toBeLessThanOrEqual(
          1e-9,
        );
      }),
    );
  });

  it("split what is perfectly correlated by volatility, and give twins the same", () => {
    const perfect = parity(
      covarianceOf([
        [1, 2],
        [2, 4],
      ]),
    );
    expect(farthest(perfect, [2 / 3, 1 / 3])).toBeLessThanOrEqual(1e-12);
    const three = parity(
      covarianceOf([
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 1],
      ]),
    );
    expect(three[0]).toBeCloseTo(three[1], 12);
    expect(three[2]).toBeCloseTo(three[0] * Math.SQRT2, 9);
  });

  it("do not exist where two sleeves are a perfect hedge: refused, not guessed", () => {
    const hedge = covarianceOf([
      [1, -1],
      [-1, 1],
    ]);
    const refused = riskParityShares(hedge, null);
    expect(refused).toMatchObject({ ok: false, error: { rule: "no_risk_parity", limit: 1e-9 } });
    const nearly = covarianceOf([
      [1, -0.999],
      [-0.999, 1],
    ]);
    expect(farthest(parity(nearly), [0.5, 0.5])).toBeLessThanOrEqual(1e-9);
  });

  it("of a sleeve without variance, or with a budget of zero, are our own mistake", () => {
    const still = covarianceOf([
      [1, 0],
      [0, 0],
    ]);
    expect(() => riskParityShares(still, null)).toThrow("invariant 22");
    const budgets = Float64Array.of(1, 0);
    expect(() => riskParityShares(randomCovariance(1, 2), budgets)).toThrow("invariant 22");
    expect(() => riskParityShares(randomCovariance(1, 3), budgets)).toThrow("invariant 7");
  });

  // Maillard, Roncalli and Teiletche, "The properties of equally weighted risk contribution
  // portfolios", 2010, section 4: no correlation gives 1 / volatility; the second table's ERC.
  it("are those of Maillard, Roncalli and Teiletche", () => {
    const diagonal = covarianceOf([
      [0.01, 0, 0, 0],
      [0, 0.04, 0, 0],
      [0, 0, 0.09, 0],
      [0, 0, 0, 0.16],
    ]);
    expect(farthest(parity(diagonal), [0.48, 0.24, 0.16, 0.12])).toBeLessThanOrEqual(1e-12);
    const pairs = covarianceOf([
      [0.01, 0.016, 0, 0],
      [0.016, 0.04, 0, 0],
      [0, 0, 0.09, -0.06],
      [0, 0, -0.06, 0.16],
    ]);
    expect(farthest(parity(pairs), [0.384, 0.192, 0.243, 0.182])).toBeLessThanOrEqual(1e-3);
  });
});

/** Griveau-Billion, Richard and Roncalli 2013: one coordinate's quadratic at a time. */
function coordinateDescent({ assets: n, values }: Covariance): number[] {
  const x = Array.from({ length: n }, (_, i) => 1 / Math.sqrt(values[i * n + i]));
  for (let round = 0; round < 3000; round++) {
    for (let i = 0; i < n; i++) {
      let others = 0;
      for (let j = 0; j < n; j++) if (j !== i) others += values[i * n + j] * x[j];
      const own = values[i * n + i];
      x[i] = (-others + Math.sqrt(others * others + (4 * own) / n)) / (2 * own);
    }
  }
  const total = x.reduce((a, b) => a + b, 0);
  return x.map((value) => value / total);
}

describe("hierarchical risk parity", () => {
  // Four assets of the spec's vector: weights computed independently, and confirmed against a
  // well-known Python implementation on 20 stocks by the vector's author.
  const four = covarianceOf([
    [0.04, 0.018, 0.002, 0.001],
    [0.018, 0.09, 0.003, 0.002],
    [0.002, 0.003, 0.01, 0.006],
    [0.001, 0.002, 0.006, 0.0225],
  ]);

  it("has the order and the shares of the four-asset vector", () => {
    expect([...leafOrder(four)]).toEqual([2, 3, 0, 1]);
    const expected = [0.14635483, 0.06504659, 0.54595286, 0.24264572];
    expect(farthest(hierarchicalShares(four), expected)).toBeLessThanOrEqual(5e-9);
  });

  it("has shares above zero that sum to 1", () => {
    fc.assert(
      fc.property(random, ({ seed, assets }) => {
        const shares = hierarchicalShares(randomCovariance(seed, assets));
        expect(shares.every((share) => share > 0)).toBe(true);
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it("orders its leaves as joining the two nearest clusters again and again does", () => {
    fc.assert(
      fc.property(random, ({ seed, assets }) => {
        const covariance = randomCovariance(seed, assets);
        // Fully shrunk, all distances are equal: whose turn it is then is pinned below.
        fc.pre((covariance.shrinkage ?? 0) < 1);
        expect([...leafOrder(covariance)]).toEqual(naiveOrder(covariance));
      }),
      { numRuns: 150 },
    );
  });

  // scipy 1.10.1: leaves_list(linkage(distances, "single")).
  it("takes equal distances in scipy's order", () => {
    const [near, far] = [0.5, 0.02];
    const even = covarianceOf([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
    expect([...leafOrder(even)]).toEqual([3, 2, 0, 1]);
    const mixed = covarianceOf([
      [1, near, far, near, near],
      [near, 1, far, near, far],
      [far, far, 1, near, near],
      [near, near, near, 1, far],
      [near, far, near, far, 1],
    ]);
    expect([...leafOrder(mixed)]).toEqual([4, 2, 3, 0, 1]);
  });

  it("gives two sleeves shares in inverse proportion to their variances", () => {
    const two = covarianceOf([
      [1, 0.5],
      [0.5, 4],
    ]);
    expect(farthest(hierarchicalShares(two), [0.8, 0.2])).toBeLessThanOrEqual(1e-15);
    expect(farthest(hierarchicalShares(covarianceOf([[3]])), [1])).toBeLessThanOrEqual(0);
  });

  it("puts twins side by side, and halves that hedge themselves away get the same", () => {
    const twins = covarianceOf([
      [1, 0, 1, 0],
      [0, 1, 0, 0],
      [1, 0, 1, 0],
      [0, 0, 0, 2],
    ]);
    expect([...leafOrder(twins)].join("")).toMatch(/02|20/);
    const hedges = covarianceOf([
      [1, -1, 0, 0],
      [-1, 1, 0, 0],
      [0, 0, 4, -4],
      [0, 0, -4, 4],
    ]);
    const shares = hierarchicalShares(hedges);
    expect(shares.every((share) => share > 0)).toBe(true);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
  });

  it("of a sleeve without variance is our own mistake", () => {
    const still = covarianceOf([
      [0, 0],
      [0, 1],
    ]);
    expect(() => hierarchicalShares(still)).toThrow("invariant 22");
  });
});

/** Joins the two nearest clusters; ids count up; the lower id's leaves come first. */
function naiveOrder({ assets: n, values }: Covariance): number[] {
  const distance = (i: number, j: number): number => {
    const rho = values[i * n + j] / Math.sqrt(values[i * n + i] * values[j * n + j]);
    return Math.sqrt((1 - rho) / 2);
  };
  const gap = (a: readonly number[], b: readonly number[]): number =>
    Math.min(...a.flatMap((i) => b.map((j) => distance(i, j))));
  let clusters = Array.from({ length: n }, (_, id) => ({ id, leaves: [id] }));
  for (let next = n; clusters.length > 1; next++) {
    const pairs = clusters.flatMap((a, at) => clusters.slice(at + 1).map((b) => ({ a, b })));
    const nearest = pairs.reduce((best, pair) =>
      gap(pair.a.leaves, pair.b.leaves) < gap(best.a.leaves, best.b.leaves) ? pair : best,
    );
    const [low, high] = [nearest.a, nearest.b].toSorted((a, b) => a.id - b.id);
    const joined = { id: next, leaves: [...low.leaves, ...high.leaves] };
    clusters = [...clusters.filter((one) => one !== low && one !== high), joined];
  }
  return clusters[0].leaves;
}

describe.skipIf(SHARED === null)(sharedName("the shared vectors"), () => {
  const read = (name: string) => JSON.parse(readFileSync(sharedFile(`vectors/${name}`), "utf8"));

  it("cov_erc.json: four assets, equal and by budget; ffn's three stocks by both estimators", () => {
    const { erc, ffn } = read("cov_erc.json");
    expect(farthest(parity(covarianceOf(erc.cov)), erc.weights)).toBeLessThanOrEqual(1e-12);
    expect(
      farthest(parity(covarianceOf(erc.cov), erc.budget), erc.budget_weights),
    ).toBeLessThanOrEqual(1e-12);
    const values = Float64Array.from((ffn.returns as number[][]).flat());
    const returns = { values, rows: 10, assets: 3 };
    const sample = estimateCovariance("sample", returns);
    if (!sample.ok) throw new Error(JSON.stringify(sample.error));
    expect(farthest(parity(sample.value), ffn.erc_sample_cov)).toBeLessThanOrEqual(1e-12);
    expect(farthest(parity(ledoitWolf(returns)), ffn.erc_ledoit_wolf)).toBeLessThanOrEqual(1e-12);
  });

  it("erc_papers.json: every table, against the paper's digits and the computed ones", () => {
    const { vectors } = read("erc_papers.json");
    expect(vectors).toHaveLength(6);
    for (const { cov, budget, expected, computed, tol } of vectors) {
      const shares = parity(covarianceOf(cov), budget);
      expect(farthest(shares, expected)).toBeLessThanOrEqual(tol);
      expect(farthest(shares, computed)).toBeLessThanOrEqual(1e-11);
    }
  });

  it("hrp_4.json: order and weights", () => {
    const { cov, order, weights } = read("hrp_4.json");
    expect([...leafOrder(covarianceOf(cov))]).toEqual(order);
    expect(farthest(hierarchicalShares(covarianceOf(cov)), weights)).toBeLessThanOrEqual(5e-9);
  });
});

/**
 * Our covariance and allocation beside those of scikit-learn and scipy, on seeded returns of
 * several sizes. Where no Python has them, the test's name says that it was skipped.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { estimateCovariance, type Covariance, type ReturnRows } from "../../src/base/covariance.ts";
import { nextNormal, nextUniform, prngOf } from "../../src/base/prng.ts";
import { riskParityShares } from "../../src/portfolio/allocation/erc.ts";
import { hierarchicalShares, leafOrder } from "../../src/portfolio/allocation/hrp.ts";
import { pythonWith } from "../../tools/python.ts";

const SCRIPT = resolve(import.meta.dirname, "../support/reference_libraries.py");
const python = pythonWith(["numpy", "sklearn", "scipy"]);
const title = "scikit-learn and scipy agree";
const name = python === null ? `${title} [SKIPPED: no Python has sklearn and scipy]` : title;

type Case = { readonly returns: ReturnRows; readonly riskBudgets: Float64Array };

type Answer = {
  readonly shrinkage: number;
  readonly ledoit_wolf: readonly number[];
  readonly sample: readonly number[];
  readonly order: readonly number[];
  readonly hierarchical: readonly number[];
  readonly risk_parity: readonly number[];
};

/** Returns with common factors, so that correlations of both signs and clusters appear. */
function seededCase(seed: number, rows: number, assets: number): Case {
  const prng = prngOf(seed);
  const factors = 3;
  const draw = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => scale * nextNormal(prng));
  const loadings = draw(assets * factors, 1);
  const scales = Float64Array.from({ length: assets }, () => 0.002 + 0.02 * nextUniform(prng));
  const values = new Float64Array(rows * assets);
  for (let t = 0; t < rows; t++) {
    const common = draw(factors, 1);
    for (let i = 0; i < assets; i++) {
      let value = nextNormal(prng);
      for (let k = 0; k < factors; k++) value += loadings[i * factors + k] * common[k];
      values[t * assets + i] = 0.0003 + scales[i] * value;
    }
  }
  const riskBudgets = Float64Array.from({ length: assets }, () => 0.2 + nextUniform(prng));
  return { returns: { values, rows, assets }, riskBudgets };
}

const SIZES = [
  [2, 20],
  [3, 60],
  [5, 63],
  [8, 40],
  [15, 252],
  [23, 126],
  [40, 63],
  [40, 252],
  [60, 45],
];
const CASES = SIZES.map(([assets, rows], i) => seededCase(1000 + i, rows, assets));

describe.skipIf(python === null)(name, () => {
  let answers: readonly Answer[] = [];
  beforeAll(() => {
    const cases = CASES.map(({ returns, riskBudgets }) => ({
      returns: rowsOf(returns),
      risk_budgets: [...riskBudgets],
    }));
    const run = spawnSync(python ?? "", [SCRIPT], {
      input: JSON.stringify({ cases }),
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    expect(run.stderr, "the script's own complaints").toBe("");
    answers = JSON.parse(run.stdout) as readonly Answer[];
    expect(answers).toHaveLength(CASES.length);
  });

  const each = CASES.map((one, i) => [one.returns.assets, one.returns.rows, i] as const);

  it.each(each)("on Ledoit-Wolf of %i assets and %i days", (_assets, _rows, i) => {
    const ours = covariance(CASES[i], "ledoit-wolf");
    expect(ours.shrinkage).toBeCloseTo(answers[i].shrinkage, 11);
    expect(farthest(ours.values, answers[i].ledoit_wolf)).toBeLessThan(1e-12);
  });

  it.each(each)("on the sample covariance of %i assets and %i days", (assets, rows, i) => {
    const estimated = estimateCovariance("sample", CASES[i].returns);
    expect(estimated.ok).toBe(rows >= 2 * assets);
    if (estimated.ok)
      expect(farthest(estimated.value.values, answers[i].sample)).toBeLessThan(1e-12);
  });

  it.each(each)("on hierarchical risk parity of %i assets and %i days", (_assets, _rows, i) => {
    const shrunk = covariance(CASES[i], "ledoit-wolf");
    expect([...leafOrder(shrunk)]).toEqual(answers[i].order);
    expect(farthest(hierarchicalShares(shrunk), answers[i].hierarchical)).toBeLessThan(1e-10);
  });

  it.each(each)("on risk budgets of %i assets and %i days", (_assets, _rows, i) => {
    const shares = riskParityShares(covariance(CASES[i], "ledoit-wolf"), CASES[i].riskBudgets);
    if (!shares.ok) throw new Error(JSON.stringify(shares.error));
    // SLSQP stops well before our tolerance.
    expect(farthest(shares.value, answers[i].risk_parity)).toBeLessThan(1e-6);
  });

  it("and would notice if they did not", () => {
    const [first, second] = [
      covariance(CASES[4], "ledoit-wolf"),
      covariance(CASES[5], "ledoit-wolf"),
    ];
    expect(farthest(first.values, answers[5].ledoit_wolf.slice(0, 225))).toBeGreaterThan(1e-6);
    expect([...leafOrder(second)]).not.toEqual(answers[4].order);
  });
});

function covariance(one: Case, estimator: "ledoit-wolf"): Covariance {
  const estimated = estimateCovariance(estimator, one.returns);
  if (!estimated.ok) throw new Error(JSON.stringify(estimated.error));
  return estimated.value;
}

function rowsOf({ values, rows, assets }: ReturnRows): readonly (readonly number[])[] {
  return Array.from({ length: rows }, (_, t) => [...values.subarray(t * assets, (t + 1) * assets)]);
}

/** Largest difference, relative to the largest value. */
function farthest(ours: ArrayLike<number>, theirs: readonly number[]): number {
  expect(ours).toHaveLength(theirs.length);
  const scale = Math.max(...theirs.map(Math.abs));
  return Math.max(...theirs.map((value, i) => Math.abs(value - ours[i]))) / scale;
}

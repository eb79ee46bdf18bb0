/**
 * Equal risk contributions, or contributions in proportion to given risk budgets. Enters: a
 * covariance with variances above zero and risk budgets above zero (null: equal); leaves: shares
 * that sum to 1, each sleeve's part of the variance equal to its risk budget within 1e-9.
 *
 * Solves min 1/2 y'Cy - sum b ln y over y > 0 on the correlations C by Newton's method with a
 * damped step (Spinu, "An algorithm for computing risk parity weights", 2013; the problem is that
 * of Maillard, Roncalli and Teiletche 2010): where the gradient vanishes, y_i (Cy)_i = b_i. It has
 * no solution where sleeves can hedge each other away entirely: refused.
 */
import { invariant } from "../../base/assert.ts";
import type { Covariance } from "../../base/covariance.ts";
import { err, ok, type Result } from "../../base/result.ts";

export type NoRiskParity = {
  readonly rule: "no_risk_parity";
  /** How far a risk contribution is from its budget, or may be by rounding. */
  readonly observed: number;
  readonly limit: number;
};

/** Of a risk contribution, whose sum is 1. */
const TOLERANCE = 1e-12;
/** What rounding may leave of it where sleeves nearly cancel. */
const ACCEPTED = 1e-9;
const ITERATIONS = 100;
/** Largest relative step that Newton's method may take undamped without leaving y > 0. */
const FULL_STEP = 0.3;

export function riskParityShares(
  covariance: Covariance,
  riskBudgets: Float64Array | null,
): Result<Float64Array, NoRiskParity> {
  const n = covariance.assets;
  const budgets = normalised(riskBudgets, n);
  const deviations = new Float64Array(n);
  for (let i = 0; i < n; i++) deviations[i] = Math.sqrt(covariance.values[i * n + i]);
  const correlations = correlationsOf(covariance, deviations);
  const y = budgets.map(Math.sqrt);
  const error = Math.max(solve(correlations, budgets, y), unknowable(y));
  if (!(error <= ACCEPTED))
    return err({ rule: "no_risk_parity", observed: error, limit: ACCEPTED });
  let total = 0;
  for (let i = 0; i < n; i++) {
    y[i] /= deviations[i];
    total += y[i];
  }
  for (let i = 0; i < n; i++) y[i] /= total;
  return ok(y);
}

function normalised(riskBudgets: Float64Array | null, n: number): Float64Array {
  if (riskBudgets === null) return new Float64Array(n).fill(1 / n);
  invariant(riskBudgets.length === n, 7, `${riskBudgets.length} risk budgets for ${n} sleeves`);
  invariant(
    riskBudgets.every((budget) => budget > 0),
    22,
    "a risk budget is not above zero: leave the sleeve out",
  );
  const total = riskBudgets.reduce((sum, budget) => sum + budget, 0);
  return riskBudgets.map((budget) => budget / total);
}

function correlationsOf(covariance: Covariance, deviations: Float64Array): Float64Array {
  const { assets: n, values } = covariance;
  const correlations = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    invariant(deviations[i] > 0, 22, `sleeve ${i} has no variance and cannot carry risk`);
    for (let j = 0; j < n; j++) {
      correlations[i * n + j] = i === j ? 1 : values[i * n + j] / (deviations[i] * deviations[j]);
    }
  }
  return correlations;
}

/** Moves y to the solution; returns the largest error of a risk contribution. */
function solve(correlations: Float64Array, budgets: Float64Array, y: Float64Array): number {
  const n = y.length;
  const step = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  let previous = Number.POSITIVE_INFINITY;
  for (let iteration = 0; ; iteration++) {
    const error = gradient(correlations, budgets, { y, into: step });
    const stalled = error <= ACCEPTED && error >= previous / 2;
    if (error <= TOLERANCE || stalled || iteration === ITERATIONS) return error;
    previous = error;
    hessian.set(correlations);
    for (let i = 0; i < n; i++) hessian[i * n + i] += budgets[i] / (y[i] * y[i]);
    if (!solveSymmetric(hessian, step)) return error;
    let largest = 0;
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(step[i] / y[i]));
    const damping = largest < FULL_STEP ? 1 : 1 / (1 + largest);
    for (let i = 0; i < n; i++) y[i] -= damping * step[i];
  }
}

/**
 * What rounding may make of a contribution: y'Cy is 1, and sleeves that nearly cancel reach it only
 * with a large y, whose products lose what remains.
 */
function unknowable(y: Float64Array): number {
  let total = 0;
  for (let i = 0; i < y.length; i++) total += y[i];
  return Number.EPSILON * total * total;
}

type Gradient = { readonly y: Float64Array; readonly into: Float64Array };

/** Cy - b / y; returns the largest |y (Cy) - b|. */
function gradient(
  correlations: Float64Array,
  budgets: Float64Array,
  { y, into }: Gradient,
): number {
  const n = y.length;
  let error = 0;
  for (let i = 0; i < n; i++) {
    let marginal = 0;
    for (let j = 0; j < n; j++) marginal += correlations[i * n + j] * y[j];
    into[i] = marginal - budgets[i] / y[i];
    error = Math.max(error, Math.abs(y[i] * marginal - budgets[i]));
  }
  return error;
}

/** Solves matrix x = vector in place by Cholesky; false where the matrix is not positive definite. */
function solveSymmetric(matrix: Float64Array, vector: Float64Array): boolean {
  const n = vector.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j];
      for (let k = 0; k < j; k++) rest -= matrix[i * n + k] * matrix[j * n + k];
      if (i === j && !(rest > 0)) return false;
      matrix[i * n + j] = i === j ? Math.sqrt(rest) : rest / matrix[j * n + j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) vector[i] -= matrix[i * n + k] * vector[k];
    vector[i] /= matrix[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) vector[i] -= matrix[k * n + i] * vector[k];
    vector[i] /= matrix[i * n + i];
  }
  return true;
}

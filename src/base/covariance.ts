/**
 * Covariance of simple daily returns. Enters: rows x assets of finite returns, oldest first;
 * leaves: a symmetric, positive semi-definite matrix in squared return per day, or a refusal that
 * says how many observations it would have taken.
 *
 * ewma: lambda 0.94, zero mean, weights normalised to 1 (RiskMetrics Technical Document, 1996).
 * sample: divided by n - 1. ledoit-wolf: shrunk towards a multiple of the identity (Ledoit and
 * Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004), the
 * sample divided by n. ewma and sample need two observations per asset, ledoit-wolf twenty.
 *
 * What an estimator yields is semi-definite but for rounding. Where it is not, negative
 * eigenvalues are clipped (cyclic Jacobi rotations; Golub and Van Loan, section 8.5) and said.
 */
import { invariant } from "./assert.ts";
import { err, ok, type Result } from "./result.ts";

export const COVARIANCE_ESTIMATORS = ["ewma", "sample", "ledoit-wolf"] as const;
export type CovarianceEstimator = (typeof COVARIANCE_ESTIMATORS)[number];

export type ReturnRows = {
  /** Row-major, rows x assets: simple daily returns, oldest first, finite. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly assets: number;
};

export type Covariance = {
  readonly assets: number;
  /** Row-major, symmetric, positive semi-definite, per day. */
  readonly values: Float64Array;
  /** Weight of the shrinkage target; null for estimators that do not shrink. */
  readonly shrinkage: number | null;
  /** Why eigenvalues were clipped; null where none was. */
  readonly clipped: string | null;
};

export type CovarianceRefusal = {
  readonly rule: "too_few_observations" | "not_finite";
  /** Rows there are, or values that are not finite. */
  readonly observed: number;
  readonly required: number;
};

/** Weight of a day relative to the one after it. */
const EWMA_LAMBDA = 0.94;
/** Fewer rows than this say too little even about how far to shrink. */
const LEDOIT_WOLF_ROWS = 20;
const ROWS_PER_ASSET = 2;
/** Relative to each asset's variance: how far below zero counts as rounding. */
const ROUNDING = 1e-12;
const JACOBI_SWEEPS = 60;

/** Refuses returns that are not finite, and fewer rows than the estimator can speak from. */
export function estimateCovariance(
  estimator: CovarianceEstimator,
  returns: ReturnRows,
): Result<Covariance, CovarianceRefusal> {
  const { values, rows, assets } = returns;
  invariant(values.length === rows * assets, 7, `${values.length} values are not rows x assets`);
  const bad = countNotFinite(values);
  if (bad > 0) return err({ rule: "not_finite", observed: bad, required: 0 });
  const required = estimator === "ledoit-wolf" ? LEDOIT_WOLF_ROWS : ROWS_PER_ASSET * assets;
  if (rows < required) return err({ rule: "too_few_observations", observed: rows, required });
  if (estimator === "ledoit-wolf") return ok(ledoitWolf(returns));
  const moments = estimator === "ewma" ? ewmaMoments(returns) : sampleMoments(returns);
  return ok(finished(moments, assets, null));
}

/** Variance of a portfolio per day, never below zero. */
export function portfolioVariance(covariance: Covariance, weights: Float64Array): number {
  const { assets, values } = covariance;
  invariant(weights.length === assets, 7, `${weights.length} weights for ${assets} assets`);
  let total = 0;
  for (let i = 0; i < assets; i++) {
    let row = 0;
    const start = i * assets;
    for (let j = 0; j < assets; j++) row += values[start + j] * weights[j];
    total += weights[i] * row;
  }
  return Math.max(0, total);
}

/** The estimator itself, without the least number of rows. */
export function ledoitWolf(returns: ReturnRows): Covariance {
  const { rows, assets } = returns;
  const centred = centre(returns);
  const moments = outerProducts(centred, rows, assets);
  let fourth = 0;
  for (let t = 0; t < rows; t++) {
    let square = 0;
    for (let i = t * assets; i < (t + 1) * assets; i++) square += centred[i] * centred[i];
    fourth += square * square;
  }
  let trace = 0;
  let squares = 0;
  for (let i = 0; i < assets * assets; i++) {
    moments[i] /= rows;
    squares += moments[i] * moments[i];
  }
  for (let i = 0; i < assets; i++) trace += moments[i * assets + i];
  const target = trace / assets;
  // Distance of the sample from the target, and how much of it is the sample's own error.
  const distance = (squares - target * trace) / assets;
  const noise = Math.max(0, (fourth / rows - squares) / (assets * rows));
  const shrinkage = assets < 2 || distance <= 0 ? 0 : Math.min(noise, distance) / distance;
  for (let i = 0; i < assets * assets; i++) moments[i] *= 1 - shrinkage;
  for (let i = 0; i < assets; i++) moments[i * assets + i] += shrinkage * target;
  return finished(moments, assets, shrinkage);
}

/**
 * Clips negative eigenvalues to zero in place when the matrix is not positive semi-definite within
 * rounding; says how far below zero the smallest was, or null when nothing had to change.
 */
export function clipNegativeEigenvalues(values: Float64Array, assets: number): string | null {
  if (isSemiDefinite(values, assets)) return null;
  const rotated = values.slice();
  const vectors = jacobi(rotated, assets);
  let least = 0;
  let count = 0;
  values.fill(0);
  for (let k = 0; k < assets; k++) {
    const eigenvalue = rotated[k * assets + k];
    if (eigenvalue < 0) {
      least = Math.min(least, eigenvalue);
      count++;
      continue;
    }
    for (let i = 0; i < assets; i++) {
      const scaled = eigenvalue * vectors[i * assets + k];
      for (let j = 0; j <= i; j++) values[i * assets + j] += scaled * vectors[j * assets + k];
    }
  }
  mirror(values, assets);
  if (count === 0) return null;
  return `not positive semi-definite: ${count} of ${assets} eigenvalues below zero, the least ${least}, clipped to 0`;
}

function countNotFinite(values: Float64Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) count++;
  return count;
}

function finished(values: Float64Array, assets: number, shrinkage: number | null): Covariance {
  return { assets, values, shrinkage, clipped: clipNegativeEigenvalues(values, assets) };
}

function ewmaMoments({ values, rows, assets }: ReturnRows): Float64Array {
  const scaled = new Float64Array(values.length);
  let weight = 1;
  let total = 0;
  for (let t = rows - 1; t >= 0; t--) {
    const root = Math.sqrt(weight);
    for (let i = t * assets; i < (t + 1) * assets; i++) scaled[i] = values[i] * root;
    total += weight;
    weight *= EWMA_LAMBDA;
  }
  const moments = outerProducts(scaled, rows, assets);
  for (let i = 0; i < moments.length; i++) moments[i] /= total;
  return moments;
}

function sampleMoments(returns: ReturnRows): Float64Array {
  const { rows, assets } = returns;
  const moments = outerProducts(centre(returns), rows, assets);
  for (let i = 0; i < moments.length; i++) moments[i] /= rows - 1;
  return moments;
}

function centre({ values, rows, assets }: ReturnRows): Float64Array {
  const means = new Float64Array(assets);
  const centred = new Float64Array(values.length);
  for (let t = 0, at = 0; t < rows; t++) {
    for (let i = 0; i < assets; i++, at++) means[i] += values[at];
  }
  for (let i = 0; i < assets; i++) means[i] /= rows;
  for (let t = 0, at = 0; t < rows; t++) {
    for (let i = 0; i < assets; i++, at++) centred[at] = values[at] - means[i];
  }
  return centred;
}

/**
 * Sum over rows of x x'. Only one triangle is summed: what is mirrored is symmetric exactly. Four
 * rows at a time, because reading and writing the sums is what takes the time.
 */
function outerProducts(values: Float64Array, rows: number, assets: number): Float64Array {
  const sums = new Float64Array(assets * assets);
  const whole = rows - (rows % 4);
  for (let t = 0; t < whole; t += 4) {
    const a = t * assets;
    const b = a + assets;
    const c = b + assets;
    const d = c + assets;
    for (let i = 0; i < assets; i++) {
      const row = i * assets;
      const x = values[a + i];
      const y = values[b + i];
      const z = values[c + i];
      const w = values[d + i];
      for (let j = 0; j <= i; j++) {
        sums[row + j] +=
          x * values[a + j] + y * values[b + j] + (z * values[c + j] + w * values[d + j]);
      }
    }
  }
  for (let t = whole; t < rows; t++) {
    const start = t * assets;
    for (let i = 0; i < assets; i++) {
      const row = i * assets;
      for (let j = 0; j <= i; j++) sums[row + j] += values[start + i] * values[start + j];
    }
  }
  mirror(sums, assets);
  return sums;
}

function mirror(values: Float64Array, assets: number): void {
  for (let i = 0; i < assets; i++) {
    for (let j = 0; j < i; j++) values[j * assets + i] = values[i * assets + j];
  }
}

/** Whether a Cholesky factor exists once each variance is raised by a rounding's worth. */
function isSemiDefinite(values: Float64Array, assets: number): boolean {
  const factor = new Float64Array(assets * assets);
  for (let i = 0; i < assets; i++) {
    const row = i * assets;
    for (let j = 0; j <= i; j++) {
      const column = j * assets;
      let rest = values[row + j];
      for (let k = 0; k < j; k++) rest -= factor[row + k] * factor[column + k];
      if (i === j) {
        const pivot = rest + ROUNDING * assets * values[row + i];
        if (!(pivot >= 0)) return false;
        factor[row + i] = Math.sqrt(pivot);
      } else if (factor[column + j] > 0) {
        factor[row + j] = rest / factor[column + j];
      } else if (rest !== 0) {
        return false;
      }
    }
  }
  return true;
}

/** Leaves the eigenvalues on the diagonal of `matrix`; returns the eigenvectors as columns. */
function jacobi(matrix: Float64Array, n: number): Float64Array {
  const vectors = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    vectors[i * n + i] = 1;
    largest = Math.max(largest, Math.abs(matrix[i * n + i]));
  }
  for (let sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = Math.abs(matrix[p * n + q]);
        if (off <= Number.EPSILON * 2 ** -10 * largest) continue;
        rotate(matrix, vectors, { n, p, q });
        rotated = true;
      }
    }
    if (!rotated) return vectors;
  }
  return vectors;
}

type Plane = { readonly n: number; readonly p: number; readonly q: number };

function rotate(matrix: Float64Array, vectors: Float64Array, { n, p, q }: Plane): void {
  const theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * matrix[p * n + q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) turn(matrix, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k++) turn(matrix, p * n + k, q * n + k, c, s);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q, c, s);
  matrix[p * n + q] = 0;
  matrix[q * n + p] = 0;
}

function turn(values: Float64Array, a: number, b: number, c: number, s: number): void {
  const x = values[a];
  const y = values[b];
  values[a] = c * x - s * y;
  values[b] = s * x + c * y;
}

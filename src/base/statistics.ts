/**
 * Moments of a sample, in a fixed order of additions so that a run repeats bit for bit. Sums carry
 * Neumaier's compensation (A. Neumaier 1974), deviations are taken from the mean in a second pass.
 * Too few values give NaN: a caller that needs a reason asks first.
 */

/** Compensated sum, in index order. */
export function sum(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (const x of values) {
    const next = total + x;
    lost += Math.abs(total) >= Math.abs(x) ? total - next + x : x - next + total;
    total = next;
  }
  return total + lost;
}

/** NaN for no values. */
export function mean(values: Float64Array): number {
  return sum(values) / values.length;
}

/** Divided by n - 1; NaN below two values. */
export function sampleVariance(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  const squares = values.map((x) => (x - centre) * (x - centre));
  return sum(squares) / (values.length - 1);
}

/** Square root of sampleVariance. */
export function sampleDeviation(values: Float64Array): number {
  return Math.sqrt(sampleVariance(values));
}

/** Root of the mean square of what falls below the target, over all values. */
export function downsideDeviation(values: Float64Array, target: number): number {
  const squares = values.map((x) => (x < target ? (x - target) * (x - target) : 0));
  return Math.sqrt(sum(squares) / values.length);
}

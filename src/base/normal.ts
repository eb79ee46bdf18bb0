/**
 * The standard normal distribution. Enters: a number of standard deviations, or a probability;
 * leaves: its cumulative probability, or the number again. The body is Abramowitz & Stegun's series
 * 26.2.11, all of whose terms have one sign, the tail their continued fraction 26.2.14, so a small
 * tail keeps its leading digits. Refuses probabilities outside (0, 1) with NaN.
 */

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);
/** From here on the continued fraction settles within DEPTH steps. */
const TAIL_FROM = 3;
const DEPTH = 200;

/** P(X <= x), to about 1e-15. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= -TAIL_FROM) return upperTail(-x);
  if (x >= TAIL_FROM) return 1 - upperTail(x);
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > Math.abs(sum) * 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

/** The x of which P(X <= x) = p; -Infinity at 0, Infinity at 1, NaN outside. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  // Beyond 40 deviations a double knows no probability.
  let low = -40;
  let high = 40;
  // Halving until two neighbouring numbers are left: no start, no step size, nothing to diverge.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / ROOT_TWO_PI;
}

/** P(X > x) for x >= TAIL_FROM. */
function upperTail(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  let fraction = x;
  for (let n = DEPTH; n > 0; n--) fraction = x + n / fraction;
  return density(x) / fraction;
}

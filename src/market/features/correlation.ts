/**
 * Correlation of two instruments' daily returns (market/features/returns). Enters: returns by
 * session, NaN where unknown; leaves: Pearson's coefficient over the sessions on which both are
 * known, in [-1, 1], or NaN where the overlap is too small or one of them does not move: what is
 * not known is never 0.
 */

/** Deviations of this part of the largest value are the rounding of a constant, not a movement. */
const ROUNDING = 1e-12;

/** Over the last `days` sessions up to and including `endSession`. */
export function pairCorrelation(
  a: Float64Array,
  b: Float64Array,
  endSession: number,
  days: number,
  minOverlap: number,
): number {
  const first = Math.max(0, endSession - days + 1);
  const last = Math.min(endSession, a.length - 1, b.length - 1);
  let count = 0;
  let sumA = 0;
  let sumB = 0;
  let largestA = 0;
  let largestB = 0;
  for (let t = first; t <= last; t++) {
    if (!Number.isFinite(a[t]) || !Number.isFinite(b[t])) continue;
    count++;
    sumA += a[t];
    sumB += b[t];
    largestA = Math.max(largestA, Math.abs(a[t]));
    largestB = Math.max(largestB, Math.abs(b[t]));
  }
  if (count < minOverlap) return Number.NaN;
  const meanA = sumA / count;
  const meanB = sumB / count;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  for (let t = first; t <= last; t++) {
    if (!Number.isFinite(a[t]) || !Number.isFinite(b[t])) continue;
    const x = a[t] - meanA;
    const y = b[t] - meanB;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  if (!moves(squaresA, largestA, count) || !moves(squaresB, largestB, count)) return Number.NaN;
  const spread = Math.sqrt(squaresA * squaresB);
  return spread > 0 ? Math.max(-1, Math.min(1, products / spread)) : Number.NaN;
}

function moves(squares: number, largest: number, count: number): boolean {
  const rounding = ROUNDING * largest;
  return squares > count * rounding * rounding;
}

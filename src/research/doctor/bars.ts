/** Looking up an instrument's own bars, which need not have one on every session. */

/** Row of the last bar at or before `ms`; -1 before the first. */
export function rowAt(timesMs: Float64Array, ms: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The deepest fall of a curve from the highest so far, as a fraction of it: what a curve with a
 * million bars within its days is asked, and nothing else. One pass, without a division but where a
 * fall is over; the bits are those of the largest -(value / high - 1), because a quotient falls with
 * its numerator. Null where a value is not above zero and finite.
 */

/** From `nav[from]` on, of a curve that stood at `start` before that. */
export function deepestFall(nav: Float64Array, from: number, start: number): number | null {
  if (!(start > 0 && start < Infinity)) return null;
  let high = start;
  let low = start;
  let deepest = 0;
  for (let n = from; n < nav.length; n++) {
    const value = nav[n];
    if (value >= low && value <= high) continue;
    if (!(value > 0 && value < Infinity)) return null;
    if (value < low) {
      low = value;
      continue;
    }
    if (low < high) {
      const fall = -(low / high - 1);
      if (fall > deepest) deepest = fall;
    }
    high = value;
    low = value;
  }
  const fall = -(low / high - 1);
  return fall > deepest ? fall : deepest;
}

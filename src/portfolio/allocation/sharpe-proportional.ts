/**
 * Shares in proportion to a score within bounds. Enters: one score >= 0 per sleeve (its Sharpe
 * ratio, floored) and the bounds of a share; leaves: shares that sum to 1 as far as the bounds
 * allow.
 *
 * Bounds that cannot hold together: where `least` for everybody would be more than 1, everybody
 * gets the same; where `most` for everybody would be less than 1, everybody gets `most` and the
 * rest stays unallocated, because a cap is not there to be exceeded. Where no unbounded sleeve has a
 * score, they share what is left equally.
 */

/** Share of each sleeve, in the order of the scores. */
export function boundedShares(
  scores: Float64Array,
  bounds: { readonly least: number; readonly most: number },
): Float64Array {
  const { least, most } = bounds;
  const count = scores.length;
  const shares = new Float64Array(count);
  if (count * least >= 1) return shares.fill(1 / count);
  if (count * most <= 1) return shares.fill(most);
  const pinned = new Uint8Array(count);
  // Each round pins at least one sleeve to a bound, or ends.
  for (let round = 0; round <= count; round++) {
    spread(scores, pinned, shares);
    const excess = excessOf(shares, pinned, bounds);
    let moved = false;
    for (let i = 0; i < count; i++) {
      if (pinned[i] === 1) continue;
      // Those below pull the sum up and those above pull it down: only one side is final.
      const low = shares[i] < least && excess >= 0;
      const high = shares[i] > most && excess <= 0;
      if (!low && !high) continue;
      shares[i] = low ? least : most;
      pinned[i] = 1;
      moved = true;
    }
    if (!moved) return shares;
  }
  return shares;
}

/** Gives the free sleeves what the pinned ones leave, in proportion to their scores. */
function spread(scores: Float64Array, pinned: Uint8Array, shares: Float64Array): void {
  let left = 1;
  let total = 0;
  let free = 0;
  for (let i = 0; i < shares.length; i++) {
    if (pinned[i] === 1) {
      left -= shares[i];
    } else {
      total += scores[i];
      free++;
    }
  }
  for (let i = 0; i < shares.length; i++) {
    if (pinned[i] === 0) shares[i] = total > 0 ? (left * scores[i]) / total : left / free;
  }
}

/** How far the sum would pass 1 if every free share were cut to its bounds now. */
function excessOf(
  shares: Float64Array,
  pinned: Uint8Array,
  bounds: { readonly least: number; readonly most: number },
): number {
  let excess = 0;
  for (let i = 0; i < shares.length; i++) {
    if (pinned[i] === 1) continue;
    if (shares[i] < bounds.least) excess += bounds.least - shares[i];
    if (shares[i] > bounds.most) excess += bounds.most - shares[i];
  }
  return excess;
}

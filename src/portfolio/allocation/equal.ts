/** The same share for each of `count` sleeves. */
export function equalShares(count: number): Float64Array {
  return new Float64Array(count).fill(1 / count);
}

/**
 * Shares in proportion to 1 / volatility. Enters: the standard deviation of each sleeve's daily
 * shadow returns, above zero; leaves: shares that sum to 1.
 */
export function inverseVolatilityShares(deviations: Float64Array): Float64Array {
  const shares = new Float64Array(deviations.length);
  let total = 0;
  for (let i = 0; i < shares.length; i++) {
    shares[i] = 1 / deviations[i];
    total += shares[i];
  }
  for (let i = 0; i < shares.length; i++) shares[i] /= total;
  return shares;
}

/**
 * Shares by hand. Enters: a weight per strategy name and the strategy of each sleeve; leaves: each
 * strategy's weight divided equally among its sleeves, normalised to a sum of 1. Where no sleeve
 * has a weight, nobody gets a share. A sleeve of a strategy without a weight is our own mistake:
 * the mandate's check refuses it.
 */
import { invariant } from "../../base/assert.ts";

export function staticShares(
  weights: { readonly [strategy: string]: number },
  strategies: readonly string[],
): Float64Array {
  const shares = new Float64Array(strategies.length);
  let total = 0;
  for (let i = 0; i < shares.length; i++) {
    const name = strategies[i];
    invariant(Object.hasOwn(weights, name), 6, () => `no static weight for strategy ${name}`);
    let sleeves = 0;
    for (const other of strategies) if (other === name) sleeves++;
    shares[i] = weights[name] / sleeves;
    total += shares[i];
  }
  for (let i = 0; i < shares.length && total > 0; i++) shares[i] /= total;
  return shares;
}

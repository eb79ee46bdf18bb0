/**
 * A whole number shared out in proportion, exactly: the parts are whole and sum to the total. What
 * flooring leaves over goes to the largest remainders, ties to the first (Hamilton's method).
 */
import { invariant } from "./assert.ts";

/**
 * Signed whole `total` over non-negative `weights`, into `parts`. Refuses to share out something
 * where no weight is positive (invariant 11: it would be lost).
 */
export function apportion(total: number, weights: ArrayLike<number>, parts: Float64Array): void {
  let sum = 0;
  for (let n = 0; n < weights.length; n++) sum += weights[n];
  parts.fill(0, 0, weights.length);
  if (total === 0) return;
  invariant(sum > 0, 11, () => `nobody is there to take ${total}`);
  const size = Math.abs(total);
  const remainders = new Float64Array(weights.length);
  let given = 0;
  for (let n = 0; n < weights.length; n++) {
    const exact = size * (weights[n] / sum);
    parts[n] = Math.floor(exact);
    remainders[n] = weights[n] > 0 ? exact - parts[n] : -1;
    given += parts[n];
  }
  handOut(size - given, { parts, remainders, weights });
  if (total < 0) for (let n = 0; n < weights.length; n++) parts[n] = 0 - parts[n];
}

/** `left` whole units, one each, to the largest remainders; a few units may come back where flooring went too high. */
function handOut(
  left: number,
  to: { parts: Float64Array; remainders: Float64Array; weights: ArrayLike<number> },
): void {
  const { parts, remainders, weights } = to;
  for (; left > 0; left--) {
    let best = 0;
    for (let n = 1; n < weights.length; n++) if (remainders[n] > remainders[best]) best = n;
    parts[best]++;
    remainders[best]--;
  }
  for (; left < 0; left++) {
    let best = -1;
    for (let n = 0; n < weights.length; n++) {
      if (parts[n] > 0 && (best < 0 || remainders[n] < remainders[best])) best = n;
    }
    parts[best]--;
    remainders[best]++;
  }
}

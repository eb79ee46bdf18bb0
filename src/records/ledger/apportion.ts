/**
 * Shares a whole number out by largest remainder: each part is rounded down, and what is left over
 * goes one by one to the parts that lost most, the earlier of equals. The parts always add up to the
 * total, whatever their signs. Exact: parts are fractions with one denominator.
 */
import { invariant } from "../../base/assert.ts";

/** `total` is the rounded sum of the parts; refuses one further away than rounding explains. */
export function apportion(
  numerators: readonly bigint[],
  denominator: bigint,
  total: bigint,
): bigint[] {
  const parts = numerators.map((n) => floorDivide(n, denominator));
  let left = total - parts.reduce((sum, part) => sum + part, 0n);
  invariant(
    left >= 0n && left <= BigInt(parts.length),
    11,
    () => `${parts.length} parts fall ${left} short of their total ${total}`,
  );
  if (left === 0n) return parts;
  const lost = numerators.map((n, i) => n - parts[i] * denominator);
  const order = lost.map((_, i) => i);
  order.sort((a, b) => (lost[a] === lost[b] ? a - b : lost[a] > lost[b] ? -1 : 1));
  for (const i of order) {
    if (left === 0n) break;
    parts[i] += 1n;
    left -= 1n;
  }
  return parts;
}

/** Towards minus infinity, for a positive denominator. */
function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

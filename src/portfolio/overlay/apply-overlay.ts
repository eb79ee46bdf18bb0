/**
 * The brake on weights. Enters: weights before the overlay and the scalar; leaves: weights whose
 * size is at most scalar x that before, so that applying it twice changes nothing. Never raises one.
 */
import { invariant } from "../../base/assert.ts";

/** Changes `weights` in place and returns how many were cut. */
export function applyOverlay(before: Float64Array, scalar: number, weights: Float64Array): number {
  invariant(
    scalar >= 0 && scalar <= 1,
    3,
    () => `a brake of ${scalar} is outside [0, 1]: what is not known is the floor`,
  );
  invariant(before.length === weights.length, 21, "weights before and after are not the same ones");
  let cut = 0;
  for (let i = 0; i < weights.length; i++) {
    const most = Math.abs(before[i]) * scalar;
    const size = Math.abs(weights[i]);
    invariant(most < Infinity && size < Infinity, 3, "a weight at the brake is not a number");
    if (size <= most) continue;
    weights[i] = most === 0 ? 0 : Math.sign(weights[i]) * most;
    cut++;
  }
  return cut;
}

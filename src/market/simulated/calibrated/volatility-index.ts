/**
 * A volatility index of the dollar equity index, in annual percentage points, per grid day. It
 * jumps against the day's standardised return and drifts back to the index's own volatility plus
 * a premium: an implied volatility that answers faster than any realised one.
 */
import { type Prng, nextNormal } from "../../../base/prng.ts";
import type { LatentPath } from "./latent.ts";

const TO_POINTS = 100 * Math.sqrt(252);
/** Implied over the coming day's volatility in the long run. */
const PREMIUM = 1.12;
/** Relative change for a return of one standard deviation, and noise of its own. */
const ANSWER = 0.05;
const NOISE = 0.042;
const BACK = 0.08;
const LEAST = 8;
const MOST = 95;
/** One day multiplies the index by no more and no less. */
const BOUND = 0.35;

export function volatilityIndex(path: LatentPath, prng: Prng): Float64Array {
  const days = path.move.length;
  const index = new Float64Array(days);
  let level = PREMIUM * TO_POINTS * path.scale[0];
  for (let t = 0; t < days; t++) {
    const surprise = path.move[t] / path.scale[t];
    const change = NOISE * nextNormal(prng) - ANSWER * surprise;
    level *= 1 + Math.min(Math.max(change, -BOUND), BOUND);
    level += BACK * (PREMIUM * TO_POINTS * path.scale[t] - level);
    level = Math.min(Math.max(level, LEAST), MOST);
    index[t] = Math.round(level * 100) / 100;
  }
  return index;
}

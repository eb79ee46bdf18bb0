/**
 * Random draws that need no logarithm: what the hot loops of the calibrated market take beside the
 * exact normal deviate of base/prng.
 */
import { type Prng, nextUniform } from "../../../base/prng.ts";

/** Mean 0, variance 1, within +-3: for slow states, where many of them are added up anyway. */
export function nextRough(prng: Prng): number {
  return 2 * (nextUniform(prng) + nextUniform(prng) + nextUniform(prng)) - 3;
}

/** Exponential with mean 1, by comparisons alone (von Neumann, "Various techniques", 1951). */
export function nextExponential(prng: Prng): number {
  for (let whole = 0; ; whole++) {
    const first = nextUniform(prng);
    let last = first;
    let even = true;
    for (;;) {
      const draw = nextUniform(prng);
      if (draw >= last) break;
      last = draw;
      even = !even;
    }
    if (even) return whole + first;
  }
}

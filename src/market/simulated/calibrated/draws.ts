/**
 * Random draws that need no logarithm: what the hot loops of the calibrated market take beside the
 * exact normal deviate of base/prng.
 */
import { type Prng, nextUint32 } from "../../../base/prng.ts";

/** Mean 0, variance 1, within +-3: for slow states, where many of them are added up anyway. */
export function nextRough(prng: Prng): number {
  return (nextUint32(prng) + nextUint32(prng) + nextUint32(prng)) * 2 ** -31 - 3;
}

/** Whether something of that probability happens. */
export function happens(prng: Prng, probability: number): boolean {
  return nextUint32(prng) < probability * 2 ** 32;
}

/** Exponential with mean 1, by comparisons alone (von Neumann, "Various techniques", 1951). */
export function nextExponential(prng: Prng): number {
  for (let whole = 0; ; whole++) {
    const first = nextUint32(prng);
    let last = first;
    let even = true;
    for (;;) {
      const draw = nextUint32(prng);
      if (draw >= last) break;
      last = draw;
      even = !even;
    }
    if (even) return whole + first * 2 ** -32;
  }
}

/**
 * Seeded random numbers that are the same bits everywhere: integer arithmetic and comparisons
 * only, no Math.log, Math.pow or trigonometry. The state is a plain array, so it can be copied
 * and compared.
 *
 * Sources: Blackman and Vigna, xoshiro128** 1.1 (2018); a 32-bit SplitMix whose mixing
 * constants come from the collection of Chris Wellons' hash-prospector; Karney, "Sampling exactly
 * from the normal distribution" (2016), algorithm N with von Neumann's exponential trials.
 */
import { invariant } from "./assert.ts";

/** Four 32-bit words, not all zero; advanced in place. */
export type Prng = { readonly words: Uint32Array };

const GOLDEN = 0x9e3779b9;

/** Seeds from an integer in [0, 2^53): both halves enter, so nearby seeds share nothing. */
export function prngOf(seed: number): Prng {
  invariant(Number.isSafeInteger(seed) && seed >= 0, 20, () => `seed ${seed} is not in [0, 2^53)`);
  const words = new Uint32Array(4);
  let counter = (seed >>> 0) ^ mix32(Math.floor(seed / 2 ** 32) + 1);
  for (let i = 0; i < 4; i++) {
    counter = (counter + GOLDEN) >>> 0;
    words[i] = mix32(counter);
  }
  if ((words[0] | words[1] | words[2] | words[3]) === 0) words[0] = 1;
  return { words };
}

/** The next 32 bits, as an integer in [0, 2^32). */
export function nextUint32({ words }: Prng): number {
  const result = Math.imul(rotateLeft(Math.imul(words[1], 5), 7), 9) >>> 0;
  const shifted = words[1] << 9;
  words[2] ^= words[0];
  words[3] ^= words[1];
  words[1] ^= words[2];
  words[0] ^= words[3];
  words[2] ^= shifted;
  words[3] = rotateLeft(words[3], 11);
  return result;
}

/** Uniform in [0, 1) on the grid of 2^-53. */
export function nextUniform(prng: Prng): number {
  const high = nextUint32(prng) >>> 5;
  const low = nextUint32(prng) >>> 6;
  return (high * 2 ** 26 + low) * 2 ** -53;
}

/** A standard normal deviate. */
export function nextNormal(prng: Prng): number {
  for (;;) {
    let whole = 0;
    while (happensExp(prng, 0.5)) whole++;
    if (!happensExpTimes(prng, 0.5, whole * (whole - 1))) continue;
    const fraction = nextUniform(prng);
    const each = (fraction * (2 * whole + fraction)) / (2 * whole + 2);
    if (!happensExpTimes(prng, each, whole + 1)) continue;
    const size = whole + fraction;
    return nextUint32(prng) < 2 ** 31 ? size : 0 - size;
  }
}

function happensExpTimes(prng: Prng, x: number, times: number): boolean {
  for (let i = 0; i < times; i++) if (!happensExp(prng, x)) return false;
  return true;
}

/** True with probability exp(-x), 0 <= x <= 1: a falling run below x has even length (von Neumann). */
function happensExp(prng: Prng, x: number): boolean {
  let bound = x;
  let even = true;
  for (;;) {
    const draw = nextUniform(prng);
    if (draw >= bound) return even;
    bound = draw;
    even = !even;
  }
}

function mix32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

function rotateLeft(x: number, bits: number): number {
  return ((x << bits) | (x >>> (32 - bits))) >>> 0;
}

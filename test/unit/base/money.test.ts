/**
 * Money against an oracle of its own: the decimal text of each number taken apart by hand, long
 * multiplication in BigInt, half away from zero (spec definitions, "Money").
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  amountToMinor,
  exactNotionalMinor,
  minorToAmount,
  moneyScale,
  notionalMinor,
  shareOfMinor,
} from "../../../src/base/money.ts";
import { nextUint32, prngOf } from "../../../src/base/prng.ts";

/** value = digits / 10^places, read off the shortest text of a double. */
function fraction(value: number): { top: bigint; bottom: bigint } {
  const [mantissa, exponent = "0"] = String(value).split("e");
  const [whole, decimals = ""] = mantissa.split(".");
  const power = Number(exponent) - decimals.length;
  const top = BigInt(whole + decimals);
  return power >= 0
    ? { top: top * 10n ** BigInt(power), bottom: 1n }
    : { top, bottom: 10n ** BigInt(-power) };
}

/** Product of doubles x 10^digits / divisor, half away from zero. */
function rounded(factors: readonly number[], digits: number, divisor = 1n): bigint {
  let top = 10n ** BigInt(digits);
  let bottom = divisor;
  for (const factor of factors) {
    const f = fraction(factor);
    top *= f.top;
    bottom *= f.bottom;
  }
  const size = top < 0n ? -top : top;
  const whole = size / bottom;
  const up = 2n * (size % bottom) >= bottom ? whole + 1n : whole;
  return top < 0n ? -up : up;
}

const cents = moneyScale(1, 1, 2);

describe("notionalMinor", () => {
  it.each([
    // 1.005 is 1.00499999999999989... in binary; the decimal the file wrote is a tie.
    [1, 1.005, 101],
    [-1, 1.005, -101],
    [1, 1.004999, 100],
    [1, 8.575, 858],
    [3, 0.335, 101],
    [1, 1.115, 112],
    [100, 0.00005, 1],
    [100, 0.00004999, 0],
    [1, -36.98, -3698],
    [-2, -36.985, 7397],
    [0, 5, 0],
  ])("%d lots at %d are %d cents", (lots, price, expected) => {
    expect(notionalMinor(lots, price, cents)).toBe(expected);
    expect(exactNotionalMinor(lots, price, cents)).toBe(expected);
  });

  it("never returns a negative zero, which a journal would print as -0", () => {
    expect(Object.is(notionalMinor(-1, 0.001, cents), 0)).toBe(true);
    expect(Object.is(shareOfMinor(-1, 0.001), 0)).toBe(true);
  });

  it("equals the exact product on 100 000 values, every third of them a tie", () => {
    const prng = prngOf(20);
    const lotSizes = [1, 0.01, 1e-8, 0.1, 100];
    const multipliers = [1, 1000, 12.5, 0.1];
    let ties = 0;
    for (let n = 0; n < 100_000; n++) {
      const lot = lotSizes[nextUint32(prng) % lotSizes.length];
      const multiplier = multipliers[nextUint32(prng) % multipliers.length];
      const digits = nextUint32(prng) % 4;
      const sign = nextUint32(prng) % 2 === 0 ? 1 : -1;
      const lots = sign * (nextUint32(prng) % 10 ** (1 + (nextUint32(prng) % 7)));
      const odd = 2 * (nextUint32(prng) % 1_000_000) + 1;
      const isTie = n % 3 === 0;
      // One lot of size 1 at (2k + 1) / 2 minor units, written as a decimal.
      const price = isTie
        ? Number(`${odd * 5}e-${digits + 1}`)
        : Number(`${nextUint32(prng)}e-${nextUint32(prng) % 9}`);
      const terms: [number, number, number] = isTie ? [sign, 1, 1] : [lots, lot, multiplier];
      if (isTie) ties++;
      const scale = moneyScale(terms[1], terms[2], digits);
      const expected = rounded([...terms, price], digits);
      if (expected > 2n ** 53n - 1n || expected < 1n - 2n ** 53n) continue;
      if (BigInt(notionalMinor(terms[0], price, scale)) !== expected) {
        expect.fail(`${terms.join(" x ")} at ${price}, ${digits} digits, is ${expected}`);
      }
    }
    expect(ties).toBeGreaterThan(30_000);
  });

  it("equals the exact product for any finite double, huge, tiny or negative", () => {
    const lots = fc.integer({ min: -1e9, max: 1e9 });
    const price = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(lots, price, fc.constantFrom(1, 0.01, 1e-8), (q, p, lot) => {
        const scale = moneyScale(lot, 1, 2);
        const exact = rounded([q, p, lot], 2);
        if (exact >= 2n ** 53n || exact <= -(2n ** 53n)) {
          expect(() => notionalMinor(q, p, scale)).toThrow(RangeError);
        } else {
          expect(BigInt(notionalMinor(q, p, scale))).toBe(exact);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("books up to 2^53 - 1 minor units and refuses one more", () => {
    const units = moneyScale(1, 1, 0);
    expect(notionalMinor(1, 2 ** 53 - 1, units)).toBe(2 ** 53 - 1);
    expect(notionalMinor(-1, 2 ** 53 - 1, units)).toBe(1 - 2 ** 53);
    expect(() => notionalMinor(2, 2 ** 52, units)).toThrow(RangeError);
    expect(() => notionalMinor(1, 1e15, cents)).toThrow(/beyond 2\^53/);
    expect(() => notionalMinor(1, 1e300, cents)).toThrow(RangeError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "has no value for a price of %d",
    (price) => {
      expect(() => notionalMinor(1, price, cents)).toThrow(RangeError);
      expect(() => exactNotionalMinor(1, price, cents)).toThrow(RangeError);
      expect(() => shareOfMinor(1, price)).toThrow(RangeError);
      expect(() => amountToMinor(price, 2)).toThrow(RangeError);
    },
  );
});

describe("shareOfMinor", () => {
  it.each([
    // 5 bp of 1 000.00 = 50 cents; of 10.00 half a cent, away from zero.
    [100_000, 5, 1, 10_000, 50],
    [1000, 5, 1, 10_000, 1],
    [-1000, 5, 1, 10_000, -1],
    [999, 5, 1, 10_000, 0],
    // 10 000.00 at 5 % for one day of 360: 138.88... cents.
    [1_000_000, 0.05, 1, 360, 139],
    // 0.07 is not a double: 50 x 0.07 = 3.5 exactly, away from zero.
    [50, 0.07, 1, 1, 4],
  ])("%d x %d x %d / %d = %d", (minor, rate, numerator, denominator, expected) => {
    expect(shareOfMinor(minor, rate, numerator, denominator)).toBe(expected);
  });

  it("equals the exact quotient, ties included", () => {
    const minor = fc.integer({ min: -1e12, max: 1e12 });
    const rate = fc.integer({ min: 0, max: 100_000 }).map((n) => n / 100_000);
    const bottom = fc.constantFrom(1, 2, 360, 365, 10_000, 20_000);
    fc.assert(
      fc.property(minor, rate, fc.integer({ min: 1, max: 31 }), bottom, (m, r, n, d) => {
        expect(BigInt(shareOfMinor(m, r, n, d))).toBe(rounded([m, r, n], 0, BigInt(d)));
      }),
      { numRuns: 3000, seed: 2 },
    );
  });

  it("refuses a share beyond 2^53", () => {
    expect(() => shareOfMinor(2 ** 53 - 1, 2)).toThrow(RangeError);
    expect(shareOfMinor(2 ** 53 - 1, 1)).toBe(2 ** 53 - 1);
  });
});

describe("amounts", () => {
  it("turns decimal amounts into minor units and back", () => {
    expect(amountToMinor(12.5, 2)).toBe(1250);
    expect(amountToMinor(1.005, 2)).toBe(101);
    expect(amountToMinor(-1.005, 2)).toBe(-101);
    expect(amountToMinor(7, 0)).toBe(7);
    expect(minorToAmount(1250, 2)).toBe(12.5);
    expect(() => amountToMinor(1e14, 2)).toThrow(RangeError);
  });
});

/** Conversion between currencies: worked cases, ties, and the exact twin on random and near-tie inputs. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convertMinor, exactConvertMinor } from "../../../src/base/money.ts";
import { nextUint32, prngOf } from "../../../src/base/prng.ts";

describe("convertMinor", () => {
  it.each([
    // 100.00 EUR at 1.1 are 110.00 USD.
    [10_000, 1.1, 2, 2, 11_000],
    // Yen have no minor unit: 150,000 JPY at 0.0091 are 1,365.00 USD, and back.
    [150_000, 0.0091, 0, 2, 136_500],
    [136_500, 110, 2, 0, 150_150],
    [1, 1, 3, 2, 0],
    [5, 1, 3, 2, 1],
    [-5, 1, 3, 2, -1],
    [-4, 1, 3, 2, 0],
    // 1.005 is less than that in binary; the decimal that was written is a tie.
    [100, 1.005, 2, 2, 101],
    [-100, 1.005, 2, 2, -101],
    [1000, 0.0005, 2, 2, 1],
    [0, 1.3, 2, 2, 0],
  ])("%d at %d from %d digits to %d is %d", (amount, rate, from, to, expected) => {
    expect(convertMinor(amount, rate, from, to)).toBe(expected);
    expect(exactConvertMinor(amount, rate, from, to)).toBe(expected);
  });

  it("gives no negative zero", () => {
    expect(Object.is(convertMinor(-1, 0.001, 2, 2), 0)).toBe(true);
  });

  it("equals the exact decimals on 200,000 amounts and rates, most of them near ties", () => {
    const prng = prngOf(5);
    let off = 0;
    for (let n = 0; n < 200_000; n++) {
      const amount = (nextUint32(prng) % 2_000_000) - 1_000_000;
      const rate = (1 + (nextUint32(prng) % 20_000)) / 10 ** (1 + (nextUint32(prng) % 5));
      const digits = [0, 2, 3];
      const from = digits[nextUint32(prng) % 3];
      const to = digits[nextUint32(prng) % 3];
      if (convertMinor(amount, rate, from, to) !== exactConvertMinor(amount, rate, from, to)) off++;
    }
    expect(off).toBe(0);
  });

  it("equals them for any rate", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(10 ** 11), max: 10 ** 11 }),
        fc.double({ min: 1e-5, max: 1e4, noNaN: true }),
        fc.constantFrom(0, 2, 3),
        fc.constantFrom(0, 2, 3),
        (amount, rate, from, to) => {
          fc.pre(Math.abs(amount * rate) < 1e12);
          expect(convertMinor(amount, rate, from, to)).toBe(
            exactConvertMinor(amount, rate, from, to),
          );
        },
      ),
    );
  });

  it("refuses what is no rate, and what is beyond exact books", () => {
    expect(() => convertMinor(1, Number.NaN, 2, 2)).toThrow(RangeError);
    expect(() => convertMinor(1, Number.POSITIVE_INFINITY, 2, 2)).toThrow(RangeError);
    expect(() => convertMinor(2 ** 52, 4, 2, 2)).toThrow("beyond 2^53");
  });
});

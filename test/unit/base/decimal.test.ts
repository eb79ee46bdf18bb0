/** Exact decimals against integers scaled by hand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  decimalOf,
  divideRounded,
  formatDecimal,
  multiply,
  parseDecimal,
  toScaledInteger,
} from "../../../src/base/decimal.ts";

describe("parseDecimal", () => {
  it.each([
    ["12.5", 125n, 1],
    ["-0.001", -1n, 3],
    ["+3", 3n, 0],
    ["5.", 5n, 0],
    ["1e3", 1000n, 0],
    ["1.5E-7", 15n, 8],
    ["-2.50e1", -250n, 1],
    ["007", 7n, 0],
  ])("%s", (text, coefficient, scale) => {
    expect(parseDecimal(text)).toEqual({ coefficient, scale });
  });

  it.each([
    "",
    ".5",
    "1,5",
    "1.2.3",
    "e5",
    "1e",
    "0x10",
    " 1",
    "1 ",
    "--1",
    "NaN",
    "Infinity",
    "1\n",
  ])("refuses %j", (text) => {
    expect(parseDecimal(text)).toBeNull();
  });
});

describe("decimalOf", () => {
  it("is the decimal a double prints as, so that reading it back gives the double", () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, (x) => {
        // -0 prints as 0.
        expect(Number(formatDecimal(decimalOf(x)))).toBe(x === 0 ? 0 : x);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %d", (x) => {
    expect(() => decimalOf(x)).toThrow(RangeError);
  });
});

describe("arithmetic", () => {
  it("knows that 0.1 + 0.2 = 0.3 and 1.1 x 1.1 = 1.21", () => {
    expect(formatDecimal(add(decimalOf(0.1), decimalOf(0.2)))).toBe("0.3");
    expect(formatDecimal(multiply(decimalOf(1.1), decimalOf(1.1)))).toBe("1.21");
    expect(formatDecimal(add(decimalOf(1e21), decimalOf(-1e-7)))).toBe(
      "999999999999999999999.9999999",
    );
  });

  it.each([
    [7n, 2n, 4n],
    [-7n, 2n, -4n],
    [7n, -2n, -4n],
    [-7n, -2n, 4n],
    [5n, 3n, 2n],
    [4n, 3n, 1n],
    [-4n, 3n, -1n],
    [0n, 9n, 0n],
    [1n, 2n, 1n],
    [-1n, 2n, -1n],
    [1n, 3n, 0n],
  ])("%d / %d rounds to %d", (n, d, expected) => {
    expect(divideRounded(n, d)).toBe(expected);
  });

  it("rounds to the nearest integer, and from a tie away from zero", () => {
    const big = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(big, fc.bigInt({ min: 1n, max: 10n ** 12n }), (n, d) => {
        const q = divideRounded(n, d);
        const off = 2n * (n - q * d);
        expect(off <= d && off >= -d).toBe(true);
        if (off === d || off === -d) expect(off > 0n === n < 0n).toBe(true);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it("does not divide by zero", () => {
    expect(() => divideRounded(1n, 0n)).toThrow(RangeError);
  });

  it.each([
    ["1.005", 2, 101n],
    ["-1.005", 2, -101n],
    ["1.0049999", 2, 100n],
    ["3", 2, 300n],
    ["0.5", 0, 1n],
    ["-0.5", 0, -1n],
  ])("%s with %d digits is %d", (text, digits, expected) => {
    const value = parseDecimal(text);
    expect(value && toScaledInteger(value, digits)).toBe(expected);
  });

  it.each([
    [1250n, 2, "12.5"],
    [-1n, 3, "-0.001"],
    [0n, 4, "0"],
    [300n, 2, "3"],
    [300n, 0, "300"],
  ])("prints %d with scale %d as %s", (coefficient, scale, text) => {
    expect(formatDecimal({ coefficient, scale })).toBe(text);
  });
});

describe("decimalOf", () => {
  it("is what the double prints, however it is printed", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100),
          fc.constantFrom(
            0,
            -0,
            5e-324,
            -1e21,
            1e21,
            2 ** 53,
            123456789012345680000,
            1e-7,
            -1.5e-7,
          ),
        ),
        (value) => {
          expect(decimalOf(value)).toEqual(parseDecimal(String(value)));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

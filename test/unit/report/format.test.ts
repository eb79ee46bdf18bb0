import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DASH,
  formatCompact,
  formatFixed,
  formatInteger,
  formatMoney,
  formatPercent,
  formatRatio,
  formatSignedPercentCell,
} from "../../../src/apps/report/format.ts";

const readBack = (text: string): number =>
  Number(text.replaceAll("\u202f", "").replace("\u2212", "-"));

describe("numbers as text", () => {
  it.each([
    [0, 2, "0.00"],
    [-0, 2, "0.00"],
    [-0.001, 2, "0.00"],
    [999, 0, "999"],
    [1000, 0, "1\u202f000"],
    [-1234567.891, 2, "\u22121\u202f234\u202f567.89"],
    [123456.5, 1, "123\u202f456.5"],
    [0.1234567, 5, "0.12346"],
  ])("formatFixed(%d, %d)", (value, digits, text) => {
    expect(formatFixed(value, digits)).toBe(text);
  });

  it("reads back as the number within half a unit of the last digit", () => {
    const anyNumber = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(anyNumber, fc.integer({ min: 0, max: 4 }), (value, digits) => {
        const text = formatFixed(value, digits);
        expect(Math.abs(readBack(text) - value)).toBeLessThanOrEqual(
          0.5 * 10 ** -digits * 1.001 + 1e-4,
        );
        expect(text).toMatch(/^\u2212?\d{1,3}(\u202f\d{3})*(\.\d+)?$/);
      }),
    );
  });

  it("shows percents with two digits and a thin space", () => {
    expect(formatPercent(0.123456)).toBe("12.35\u202f%");
    expect(formatPercent(-0.25)).toBe("\u221225.00\u202f%");
    expect(formatPercent(1.5, 0)).toBe("150\u202f%");
  });

  it("always signs a table cell, except zero", () => {
    expect(formatSignedPercentCell(0.0123)).toBe("+1.23");
    expect(formatSignedPercentCell(-0.0123)).toBe("\u22121.23");
    expect(formatSignedPercentCell(0.00001)).toBe("0.00");
    expect(formatSignedPercentCell(12.5)).toBe("+1\u202f250.00");
  });

  it("shows what is missing as a dash, never as 0", () => {
    for (const format of [formatMoney, formatPercent, formatRatio, formatSignedPercentCell]) {
      expect(format(null)).toBe(DASH);
      expect(format(Number.NaN)).toBe(DASH);
    }
  });

  it("refuses what has no exact digits", () => {
    expect(() => formatFixed(Number.POSITIVE_INFINITY, 2)).toThrow("no exact digits");
    expect(() => formatInteger(Number.NaN)).toThrow("no exact digits");
    expect(() => formatFixed(1e21, 2)).toThrow("no exact digits");
  });

  it.each([
    [0, "0"],
    [950, "950"],
    [0.25, "0.25"],
    [5000, "5\u202f000"],
    [10_000, "10k"],
    [-150_000, "\u2212150k"],
    [1_500_000, "1.5M"],
    [2e9, "2B"],
  ])("labels an axis: %d", (value, text) => {
    expect(formatCompact(value)).toBe(text);
  });
});

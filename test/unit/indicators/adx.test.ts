import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adx } from "../../../src/base/indicators/adx.ts";
import { knownSeries, type Series } from "../../../src/base/indicators/series.ts";
import * as naive from "./naive.ts";

const U = Number.NaN;
const series = (values: readonly number[]): Series => knownSeries(Float64Array.from(values));

type Bar = { readonly high: number; readonly low: number; readonly close: number };

/** On a grid of eighths, so that moves of equal size and rows without any movement are common. */
const bars = fc
  .array(fc.tuple(fc.nat(80), fc.nat(16), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 90,
  })
  .map((rows) =>
    rows.map(([low, range, at]): Bar => {
      const [bottom, top] = [50 + low / 8, 50 + (low + range) / 8];
      return { low: bottom, high: top, close: bottom + at * (top - bottom) };
    }),
  );
const windows = fc.integer({ min: 1, max: 16 });

function kernel(rows: readonly Bar[], window: number): Series {
  return adx(
    { high: series(rows.map((b) => b.high)), low: series(rows.map((b) => b.low)) },
    window,
  );
}

describe("adx", () => {
  it("gives the published worksheet's values (StockCharts ChartSchool, ADX, QQQQ, 14 days)", () => {
    // Prices to the cent and values as technicalindicators (npm) pins them in test/directionalmovement/ADX.js.
    const high = [
      30.2, 30.28, 30.45, 29.35, 29.35, 29.29, 28.83, 28.73, 28.67, 28.85, 28.64, 27.68, 27.21,
      26.87, 27.41, 26.94, 26.52, 26.52, 27.09, 27.69, 28.45, 28.53, 28.67, 29.01, 29.87, 29.8,
      29.75, 30.65, 30.6, 30.76, 31.17, 30.89, 30.04, 30.66, 30.6, 31.97, 32.1, 32.03, 31.63, 31.85,
      32.71, 32.76, 32.58, 32.13, 33.12, 33.19, 32.52,
    ];
    const low = [
      29.41, 29.32, 29.96, 28.74, 28.56, 28.41, 28.08, 27.43, 27.66, 27.83, 27.4, 27.09, 26.18,
      26.13, 26.63, 26.13, 25.43, 25.35, 25.88, 26.96, 27.14, 28.01, 27.88, 27.99, 28.76, 29.14,
      28.71, 28.93, 30.03, 29.39, 30.14, 30.43, 29.35, 29.99, 29.52, 30.94, 31.54, 31.36, 30.92,
      31.2, 32.13, 32.23, 31.97, 31.56, 32.21, 32.63, 31.76,
    ];
    const published = [
      33.70789, 32.25668, 30.01835, 28.43901, 26.97249, 25.84732, 24.01791, 22.85086, 22.12975,
      21.5787, 20.84157, 19.61908, 18.72578, 18.75196, 18.82257, 18.52094, 17.68461, 17.90759,
      18.17858, 17.28769,
    ];
    const out = adx({ high: series(high), low: series(low) }, 14);
    expect(out.warmup).toBe(27);
    expect(out.values.subarray(0, 27).every(Number.isNaN)).toBe(true);
    expect(naive.worstGap(out.values.subarray(27), published)).toBeLessThanOrEqual(0.000006);
  });

  it("equals its naive twin, which divides by the true range as Wilder does", () => {
    fc.assert(
      fc.property(bars, windows, (rows, window) => {
        const [high, low, close] = (["high", "low", "close"] as const).map((field) =>
          rows.map((bar) => bar[field]),
        );
        const expected = naive.adx({ high, low, close }, window);
        expect(naive.worstGap(kernel(rows, window).values, expected)).toBeLessThanOrEqual(1e-7);
      }),
    );
  });

  it("is unknown through its warm-up and within 0..100 after it", () => {
    fc.assert(
      fc.property(bars, windows, (rows, window) => {
        const { values, warmup } = kernel(rows, window);
        expect(warmup).toBe(2 * window - 1);
        values.forEach((value, t) => {
          if (t < warmup) expect(value).toBeNaN();
          else expect(value >= 0 && value <= 100).toBe(true);
        });
      }),
    );
  });

  it("is 100 where only one side ever moves, and 0 where neither does", () => {
    const steady = Array.from({ length: 40 }, (_, t) => ({ high: 11 + t, low: 10 + t, close: 10 }));
    expect([...kernel(steady, 7).values.subarray(13)]).toEqual(new Array(27).fill(100));
    const inside = steady.map(() => ({ high: 11, low: 10, close: 10 }));
    expect([...kernel(inside, 7).values.subarray(13)]).toEqual(new Array(27).fill(0));
  });

  it("is the same whichever way up the market is, and in any currency", () => {
    fc.assert(
      fc.property(bars, windows, (rows, window) => {
        const mirrored = rows.map((b) => ({ high: 200 - b.low, low: 200 - b.high, close: 0 }));
        const doubled = rows.map((b) => ({ high: 2 * b.high, low: 2 * b.low, close: 0 }));
        const { values } = kernel(rows, window);
        expect(kernel(mirrored, window).values).toEqual(values);
        expect(kernel(doubled, window).values).toEqual(values);
      }),
    );
  });

  it("starts anew after a hole", () => {
    const rows = [1, 2, 3, 4, U, 1, 3, 2, 5].map((low) => ({ low, high: low + 1, close: low }));
    const { values } = kernel(rows, 1);
    expect([...values]).toEqual([U, 100, 100, 100, U, U, 100, 100, 100]);
    const [whole, tail] = [kernel(rows, 2).values, kernel(rows.slice(5), 2).values];
    expect([...whole.subarray(5)]).toEqual([...tail]);
  });

  it("gives the same bits on a series that ends at the row", () => {
    fc.assert(
      fc.property(bars, windows, (rows, window) => {
        const whole = kernel(rows, window).values;
        for (let t = 0; t < rows.length; t++) {
          expect(kernel(rows.slice(0, t + 1), window).values[t]).toBe(whole[t]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("refuses half a window", () => {
    expect(() => kernel([], 2.5)).toThrow(RangeError);
    expect(() => kernel([], 0)).toThrow(RangeError);
  });
});

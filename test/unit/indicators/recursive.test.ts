import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atr } from "../../../src/base/indicators/atr.ts";
import { ema } from "../../../src/base/indicators/ema.ts";
import { latch } from "../../../src/base/indicators/latch.ts";
import { rsi } from "../../../src/base/indicators/rsi.ts";
import { knownSeries, type Series } from "../../../src/base/indicators/series.ts";
import * as naive from "./naive.ts";

const U = Number.NaN;
const series = (...values: number[]): Series => knownSeries(Float64Array.from(values));
const prices = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), {
  minLength: 1,
  maxLength: 80,
});

describe("ema", () => {
  it("equals its naive twin", () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 20 }), (values, window) => {
        const out = ema(series(...values), window);
        expect(out.warmup).toBe(window - 1);
        expect(naive.worstGap(out.values, naive.ema(values, window))).toBeLessThanOrEqual(1e-9);
      }),
    );
  });

  it("is seeded with the mean of the first window and starts anew after a hole", () => {
    const out = ema(series(1, 2, 3, 5, U, 10, 20, 30, 40), 3).values;
    expect([...out]).toEqual([U, U, 2, 3.5, U, U, U, 20, 30]);
  });
});

describe("rsi", () => {
  it("gives the published worksheet's values (StockCharts ChartSchool, RSI, 14 days)", () => {
    const closes = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826,
      45.8931, 46.0328, 45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    ];
    const out = rsi(series(...closes), 14);
    expect(out.warmup).toBe(14);
    expect(
      naive.worstGap(out.values.subarray(13), [U, 70.53, 66.32, 66.55, 69.41, 66.36, 57.97]),
    ).toBeLessThanOrEqual(0.006);
  });

  it("equals its naive twin", () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 20 }), (values, window) => {
        expect(
          naive.worstGap(rsi(series(...values), window).values, naive.rsi(values, window)),
        ).toBeLessThanOrEqual(1e-8);
      }),
    );
  });

  it("is 50 when nothing moves, 100 on gains alone, 0 on losses alone", () => {
    expect(rsi(series(5, 5, 5), 2).values[2]).toBe(50);
    expect(rsi(series(5, 6, 7), 2).values[2]).toBe(100);
    expect(rsi(series(7, 6, 5), 2).values[2]).toBe(0);
  });
});

describe("atr", () => {
  const high = series(10, 12, 11, 15);
  const low = series(8, 9, 10, 14);
  const close = series(9, 11, 10, 14);

  it("takes the previous close into the range, by hand: 3, 1, 5", () => {
    const out = atr({ high, low, close }, 2);
    expect(out.warmup).toBe(2);
    expect([...out.values]).toEqual([U, U, 2, 3.5]);
  });

  it("starts anew after a hole", () => {
    const holed = series(9, U, 10, 14);
    expect([...atr({ high, low, close: holed }, 1).values]).toEqual([U, 3, U, 5]);
  });
});

describe("latch", () => {
  const wish = (enter: number[], exit: number[], maxBars: number | null = null): number[] => [
    ...latch({ enter: series(...enter), exit: series(...exit), maxBars }).values,
  ];

  it("remembers from enter to exit", () => {
    expect(wish([0, 1, 0, 0, 0, 1], [0, 0, 0, 1, 0, 0])).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it("lets exit win on a row where both hold", () => {
    expect(wish([1, 1, 1], [1, 0, 1])).toEqual([0, 1, 0]);
  });

  it("is 1 for max_bars rows at most, and may enter again one row later", () => {
    expect(wish([1, 1, 1, 1, 1], [0, 0, 0, 0, 0], 2)).toEqual([1, 1, 0, 1, 1]);
  });

  it("lets go when a condition is unknown", () => {
    expect(wish([1, 0, 0, 0], [0, U, 0, 0])).toEqual([1, U, 0, 0]);
  });

  it("equals a naive twin that looks back for the last entry", () => {
    const bit = fc.constantFrom(0, 1);
    const rows = fc.array(fc.tuple(bit, bit), { maxLength: 60 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 8 }), (pairs, maxBars) => {
        const expected: number[] = [];
        pairs.forEach(([enter, exit], t) => {
          const run = expected.length - 1 - expected.lastIndexOf(0);
          const inside = t > 0 && expected[t - 1] === 1;
          const stays = inside && exit === 0 && run < maxBars;
          expected.push(stays || (!inside && enter === 1 && exit === 0) ? 1 : 0);
        });
        const enter = pairs.map(([value]) => value);
        const exit = pairs.map(([, value]) => value);
        expect(wish(enter, exit, maxBars)).toEqual(expected);
      }),
    );
  });
});

describe("recursive kernels", () => {
  it("give the same bits on a series that ends at the row", () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 9 }), (values, window) => {
        for (const kernel of [ema, rsi]) {
          const whole = kernel(series(...values), window).values;
          for (let t = 0; t < values.length; t++) {
            const cut = kernel(series(...values.slice(0, t + 1)), window).values[t];
            expect(Object.is(cut, whole[t])).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

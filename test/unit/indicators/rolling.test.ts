import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { highest, lowest } from "../../../src/base/indicators/extremes.ts";
import { knownSeries, type Series } from "../../../src/base/indicators/series.ts";
import { change, lag } from "../../../src/base/indicators/shift.ts";
import { sma } from "../../../src/base/indicators/sma.ts";
import { stdev } from "../../../src/base/indicators/stdev.ts";
import * as naive from "./naive.ts";

type Kernel = (x: Series, window: number) => Series;

const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const prices = fc.array(price, { minLength: 1, maxLength: 60 });
const KERNELS: readonly {
  name: string;
  kernel: Kernel;
  least: number;
  twin: (values: number[]) => number;
}[] = [
  { name: "sma", kernel: sma, least: 1, twin: naive.mean },
  { name: "stdev", kernel: stdev, least: 2, twin: naive.sampleStdev },
  { name: "highest", kernel: highest, least: 1, twin: (v) => Math.max(...v) },
  { name: "lowest", kernel: lowest, least: 1, twin: (v) => Math.min(...v) },
];

function run(kernel: Kernel, values: ArrayLike<number>, window: number): Series {
  return kernel(knownSeries(Float64Array.from(values)), window);
}

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0];
}

describe.each(KERNELS)("rolling $name", ({ kernel, least, twin }) => {
  it("equals its naive twin within 1e-12 of the sum it could reach", () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: least, max: 70 }), (values, window) => {
        const { values: out, warmup } = run(kernel, values, window);
        expect(warmup).toBe(window - 1);
        const scale = Math.max(...values) * window;
        const gap = naive.worstGap(out, naive.rolling(values, window, twin));
        expect(gap).toBeLessThanOrEqual(1e-12 * scale);
      }),
    );
  });

  it("keeps its bits whatever happens outside the window", () => {
    fc.assert(
      fc.property(
        fc.array(price, { minLength: 3, maxLength: 60 }),
        fc.integer({ min: least, max: 20 }),
        fc.nat(),
        fc.array(fc.oneof(price, fc.constant(Number.NaN), fc.constant(1e300)), {
          minLength: 60,
          maxLength: 60,
        }),
        (values, window, pick, noise) => {
          const t = pick % values.length;
          const other = values.map((value, i) => (i > t - window && i <= t ? value : noise[i]));
          const before = run(kernel, values, window).values[t];
          expect(bitsOf(run(kernel, other, window).values[t])).toBe(bitsOf(before));
        },
      ),
    );
  });

  it("gives the same bits on a series that ends at the row", () => {
    fc.assert(
      fc.property(prices, fc.integer({ min: least, max: 20 }), (values, window) => {
        const whole = run(kernel, values, window).values;
        for (let t = 0; t < values.length; t++) {
          const cut = run(kernel, values.slice(0, t + 1), window).values[t];
          expect(bitsOf(cut)).toBe(bitsOf(whole[t]));
        }
      }),
    );
  });

  it("is unknown exactly while a NaN is in the window", () => {
    const values = Array.from({ length: 40 }, (_, i) => (i === 17 ? Number.NaN : i + 1));
    const out = run(kernel, values, 5).values;
    out.forEach((value, t) => {
      expect(Number.isNaN(value)).toBe(t < 4 || (t >= 17 && t <= 21));
    });
  });

  it("is all unknown when the window is longer than the series, and refuses a bad window", () => {
    expect([...run(kernel, [1, 2, 3], 1e9).values]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    for (const window of [least - 1, -3, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => run(kernel, [1, 2, 3], window)).toThrow(RangeError);
    }
    expect(run(kernel, [], 3).values.length).toBe(0);
  });

  it("counts the input's warm-up", () => {
    const x = { values: Float64Array.of(Number.NaN, Number.NaN, 1, 2, 3, 4), warmup: 2 };
    const out = kernel(x, 3);
    expect(out.warmup).toBe(4);
    expect(out.values.findIndex((value) => !Number.isNaN(value))).toBe(4);
  });
});

describe("the planted drift", () => {
  it("a running sum is caught by the test that the block sums pass", () => {
    const running: Kernel = ({ values }, window) => {
      let sum = 0;
      const out = values.map((value, t) => {
        sum += value - (t >= window ? values[t - window] : 0);
        return t < window - 1 ? Number.NaN : sum / window;
      });
      return { values: out, warmup: window - 1 };
    };
    const plain = [1, 1, 0.1, 0.2, 0.3, 0.4];
    const spiked = [1e16, 1, 0.1, 0.2, 0.3, 0.4];
    expect(run(running, spiked, 3).values[5]).not.toBe(run(running, plain, 3).values[5]);
    expect(run(sma, spiked, 3).values[5]).toBe(run(sma, plain, 3).values[5]);
  });
});

describe("stdev", () => {
  it("keeps its digits on a high level: 1e9 + {4, 7, 13, 16}, variance 30", () => {
    const out = run(stdev, [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], 4).values[3];
    expect(out).toBeCloseTo(Math.sqrt(30), 12);
  });

  it("of equal values is zero to within the last bit", () => {
    expect(run(stdev, new Array(10).fill(0.1), 10).values[9]).toBeLessThan(1e-17);
  });
});

describe("lag and change", () => {
  it("read earlier rows only", () => {
    expect([...run(lag, [1, 2, 3, 4], 2).values]).toEqual([Number.NaN, Number.NaN, 1, 2]);
    expect([...run(lag, [1, 2], 0).values]).toEqual([1, 2]);
    expect([...run(lag, [1, 2], 5).values]).toEqual([Number.NaN, Number.NaN]);
    expect(run(lag, [1, 2], 1).warmup).toBe(1);
    expect([...run(change, [2, 3, 6], 1).values]).toEqual([Number.NaN, 0.5, 1]);
  });

  it("do not make a return from zero", () => {
    expect(run(change, [0, 3], 1).values[1]).toBeNaN();
  });

  it("refuse the future", () => {
    expect(() => run(lag, [1, 2], -1)).toThrow("bars must be a whole number from 0 on, not -1");
    expect(() => run(change, [1, 2], 0)).toThrow(RangeError);
  });
});

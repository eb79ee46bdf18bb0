/** Evidence that is made anew on every trading day, beside the plainest way to make it: bit for bit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { onDays } from "../../../src/engine/layers/on-days.ts";
import { deviations } from "../../../src/engine/layers/ranges.ts";

const days = fc
  .uniqueArray(fc.nat(40), { maxLength: 20 })
  .map((list) => Float64Array.from(list.toSorted((a, b) => a - b)));
const returnOrNone = fc.oneof(
  fc.double({ min: -0.1, max: 0.1, noNaN: true }),
  fc.constant(Number.NaN),
);

describe("a series on other days", () => {
  it("has the value of exactly the day, or none", () => {
    fc.assert(
      fc.property(days, days, (timesMs, asked) => {
        const values = timesMs.map((ms) => ms / 7);
        const valueOn = new Map(Array.from(timesMs, (ms, row) => [ms, values[row]]));
        const naive = asked.map((ms) => valueOn.get(ms) ?? Number.NaN);
        expect(onDays({ timesMs, values }, asked)).toEqual(naive);
      }),
    );
  });
});

describe("deviations", () => {
  it("are those of the last known returns, counted anew at each session", () => {
    fc.assert(
      fc.property(
        fc.array(returnOrNone, { maxLength: 30 }),
        fc.integer({ min: 2, max: 6 }),
        (r, n) => {
          const naive = r.map((_, s) => {
            const window = r
              .slice(0, s + 1)
              .filter((value) => !Number.isNaN(value))
              .slice(-n);
            if (window.length < n) return Number.NaN;
            const mean = window.reduce((sum, value) => sum + value, 0) / n;
            const squares = window.reduce((sum, value) => sum + (value - mean) ** 2, 0);
            return Math.sqrt(squares / (n - 1));
          });
          expect(deviations([Float64Array.from(r)], n)).toEqual([Float64Array.from(naive)]);
        },
      ),
    );
  });
});

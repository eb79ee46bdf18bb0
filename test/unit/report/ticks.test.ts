import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearTicks, logTicks, timeTicks } from "../../../src/apps/report/ticks.ts";
import { parseIsoDate } from "../../../src/base/instant.ts";

const at = (date: string): number => parseIsoDate(date) ?? Number.NaN;
const labels = (from: string, to: string, most: number): string[] =>
  timeTicks({ from: at(from), to: at(to) }, most).map(({ label }) => label);

describe("axis ticks", () => {
  it("covers a linear range with round values", () => {
    expect(linearTicks({ from: -0.31, to: 0 }, 4)).toEqual([-0.4, -0.3, -0.2, -0.1, 0]);
    expect(linearTicks({ from: 99, to: 412 }, 5)).toEqual([0, 100, 200, 300, 400, 500]);
  });

  it("covers any range, evenly, with about as many as asked", () => {
    const bound = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(bound, fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (from, width) => {
        const to = from + width;
        fc.pre((to - from) / (Math.abs(from) + 1) > 1e-6);
        const ticks = linearTicks({ from, to }, 5);
        const slack = (to - from) * 1e-6;
        expect(ticks[0]).toBeLessThanOrEqual(from + slack);
        expect(ticks[ticks.length - 1]).toBeGreaterThanOrEqual(to - slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
      }),
    );
  });

  it("labels a logarithmic range with few round values inside it", () => {
    expect(logTicks({ from: 90, to: 420 }, 9)).toEqual([100, 150, 200, 300, 400]);
    expect(logTicks({ from: 100, to: 10_000 }, 7)).toEqual([
      100, 200, 500, 1000, 2000, 5000, 10_000,
    ]);
    expect(logTicks({ from: 0.02, to: 5 }, 9)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]);
    expect(logTicks({ from: 1, to: 1e12 }, 5)).toEqual([1, 1e3, 1e6, 1e9, 1e12]);
  });

  it("labels time by years, months or days", () => {
    expect(labels("1990-01-02", "2022-12-30", 12)).toEqual([
      "1995",
      "2000",
      "2005",
      "2010",
      "2015",
      "2020",
    ]);
    expect(labels("2014-01-02", "2014-12-31", 7)).toEqual([
      "2014-03",
      "2014-05",
      "2014-07",
      "2014-09",
      "2014-11",
    ]);
    expect(labels("2014-01-30", "2014-02-04", 7)).toEqual([
      "01-30",
      "01-31",
      "02-01",
      "02-02",
      "02-03",
      "02-04",
    ]);
  });

  it("never gives more labels than there is room for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 1, max: 40_000 }),
        (start, days) => {
          const from = start * 86_400_000;
          const ticks = timeTicks({ from, to: from + days * 86_400_000 }, 6);
          expect(ticks.length).toBeLessThanOrEqual(7);
          expect(
            ticks.every((tick) => tick.at >= from && tick.at <= from + days * 86_400_000),
          ).toBe(true);
        },
      ),
    );
  });
});

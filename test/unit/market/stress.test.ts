/**
 * Stress of volatility and backwardation: the rolling percentile against a naive twin, numpy's
 * interpolation by hand, the fallback by hand, and what is not known staying unknown.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stressFeatures } from "../../../src/market/features/stress.ts";
import { SHARED, sharedFile, sharedName } from "../../support/shared.ts";

const NOBODY = { volOfVol: null, threeMonth: null };

function rampThen(rows: number, last: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, t) => (t === rows - 1 ? last : t + 1));
}

/** Sorts every window anew and interpolates as numpy's default does. */
function naivePercentile(series: Float64Array, t: number, share: number): number {
  const window = [...series.slice(Math.max(0, t - 251), t + 1)].filter((x) => !Number.isNaN(x));
  if (window.length < 126) return Number.NaN;
  window.sort((a, b) => a - b);
  const position = share * (window.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, window.length - 1);
  return window[below] + (window[above] - window[below]) * (position - below);
}

describe("a series above its own rolling percentile", () => {
  const index = (rows: number) => new Float64Array(rows).fill(20);
  const features = (series: Float64Array) =>
    stressFeatures({ volatilityIndex: index(series.length), volOfVol: series, threeMonth: null });

  it("is interpolated between order statistics, with this row in the window", () => {
    // 1..126: position 0.95 x 125 = 118.75, so 119 + 0.75
    const { limit95, observed } = features(rampThen(126, 126));
    expect(limit95[125]).toBeCloseTo(119.75, 12);
    expect(observed[125]).toBe(126);
    // 1..252: position 0.95 x 251 = 238.45; were this row left out it would be 237.5 + 1
    expect(features(rampThen(252, 252)).limit95[251]).toBeCloseTo(239.45, 12);
    // A row later the first has left: 2..253
    expect(features(rampThen(253, 253)).limit95[252]).toBeCloseTo(240.45, 12);
  });

  it("is stress strictly above it, and at the 99th percentile apart", () => {
    const at = (last: number) => {
      const { stress, stress99 } = features(rampThen(252, last));
      return [stress[251], stress99[251]];
    };
    expect(at(1000)).toEqual([1, 1]);
    expect(at(245)).toEqual([1, 0]);
    expect(at(100)).toEqual([0, 0]);
    // All equal: nothing is above itself.
    const flat = features(new Float64Array(300).fill(3));
    expect([flat.stress[299], flat.stress99[299]]).toEqual([0, 0]);
  });

  it("is unknown below 126 values, not calm", () => {
    const { stress, stress99, limit95 } = features(rampThen(126, 1000));
    expect([stress[124], stress99[124], limit95[124]]).toEqual([NaN, NaN, NaN]);
    expect(stress[125]).toBe(1);
    const holes = rampThen(200, 1000).map((x, t) => (t < 75 ? Number.NaN : x));
    expect(features(holes).stress[199]).toBe(NaN);
    holes[0] = 1;
    expect(features(holes).stress[199]).toBe(1);
  });

  it("is unknown on a row without a value, and known on the next", () => {
    const series = rampThen(200, 1000).map((x, t) => (t === 150 ? Number.NaN : x));
    const { stress } = features(series);
    expect([stress[149], stress[150], stress[151]]).toEqual([1, NaN, 1]);
  });

  it("agrees with a naive twin on random series with ties and holes", () => {
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: 0, max: 100, noNaN: true }) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 500, maxLength: 700 }), (values) => {
        const series = Float64Array.from(values);
        const { limit95, stress, stress99 } = features(series);
        for (let t = 100; t < series.length; t++) {
          const [p95, p99] = [0.95, 0.99].map((share) => naivePercentile(series, t, share));
          expect(limit95[t]).toBe(p95);
          const unknown = Number.isNaN(series[t]) || Number.isNaN(p95);
          expect(stress[t]).toBe(unknown ? Number.NaN : Number(series[t] > p95));
          expect(stress99[t]).toBe(unknown ? Number.NaN : Number(series[t] > p99));
        }
      }),
      { numRuns: 20, seed: 5 },
    );
  });
});

describe("the fallback", () => {
  it("is the sample deviation of the last 21 changes, by hand", () => {
    // Changes +1, -1, ..., +1: 21 of them sum to 1, mean 1/21,
    // squares 21 - 21 / 441 = 440/21, variance 22/21.
    const volatilityIndex = Float64Array.from({ length: 30 }, (_, t) => 20 + (t % 2));
    const { observed } = stressFeatures({ volatilityIndex, ...NOBODY });
    expect(observed[20]).toBe(NaN);
    expect(observed[21]).toBeCloseTo(Math.sqrt(22 / 21), 13);
    expect(observed[22]).toBeCloseTo(Math.sqrt(22 / 21), 13);
  });

  it("needs all 21 changes, so one missing close is felt for 22 rows", () => {
    const volatilityIndex = Float64Array.from({ length: 80 }, (_, t) => 20 + Math.sin(t));
    volatilityIndex[40] = Number.NaN;
    const { observed } = stressFeatures({ volatilityIndex, ...NOBODY });
    const unknownRows = [...observed.keys()].filter((t) => t > 21 && Number.isNaN(observed[t]));
    expect(unknownRows).toEqual(Array.from({ length: 22 }, (_, i) => 40 + i));
  });

  it("sees an index that begins to jump, after 147 rows and not before", () => {
    const volatilityIndex = Float64Array.from({ length: 400 }, (_, t) =>
      t < 300 ? 15 + (t % 7) * 0.1 : 15 + (t % 2) * 10,
    );
    const { stress, stress99 } = stressFeatures({ volatilityIndex, ...NOBODY });
    expect([...stress.subarray(0, 146)].every(Number.isNaN)).toBe(true);
    expect(stress[146]).not.toBe(NaN);
    expect([stress[299], stress[305], stress99[305]]).toEqual([0, 1, 1]);
  });
});

describe.skipIf(SHARED === null)(sharedName("the VIX since 1990"), () => {
  const rows =
    SHARED === null
      ? []
      : readFileSync(sharedFile("data/macro/vix-daily.csv"), "utf8")
          .trim()
          .split("\n")
          .slice(1)
          .map((line) => line.split(","));
  const volatilityIndex = Float64Array.from(rows, (row) => Number(row[4]));
  const { stress } = stressFeatures({ volatilityIndex, ...NOBODY });
  const on = (date: string) => stress[rows.findIndex((row) => row[0] === date)];

  it.each(["1997-10-28", "2008-10-10", "2011-08-08", "2015-08-24", "2018-02-06", "2020-03-16"])(
    "is under stress on %s",
    (date) => {
      expect(on(date)).toBe(1);
    },
  );

  it("is not in the calm of 2017, nor on one day in ten of all", () => {
    expect(on("2017-06-01")).toBe(0);
    const share = stress.filter((x) => x === 1).length / stress.length;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.1);
  });
});

describe("backwardation", () => {
  it("is the index strictly above the three-month index, unknown where either is", () => {
    const { backwardation } = stressFeatures({
      volatilityIndex: Float64Array.of(20, 25, 22, NaN, 30),
      volOfVol: null,
      threeMonth: Float64Array.of(22, 22, 22, 22, NaN),
    });
    expect([...backwardation]).toEqual([0, 1, 0, NaN, NaN]);
  });

  it("is unknown on every row without such an index", () => {
    const { backwardation } = stressFeatures({
      volatilityIndex: Float64Array.of(20, 25),
      ...NOBODY,
    });
    expect([...backwardation]).toEqual([NaN, NaN]);
  });

  it("stops on series that are not as long as the index", () => {
    const volatilityIndex = new Float64Array(3);
    const short = new Float64Array(2);
    expect(() => stressFeatures({ volatilityIndex, volOfVol: short, threeMonth: null })).toThrow(
      "invariant 21",
    );
    expect(() => stressFeatures({ volatilityIndex, volOfVol: null, threeMonth: short })).toThrow(
      "invariant 21",
    );
  });
});

import { describe, expect, it } from "vitest";
import { nextNormal, prngOf } from "../../../src/base/prng.ts";
import {
  deflationBar,
  expectedMaximum,
  LEAST_OBSERVATIONS,
  minimumDetectableSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  type SharpeSample,
  sharpeStandardError,
  sharpeTest,
} from "../../../src/research/evaluation/sharpe-probability.ts";

/** Bailey & Lopez de Prado, "The Deflated Sharpe Ratio" (2014), its numerical example. */
const PAPER: SharpeSample = {
  sharpe: 2.5 / Math.sqrt(250),
  observations: 1250,
  skew: -3,
  kurtosis: 10,
};
const TERMS = { periodsPerYear: 252, riskFree: 0 };

function returnsOf(seed: number, n: number, drift: number): Float64Array {
  const prng = prngOf(seed);
  return Float64Array.from({ length: n }, () => drift + 0.01 * nextNormal(prng));
}

describe("the probabilistic and the deflated Sharpe ratio", () => {
  it("have the figures of the papers", () => {
    const dsr = (trials: number) => probabilisticSharpe(PAPER, deflationBar(trials, 0.5 / 250));
    expect(dsr(100)).toBeCloseTo(0.90039683, 8);
    expect(dsr(46)).toBeCloseTo(0.9505017, 7);
    // "The Sharpe Ratio Efficient Frontier" (2012): two years of months.
    const months = { sharpe: 0.458, observations: 24, skew: -2.448, kurtosis: 10.164 };
    expect(probabilisticSharpe(months, 0)).toBeCloseTo(0.91336, 5);
  });

  it("fall with the trials; one trial has no bar to clear", () => {
    const bars = [1, 2, 10, 100, 1000].map((trials) => deflationBar(trials, 0.002));
    expect(bars[0]).toBe(0);
    expect(bars.every((bar, i) => i === 0 || bar > bars[i - 1])).toBe(true);
    const ratios = bars.map((bar) => probabilisticSharpe(PAPER, bar) ?? Number.NaN);
    expect(ratios.every((ratio, i) => i === 0 || ratio < ratios[i - 1])).toBe(true);
  });

  it("expect as the largest of many trials what many trials show", () => {
    const prng = prngOf(5);
    let sum = 0;
    for (let round = 0; round < 400; round++) {
      let best = Number.NEGATIVE_INFINITY;
      for (let trial = 0; trial < 50; trial++) best = Math.max(best, nextNormal(prng));
      sum += best;
    }
    // The papers' formula is an approximation, 1 % above the truth for fifty.
    expect(Math.abs(expectedMaximum(50) / (sum / 400) - 1)).toBeLessThan(0.04);
  });

  it("detect exactly at the smallest detectable ratio, and after exactly the shortest record", () => {
    const least = minimumDetectableSharpe(PAPER);
    expect(probabilisticSharpe({ ...PAPER, sharpe: least ?? 0 }, 0)).toBeCloseTo(0.95, 12);
    const record = minimumTrackRecord(PAPER, 0) ?? 0;
    expect(probabilisticSharpe({ ...PAPER, observations: record }, 0)).toBeCloseTo(0.95, 12);
    expect(minimumTrackRecord({ ...PAPER, sharpe: 0 }, 0)).toBeNull();
    expect(minimumDetectableSharpe({ observations: 4, skew: 0, kurtosis: 12 })).toBeNull();
    expect(sharpeStandardError({ ...PAPER, sharpe: 1, skew: 4, kurtosis: 3 })).toBeNull();
  });
});

describe("a run's Sharpe test", () => {
  it("says that there was one trial, and that DSR is PSR(0)", () => {
    const test = sharpeTest(returnsOf(1, 1000, 0.0005), TERMS);
    expect(test).toMatchObject({ trials: 1, deflated_bar: 0, observations: 1000 });
    expect(test.dsr).toBe(test.psr);
    expect(test.note).toContain("one trial: DSR = PSR(0)");
    const { sharpe_per_observation: sharpe, skew, kurtosis } = test;
    if (sharpe === null || skew === null || kurtosis === null) throw new Error("not evaluated");
    expect(test.psr).toBe(probabilisticSharpe({ sharpe, observations: 1000, skew, kurtosis }, 0));
    expect(Math.abs(skew)).toBeLessThan(0.2);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.4);
  });

  it("takes the risk-free rate off, and moments by hand", () => {
    const returns = Float64Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 0.03 : -0.005));
    const plain = sharpeTest(returns, TERMS);
    // Mean 0.00375; deviations 0.02625 (a quarter) and -0.00875: m2 0.0002296875, skew 2 / sqrt 3.
    expect(plain.skew).toBeCloseTo(2 / Math.sqrt(3), 12);
    expect(plain.kurtosis).toBeCloseTo(7 / 3, 12);
    const less = sharpeTest(returns, { periodsPerYear: 252, riskFree: 0.00375 * 252 });
    expect(less.sharpe_per_observation).toBeCloseTo(0, 12);
    expect(less.psr).toBeCloseTo(0.5, 12);
  });

  it("is not evaluated below thirty observations, for a flat curve, or after ruin", () => {
    const few = sharpeTest(returnsOf(2, LEAST_OBSERVATIONS - 1, 0), TERMS);
    expect(few).toMatchObject({ psr: null, dsr: null, standard_error: null });
    expect(few.undefined_because).toContain("29 daily returns, at least 30 are needed");
    expect(sharpeTest(returnsOf(2, LEAST_OBSERVATIONS, 0), TERMS).undefined_because).toBeNull();
    expect(sharpeTest(new Float64Array(50), TERMS).undefined_because).toContain("deviation");
    const ruined = returnsOf(3, 50, 0).fill(Number.NaN, 40);
    expect(sharpeTest(ruined, TERMS).undefined_because).toContain("zero or below");
  });
});

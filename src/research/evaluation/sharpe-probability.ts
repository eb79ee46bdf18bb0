/**
 * How likely a Sharpe ratio is above a bar (Bailey & Lopez de Prado, "The Sharpe Ratio Efficient
 * Frontier", 2012, and "The Deflated Sharpe Ratio", 2014). Enters: returns, or what is known of a
 * ratio; leaves: probabilistic and deflated Sharpe ratio, its standard error, the smallest ratio that
 * so many observations can tell from the bar, and how many observations this one needs. Ratios are
 * per observation unless the name says annual; kurtosis is Pearson's (normal = 3).
 *
 * Below LEAST_OBSERVATIONS nothing is evaluated, and a number that cannot be is null with a reason.
 */
import { normalCdf, normalQuantile } from "../../base/normal.ts";
import { mean, sampleDeviation } from "../../base/statistics.ts";
import type { SharpeTest } from "../../domain/sharpe-test.ts";

export type SharpeSample = {
  readonly sharpe: number;
  readonly observations: number;
  readonly skew: number;
  readonly kurtosis: number;
};

export const LEAST_OBSERVATIONS = 30;
const CONFIDENCE = 0.95;
const LEAST_DEVIATION = 1e-12;
/** Euler's constant. */
const GAMMA = 0.5772156649015329;

/** Null where skew and kurtosis leave no positive variance. */
export function sharpeStandardError(sample: SharpeSample): number | null {
  const spread = spreadOf(sample);
  return spread > 0 ? Math.sqrt(spread / (sample.observations - 1)) : null;
}

/** P(true ratio > bar). */
export function probabilisticSharpe(sample: SharpeSample, bar: number): number | null {
  const error = sharpeStandardError(sample);
  return error === null ? null : normalCdf((sample.sharpe - bar) / error);
}

/** Expected largest of so many independent standard normal trials; 0 for one. */
export function expectedMaximum(trials: number): number {
  if (trials <= 1) return 0;
  const near = normalQuantile(1 - 1 / trials);
  return (1 - GAMMA) * near + GAMMA * normalQuantile(1 - 1 / (trials * Math.E));
}

/** The ratio that the best of `trials` without skill is expected to show; `variance`: of their ratios. */
export function deflationBar(trials: number, variance: number): number {
  return Math.sqrt(variance) * expectedMaximum(trials);
}

/** Smallest ratio whose probability of being above the bar of zero reaches the confidence; null: none does. */
export function minimumDetectableSharpe(
  { observations, skew, kurtosis }: Omit<SharpeSample, "sharpe">,
  confidence = CONFIDENCE,
): number | null {
  // SR^2 = z^2 (1 - g3 SR + (g4 - 1)/4 SR^2) / (n - 1), solved for its positive root.
  const weight = normalQuantile(confidence) ** 2 / (observations - 1);
  const a = 1 - (weight * (kurtosis - 1)) / 4;
  if (!(a > 0)) return null;
  const b = weight * skew;
  return (-b + Math.sqrt(b * b + 4 * a * weight)) / (2 * a);
}

/** Observations from which this ratio, if it stays, is above the bar at the confidence; null: never. */
export function minimumTrackRecord(
  sample: SharpeSample,
  bar: number,
  confidence = CONFIDENCE,
): number | null {
  const spread = spreadOf(sample);
  if (!(sample.sharpe > bar) || !(spread > 0)) return null;
  return 1 + spread * (normalQuantile(confidence) / (sample.sharpe - bar)) ** 2;
}

type Terms = { readonly periodsPerYear: number; readonly riskFree: number };

/** A single run is one trial: nothing was chosen among others, so its bar is zero. */
export function sharpeTest(returns: Float64Array, terms: Terms): SharpeTest {
  const { periodsPerYear } = terms;
  const base = { ...ONE_TRIAL, observations: returns.length, periods_per_year: periodsPerYear };
  const because = notEvaluated(returns);
  if (because !== null) return { ...base, ...NOTHING, undefined_because: because };
  const sample = sampleOf(returns, terms.riskFree / periodsPerYear);
  const error = sharpeStandardError(sample);
  const probability = probabilisticSharpe(sample, 0);
  const detectable = minimumDetectableSharpe(sample);
  const record = minimumTrackRecord(sample, 0);
  return {
    ...base,
    sharpe_per_observation: sample.sharpe,
    skew: sample.skew,
    kurtosis: sample.kurtosis,
    standard_error: error,
    psr: probability,
    dsr: probability,
    minimum_detectable_sharpe: detectable === null ? null : detectable * Math.sqrt(periodsPerYear),
    minimum_track_record: record === null ? null : Math.ceil(record),
    undefined_because:
      error === null ? "skew and kurtosis leave the ratio no positive variance" : null,
  };
}

const ONE_TRIAL = {
  trials: 1,
  effective_trials: 1,
  trial_sharpe_variance: null,
  mean_trial_correlation: null,
  note: "one trial: DSR = PSR(0); trials before this run are not counted yet",
  deflated_bar: 0,
  confidence: CONFIDENCE,
} as const;

const NOTHING = {
  sharpe_per_observation: null,
  skew: null,
  kurtosis: null,
  standard_error: null,
  psr: null,
  dsr: null,
  minimum_detectable_sharpe: null,
  minimum_track_record: null,
} as const;

function notEvaluated(returns: Float64Array): string | null {
  if (returns.length < LEAST_OBSERVATIONS) {
    return `not evaluated: ${returns.length} daily returns, at least ${LEAST_OBSERVATIONS} are needed`;
  }
  if (returns.some(Number.isNaN)) {
    return "not evaluated: net asset value fell to zero or below, returns after it are undefined";
  }
  if (sampleDeviation(returns) < LEAST_DEVIATION) {
    return `not evaluated: standard deviation of returns below ${LEAST_DEVIATION}`;
  }
  return null;
}

/** Moments divided by n, as the papers have them; the ratio's deviation by n - 1, as the metrics have it. */
function sampleOf(returns: Float64Array, riskFree: number): SharpeSample {
  const centre = mean(returns);
  const moment = (power: number) => mean(returns.map((r) => (r - centre) ** power));
  const variance = moment(2);
  return {
    sharpe: (centre - riskFree) / sampleDeviation(returns),
    observations: returns.length,
    skew: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / (variance * variance),
  };
}

/** 1 - g3 SR + (g4 - 1)/4 SR^2: the variance of the estimate, times n - 1. */
function spreadOf({ sharpe, skew, kurtosis }: SharpeSample): number {
  return 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}

/**
 * The sleeves' shadow returns over the days looked back on. Enters: row-major rows x sleeves, NaN
 * where a sleeve has no history; leaves: how often and how widely each sleeve moved, which sleeves
 * may be judged, and the rows that all of those share. A sleeve without enough days, or that
 * hardly moved, is named with what was observed and what it would have taken.
 */
import type { ReturnRows } from "../../base/covariance.ts";

export type ShadowWindow = {
  readonly values: Float64Array;
  /** 1 where the day counts; null: every day that has a return. */
  readonly counts: Uint8Array | null;
  readonly firstRow: number;
  readonly rows: number;
  readonly sleeves: number;
};

export type Judged = {
  /** Per sleeve: why it may not be judged, null where it may. */
  readonly reasons: (string | null)[];
  readonly means: Float64Array;
  /** Sample standard deviations (ddof 1) of daily returns. */
  readonly deviations: Float64Array;
  /** Sleeves that may be judged, least volatile first. */
  readonly chosen: readonly number[];
};

/** A daily standard deviation of less than this is a sleeve that did not move but for rounding. */
const LEAST_DEVIATION = 1e-10;

export function judgeSleeves(window: ShadowWindow, minObservations: number): Judged {
  const { sleeves } = window;
  const reasons: (string | null)[] = [];
  const means = new Float64Array(sleeves);
  const deviations = new Float64Array(sleeves);
  const chosen: number[] = [];
  for (let s = 0; s < sleeves; s++) {
    const count = measure(window, s, { means, deviations });
    reasons.push(reasonOf(window, { count, minObservations, deviation: deviations[s] }));
    if (reasons[s] === null) chosen.push(s);
  }
  // The order in which a mandate lists its strategies must not decide a tree or a rounding.
  chosen.sort((a, b) => deviations[a] - deviations[b] || byReturns(window, a, b));
  return { reasons, means, deviations, chosen };
}

/** The days on which every chosen sleeve has a return, its columns in the order chosen. */
export function commonRows(window: ShadowWindow, chosen: readonly number[]): ReturnRows {
  const { values, firstRow, sleeves } = window;
  const assets = chosen.length;
  const common = new Float64Array(window.rows * assets);
  let rows = 0;
  for (let t = firstRow; t < firstRow + window.rows; t++) {
    let complete = true;
    for (let i = 0; i < assets; i++) {
      const value = values[t * sleeves + chosen[i]];
      common[rows * assets + i] = value;
      if (Number.isNaN(value)) complete = false;
    }
    if (complete) rows++;
  }
  return { values: common.subarray(0, rows * assets), rows, assets };
}

type Moments = { readonly means: Float64Array; readonly deviations: Float64Array };

/** Notes the sleeve's mean and deviation; returns how many days counted. */
function measure(window: ShadowWindow, sleeve: number, { means, deviations }: Moments): number {
  const { values, counts, firstRow, sleeves } = window;
  const end = (firstRow + window.rows) * sleeves;
  let count = 0;
  let sum = 0;
  for (let at = firstRow * sleeves + sleeve; at < end; at += sleeves) {
    if (Number.isNaN(values[at]) || counts?.[at] === 0) continue;
    count++;
    sum += values[at];
  }
  const mean = sum / count;
  let squares = 0;
  for (let at = firstRow * sleeves + sleeve; at < end; at += sleeves) {
    if (Number.isNaN(values[at]) || counts?.[at] === 0) continue;
    squares += (values[at] - mean) * (values[at] - mean);
  }
  means[sleeve] = mean;
  deviations[sleeve] = Math.sqrt(squares / (count - 1));
  return count;
}

type Observed = {
  readonly count: number;
  readonly minObservations: number;
  readonly deviation: number;
};

function reasonOf(
  { rows, counts }: ShadowWindow,
  { count, minObservations, deviation }: Observed,
): string | null {
  if (count < minObservations) {
    const what = counts === null ? "daily returns" : "days with an active forecast";
    return `${count} ${what} in the last ${rows} rows, at least ${minObservations} needed`;
  }
  if (!Number.isFinite(deviation)) return "a shadow return is not finite";
  if (deviation >= LEAST_DEVIATION) return null;
  return `its shadow returns hardly move: daily deviation ${deviation}, at least ${LEAST_DEVIATION} needed`;
}

/** Orders equally volatile sleeves by their newest differing return; equal sleeves are alike. */
function byReturns(window: ShadowWindow, a: number, b: number): number {
  const { values, firstRow, sleeves } = window;
  for (let t = firstRow + window.rows - 1; t >= firstRow; t--) {
    const difference = values[t * sleeves + a] - values[t * sleeves + b];
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return a - b;
}

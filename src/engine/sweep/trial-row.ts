/**
 * What a sweep keeps of one trial: a row of doubles. The account is in minor units, the statistics
 * are those that an audited run writes as `metrics`. NaN stands for what is null there; the reason
 * is not kept, and asking the same trial again gives it.
 */
import { METRIC_NAMES } from "../../research/evaluation/common-metrics.ts";
import type { TrialResult } from "../trial.ts";

export const TRIAL_COLUMNS = [
  "fills",
  "final_nav_minor",
  "final_cash_minor",
  "start_equity",
  "final_equity",
  ...METRIC_NAMES,
] as const;
export type TrialColumn = (typeof TRIAL_COLUMNS)[number];

/** Doubles of one trial. */
export const ROW_LENGTH = TRIAL_COLUMNS.length;

/** Writes a trial's row at its place. */
export function writeRow(
  rows: Float64Array,
  trial: number,
  { fills, finalNavMinor, finalCashMinor, metrics }: TrialResult,
): void {
  const at = trial * ROW_LENGTH;
  rows[at] = fills;
  rows[at + 1] = finalNavMinor;
  rows[at + 2] = finalCashMinor;
  rows[at + 3] = metrics.start_equity;
  rows[at + 4] = metrics.final_equity;
  rows[at + 5] = metrics.total_return ?? Number.NaN;
  rows[at + 6] = metrics.cagr ?? Number.NaN;
  rows[at + 7] = metrics.annual_volatility ?? Number.NaN;
  rows[at + 8] = metrics.sharpe ?? Number.NaN;
  rows[at + 9] = metrics.sortino ?? Number.NaN;
  rows[at + 10] = metrics.calmar ?? Number.NaN;
  rows[at + 11] = metrics.max_drawdown ?? Number.NaN;
  rows[at + 12] = metrics.trades;
  rows[at + 13] = metrics.turnover ?? Number.NaN;
  rows[at + 14] = metrics.costs;
}

/** One number of one trial. */
export function valueOf(rows: Float64Array, trial: number, column: TrialColumn): number {
  return rows[trial * ROW_LENGTH + TRIAL_COLUMNS.indexOf(column)];
}

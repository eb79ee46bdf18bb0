/**
 * How far a run's Sharpe ratio can be told from luck, for run.json: over the daily returns of the
 * evaluation window, per observation unless said otherwise. Nulls have their reason beside them.
 */
export type SharpeTest = {
  /** Evaluations that the verdict was chosen from. */
  readonly trials: number;
  readonly effective_trials: number;
  /** Of the trials' ratios; null for one trial, which has neither. */
  readonly trial_sharpe_variance: number | null;
  readonly mean_trial_correlation: number | null;
  /** What the count of trials means here. */
  readonly note: string;
  readonly observations: number;
  readonly periods_per_year: number;
  readonly sharpe_per_observation: number | null;
  readonly skew: number | null;
  /** Pearson's: 3 for a normal distribution. */
  readonly kurtosis: number | null;
  readonly standard_error: number | null;
  /** The ratio that chance alone is expected to show in the best of the trials. */
  readonly deflated_bar: number;
  /** P(true ratio > 0). */
  readonly psr: number | null;
  /** P(true ratio > deflated_bar). */
  readonly dsr: number | null;
  readonly confidence: number;
  /** Annual: the smallest ratio that so many observations tell from zero at `confidence`; null: none. */
  readonly minimum_detectable_sharpe: number | null;
  /** Observations that this ratio needs to be told from zero at `confidence`; null when it is not above zero. */
  readonly minimum_track_record: number | null;
  readonly undefined_because: string | null;
};

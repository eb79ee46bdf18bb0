/** The series a strategy's columns are computed from; null where the source has no such column. */
export type ColumnInputs = {
  readonly rows: number;
  /** Split-adjusted forward from the first row: raw x factor. */
  readonly open: Float64Array | null;
  readonly high: Float64Array | null;
  readonly low: Float64Array | null;
  readonly close: Float64Array;
  /** Raw volume / factor. */
  readonly volume: Float64Array | null;
  readonly rawOpen: Float64Array | null;
  readonly rawHigh: Float64Array | null;
  readonly rawLow: Float64Array | null;
  readonly rawClose: Float64Array;
  /** Wealth of one unit, dividends reinvested at the ex-date's close; starts at 1. */
  readonly totalReturn: Float64Array;
  /** Cumulative split factor known at each row; 1 at the first. */
  readonly splitFactor: Float64Array;
  /** Annualised roll yield of a future: what holding it earns if nothing moves; null otherwise. */
  readonly carry: Float64Array | null;
};

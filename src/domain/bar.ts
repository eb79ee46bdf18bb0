/**
 * Bars of one instrument as columns, raw prices, strictly ascending unique times. A column the
 * source does not have is null; inside a present column every required value is finite.
 */
import type { Instrument } from "./instrument.ts";

export const BAR_FIELDS = ["open", "high", "low", "close", "volume"] as const;
export type BarField = (typeof BAR_FIELDS)[number];

export type BarSeries = {
  readonly instrument: Instrument;
  /** Milliseconds since the epoch; a daily bar is stamped at 00:00Z of its session date. */
  readonly timesMs: Float64Array;
  readonly open: Float64Array | null;
  readonly high: Float64Array | null;
  readonly low: Float64Array | null;
  readonly close: Float64Array;
  readonly volume: Float64Array | null;
};

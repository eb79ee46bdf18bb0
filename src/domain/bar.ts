/**
 * Bars of one instrument as columns, raw prices, strictly ascending unique times. A column the
 * source does not have is null; inside a present column every required value is finite.
 */
import type { Instrument } from "./instrument.ts";

export const BAR_FIELDS = ["open", "high", "low", "close", "volume"] as const;
export type BarField = (typeof BAR_FIELDS)[number];

/**
 * What a series of futures knows beside its bars. Bars are of the contract that the roll calendar
 * holds in that session; where `contract` differs from the row before, the position was rolled at
 * the close of that earlier row, from its `close` to its `nextClose`.
 */
export type FuturesColumns = {
  /** Delivery month of the contract each bar is of, as the number yyyymm. */
  readonly contract: Float64Array;
  /** Its last trading day, and that of the contract that follows it: 00:00Z instants. */
  readonly expiryMs: Float64Array;
  readonly nextExpiryMs: Float64Array;
  /** Raw close of the contract that follows, in the same session. */
  readonly nextClose: Float64Array;
};

export type BarSeries = {
  readonly instrument: Instrument;
  /** Milliseconds since the epoch; a daily bar is stamped at 00:00Z of its session date. */
  readonly timesMs: Float64Array;
  readonly open: Float64Array | null;
  readonly high: Float64Array | null;
  readonly low: Float64Array | null;
  readonly close: Float64Array;
  readonly volume: Float64Array | null;
  /** Null for everything that does not expire. */
  readonly futures: FuturesColumns | null;
};

/** Rows `from` (inclusive) to `to` (exclusive), as views of the same memory. */
export function rowsOf(series: BarSeries, from: number, to: number): BarSeries {
  const cut = (column: Float64Array) => column.subarray(from, to);
  const maybe = (column: Float64Array | null) => (column === null ? null : cut(column));
  const { instrument, futures } = series;
  return {
    instrument,
    timesMs: cut(series.timesMs),
    open: maybe(series.open),
    high: maybe(series.high),
    low: maybe(series.low),
    close: cut(series.close),
    volume: maybe(series.volume),
    futures:
      futures === null
        ? null
        : {
            contract: cut(futures.contract),
            expiryMs: cut(futures.expiryMs),
            nextExpiryMs: cut(futures.nextExpiryMs),
            nextClose: cut(futures.nextClose),
          },
  };
}

/**
 * What the venue knows of the pack it replays, laid out for requests: symbols, their bars with the
 * instants at which they become known, sessions with their hours. A daily bar is known when its
 * session has closed, and never before.
 */
import { dayNumber } from "../../base/instant.ts";
import type { BarSeries } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { newYorkHours, type SessionHours } from "../../market/calendars/new-york-time.ts";

export type Listing = {
  readonly symbol: string;
  readonly series: BarSeries;
  /** Its own, ascending by ex-date. */
  readonly actions: readonly CorporateAction[];
};

export type VenueMarket = {
  /** Ascending by symbol. */
  readonly listings: ReadonlyMap<string, Listing>;
  /** Every date with a bar of any instrument, ascending. */
  readonly sessions: readonly SessionHours[];
  readonly sessionDays: Float64Array;
};

export function marketOf(
  series: readonly BarSeries[],
  actions: readonly CorporateAction[],
): VenueMarket {
  const dates = Float64Array.from(new Set(series.flatMap(({ timesMs }) => [...timesMs]))).sort();
  const sorted = [...series].sort((a, b) => (a.instrument.id < b.instrument.id ? -1 : 1));
  return {
    listings: new Map(
      sorted.map((each) => {
        const symbol = each.instrument.id;
        const own = actions.filter(({ instrument }) => instrument === symbol);
        own.sort((a, b) => a.exDateMs - b.exDateMs);
        return [symbol, { symbol, series: each, actions: own }];
      }),
    ),
    sessions: newYorkHours(dates),
    sessionDays: dates.map(dayNumber),
  };
}

/** Index of the first element that is at or after `value`. */
export function firstAtOrAfter(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first session that closes after `ms`; their number when all have closed. */
export function sessionNotClosed({ sessions }: VenueMarket, ms: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sessions[middle].closeMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last date whose bars are known at `ms`, as its 00:00Z instant; null before the first close. */
export function knownUntil(market: VenueMarket, ms: number): number | null {
  const index = sessionNotClosed(market, ms) - 1;
  return index < 0 ? null : market.sessionDays[index] * 86_400_000;
}

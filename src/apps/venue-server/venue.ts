/**
 * The venue behind the doors, as its parts know it: the exchange, its market and calendar, its stream,
 * what goes wrong, how its time runs. Times are milliseconds since the epoch, UTC.
 */
import { DAY_MS } from "../../base/instant.ts";
import { newYorkInstant } from "../../market/calendars/new-york-time.ts";
import type { Exchange } from "../../venue/exchange/state.ts";
import type { ActLog } from "./act-log.ts";
import type { VenueCalendar } from "./calendar.ts";
import type { FaultDesk } from "../../venue/fault-desk.ts";
import type { FrameDoor } from "./frames.ts";
import type { VenueMarket } from "./market.ts";
import type { Pace } from "./pace.ts";
import type { TradeStream } from "./trade-stream.ts";

/** How far the venue's clock is off. */
export type Delays = { skewMs: number };

export type Venue = {
  readonly exchange: Exchange;
  readonly market: VenueMarket;
  readonly calendar: VenueCalendar;
  readonly stream: TradeStream;
  readonly frames: FrameDoor;
  readonly desk: FaultDesk;
  readonly delays: Delays;
  readonly pace: Pace;
  /** Null: nothing is kept. */
  readonly log: ActLog | null;
  readonly wallMs: () => number;
};

/** The last instant the venue can reach: New York's midnight after the last session. */
export function lastInstantOf({ sessionDays }: VenueMarket): number {
  return newYorkInstant((sessionDays[sessionDays.length - 1] + 1) * DAY_MS, 0);
}

export function nowMs({ exchange }: Venue): number {
  return exchange.state.nowMs;
}

/** What its clock says, which may be wrong. */
export function toldMs(venue: Venue): number {
  return nowMs(venue) + venue.delays.skewMs;
}

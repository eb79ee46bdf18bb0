/**
 * The one door to a venue: simulated, dry-run, paper or live. Every adapter passes the same numbered
 * cards (test/contract/broker-cards.ts). Reads throw BrokerUnavailable when no answer came; they may be
 * retried. Placing is never retried by an adapter: an outcome that is not known is said to be unknown, and
 * the caller looks the order up by its client id before anything else.
 */
import type { Json } from "../base/canonical-json.ts";
import type { Approved } from "../domain/order.ts";
import type {
  AveragingMethod,
  BrokerOrder,
  VenueActivity,
  VenueEvent,
  VenueOrder,
  VenueSnapshot,
} from "../domain/venue-report.ts";

/** No answer, or none that could be read: nothing may be concluded from it. */
export class BrokerUnavailable extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = "BrokerUnavailable";
  }
}

/** The venue answered that these credentials may not do this. */
export class BrokerRefused extends Error {
  /** As the venue numbers it, or the HTTP status. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = "BrokerRefused";
    this.code = code;
  }
}

export type PlaceOutcome =
  | { readonly kind: "acknowledged"; readonly order: VenueOrder }
  | {
      readonly kind: "rejected";
      /** As the venue numbers it. */
      readonly code: string;
      readonly message: string;
      readonly raw: Json;
    }
  | { readonly kind: "unknown"; readonly reason: string };

export type CancelOutcome =
  | { readonly kind: "requested" }
  /** It has ended, or the venue does not know it. */
  | { readonly kind: "not_cancelable"; readonly message: string }
  | { readonly kind: "unknown"; readonly reason: string };

export type VenueClock = {
  /** Milliseconds since the epoch, by the venue. */
  readonly nowMs: number;
  readonly isOpen: boolean;
  readonly nextOpenMs: number;
  readonly nextCloseMs: number;
};

/** One session of the venue's calendar; times in milliseconds since the epoch, UTC. */
export type VenueSession = {
  /** YYYY-MM-DD, the venue's own date. */
  readonly date: string;
  readonly openMs: number;
  readonly closeMs: number;
};

export type ActivityPage = {
  /** In the order in which the venue booked them. */
  readonly activities: readonly VenueActivity[];
  /** Where the next call goes on; the same as before when nothing new came. */
  readonly cursor: string | null;
};

export type BrokerStream = { readonly close: () => Promise<void> };

export type Broker = {
  /** "alpaca", "simulated", "dry-run". */
  readonly name: string;
  readonly averaging: AveragingMethod;
  /** Proves the credentials and says whose account it is. Throws BrokerRefused or BrokerUnavailable. */
  readonly account: () => Promise<{ readonly accountId: string; readonly currency: string }>;
  readonly clock: () => Promise<VenueClock>;
  /** Sessions from one date to another, both inclusive, ascending. */
  readonly sessions: (fromDate: string, toDate: string) => Promise<readonly VenueSession[]>;
  readonly place: (order: Approved<BrokerOrder>) => Promise<PlaceOutcome>;
  readonly cancel: (venueOrderId: string) => Promise<CancelOutcome>;
  /** Null: the venue answered that it knows no such order. */
  readonly orderByClientId: (clientOrderId: string) => Promise<VenueOrder | null>;
  readonly snapshot: () => Promise<VenueSnapshot>;
  /** Null: from the account's beginning. May repeat the last ones before the cursor; never skips. */
  readonly activitiesSince: (cursor: string | null) => Promise<ActivityPage>;
  /** Resolves when the stream listens; reconnects by itself and says so with events. */
  readonly stream: (listener: (event: VenueEvent) => void) => Promise<BrokerStream>;
  readonly close: () => Promise<void>;
};

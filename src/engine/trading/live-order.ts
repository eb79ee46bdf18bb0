/**
 * An order of ours on its way through a venue: the kernel's order, the ids both sides know it by, and what
 * the venue has said of it. Kept in the trading state, so that a restart knows what it has at work.
 */
import type { Approved, Order } from "../../domain/order.ts";

/** created: journalled and not known to be at the venue; working: acknowledged; unknown: to be looked up. */
export type LiveState =
  | "created"
  | "unknown"
  | "working"
  | "filled"
  | "cancelled"
  | "expired"
  | "rejected";

export type LiveOrder = {
  readonly id: string;
  /** The kernel's own: its lots are what is left to trade. */
  readonly order: Approved<Order>;
  readonly instrument: string;
  /** Signed, as journalled. */
  readonly lots: number;
  venueOrderId: string | null;
  state: LiveState;
  /** Unsigned lots filled so far. */
  filledLots: number;
  cancelRequested: boolean;
  /** Ordered by a person, who may close what a pause holds. */
  evenPaused: boolean;
  /** The raw price it was decided at: what fills are compared with. */
  readonly decidedPrice: number;
};

/** The venue may still do something about it. */
export function isOpenAtVenue({ state }: LiveOrder): boolean {
  return state === "created" || state === "unknown" || state === "working";
}

/** What waits in the book at a price of its own may stay there for days. */
export function endsWithSession({ order }: Pick<LiveOrder, "order">): boolean {
  return order.timeInForce !== "gtc" || order.price === null;
}

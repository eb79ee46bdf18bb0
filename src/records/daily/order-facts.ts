/**
 * What became of each order on one day, from the journal's facts alone: a venue's word stands above
 * the pipeline's. Lots are signed; a split that re-sized a working order is followed.
 */
import type { OpenedOrder } from "../../domain/journal-entry.ts";
import type { AccountEntry, AccountPayload, VenueOrderEnd } from "../../domain/trading-entry.ts";
import type { CarriedOrder } from "./daily-input.ts";

export type OrderFacts = {
  readonly order: OpenedOrder;
  /** Journalled today; else it was at work when the day began. */
  readonly today: boolean;
  readonly venueOrderId: string | null;
  readonly lots: number;
  readonly price: number | null;
  readonly filledLots: number;
  readonly filledToday: number;
  readonly unknown: boolean;
  readonly rejected: boolean;
  /** Why it was refused or given up: "40310000 insufficient buying power". */
  readonly refusal: string | null;
  readonly end: string | null;
};

export type OrderBook = ReadonlyMap<string, OrderFacts>;

/** In the order in which they came into being, those of earlier days first. */
export function foldOrders(
  entries: readonly AccountEntry[],
  carried: readonly CarriedOrder[],
): OrderBook {
  const book = new Map<string, OrderFacts>();
  for (const { order, venueOrderId, filledLots } of carried) {
    book.set(order.order_id, { ...opened(order, false), venueOrderId, filledLots });
  }
  for (const { payload } of entries) {
    if (payload.kind === "order") book.set(payload.order_id, opened(payload, true));
    else if (payload.kind === "split") resize(book, payload);
    else noteFact(book, payload);
  }
  return book;
}

/** One of: created, acknowledged, unknown, partially_filled, filled, cancelled, rejected, expired. */
export function stateOf(facts: OrderFacts): string {
  if (facts.filledLots !== 0 && Math.abs(facts.filledLots) >= Math.abs(facts.lots)) return "filled";
  if (facts.rejected) return "rejected";
  if (facts.end !== null) return STATE_OF_END[facts.end] ?? facts.end;
  if (facts.filledLots !== 0) return "partially_filled";
  if (facts.venueOrderId !== null) return "acknowledged";
  return facts.unknown ? "unknown" : "created";
}

/** True while it may still fill. */
export function isAtWork(facts: OrderFacts): boolean {
  return ["created", "acknowledged", "unknown", "partially_filled"].includes(stateOf(facts));
}

const STATE_OF_END: { readonly [end: string]: string } = {
  // The order that took its place stands in the list itself.
  replaced: "cancelled",
  non_positive_price: "expired",
};

function opened(order: OpenedOrder, today: boolean): OrderFacts {
  const { lots, price } = order;
  return {
    order,
    today,
    venueOrderId: null,
    lots,
    price,
    filledLots: 0,
    filledToday: 0,
    unknown: false,
    rejected: false,
    refusal: null,
    end: null,
  };
}

type Book = Map<string, OrderFacts>;

/** A split names what is left of an order; what was filled before counts in the new lots too. */
function resize(book: Book, split: AccountPayload & { readonly kind: "split" }): void {
  for (const { order_id, lots: rest, price } of split.orders) {
    const facts = book.get(order_id);
    if (facts === undefined) continue;
    const filledLots = facts.filledLots * split.ratio;
    book.set(order_id, { ...facts, filledLots, lots: filledLots + rest, price });
  }
}

function noteFact(book: Book, payload: AccountPayload): void {
  switch (payload.kind) {
    case "order_acknowledged":
      return change(book, payload.order_id, {
        venueOrderId: payload.venue_order_id,
        unknown: false,
      });
    case "order_unknown":
      return change(book, payload.order_id, { unknown: true });
    case "order_refused":
      return change(book, payload.order_id, {
        rejected: true,
        refusal: `${payload.code} ${payload.message}`,
      });
    case "order_withdrawn":
      return change(book, payload.order_id, { end: "cancelled", refusal: payload.reason });
    case "venue_fill":
      return change(book, payload.order_id, { venueOrderId: payload.venue_order_id });
    case "venue_order_ended":
      return change(book, payload.order_id, venueEnd(payload));
    case "fill":
      return addFill(book, payload);
    case "order_ended":
      // Keeps what the venue called it, where the venue has said so before.
      if (book.get(payload.order_id)?.end !== null) return undefined;
      return change(book, payload.order_id, { end: payload.end });
    default:
      return undefined;
  }
}

function venueEnd(payload: { venue_order_id: string; end: VenueOrderEnd }): Partial<OrderFacts> {
  const { venue_order_id: venueOrderId, end } = payload;
  if (end !== "rejected") return { venueOrderId, end };
  return { venueOrderId, end, rejected: true, refusal: "rejected after it was accepted" };
}

function addFill(book: Book, fill: { readonly order_id: string; readonly lots: number }): void {
  const facts = book.get(fill.order_id);
  if (facts === undefined) return;
  const filledLots = facts.filledLots + fill.lots;
  const filledToday = facts.filledToday + fill.lots;
  book.set(fill.order_id, { ...facts, filledLots, filledToday });
}

/** Facts of an order that nobody handed over are told by the caller, who compares the two lists. */
function change(book: Book, orderId: string, news: Partial<OrderFacts>): void {
  const facts = book.get(orderId);
  if (facts !== undefined) book.set(orderId, { ...facts, ...news });
}

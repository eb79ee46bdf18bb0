/**
 * What a fact of the venue does to the book: a fill is booked, an order ends, cash moves. Only the venue
 * posts cash or quantity here; the pack's dividends and splits are expectations (spec execution, 4).
 */
import { invariant } from "../../base/assert.ts";
import { decimalOf, parseDecimal } from "../../base/decimal.ts";
import { notionalMinor } from "../../base/money.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Order } from "../../domain/order.ts";
import type { AccountPayload } from "../../domain/trading-entry.ts";
import type { DecimalText } from "../../domain/venue-report.ts";
import { bookStray, bookTrade, endOrder, fits, type Trade } from "../book-fill.ts";
import { applySplit } from "../carry-events.ts";
import { flattenAll } from "../flatten.ts";
import type { Kernel } from "../state.ts";
import { sleevesOf } from "../sleeves/share-fill.ts";
import type { Fact } from "./account.ts";
import type { OpenDay } from "./open-day.ts";
import type { LiveOrder } from "./live-order.ts";

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

export function bookFact(day: OpenDay, fact: Fact): void {
  const { kernel } = day;
  switch (fact.kind) {
    case "order_acknowledged": {
      const live = liveOrder(day, fact.order_id);
      live.venueOrderId = fact.venue_order_id;
      if (live.state === "created" || live.state === "unknown") live.state = "working";
      return;
    }
    case "order_unknown":
      liveOrder(day, fact.order_id).state = "unknown";
      return;
    case "cancel_requested":
      liveOrder(day, fact.order_id).cancelRequested = true;
      return;
    case "order_refused": {
      const live = liveOrder(day, fact.order_id);
      live.state = "rejected";
      refuse(kernel, live.order, fact.code);
      return;
    }
    case "order_withdrawn": {
      const live = liveOrder(day, fact.order_id);
      live.state = "cancelled";
      if (live.order.working) endOrder(kernel, live.order, "cancelled");
      return;
    }
    case "venue_fill":
      bookFill(day, fact);
      return;
    case "venue_order_ended":
      endAtVenue(day, fact);
      return;
    case "venue_cash":
      bookCash(kernel, fact);
      return;
    case "venue_split":
      bookSplit(kernel, fact);
      return;
    case "position_adopted":
      adopt(kernel, fact);
      return;
    case "flatten_ordered":
      orderFlat(day);
      return;
    default:
      return;
  }
}

function orderFlat({ kernel, state }: OpenDay): void {
  flattenAll(kernel);
  // A breaker's that is still at work, or waits, is the person's from now on.
  for (const live of state.orders.values()) {
    if (live.order.purpose === "flatten" && live.order.working) live.evenPaused = true;
  }
}

export function liveOrder({ state }: OpenDay, id: string): LiveOrder {
  const live = state.orders.get(id);
  invariant(live !== undefined, 10, `order ${id} was never journalled as ours`);
  return live;
}

/** Signed whole lots of a positive quantity; null where it is not a whole number of them. */
export function lotsOfQty(qty: DecimalText, lot: number): number | null {
  const units = parseDecimal(qty);
  if (units === null) return null;
  const size = decimalOf(lot);
  const top = units.coefficient * 10n ** BigInt(size.scale);
  const bottom = size.coefficient * 10n ** BigInt(units.scale);
  return top % bottom === 0n ? Number(top / bottom) : null;
}

/** Whether a fill is what its order is for; one that is not is booked all the same, and looked into. */
export function isExpected(day: OpenDay, fact: Of<"venue_fill">): boolean {
  const { order } = liveOrder(day, fact.order_id);
  const lots = lotsOfQty(fact.qty, day.kernel.world.instruments[order.instrument].lot);
  if (lots === null || !order.working || lots > order.lots) return false;
  return fits(order, lots, day.kernel.state.lots[order.instrument]);
}

function bookFill(day: OpenDay, fact: Of<"venue_fill">): void {
  const { kernel } = day;
  const live = liveOrder(day, fact.order_id);
  const { order } = live;
  const i = order.instrument;
  const lots = lotsOfQty(fact.qty, kernel.world.instruments[i].lot);
  invariant(
    lots !== null,
    11,
    `a fill of ${fact.qty} ${fact.instrument} is no whole number of lots`,
  );
  const trade = tradeOf(kernel, i, {
    lots: order.side * lots,
    price: Number(fact.price),
    referencePrice: live.decidedPrice,
  });
  const expected = isExpected(day, fact);
  live.filledLots += lots;
  live.venueOrderId = fact.venue_order_id;
  if (live.filledLots >= Math.abs(live.lots)) live.state = "filled";
  else if (live.state === "created" || live.state === "unknown") live.state = "working";
  if (expected) bookTrade(kernel, order, trade);
  else bookStray(kernel, order, trade);
}

/** Fees come as activities of their own: nothing is charged here that the venue has not posted. */
function tradeOf({ world }: Kernel, i: number, fill: Omit<Trade, "money">): Trade {
  const notional = notionalMinor(fill.lots, fill.price, world.scales[i]);
  const atDecision = notionalMinor(fill.lots, fill.referencePrice, world.scales[i]);
  const money = { notionalMinor: notional, feeMinor: 0, slippageMinor: notional - atDecision };
  return { ...fill, money };
}

function endAtVenue(day: OpenDay, fact: Of<"venue_order_ended">): void {
  const live = liveOrder(day, fact.order_id);
  live.venueOrderId = fact.venue_order_id;
  live.state = fact.end === "replaced" ? "cancelled" : fact.end;
  if (!live.order.working) return;
  if (fact.end === "rejected") refuse(day.kernel, live.order, "rejected_after_acceptance");
  else endOrder(day.kernel, live.order, fact.end);
}

/** The venue's refusal is the end of every signal that the order serves. */
function refuse(k: Kernel, order: Order, code: string): void {
  for (const ordinal of order.signals) {
    k.state.openSignals.get(ordinal)?.refusals.push({
      state: "REJECTED_BY_BROKER",
      by: "broker",
      rule: code,
      observed: null,
      limit: null,
      unit: "order",
    });
  }
  endOrder(k, order, "rejected");
}

/** A deposit or a withdrawal is no profit: what losses are measured from moves with it. */
function bookCash(k: Kernel, { amount_minor: amount, cause, currency }: Of<"venue_cash">): void {
  const { state, world } = k;
  const c = world.currencies.findIndex(({ code }) => code === currency);
  invariant(c >= 0, 11, `the account has no books in ${currency}`);
  state.cash[c] += amount;
  if (c === 0) {
    state.cashMinor += amount;
    state.navMinor += amount;
  }
  if (cause === "fee") state.costs.fees -= amount;
  if (cause === "interest") state.costs.financing -= amount;
  const { layers } = state;
  if (cause !== "transfer" || layers === null || c !== 0) return;
  layers.highWaterMinor += amount;
  layers.breaker.highWaterMinor += amount;
  layers.breaker.dayStartMinor += amount;
  layers.breaker.lastNavMinor += amount;
}

function bookSplit(k: Kernel, fact: Of<"venue_split">): void {
  const i = k.world.indexOf.get(fact.instrument);
  // What is not traded here is not sized here either.
  if (i === undefined) return;
  applySplit(k, i, fact.ratio, "venue");
}

/** What was there before belongs to the first strategy of its instrument; the next decision sizes it. */
function adopt(k: Kernel, fact: Of<"position_adopted">): void {
  const { state, world } = k;
  const i = world.indexOf.get(fact.instrument);
  invariant(i !== undefined, 11, `nothing here trades ${fact.instrument}`);
  state.lots[i] += fact.lots;
  const [owner] = sleevesOf(k, i);
  if (state.sleeves !== null && owner !== undefined) {
    state.sleeves.microLots[owner] += fact.lots * MICRO_LOTS;
  }
}

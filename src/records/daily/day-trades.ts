/**
 * The day's orders and fills as the document lists them: the venue's execution ids beside the money
 * the pipeline booked. The n-th execution the venue reported of an order is the n-th fill booked for
 * it; one without the other breaks invariant 11.
 */
import { invariant } from "../../base/assert.ts";
import { minorText } from "../../base/figures.ts";
import type { DailyFill, DailyOrder } from "../../domain/daily-document.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { DailyInput } from "./daily-input.ts";
import { type OrderBook, type OrderFacts, stateOf } from "./order-facts.ts";
import type { DaySignal } from "./signal-ends.ts";

type Booked = AccountPayload & { readonly kind: "fill" };
type Reported = AccountPayload & { readonly kind: "venue_fill" };

export function dailyOrders(book: OrderBook): DailyOrder[] {
  return [...book.values()].map(dailyOrder);
}

function dailyOrder(facts: OrderFacts): DailyOrder {
  const { order, venueOrderId, lots, price, filledLots, refusal } = facts;
  return {
    order_id: order.order_id,
    venue_order_id: venueOrderId,
    instrument: order.instrument,
    purpose: order.purpose,
    type: order.type,
    lots,
    price: price === null ? null : String(price),
    state: stateOf(facts),
    filled_lots: filledLots,
    refusal,
  };
}

type Surroundings = {
  readonly input: DailyInput;
  readonly book: OrderBook;
  readonly signals: readonly DaySignal[];
};

/** `strangers`: sentences on fills of orders that stand in no record handed over. */
export function dailyFills(
  entries: readonly AccountEntry[],
  { input, book, signals }: Surroundings,
): { readonly fills: readonly DailyFill[]; readonly strangers: readonly string[] } {
  const booked = new Map<string, Booked[]>();
  const reported: Reported[] = [];
  for (const { payload } of entries) {
    if (payload.kind === "venue_fill") reported.push(payload);
    if (payload.kind === "fill") listOf(booked, payload.order_id).push(payload);
  }
  const prices = decisionPrices(signals);
  const fills = reported.map((fill): DailyFill => {
    const money = listOf(booked, fill.order_id).shift();
    invariant(money !== undefined, 11, `execution ${fill.execution_id} is booked by no entry`);
    const served = book.get(fill.order_id)?.order.signal_ids ?? [];
    const price = served.map((id) => prices.get(id)).find((one) => one !== undefined);
    return {
      order_id: fill.order_id,
      venue_order_id: fill.venue_order_id,
      execution_id: fill.execution_id,
      instrument: fill.instrument,
      lots: money.lots,
      price: fill.price,
      notional: minorText(money.notional_minor, input.currencyDigits),
      fee: minorText(money.fee_minor, input.currencyDigits),
      decision_price: price === undefined ? null : String(price),
      executed_at: fill.executed_at,
      source: fill.source,
    };
  });
  for (const [orderId, rest] of booked) {
    invariant(
      rest.length === 0,
      11,
      `a fill of order ${orderId} is booked and no venue reported it`,
    );
  }
  const strangers = reported
    .filter((fill) => !book.has(fill.order_id))
    .map(
      (fill) =>
        `order ${fill.order_id} of execution ${fill.execution_id}: it was neither made today nor at work when the day began`,
    );
  return { fills, strangers };
}

function listOf(lists: Map<string, Booked[]>, key: string): Booked[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Signal id -> raw price it was sized at. */
function decisionPrices(signals: readonly DaySignal[]): ReadonlyMap<string, number> {
  return new Map(signals.map(({ signal }) => [signal.signal_id, signal.price]));
}

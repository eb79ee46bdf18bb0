/**
 * Orders between Assay's words and Alpaca's, and the two commands. Enters: approved orders, Alpaca's order
 * objects; leaves: outcomes. An order is sent once. What is not a definite answer (no answer, 429, 5xx, 408,
 * a body that is not Alpaca's) is unknown, and whoever asked looks it up by its client id.
 * Sources: OpenAPI 2026-08 (orders, statuses), Alpaca's list of error codes.
 */
import type { Json } from "../../../base/canonical-json.ts";
import type { Approved } from "../../../domain/order.ts";
import type {
  BrokerOrder,
  TradeSide,
  VenueOrder,
  VenueOrderStatus,
} from "../../../domain/venue-report.ts";
import type { CancelOutcome, PlaceOutcome } from "../../../ports/broker.ts";
import {
  type Body,
  UnreadableBody,
  asBody,
  decimalOf,
  optionalDecimal,
  optionalText,
  parseBody,
  textOf,
  wordOf,
} from "./body.ts";
import { type AlpacaClient, type Outcome, readable } from "./client.ts";
import { type Answer, hostOf, refusedBy, unanswered, unusable } from "./errors.ts";
import { utcOf } from "./instants.ts";

/** "client_order_id must be unique", and some other faults of validation. */
const NOT_UNIQUE = "40010001";

/** Everything that may still fill is one thing to us; whether some has is told by the filled quantity. */
const STATUSES: ReadonlyMap<string, VenueOrderStatus> = new Map([
  ["new", "working"],
  ["accepted", "working"],
  ["pending_new", "working"],
  ["accepted_for_bidding", "working"],
  ["stopped", "working"],
  ["suspended", "working"],
  ["calculated", "working"],
  ["held", "working"],
  ["pending_cancel", "working"],
  ["pending_replace", "working"],
  ["partially_filled", "working"],
  // No more today, but it has not ended: a day order expires or is filled at the end of the day.
  ["done_for_day", "working"],
  ["filled", "filled"],
  ["canceled", "cancelled"],
  ["expired", "expired"],
  ["rejected", "rejected"],
  ["replaced", "replaced"],
]);

/** An activity calls the sale that opens a short position by its own name. */
export const SIDES: ReadonlyMap<string, TradeSide> = new Map([
  ["buy", "buy"],
  ["sell", "sell"],
  ["sell_short", "sell"],
]);

export function orderOf(value: Json): VenueOrder {
  const body = asBody(value, "an order");
  const venueOrderId = textOf(body, "id");
  if (optionalText(body, "order_class") === "mleg") {
    throw new UnreadableBody(`order ${venueOrderId} has several legs, which are not traded here`);
  }
  const filledQty = decimalOf(body, "filled_qty");
  const status = wordOf(body, "status", STATUSES);
  return {
    venueOrderId,
    clientOrderId: optionalText(body, "client_order_id"),
    symbol: textOf(body, "symbol"),
    side: wordOf(body, "side", SIDES),
    // An order for an amount of money names no quantity: what it filled is all that is known of it.
    qty: optionalDecimal(body, "qty") ?? filledQty,
    filledQty,
    status: status === "working" && Number(filledQty) > 0 ? "partially_filled" : status,
    submittedAt: utcOf(optionalText(body, "submitted_at") ?? textOf(body, "created_at")),
    raw: body,
  };
}

/** Sends it once, whatever comes of it. */
export async function placeOrder(
  client: AlpacaClient,
  order: Approved<BrokerOrder>,
): Promise<PlaceOutcome> {
  const outcome = await client.ask(({ trading }) =>
    trading.orders.postOrderRaw({
      postOrderRequest: {
        clientOrderId: order.clientOrderId,
        symbol: order.symbol,
        side: order.side,
        qty: order.qty,
        type: order.type,
        timeInForce: order.timeInForce,
        ...(order.limitPrice === null ? {} : { limitPrice: order.limitPrice }),
        ...(order.stopPrice === null ? {} : { stopPrice: order.stopPrice }),
      },
    }),
  );
  switch (outcome.kind) {
    case "silent":
      return { kind: "unknown", reason: outcome.reason };
    case "body":
      return acknowledged(outcome.text, order.clientOrderId);
    case "answer":
      return answered(client, outcome.answer, order.clientOrderId);
  }
}

/** A success that cannot be read, or is about another order, says nothing about this one. */
function acknowledged(text: string, clientOrderId: string): PlaceOutcome {
  try {
    const order = orderOf(parseBody(text));
    if (order.clientOrderId === clientOrderId) return { kind: "acknowledged", order };
    return { kind: "unknown", reason: `the answer is about order ${order.clientOrderId}` };
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    return { kind: "unknown", reason: `the answer cannot be read: ${error.message}` };
  }
}

async function answered(
  client: AlpacaClient,
  answer: Answer,
  clientOrderId: string,
): Promise<PlaceOutcome> {
  const { code, message, raw } = answer;
  if (code === null || !isDefinite(answer)) {
    return { kind: "unknown", reason: `HTTP ${answer.status}, "${message}"` };
  }
  if (code === NOT_UNIQUE) {
    const existing = await lookUp(client, clientOrderId);
    if (existing !== null) return existing;
    // The number also stands for other faults of validation; only this one contradicts itself.
    if (/client.?order.?id/i.test(message)) {
      return { kind: "unknown", reason: `"${message}", and no order is known by this id` };
    }
  }
  if (answer.status === 401) {
    return { kind: "rejected", code, message: refusedBy(client.place, answer).message, raw };
  }
  return { kind: "rejected", code, message, raw };
}

/** The venue has judged the order: it is not there, and will not be. */
function isDefinite({ status }: Answer): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
}

/**
 * An order whose id is used already exists: sent before, and its acknowledgement lost. Null: the venue
 * knows no such order.
 */
async function lookUp(client: AlpacaClient, clientOrderId: string): Promise<PlaceOutcome | null> {
  const outcome = await askByClientId(client, clientOrderId);
  if (outcome.kind === "body") return acknowledged(outcome.text, clientOrderId);
  if (outcome.kind === "silent") return { kind: "unknown", reason: outcome.reason };
  const { answer } = outcome;
  if (isUnknownOrder(answer)) return null;
  return { kind: "unknown", reason: `HTTP ${answer.status}, "${answer.message}"` };
}

/** Null: the venue says in its own words that it has no such order; a proxy's 404 does not. */
export async function orderByClientId(
  client: AlpacaClient,
  clientOrderId: string,
): Promise<VenueOrder | null> {
  const what = `order ${clientOrderId}`;
  const outcome = await askByClientId(client, clientOrderId);
  switch (outcome.kind) {
    case "silent":
      throw unanswered(client.place, what, outcome.reason);
    case "body":
      return readable(client.place, what, () => orderOf(parseBody(outcome.text)));
    case "answer": {
      const { answer } = outcome;
      if (isUnknownOrder(answer)) return null;
      if (answer.status === 401 || answer.status === 403) throw refusedBy(client.place, answer);
      throw unusable(client.place, what, answer);
    }
  }
}

function askByClientId(client: AlpacaClient, clientOrderId: string): Promise<Outcome> {
  return client.ask(({ trading }) => trading.orders.getOrderByClientOrderIdRaw({ clientOrderId }));
}

function isUnknownOrder({ status, code }: Answer): boolean {
  return status === 404 && code !== null;
}

/** 204 says that it was asked for, not that it was done: the order's end comes by stream or by looking. */
export async function cancelOrder(client: AlpacaClient, orderId: string): Promise<CancelOutcome> {
  const outcome = await client.ask(({ trading }) =>
    trading.orders.deleteOrderByOrderIDRaw({ orderId }),
  );
  switch (outcome.kind) {
    case "body":
      return { kind: "requested" };
    case "silent":
      return { kind: "unknown", reason: outcome.reason };
    case "answer": {
      const { answer } = outcome;
      const { status, code, message } = answer;
      if (status === 401 || status === 403) throw refusedBy(client.place, answer);
      if (code !== null && (status === 404 || status === 422)) {
        return { kind: "not_cancelable", message };
      }
      return { kind: "unknown", reason: `HTTP ${status} of ${hostOf(client.place)}, "${message}"` };
    }
  }
}

const MOST_ORDERS = 500;

/** Every order that may still fill, oldest first. */
export async function openOrders(client: AlpacaClient): Promise<readonly VenueOrder[]> {
  const all = new Map<string, VenueOrder>();
  let beforeOrderId: string | undefined;
  for (;;) {
    const page = await client.read(
      "open orders",
      ({ trading }) =>
        trading.orders.getAllOrdersRaw({
          status: "open",
          limit: MOST_ORDERS,
          direction: "desc",
          ...(beforeOrderId === undefined ? {} : { beforeOrderId }),
        }),
      ordersOf,
    );
    for (const order of page) all.set(order.venueOrderId, order);
    if (page.length < MOST_ORDERS) return [...all.values()].reverse();
    beforeOrderId = page.at(-1)?.venueOrderId;
  }
}

function ordersOf(value: Json): readonly VenueOrder[] {
  if (!Array.isArray(value)) throw new UnreadableBody("the orders are not a list");
  return (value as readonly Body[]).map(orderOf);
}

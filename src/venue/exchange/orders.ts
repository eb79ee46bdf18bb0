/**
 * The orders of an exchange: taken, replaced, cancelled, looked up. Whatever is taken works from then
 * on and tells of itself by events; whatever is refused leaves no trace. Looking up returns the
 * exchange's own record: read it, do not keep it.
 */
import { type Result, err, ok } from "../../base/result.ts";
import { DAY_MS } from "../../base/instant.ts";
import { uuidOf } from "./ids.ts";
import { dropEnded, endOrder, isEnded, tell } from "./order-life.ts";
import { notFound, type OrderRequest, unprocessable, type VenueRefusal } from "./requests.ts";
import { isOpen } from "./sessions.ts";
import type { Exchange, ExchangeOrder } from "./state.ts";
import { admit, type Admitted, type ParsedLegs } from "./validation.ts";

export function submitOrder(
  x: Exchange,
  request: OrderRequest,
): Result<ExchangeOrder, VenueRefusal> {
  const admitted = admit(x, request);
  if (!admitted.ok) return admitted;
  const order = newOrder(x, withBuyStopLimit(x, admitted.value));
  const { legs } = admitted.value;
  keep(x, order);
  if (legs !== null) order.legIds = legsOf(x, order, legs).map(({ id }) => id);
  tell(x, order, order.status === "new" ? "new" : "accepted");
  if (order.timeInForce === "ioc" && order.status === "new") {
    // Between its auctions this exchange has no price to fill at.
    endOrder(x, order, "canceled", "no_price_now");
    dropEnded(x);
  }
  return ok(order);
}

/** Puts an order into the book; whoever calls has judged it. */
export function keep(x: Exchange, order: ExchangeOrder): void {
  x.state.orders.push(order);
  x.orderById.set(order.id, order);
  x.orderByClientId.set(order.clientOrderId, order);
  if (!isEnded(order)) x.working.push(order);
}

type NewOrder = Omit<Admitted, "legs"> &
  Partial<Pick<ExchangeOrder, "parentId" | "replaces" | "status">> & {
    readonly legs?: ParsedLegs | null;
  };

export function newOrder(x: Exchange, terms: NewOrder): ExchangeOrder {
  const { nowMs } = x.state;
  const { gtcDays } = x.options.rules;
  const legs = terms.legs ?? null;
  const isBracket = legs !== null && legs.takeProfit !== null && legs.stopLoss !== null;
  return {
    id: uuidOf(x.options.seed, "order", ++x.state.counts.orders),
    clientOrderId: terms.clientOrderId,
    symbol: terms.symbol,
    side: terms.side,
    type: terms.type,
    timeInForce: terms.timeInForce,
    orderClass: legs === null ? "simple" : isBracket ? "bracket" : "oto",
    intent: terms.intent,
    parentId: terms.parentId ?? null,
    legIds: [],
    qtyNano: terms.qtyNano,
    filledNano: 0n,
    filledValue: { coefficient: 0n, scale: 0 },
    limitPrice: terms.limitPrice,
    stopPrice: terms.stopPrice,
    isTriggered: false,
    status: terms.status ?? (tradesNow(x, terms.symbol) ? "new" : "accepted"),
    reason: null,
    submittedMs: nowMs,
    activeMs: nowMs,
    updatedMs: nowMs,
    filledMs: null,
    canceledMs: null,
    expiredMs: null,
    replacedMs: null,
    expiresMs: terms.timeInForce === "gtc" && gtcDays !== null ? nowMs + gtcDays * DAY_MS : null,
    replaces: terms.replaces ?? null,
    replacedBy: null,
    feeMinor: 0,
    notionalMinor: 0,
    isStuck: false,
    partialShare: null,
  };
}

/** The exchange is open and the instrument has a bar today. */
function tradesNow(x: Exchange, symbol: string): boolean {
  const i = x.market.indexOf.get(symbol) as number;
  return isOpen(x) && x.market.rowAt[i][x.state.session] >= 0;
}

const CHEAP = 50;
const CHEAP_MARGIN = 1.04;
const MARGIN = 1.025;

function withBuyStopLimit(x: Exchange, order: Admitted): Admitted {
  const stop = order.stopPrice;
  if (!x.options.rules.buyStopLimit || order.side !== "buy") return order;
  if (order.type !== "stop" || stop === null) return order;
  const limit = stop * (stop < CHEAP ? CHEAP_MARGIN : MARGIN);
  return { ...order, type: "stop_limit", limitPrice: Math.round(limit * 100) / 100 };
}

/** Held until the entry has filled; then each ends the other. */
function legsOf(x: Exchange, entry: ExchangeOrder, legs: ParsedLegs): readonly ExchangeOrder[] {
  const { takeProfit, stopLoss } = legs;
  const made: ExchangeOrder[] = [];
  const add = (terms: Pick<ExchangeOrder, "type" | "limitPrice" | "stopPrice">): void => {
    const leg = newOrder(x, {
      clientOrderId: uuidOf(x.options.seed, "client", x.state.counts.orders + 1),
      symbol: entry.symbol,
      side: entry.side === "buy" ? "sell" : "buy",
      timeInForce: entry.timeInForce,
      qtyNano: entry.qtyNano,
      intent: "close",
      parentId: entry.id,
      status: "held",
      ...terms,
    });
    keep(x, leg);
    made.push(leg);
  };
  if (takeProfit !== null) add({ type: "limit", limitPrice: takeProfit, stopPrice: null });
  if (stopLoss !== null)
    add({ type: stopLoss.limitPrice === null ? "stop" : "stop_limit", ...stopLoss });
  return made;
}

/** Asked for; an order that is stuck stays pending for ever. */
export function cancelOrder(x: Exchange, id: string): Result<ExchangeOrder, VenueRefusal> {
  const order = x.orderById.get(id);
  if (order === undefined) return err(notFound("order"));
  if (isEnded(order)) return err(unprocessable("order is not cancelable"));
  if (order.isStuck) {
    if (order.status !== "pending_cancel") {
      order.status = "pending_cancel";
      order.updatedMs = x.state.nowMs;
      tell(x, order, "pending_cancel");
    }
    return ok(order);
  }
  endOrder(x, order, "canceled", null);
  // A bracket's legs live and end together once the entry is done.
  const siblings = x.working.filter((o) => o.parentId !== null && o.parentId === order.parentId);
  for (const sibling of siblings) endOrder(x, sibling, "canceled", "sibling_canceled");
  dropEnded(x);
  return ok(order);
}

export function orderByClientId(x: Exchange, clientOrderId: string): ExchangeOrder | null {
  return x.orderByClientId.get(clientOrderId) ?? null;
}

/** What may still fill, in the order of acceptance; legs that wait are among them. */
export function workingOrders(x: Exchange): readonly ExchangeOrder[] {
  return x.working;
}

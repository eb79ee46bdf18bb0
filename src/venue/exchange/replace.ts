/**
 * Replacing an order: a new one takes its place under a new id, both name each other. `qty` is of the
 * whole: what the old one filled is taken off, and the new one works for the rest. The exchange may
 * say yes and reject it afterwards (a planted fault): then the old one works on.
 */
import { type Result, err, ok } from "../../base/result.ts";
import { placeInBook } from "./book-rules.ts";
import { uuidOf } from "./ids.ts";
import { dropEnded, tell } from "./order-life.ts";
import { keep, newOrder } from "./orders.ts";
import { isWhole, priceText } from "./quantity.ts";
import { notFound, type ReplaceRequest, unprocessable, type VenueRefusal } from "./requests.ts";
import type { Exchange, ExchangeOrder } from "./state.ts";
import { type Admitted, parsePrices, parseQty, refuseHour, refuseName } from "./validation.ts";

export function replaceOrder(
  x: Exchange,
  id: string,
  request: ReplaceRequest,
): Result<ExchangeOrder, VenueRefusal> {
  const old = x.orderById.get(id);
  if (old === undefined) return err(notFound("order"));
  // As documented: an order that is only accepted, pending or held cannot be replaced.
  if (old.status !== "new" && old.status !== "partially_filled") {
    return err(unprocessable(`order is not replaceable in status ${old.status}`));
  }
  const terms = newTerms(x, old, request);
  if (!terms.ok) return terms;
  if (x.state.replacesToReject > 0) return ok(rejectLater(x, old, terms.value));
  const next = newOrder(x, { ...terms.value, parentId: old.parentId, replaces: old.id });
  takeLegs(x, old, next);
  old.status = "replaced";
  old.replacedBy = next.id;
  old.replacedMs = x.state.nowMs;
  old.updatedMs = x.state.nowMs;
  dropEnded(x);
  keep(x, next);
  tell(x, old, "replaced");
  tell(x, next, "new");
  return ok(next);
}

function newTerms(
  x: Exchange,
  old: ExchangeOrder,
  request: ReplaceRequest,
): Result<Omit<Admitted, "legs">, VenueRefusal> {
  const seed = x.options.seed;
  const clientOrderId = request.clientOrderId ?? uuidOf(seed, "client", x.state.counts.orders + 1);
  const timeInForce = request.timeInForce ?? old.timeInForce;
  const refused = refuseName(x, clientOrderId) ?? refuseHour(x, timeInForce);
  if (refused !== null) return err(refused);
  const qty = newQty(old, request.qty);
  if (!qty.ok) return qty;
  const prices = parsePrices(x, old.type, {
    limitPrice: request.limitPrice ?? textOf(old.limitPrice),
    stopPrice: request.stopPrice ?? textOf(old.stopPrice),
  });
  if (!prices.ok) return prices;
  const { symbol, side, type } = old;
  const order = {
    clientOrderId,
    symbol,
    side,
    type,
    timeInForce,
    qtyNano: qty.value,
    ...prices.value,
  };
  // Judged as if the one it replaces were gone.
  const intent = placeInBook({ ...x, working: x.working.filter((o) => o !== old) }, order);
  if (!intent.ok) return intent;
  if (intent.value === old.intent) return ok({ ...order, intent: old.intent });
  return err(unprocessable("a replacement cannot turn what closes into what opens"));
}

function newQty(old: ExchangeOrder, text: string | null): Result<bigint, VenueRefusal> {
  const whole = text === null ? ({ ok: true, value: old.qtyNano } as const) : parseQty(text);
  if (!whole.ok) return whole;
  if (text !== null && !isWhole(whole.value)) return err(unprocessable("qty must be whole"));
  const rest = whole.value - old.filledNano;
  return rest > 0n ? ok(rest) : err(unprocessable("qty must be > filled_qty"));
}

function textOf(price: number | null): string | null {
  return price === null ? null : priceText(price);
}

/** The new entry's legs are the old one's; a new leg stands where the old one stood. */
function takeLegs(x: Exchange, old: ExchangeOrder, next: ExchangeOrder): void {
  next.legIds = old.legIds;
  for (const id of old.legIds) {
    const leg = x.orderById.get(id) as ExchangeOrder;
    leg.parentId = next.id;
    leg.qtyNano = next.qtyNano + old.filledNano;
  }
  const parent = old.parentId === null ? undefined : x.orderById.get(old.parentId);
  if (parent === undefined) return;
  parent.legIds = parent.legIds.map((id) => (id === old.id ? next.id : id));
}

/** The answer says yes; the next event says no. */
function rejectLater(
  x: Exchange,
  old: ExchangeOrder,
  terms: Omit<Admitted, "legs">,
): ExchangeOrder {
  x.state.replacesToReject--;
  const next = newOrder(x, { ...terms, replaces: old.id, status: "accepted" });
  const answer = { ...next };
  next.status = "rejected";
  next.reason = "replace_rejected";
  keep(x, next);
  tell(x, old, "order_replace_rejected");
  return answer;
}

/**
 * GET /v2/orders: which orders, in which order, how many. Orders lie in the order of their
 * submission; what is open is kept apart by the exchange, so that asking for it does not walk
 * through the past. `after` and `until` are exclusive, on the time of submission.
 */
import type { Exchange, ExchangeOrder } from "../../venue/exchange/state.ts";
import { isEnded } from "../../venue/exchange/order-life.ts";
import { invalid, malformed } from "./refusal.ts";
import {
  flagOf,
  instantOf,
  listOf,
  onlyKeys,
  oneOf,
  type Query,
  textOf,
  wholeOf,
} from "./request.ts";
import { type Body, nestedOrderBody, orderBody } from "./shapes.ts";

const KEYS = [
  "status",
  "limit",
  "after",
  "until",
  "direction",
  "nested",
  "symbols",
  "side",
  "asset_class",
  "before_order_id",
  "after_order_id",
] as const;
const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 500;
const ASSET_CLASSES = ["us_equity", "us_option", "crypto", "all"];

export function orderList(exchange: Exchange, query: Query): readonly Body[] {
  onlyKeys(query, KEYS);
  const status = oneOf(query, "status", ["open", "closed", "all"]) ?? "open";
  const limit = wholeOf(query, "limit", { least: 1, most: LARGEST_LIMIT }) ?? DEFAULT_LIMIT;
  const ascending = oneOf(query, "direction", ["asc", "desc"]) === "asc";
  const nested = flagOf(query, "nested") ?? false;
  const wanted = wantedBy(query, nested);
  const orders = status === "open" ? exchange.working : exchange.state.orders;
  const { from, until } = rangeOf(exchange, orders, query);
  const found: Body[] = [];
  for (let n = 0; n < until - from && found.length < limit; n++) {
    const order = orders[ascending ? from + n : until - 1 - n];
    const open = !isEnded(order);
    if (status !== "all" && open !== (status === "open")) continue;
    if (wanted(order)) found.push(nested ? nestedOrderBody(exchange, order) : orderBody(order));
  }
  return found;
}

/** Nested, legs are told inside their entry and not beside it. */
function wantedBy(query: Query, nested: boolean): (order: ExchangeOrder) => boolean {
  const symbols = listOf(query, "symbols");
  const side = oneOf(query, "side", ["buy", "sell"]);
  const classes = listOf(query, "asset_class") ?? ["all"];
  const unknown = classes.find((name) => !ASSET_CLASSES.includes(name));
  if (unknown !== undefined) throw malformed(`invalid asset_class: ${unknown}`);
  const equities = classes.includes("us_equity") || classes.includes("all");
  return (order) =>
    equities &&
    (symbols === null || symbols.includes(order.symbol)) &&
    (side === null || order.side === side) &&
    !(nested && order.parentId !== null);
}

type Range = { readonly from: number; readonly until: number };

function rangeOf(exchange: Exchange, orders: readonly ExchangeOrder[], query: Query): Range {
  const after = instantOf(query, "after");
  const until = instantOf(query, "until");
  const beforeId = textOf(query, "before_order_id");
  const afterId = textOf(query, "after_order_id");
  const byId = beforeId !== null || afterId !== null;
  if (beforeId !== null && afterId !== null) {
    throw invalid("before_order_id and after_order_id are mutually exclusive");
  }
  if (byId && (after !== null || until !== null)) {
    throw invalid("before_order_id and after_order_id cannot be used with after and until");
  }
  if (byId) {
    const { index, isThere } = placeOf(exchange, orders, (beforeId ?? afterId) as string);
    if (beforeId !== null) return { from: 0, until: index };
    return { from: isThere ? index + 1 : index, until: orders.length };
  }
  return {
    from: after === null ? 0 : firstSubmitted(orders, (ms) => ms > after),
    until: until === null ? orders.length : firstSubmitted(orders, (ms) => ms >= until),
  };
}

/** Where the order is in the list, or would be: an open list has lost those that ended. */
function placeOf(
  exchange: Exchange,
  orders: readonly ExchangeOrder[],
  id: string,
): { readonly index: number; readonly isThere: boolean } {
  const order = exchange.orderById.get(id);
  if (order === undefined) throw invalid(`order not found for ${id}`);
  let index = firstSubmitted(orders, (ms) => ms >= order.submittedMs);
  const { state } = exchange;
  // Among those submitted at the same instant, as they stand in the whole list.
  let place = firstSubmitted(state.orders, (ms) => ms >= order.submittedMs);
  for (; state.orders[place] !== order; place++) {
    if (orders[index] === state.orders[place]) index++;
  }
  return { index, isThere: orders[index] === order };
}

/** Index of the first order of whose submission `holds` is true; it stays true after that. */
function firstSubmitted(orders: readonly ExchangeOrder[], holds: (ms: number) => boolean): number {
  let low = 0;
  let high = orders.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(orders[middle].submittedMs)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Whether an exchange takes an order, before anything is kept of it. Enters: a request as text; leaves:
 * its numbers and whether it opens or closes, or a refusal with the documented status, code and words.
 * Documented codes: docs.alpaca.markets and users' reports, as collected in the venue's notes.
 */
import { type Result, err, ok } from "../../base/result.ts";
import { placeInBook } from "./book-rules.ts";
import { isWhole, nanoOf, priceOf } from "./quantity.ts";
import { type OrderRequest, refusal, unprocessable, type VenueRefusal } from "./requests.ts";
import type { Exchange, ExchangeOrder, ExchangeOrderType } from "./state.ts";
import { haltOf } from "./order-life.ts";
import { isOpen } from "./sessions.ts";

export type ParsedOrder = {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: ExchangeOrder["side"];
  readonly type: ExchangeOrderType;
  readonly timeInForce: ExchangeOrder["timeInForce"];
  readonly qtyNano: bigint;
  readonly limitPrice: number | null;
  readonly stopPrice: number | null;
  readonly legs: ParsedLegs | null;
};

/** An entry's legs: stop_limit where the stop has a limit. */
export type ParsedLegs = {
  readonly takeProfit: number | null;
  readonly stopLoss: Prices | null;
};

export type Admitted = ParsedOrder & { readonly intent: ExchangeOrder["intent"] };

export function admit(x: Exchange, request: OrderRequest): Result<Admitted, VenueRefusal> {
  const named = refuseName(x, request.clientOrderId) ?? refuseSymbol(x, request.symbol);
  if (named !== null) return err(named);
  const parsed = parse(x, request);
  if (!parsed.ok) return parsed;
  const order = parsed.value;
  const unfit = refuseTerms(x, order) ?? refuseHour(x, order.timeInForce);
  if (unfit !== null) return err(unfit);
  const intent = placeInBook(x, order);
  return intent.ok ? ok({ ...order, intent: intent.value }) : intent;
}

const MAX_CLIENT_ID = 128;

/** A name stays used for ever, also after its order has ended. */
export function refuseName(x: Exchange, clientOrderId: string): VenueRefusal | null {
  if (clientOrderId.length === 0 || clientOrderId.length > MAX_CLIENT_ID) {
    return unprocessable(`client_order_id must be no more than ${MAX_CLIENT_ID} characters`);
  }
  if (!x.orderByClientId.has(clientOrderId)) return null;
  return refusal(422, 40_010_001, "client_order_id must be unique");
}

function refuseSymbol(x: Exchange, symbol: string): VenueRefusal | null {
  if (!x.market.indexOf.has(symbol)) return unprocessable(`could not find asset "${symbol}"`);
  return haltOf(x, symbol)?.refuses === true
    ? unprocessable(`asset "${symbol}" is not tradable`)
    : null;
}

function parse(x: Exchange, request: OrderRequest): Result<ParsedOrder, VenueRefusal> {
  const { clientOrderId, symbol, side, type, timeInForce } = request;
  const qty = parseQty(request.qty);
  if (!qty.ok) return qty;
  const prices = parsePrices(x, type, request);
  if (!prices.ok) return prices;
  const legs = parseLegs(x, request, prices.value.limitPrice);
  if (!legs.ok) return legs;
  const { limitPrice, stopPrice } = prices.value;
  return ok({
    clientOrderId,
    symbol,
    side,
    type,
    timeInForce,
    qtyNano: qty.value,
    limitPrice,
    stopPrice,
    legs: legs.value,
  });
}

export function parseQty(text: string): Result<bigint, VenueRefusal> {
  const nano = nanoOf(text);
  if (nano === null) {
    return err(unprocessable(`qty ${text} must be a number of at most 9 decimals`));
  }
  return nano > 0n ? ok(nano) : err(unprocessable("qty must be > 0"));
}

export type Prices = { readonly limitPrice: number | null; readonly stopPrice: number | null };

/** Exactly the prices that the order's type has. */
export function parsePrices(
  x: Exchange,
  type: ExchangeOrderType,
  given: Pick<OrderRequest, "limitPrice" | "stopPrice">,
): Result<Prices, VenueRefusal> {
  const needsLimit = type === "limit" || type === "stop_limit";
  const needsStop = type === "stop" || type === "stop_limit";
  if (needsLimit !== (given.limitPrice !== null)) {
    return err(
      unprocessable(`${type} orders ${needsLimit ? "require" : "must not have"} a limit price`),
    );
  }
  if (needsStop !== (given.stopPrice !== null)) {
    return err(
      unprocessable(`${type} orders ${needsStop ? "require" : "must not have"} a stop price`),
    );
  }
  const limit = parsePrice(x, "limit_price", given.limitPrice);
  if (!limit.ok) return limit;
  const stop = parsePrice(x, "stop_price", given.stopPrice);
  return stop.ok ? ok({ limitPrice: limit.value, stopPrice: stop.value }) : stop;
}

export function parsePrice(
  x: Exchange,
  name: string,
  text: string | null,
): Result<number | null, VenueRefusal> {
  if (text === null) return ok(null);
  const price = priceOf(text);
  if (price === null) return err(unprocessable(`${name} ${text} is not a price`));
  const { pennyGrid } = x.options.rules;
  if (pennyGrid && !(price > 0)) return err(unprocessable(`${name} must be > 0`));
  if (pennyGrid && !isOnPennyGrid(text, price)) {
    const words = `invalid ${name} ${text}. sub-penny increment does not fulfill minimum pricing criteria`;
    return err(unprocessable(words));
  }
  return ok(price);
}

/** Cents from 1.00 on, hundredths of a cent below. */
function isOnPennyGrid(text: string, price: number): boolean {
  const nano = nanoOf(text);
  return nano !== null && nano % (price >= 1 ? 10_000_000n : 100_000n) === 0n;
}

function refuseTerms({ options }: Exchange, order: ParsedOrder): VenueRefusal | null {
  const { type, timeInForce, qtyNano, legs } = order;
  const isAuction = timeInForce === "opg" || timeInForce === "cls";
  const hasStop = type === "stop" || type === "stop_limit";
  if (hasStop && (isAuction || timeInForce === "ioc")) {
    return unprocessable(`invalid time_in_force ${timeInForce} for a ${type} order`);
  }
  if (legs !== null && (isAuction || timeInForce === "ioc")) {
    return unprocessable("complex orders must be day or gtc orders");
  }
  if (isWhole(qtyNano)) return null;
  if (legs !== null) return unprocessable("fractional orders must be simple orders");
  if (options.rules.fractional === "any") return null;
  if (timeInForce !== "day") return unprocessable("fractional orders must be DAY orders");
  return type === "market" ? null : unprocessable("fractional orders must be market orders");
}

/** What a bracket's legs are, and that they lie on the right sides of the entry. */
function parseLegs(
  x: Exchange,
  { legs, side }: OrderRequest,
  entryLimit: number | null,
): Result<ParsedLegs | null, VenueRefusal> {
  if (legs === null) return ok(null);
  if (legs.takeProfit === null && legs.stopLoss === null) {
    return err(unprocessable("complex orders require take_profit or stop_loss"));
  }
  const profit = parsePrice(x, "take_profit.limit_price", legs.takeProfit?.limitPrice ?? null);
  if (!profit.ok) return profit;
  const stop = parsePrice(x, "stop_loss.stop_price", legs.stopLoss?.stopPrice ?? null);
  if (!stop.ok) return stop;
  const limit = parsePrice(x, "stop_loss.limit_price", legs.stopLoss?.limitPrice ?? null);
  if (!limit.ok) return limit;
  const sign = side === "buy" ? 1 : -1;
  const inOrder = [stop.value, entryLimit, profit.value].filter((price) => price !== null);
  if (inOrder.some((price, n) => n > 0 && sign * (price - inOrder[n - 1]) <= 0)) {
    const words =
      "take_profit and stop_loss must lie on either side of the entry, profit beyond it";
    return err(unprocessable(words));
  }
  return ok({
    takeProfit: profit.value,
    stopLoss: stop.value === null ? null : { stopPrice: stop.value, limitPrice: limit.value },
  });
}

const MINUTE_MS = 60_000;
const OPG_BEFORE_OPEN_MS = 2 * MINUTE_MS;
const CLS_BEFORE_CLOSE_MS = 10 * MINUTE_MS;
/** 19:00 where the open is at 9:30. */
const QUEUE_AFTER_OPEN_MS = 570 * MINUTE_MS;

/** Auction orders are refused from shortly before their auction until the evening. */
export function refuseHour(
  x: Exchange,
  timeInForce: ExchangeOrder["timeInForce"],
): VenueRefusal | null {
  const { options, state } = x;
  if (!options.rules.auctionWindows) return null;
  if (timeInForce !== "opg" && timeInForce !== "cls") return null;
  const { nowMs } = state;
  const next = options.sessions.at(state.session);
  const last = state.session > 0 && !isOpen(x) ? options.sessions[state.session - 1] : next;
  if (last === undefined) return null;
  const shutsMs = (one: typeof last) =>
    timeInForce === "opg" ? one.openMs - OPG_BEFORE_OPEN_MS : one.closeMs - CLS_BEFORE_CLOSE_MS;
  const isShut = [last, next].some(
    (one) => one !== undefined && nowMs >= shutsMs(one) && nowMs < one.openMs + QUEUE_AFTER_OPEN_MS,
  );
  return isShut ? unprocessable(`${timeInForce} orders are not accepted at this time`) : null;
}

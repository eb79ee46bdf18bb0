/**
 * The bodies of POST and PATCH /v2/orders, read strictly: every key is known and read, or refused.
 * Enters: parsed JSON; leaves: what the exchange is asked. Values are judged by the exchange; here it
 * is decided what this venue has at all. Numbers are read as the text they print as.
 *
 * Not here, and refused: notional orders, trailing stops, oco, multi-leg, extended hours, fok, and
 * instructions for algorithms.
 */
import { decimalOf, formatDecimal, parseDecimal } from "../../base/decimal.ts";
import { nearest } from "../../base/nearest.ts";
import type { OrderRequest, ReplaceRequest } from "../../venue/exchange/requests.ts";
import { invalid, malformed } from "./refusal.ts";

type Fields = { readonly [name: string]: unknown };

const POST_KEYS = [
  "symbol",
  "side",
  "qty",
  "notional",
  "type",
  "time_in_force",
  "limit_price",
  "stop_price",
  "trail_price",
  "trail_percent",
  "extended_hours",
  "client_order_id",
  "order_class",
  "take_profit",
  "stop_loss",
  "legs",
  "position_intent",
  "advanced_instructions",
] as const;

const PATCH_KEYS = [
  "qty",
  "time_in_force",
  "limit_price",
  "stop_price",
  "trail",
  "client_order_id",
  "notional",
  "advanced_instructions",
] as const;

const TYPES = ["market", "limit", "stop", "stop_limit"] as const;
const TIMES_IN_FORCE = ["day", "gtc", "opg", "cls", "ioc"] as const;
const INTENTS = ["buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close"] as const;

/** `newClientId` names an order whose sender gave it no name. */
export function readOrder(body: unknown, newClientId: () => string): OrderRequest {
  const fields = objectOf(body, "the body", POST_KEYS);
  refuseUnsupported(fields);
  const side = wordOf(fields, "side", ["buy", "sell"] as const);
  const symbol = textOf(fields, "symbol");
  const type = wordOf(fields, "type", TYPES);
  const timeInForce = wordOf(fields, "time_in_force", TIMES_IN_FORCE);
  if (symbol === null) throw invalid("symbol is required");
  if (type === null) throw invalid("type is required");
  if (timeInForce === null) throw invalid("time_in_force is required");
  if (side === null) throw invalid("side is required");
  const intent = wordOf(fields, "position_intent", INTENTS);
  if (intent !== null && !intent.startsWith(side)) {
    throw invalid(`position_intent ${intent} does not match side ${side}`);
  }
  return {
    clientOrderId: textOf(fields, "client_order_id") ?? newClientId(),
    symbol,
    side,
    qty: quantityOf(fields),
    type,
    timeInForce,
    ...pricesOf(fields, type),
    legs: legsOf(fields),
  };
}

export function readReplace(body: unknown): ReplaceRequest {
  const fields = objectOf(body, "the body", PATCH_KEYS);
  for (const name of ["trail", "notional", "advanced_instructions"]) {
    if (isGiven(fields, name)) throw invalid(`${name} is not supported by this venue`);
  }
  return {
    clientOrderId: textOf(fields, "client_order_id"),
    qty: decimalText(fields, "qty"),
    timeInForce: wordOf(fields, "time_in_force", TIMES_IN_FORCE),
    limitPrice: decimalText(fields, "limit_price"),
    stopPrice: decimalText(fields, "stop_price"),
  };
}

function refuseUnsupported(fields: Fields): void {
  if (isGiven(fields, "qty") && isGiven(fields, "notional")) {
    throw malformed("only one of qty or notional is accepted");
  }
  for (const name of ["notional", "trail_price", "trail_percent", "advanced_instructions"]) {
    if (isGiven(fields, name)) throw invalid(`${name} is not supported by this venue`);
  }
  if (isGiven(fields, "legs")) throw invalid("multi-leg orders are not supported by this venue");
  const extended = fields["extended_hours"];
  if (extended !== undefined && extended !== null && typeof extended !== "boolean") {
    throw malformed("extended_hours must be true or false");
  }
  if (extended === true) throw invalid("extended_hours is not supported by this venue");
}

function quantityOf(fields: Fields): string {
  const qty = decimalText(fields, "qty");
  if (qty === null) throw invalid("qty or notional is required");
  return qty;
}

function pricesOf(
  fields: Fields,
  type: OrderRequest["type"],
): Pick<OrderRequest, "limitPrice" | "stopPrice"> {
  const limitPrice = decimalText(fields, "limit_price");
  const stopPrice = decimalText(fields, "stop_price");
  const needsLimit = type === "limit" || type === "stop_limit";
  const needsStop = type === "stop" || type === "stop_limit";
  if (needsLimit && limitPrice === null) throw invalid(`${type} orders require limit_price`);
  if (needsStop && stopPrice === null) throw invalid(`${type} orders require stop_price`);
  if (!needsLimit && limitPrice !== null) {
    throw invalid(`${type} orders require no limit_price`);
  }
  if (!needsStop && stopPrice !== null) throw invalid(`${type} orders require no stop_price`);
  return { limitPrice, stopPrice };
}

function legsOf(fields: Fields): OrderRequest["legs"] {
  const orderClass = textOf(fields, "order_class") ?? "simple";
  const takeProfit = takeProfitOf(fields["take_profit"]);
  const stopLoss = stopLossOf(fields["stop_loss"]);
  switch (orderClass) {
    case "simple":
      if (takeProfit === null && stopLoss === null) return null;
      throw invalid("simple orders take no take_profit and no stop_loss");
    case "bracket":
      if (takeProfit !== null && stopLoss !== null) return { takeProfit, stopLoss };
      throw invalid("bracket orders require take_profit.limit_price and stop_loss.stop_price");
    case "oto":
      if ((takeProfit === null) !== (stopLoss === null)) return { takeProfit, stopLoss };
      throw invalid("oto orders require take_profit or stop_loss, and not both");
    default:
      throw invalid(`order_class ${orderClass} is not supported by this venue`);
  }
}

type Legs = NonNullable<OrderRequest["legs"]>;

function takeProfitOf(value: unknown): Legs["takeProfit"] {
  if (value === undefined || value === null) return null;
  const limitPrice = decimalText(objectOf(value, "take_profit", ["limit_price"]), "limit_price");
  if (limitPrice === null) throw invalid("take_profit.limit_price is required");
  return { limitPrice };
}

function stopLossOf(value: unknown): Legs["stopLoss"] {
  if (value === undefined || value === null) return null;
  const fields = objectOf(value, "stop_loss", ["stop_price", "limit_price"]);
  const stopPrice = decimalText(fields, "stop_price");
  if (stopPrice === null) throw invalid("stop_loss.stop_price is required");
  return { stopPrice, limitPrice: decimalText(fields, "limit_price") };
}

function objectOf(value: unknown, what: string, keys: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed("request body format is invalid");
  }
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  if (unknown.length === 0) return value as Fields;
  const near = nearest(unknown[0], keys);
  const advice = near === null ? "" : `; did you mean ${near}?`;
  throw malformed(`${what} holds what is not known: ${unknown.join(", ")}${advice}`);
}

function isGiven(fields: Fields, name: string): boolean {
  const value = fields[name];
  return value !== undefined && value !== null && value !== "";
}

function textOf(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string") return value;
  throw malformed(`${name} must be text`);
}

function wordOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T | null {
  const value = textOf(fields, name);
  if (value === null) return null;
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw invalid(`invalid ${name}: ${value}; this venue has ${allowed.join(", ")}`);
}

/** Plain decimal text, whether it came as text or as a number. */
function decimalText(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "number" && Number.isFinite(value)) return formatDecimal(decimalOf(value));
  const parsed =
    typeof value === "string" && value.length <= 40 && !/e/i.test(value)
      ? parseDecimal(value)
      : null;
  if (parsed === null) throw malformed(`${name} is not a number: ${shownValue(value)}`);
  return formatDecimal(parsed);
}

/** As it was written; a structure as JSON. */
function shownValue(value: unknown): string {
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")).slice(0, 40);
}

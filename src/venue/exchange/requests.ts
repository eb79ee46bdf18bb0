/**
 * What is asked of an exchange, and how it says no. Quantities and prices are decimal text as a
 * client writes them; a refusal carries the HTTP status, the code and the words that Alpaca documents
 * (tags of the venue's notes: spec, doc), so that a server has only to send them.
 */
import type { Json } from "../../base/canonical-json.ts";
import type { BrokerTimeInForce, DecimalText, TradeSide } from "../../domain/venue-report.ts";
import type { ExchangeOrderType } from "./state.ts";

export type OrderRequest = {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly qty: DecimalText;
  readonly type: ExchangeOrderType;
  readonly timeInForce: BrokerTimeInForce;
  readonly limitPrice: DecimalText | null;
  readonly stopPrice: DecimalText | null;
  /** Null: a simple order. One leg: oto; both: bracket. */
  readonly legs: {
    readonly takeProfit: { readonly limitPrice: DecimalText } | null;
    readonly stopLoss: {
      readonly stopPrice: DecimalText;
      readonly limitPrice: DecimalText | null;
    } | null;
  } | null;
};

/** What is null stays as it was. */
export type ReplaceRequest = {
  /** Null: the exchange makes one. */
  readonly clientOrderId: string | null;
  readonly qty: DecimalText | null;
  readonly timeInForce: BrokerTimeInForce | null;
  readonly limitPrice: DecimalText | null;
  readonly stopPrice: DecimalText | null;
};

export type VenueRefusal = {
  readonly http: 400 | 403 | 404 | 422;
  readonly code: number;
  readonly message: string;
  /** Further fields of the body: available, existing_qty, held_for_orders, related_orders, symbol. */
  readonly extra: { readonly [name: string]: Json };
};

export function refusal(
  http: VenueRefusal["http"],
  code: number,
  message: string,
  extra: VenueRefusal["extra"] = {},
): VenueRefusal {
  return { http, code, message, extra };
}

/** 42210000: what was asked is understood and not allowed. */
export function unprocessable(message: string): VenueRefusal {
  return refusal(422, 42_210_000, message);
}

/** 40310000: funds, quantity, wash trade. */
export function forbidden(message: string, extra: VenueRefusal["extra"] = {}): VenueRefusal {
  return refusal(403, 40_310_000, message, extra);
}

export function notFound(what: string): VenueRefusal {
  return refusal(404, 40_410_000, `${what} not found`);
}

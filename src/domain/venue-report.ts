/**
 * What a venue says, in words that are not any one venue's. Quantities, prices and money are exact
 * decimal text, signed where said so; times are instants as the venue printed them, in UTC. `raw` is
 * the body the adapter received, for the record alone: nothing decides by it.
 */
import type { Json } from "../base/canonical-json.ts";

/** Exact decimal number as text: "41791", "-0.25", "95.30999755859375". */
export type DecimalText = string;

export type TradeSide = "buy" | "sell";

/** `opg` and `cls`: the opening and the closing auction alone. */
export type BrokerTimeInForce = "day" | "gtc" | "opg" | "cls" | "ioc";

/** An order as it is put to a venue. */
export type BrokerOrder = {
  /** Ours, unique for ever: the key by which an unknown outcome is looked up. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: TradeSide;
  /** Positive. */
  readonly qty: DecimalText;
  readonly type: "market" | "limit" | "stop" | "stop_limit";
  readonly timeInForce: BrokerTimeInForce;
  readonly limitPrice: DecimalText | null;
  readonly stopPrice: DecimalText | null;
};

/** `working` covers whatever may still fill: new, accepted, held, pending. */
export type VenueOrderStatus =
  | "working"
  | "partially_filled"
  | "filled"
  | "cancelled"
  | "expired"
  | "rejected"
  | "replaced";

export type VenueOrder = {
  readonly venueOrderId: string;
  /** Null where the venue made the order by itself. */
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly qty: DecimalText;
  readonly filledQty: DecimalText;
  readonly status: VenueOrderStatus;
  readonly submittedAt: string;
  readonly raw: Json;
};

/** One execution. The same one may arrive by stream and by activity: `executionId` names it. */
export type VenueFill = {
  readonly executionId: string;
  readonly venueOrderId: string;
  /** Null in an activity: the venue names only its own order there. */
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly side: TradeSide;
  /** Positive. */
  readonly qty: DecimalText;
  readonly price: DecimalText;
  /** Filled of the order up to and with this one. */
  readonly cumulativeQty: DecimalText;
  readonly at: string;
  readonly raw: Json;
};

/** Money that moved at the venue without a trade. */
export type VenueCashActivity = {
  readonly activityId: string;
  /** YYYY-MM-DD the venue books it on. */
  readonly date: string;
  readonly cause: "fee" | "interest" | "dividend" | "transfer" | "other";
  /** Null: the account itself. */
  readonly symbol: string | null;
  /** Signed: positive is received. */
  readonly amount: DecimalText;
  readonly description: string;
  readonly raw: Json;
};

/** Shares that changed without a trade. */
export type VenueSplitActivity = {
  readonly activityId: string;
  readonly date: string;
  readonly symbol: string;
  /** Signed units held after it. */
  readonly qtyAfter: DecimalText;
  readonly ratio: number;
  readonly raw: Json;
};

export type VenueActivity =
  | ({ readonly kind: "fill"; readonly activityId: string } & VenueFill)
  | ({ readonly kind: "cash" } & VenueCashActivity)
  | ({ readonly kind: "split" } & VenueSplitActivity);

export type VenuePosition = {
  readonly symbol: string;
  /** Signed. */
  readonly qty: DecimalText;
  /** By the venue's own averaging method. */
  readonly averagePrice: DecimalText;
  readonly raw: Json;
};

export type VenueCash = { readonly currency: string; readonly amount: DecimalText };

/** How a venue averages the price of what is held; reconciliation averages ours the same way. */
export type AveragingMethod = "weighted_average";

/** What reconciliation compares ours with, read in one go. */
export type VenueSnapshot = {
  /** Venue's clock, RFC 3339. */
  readonly at: string;
  readonly accountId: string;
  readonly cash: readonly VenueCash[];
  readonly positions: readonly VenuePosition[];
  readonly openOrders: readonly VenueOrder[];
};

/** What a venue's stream says as it happens. A stream may lose, repeat and reorder: it is a hint, activities are the record. */
export type VenueEvent =
  | { readonly kind: "fill"; readonly fill: VenueFill; readonly order: VenueOrder }
  | { readonly kind: "order"; readonly order: VenueOrder; readonly event: string }
  | { readonly kind: "connected" }
  | { readonly kind: "disconnected"; readonly reason: string };

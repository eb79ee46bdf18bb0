/** Orders as the engine holds them. Quantities are whole lots, prices raw. */

export type OrderType = "market" | "limit" | "stop" | "on_open" | "on_close";

/** close and open are the two legs of a change (crossing zero is two orders); stop and flatten are system intents. */
export type OrderPurpose = "close" | "open" | "stop" | "flatten";

export type Side = 1 | -1;

export type Order = {
  /** Ordinal in the run; the client order id is a hash of account, instrument, time, purpose, leg, generation. */
  readonly ordinal: number;
  /** Index into the run's instruments. */
  readonly instrument: number;
  /** Session in which it was decided. */
  readonly session: number;
  readonly purpose: OrderPurpose;
  readonly leg: number;
  readonly generation: number;
  readonly side: Side;
  readonly type: OrderType;
  /** Positive: what is still to trade. Splits rewrite it, and a venue's partial fills. */
  lots: number;
  /** Limit or stop price; null for the others; rewritten by splits alone. */
  price: number | null;
  readonly timeInForce: "day" | "gtc";
  /** True from submission until it ends. */
  working: boolean;
  /** Ordinals of the signals it serves; none for system intents. */
  readonly signals: readonly number[];
};

declare const approvedBrand: unique symbol;
/**
 * Something every enabled gate let pass. execution/gates/approval.ts alone constructs one, and a
 * venue takes nothing else; the tidy test bans casts to it.
 */
export type Approved<T> = T & { readonly [approvedBrand]: true };

/** Why an order ended without (or after) a fill. */
export type OrderEnd =
  | "filled"
  | "expired"
  | "cancelled"
  | "replaced"
  | "rejected"
  | "non_positive_price";
export type OrderEndUnfilled = Exclude<OrderEnd, "filled">;

/** What a venue reports about one order in one session. */
export type ExecutionReport = {
  readonly order: Order;
  /** `partly_filled`: the rest of it is still at work. */
  readonly end: OrderEnd | "partly_filled";
  /** Signed lots that changed hands; 0 unless something traded. */
  readonly lots: number;
  /** Raw fill price; NaN unless something traded. */
  readonly price: number;
  /** The market price before slippage. NaN unless filled. */
  readonly referencePrice: number;
};

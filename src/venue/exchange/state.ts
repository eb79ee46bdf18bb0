/**
 * What an exchange remembers: orders, positions, cash, activities. Quantities are whole billionths
 * of a unit (`..Nano`), money integer minor units, prices raw doubles whose shortest text is the
 * price, times milliseconds since the epoch. Everything is plain data; saved-state.ts writes it down.
 */
import type { Decimal } from "../../base/decimal.ts";
import type { BrokerTimeInForce, TradeSide } from "../../domain/venue-report.ts";
import type { PreparedMarket } from "./market.ts";
import type { ExchangeOptions } from "./terms.ts";

export type OrderStatus =
  /** Outside of a session: it waits for the next one. */
  | "accepted"
  | "new"
  | "partially_filled"
  /** Leg of a bracket whose entry has not filled. */
  | "held"
  | "pending_cancel"
  | "filled"
  | "canceled"
  | "expired"
  | "replaced"
  | "rejected";

export type ExchangeOrderType = "market" | "limit" | "stop" | "stop_limit";

/** Names of the stream's order events, as Alpaca has them. */
export type OrderEventName =
  | "accepted"
  | "new"
  | "fill"
  | "partial_fill"
  | "canceled"
  | "expired"
  | "replaced"
  | "rejected"
  | "pending_cancel"
  | "order_cancel_rejected"
  | "order_replace_rejected";

export type ExchangeOrder = {
  readonly id: string;
  clientOrderId: string;
  readonly symbol: string;
  readonly side: TradeSide;
  type: ExchangeOrderType;
  timeInForce: BrokerTimeInForce;
  readonly orderClass: "simple" | "bracket" | "oto";
  /** close: it only ever takes from what is held. */
  readonly intent: "open" | "close";
  /** Entry of the bracket it is a leg of. */
  parentId: string | null;
  legIds: readonly string[];
  qtyNano: bigint;
  filledNano: bigint;
  /** Sum of quantity (in units) times price of its fills, exact. */
  filledValue: Decimal;
  limitPrice: number | null;
  stopPrice: number | null;
  /** A stop-limit whose stop was reached: now it is a limit. */
  isTriggered: boolean;
  status: OrderStatus;
  /** Why it ended so, for the record: "non_positive_price", "nothing_to_close", null. */
  reason: string | null;
  readonly submittedMs: number;
  /** Since when it may trade: later than submitted for a leg. */
  activeMs: number;
  updatedMs: number;
  filledMs: number | null;
  canceledMs: number | null;
  expiredMs: number | null;
  replacedMs: number | null;
  /** When a gtc order ends by itself. */
  readonly expiresMs: number | null;
  replaces: string | null;
  replacedBy: string | null;
  /** Fees taken so far: the least fee is one order's, however many fills it has. */
  feeMinor: number;
  notionalMinor: number;
  /** Planted: it neither fills nor ends. */
  isStuck: boolean;
  /** Planted: its next fill takes this part of it alone. */
  partialShare: number | null;
};

export type Position = {
  readonly symbol: string;
  /** Signed. */
  qtyNano: bigint;
  /** Weighted average of what was paid for it. */
  averagePrice: Decimal;
  /** As it stood before the changes of `changedMs`. */
  before: { qtyNano: bigint; averagePrice: Decimal };
  changedMs: number;
};

export type FillActivity = {
  readonly type: "FILL";
  readonly id: string;
  readonly atMs: number;
  readonly date: string;
  readonly executionId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly qtyNano: bigint;
  price: number;
  readonly cumulativeNano: bigint;
  readonly leavesNano: bigint;
  readonly fillType: "fill" | "partial_fill";
};

/**
 * FEE commission, INT interest (with a symbol: borrowed shares), DIV dividend, CSD / CSW cash in and
 * out, JNLC a correction by the venue, REORG money for a fraction of a share.
 */
export type CashActivityType = "FEE" | "INT" | "DIV" | "CSD" | "CSW" | "JNLC" | "REORG";

export type CashActivity = {
  readonly type: CashActivityType;
  readonly id: string;
  readonly atMs: number;
  readonly date: string;
  readonly symbol: string | null;
  /** Signed: positive is received. */
  readonly amountMinor: number;
  /** Of a dividend: what was held, and how much each unit got. */
  readonly qtyNano: bigint | null;
  readonly perUnit: number | null;
  readonly description: string;
};

export type SplitActivity = {
  readonly type: "SPLIT";
  readonly id: string;
  readonly atMs: number;
  readonly date: string;
  readonly symbol: string;
  readonly qtyBeforeNano: bigint;
  readonly qtyAfterNano: bigint;
  readonly ratio: number;
  readonly description: string;
};

export type ExchangeActivity = FillActivity | CashActivity | SplitActivity;

/** What happened, in order; `order` is a copy of the order as it was then. */
export type ExchangeEvent =
  | {
      readonly kind: "order";
      readonly event: OrderEventName;
      readonly atMs: number;
      readonly order: Readonly<ExchangeOrder>;
    }
  | {
      readonly kind: "fill";
      readonly event: "fill" | "partial_fill";
      readonly atMs: number;
      readonly order: Readonly<ExchangeOrder>;
      readonly execution: Readonly<FillActivity>;
      /** Signed units held after it. */
      readonly positionNano: bigint;
    };

export type DividendPayment = {
  readonly symbol: string;
  readonly dueMs: number;
  readonly amountMinor: number;
  readonly qtyNano: bigint;
  readonly perUnit: number;
};

/** A part of a session, in the order in which they come. */
export type SessionStep = "open" | "range" | "close";

export type ExchangeState = {
  nowMs: number;
  /** Index of the session whose next step comes next, and that step. */
  session: number;
  step: SessionStep;
  cashMinor: number;
  /** Of the last close: what interest is reckoned on. */
  closingDebitMinor: number;
  closingShortMinor: number[];
  /** Last known price by instrument; NaN before the first bar. */
  marks: number[];
  orders: ExchangeOrder[];
  positions: Position[];
  payments: DividendPayment[];
  activities: ExchangeActivity[];
  /** How many of each were named so far. */
  counts: { orders: number; executions: number; activities: number; draws: number };
  /** Symbols that do not trade, and whether orders for them are refused meanwhile. */
  halted: { symbol: string; refuses: boolean; untilMs: number | null }[];
  /** Positions are shown as before the changes since `sinceMs`, until then. */
  positionLag: { sinceMs: number; untilMs: number } | null;
  /** The next so many replacements are refused after they were accepted. */
  replacesToReject: number;
};

/** An exchange at work. `events` waits to be taken (takeEvents); the maps are derived from the state. */
export type Exchange = {
  readonly options: ExchangeOptions;
  readonly market: PreparedMarket;
  readonly state: ExchangeState;
  readonly events: ExchangeEvent[];
  readonly orderById: Map<string, ExchangeOrder>;
  readonly orderByClientId: Map<string, ExchangeOrder>;
  readonly positionBySymbol: Map<string, Position>;
  readonly activityIndex: Map<string, number>;
  /** What may still fill, in the order of acceptance. */
  readonly working: ExchangeOrder[];
};

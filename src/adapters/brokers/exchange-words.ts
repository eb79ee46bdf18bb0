/**
 * The local exchange's records in the words of the broker's door, for the brokers that hold one in this
 * process. Enters: orders, executions, activities, events of src/venue/exchange; leaves: domain/venue-report.
 * Text of quantities, prices and money is exact. `raw` is the record as such an exchange would print it.
 */
import { formatDecimal } from "../../base/decimal.ts";
import type {
  BrokerOrder,
  VenueActivity,
  VenueCashActivity,
  VenueEvent,
  VenueFill,
  VenueOrder,
  VenueOrderStatus,
  VenuePosition,
} from "../../domain/venue-report.ts";
import type { ShownPosition } from "../../venue/exchange/account.ts";
import { timestampOf } from "../../venue/exchange/ids.ts";
import { formatNano, priceText } from "../../venue/exchange/quantity.ts";
import type { OrderRequest } from "../../venue/exchange/requests.ts";
import type {
  CashActivity,
  CashActivityType,
  ExchangeActivity,
  ExchangeEvent,
  ExchangeOrder,
  FillActivity,
} from "../../venue/exchange/state.ts";

export function requestOf(order: BrokerOrder): OrderRequest {
  const { clientOrderId, symbol, side, qty, type, timeInForce, limitPrice, stopPrice } = order;
  return { clientOrderId, symbol, side, qty, type, timeInForce, limitPrice, stopPrice, legs: null };
}

export function orderWords(order: Readonly<ExchangeOrder>): VenueOrder {
  const { id, clientOrderId, symbol, side, reason } = order;
  const qty = formatNano(order.qtyNano);
  const filledQty = formatNano(order.filledNano);
  const submittedAt = timestampOf(order.submittedMs);
  return {
    venueOrderId: id,
    clientOrderId,
    symbol,
    side,
    qty,
    filledQty,
    status: statusOf(order),
    submittedAt,
    raw: {
      id,
      client_order_id: clientOrderId,
      symbol,
      side,
      qty,
      filled_qty: filledQty,
      type: order.type,
      time_in_force: order.timeInForce,
      limit_price: order.limitPrice === null ? null : priceText(order.limitPrice),
      stop_price: order.stopPrice === null ? null : priceText(order.stopPrice),
      status: order.status,
      reason,
      submitted_at: submittedAt,
    },
  };
}

function statusOf({ status, filledNano }: Readonly<ExchangeOrder>): VenueOrderStatus {
  switch (status) {
    case "accepted":
    case "new":
    case "held":
    case "pending_cancel":
    case "partially_filled":
      return filledNano > 0n ? "partially_filled" : "working";
    case "canceled":
      return "cancelled";
    case "filled":
    case "expired":
    case "replaced":
    case "rejected":
      return status;
  }
}

export function fillWords(fill: Readonly<FillActivity>, clientOrderId: string | null): VenueFill {
  const qty = formatNano(fill.qtyNano);
  const price = priceText(fill.price);
  const at = timestampOf(fill.atMs);
  const cumulativeQty = formatNano(fill.cumulativeNano);
  return {
    executionId: fill.executionId,
    venueOrderId: fill.orderId,
    clientOrderId,
    symbol: fill.symbol,
    side: fill.side,
    qty,
    price,
    cumulativeQty,
    at,
    raw: {
      id: fill.id,
      order_id: fill.orderId,
      symbol: fill.symbol,
      side: fill.side,
      qty,
      price,
      cum_qty: cumulativeQty,
      leaves_qty: formatNano(fill.leavesNano),
      transaction_time: at,
    },
  };
}

const CAUSES: { readonly [type in CashActivityType]: VenueCashActivity["cause"] } = {
  FEE: "fee",
  INT: "interest",
  DIV: "dividend",
  CSD: "transfer",
  CSW: "transfer",
  JNLC: "transfer",
  REORG: "other",
};

/** `digits` of the account's currency. */
export function activityWords(activity: ExchangeActivity, digits: number): VenueActivity {
  switch (activity.type) {
    case "FILL":
      return { kind: "fill", activityId: activity.id, ...fillWords(activity, null) };
    case "SPLIT": {
      const { id: activityId, date, symbol, ratio } = activity;
      const qtyAfter = formatNano(activity.qtyAfterNano);
      const raw = {
        id: activityId,
        activity_type: "SPLIT",
        date,
        symbol,
        ratio,
        qty_after: qtyAfter,
      };
      return { kind: "split", activityId, date, symbol, qtyAfter, ratio, raw };
    }
    default:
      return cashWords(activity, digits);
  }
}

function cashWords(activity: CashActivity, digits: number): VenueActivity {
  const { id: activityId, type, date, symbol, description } = activity;
  const amount = minorText(activity.amountMinor, digits);
  return {
    kind: "cash",
    activityId,
    date,
    cause: CAUSES[type],
    symbol,
    amount,
    description,
    raw: { id: activityId, activity_type: type, date, symbol, net_amount: amount, description },
  };
}

/** Minor units as exact decimal text of the currency. */
export function minorText(minor: number, digits: number): string {
  return formatDecimal({ coefficient: BigInt(minor), scale: digits });
}

export function positionWords({ symbol, qtyNano, averagePrice }: ShownPosition): VenuePosition {
  const qty = formatNano(qtyNano);
  const average = formatDecimal(averagePrice);
  return { symbol, qty, averagePrice: average, raw: { symbol, qty, avg_entry_price: average } };
}

export function eventWords(event: ExchangeEvent): VenueEvent {
  const order = orderWords(event.order);
  if (event.kind === "order") return { kind: "order", order, event: event.event };
  return { kind: "fill", fill: fillWords(event.execution, event.order.clientOrderId), order };
}

/**
 * How the venue prints what the exchange holds: orders, executions, positions, activities, as Alpaca's
 * Trading API v2 documents them. Quantities (billionths of a unit inside), prices and money are exact
 * decimal text, instants RFC 3339 in UTC; what does not apply is present as null. Fields that the
 * broker removed in July 2026 (pattern day trading) are not here.
 */
import { createHash } from "node:crypto";
import {
  type Decimal,
  decimalOf,
  divideRounded,
  formatDecimal,
  toScaledInteger,
} from "../../base/decimal.ts";
import type {
  CashActivity,
  Exchange,
  ExchangeActivity,
  ExchangeEvent,
  ExchangeOrder,
  FillActivity,
  SplitActivity,
} from "../../venue/exchange/state.ts";
import { printInstant } from "./request.ts";

export type Body = { readonly [name: string]: unknown };

const NANO_SCALE = 9;
/** Digits after the point of an average: a single fill's price comes out as it is. */
const AVERAGE_SCALE = 20;

export function quantityText(nano: bigint): string {
  return formatDecimal({ coefficient: nano, scale: NANO_SCALE });
}

export function priceText(price: number): string {
  return formatDecimal(decimalOf(price));
}

/** Minor units with all the digits of the currency: "-1.50". */
export function moneyText(minor: number, digits: number): string {
  const whole = String(Math.abs(minor)).padStart(digits + 1, "0");
  const cut = whole.length - digits;
  const text = digits === 0 ? whole : `${whole.slice(0, cut)}.${whole.slice(cut)}`;
  return minor < 0 ? `-${text}` : text;
}

/** The asset's id: a UUID that the symbol alone decides. */
export function assetIdOf(symbol: string): string {
  const known = ASSET_IDS.get(symbol);
  if (known !== undefined) return known;
  const hex = createHash("sha256").update(`asset ${symbol}`).digest("hex");
  const id = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
  ASSET_IDS.set(symbol, id);
  return id;
}

const ASSET_IDS = new Map<string, string>();

function instantText(ms: number | null): string | null {
  return ms === null ? null : printInstant(ms);
}

function averageOf(value: Decimal, nano: bigint): string {
  const raised = toScaledInteger(value, AVERAGE_SCALE + NANO_SCALE);
  const coefficient = divideRounded(raised, nano);
  return formatDecimal({ coefficient, scale: AVERAGE_SCALE });
}

/** `legs`: the orders of a bracket, where they are asked for. */
export function orderBody(
  order: Readonly<ExchangeOrder>,
  legs: readonly Body[] | null = null,
): Body {
  const closed = order.intent === "close";
  const averaged = order.filledNano === 0n ? null : averageOf(order.filledValue, order.filledNano);
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    created_at: printInstant(order.submittedMs),
    updated_at: printInstant(order.updatedMs),
    submitted_at: printInstant(order.submittedMs),
    filled_at: instantText(order.filledMs),
    expired_at: instantText(order.expiredMs),
    expires_at: instantText(order.expiresMs),
    canceled_at: instantText(order.canceledMs),
    failed_at: order.status === "rejected" ? printInstant(order.updatedMs) : null,
    replaced_at: instantText(order.replacedMs),
    replaced_by: order.replacedBy,
    replaces: order.replaces,
    asset_id: assetIdOf(order.symbol),
    symbol: order.symbol,
    asset_class: "us_equity",
    notional: null,
    qty: quantityText(order.qtyNano),
    filled_qty: quantityText(order.filledNano),
    filled_avg_price: averaged,
    order_class: order.orderClass === "simple" ? "" : order.orderClass,
    order_type: order.type,
    type: order.type,
    side: order.side,
    position_intent: `${order.side}_to_${closed ? "close" : "open"}`,
    time_in_force: order.timeInForce,
    limit_price: order.limitPrice === null ? null : priceText(order.limitPrice),
    stop_price: order.stopPrice === null ? null : priceText(order.stopPrice),
    status: order.status,
    extended_hours: false,
    legs,
    trail_percent: null,
    trail_price: null,
    hwm: null,
    ratio_qty: null,
    subtag: null,
    source: null,
  };
}

/** With the legs of a bracket inside it. */
export function nestedOrderBody(exchange: Exchange, order: ExchangeOrder): Body {
  const legs = order.legIds.flatMap((id) => {
    const leg = exchange.orderById.get(id);
    return leg === undefined ? [] : [orderBody(leg)];
  });
  return orderBody(order, legs.length === 0 ? null : legs);
}

/** One frame of trade_updates. */
export function updateBody(event: ExchangeEvent): Body {
  const { atMs, order } = event;
  const common = { event: event.event, timestamp: printInstant(atMs), order: orderBody(order) };
  if (event.kind === "order") return common;
  return {
    ...common,
    execution_id: event.execution.executionId,
    price: priceText(event.execution.price),
    qty: quantityText(event.execution.qtyNano),
    position_qty: quantityText(event.positionNano),
  };
}

export function activityBody(activity: ExchangeActivity, currency: Currency): Body {
  switch (activity.type) {
    case "FILL":
      return fillBody(activity);
    case "SPLIT":
      return splitBody(activity);
    default:
      return cashBody(activity, currency);
  }
}

/** One row; the holding before and after in the words of the broker's activity events. */
function splitBody(split: SplitActivity): Body {
  return {
    ...bookedBody(split),
    activity_sub_type: split.ratio > 1 ? "FSPLIT" : "RSPLIT",
    symbol: split.symbol,
    qty: quantityText(split.qtyAfterNano - split.qtyBeforeNano),
    old_qty: quantityText(split.qtyBeforeNano),
    new_qty: quantityText(split.qtyAfterNano),
    old_rate: "1",
    new_rate: priceText(split.ratio),
    per_share_amount: "0",
    net_amount: "0",
  };
}

export type Currency = { readonly currency: string; readonly digits: number };

function fillBody(fill: FillActivity): Body {
  return {
    id: fill.id,
    activity_type: "FILL",
    transaction_time: printInstant(fill.atMs),
    type: fill.fillType,
    price: priceText(fill.price),
    qty: quantityText(fill.qtyNano),
    side: fill.side,
    symbol: fill.symbol,
    leaves_qty: quantityText(fill.leavesNano),
    order_id: fill.orderId,
    cum_qty: quantityText(fill.cumulativeNano),
    order_status: fill.leavesNano === 0n ? "filled" : "partially_filled",
  };
}

function cashBody(activity: CashActivity, { currency, digits }: Currency): Body {
  const subType = SUB_TYPES[activity.type];
  return {
    ...bookedBody(activity),
    ...(subType === undefined ? {} : { activity_sub_type: subType }),
    ...(activity.symbol === null ? {} : { symbol: activity.symbol }),
    ...(activity.qtyNano === null ? {} : { qty: quantityText(activity.qtyNano) }),
    ...(activity.perUnit === null ? {} : { per_share_amount: priceText(activity.perUnit) }),
    currency,
    net_amount: moneyText(activity.amountMinor, digits),
  };
}

/** Commission, margin interest, cash dividend. */
const SUB_TYPES: { readonly [type: string]: string | undefined } = {
  FEE: "COM",
  INT: "MGN",
  DIV: "CDIV",
};

function bookedBody(activity: Exclude<ExchangeActivity, FillActivity>): Body {
  return {
    id: activity.id,
    activity_type: activity.type,
    date: activity.date,
    created_at: printInstant(activity.atMs),
    description: activity.description,
    status: "executed",
  };
}

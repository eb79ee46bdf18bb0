/**
 * An order in a venue's terms. Lots become exact units, a price moves onto the instrument's grid, and
 * the phase the mandate trades in says how a market order waits: for the opening auction (opg), for
 * the closing one (cls), or for neither (day). Limits and stops say for themselves how long they are good (day, gtc).
 *
 * The caller keeps the approval with the order: inTerms(order, ticket) in gates/approval.ts. Refuses a
 * price that the grid leaves at zero or below where the instrument takes none such; an order without
 * lots, or a limit or stop without a price, is our own mistake (invariant 12).
 */
import { invariant } from "../../base/assert.ts";
import { type Decimal, decimalOf, formatDecimal, multiply } from "../../base/decimal.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Approved, Order, OrderType, Side } from "../../domain/order.ts";
import type { BrokerOrder, BrokerTimeInForce, DecimalText } from "../../domain/venue-report.ts";

export type TicketTerms = {
  /** The order's id, a hash: by it an unknown outcome is looked up. */
  readonly clientOrderId: string;
  /** As the venue spells the instrument. */
  readonly symbol: string;
  /** Units in a lot. */
  readonly lotSize: number;
  /** Price grid; null where the instrument has none. */
  readonly tick: number | null;
  readonly allowNonpositive: boolean;
  /** When the mandate's market orders fill: execution.fill. "any": as soon as the venue trades. */
  readonly marketPhase: "open" | "close" | "any";
};

export type TicketRefusal = {
  readonly code: "price_off_grid";
  readonly observed: number;
  readonly limit: number;
  readonly unit: "price";
  readonly message: string;
};

export function ticketOf(
  order: Approved<Order>,
  terms: TicketTerms,
): Result<BrokerOrder, TicketRefusal> {
  const { ordinal, lots, side } = order;
  invariant(
    Number.isSafeInteger(lots) && lots > 0,
    12,
    () => `order ${ordinal} is for ${lots} lots: a venue takes whole lots, at least one`,
  );
  const price = isPriced(order.type) ? priceOnGrid(order, terms) : null;
  if (price !== null && price.coefficient <= 0n && !terms.allowNonpositive) {
    return err(offGrid(order, terms));
  }
  const text = price === null ? null : formatDecimal(price);
  return ok({
    clientOrderId: terms.clientOrderId,
    symbol: terms.symbol,
    side: side === 1 ? "buy" : "sell",
    qty: qtyText(lots, terms.lotSize),
    ...typeAndTime(order, terms),
    limitPrice: order.type === "limit" ? text : null,
    stopPrice: order.type === "stop" ? text : null,
  });
}

/** Whole lots as exact units: 3 lots of 0.001 are "0.003". */
export function qtyText(lots: number, lotSize: number): DecimalText {
  return formatDecimal(multiply(decimalOf(lots), decimalOf(lotSize)));
}

const TIME_OF_PHASE = { open: "opg", close: "cls", any: "day" } as const;

function typeAndTime(
  { type, timeInForce }: Order,
  { marketPhase }: TicketTerms,
): { readonly type: BrokerOrder["type"]; readonly timeInForce: BrokerTimeInForce } {
  switch (type) {
    case "market":
      return { type: "market", timeInForce: TIME_OF_PHASE[marketPhase] };
    case "on_open":
      return { type: "market", timeInForce: "opg" };
    case "on_close":
      return { type: "market", timeInForce: "cls" };
    case "limit":
      return { type: "limit", timeInForce };
    case "stop":
      return { type: "stop", timeInForce };
  }
}

function isPriced(type: OrderType): boolean {
  return type === "limit" || type === "stop";
}

/**
 * A limit moves away from the market, so that nothing is paid beyond it; a stop moves towards it, so
 * that it protects no later than was decided. For a buy both are down, for a sale both are up.
 */
function priceOnGrid({ ordinal, type, price, side }: Order, { tick }: TicketTerms): Decimal {
  invariant(
    price !== null && Number.isFinite(price),
    12,
    () => `order ${ordinal} is a ${type} order at ${price}`,
  );
  const exact = decimalOf(price);
  return tick === null ? exact : toGrid(exact, decimalOf(tick), side);
}

/** Down for a buy, up for a sale; unchanged on the grid. */
function toGrid(price: Decimal, tick: Decimal, side: Side): Decimal {
  const scale = Math.max(price.scale, tick.scale);
  const value = price.coefficient * 10n ** BigInt(scale - price.scale);
  const step = tick.coefficient * 10n ** BigInt(scale - tick.scale);
  const above = ((value % step) + step) % step;
  const down = value - above;
  return { coefficient: side === -1 && above !== 0n ? down + step : down, scale };
}

function offGrid({ ordinal, type, price }: Order, { tick, symbol }: TicketTerms): TicketRefusal {
  return {
    code: "price_off_grid",
    observed: price as number,
    limit: tick ?? 0,
    unit: "price",
    message: `the ${type} price ${price} of order ${ordinal} leaves nothing above zero on ${symbol}'s grid of ${tick ?? "any price"}`,
  };
}

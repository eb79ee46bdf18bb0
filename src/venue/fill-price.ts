/**
 * At what market price an order would trade within one bar. Enters: an order's side, type and
 * price, and the bar's raw prices; leaves: the reference price before slippage, or NaN when the
 * bar does not reach it. Pure; the caller walks the phases open -> intraday -> close.
 *
 * A gap fills a stop, or a limit, at the open. A stop is never better than the price the position
 * came from. What both a stop and a limit reach in one bar is decided by the caller, against us.
 */
import type { OrderType, Side } from "../domain/order.ts";

/** When a plain market order trades: at the next open, or (close-only data) at the next close. */
export type MarketPhase = "open" | "close";

/** Reference price at the open, NaN when it does not trade there. */
export function atOpen(
  type: OrderType,
  side: Side,
  price: number | null,
  open: number,
  marketPhase: MarketPhase,
): number {
  switch (type) {
    case "market":
      return marketPhase === "open" ? open : Number.NaN;
    case "on_open":
      return open;
    case "on_close":
      return Number.NaN;
    case "limit":
      return side * (open - (price as number)) <= 0 ? open : Number.NaN;
    case "stop":
      return side * (open - (price as number)) >= 0 ? open : Number.NaN;
  }
}

/**
 * Reference price between open and close, NaN when the bar's range does not touch it.
 * `reachedFrom` is where the market was when the order began to work in this bar: the open, or the
 * fill that created a protective stop.
 */
export function intraday(
  type: OrderType,
  side: Side,
  price: number | null,
  high: number,
  low: number,
  reachedFrom: number,
): number {
  if (type !== "limit" && type !== "stop") return Number.NaN;
  const level = price as number;
  if (type === "limit") {
    return (side > 0 ? low <= level : high >= level) ? level : Number.NaN;
  }
  if (side > 0) {
    if (reachedFrom >= level) return reachedFrom;
    return high >= level ? level : Number.NaN;
  }
  if (reachedFrom <= level) return reachedFrom;
  return low <= level ? level : Number.NaN;
}

/** Reference price at the close, NaN when it does not trade there. */
export function atClose(type: OrderType, close: number, marketPhase: MarketPhase): number {
  if (type === "on_close") return close;
  return type === "market" && marketPhase === "close" ? close : Number.NaN;
}

export type Slippage = {
  /** Basis points of the reference price. */
  readonly bps: number;
  /** In price units: half of the quoted spread. */
  readonly halfSpread: number;
  /** Of the instrument's own grid. */
  readonly ticks: number;
};

/** The grid a price must lie on: tick = coefficient / divisor, both integers. */
export type TickGrid = { readonly coefficient: number; readonly divisor: number };

/** The reference price moved against us by slippage, then away from us to the tick grid. */
export function slipped(
  reference: number,
  side: Side,
  slippage: Slippage,
  tick: TickGrid | null,
): number {
  const { bps, halfSpread, ticks } = slippage;
  if (bps === 0 && halfSpread === 0 && ticks === 0) return reference;
  const grid = tick === null ? 0 : (ticks * tick.coefficient) / tick.divisor;
  const away = (Math.abs(reference) * bps) / 10_000 + halfSpread + grid;
  const price = reference + side * away;
  if (tick === null) return price;
  const steps = (price * tick.divisor) / tick.coefficient;
  // What rounding alone may add to a price that lies on the grid must not cost a tick.
  const noise = 1e-9 + Math.abs(steps) * 1e-15;
  const whole = side > 0 ? Math.ceil(steps - noise) : Math.floor(steps + noise);
  return (whole * tick.coefficient) / tick.divisor;
}

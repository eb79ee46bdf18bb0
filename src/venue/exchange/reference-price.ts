/**
 * At what market price an order of this exchange would trade in each phase of a session: NaN where it
 * does not. What the backtest's order types know is asked of fill-price.ts; added here are the orders
 * of one auction alone, stop-limits, and orders that came after the open. Those know nothing of the
 * range before them: a market order then trades at the close; a limit only where the close is beyond
 * it, and at its limit; a stop takes part in the range, which may only hurt it.
 */
import type { Side } from "../../domain/order.ts";
import { atClose, atOpen, intraday, type MarketPhase } from "../fill-price.ts";
import type { ExchangeOrder } from "./state.ts";

/** Orders that reach the exchange so soon after the open take part in the whole range. */
export const OPENING_MS = 60_000;

export function sideOf({ side }: Pick<ExchangeOrder, "side">): Side {
  return side === "buy" ? 1 : -1;
}

/** A stop-limit whose stop is reached is marked so: `isTriggered`. */
export function openReference(order: ExchangeOrder, open: number, phase: MarketPhase): number {
  if (order.timeInForce === "cls") return Number.NaN;
  const side = sideOf(order);
  switch (order.type) {
    case "market": {
      const isAuction = order.timeInForce === "opg" || order.timeInForce === "ioc";
      return atOpen(isAuction ? "on_open" : "market", side, null, open, phase);
    }
    case "limit":
      return atOpen("limit", side, order.limitPrice, open, phase);
    case "stop":
      return atOpen("stop", side, order.stopPrice, open, phase);
    case "stop_limit": {
      const reached = atOpen("stop", side, order.stopPrice, open, phase);
      if (!Number.isNaN(reached)) order.isTriggered = true;
      if (!order.isTriggered) return Number.NaN;
      return atOpen("limit", side, order.limitPrice, open, phase);
    }
  }
}

export type Range = {
  readonly high: number;
  readonly low: number;
  /** Where the market was when the order began to work in this bar. */
  readonly reachedFrom: number;
  readonly openMs: number;
};

/** The same between open and close. */
export function rangeReference(order: ExchangeOrder, range: Range): number {
  const { timeInForce } = order;
  if (timeInForce !== "day" && timeInForce !== "gtc") return Number.NaN;
  switch (order.type) {
    case "market":
      return Number.NaN;
    case "limit":
      return limitInRange(order, range);
    case "stop":
      return stopInRange(order, range);
    case "stop_limit": {
      if (order.isTriggered) return limitInRange(order, range);
      const reached = stopInRange(order, range);
      if (Number.isNaN(reached)) return Number.NaN;
      order.isTriggered = true;
      // Beyond its limit already: whether the price came back within this bar is not known.
      return sideOf(order) * (reached - (order.limitPrice as number)) <= 0 ? reached : Number.NaN;
    }
  }
}

function limitInRange(order: ExchangeOrder, { high, low, reachedFrom, openMs }: Range): number {
  if (order.activeMs > openMs + OPENING_MS) return Number.NaN;
  return intraday("limit", sideOf(order), order.limitPrice, high, low, reachedFrom);
}

function stopInRange(order: ExchangeOrder, { high, low, reachedFrom }: Range): number {
  return intraday("stop", sideOf(order), order.stopPrice, high, low, reachedFrom);
}

/** The same at the close. */
export function closeReference(
  order: ExchangeOrder,
  close: number,
  { phase, openMs }: { readonly phase: MarketPhase; readonly openMs: number },
): number {
  const { timeInForce } = order;
  if (timeInForce === "opg" || timeInForce === "ioc") return Number.NaN;
  if (order.type === "market") {
    if (timeInForce === "cls") return atClose("on_close", close, phase);
    return atClose("market", close, order.activeMs >= openMs ? "close" : phase);
  }
  if (order.type !== "limit") return Number.NaN;
  const limit = order.limitPrice as number;
  if (!(sideOf(order) * (close - limit) <= 0)) return Number.NaN;
  if (timeInForce === "cls") return close;
  return order.activeMs > openMs + OPENING_MS ? limit : Number.NaN;
}

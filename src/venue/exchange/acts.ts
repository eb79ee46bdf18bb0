/**
 * What an exchange does that nobody asked it for: the acts of a fault script and of whoever tests a
 * client against it. Each is booked as such a venue would book it, or kept silent where that is the
 * fault. Quantities are signed decimal text where nothing else is said.
 */
import { add, decimalOf, multiply } from "../../base/decimal.ts";
import { notionalMinor } from "../../base/money.ts";
import { Fault } from "../../domain/fault.ts";
import { append, bookCash } from "./activities.ts";
import { bookFill } from "./fills.ts";
import { activityId, uuidOf } from "./ids.ts";
import { dropEnded, tell } from "./order-life.ts";
import { keep, newOrder } from "./orders.ts";
import { averageAnew, movePosition, positionToChange } from "./positions.ts";
import { absolute, NANO_DIGITS, nanoOf, priceOf, unitsOf } from "./quantity.ts";
import type { Exchange, ExchangeActivity, ExchangeOrder } from "./state.ts";

/** silent: the balance changes and nothing says why; else a correction (JNLC) is booked. */
export function adjustCash(x: Exchange, amountMinor: number, silent: boolean): void {
  if (silent) x.state.cashMinor += amountMinor;
  else bookCash(x, "JNLC", { symbol: null, amountMinor, description: "correction by the venue" });
}

/** An order of the venue's own, filled at once. */
export function fillUnasked(x: Exchange, symbol: string, qty: string, price: string): void {
  const order = ownOrder(x, symbol, qty, null);
  keep(x, order);
  bookFill(x, order, { nano: order.qtyNano, price: priceFrom(price) });
  dropEnded(x);
}

/** An order of the venue's own that goes on working: at a limit, good till cancelled. */
export function placePhantom(
  x: Exchange,
  symbol: string,
  qty: string,
  price: string,
): ExchangeOrder {
  const order = ownOrder(x, symbol, qty, priceFrom(price));
  keep(x, order);
  tell(x, order, "new");
  return order;
}

function ownOrder(x: Exchange, symbol: string, qty: string, limit: number | null): ExchangeOrder {
  if (!x.market.indexOf.has(symbol))
    throw new Fault("data", `no symbol ${symbol} at this exchange`);
  const signed = nanoFrom(qty);
  return newOrder(x, {
    clientOrderId: uuidOf(x.options.seed, "client", x.state.counts.orders + 1),
    symbol,
    side: signed > 0n ? "buy" : "sell",
    type: limit === null ? "market" : "limit",
    timeInForce: limit === null ? "day" : "gtc",
    qtyNano: absolute(signed),
    limitPrice: limit,
    stopPrice: null,
    intent: "open",
    status: "new",
  });
}

/** Units appear or vanish without a trade and without a word; of what has a price, so that they are worth something. */
export function changePosition(x: Exchange, symbol: string, byQty: string): void {
  const i = x.market.indexOf.get(symbol);
  if (i === undefined) throw new Fault("data", `no symbol ${symbol} at this exchange`);
  if (Number.isNaN(x.state.marks[i])) throw new Fault("data", `no price of ${symbol} is known yet`);
  positionToChange(x, symbol).qtyNano += nanoFrom(byQty);
}

/**
 * An execution's price is corrected afterwards: in its activity, in cash, and in the average price as
 * if it had always been so.
 */
export function bustPrice(x: Exchange, executionId: string, price: string): void {
  const index = x.state.activities.findLastIndex((one) => isExecution(one, executionId));
  const fill = x.state.activities[index];
  if (fill?.type !== "FILL") throw new Fault("data", `no execution ${executionId} to correct`);
  const to = priceFrom(price);
  const scale = x.market.scales[x.market.indexOf.get(fill.symbol) as number];
  const units = unitsOf(fill.side === "buy" ? fill.qtyNano : -fill.qtyNano);
  x.state.cashMinor += notionalMinor(units, fill.price, scale) - notionalMinor(units, to, scale);
  const nano = { scale: NANO_DIGITS };
  const order = x.orderById.get(fill.orderId) as ExchangeOrder;
  order.filledValue = add(
    add(order.filledValue, multiply({ ...nano, coefficient: fill.qtyNano }, decimalOf(to))),
    multiply({ ...nano, coefficient: -fill.qtyNano }, decimalOf(fill.price)),
  );
  x.state.activities[index] = { ...fill, price: to };
  averageAnew(x, fill.symbol);
}

/** The execution appears a second time, under another activity; `booked`: it moved cash and shares again. */
export function repeatFill(x: Exchange, executionId: string, booked: boolean): void {
  const fill = x.state.activities.find((one) => isExecution(one, executionId));
  if (fill?.type !== "FILL") throw new Fault("data", `no execution ${executionId} to repeat`);
  if (booked) {
    const signed = fill.side === "buy" ? fill.qtyNano : -fill.qtyNano;
    const scale = x.market.scales[x.market.indexOf.get(fill.symbol) as number];
    x.state.cashMinor -= notionalMinor(unitsOf(signed), fill.price, scale);
    movePosition(x, fill.symbol, signed, fill.price);
  }
  // Its id differs in its time alone, which is what makes it another activity.
  const laterMs = Math.max(x.state.nowMs, fill.atMs + 1);
  append(x, { ...fill, id: activityId(laterMs, executionId), atMs: laterMs });
}

function isExecution(one: ExchangeActivity, executionId: string): boolean {
  return one.type === "FILL" && one.executionId === executionId;
}

/** It neither fills nor ends, whatever is asked. */
export function stickOrder(x: Exchange, id: string): void {
  const order = x.orderById.get(id);
  if (order === undefined) throw new Fault("data", `no order ${id} to be stuck`);
  order.isStuck = true;
}

/** Its next fill takes this part of it alone, 0..1; the rest has to find another. */
export function cutNextFill(x: Exchange, id: string, share: number): void {
  const order = x.orderById.get(id);
  if (order === undefined) throw new Fault("data", `no order ${id} to be cut`);
  order.partialShare = share;
}

/** refuses: orders for it are refused; else they are accepted and do not fill. untilMs null: until resumed. */
export function haltSymbol(
  x: Exchange,
  symbol: string,
  halt: { readonly refuses: boolean; readonly untilMs: number | null },
): void {
  resumeSymbol(x, symbol);
  x.state.halted.push({ symbol, ...halt });
}

export function resumeSymbol({ state }: Exchange, symbol: string): void {
  state.halted = state.halted.filter((one) => one.symbol !== symbol);
}

/** Positions are shown as they were before whatever changes at this instant or later, until then. */
export function delayPositions({ state }: Exchange, byMs: number): void {
  state.positionLag = { sinceMs: state.nowMs, untilMs: state.nowMs + byMs };
}

export function rejectNextReplace({ state }: Exchange): void {
  state.replacesToReject++;
}

function nanoFrom(text: string): bigint {
  const nano = nanoOf(text);
  if (nano === null || nano === 0n) throw new Fault("data", `${text} is no quantity`);
  return nano;
}

function priceFrom(text: string): number {
  const price = priceOf(text);
  if (price === null) throw new Fault("data", `${text} is no price`);
  return price;
}

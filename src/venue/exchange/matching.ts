/**
 * One session's trading, from its bar alone: the opening auction, the range, the closing auction.
 * In each phase what closes a position goes before what opens one; where one bar reaches both a stop
 * and a limit the stop is taken first, and an entry is followed at once by a look at its own stop:
 * what cannot be known goes against the client.
 */
import { nextUniform } from "../../base/prng.ts";
import { slipped } from "../fill-price.ts";
import { bookFill } from "./fills.ts";
import { generatorOf } from "./ids.ts";
import { endOrder, haltOf, isEnded, isLive, tell } from "./order-life.ts";
import { heldNano } from "./positions.ts";
import { absolute, partOf, smaller } from "./quantity.ts";
import { closeReference, openReference, rangeReference, sideOf } from "./reference-price.ts";
import type { Exchange, ExchangeOrder } from "./state.ts";

/** Before 1 comes 0, before 2 comes 1. */
type Rank = 0 | 1 | 2;

/** What an order may trade in: its instrument's bar of this session. */
type Bar = { readonly i: number; readonly row: number };

export function openingAuction(x: Exchange, session: number): void {
  for (const order of x.working) {
    if (order.status !== "accepted" || barOf(x, order, session) === null) continue;
    order.status = order.filledNano > 0n ? "partially_filled" : "new";
    tell(x, order, "new");
  }
  walk(x, session, auctionRank, (order, { i, row }) => {
    const open = x.options.series[i].open?.[row] ?? Number.NaN;
    const reference = openReference(order, open, x.options.marketPhase);
    if (!Number.isNaN(reference)) trade(x, order, reference);
  });
  for (const order of x.working) {
    if (isEnded(order) || barOf(x, order, session) === null) continue;
    if (order.timeInForce === "opg") endOrder(x, order, "expired", null);
    if (order.timeInForce === "ioc") endOrder(x, order, "canceled", null);
  }
}

export function tradeRange(x: Exchange, session: number): void {
  walk(x, session, rangeRank, (order, bar) => {
    const open = x.options.series[bar.i].open?.[bar.row] ?? Number.NaN;
    if (tryRange(x, session, order, open)) tryOwnStop(x, session, order);
  });
}

/** True when it traded. */
function tryRange(
  x: Exchange,
  session: number,
  order: ExchangeOrder,
  reachedFrom: number,
): boolean {
  const bar = barOf(x, order, session);
  if (bar === null) return false;
  const { high, low } = x.options.series[bar.i];
  if (high === null || low === null) return false;
  const { openMs } = x.options.sessions[session];
  const range = { high: high[bar.row], low: low[bar.row], reachedFrom, openMs };
  const reference = rangeReference(order, range);
  if (Number.isNaN(reference)) return false;
  trade(x, order, reference);
  return true;
}

/** The stop that a bracket's entry woke has been in the market since that price. */
function tryOwnStop(x: Exchange, session: number, entry: ExchangeOrder): void {
  for (const id of entry.legIds) {
    const leg = x.orderById.get(id) as ExchangeOrder;
    const from = entry.limitPrice ?? entry.stopPrice;
    if (isLive(leg) && isStop(leg) && from !== null) tryRange(x, session, leg, from);
  }
}

export function closingAuction(x: Exchange, session: number): void {
  const { openMs } = x.options.sessions[session];
  const when = { phase: x.options.marketPhase, openMs };
  walk(x, session, auctionRank, (order, { i, row }) => {
    const reference = closeReference(order, x.options.series[i].close[row], when);
    if (!Number.isNaN(reference)) trade(x, order, reference);
  });
  for (const order of x.working) {
    if (isEnded(order)) continue;
    const isOld = order.expiresMs !== null && order.expiresMs <= x.state.nowMs;
    // A day is one of the instrument's own: where it has no bar, its market was not open.
    const endsToday = order.timeInForce === "day" || order.timeInForce === "cls";
    if (isOld || (endsToday && barOf(x, order, session) !== null))
      endOrder(x, order, "expired", null);
  }
}

function walk(
  x: Exchange,
  session: number,
  rankOf: (order: ExchangeOrder) => Rank,
  visit: (order: ExchangeOrder, bar: Bar) => void,
): void {
  const { working } = x;
  for (let rank = 0; rank <= 2; rank++) {
    for (let n = 0, end = working.length; n < end; n++) {
      const order = working[n];
      if (rankOf(order) !== rank || !isLive(order) || waits(x, order)) continue;
      if (haltOf(x, order.symbol) !== null) continue;
      const bar = barOf(x, order, session);
      if (bar !== null) visit(order, bar);
    }
  }
}

/** Crossing zero closes first: what opens waits while the other side is still held. */
function waits(x: Exchange, { intent, symbol, side }: ExchangeOrder): boolean {
  if (intent === "close") return false;
  const held = heldNano(x, symbol);
  return side === "buy" ? held < 0n : held > 0n;
}

function auctionRank(order: ExchangeOrder): Rank {
  if (order.intent === "open") return 2;
  return isStop(order) ? 1 : 0;
}

/** Stops before limits: pessimistic. */
function rangeRank(order: ExchangeOrder): Rank {
  if (order.intent === "open") return 2;
  return isStop(order) ? 0 : 1;
}

function isStop({ type }: ExchangeOrder): boolean {
  return type === "stop" || type === "stop_limit";
}

function barOf(x: Exchange, { symbol }: ExchangeOrder, session: number): Bar | null {
  const i = x.market.indexOf.get(symbol) as number;
  const row = x.market.rowAt[i][session];
  return row < 0 ? null : { i, row };
}

/** Fills the order at a reference price, or ends it where nothing may trade. */
function trade(x: Exchange, order: ExchangeOrder, reference: number): void {
  const i = x.market.indexOf.get(order.symbol) as number;
  const price = tradedPrice(x, order, reference, i);
  if (!(price > 0) && !x.options.series[i].instrument.allowNonpositive) {
    endOrder(x, order, "expired", "non_positive_price");
    return;
  }
  const nano = tradable(x, order);
  const share = order.partialShare;
  if (share !== null) {
    order.partialShare = null;
    const part = partOf(nano, share);
    if (part > 0n) bookFill(x, order, { nano: part, price });
    return;
  }
  const first = comesInTwo(x) ? partOf(nano, 0.5) : 0n;
  if (first > 0n) bookFill(x, order, { nano: first, price });
  if (nano > first) bookFill(x, order, { nano: nano - first, price });
  // What closes never opens: more than is held is not traded.
  if (isLive(order)) endOrder(x, order, "canceled", "nothing_to_close");
}

function tradedPrice(x: Exchange, order: ExchangeOrder, reference: number, i: number): number {
  if (order.type === "limit") return reference;
  const side = sideOf(order);
  const price = slipped(reference, side, x.options.costs.slippage, x.market.ticks[i]);
  if (order.type !== "stop_limit") return price;
  const limit = order.limitPrice as number;
  return side * (price - limit) > 0 ? limit : price;
}

function tradable(x: Exchange, order: ExchangeOrder): bigint {
  const left = order.qtyNano - order.filledNano;
  if (order.intent === "open") return left;
  const held = heldNano(x, order.symbol);
  const reduces = order.side === "buy" ? held < 0n : held > 0n;
  return reduces ? smaller(left, absolute(held)) : 0n;
}

function comesInTwo(x: Exchange): boolean {
  const { partialFillChance } = x.options.rules;
  if (partialFillChance === 0) return false;
  const prng = generatorOf(x.options.seed, "draw", ++x.state.counts.draws);
  return nextUniform(prng) < partialFillChance;
}

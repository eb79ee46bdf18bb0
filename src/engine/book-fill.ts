/**
 * One fill, booked: price after slippage, cash rounded once, position, costs, the order's end, and
 * the protective stop that follows the position. Nothing else in the engine moves cash for a trade.
 */
import { invariant } from "../base/assert.ts";
import { notionalMinor } from "../base/money.ts";
import { MICRO_LOTS } from "../domain/journal-entry.ts";
import type { ExecutionReport, Order, OrderEndUnfilled, Side } from "../domain/order.ts";
import { approveReduction } from "../execution/gates/approval.ts";
import { feeMinor } from "../venue/fees.ts";
import { slipped } from "../venue/fill-price.ts";
import { logFill } from "./log-fill.ts";
import type { FillMoney, Share } from "./recorder.ts";
import { settleOrder } from "./signal-end.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";
import { shareFill, sleevesOf } from "./sleeves/share-fill.ts";
import { submit } from "./submit.ts";

const NO_SHARES: readonly Share[] = [];
const NO_SIGNALS: readonly Signal[] = [];

/** Trades an order at a reference price, or expires it where the venue may not fill. */
export function fillOrder(k: Kernel, order: Order, referencePrice: number): void {
  const i = order.instrument;
  const price =
    order.type === "limit"
      ? referencePrice
      : slipped(referencePrice, order.side, k.plan.slippage, k.world.ticks[i]);
  if (!(price > 0) && !k.world.instruments[i].allowNonpositive) {
    endOrder(k, order, "non_positive_price", price);
    return;
  }
  const lots = order.side * order.lots;
  const held = k.state.lots[i];
  if (!fits(order, order.lots, held)) {
    invariant(
      false,
      12,
      `${order.purpose} order of ${lots} lots does not fit a position of ${held}`,
    );
  }
  const money = fillMoney(k, i, { lots, price, referencePrice });
  bookTrade(k, order, { lots, price, referencePrice, money });
}

/** One execution as it is booked; `money` in minor units of the instrument's currency. */
export type Trade = {
  /** Signed. */
  readonly lots: number;
  readonly price: number;
  readonly referencePrice: number;
  readonly money: FillMoney;
};

/** What an execution leaves open of its order stays at work; one that leaves nothing ends it. */
export function bookTrade(k: Kernel, order: Order, trade: Trade): void {
  const { state } = k;
  const i = order.instrument;
  const { lots, price, referencePrice, money } = trade;
  const currency = k.world.currencyOf[i];
  if (k.world.futures[i] === null) {
    state.cash[currency] -= money.notionalMinor + money.feeMinor;
  } else {
    state.cash[currency] -= money.feeMinor;
    state.unsettledMinor[i] += money.notionalMinor;
  }
  state.lots[i] += lots;
  logFill(k, i, trade, money);
  const opener = openerOf(k, order);
  const shares = shareOut(k, order, lots);
  const isWhole = Math.abs(lots) === order.lots;
  const ended = isWhole ? settleOrder(state, order, "filled") : leaveOpen(order, lots);
  if (order.purpose === "stop") {
    if (isWhole) {
      state.counters.stopsFilled++;
      state.stops[i] = null;
    }
    state.stoppedAt[i] = state.session;
  }
  if (order.purpose === "flatten" && isWhole) state.counters.flattensFilled++;
  if (k.recorder.keepsEvidence) {
    const end = isWhole ? "filled" : "partly_filled";
    const report: ExecutionReport = { order, end, lots, price, referencePrice };
    k.recorder.fill(state.session, { report, money, shares, ended });
  }
  if (state.lots[i] === 0) leaveFlat(k, order);
  else followPosition(k, i, opener, price);
}

/**
 * An execution that its order was no longer for: it ended here first, or would turn the position round. It
 * has happened, so it is booked: on the instrument's first sleeve, and no order or stop follows from it.
 */
export function bookStray(k: Kernel, order: Order, trade: Trade): void {
  const { state } = k;
  const i = order.instrument;
  const { lots, price, referencePrice, money } = trade;
  state.cash[k.world.currencyOf[i]] -= money.notionalMinor + money.feeMinor;
  state.lots[i] += lots;
  logFill(k, i, trade, money);
  const [owner] = sleevesOf(k, i);
  const shares: Share[] = [];
  if (state.sleeves !== null && owner !== undefined) {
    state.sleeves.microLots[owner] += lots * MICRO_LOTS;
    shares.push({ variant: owner, microLots: lots * MICRO_LOTS });
  }
  const report: ExecutionReport = { order, end: "partly_filled", lots, price, referencePrice };
  k.recorder.fill(state.session, { report, money, shares, ended: NO_SIGNALS });
}

function leaveOpen(order: Order, lots: number): readonly Signal[] {
  order.lots -= Math.abs(lots);
  return NO_SIGNALS;
}

/** What opens adds to what is held, what closes takes from it and no more than there is. */
export function fits({ purpose, side }: Order, lots: number, held: number): boolean {
  return purpose === "open" ? held * side >= 0 : held * side < 0 && Math.abs(held) >= lots;
}

/**
 * The signal whose protective stop the position follows: the order's only one, or any of those it
 * nets. What only takes from a net leaves its stop where it is.
 */
function openerOf({ state }: Kernel, { signals, purpose }: Order): Signal | null {
  const signal = signals.length === 0 ? undefined : state.openSignals.get(signals[0]);
  if (signal === undefined) return null;
  return signal.kind === "forecast" && purpose === "close" ? null : signal;
}

/** Who got what was traded: the one strategy that owns the instrument, or its sleeves. */
function shareOut(k: Kernel, order: Order, lots: number): readonly Share[] {
  const { sleeves } = k.state;
  if (sleeves !== null) return shareFill(k, sleeves, order, lots);
  for (const ordinal of order.signals) {
    const signal = k.state.openSignals.get(ordinal);
    if (signal !== undefined) signal.filledLots += Math.abs(lots);
  }
  return NO_SHARES;
}

function fillMoney(
  k: Kernel,
  i: number,
  fill: { lots: number; price: number; referencePrice: number },
): FillMoney {
  const scale = k.world.scales[i];
  const notional = notionalMinor(fill.lots, fill.price, scale);
  const slippageMinor =
    fill.price === fill.referencePrice
      ? 0
      : notional - notionalMinor(fill.lots, fill.referencePrice, scale);
  const fee = feeMinor(k.plan.fees[i], fill.lots, notional, k.world.unitScales[i]);
  return { notionalMinor: notional, feeMinor: fee, slippageMinor };
}

/** Ends an order without a fill. */
export function endOrder(
  k: Kernel,
  order: Order,
  end: OrderEndUnfilled,
  observed = Number.NaN,
): void {
  const ended = settleOrder(k.state, order, end);
  if (order.purpose === "stop") {
    k.state.stops[order.instrument] = null;
    if (end === "cancelled" || end === "replaced") k.state.counters.stopsCancelled++;
    else k.state.counters.stopsExpired++;
  }
  if (order.purpose === "flatten") k.state.counters.flattensExpired++;
  if (!k.recorder.keepsEvidence) return;
  const report = { order, end, lots: 0, price: observed, referencePrice: Number.NaN };
  k.recorder.ended(k.state.session, report, ended);
}

/**
 * Flat: the stop and whatever else was to close go, a flattening included, which would find nothing
 * left to sell. Where a stop made it so, orders that would have added to the position go too: there is
 * nothing left to add to.
 */
function leaveFlat(k: Kernel, by: Order): void {
  const { state } = k;
  const stop = state.stops[by.instrument];
  if (stop !== null) endOrder(k, stop, "cancelled");
  for (const order of state.working) {
    if (!order.working || order.instrument !== by.instrument) continue;
    const adds = by.purpose === "stop" && order.side !== by.side;
    const closes = order.purpose === "close" || order.purpose === "flatten";
    if (closes || adds) endOrder(k, order, "cancelled");
  }
}

/** The stop covers exactly what is held. */
function followPosition(k: Kernel, i: number, opener: Signal | null, fillPrice: number): void {
  const { state } = k;
  const lots = state.lots[i];
  const stop = state.stops[i];
  const price = stopPrice(opener, stop, Math.sign(lots) as Side, fillPrice);
  if (price === null) return;
  if (stop !== null) {
    if (stop.lots === Math.abs(lots) && stop.price === price) return;
    endOrder(k, stop, "replaced");
  }
  placeStop(k, i, price);
}

function stopPrice(
  opener: Signal | null,
  existing: Order | null,
  side: Side,
  fillPrice: number,
): number | null {
  if (opener === null || opener.stop === null) return existing?.price ?? null;
  if ("price" in opener.stop) return opener.stop.price;
  const price = fillPrice - side * opener.stop.distance;
  // Sleeves that add in a falling market must not take the stop down with it.
  if (opener.kind !== "forecast" || existing === null || existing.price === null) return price;
  return side > 0 ? Math.max(price, existing.price) : Math.min(price, existing.price);
}

function placeStop(k: Kernel, i: number, price: number): void {
  const { state } = k;
  const again = state.stopSession[i] === state.session;
  state.stopGeneration[i] = again ? state.stopGeneration[i] + 1 : 0;
  state.stopSession[i] = state.session;
  const stop: Order = {
    ordinal: state.counters.orders++,
    instrument: i,
    session: state.session,
    purpose: "stop",
    leg: 0,
    generation: state.stopGeneration[i],
    side: state.lots[i] > 0 ? -1 : 1,
    type: "stop",
    lots: Math.abs(state.lots[i]),
    price,
    timeInForce: "gtc",
    working: false,
    signals: [],
  };
  state.counters.stopsPlaced++;
  state.stops[i] = stop;
  const approved = approveReduction(stop, state.lots[i]);
  submit(k, approved, []);
  k.recorder.order(state.session, approved, []);
}

/**
 * Every trade against the market it was made in, from the pack's bars and the mandate's terms: after
 * the close that decided it (invariant 20), at a price that the bar had (invariant 22), moved against
 * us by the slippage, for the notional and the commission that are due (invariant 11). The legs of a
 * roll have no order; check-money.ts looks at them. Shares no code with the venue.
 */
import { formatDate } from "../base/instant.ts";
import type { BarSeries } from "../domain/bar.ts";
import type { Order } from "../domain/order.ts";
import type { Breach } from "./audit.ts";
import { commissionDue, slippageDue } from "./check-costs.ts";
import type { Kernel } from "./state.ts";
import type { Trace } from "./trace.ts";

/** Two ways to multiply the same numbers differ by less than this part. */
const TOLERANCE = 1e-9;

type Trade = {
  readonly order: Order;
  readonly session: number;
  readonly lots: number;
  readonly price: number;
  readonly reference: number;
  readonly notional: number;
  readonly fee: number;
  readonly slippage: number;
};

export function checkTrades(k: Kernel, trace: Trace): Breach | null {
  const { session, lots, price, notional, fee, slippage } = k.state.fills;
  const references = trace.fillReferences.values();
  const columns = {
    session: session.values(),
    lots: lots.values(),
    price: price.values(),
    notional: notional.values(),
    fee: fee.values(),
    slippage: slippage.values(),
  };
  for (let n = 0; n < columns.session.length; n++) {
    const traced = trace.fillOrders[n];
    if (traced === null && k.world.hasFutures) continue;
    if (traced === null || traced === undefined) return unordered(k, columns.session[n], n);
    const found = checkTrade(k, {
      order: traced.order,
      session: columns.session[n],
      lots: columns.lots[n],
      price: columns.price[n],
      reference: references[n],
      notional: columns.notional[n],
      fee: columns.fee[n],
      slippage: columns.slippage[n],
    });
    if (found !== null) return found;
  }
  return null;
}

/** Only a roll trades without an order. */
function unordered({ world, state }: Kernel, session: number, n: number): Breach {
  const { id } = world.instruments[state.fills.instrument.values()[n]];
  const message = `${state.fills.lots.values()[n]} lots of ${id} were traded on ${formatDate(world.sessionsMs[session])}, and no order is written down for them`;
  return { invariant: 22, status: "ERROR", message };
}

function checkTrade(k: Kernel, trade: Trade): Breach | null {
  const { order, session } = trade;
  const { sessionsMs, series, instruments } = k.world;
  const bar = barAt(series[order.instrument], sessionsMs[session]);
  const name = `the ${order.purpose} order of ${trade.lots} lots of ${instruments[order.instrument].id}, filled on ${formatDate(sessionsMs[session])}`;
  if (isTooEarly(k, trade)) {
    const message = `${name}, was decided at the close of ${formatDate(sessionsMs[order.session])}: it cannot trade before that is over`;
    return { invariant: 20, status: "ERROR", message };
  }
  if (bar === null || !isOfBar(k, trade, bar)) {
    const prices = bar === null ? "no bar" : `the bar ${pricesOf(bar)}`;
    const message = `${name}, is said to trade at ${trade.reference} (${order.type}), the pack has ${prices}`;
    return { invariant: 22, status: "ERROR", message };
  }
  const off = wrongMoney(k, trade);
  return off === null ? null : { invariant: 11, status: "BREAK", message: `${name}, ${off}` };
}

/** A stop is in the market from the fill that it protects; all else waits for the next session. */
function isTooEarly({ plan }: Kernel, { order, session }: Trade): boolean {
  return order.purpose === "stop" || plan.sameClose
    ? session < order.session
    : session <= order.session;
}

type Bar = {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Of the contract that a future rolls into; NaN elsewhere. */
  readonly nextClose: number;
};

/** Null where the instrument has no bar at that time. */
function barAt(series: BarSeries, ms: number): Bar | null {
  const { timesMs } = series;
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] < ms) low = middle + 1;
    else high = middle;
  }
  if (timesMs[low] !== ms) return null;
  return {
    open: series.open?.[low] ?? Number.NaN,
    high: series.high?.[low] ?? Number.NaN,
    low: series.low?.[low] ?? Number.NaN,
    close: series.close[low],
    nextClose: series.futures?.nextClose[low] ?? Number.NaN,
  };
}

function pricesOf({ open, high, low, close }: Bar): string {
  return [open, high, low, close].join(" / ");
}

/** The price before slippage is the open, the close, or between the two ends of the bar. */
function isOfBar({ plan }: Kernel, { order, reference, session }: Trade, bar: Bar): boolean {
  const atClose =
    reference === bar.close || (order.session === session && reference === bar.nextClose);
  switch (order.type) {
    case "market":
      return plan.marketPhase === "open" ? reference === bar.open : atClose;
    case "on_open":
      return reference === bar.open;
    case "on_close":
      return atClose;
    case "limit":
      // Never better than its price, but at an open beyond it.
      return (
        (reference === order.price || reference === bar.open) &&
        isReached(reference, bar) &&
        order.side * (reference - (order.price as number)) <= 0
      );
    case "stop":
      return isReached(reference, bar) && order.side * (reference - (order.price as number)) >= 0;
  }
}

function isReached(reference: number, { open, high, low }: Bar): boolean {
  return reference === open || (reference >= low && reference <= high);
}

function wrongMoney(k: Kernel, trade: Trade): string | null {
  const { order, lots, price, reference, notional, fee, slippage } = trade;
  const i = order.instrument;
  if (lots !== order.side * order.lots) return `was of ${order.side * order.lots} lots`;
  const [least, most] = order.type === "limit" ? [0, 0] : slippageDue(k, i, reference);
  const paid = order.side * (price - reference);
  const noise = Math.abs(reference) * TOLERANCE;
  if (paid < least - noise || paid > most + noise) {
    return `pays ${paid} of slippage a unit, ${least} is due`;
  }
  const { factor } = k.world.scales[i];
  const worth = lots * price * factor;
  // Half a minor unit is what rounding may move it by.
  if (Math.abs(notional - worth) > 0.5 + Math.abs(worth) * TOLERANCE) {
    return `has a notional of ${notional} minor units, its lots at its price are worth ${worth}`;
  }
  const moved = lots * (price - reference) * factor;
  if (Math.abs(slippage - moved) > 1 + Math.abs(worth) * TOLERANCE) {
    return `has a slippage of ${slippage} minor units written down, its price is ${moved} away`;
  }
  const due = commissionDue(k, i, { lots, notional });
  // Its parts are rounded one by one.
  if (Math.abs(fee - due) > 1 + due * TOLERANCE) {
    return `pays a fee of ${fee} minor units, ${due} are due`;
  }
  return null;
}

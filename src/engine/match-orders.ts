/**
 * One session of the simulated exchange: walks the working orders through open, the bar's range
 * and close. Where one bar reaches both a stop and a limit the stop is taken first, and an entry
 * is followed at once by a look at its own protective stop: what cannot be known goes against us.
 */
import type { Order, OrderPurpose } from "../domain/order.ts";
import { atClose, atOpen, intraday } from "../venue/fill-price.ts";
import { endOrder, fillOrder } from "./book-fill.ts";
import type { Kernel } from "./state.ts";

const AT_OPEN: readonly OrderPurpose[] = ["flatten", "close", "stop", "open"];
/** Stops before limits: pessimistic. */
const IN_RANGE: readonly OrderPurpose[] = ["stop", "close", "open"];
const AT_CLOSE: readonly OrderPurpose[] = ["flatten", "close", "open"];

/** Fills what this session's bars reach, then expires day orders that had their bar. */
export function matchOrders(k: Kernel, session: number): void {
  openPhase(k, session);
  rangePhase(k, session);
  closePhase(k, session, session - 1);
  expireDayOrders(k, session);
  dropEnded(k);
}

/** `same_close`: orders decided on this close fill on it. */
export function matchAtSameClose(k: Kernel, session: number): void {
  closePhase(k, session, session);
  dropEnded(k);
}

/** Crossing zero closes first: what opens waits while the other side is still held. */
function waits({ state }: Kernel, { purpose, instrument, side }: Order): boolean {
  return purpose === "open" && state.lots[instrument] * side < 0;
}

function openPhase(k: Kernel, session: number): void {
  const { working } = k.state;
  for (const purpose of AT_OPEN) {
    for (let n = 0, end = working.length; n < end; n++) {
      const order = working[n];
      if (!order.working || order.purpose !== purpose || order.session >= session) continue;
      const open = k.world.bars[order.instrument].open?.[session] ?? Number.NaN;
      const reference = atOpen(order.type, order.side, order.price, open, k.plan.marketPhase);
      if (reference === reference && !waits(k, order)) fillOrder(k, order, reference);
    }
  }
  // Most orders end here: the later phases then have nothing to look through.
  dropEnded(k);
}

function rangePhase(k: Kernel, session: number): void {
  const { working } = k.state;
  for (const purpose of IN_RANGE) {
    for (let n = 0, end = working.length; n < end; n++) {
      const order = working[n];
      if (!order.working || order.purpose !== purpose) continue;
      // A stop born at this open has been in the market since then; other orders start tomorrow.
      if ((order.session >= session && purpose !== "stop") || waits(k, order)) continue;
      const open = k.world.bars[order.instrument].open?.[session] ?? Number.NaN;
      if (!tryRange(k, order, session, open) || purpose !== "open") continue;
      const born = k.state.stops[order.instrument];
      if (born !== null) tryRange(k, born, session, order.price as number);
    }
  }
}

/** Fills the order if the bar's range reaches it; true when it traded. */
function tryRange(k: Kernel, order: Order, session: number, reachedFrom: number): boolean {
  const { high, low } = k.world.bars[order.instrument];
  if (high === null || low === null) return false;
  const h = high[session];
  const reference = intraday(order.type, order.side, order.price, h, low[session], reachedFrom);
  if (!(h === h) || !(reference === reference)) return false;
  fillOrder(k, order, reference);
  return true;
}

function closePhase(k: Kernel, session: number, decidedBy: number): void {
  const { working } = k.state;
  for (const purpose of AT_CLOSE) {
    for (let n = 0, end = working.length; n < end; n++) {
      const order = working[n];
      if (!order.working || order.purpose !== purpose || order.session > decidedBy) continue;
      const reference = atClose(order.type, closeOf(k, order, session), k.plan.marketPhase);
      if (reference === reference && !waits(k, order)) fillOrder(k, order, reference);
    }
  }
}

/** Decided on this very close: at its mark, which on a roll's day is that of the next contract. */
function closeOf({ world, state }: Kernel, order: Order, session: number): number {
  const close = world.bars[order.instrument].close[session];
  return order.session === session && close === close ? state.mark[order.instrument] : close;
}

function expireDayOrders(k: Kernel, session: number): void {
  for (const order of k.state.working) {
    if (!order.working || order.timeInForce !== "day" || order.session >= session) continue;
    const close = k.world.bars[order.instrument].close[session];
    if (close === close) endOrder(k, order, "expired");
  }
}

function dropEnded(k: Kernel): void {
  const { working } = k.state;
  let kept = 0;
  for (const order of working) if (order.working) working[kept++] = order;
  // Setting its length would give the room it has away.
  while (working.length > kept) working.pop();
}

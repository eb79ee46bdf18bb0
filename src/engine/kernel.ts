/**
 * The one kernel. It walks sessions over a flat state: carry and corporate actions, matching of
 * working orders, marking, decisions. The trial lane gives it a null recorder, the audited lane a
 * journalling one; nothing else differs, so fills, cash and equity are equal bit for bit.
 */
import { invariant } from "../base/assert.ts";
import { notionalMinor } from "../base/money.ts";
import { updateRates } from "./account-money.ts";
import { accrueInterest, applyActions, payDividends } from "./carry-events.ts";
import { endOrder } from "./book-fill.ts";
import { createCurves, type Curves } from "./curves.ts";
import { matchAtSameClose, matchOrders } from "./match-orders.ts";
import { observe } from "./layers/observe.ts";
import { valueMixedBook } from "./mixed-book.ts";
import { decide, decideDirect } from "./pipeline.ts";
import { ORDER_GATES } from "./place-wishes.ts";
import { quietUntil, walkQuiet } from "./quiet/walk.ts";
import type { Recorder } from "./recorder.ts";
import { resetState } from "./reset-state.ts";
import { rollFutures, settleFutures } from "./settle-futures.ts";
import { SIGNAL_GATES } from "./signal-gates.ts";
import { crossAtSameClose, crossAtSession, expireCrosses } from "./sleeves/cross.ts";
import {
  createState,
  enabledOf,
  type Kernel,
  type KernelState,
  type Plan,
  totalCosts,
} from "./state.ts";
import type { World } from "./world.ts";

/**
 * A kernel with the initial deposit in its cash account, before the first session. A trial that
 * follows another of the same size hands its curves on: fresh memory is dear.
 */
export function createKernel(
  world: World,
  plan: Plan,
  recorder: Recorder,
  curves: Curves = createCurves(world.sessionsMs.length, {
    offsetting: world.instruments.length > 1,
    mixed: isMixed(world),
  }),
): Kernel {
  const { length } = world.sessionsMs;
  invariant(
    curves.nav.length === length &&
      (curves.net !== null) === isMixed(world) &&
      (curves.gross !== null) === (isMixed(world) || world.instruments.length > 1),
    20,
    () => `curves of ${curves.nav.length} sessions do not fit a world of ${length}`,
  );
  curves.receivable = null;
  const k = kernelOver(world, plan, recorder, createState(world, plan, curves));
  deposit(k);
  return k;
}

/** A kernel that goes on with a state. */
export function kernelOver(
  world: World,
  plan: Plan,
  recorder: Recorder,
  state: KernelState,
): Kernel {
  return {
    world,
    plan,
    state,
    recorder,
    signalGates: enabledOf(SIGNAL_GATES, plan, state),
    orderGates: enabledOf(ORDER_GATES, plan, state),
  };
}

/** The same kernel before its first session again, for another plan of as many variants. */
export function restartKernel(k: Kernel): void {
  resetState(k.state, k.plan);
  deposit(k);
}

function deposit({ state, plan, recorder }: Kernel): void {
  state.cash[0] = plan.initialEquityMinor;
  state.cashMinor = plan.initialEquityMinor;
  state.navMinor = plan.initialEquityMinor;
  recorder.flow(0, plan.initialEquityMinor);
}

/** Futures or foreign currencies: exposure is then not what is left of net asset value beside cash. */
function isMixed({ hasFutures, currencies }: World): boolean {
  return hasFutures || currencies.length > 1;
}

/** Sessions `from` (inclusive) to `to` (exclusive), in order. */
export function runSessions(k: Kernel, from: number, to: number): void {
  if (k.state.layers === null && !isMixed(k.world)) runPlain(k, from, to);
  else runWhole(k, from, to);
}

/** Targets on what is paid in full and in one currency: the loop that trials spend their time in. */
function runPlain(k: Kernel, from: number, to: number): void {
  const { state, plan, recorder, world } = k;
  const { decideOn, sameClose, effectiveStart } = plan;
  const hasActions = world.actions.size > 0;
  let session = from;
  while (session < to) {
    const until = quietUntil(k, session, to);
    if (until > session) {
      walkQuiet(k, session, until);
      session = until;
      continue;
    }
    state.session = session;
    if (state.cashMinor < 0 || state.hasShort) accrueInterest(k, session);
    if (hasActions) applyActions(k, session);
    if (state.payments.length > 0) payDividends(k, session);
    if (state.working.length > 0) matchOrders(k, session);
    closePlain(k, session);
    if (decideOn[session] === 1 && decideDirect(k, session) && sameClose) {
      const { staleMarks } = state.counters;
      matchAtSameClose(k, session);
      closePlain(k, session);
      // The same close as before: what had no bar is counted already.
      state.counters.staleMarks = staleMarks;
    }
    closeSession(state, session);
    if (session === effectiveStart) state.costsBeforeWindow = totalCosts(state);
    recorder.close(session, state.lots, state.mark);
    session++;
  }
}

/** The same with futures, foreign currencies, sleeves and the portfolio's stages. */
function runWhole(k: Kernel, from: number, to: number): void {
  const { state, plan, recorder } = k;
  const { sleeves } = state;
  for (let session = from; session < to; session++) {
    const { flattens } = state.counters;
    const due = walkToClose(k, session);
    const asked = due && decide(k, session);
    // A flattening is at work on this close too, whether anything is decided on it or not.
    if (plan.sameClose && (asked || state.counters.flattens > flattens)) {
      if (sleeves !== null) crossAtSameClose(k, sleeves, session);
      matchAtSameClose(k, session);
      if (k.world.hasFutures) settleFutures(k, session);
      valueMixedBook(k, session);
    }
    closeSession(state, session);
    if (session === plan.effectiveStart) state.costsBeforeWindow = totalCosts(state);
    recorder.close(session, state.lots, state.mark);
  }
}

/** A session up to what is looked at on every close; true when this close is to decide. */
export function walkToClose(k: Kernel, session: number): boolean {
  const { state, plan, world } = k;
  const { sleeves, layers } = state;
  state.session = session;
  updateRates(world, state, session);
  if (state.cashMinor < 0 || state.hasShort) accrueInterest(k, session);
  if (world.actions.size > 0) applyActions(k, session);
  if (state.payments.length > 0) payDividends(k, session);
  if (sleeves !== null) crossAtSession(k, sleeves, session);
  if (state.working.length > 0) matchOrders(k, session);
  closeMixed(k, session);
  return layers === null ? plan.decideOn[session] === 1 : observe(k, session);
}

/**
 * The close of a session whose trades and cash a venue has reported: no order is matched and nothing
 * accrues here. True when this close is to decide.
 */
export function closeReported(k: Kernel, session: number): boolean {
  const { state, plan, world } = k;
  const { sleeves, layers } = state;
  state.session = session;
  updateRates(world, state, session);
  if (sleeves !== null) crossAtSession(k, sleeves, session);
  closeMixed(k, session);
  const due = layers === null ? plan.decideOn[session] === 1 : observe(k, session);
  closeSession(state, session);
  k.recorder.close(session, state.lots, state.mark);
  return due;
}

/** Marks, variation margin, rolls: the book as it stands when the session's last price is known. */
function closeMixed(k: Kernel, session: number): void {
  markBars(k, session);
  if (k.world.hasFutures) {
    settleFutures(k, session);
    rollFutures(k, session);
  }
  valueMixedBook(k, session);
}

/** Whatever still works when the data ends has expired; every signal has then ended. */
export function finishKernel(k: Kernel): void {
  if (k.state.sleeves !== null) expireCrosses(k, k.state.sleeves);
  for (const order of [...k.state.working]) if (order.working) endOrder(k, order, "expired");
  k.state.working.length = 0;
}

function markBars({ state, world }: Kernel, session: number): void {
  const { lots, mark, lastBar } = state;
  const { closes } = world;
  for (let i = 0; i < lots.length; i++) {
    const price = closes[i][session];
    if (price === price) {
      mark[i] = price;
      lastBar[i] = session;
    } else if (lots[i] !== 0) {
      state.counters.staleMarks++;
    }
  }
}

/** Paid in full and in one currency: marked at the last close and rounded one by one, in one pass. */
function closePlain(k: Kernel, session: number): void {
  const { state, world } = k;
  const { lots, mark, valueMinor, lastBar } = state;
  const { closes, scales } = world;
  let value = 0;
  let gross = 0;
  let hasShort = false;
  for (let i = 0; i < lots.length; i++) {
    const close = closes[i][session];
    const held = lots[i];
    if (close === close) {
      mark[i] = close;
      lastBar[i] = session;
    } else if (held !== 0) {
      state.counters.staleMarks++;
    }
    if (held === 0) {
      valueMinor[i] = 0;
      continue;
    }
    const marked = notionalMinor(held, mark[i], scales[i]);
    valueMinor[i] = marked;
    value += marked;
    gross += Math.abs(marked);
    if (held < 0) hasShort = true;
  }
  state.hasShort = hasShort;
  state.cashMinor = state.cash[0];
  state.receivableMinor = state.receivable[0];
  state.navMinor = state.cashMinor + state.receivableMinor + value;
  if (state.curves.gross !== null) state.curves.gross[session] = gross;
}

function closeSession(state: KernelState, session: number): void {
  const { curves } = state;
  curves.nav[session] = state.navMinor;
  curves.cash[session] = state.cashMinor;
  if (state.receivableMinor !== 0) {
    curves.receivable ??= new Float64Array(curves.nav.length);
    curves.receivable[session] = state.receivableMinor;
  }
  if (state.navMinor <= 0 && state.ruinedAt === null) state.ruinedAt = session;
}

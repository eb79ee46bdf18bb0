/**
 * The one kernel. It walks sessions over a flat state: carry and corporate actions, matching of
 * working orders, marking, decisions. The trial lane gives it a null recorder, the audited lane a
 * journalling one; nothing else differs, so fills, cash and equity are equal bit for bit.
 */
import { notionalMinor } from "../base/money.ts";
import { accrueInterest, applyActions, payDividends } from "./carry-events.ts";
import { endOrder } from "./book-fill.ts";
import { matchAtSameClose, matchOrders } from "./match-orders.ts";
import { decide } from "./pipeline.ts";
import type { Recorder } from "./recorder.ts";
import { type Kernel, type Plan, createState } from "./state.ts";
import type { World } from "./world.ts";

/** A kernel with the initial deposit in its cash account, before the first session. */
export function createKernel(world: World, plan: Plan, recorder: Recorder): Kernel {
  const k: Kernel = { world, plan, state: createState(world, plan), recorder };
  k.state.cashMinor = plan.initialEquityMinor;
  k.state.navMinor = plan.initialEquityMinor;
  recorder.flow(0, plan.initialEquityMinor);
  return k;
}

/** Sessions `from` (inclusive) to `to` (exclusive), in order. */
export function runSessions(k: Kernel, from: number, to: number): void {
  for (let session = from; session < to; session++) runSession(k, session);
}

/** Whatever still works when the data ends has expired; every signal has then ended. */
export function finishKernel(k: Kernel): void {
  for (const order of [...k.state.working]) if (order.working) endOrder(k, order, "expired");
  k.state.working.length = 0;
}

function runSession(k: Kernel, session: number): void {
  const { state, plan, recorder } = k;
  state.session = session;
  if (state.cashMinor < 0 || state.hasShort) accrueInterest(k, session);
  if (k.world.actions.size > 0) applyActions(k, session);
  if (state.payments.length > 0) payDividends(k, session);
  if (state.working.length > 0) matchOrders(k, session);
  markToMarket(k, session);
  if (plan.decideOn[session] === 1 && decide(k, session) && plan.sameClose) {
    matchAtSameClose(k, session);
    markToMarket(k, session);
  }
  closeSession(k, session);
  recorder.close(session, state.lots, state.mark);
}

/** Positions are marked at the last close and rounded one by one. */
function markToMarket(k: Kernel, session: number): void {
  const { state, world } = k;
  const { lots, mark, valueMinor } = state;
  let value = 0;
  let gross = 0;
  let hasShort = false;
  for (let i = 0; i < lots.length; i++) {
    const close = world.bars[i].close[session];
    if (close === close) {
      mark[i] = close;
      state.lastBar[i] = session;
    }
    if (lots[i] === 0) {
      valueMinor[i] = 0;
      continue;
    }
    if (close !== close) state.counters.staleMarks++;
    valueMinor[i] = notionalMinor(lots[i], mark[i], world.scales[i]);
    value += valueMinor[i];
    gross += Math.abs(valueMinor[i]);
    if (lots[i] < 0) hasShort = true;
  }
  state.hasShort = hasShort;
  state.navMinor = state.cashMinor + state.receivableMinor + value;
  state.gross[session] = gross;
  state.net[session] = value;
}

function closeSession(k: Kernel, session: number): void {
  const { state } = k;
  state.nav[session] = state.navMinor;
  state.cash[session] = state.cashMinor;
  state.receivable[session] = state.receivableMinor;
  const { fees, slippage, financing, borrow } = state.costs;
  state.costsSoFar[session] = fees + slippage + financing + borrow;
  if (state.navMinor <= 0 && state.ruinedAt === null) state.ruinedAt = session;
}

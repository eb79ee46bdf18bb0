/**
 * Stretches of sessions in which nothing happens: no order works, no payment, corporate action or
 * rebalance is due, and every strategy repeats the answer that is already acted on. They are found
 * by asking ahead (`decide` is pure, which every run checks) and walked instrument by instrument:
 * only marks and the account's value move. What comes out is what the sessions one by one would
 * have made, to the bit; the kernel's tests compare the two.
 */
import { DAY_MS, dayNumber } from "../../base/instant.ts";
import { notionalMinor } from "../../base/money.ts";
import { accrueInterest } from "../carry-events.ts";
import type { Repeated } from "../../research/strategies/decider.ts";
import type { Kernel } from "../state.ts";
import { HEARD } from "./state.ts";

/** By HEARD, where something is repeated. */
const KINDS: readonly Repeated[] = ["none", "none", "weight", "units"];

/** The first session from `session` on that has to be stepped through; `to` if none has. */
export function quietUntil(k: Kernel, session: number, to: number): number {
  const { state, plan } = k;
  if (state.working.length > 0 || state.payments.length > 0) return session;
  let until = Math.min(to, dueFrom(k, session));
  for (let v = 0; v < plan.variants.length && until > session; v++) {
    until = sameUntil(k, v, session, until);
  }
  return until;
}

/**
 * Whether the variant answers at this session what it answered last, or is not asked; dueFrom has been
 * called for the session.
 */
export function repeatsAt(k: Kernel, v: number, session: number): boolean {
  return sameUntil(k, v, session, session + 1) > session;
}

/** Walks [from, to), which quietUntil has found to be quiet. Who listens hears every session. */
export function walkQuiet(k: Kernel, from: number, to: number): void {
  const { state, recorder } = k;
  const { tracesForecasts } = recorder;
  let session = from;
  while (session < to) {
    state.session = session;
    const accrues = state.cashMinor < 0 || state.hasShort;
    if (accrues) accrueInterest(k, session);
    const next = tracesForecasts ? session + 1 : accrues ? nextDay(k, session, to) : to;
    closeStretch(k, session, next);
    if (tracesForecasts) tell(k, session);
    session = next;
  }
  state.session = to - 1;
  countHolds(k, from, to);
}

/** Interest is by the calendar day: within one nothing more is owed. */
function nextDay({ world: { sessionsMs } }: Kernel, session: number, to: number): number {
  const ends = (dayNumber(sessionsMs[session]) + 1) * DAY_MS;
  let next = session + 1;
  while (next < to && sessionsMs[next] < ends) next++;
  return next;
}

/** The first session from this one on at which something is due, whatever is answered; or the end. */
export function dueFrom(k: Kernel, session: number): number {
  const { quiet } = k.state;
  if (session > quiet.nextDue) quiet.nextDue = nextDue(k, session);
  return quiet.nextDue;
}

/** Corporate actions, rebalances, and the session whose close is the evaluation window's start. */
function nextDue({ state: { quiet }, plan, world }: Kernel, session: number): number {
  const { actionSessions } = quiet;
  while (actionSessions[quiet.nextAction] < session) quiet.nextAction++;
  const rebalance = plan.rebalanceOn.indexOf(1, session);
  return Math.min(
    world.sessionsMs.length,
    actionSessions[quiet.nextAction] ?? Number.POSITIVE_INFINITY,
    rebalance < 0 ? Number.POSITIVE_INFINITY : rebalance,
    plan.effectiveStart < session ? Number.POSITIVE_INFINITY : plan.effectiveStart,
  );
}

function sameUntil(k: Kernel, v: number, session: number, limit: number): number {
  const { quiet } = k.state;
  if (quiet.heard[v] === HEARD.other) return session;
  if (quiet.sameUntil[v] < limit && quiet.ended[v] === 0) askOn(k, v, session);
  return Math.min(limit, Math.max(session, quiet.sameUntil[v]));
}

/**
 * Up to where something is due, whatever the others answer: with many instruments one of them changes
 * at nearly every session, and a row at a time is a dear way to ask. Short, as all that leads to it:
 * what a strategy's `decide` is called by must be small enough for the compiler to make one piece of
 * it, else every answer on every row is an object made for nothing.
 */
function askOn(k: Kernel, v: number, session: number): void {
  const { quiet, previousTarget } = k.state;
  const { rowAt, ready, repeatsUntil } = k.plan.variants[v];
  const from = Math.max(session, quiet.sameUntil[v]);
  const limit = quiet.nextDue;
  const until =
    quiet.decidesAlways && rowAt === null && ready === null
      ? repeatsUntil(from, limit, KINDS[quiet.heard[v]], previousTarget[v])
      : askEach(k, v, from);
  quiet.sameUntil[v] = until;
  quiet.ended[v] = until < limit ? 1 : 0;
}

/** Rows are not sessions, or some are not asked at. */
function askEach(k: Kernel, v: number, from: number): number {
  const { quiet, previousTarget } = k.state;
  const limit = quiet.nextDue;
  const { decideOn, variants } = k.plan;
  const { rowAt, ready, repeatsUntil } = variants[v];
  const what = KINDS[quiet.heard[v]];
  const value = previousTarget[v];
  for (let session = from; session < limit; session++) {
    if (decideOn[session] === 0) continue;
    const row = rowAt === null ? session : rowAt[session];
    if (ready !== null && ready[row] === 0) return session;
    if (repeatsUntil(row, row + 1, what, value) === row) return session;
  }
  return limit;
}

/** Marks and the account's value; values are whole minor units, so the order of adding is free. */
function closeStretch({ state, world }: Kernel, from: number, to: number): void {
  const { lots, curves } = state;
  const { nav, cash, gross } = curves;
  state.cashMinor = state.cash[0];
  const { cashMinor, receivableMinor } = state;
  const base = cashMinor + receivableMinor;
  for (let s = from; s < to; s++) {
    nav[s] = base;
    cash[s] = cashMinor;
  }
  let mayBeRuined = !(base > 0);
  if (gross !== null) gross.fill(0, from, to);
  if (receivableMinor !== 0) {
    curves.receivable ??= new Float64Array(nav.length);
    curves.receivable.fill(receivableMinor, from, to);
  }
  for (let i = 0; i < lots.length; i++) {
    if (lots[i] === 0) markFlat(state, world.closes[i], i, { from, to });
    else if (markHeld(state, world, i, { from, to })) mayBeRuined = true;
  }
  state.navMinor = nav[to - 1];
  if (state.ruinedAt !== null || !mayBeRuined) return;
  for (let s = from; s < to; s++) {
    if (nav[s] > 0) continue;
    state.ruinedAt = s;
    return;
  }
}

type Stretch = { readonly from: number; readonly to: number };

/** The newest close is its mark; nobody asks for those between. */
function markFlat(
  { mark, lastBar }: Kernel["state"],
  closes: Float64Array,
  i: number,
  { from, to }: Stretch,
): void {
  for (let s = to - 1; s >= from; s--) {
    if (Number.isNaN(closes[s])) continue;
    mark[i] = closes[s];
    lastBar[i] = s;
    return;
  }
}

/** Adds its values to the account's; true where a sum so far is not above zero. */
function markHeld(
  state: Kernel["state"],
  world: Kernel["world"],
  i: number,
  { from, to }: Stretch,
): boolean {
  const { nav, gross } = state.curves;
  const closes = world.closes[i];
  const scale = world.scales[i];
  const held = state.lots[i];
  let price = state.mark[i];
  let last = state.lastBar[i];
  let value = state.valueMinor[i];
  let lowest = Number.POSITIVE_INFINITY;
  for (let s = from; s < to; s++) {
    const close = closes[s];
    if (close === close) {
      price = close;
      last = s;
      value = notionalMinor(held, price, scale);
    } else {
      state.counters.staleMarks++;
    }
    const sum = nav[s] + value;
    nav[s] = sum;
    if (sum < lowest) lowest = sum;
    if (gross !== null) gross[s] += Math.abs(value);
  }
  state.mark[i] = price;
  state.lastBar[i] = last;
  state.valueMinor[i] = value;
  return !(lowest > 0);
}

function tell(k: Kernel, session: number): void {
  const { plan, state, recorder } = k;
  if (plan.decideOn[session] === 1) {
    for (let v = 0; v < plan.variants.length; v++) tellHold(k, v);
  }
  recorder.close(session, state.lots, state.mark);
}

/** The answer of a variant that asked for no change, as the recorder is told it. */
export function tellHold({ plan, state, recorder }: Kernel, v: number): void {
  const heard = state.quiet.heard[v];
  if (heard === HEARD.silent) return;
  const { instrument } = plan.variants[v];
  const lots = state.lots[instrument];
  recorder.forecast(state.session, {
    variant: v,
    kind: KINDS[heard],
    target: heard === HEARD.none ? Number.NaN : state.previousTarget[v],
    confidence: Number.NaN,
    currentLots: lots,
    beliefLots: lots,
    finalLots: lots,
    price: state.mark[instrument],
    signal: -1,
  });
}

function countHolds({ state, plan }: Kernel, from: number, to: number): void {
  const { counters, quiet } = state;
  let asked = to - from;
  if (!quiet.decidesAlways) {
    asked = 0;
    for (let s = from; s < to; s++) asked += plan.decideOn[s];
  }
  for (let v = 0; v < plan.variants.length; v++) {
    if (quiet.heard[v] === HEARD.silent) continue;
    counters.forecasts += asked;
    counters.holds += asked;
  }
}

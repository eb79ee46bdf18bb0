/**
 * The river on one page, at one decision:
 *
 *   strategies -> sizing -> signals -> freshness -> duplicate -> orders -> limits -> cash
 *              -> approval -> venue
 *
 * Each arrow hands on a different type, and whatever is dropped on the way leaves a refusal.
 */
import type { Order } from "../domain/order.ts";
import type { Verdict } from "../domain/refusal.ts";
import { approve, refusalOf } from "../execution/gates/approval.ts";
import { cashGate } from "../execution/gates/cash.ts";
import { duplicateGate } from "../execution/gates/duplicate.ts";
import type { ExposureView } from "../execution/gates/exposure.ts";
import { freshnessGate } from "../execution/gates/freshness.ts";
import { limitsGate } from "../execution/gates/limits.ts";
import { BookExposure } from "./book-exposure.ts";
import { collectSignals } from "./collect-signals.ts";
import { haveSameTerms, type Leg, legsOf, toOrder } from "./order-legs.ts";
import { replaceWorking } from "./replace-orders.ts";
import { countTerminal, signalEnd } from "./signal-end.ts";
import type { StageCounts, StageName } from "./stage-tally.ts";
import type { Signal } from "./signal.ts";
import type { Kernel } from "./state.ts";
import { submit } from "./submit.ts";

type SignalGate = { readonly name: StageName; readonly judge: (k: Kernel, s: Signal) => Verdict };
type OrderGate = {
  readonly name: StageName;
  readonly judge: (k: Kernel, view: ExposureView) => Verdict;
};

const SIGNAL_GATES: readonly SignalGate[] = [
  { name: "freshness", judge: judgeFreshness },
  { name: "duplicate", judge: judgeDuplicate },
];

const ORDER_GATES: readonly OrderGate[] = [
  { name: "limits", judge: (k, view) => limitsGate(view, k.plan.limits) },
  { name: "cash", judge: (k, view) => cashGate(view, k.plan.limits.gross) },
];

/** One decision of every strategy, from forecasts to approved orders; false when nobody asked for anything. */
export function decide(k: Kernel, session: number): boolean {
  const signals = collectSignals(k, session);
  if (signals.length === 0) return false;
  routeSignals(k, signals);
  return true;
}

/** Takes the signals of one decision to their orders or refusals. */
function routeSignals(k: Kernel, signals: readonly Signal[]): void {
  const { state, plan } = k;
  const live: Signal[] = [];
  for (const signal of signals) {
    if (passesSignalGates(k, signal)) live.push(signal);
    else if (signal.refusals[0].by === "duplicate") continue;
    // A refused wish has given the earlier one up as well; only a duplicate leaves it at work.
    replaceWorking(k, signal.instrument);
  }
  if (live.length > 1) {
    live.sort((a, b) => (plan.variants[a.variant].id < plan.variants[b.variant].id ? -1 : 1));
  }
  const book = new BookExposure(k);
  const legs: Leg[] = [];
  for (const signal of live) legs.push(...legsOf(k, signal));
  const approved: Submission[] = [];
  // Reductions go first: what they free is there for the orders that add.
  for (const leg of legs) if (leg.purpose === "close") placeLeg(k, leg, book, approved);
  for (const leg of legs) if (leg.purpose === "open") placeLeg(k, leg, book, approved);
  for (const signal of signals) closeIfNothingWorks(k, signal);
  k.recorder.decision(state.session, state.navMinor, signals);
  for (const { order, verdicts } of approved) k.recorder.order(state.session, order, verdicts);
}

type Submission = { readonly order: Order; readonly verdicts: readonly Verdict[] };

/** One leg through the order gates to the venue, or to its refusal. */
function placeLeg(k: Kernel, leg: Leg, book: BookExposure, approved: Submission[]): void {
  const { signal } = leg;
  const order = toOrder(k, leg);
  const verdicts = judgeOrder(k, book.viewOf(order));
  const result = approve(order, [signal.verdicts, verdicts], k.plan.requiredGates);
  for (const { gate } of verdicts) k.state.tally[gate as StageName].applied++;
  if (!result.ok) {
    signal.refusals.push(result.error);
    return;
  }
  book.take(order);
  submit(k, result.value, signal);
  approved.push({ order, verdicts });
}

function passesSignalGates(k: Kernel, signal: Signal): boolean {
  if (signal.refusals.length > 0) return false;
  for (const gate of SIGNAL_GATES) {
    const counts = k.state.tally[gate.name];
    counts.reached++;
    const verdict = gate.judge(k, signal);
    tallied(counts, verdict);
    signal.verdicts.push(verdict);
    counts.applied++;
    if (verdict.result === "pass") continue;
    signal.refusals.push(refusalOf(verdict));
    return false;
  }
  return true;
}

function judgeOrder(k: Kernel, view: ExposureView): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  for (const gate of ORDER_GATES) {
    const counts = k.state.tally[gate.name];
    counts.reached++;
    const verdict = gate.judge(k, view);
    tallied(counts, verdict);
    verdicts.push(verdict);
    if (verdict.result !== "pass") break;
  }
  return verdicts;
}

/** A verdict of `not_evaluated` was given, but nothing was judged. */
function tallied(counts: StageCounts, verdict: Verdict): void {
  if (verdict.result !== "not_evaluated") counts.evaluated++;
  if (verdict.result !== "pass") counts.bound++;
}

function judgeFreshness(k: Kernel, signal: Signal): Verdict {
  const last = k.state.lastBar[signal.instrument];
  return freshnessGate(last < 0 ? null : signal.session - last, k.plan.maxAgeSessions);
}

function judgeDuplicate(k: Kernel, signal: Signal): Verdict {
  const { working, openSignals } = k.state;
  const own = working.filter(
    (order) => order.working && order.instrument === signal.instrument && order.purpose !== "stop",
  );
  const sameTerms = own.every((order) => {
    const earlier = order.signal === null ? undefined : openSignals.get(order.signal);
    return earlier !== undefined && haveSameTerms(earlier, signal);
  });
  return duplicateGate(own, (signal.beliefLots as number) - signal.currentLots, sameTerms);
}

/** A signal without an order ends here, at its decision. */
function closeIfNothingWorks(k: Kernel, signal: Signal): void {
  if (signal.orders.length > 0) return;
  countTerminal(k.state, signalEnd(signal).state);
}

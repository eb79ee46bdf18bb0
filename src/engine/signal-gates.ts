/**
 * The gates every signal passes before it may become an order, in their order. The first that does
 * not pass ends the signal; one that was refused for its size, or that no stage left anything of,
 * is judged too where there is something to judge, and goes no further.
 */
import { invariant } from "../base/assert.ts";
import type { Verdict } from "../domain/refusal.ts";
import { refusalOf } from "../execution/gates/approval.ts";
import { correlationGate, type HeldOther } from "../execution/gates/correlation.ts";
import { duplicateGate } from "../execution/gates/duplicate.ts";
import { freshnessGate } from "../execution/gates/freshness.ts";
import { pauseGate } from "../execution/gates/pause.ts";
import { policyGate } from "../execution/gates/policy.ts";
import { pairCorrelation } from "../market/features/correlation.ts";
import type { Book } from "./book.ts";
import { bookNow } from "./book-exposure.ts";
import { haveSameTerms } from "./order-legs.ts";
import type { LayerState } from "./layers/state.ts";
import type { Signal } from "./signal.ts";
import { permission } from "./stages/policy.ts";
import type { StageCounts } from "./stage-tally.ts";
import type { Kernel, SignalGate } from "./state.ts";

export const SIGNAL_GATES: readonly SignalGate[] = [
  { name: "pause", judge: judgePause },
  { name: "freshness", judge: judgeFreshness },
  { name: "duplicate", judge: judgeDuplicate },
  { name: "policy", judge: judgePolicy },
  { name: "correlation", judge: judgeCorrelation },
];

/** What the signals of one decision are judged against; null where no gate asks for it. */
export function bookOfSignals(k: Kernel): Book | null {
  return k.plan.enabledGates.has("correlation") ? bookNow(k) : null;
}

/** True when it goes on to netting and orders. `book` is the decision's one bookOfSignals. */
export function judgeSignal(k: Kernel, signal: Signal, book: Book | null): boolean {
  const isRefused = signal.refusals.length > 0;
  for (const gate of k.signalGates) {
    // What has no size is asked about a pause alone: while trading is closed, that is its end.
    if (isRefused && gate.name !== "pause") return false;
    const { counts } = gate;
    counts.reached++;
    const verdict = gate.judge(k, signal, book);
    tallied(counts, verdict);
    signal.verdicts.push(verdict);
    counts.applied++;
    if (verdict.result === "pass") continue;
    signal.refusals.push(refusalOf(verdict));
    return false;
  }
  // What was let grow earlier in the cycle counts as held (invariant 12); what shrinks, once it has.
  if (book !== null && !reduces(signal)) {
    book.move(signal.instrument, (signal.finalLots as number) - signal.currentLots);
  }
  return signal.finalLots !== signal.currentLots;
}

/** A verdict of `not_evaluated` was given, but nothing was judged. */
export function tallied(counts: StageCounts, verdict: Verdict): void {
  if (verdict.result === "not_evaluated") counts.notEvaluated++;
  else counts.evaluated++;
  if (verdict.result !== "pass") counts.bound++;
}

/** First of all: while trading is closed, that is why a signal does not trade. */
function judgePause(k: Kernel, signal: Signal): Verdict {
  const { safety } = k.state;
  invariant(safety !== null, 4, "the pause gate is asked and nobody knows whether trading is open");
  return pauseGate(safety, k.plan.variants[signal.variant].strategy);
}

/** As old as the older of the instrument's bar and its currency's rate; null where one never came. */
function judgeFreshness(k: Kernel, signal: Signal): Verdict {
  const { state, plan, world } = k;
  const last = state.lastBar[signal.instrument];
  const { rateAge } = world.currencies[world.currencyOf[signal.instrument]];
  const rate = rateAge === null ? 0 : rateAge[state.session];
  const age = last < 0 || rate < 0 ? null : Math.max(state.session - last, rate);
  return freshnessGate(age, plan.maxAgeSessions);
}

/** Sleeves take their earlier wishes back before they wish again: nothing of theirs may be left at work. */
function judgeDuplicate(k: Kernel, signal: Signal): Verdict {
  const { working, openSignals } = k.state;
  const change = (signal.finalLots as number) - signal.currentLots;
  if (working.length === 0) return duplicateGate(working, change, true);
  const own = working.filter(
    ({ working: works, instrument, purpose }) =>
      works && instrument === signal.instrument && purpose !== "stop" && purpose !== "flatten",
  );
  const sameTerms = own.every((order) => {
    const [first] = order.signals;
    const earlier = first === undefined ? undefined : openSignals.get(first);
    return earlier !== undefined && haveSameTerms(earlier, signal);
  });
  return duplicateGate(own, change, sameTerms);
}

function judgePolicy(k: Kernel, signal: Signal): Verdict {
  const { on, reason } = permission(k.state.layers as LayerState, signal.variant);
  return policyGate({ on, reason, reduces: reduces(signal), wanted: signal.beliefLots !== 0 });
}

function judgeCorrelation(k: Kernel, signal: Signal, book: Book | null): Verdict {
  invariant(book !== null, 12, "the correlation gate is asked without a book to compare with");
  const { plan } = k.state.layers as LayerState;
  const { limit, days, min_overlap } = plan.correlation;
  const { returns } = plan.evidence;
  const others: HeldOther[] = [];
  const { instruments } = k.world;
  for (let i = 0; i < instruments.length; i++) {
    const lots = book.lotsOf(i);
    if (i === signal.instrument || lots === 0) continue;
    const rho = pairCorrelation(
      returns[signal.instrument],
      returns[i],
      k.state.session,
      days,
      min_overlap,
    );
    others.push({ instrument: instruments[i].id, side: lots > 0 ? 1 : -1, rho });
  }
  const delta = (signal.finalLots as number) - signal.currentLots;
  const view = { side: delta > 0 ? 1 : -1, reduces: reduces(signal), others } as const;
  return correlationGate(view, limit as number);
}

/** Towards zero and not across it, or no change at all. */
function reduces({ finalLots, currentLots }: Signal): boolean {
  const final = finalLots as number;
  return Math.abs(final) <= Math.abs(currentLots) && final * currentLots >= 0;
}

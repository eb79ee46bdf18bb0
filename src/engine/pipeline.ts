/**
 * The river on one page, at one decision. Under allocation `direct` strategies say what they want
 * to hold, and the portfolio's stages do not exist:
 *
 *   targets -> sizing -> signals -> signal gates -> orders -> order gates -> approval -> venue
 *
 * Else they say what they believe, and the portfolio decides:
 *
 *   forecasts -> allocation -> policy -> risk targeting -> overlay -> clamps -> signals
 *             -> signal gates -> netting -> sizing -> orders -> order gates -> approval -> venue
 *
 * Each arrow hands on a different type, and whatever is dropped on the way leaves a refusal.
 */
import { collectSignals } from "./collect-signals.ts";
import { beginDecision, endDecision, requireStagesAsked } from "./layers/decision.ts";
import type { LayerState } from "./layers/state.ts";
import { type Wish, wishOf } from "./order-legs.ts";
import { placeWishes } from "./place-wishes.ts";
import { replaceWorking } from "./replace-orders.ts";
import type { Signal } from "./signal.ts";
import { bookOfSignals, judgeSignal } from "./signal-gates.ts";
import { countTerminal, terminalState } from "./signal-end.ts";
import { allocationStage } from "./stages/allocation.ts";
import { clampStage } from "./stages/clamps.ts";
import { askSleeves } from "./stages/forecasts.ts";
import { nettingStage } from "./stages/netting.ts";
import { overlayStage } from "./stages/overlay.ts";
import { policyStage } from "./stages/policy.ts";
import { riskTargetingStage } from "./stages/risk-targeting.ts";
import { sizingStage } from "./stages/sizing.ts";
import { sleeveSignals } from "./stages/sleeve-signals.ts";
import type { Kernel, Plan } from "./state.ts";

/** One decision of every strategy, to approved orders; false when nobody asked for anything. */
export function decide(k: Kernel, session: number): boolean {
  const { layers } = k.state;
  return layers === null ? decideDirect(k, session) : decideLayers(k, layers, session);
}

function decideLayers(k: Kernel, layers: LayerState, session: number): boolean {
  beginDecision(k, layers, session);
  askSleeves(k, layers, session);
  const allocated = allocationStage(k, layers, session);
  const permitted = policyStage(k, layers, session, allocated);
  const targeted = riskTargetingStage(k, layers, session, { allocated, permitted });
  const braked = overlayStage(k, layers, session, targeted);
  const clamped = clampStage(k, layers, session, braked);
  const signals = sleeveSignals(k, layers, session, clamped);
  const book = bookOfSignals(k);
  const live = signals.filter((signal) => judgeSignal(k, signal, book));
  const netted = nettingStage(k, live);
  const wishes = sizingStage(k, layers, netted);
  requireStagesAsked(k, netted);
  const orders = placeWishes(k, wishes);
  endSignals(k, signals);
  endDecision(k, layers, { session, signals, orders });
  return signals.length > 0;
}

/** What strategies want to hold, as they say it. */
export function decideDirect(k: Kernel, session: number): boolean {
  const signals = collectSignals(k, session);
  if (signals.length === 0) return false;
  const { state, plan } = k;
  const book = bookOfSignals(k);
  const live: Wish[] = [];
  for (const signal of signals) {
    if (judgeSignal(k, signal, book)) live.push(wishOf(signal));
    else if (signal.refusals[0].by === "duplicate") continue;
    // A refused wish has given the earlier one up as well; only a duplicate leaves it at work.
    replaceWorking(k, signal.instrument);
  }
  if (live.length > 1) live.sort((a, b) => (idOf(plan, a) < idOf(plan, b) ? -1 : 1));
  const orders = placeWishes(k, live);
  endSignals(k, signals);
  if (!k.recorder.keepsEvidence) return true;
  k.recorder.decision(session, state.navMinor, signals);
  for (const { order, verdicts } of orders) k.recorder.order(session, order, verdicts);
  return true;
}

/** Of the one variant whose wish it is. */
function idOf({ variants }: Plan, { signals }: Wish): string {
  return variants[signals[0].variant].id;
}

/** A signal without an order or a cross ends here, at its decision. */
function endSignals({ state }: Kernel, signals: readonly Signal[]): void {
  for (const signal of signals) {
    if (signal.openOrders === 0) countTerminal(state, terminalState(signal));
  }
}

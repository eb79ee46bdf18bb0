/** What surrounds a decision of the portfolio: the limits it works under, and what it leaves behind. */
import { invariant } from "../../base/assert.ts";
import { rampupScale } from "../../execution/gates/breakers.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import { effectiveLimits, regimeScale } from "../../execution/gates/volatility-regime.ts";
import { replaceWorking } from "../replace-orders.ts";
import { dropCross } from "../sleeves/cross.ts";
import type { Submission } from "../place-wishes.ts";
import type { Signal } from "../signal.ts";
import type { NettedWish } from "../stages/netting.ts";
import type { Kernel } from "../state.ts";
import { PORTFOLIO_STAGES, enabledStages } from "../stage-tally.ts";
import type { LayerState } from "./state.ts";

/** The portfolio stages that see every decision; sizing sees every netted instrument. */
const PER_DECISION = PORTFOLIO_STAGES.filter((name) => name !== "sizing");

export function beginDecision(k: Kernel, layers: LayerState, session: number): void {
  const { plan, sheet } = layers;
  const enabled = enabledStages(k.plan.wiring);
  // Counted here and not by the stages, so that one that is no longer called shows (invariant 1).
  for (const name of PER_DECISION) if (enabled.has(name)) k.state.tally.stages[name].reached++;
  k.state.counters.decisions++;
  takeWishesBack(k);
  const scale =
    plan.volatilityRegime === null
      ? 1
      : regimeScale(plan.volatilityRegime, layers.volatilityRegime);
  k.state.limits = effectiveLimits(k.plan.limits, scale);
  sheet.grossLimit = k.state.limits.gross;
  sheet.sizeScale = plan.breakers === null ? 1 : rampupScale(layers.breaker.state, plan.breakers);
  layers.lastDecision = session;
}

/**
 * Before anything is ordered: a stage that is no longer called, or asked more than once, or a net that
 * is not its sleeves', must not trade first and be found out at the end.
 */
export function requireStagesAsked(k: Kernel, netted: readonly NettedWish[]): void {
  for (const wish of netted) requireNetted(k, wish);
  for (const { name, enabled } of k.plan.wiring.stages) {
    const { reached, evaluated } = k.state.tally.stages[name];
    invariant(!enabled || evaluated === reached, 1, () => {
      return `stage ${name} is enabled and inert: evaluated at ${evaluated} of the ${reached} that reached it`;
    });
  }
}

/** The very net that fills will be shared out by, and all of what its sleeves want to change. */
function requireNetted({ state }: Kernel, { instrument, netting, wantedLots }: NettedWish): void {
  let due = state.lots[instrument];
  for (const { finalLots, currentLots } of netting.signals) {
    due += (finalLots as number) - currentLots;
  }
  const slack = (netting.signals.length + 1) / MICRO_LOTS + Math.abs(due) * 1e-12;
  const isShared = state.sleeves?.nettings[instrument] === netting;
  invariant(isShared && Math.abs(due - wantedLots) <= slack, 1, () => {
    return `stage netting was not applied: sizing was handed a net of ${wantedLots} lots of instrument ${instrument}, its sleeves want ${due}`;
  });
}

/** A new decision begins with what is held: what the last one left unfilled is no longer wished. */
function takeWishesBack(k: Kernel): void {
  const { sleeves } = k.state;
  if (sleeves === null) return;
  for (const netting of sleeves.nettings) {
    if (netting === null) continue;
    replaceWorking(k, netting.instrument);
    dropCross(k, sleeves, netting.instrument);
  }
}

/** Journal first the decision, then its orders; then yesterday's policy makes room for today's. */
export function endDecision(
  k: Kernel,
  layers: LayerState,
  made: {
    readonly session: number;
    readonly signals: readonly Signal[];
    readonly orders: readonly Submission[];
  },
): void {
  const { session, signals, orders } = made;
  if (k.recorder.tracesForecasts) k.recorder.layers(session, layers);
  if (signals.length > 0) k.recorder.decision(session, k.state.navMinor, signals);
  for (const { order, verdicts } of orders) k.recorder.order(session, order, verdicts);
  layers.policyBefore = layers.policyNext;
}

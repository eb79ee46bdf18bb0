/**
 * Invariant 1 for the portfolio's stages: what each was handed and what came out, written down at
 * every decision, must be what the stage is for. All of it is worked out again from the forecasts,
 * the daily evidence, the mandate and the trace; nothing of the stages' own code is used. A stage
 * that was never called, fed or applied wrongly is named, and so is one whose result was thrown away:
 * the next stage's weights then fit what came before it.
 */
import { formatDate } from "../../base/instant.ts";
import type { LedgerEntry } from "../../records/ledger/fold.ts";
import type { Breach } from "../audit.ts";
import type { StageName } from "../stage-tally.ts";
import type { Kernel } from "../state.ts";
import type { LayerTrace } from "../trace.ts";
import { type BrakeTwin, createBrakeTwin, scalarDue } from "./check-brake.ts";
import { type BudgetTwin, createBudgetTwin } from "./check-budgets.ts";
import { exceeds } from "./check-clamp-risk.ts";
import { type ClampTwin, createClampTwin } from "./check-clamps.ts";
import { type Decision, type Due, factorDue, near, netOf, type Sheet } from "./check-due.ts";
import { lotMinorAt, lotsDue, navsAtDecisions } from "./check-lots.ts";
import { regimePart } from "./check-orders.ts";
import { createRiskTwin, type RiskTwin } from "./check-risk.ts";
import { type Wrong, wrong } from "./check-wrong.ts";
import type { PolicyPlan } from "./plan.ts";
import type { LayerState } from "./state.ts";

type Twins = {
  readonly budgets: BudgetTwin;
  readonly risk: RiskTwin | null;
  readonly brake: BrakeTwin;
  readonly clamps: ClampTwin;
  readonly navAt: (session: number) => number;
};

type Finding = { readonly stage: StageName } & Wrong;
/** What is wrong with the weights that came out of the ones handed in; null: nothing. */
type Rule = (due: Due, before: Float64Array, after: Float64Array) => Wrong | string | null;

export function checkLayers(
  k: Kernel,
  trace: LayerTrace,
  decisions: Iterable<LedgerEntry>,
): Breach | null {
  const { layers } = k.state;
  if (layers === null) return null;
  if (trace.decisions.length !== k.state.counters.decisions) {
    return breach(
      `the portfolio decided ${k.state.counters.decisions} times and ${trace.decisions.length} decisions were written down`,
    );
  }
  const navAt = navsAtDecisions(k, decisions);
  const twins: Twins = {
    budgets: createBudgetTwin(layers.plan),
    risk: createRiskTwin(layers.plan),
    brake: createBrakeTwin(layers),
    clamps: createClampTwin(k, layers, navAt),
    navAt,
  };
  const columns = Object.entries(trace.columns).map(([name, c]) => [name, c.values()] as const);
  const n = layers.plan.instrumentOf.length;
  for (const [d, decision] of trace.decisions.entries()) {
    const sheet = Object.fromEntries(
      columns.map(([name, values]) => [name, values.subarray(d * n, (d + 1) * n)]),
    ) as Sheet;
    const before = d === 0 ? null : trace.decisions[d - 1];
    const on = formatDate(k.world.sessionsMs[decision.session]);
    const grossLimit = k.plan.limits.gross * regimePart(layers, decision.session);
    if (!near(decision.grossLimit, grossLimit)) {
      return breach(
        `gate volatility_regime was not heeded on ${on}: the gross limit is ${decision.grossLimit}, the regime leaves ${grossLimit}`,
      );
    }
    const found = checkDecision(k, twins, { decision, before, sheet });
    if (found === null) continue;
    return breach(
      `stage ${found.stage} was not applied on ${on}: ${found.message}`,
      found.invariant,
    );
  }
  return null;
}

function breach(message: string, invariant: 1 | 3 = 1): Breach {
  return { invariant, status: "INERT_STAGE", message };
}

function checkDecision(
  k: Kernel,
  twins: Twins,
  at: { readonly decision: Decision; readonly before: Decision | null; readonly sheet: Sheet },
): Finding | null {
  const layers = k.state.layers as LayerState;
  const { decision, sheet } = at;
  const { session } = decision;
  const unbraked = twins.brake.walkTo(session);
  if (unbraked !== null) return { stage: "overlay", ...wrong(`the brake ${unbraked}`) };
  const weights = twins.budgets({ session, ...sheet });
  const policyOn = flagsDue(layers.plan.policy, at.before?.session ?? null, sheet.permitted.length);
  const navMinor = twins.navAt(session);
  const due: Due = {
    k,
    layers,
    decision,
    sheet,
    navMinor,
    weights,
    policyOn,
    risk:
      twins.risk?.({
        session,
        reference: netOf(layers, weights.reference),
        grossLimit: decision.grossLimit,
      }) ?? null,
    scalar: scalarDue(layers, k.world, session),
    clamps: twins.clamps({ session, grossLimit: decision.grossLimit }),
  };
  const found = checkChain(due);
  if (found === null) twins.brake.decide(netOf(layers, sheet.targeted));
  return found;
}

const CHAIN: readonly { readonly stage: StageName; readonly rule: Rule }[] = [
  { stage: "allocation", rule: allocates },
  { stage: "policy", rule: permits },
  { stage: "risk_targeting", rule: targets },
  { stage: "overlay", rule: brakes },
  { stage: "clamps", rule: clamps },
  { stage: "sizing", rule: lotsDue },
];

function checkChain(due: Due): Finding | null {
  const { allocated, permitted, targeted, braked, clamped, finalLots } = due.sheet;
  const river = [due.weights.belief, allocated, permitted, targeted, braked, clamped, finalLots];
  for (const [s, { stage, rule }] of CHAIN.entries()) {
    const found = rule(due, river[s], river[s + 1]);
    if (found === null) continue;
    if (
      s > 0 &&
      isOutOf(due, stage, river[s], river[s + 1]) &&
      rule(due, river[s - 1], river[s + 1]) === null
    ) {
      const dropped = CHAIN[s - 1].stage;
      return { stage: dropped, ...wrong(`${stage} was handed what came before ${dropped}`) };
    }
    return { stage, ...(typeof found === "string" ? wrong(found) : found) };
  }
  return null;
}

/** Clamps may leave less than they must, so that less alone does not tell what they were handed. */
function isOutOf(
  { layers }: Due,
  stage: StageName,
  before: Float64Array,
  after: Float64Array,
): boolean {
  if (stage !== "clamps") return true;
  const handed = netOf(layers, before);
  return netOf(layers, after).some((weight, i) => exceeds(Math.abs(weight), Math.abs(handed[i])));
}

function allocates({ k, layers, sheet, weights }: Due, _: Float64Array, after: Float64Array) {
  for (let v = 0; v < after.length; v++) {
    if (!near(sheet.budget[v], weights.budget[v])) {
      return `${nameOf(k, layers, v)} has a budget of ${sheet.budget[v]}, its history gives ${weights.budget[v]}`;
    }
    if (near(after[v], weights.allocated[v])) continue;
    return `${nameOf(k, layers, v)} weighs ${after[v]} for a belief of ${weights.belief[v]} and a budget of ${weights.budget[v]}`;
  }
  return null;
}

function permits(
  { k, layers, policyOn, decision }: Due,
  before: Float64Array,
  after: Float64Array,
): string | null {
  for (let v = 0; v < after.length; v++) {
    if (decision.policyOn[v] !== policyOn[v]) {
      return `the policy of ${nameOf(k, layers, v)} is taken to be ${policyOn[v] ? "off" : "on"}`;
    }
    if (after[v] === (policyOn[v] ? before[v] : 0)) continue;
    return `${nameOf(k, layers, v)} weighs ${after[v]} of ${before[v]} while its policy is ${policyOn[v] ? "on" : "off"}`;
  }
  return null;
}

/** One factor for all; where nothing can be measured, what is held on the wished side and no more. */
function targets(due: Due, before: Float64Array, after: Float64Array): Wrong | string | null {
  const { k, layers, decision, risk, sheet, navMinor } = due;
  // Where every wish lacks its history there is nothing to multiply, and it says unavailable.
  if (risk !== null && risk.multiplier !== 0 && !near(decision.multiplier, risk.multiplier)) {
    const message = `it said to multiply by ${decision.multiplier} (${decision.riskStatus}), its evidence says ${risk.multiplier}`;
    return risk.isUnknown ? wrong(message, 3) : message;
  }
  const factor = factorDue(due, before);
  for (let v = 0; v < after.length; v++) {
    let wanted = before[v] * factor;
    if (risk?.isUnknown === true) {
      const lotMinor = lotMinorAt(k, layers.plan.instrumentOf[v], decision.session);
      const held = sheet.currentLots[v] === 0 ? 0 : (sheet.currentLots[v] * lotMinor) / navMinor;
      wanted = held * before[v] > 0 ? held : 0;
    }
    if (near(after[v], wanted)) continue;
    const said = risk?.isUnknown === true ? "nothing can be measured" : `the factor is ${factor}`;
    const message = `${nameOf(k, layers, v)} goes from ${before[v]} to ${after[v]}, ${said} (it said ${decision.riskStatus ?? "off"})`;
    return risk?.isUnknown === true ? wrong(message, 3) : message;
  }
  return null;
}

function brakes(due: Due, before: Float64Array, after: Float64Array): Wrong | string | null {
  const { k, layers } = due;
  const { scalar, isMissing } = due.scalar;
  for (let v = 0; v < after.length; v++) {
    if (near(after[v], before[v] * scalar)) continue;
    const message = `${nameOf(k, layers, v)} goes from ${before[v]} to ${after[v]}, the scalar is ${scalar}`;
    if (!isMissing) return message;
    return wrong(`${message}, which stands for a state of the brake that is not known`, 3);
  }
  return null;
}

/** What an instrument's net was cut to, each of its sleeves is cut to in proportion. */
function clamps({ k, layers, clamps: test }: Due, before: Float64Array, after: Float64Array) {
  const [netBefore, netAfter] = [netOf(layers, before), netOf(layers, after)];
  for (let v = 0; v < after.length; v++) {
    const i = layers.plan.instrumentOf[v];
    const share = netBefore[i] === 0 ? 1 : netAfter[i] / netBefore[i];
    if (near(after[v], before[v] * share)) continue;
    return `${nameOf(k, layers, v)} goes from ${before[v]} to ${after[v]}, the whole instrument to ${share} of it`;
  }
  return test(netBefore, netAfter);
}

/** As of the decision before; nothing is on before the first. */
function flagsDue(
  policy: PolicyPlan | null,
  session: number | null,
  sleeves: number,
): readonly boolean[] {
  return Array.from({ length: sleeves }, (_, v) => {
    const name = policy === null ? null : policy.policyOf[v];
    if (policy === null || name === null) return true;
    if (session === null) return false;
    const stress = policy.stress[session];
    const backwardation = policy.backwardation[session];
    if (name === "trend") return stress === 0;
    const isCalm = stress === 0 || (stress === 1 && backwardation === 0);
    return policy.stress99[session] === 0 && isCalm && !Number.isNaN(backwardation);
  });
}

function nameOf(k: Kernel, { plan }: LayerState, v: number): string {
  return `${plan.strategies[v]} on ${k.world.instruments[plan.instrumentOf[v]].id}`;
}

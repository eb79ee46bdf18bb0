/**
 * Invariant 1 for the portfolio's stages: what each was handed and what came out, written down at
 * every decision, must fit what the stage is for. Nothing of the stages' own code is used: budgets
 * times beliefs, flags, one factor, the scalar of the day before and the limits are worked out
 * again from the trace, the daily evidence and the mandate. A stage that was computed and not
 * applied, or never called, is named here.
 */
import { formatDate } from "../../base/instant.ts";
import { knownCount } from "../../market/features/returns.ts";
import type { Breach } from "../audit.ts";
import type { StageName } from "../stage-tally.ts";
import type { Kernel } from "../state.ts";
import type { LayerTrace, SheetColumn } from "../trace.ts";
import type { LayerState } from "./state.ts";

/** Two ways of multiplying the same doubles differ by less than this part of a weight. */
const TOLERANCE = 1e-12;

type Decision = LayerTrace["decisions"][number];

/** One decision's columns, by variant. */
type Sheet = { readonly [name in SheetColumn]: Float64Array };

type Finding = { readonly stage: StageName; readonly v: number; readonly message: string };

export function checkLayers(k: Kernel, trace: LayerTrace): Breach | null {
  const { layers } = k.state;
  if (layers === null) return null;
  const n = layers.plan.instrumentOf.length;
  if (trace.decisions.length !== k.state.counters.decisions) {
    return breach(
      `the portfolio decided ${k.state.counters.decisions} times and ${trace.decisions.length} decisions were written down`,
    );
  }
  for (const [d, decision] of trace.decisions.entries()) {
    const found = checkDecision(layers, decision, sheetAt(trace, d, n));
    if (found === null) continue;
    const on = formatDate(k.world.sessionsMs[decision.session]);
    const of = `${layers.plan.strategies[found.v]} on ${k.world.instruments[layers.plan.instrumentOf[found.v]].id}`;
    return breach(`stage ${found.stage} was not applied on ${on}: ${of} ${found.message}`);
  }
  return null;
}

function breach(message: string): Breach {
  return { invariant: 1, status: "INERT_STAGE", message };
}

function sheetAt(trace: LayerTrace, decision: number, n: number): Sheet {
  const names = Object.keys(trace.columns) as SheetColumn[];
  const from = decision * n;
  return Object.fromEntries(
    names.map((name) => [name, trace.columns[name].values().subarray(from, from + n)]),
  ) as Sheet;
}

function checkDecision(layers: LayerState, decision: Decision, sheet: Sheet): Finding | null {
  const net = netOf(layers, sheet.clamped);
  const wanted = grossOf(netOf(layers, sheet.permitted));
  for (let v = 0; v < sheet.allocated.length; v++) {
    const found =
      checkAllocation(layers, decision, sheet, v) ??
      checkPolicy(decision, sheet, v) ??
      checkRisk(layers, decision, sheet, { v, wanted }) ??
      checkOverlay(layers, decision, sheet, v) ??
      checkClamps(layers, decision, sheet, { v, net });
    if (found !== null) return found;
  }
  return null;
}

/** A weight is its budget's share for what is believed, or nothing for want of daily history. */
function checkAllocation(
  { plan }: LayerState,
  { session }: Decision,
  sheet: Sheet,
  v: number,
): Finding | null {
  const belief = sheet.strength[v] * sheet.confidence[v];
  const due = belief === belief ? sheet.budget[v] * belief : 0;
  const weight = sheet.allocated[v];
  if (near(weight, due)) return null;
  const rows = plan.riskTargeting?.lookback ?? 0;
  const history = plan.evidence.returns[plan.instrumentOf[v]];
  if (weight === 0 && knownCount(history, session - 1, 2 * rows) < rows) return null;
  return {
    stage: "allocation",
    v,
    message: `weighs ${weight} for a belief of ${belief} and a budget of ${sheet.budget[v]}`,
  };
}

function checkPolicy({ policyOn }: Decision, sheet: Sheet, v: number): Finding | null {
  const due = policyOn[v] ? sheet.allocated[v] : 0;
  if (sheet.permitted[v] === due) return null;
  const flag = policyOn[v] ? "on" : "off";
  return {
    stage: "policy",
    v,
    message: `weighs ${sheet.permitted[v]} while its policy is ${flag}`,
  };
}

/** One factor for all: what was measured, or what the gross limit leaves of it after netting. */
function checkRisk(
  layers: LayerState,
  decision: Decision,
  sheet: Sheet,
  { v, wanted }: { readonly v: number; readonly wanted: number },
): Finding | null {
  const before = sheet.permitted[v];
  const after = sheet.targeted[v];
  if (layers.plan.riskTargeting === null) {
    if (after === before) return null;
    const message = `changes from ${before} to ${after} while it is off`;
    return { stage: "risk_targeting", v, message };
  }
  if (decision.riskStatus === "unavailable") return null;
  const { multiplier, grossLimit } = decision;
  const factor = wanted * multiplier > grossLimit ? grossLimit / wanted : multiplier;
  if (near(after, before * factor)) return null;
  const message = `changes from ${before} to ${after}, the factor of this decision is ${factor}`;
  return { stage: "risk_targeting", v, message };
}

/** The scalar of the session before, from the brake's own record of its days. */
function checkOverlay(
  layers: LayerState,
  decision: Decision,
  sheet: Sheet,
  v: number,
): Finding | null {
  const { overlay } = layers.plan;
  const before = sheet.targeted[v];
  const after = sheet.braked[v];
  const isApplied = overlay.mode !== "off" && !decision.warmUp;
  const scalar = isApplied ? scalarDue(layers, decision) : 1;
  if (near(after, before * scalar)) return null;
  return {
    stage: "overlay",
    v,
    message: `changes from ${before} to ${after}, the scalar is ${scalar}`,
  };
}

function scalarDue(layers: LayerState, decision: Decision): number {
  if (layers.plan.overlay.mode !== "compute") return decision.scalar;
  const yesterday = decision.session === 0 ? null : layers.daily.brake[decision.session - 1];
  return yesterday?.scalar ?? decision.scalar;
}

/** Never more, never the other side; and where caps are on, within the limits that the gates assert. */
function checkClamps(
  { plan }: LayerState,
  decision: Decision,
  sheet: Sheet,
  { v, net }: { readonly v: number; readonly net: Float64Array },
): Finding | null {
  const before = sheet.braked[v];
  const after = sheet.clamped[v];
  if (Math.abs(after) > Math.abs(before) * (1 + TOLERANCE) || after * before < 0) {
    return {
      stage: "clamps",
      v,
      message: `changes from ${before} to ${after}: a clamp only shrinks`,
    };
  }
  if (!plan.clamps.caps.enabled) return null;
  const gross = grossOf(net);
  if (gross <= decision.grossLimit * (1 + 1e-9)) return null;
  return {
    stage: "clamps",
    v,
    message: `is part of a gross of ${gross}, above the limit of ${decision.grossLimit}`,
  };
}

function netOf({ plan }: LayerState, weights: Float64Array): Float64Array {
  const net = new Float64Array(plan.sleevesOf.length);
  for (let v = 0; v < weights.length; v++) net[plan.instrumentOf[v]] += weights[v];
  return net;
}

function grossOf(net: Float64Array): number {
  return net.reduce((sum, weight) => sum + Math.abs(weight), 0);
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), TOLERANCE);
}

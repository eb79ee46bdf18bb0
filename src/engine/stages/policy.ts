/**
 * Stage policy: is the engine of a sleeve valid now? Zero or one, decided at the decision before
 * this one. It never weighs: a sleeve that is on passes unchanged.
 */
import { type Evidence, known, unknown } from "../../domain/evidence.ts";
import { type Policy, policyFlags } from "../../portfolio/policy/policy-flags.ts";
import type { PolicyPlan } from "../layers/plan.ts";
import type { LayerState } from "../layers/state.ts";
import type { Kernel } from "../state.ts";
import type { AllocatedWeights, PermittedWeights } from "./weights.ts";

export function policyStage(
  k: Kernel,
  layers: LayerState,
  session: number,
  allocated: AllocatedWeights,
): PermittedWeights {
  const { sheet, plan } = layers;
  sheet.permitted.set(allocated);
  if (plan.policy === null) return sheet.permitted as PermittedWeights;
  const counts = k.state.tally.stages.policy;
  const { policyOf } = plan.policy;
  let bound = false;
  for (let v = 0; v < policyOf.length; v++) {
    const isOn = permission(layers, v).on;
    if (isOn) continue;
    if (sheet.permitted[v] !== 0) bound = true;
    sheet.permitted[v] = 0;
  }
  counts.evaluated++;
  counts.applied++;
  if (bound) counts.bound++;
  const features = featuresAt(plan.policy, session);
  if (!features.stress.known) layers.policyBlind++;
  layers.policyNext = policyFlags(features);
  return sheet.permitted as PermittedWeights;
}

/** What a variant's policy said at the decision before; an exempt sleeve is always on. */
export function permission(
  { plan, policyBefore }: LayerState,
  v: number,
): { readonly on: boolean; readonly reason: string } {
  const policy = plan.policy === null ? null : plan.policy.policyOf[v];
  if (policy === null) return { on: true, reason: "exempt" };
  if (policyBefore === null) return { on: false, reason: "no decision came before this one" };
  return policyBefore[policy as Policy];
}

function featuresAt(policy: PolicyPlan, session: number): Parameters<typeof policyFlags>[0] {
  return {
    stress: flagAt(policy.stress, session, "stress"),
    stress99: flagAt(policy.stress99, session, "stress at the 99th percentile"),
    backwardation: flagAt(policy.backwardation, session, "term structure"),
  };
}

function flagAt(column: Float64Array, session: number, name: string): Evidence<boolean> {
  const value = column[session];
  return value === value ? known(value === 1) : unknown(`no ${name} on this session`);
}

/**
 * Stage risk targeting: one factor for all sleeves, measured on the weights before policy. Without
 * a measurement there is no new exposure: what is held on the wished side stays, the rest goes.
 */
import { estimateCovariance } from "../../base/covariance.ts";
import { known, unknown } from "../../domain/evidence.ts";
import {
  applyRiskTarget,
  holdTarget,
  type RiskTarget,
  riskTarget,
} from "../../portfolio/risk-targeting/risk-target.ts";
import type { RiskTargetingSettings } from "../../portfolio/risk-targeting/section.ts";
import { knownCount } from "../../market/features/returns.ts";
import { netInto, rowsUpTo } from "../layers/evidence.ts";
import type { LayerState } from "../layers/state.ts";
import type { Kernel } from "../state.ts";
import { isDue } from "./allocation.ts";
import type { AllocatedWeights, PermittedWeights, TargetedWeights } from "./weights.ts";

export function riskTargetingStage(
  k: Kernel,
  layers: LayerState,
  session: number,
  weights: { readonly allocated: AllocatedWeights; readonly permitted: PermittedWeights },
): TargetedWeights {
  const { sheet, plan } = layers;
  const settings = plan.riskTargeting;
  sheet.risk = null;
  if (settings === null) {
    sheet.targeted.set(weights.permitted);
    sheet.belief.set(weights.allocated);
    return sheet.targeted as TargetedWeights;
  }
  const counts = k.state.tally.stages.risk_targeting;
  netInto(sheet.reference, plan.instrumentOf, sheet.netBefore);
  const target = starvedOf(layers) ?? targetOf(layers, settings, session);
  sheet.risk = target;
  counts.evaluated++;
  if (target.status === "unavailable") {
    keepOnly(k, layers, weights);
  } else {
    const cap = sheet.grossLimit;
    applyRiskTarget(target, cap, weights.permitted, plan.instrumentOf, sheet.targeted);
    applyRiskTarget(target, cap, weights.allocated, plan.instrumentOf, sheet.belief);
  }
  counts.applied++;
  if (sheet.targeted.some((weight, v) => weight !== weights.permitted[v])) counts.bound++;
  return sheet.targeted as TargetedWeights;
}

/** Where nothing is left to measure because every wish lacks the history: that is not "nothing wanted". */
function starvedOf({ sheet, strength, confidence }: LayerState): RiskTarget | null {
  let reason: string | null = null;
  for (let v = 0; v < sheet.budget.length; v++) {
    if (sheet.reference[v] !== 0) return null;
    if (sheet.budget[v] > 0 && strength[v] * confidence[v] !== 0) reason ??= sheet.reasons[v];
  }
  if (reason === null) return null;
  const nothing = Number.NaN;
  const status = "unavailable";
  return { status, sigma: nothing, gross: nothing, referenceGross: 0, multiplier: nothing, reason };
}

function targetOf(
  layers: LayerState,
  settings: RiskTargetingSettings,
  session: number,
): RiskTarget {
  const { sheet, plan } = layers;
  const due = isDue(plan.estimateFrom, layers.covarianceAt, session);
  if (!due && layers.heldTarget !== null) return holdTarget(layers.heldTarget, sheet.netBefore);
  estimate(layers, settings, session);
  const target = riskTarget(
    {
      targetVol: settings.target_vol,
      volFloor: settings.vol_floor,
      grossFloor: settings.gross_floor,
      grossCap: sheet.grossLimit,
    },
    { reference: sheet.netBefore, covariance: layers.covariance },
  );
  const isMeasured = target.status !== "unavailable" && target.referenceGross > 0;
  layers.heldTarget = isMeasured ? target : null;
  if (isMeasured) layers.covarianceAt = session;
  return target;
}

/** Of the instruments that are wanted, on days before this one on which all of them traded. */
function estimate(layers: LayerState, settings: RiskTargetingSettings, session: number): void {
  const { plan, sheet } = layers;
  const columns: number[] = [];
  for (let i = 0; i < sheet.netBefore.length; i++) if (sheet.netBefore[i] !== 0) columns.push(i);
  const { values, rows } = rowsUpTo(layers, columns, session - 1, settings.lookback);
  if (rows < settings.lookback) {
    const short = columns.find(
      (i) => knownCount(plan.evidence.returns[i], session - 1, session) < settings.lookback,
    );
    const whose = short === undefined ? "they share" : `instrument ${short} has`;
    layers.covariance = unknown(`${rows} of ${settings.lookback} daily returns, ${whose} too few`);
    return;
  }
  const made = estimateCovariance(settings.estimator, { values, rows, assets: columns.length });
  if (!made.ok) {
    const { rule, observed, required } = made.error;
    layers.covariance = unknown(`${rule}: ${observed} of ${required}`);
    return;
  }
  layers.covariance = known(spread(made.value.values, columns, sheet.netBefore.length));
}

/** Into a matrix of all instruments: those not wanted have weight zero and need no entry. */
function spread(
  values: Float64Array,
  columns: readonly number[],
  assets: number,
): { readonly assets: number; readonly values: Float64Array } {
  const whole = new Float64Array(assets * assets);
  const m = columns.length;
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) whole[columns[a] * assets + columns[b]] = values[a * m + b];
  }
  return { assets, values: whole };
}

/** What each sleeve holds on the side it wishes, as a weight; everything else goes to zero. */
function keepOnly(
  k: Kernel,
  { sheet, plan }: LayerState,
  { allocated, permitted }: { allocated: AllocatedWeights; permitted: PermittedWeights },
): void {
  for (let v = 0; v < permitted.length; v++) {
    const held = sleeveWeight(k, v, plan.instrumentOf[v]);
    sheet.targeted[v] = held * permitted[v] > 0 ? held : 0;
    sheet.belief[v] = allocated[v] === 0 ? 0 : Number.NaN;
  }
}

function sleeveWeight({ state, world }: Kernel, v: number, i: number): number {
  const micro = state.sleeves?.microLots[v] ?? 0;
  if (micro === 0) return 0;
  const value = (micro / 1e6) * world.scales[i].factor * state.mark[i];
  return (value * state.exposureRate[i]) / state.navMinor;
}

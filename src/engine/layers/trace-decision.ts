/** One decision's sheet, copied out before the next one overwrites it. */
import { type LayerTrace, SHEET_COLUMNS, type SheetColumn } from "../trace.ts";
import { permission } from "../stages/policy.ts";
import type { LayerState } from "./state.ts";

export function traceDecision(trace: LayerTrace, session: number, layers: LayerState): void {
  const { sheet, strength, confidence, plan } = layers;
  const sources: { readonly [name in SheetColumn]: Float64Array } = {
    strength,
    confidence,
    budget: sheet.budget,
    allocated: sheet.allocated,
    permitted: sheet.permitted,
    targeted: sheet.targeted,
    braked: sheet.braked,
    clamped: sheet.clamped,
    beliefLots: sheet.beliefLots,
    finalLots: sheet.finalLots,
    currentLots: sheet.currentLots,
  };
  for (const name of SHEET_COLUMNS) {
    const column = trace.columns[name];
    for (const value of sources[name]) column.push(value);
  }
  trace.reasons.push(...sheet.reasons);
  trace.decisions.push({
    session,
    offCycle: sheet.offCycle,
    riskStatus: sheet.risk?.status ?? null,
    sigma: sheet.risk?.sigma ?? Number.NaN,
    grossTarget: sheet.risk?.gross ?? Number.NaN,
    grossReference: sheet.risk?.referenceGross ?? Number.NaN,
    multiplier: sheet.risk?.multiplier ?? Number.NaN,
    grossLimit: sheet.grossLimit,
    brakeRegime: sheet.brakeRegime,
    scalar: sheet.scalar,
    warmUp: sheet.warmUp,
    volatilityRegime: layers.volatilityRegime,
    breaker: plan.breakers === null ? "OFF" : layers.breaker.state,
    sizeScale: sheet.sizeScale,
    policyOn: Array.from(strength, (_, v) => permission(layers, v).on),
  });
}

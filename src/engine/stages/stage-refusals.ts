/**
 * Which stages cut a sleeve's wish, in the order of the river. Where nothing is left of it the
 * first of these owns the signal's end; where something is left they stand beside it as cutters.
 */
import type { Refusal } from "../../domain/refusal.ts";
import type { LayerState } from "../layers/state.ts";
import { permission } from "./policy.ts";

/** Less than this part of a weight is arithmetic, not a cut. */
const NOISE = 1e-12;

export function stageRefusals(layers: LayerState, v: number): readonly Refusal[] {
  const { sheet } = layers;
  const found: Refusal[] = [];
  const isUnmeasured = sheet.risk?.status === "unavailable";
  const stays = sheet.finalLots[v] === sheet.currentLots[v];
  if (isUnmeasured && (stays || sheet.permitted[v] !== 0)) {
    found.push(refusal("REJECTED_BY_RISK_LIMIT", "risk_targeting", "unavailable", null, null));
  }
  const isForbidden = isCut(sheet.allocated[v], sheet.permitted[v]);
  if (isForbidden) {
    const { reason } = permission(layers, v);
    found.push(refusal("REJECTED_BY_POLICY", "policy", reason, 0, 1));
  }
  // What is held without a measurement no later stage touches.
  if (isUnmeasured) return found;
  if (!isForbidden && isCut(sheet.belief[v], sheet.targeted[v])) {
    // Policy took sleeves away that this one was netted against: the gross limit bites earlier.
    found.push(refusal("REJECTED_BY_RISK_LIMIT", "risk_targeting", "gross_cap", null, null));
  }
  if (isCut(sheet.targeted[v], sheet.braked[v])) {
    const rule = sheet.brakeRegime.toLowerCase();
    found.push(refusal("REJECTED_BY_OVERLAY", "overlay", rule, sheet.scalar, 1));
  }
  if (isCut(sheet.braked[v], sheet.clamped[v])) found.push(clampRefusal(layers, v));
  if (sheet.sizeScale < 1 && sheet.clamped[v] !== 0) {
    const state = layers.breaker.state.toLowerCase();
    found.push(refusal("REJECTED_BY_CIRCUIT_BREAKER", "breakers", state, sheet.sizeScale, 1));
  }
  return found;
}

function isCut(before: number, after: number): boolean {
  return Math.abs(before) - Math.abs(after) > NOISE * Math.abs(before);
}

/** The constraint that was recorded last for the instrument, or for the whole book. */
function clampRefusal({ sheet, plan }: LayerState, v: number): Refusal {
  const i = plan.instrumentOf[v];
  const [record] = sheet.clampRecords;
  const share = sheet.netBefore[i] === 0 ? 0 : sheet.netAfter[i] / sheet.netBefore[i];
  return refusal(
    "REJECTED_BY_RISK_LIMIT",
    "clamps",
    record === undefined ? "clamp" : record.constraint,
    share,
    1,
  );
}

function refusal(
  state: Refusal["state"],
  by: string,
  rule: string,
  observed: number | null,
  limit: number | null,
): Refusal {
  return { state, by, rule, observed, limit, unit: "fraction of the wish" };
}

/**
 * Stage clamps: the limits, enforced on what the book would net to. A clamp that shrinks an
 * instrument shrinks all of its sleeves in the same proportion.
 */
import { type Evidence, known, unknown } from "../../domain/evidence.ts";
import { applyClamps, type ClampEvidence } from "../../portfolio/clamps/clamps.ts";
import type { ClampSettings } from "../../portfolio/clamps/section.ts";
import { knownCount } from "../../market/features/returns.ts";
import { grossOf, heldColumns, netInto, rowsUpTo } from "../layers/evidence.ts";
import type { LayerState } from "../layers/state.ts";
import type { Kernel } from "../state.ts";
import type { ClampedWeights, OverlaidWeights } from "./weights.ts";

export function clampStage(
  k: Kernel,
  layers: LayerState,
  session: number,
  braked: OverlaidWeights,
): ClampedWeights {
  const { sheet, plan } = layers;
  if (!isEnabled(plan.clamps)) {
    sheet.clamped.set(braked);
    netInto(braked, plan.instrumentOf, sheet.netAfter);
    sheet.clampRecords = [];
    return sheet.clamped as ClampedWeights;
  }
  const counts = k.state.tally.stages.clamps;
  netInto(braked, plan.instrumentOf, sheet.netBefore);
  sheet.netAfter.set(sheet.netBefore);
  const limits = k.plan.limits;
  sheet.clampRecords = applyClamps(
    plan.clamps,
    { gross: sheet.grossLimit, net: limits.net, symbol: limits.symbol, sector: limits.sector },
    evidenceAt(k, layers, session),
    layers.clamps,
    sheet.netAfter,
  );
  counts.evaluated++;
  for (let v = 0; v < braked.length; v++) {
    const i = plan.instrumentOf[v];
    const before = sheet.netBefore[i];
    sheet.clamped[v] = before === 0 ? braked[v] : braked[v] * (sheet.netAfter[i] / before);
  }
  counts.applied++;
  if (grossOf(sheet.netAfter) !== grossOf(sheet.netBefore)) counts.bound++;
  for (const record of sheet.clampRecords) layers.clampLog.push({ session, record });
  return sheet.clamped as ClampedWeights;
}

/** Whether the mandate switched any clamp on. */
export function isEnabled({ caps, throttle, clusters, tail }: ClampSettings): boolean {
  return caps.enabled || throttle.enabled || clusters.enabled || tail.enabled;
}

function evidenceAt(k: Kernel, layers: LayerState, session: number): ClampEvidence {
  const { plan, sheet } = layers;
  const columns = measurable(layers, session);
  return {
    ids: k.world.instruments.map(({ id }) => id),
    sectors: k.world.instruments.map(({ sector }) => sector),
    reference: Float64Array.from(sheet.netBefore),
    drawdown: drawdownOf(k, layers),
    returns: returnsOf(layers, columns, session),
    columns,
    seed: plan.seed,
  };
}

/** Wanted instruments with the history that the clamps ask for; one without is restricted alone. */
function measurable({ plan, sheet }: LayerState, session: number): number[] {
  const { clusters, tail } = plan.clamps;
  const least = Math.max(
    clusters.enabled ? clusters.min_observations : 0,
    tail.enabled ? tail.min_observations : 0,
  );
  return heldColumns(sheet.netBefore).filter(
    (i) => knownCount(plan.evidence.returns[i], session - 1, 2 * least) >= least,
  );
}

function drawdownOf({ state }: Kernel, { highWaterMinor }: LayerState): Evidence<number> {
  if (highWaterMinor <= 0) return unknown("net asset value was never above zero");
  return known(1 - state.navMinor / highWaterMinor);
}

function returnsOf(
  layers: LayerState,
  columns: readonly number[],
  session: number,
): ClampEvidence["returns"] {
  const { clusters, tail } = layers.plan.clamps;
  if (!clusters.enabled && !tail.enabled) return unknown("no clamp asks for returns");
  if (columns.length === 0) return unknown("nothing is wanted");
  const wanted = Math.max(clusters.enabled ? clusters.days : 0, tail.enabled ? tail.days : 0);
  const found = rowsUpTo(layers, columns, session - 1, wanted);
  return found.rows === 0 ? unknown("no day on which all traded") : known(found);
}

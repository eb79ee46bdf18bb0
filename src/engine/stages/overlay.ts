/**
 * Stage overlay: the only brake. Applies the scalar of the session before this one. Inside the
 * declared warm-up a mandate may go without, which is counted apart; a scalar that is not known is
 * the floor.
 */
import { applyOverlay } from "../../portfolio/overlay/apply-overlay.ts";
import { precomputedDay } from "../../portfolio/overlay/precomputed.ts";
import { targetOf } from "../../portfolio/overlay/scalar.ts";
import { netInto } from "../layers/evidence.ts";
import type { LayerState } from "../layers/state.ts";
import type { Kernel } from "../state.ts";
import type { OverlaidWeights, TargetedWeights } from "./weights.ts";

/** Closer to one than this, the scalar cuts nothing that could be traded. */
const ARRIVED = 1e-6;

export function overlayStage(
  k: Kernel,
  layers: LayerState,
  session: number,
  targeted: TargetedWeights,
): OverlaidWeights {
  const { sheet, plan } = layers;
  sheet.braked.set(targeted);
  // What the brake watches from tomorrow on: the book as it would stand without it.
  netInto(targeted, plan.instrumentOf, layers.unbraked);
  chooseScalar(k, layers, session);
  if (plan.overlay.mode === "off") return sheet.braked as OverlaidWeights;
  const counts = k.state.tally.stages.overlay;
  counts.evaluated++;
  if (sheet.warmUp) {
    counts.warmUp++;
    return sheet.braked as OverlaidWeights;
  }
  const changed = applyOverlay(targeted, sheet.scalar, sheet.braked);
  counts.applied++;
  // Smoothing never quite arrives at one: what is left of a cut years later does not bind.
  if (changed > 0 && sheet.scalar < 1 - ARRIVED) {
    counts.bound++;
    layers.boundSessions.push(session);
  }
  return sheet.braked as OverlaidWeights;
}

/** Yesterday's brake, computed here or by the run that is named. */
function chooseScalar(k: Kernel, layers: LayerState, session: number): void {
  const { sheet, plan, brakeBefore } = layers;
  const floor = targetOf(plan.overlay.profile, "UNKNOWN");
  sheet.brakeRegime = brakeBefore?.regime ?? "UNKNOWN";
  if (plan.overlay.mode === "precomputed") {
    const yesterday = session === 0 ? Number.NaN : k.world.sessionsMs[session - 1];
    const found = precomputedDay(plan.precomputed, yesterday);
    sheet.scalar = found.known ? found.value.scalar : floor;
    sheet.brakeRegime = found.known ? found.value.regime : "UNKNOWN";
    sheet.warmUp = false;
    return;
  }
  sheet.warmUp = brakeBefore?.warmUp ?? plan.overlay.during_warm_up === "none";
  sheet.scalar = brakeBefore?.scalar ?? (sheet.warmUp ? 1 : floor);
}

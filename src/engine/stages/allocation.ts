/**
 * Stage allocation: sleeve budgets from daily unit-strength shadow returns strictly before the
 * decision, and the weight each forecast gets of them. An instrument without the daily history that
 * risk is measured on gets no weight, with the reason.
 */
import { knownCount } from "../../market/features/returns.ts";
import { allocate } from "../../portfolio/allocation/allocate.ts";
import type { AllocationSettings } from "../../portfolio/allocation/section.ts";
import type { LayerState } from "../layers/state.ts";
import type { Kernel } from "../state.ts";
import type { AllocatedWeights } from "./weights.ts";

export function allocationStage(k: Kernel, layers: LayerState, session: number): AllocatedWeights {
  const { sheet, plan } = layers;
  const counts = k.state.tally.stages.allocation;
  if (layers.budgetsAt < 0 || isDue(plan.allocateFrom, layers.budgetsAt, session)) {
    makeBudgets(layers, session);
  }
  counts.evaluated++;
  const measured = plan.riskTargeting?.lookback ?? 0;
  let bound = false;
  for (let v = 0; v < sheet.budget.length; v++) {
    const i = plan.instrumentOf[v];
    const view = layers.strength[v] * layers.confidence[v];
    const isKnown = hasHistory(layers, i, session, measured);
    const usable = sheet.budget[v] > 0 && view === view && isKnown;
    const full = usable ? sheet.budget[v] * layers.direction[v] : 0;
    sheet.allocated[v] = usable ? sheet.budget[v] * view : 0;
    sheet.reference[v] = plan.riskTargeting?.reference === "full" ? full : sheet.allocated[v];
    if (sheet.allocated[v] !== view) bound = true;
    if (sheet.budget[v] > 0) sheet.reasons[v] = isKnown ? null : tooShort(measured);
  }
  counts.applied++;
  if (bound) counts.bound++;
  return sheet.allocated as AllocatedWeights;
}

/** Whether a mark of `from` lies after the session of the last time. */
export function isDue(from: Uint8Array, last: number, session: number): boolean {
  for (let s = last + 1; s <= session; s++) if (from[s] === 1) return true;
  return false;
}

function hasHistory({ plan }: LayerState, i: number, session: number, rows: number): boolean {
  return rows === 0 || knownCount(plan.evidence.returns[i], session - 1, 2 * rows) >= rows;
}

function tooShort(rows: number): string {
  return `its instrument has fewer than the ${rows} daily returns that risk is measured on`;
}

/** Days of shadow returns that the method looks back on. */
function historyOf(allocation: AllocationSettings): number {
  switch (allocation.method) {
    case "sharpe-proportional":
      return allocation.sharpe.lookback_days;
    case "inverse-volatility":
    case "erc":
    case "hrp":
      return allocation.lookback_days;
    default:
      return 0;
  }
}

function makeBudgets(layers: LayerState, session: number): void {
  const { plan, sheet, shadow, active } = layers;
  const n = plan.instrumentOf.length;
  const wanted = historyOf(plan.allocation);
  const from = Math.max(0, session - wanted);
  const ranges = plan.evidence.allocationRange;
  const atrFraction = Float64Array.from(plan.instrumentOf, (i) =>
    ranges === null ? Number.NaN : ranges[i][session],
  );
  const made = allocate(plan.allocation, {
    strategies: plan.strategies,
    shadow: { values: shadow.subarray(from * n, session * n), rows: session - from },
    active: active.subarray(from * n, session * n),
    atrFraction,
  });
  sheet.budget.set(made.budget);
  sheet.reasons = [...made.reasons];
  if (made.note !== null) layers.budgetNotes.push({ session, note: made.note });
  layers.budgetsAt = session;
}

/**
 * Order gate: buying power = NAV x gross limit - exposure after working orders at the decision
 * price, costs excluded (spec definitions, "Buying power"), and beside it the initial margin that
 * futures reserve. An overspend at the fill is a margin debit, not a refusal.
 */
import type { Verdict } from "../../domain/refusal.ts";
import { type ExposureView, RELATIVE_TOLERANCE, reduces } from "./exposure.ts";

/** The first of buying power and initial margin that fails, or the pass of buying power. */
export function cashGate(
  view: ExposureView,
  grossLimit: number,
  marginLimit: number | null,
): Verdict {
  const power = view.navMinor * grossLimit - view.grossMinor;
  const needed = Math.abs(view.afterMinor) - Math.abs(view.beforeMinor);
  const slack = Math.abs(view.navMinor) * grossLimit * RELATIVE_TOLERANCE;
  const passed: Verdict = {
    gate: "cash",
    limit: finiteOrNull(power),
    observed: finiteOrNull(needed),
    result: "pass",
    rule: "buying_power",
    unit: "minor units",
  };
  if (reduces(view)) return passed;
  if (!(needed <= power + slack)) return { ...passed, result: "fail" };
  return marginRefusal(view, marginLimit ?? 1) ?? passed;
}

/** Null when the margin the order reserves is there. */
function marginRefusal(view: ExposureView, limit: number): Verdict | null {
  const free = view.navMinor * limit - view.marginMinor;
  const needed = view.afterMarginMinor - view.marginMinor;
  if (needed <= free + Math.abs(view.navMinor) * limit * RELATIVE_TOLERANCE) return null;
  const unknown = !Number.isFinite(needed);
  return {
    gate: "cash",
    limit: finiteOrNull(free),
    observed: finiteOrNull(needed),
    result: unknown ? "not_evaluated" : "fail",
    rule: "initial_margin",
    unit: "minor units",
  };
}

/** What nobody could work out was not observed. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

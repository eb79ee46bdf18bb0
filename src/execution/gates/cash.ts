/**
 * Order gate: buying power = NAV x gross limit - exposure after working orders at the decision
 * price, costs excluded (spec definitions, "Buying power"). An overspend at the fill is a margin
 * debit, not a refusal.
 */
import type { Verdict } from "../../domain/refusal.ts";
import { type ExposureView, RELATIVE_TOLERANCE, reduces } from "./exposure.ts";

export function cashGate(view: ExposureView, grossLimit: number): Verdict {
  const power = view.navMinor * grossLimit - view.grossMinor;
  const needed = Math.abs(view.afterMinor) - Math.abs(view.beforeMinor);
  const slack = Math.abs(view.navMinor) * grossLimit * RELATIVE_TOLERANCE;
  return {
    gate: "cash",
    result: reduces(view) || needed <= power + slack ? "pass" : "fail",
    rule: "buying_power",
    observed: needed,
    limit: power,
    unit: "minor units",
  };
}

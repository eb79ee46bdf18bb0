/**
 * Order gate: trading is paused. The one gate that stops reductions as well; only what an operator
 * asked for by `flatten` goes through (spec execution 2).
 */
import type { Verdict } from "../../domain/refusal.ts";

export function pauseGate(paused: { readonly reason: string } | null, isFlatten: boolean): Verdict {
  return {
    gate: "pause",
    result: paused === null || isFlatten ? "pass" : "fail",
    rule: paused === null ? "running" : paused.reason,
    observed: paused === null ? 0 : 1,
    limit: 0,
    unit: "pauses",
  };
}

/** Signal gate: the same wish is not already at work in the market. */
import type { Order } from "../../domain/order.ts";
import type { Verdict } from "../../domain/refusal.ts";

/**
 * Fails when the instrument's working entry and exit orders already amount to the wanted change
 * under the same terms (entry, stop, time in force); `wantedLots` is signed.
 */
export function duplicateGate(
  working: readonly Order[],
  wantedLots: number,
  sameTerms: boolean,
): Verdict {
  let workingLots = 0;
  for (const order of working) workingLots += order.side * order.lots;
  const duplicate = working.length > 0 && sameTerms && workingLots === wantedLots;
  return {
    gate: "duplicate",
    limit: null,
    observed: workingLots,
    result: duplicate ? "fail" : "pass",
    rule: "working_order",
    unit: "lots",
  };
}

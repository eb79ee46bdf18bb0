/** Signal gate: the same wish is not already at work in the market. */
import type { Order } from "../../domain/order.ts";
import type { Verdict } from "../../domain/refusal.ts";

/**
 * Fails when the instrument's working entry and exit orders already amount to the wanted change
 * under the same terms; `wantedLots` is signed, `price` the limit or null.
 */
export function duplicateGate(
  working: readonly Order[],
  wantedLots: number,
  price: number | null,
): Verdict {
  let workingLots = 0;
  let sameTerms = working.length > 0;
  for (const order of working) {
    workingLots += order.side * order.lots;
    sameTerms &&= order.price === price;
  }
  const duplicate = sameTerms && workingLots === wantedLots;
  return {
    gate: "duplicate",
    result: duplicate ? "fail" : "pass",
    rule: "working_order",
    observed: workingLots,
    limit: null,
    unit: "lots",
  };
}

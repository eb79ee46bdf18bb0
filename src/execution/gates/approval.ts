/**
 * The one place that makes an Approved<Order>. Every enabled gate must have judged this order, and
 * each must have let it pass: a gate that was not asked, or could not say, admits nothing.
 */
import { invariant } from "../../base/assert.ts";
import { type Result, err, ok } from "../../base/result.ts";
import type { Approved, Order } from "../../domain/order.ts";
import type { Refusal, TerminalState, Verdict } from "../../domain/refusal.ts";

/** Gate name -> how a signal ends that it refuses. */
const STATE_OF_GATE: { readonly [gate: string]: Exclude<TerminalState, "EXECUTED" | "EXPIRED"> } = {
  freshness: "REJECTED_BY_FRESHNESS",
  duplicate: "REJECTED_BY_DUPLICATE",
  policy: "REJECTED_BY_POLICY",
  correlation: "REJECTED_BY_CORRELATION",
  breakers: "REJECTED_BY_CIRCUIT_BREAKER",
  heat: "REJECTED_BY_HEAT",
  pause: "REJECTED_BY_PAUSE",
  volatility_regime: "REJECTED_BY_RISK_LIMIT",
  limits: "REJECTED_BY_RISK_LIMIT",
  cash: "REJECTED_BY_CASH",
};

/** A failing or unevaluated verdict as the refusal it causes. */
export function refusalOf(verdict: Verdict): Refusal {
  const state = STATE_OF_GATE[verdict.gate];
  invariant(state !== undefined, 2, `gate ${verdict.gate} has no terminal state`);
  const rule = verdict.result === "not_evaluated" ? `${verdict.rule}:not_evaluated` : verdict.rule;
  const { observed, limit, unit } = verdict;
  return { state, by: verdict.gate, rule, observed, limit, unit };
}

/**
 * Approves an order when each of `requiredGates` has judged it and nothing judged otherwise, else
 * says who refused first. `verdicts` are those on its signal and those on the order itself. A
 * required gate without a verdict, where none refused, is a break in the wiring: invariant 1. No
 * gate at all is not passed either: invariant 4.
 */
export function approve(
  order: Order,
  verdicts: readonly (readonly Verdict[])[],
  requiredGates: readonly string[],
): Result<Approved<Order>, Refusal> {
  if (requiredGates.length === 0) {
    invariant(false, 4, `no gate was asked about order ${order.ordinal}`);
  }
  // Gates judge in the order in which they are required: most are found on the way.
  let judged = 0;
  for (const list of verdicts) {
    for (const verdict of list) {
      if (verdict.result !== "pass") return err(refusalOf(verdict));
      if (verdict.gate === requiredGates[judged]) judged++;
    }
  }
  for (; judged < requiredGates.length; judged++) {
    const gate = requiredGates[judged];
    if (hasJudged(gate, verdicts)) continue;
    invariant(false, 1, `gate ${gate} is enabled and did not judge order ${order.ordinal}`);
  }
  return ok(order as Approved<Order>);
}

function hasJudged(gate: string, verdicts: readonly (readonly Verdict[])[]): boolean {
  for (const list of verdicts) {
    for (const verdict of list) if (verdict.gate === gate) return true;
  }
  return false;
}

/**
 * Approves a system intent, such as a protective stop: it passes every exposure gate because it
 * reduces what is held and cannot cross zero. Anything else is our mistake: invariant 12.
 */
export function approveReduction(order: Order, heldLots: number): Approved<Order> {
  if (!(heldLots * order.side < 0 && order.lots <= Math.abs(heldLots))) {
    const lots = order.side * order.lots;
    invariant(false, 12, `order ${order.ordinal} of ${lots} lots does not reduce ${heldLots}`);
  }
  return order as Approved<Order>;
}

/** An approved order in a venue's terms: the same order, so the same approval. */
export function inTerms<T>(_order: Approved<Order>, terms: T): Approved<T> {
  return terms as Approved<T>;
}

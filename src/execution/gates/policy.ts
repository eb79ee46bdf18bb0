/**
 * Signal gate: reports the policy stage's verdict, so that a sleeve it keeps flat ends its signals
 * as REJECTED_BY_POLICY and not in silence. The stage has already cut the weight; nothing is
 * decided again here.
 */
import type { Verdict } from "../../domain/refusal.ts";

type PolicyView = {
  readonly on: boolean;
  /** The stage's: which feature switched it off, or is missing. */
  readonly reason: string;
  readonly reduces: boolean;
  /** Whether the forecast alone asks for a position. */
  readonly wanted: boolean;
};

/** Off refuses a wish for exposure; leaving a position, and wishing for none, pass. */
export function policyGate({ on, reason, reduces, wanted }: PolicyView): Verdict {
  return {
    gate: "policy",
    limit: 1,
    observed: on ? 1 : 0,
    result: on || reduces || !wanted ? "pass" : "fail",
    rule: on ? "on" : reason,
    unit: "policy",
  };
}

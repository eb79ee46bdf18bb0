/** Signal gate: the instrument's last bar is not older than the limit, in sessions. */
import type { Verdict } from "../../domain/refusal.ts";

/** `ageSessions` is null when the instrument has had no bar at all: nothing to judge by. */
export function freshnessGate(ageSessions: number | null, maxAgeSessions: number): Verdict {
  const result =
    ageSessions === null ? "not_evaluated" : ageSessions <= maxAgeSessions ? "pass" : "fail";
  return {
    gate: "freshness",
    limit: maxAgeSessions,
    observed: ageSessions,
    result,
    rule: "pack_age",
    unit: "sessions",
  };
}

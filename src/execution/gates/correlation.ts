/**
 * Signal gate: an increase that would only repeat what is held already. Enters: the wanted side and
 * the correlation of daily returns with every other held instrument; refuses when rho x sign x sign
 * exceeds the limit with any of them, and with `insufficient_overlap` where one is unknown (spec
 * execution, "correlation"). The order of the others does not matter.
 */
import type { Verdict } from "../../domain/refusal.ts";

export type HeldOther = {
  readonly instrument: string;
  readonly side: 1 | -1;
  /** NaN when too few days overlap. */
  readonly rho: number;
};

type CorrelationView = {
  readonly side: 1 | -1;
  readonly reduces: boolean;
  readonly others: readonly HeldOther[];
};

/** A correlation that is too high speaks before one that is unknown. */
export function correlationGate(view: CorrelationView, limit: number): Verdict {
  let worst: HeldOther | null = null;
  let unknown: HeldOther | null = null;
  let highest = Number.NEGATIVE_INFINITY;
  for (const other of view.others) {
    const observed = other.rho * view.side * other.side;
    if (Number.isNaN(observed)) {
      if (unknown === null || other.instrument < unknown.instrument) unknown = other;
    } else if (
      worst === null ||
      observed > highest ||
      (observed === highest && other.instrument < worst.instrument)
    ) {
      worst = other;
      highest = observed;
    }
  }
  const exceeded = highest > limit;
  const about = exceeded || unknown === null ? worst : unknown;
  const blind = !exceeded && unknown !== null;
  return {
    gate: "correlation",
    result: view.reduces ? "pass" : exceeded ? "fail" : blind ? "not_evaluated" : "pass",
    rule: blind ? "insufficient_overlap" : "held_instrument",
    observed: blind || worst === null ? null : highest,
    limit,
    // Which of the held ones it is about, since a verdict has no other place for it.
    unit: about === null ? "correlation" : `correlation with ${about.instrument}`,
  };
}

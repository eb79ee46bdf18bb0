/**
 * All lints over one run's evidence. Enters: plain values; leaves: one result per lint, findings
 * first and the heaviest of them first, then what is clear, then what could not be evaluated; within
 * each in the order of LINTS. Pure: the same evidence gives the same results.
 */
import type { LintResult } from "../../domain/lint-result.ts";
import { CAPACITY } from "./capacity.ts";
import { ONE_INSTRUMENT, ONE_MONTH } from "./concentration.ts";
import { COSTS_ABOVE_EDGE, TURNOVER_LINT } from "./costs.ts";
import { ruinOf, windowDays } from "./curve.ts";
import type { Evidence } from "./evidence.ts";
import { SAME_CLOSE, STALE_FILLS } from "./fills.ts";
import { type Lint, notEvaluated, type Opinion } from "./lint.ts";
import { TOO_FEW_OBSERVATIONS, TOO_MANY_PARAMETERS, ZERO_TRADES } from "./observations.ts";
import { EQUITY_BELOW_ZERO, MARGIN_BREACH, VOLATILITY_OFF_TARGET } from "./risk.ts";
import { INERT_STAGE, LOOK_AHEAD, WARM_UP_DEPENDENCE } from "./stages.ts";

export const LINTS: readonly Lint[] = [
  INERT_STAGE,
  LOOK_AHEAD,
  WARM_UP_DEPENDENCE,
  SAME_CLOSE,
  STALE_FILLS,
  ZERO_TRADES,
  TOO_FEW_OBSERVATIONS,
  TOO_MANY_PARAMETERS,
  COSTS_ABOVE_EDGE,
  TURNOVER_LINT,
  CAPACITY,
  ONE_INSTRUMENT,
  ONE_MONTH,
  VOLATILITY_OFF_TARGET,
  EQUITY_BELOW_ZERO,
  MARGIN_BREACH,
];

const RANK = { found: 0, clear: 1, not_evaluated: 2 } as const;

/** Of a run whose own numbers cannot be read: nothing can be said, and why. */
export function undiagnosed(reason: string): readonly LintResult[] {
  return LINTS.map(({ name }) => ({ lint: name, ...notEvaluated(reason) }));
}

export function diagnose(evidence: Evidence): readonly LintResult[] {
  const seen = { ...evidence, days: windowDays(evidence), ruin: ruinOf(evidence) };
  const results = LINTS.map(({ name, judge }) => ({ lint: name, ...written(judge(seen)) }));
  return results.sort((a, b) => RANK[a.result] - RANK[b.result] || b.weight - a.weight);
}

/** run.json has no place for an infinite number, and a lint has nothing to say of one. */
function written(opinion: Opinion): Opinion {
  const { observed } = opinion;
  if (observed === null || Number.isFinite(observed)) return opinion;
  return notEvaluated(`its number is ${observed}, which nothing can be held against`);
}

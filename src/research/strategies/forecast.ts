/**
 * A strategy answers with a forecast (how strongly it believes) or with a target (what to hold).
 * In: an answer that target-check.ts has passed. Out: which of the two it is, and what a forecast
 * stands for where no allocation says how much of the portfolio it speaks for.
 */
import type { Forecast } from "../../domain/forecast.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target } from "../../domain/target.ts";

export function isForecast(answer: Target | Forecast | null): answer is Forecast {
  return answer !== null && "strength" in answer;
}

/** Under `allocation.method: direct` a forecast is traded as the weight strength x confidence. */
export function asTarget(answer: Target | Forecast): Target {
  // Adding 0 turns the -0 of "short, without confidence" into the 0 that it means.
  return isForecast(answer) ? { weight: answer.strength * answer.confidence + 0 } : answer;
}

/**
 * Known before anything is asked: it says so, or it declares order types, which only a target can
 * ask for. A strategy that says nothing is known by its first answer.
 */
export function declaresTargets(strategy: Pick<Strategy, "answers" | "orders">): boolean {
  return strategy.answers === "target" || (strategy.orders ?? []).length > 0;
}

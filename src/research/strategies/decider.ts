/**
 * A strategy ready to be asked at any row: columns bound to a row, the answer checked. What
 * `decide` throws or wrongly returns comes out as Fault("strategy") with the strategy and the row.
 */
import { Fault } from "../../domain/fault.ts";
import type { Forecast } from "../../domain/forecast.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target, WeightTarget } from "../../domain/target.ts";
import type { Params } from "./columns.ts";
import { createRow } from "./row.ts";
import { checkAnswer } from "./target-check.ts";

/**
 * `unchanged` is the weight the strategy wished last, when nothing but a change would be acted on:
 * an answer of that same weight, or a forecast that stands for it (strength x confidence), is then
 * handed back with none of its other keys looked at, because none will be read. Every run asks
 * again without it (reevaluate.ts), so a malformed answer does not pass.
 */
export type Decider = (index: number, unchanged?: number) => Forecast | Target | null;

export type DecidedColumns = {
  readonly names: readonly string[];
  readonly arrays: readonly Float64Array[];
  /** What messages call a row: "strategy trend on SPY at 2020-03-05"; else its index. */
  readonly placeOf?: (index: number) => string;
};

export function createDecider(
  strategy: Strategy,
  params: Params,
  columns: DecidedColumns,
): Decider {
  const { row, at } = createRow(columns.names, columns.arrays);
  const placeOf = columns.placeOf ?? ((index) => `strategy ${strategy.name}, row ${index}`);
  return (index, unchanged = Number.NaN) => {
    at(index);
    try {
      const answer: unknown = strategy.decide(row, params);
      if (repeats(answer, unchanged)) return answer;
      return checkAnswer(answer, strategy);
    } catch (cause) {
      throw failure(placeOf(index), cause);
    }
  };
}

/** False for every answer where `unchanged` is NaN. */
function repeats(answer: unknown, unchanged: number): answer is Forecast | WeightTarget {
  if (typeof answer !== "object" || answer === null) return false;
  const { weight, strength, confidence } = answer as { readonly [key: string]: unknown };
  if (typeof strength !== "number" || typeof confidence !== "number") return weight === unchanged;
  // A pair that is out of bounds could have a product that is not: each is looked at.
  return (
    strength * confidence === unchanged &&
    strength >= -1 &&
    strength <= 1 &&
    confidence >= 0 &&
    confidence <= 1
  );
}

function failure(place: string, cause: unknown): Fault {
  if (cause instanceof Fault) return new Fault("strategy", `${place}: ${cause.message}`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault("strategy", `${place}: decide fails: ${reason}`, { cause });
}

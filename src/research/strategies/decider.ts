/**
 * A strategy ready to be asked at any row: columns bound to a row, the answer checked. What
 * `decide` throws or wrongly returns comes out as Fault("strategy") with the strategy and the row.
 */
import { Fault } from "../../domain/fault.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target, WeightTarget } from "../../domain/target.ts";
import type { Params } from "./columns.ts";
import { createRow } from "./row.ts";
import { checkTarget } from "./target-check.ts";

/**
 * `unchanged` is the weight the strategy wished last, when nothing but a change would be acted on:
 * an answer of that same weight is then handed back unchecked, because none of its terms will be
 * read. Every run asks again without it (reevaluate.ts), so a malformed answer does not pass.
 */
export type Decider = (index: number, unchanged?: number) => Target | null;

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
      if (isWeight(answer, unchanged)) return answer;
      return checkTarget(answer, strategy);
    } catch (cause) {
      throw failure(placeOf(index), cause);
    }
  };
}

function isWeight(answer: unknown, weight: number): answer is WeightTarget {
  if (typeof answer !== "object" || answer === null) return false;
  return (answer as { readonly weight?: unknown }).weight === weight;
}

function failure(place: string, cause: unknown): Fault {
  if (cause instanceof Fault) return new Fault("strategy", `${place}: ${cause.message}`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault("strategy", `${place}: decide fails: ${reason}`, { cause });
}

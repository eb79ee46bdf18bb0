/**
 * A strategy ready to be asked at any row: columns bound to a row, the answer checked. What
 * `decide` throws comes out as Fault("strategy") with the strategy's name and the row's index.
 */
import { Fault } from "../../domain/fault.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target } from "../../domain/target.ts";
import type { Params } from "./columns.ts";
import { createRow } from "./row.ts";
import { checkTarget } from "./target-check.ts";

export type Decider = (index: number) => Target | null;

export function createDecider(
  strategy: Strategy,
  params: Params,
  columns: { readonly names: readonly string[]; readonly arrays: readonly Float64Array[] },
): Decider {
  const { row, at } = createRow(columns.names, columns.arrays);
  return (index) => {
    at(index);
    let answer: unknown;
    try {
      answer = strategy.decide(row, params);
    } catch (cause) {
      throw failure(strategy, index, cause);
    }
    return checkTarget(answer, strategy);
  };
}

function failure(strategy: Strategy, index: number, cause: unknown): Fault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault("strategy", `strategy ${strategy.name}, row ${index}: ${reason}`, { cause });
}

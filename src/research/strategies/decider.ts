/**
 * A strategy ready to be asked at any row: columns bound to a row, the answer checked. What
 * `decide` throws or wrongly returns comes out as Fault("strategy") with the strategy and the row.
 */
import { Fault } from "../../domain/fault.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target } from "../../domain/target.ts";
import type { Params } from "./columns.ts";
import { createRow } from "./row.ts";
import { checkTarget } from "./target-check.ts";

export type Decider = (index: number) => Target | null;

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
  return (index) => {
    at(index);
    try {
      return checkTarget(strategy.decide(row, params), strategy);
    } catch (cause) {
      throw failure(placeOf(index), cause);
    }
  };
}

function failure(place: string, cause: unknown): Fault {
  if (cause instanceof Fault) return new Fault("strategy", `${place}: ${cause.message}`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault("strategy", `${place}: decide fails: ${reason}`, { cause });
}

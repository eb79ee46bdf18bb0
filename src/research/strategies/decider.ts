/**
 * A strategy ready to be asked at any row: columns bound to a row, the answer checked. What
 * `decide` throws or wrongly returns comes out as Fault("strategy") with the strategy and the row.
 */
import { Fault } from "../../domain/fault.ts";
import type { Forecast } from "../../domain/forecast.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target, WeightTarget } from "../../domain/target.ts";
import type { Params } from "./columns.ts";
import { asTarget } from "./forecast.ts";
import { createRow } from "./row.ts";
import { checkAnswer } from "./target-check.ts";

export type Decider = (index: number) => Forecast | Target | null;

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
  const placeOf = placesOf(strategy, columns);
  return (index) => {
    at(index);
    try {
      return checkAnswer(strategy.decide(row, params), strategy);
    } catch (cause) {
      throw failure(placeOf(index), cause);
    }
  };
}

/** What an answer may repeat; the value of null is of no matter. */
export type Repeated = "none" | "weight" | "units";

/** Asked one row after another, by who trades weights: a forecast comes back as the weight it stands for. */
export type TargetDecider = {
  /**
   * `unchanged` is the weight wished last, when nothing but a change would be acted on: an answer of
   * that same weight, or a forecast that stands for it, is handed back as it with none of its other
   * keys looked at, because none will be read. Every run asks again without it (reevaluate.ts), so
   * a malformed answer does not pass.
   */
  readonly decide: (index: number, unchanged: number) => Target | null;
  /**
   * First row of [from, to) that does not answer the same again: null, a weight as above, or units
   * by the same rule; `to` if all do. A row on which `decide` throws is not the same, and who then
   * asks `decide` about it hears what was thrown.
   */
  readonly repeatsUntil: (from: number, to: number, what: Repeated, value: number) => number;
  /**
   * Answers for other parameters from now on. One decider for a thousand sets keeps one shape for
   * the compiler, and making a row is dear.
   */
  readonly bind: (params: Params, arrays: readonly Float64Array[]) => void;
};

export function createTargetDecider(
  strategy: Strategy,
  first: Params,
  columns: DecidedColumns,
): TargetDecider {
  const cursor = createRow(columns.names, columns.arrays);
  const { row, at } = cursor;
  let params = first;
  const placeOf = placesOf(strategy, columns);
  let last: WeightTarget = { weight: Number.NaN };
  let thrown: { readonly index: number; readonly cause: unknown } | null = null;
  const repeatsUntil: TargetDecider["repeatsUntil"] = (from, to, what, value) => {
    let index = from;
    try {
      for (; index < to; index++) {
        at(index);
        const answer: unknown = strategy.decide(row, params);
        if (what === "weight" ? !repeats(answer, value) : !repeatsOther(answer, what, value)) break;
      }
    } catch (cause) {
      thrown = { index, cause };
    }
    return index;
  };
  const decide = (index: number, unchanged: number): Target | null => {
    at(index);
    try {
      if (thrown !== null && thrown.index === index) throw thrown.cause;
      const answer: unknown = strategy.decide(row, params);
      if (repeats(answer, unchanged)) {
        if (last.weight !== unchanged) last = { weight: unchanged };
        return last;
      }
      const checked = checkAnswer(answer, strategy);
      return checked === null ? null : asTarget(checked);
    } catch (cause) {
      throw failure(placeOf(index), cause);
    }
  };
  const bind: TargetDecider["bind"] = (others, arrays) => {
    params = others;
    cursor.bind(arrays);
    last = { weight: Number.NaN };
    thrown = null;
  };
  return { decide, repeatsUntil, bind };
}

function placesOf(strategy: Strategy, { placeOf }: DecidedColumns): (index: number) => string {
  return placeOf ?? ((index) => `strategy ${strategy.name}, row ${index}`);
}

/** False for every answer where `unchanged` is NaN. */
function repeats(answer: unknown, unchanged: number): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  const { strength } = answer as { readonly strength?: unknown };
  if (typeof strength !== "number") {
    return (answer as { readonly weight?: unknown }).weight === unchanged;
  }
  const { confidence } = answer as { readonly confidence?: unknown };
  if (typeof confidence !== "number") return false;
  // A pair that is out of bounds could have a product that is not: each is looked at.
  return (
    strength * confidence === unchanged &&
    strength >= -1 &&
    strength <= 1 &&
    confidence >= 0 &&
    confidence <= 1
  );
}

function repeatsOther(answer: unknown, what: "none" | "units", value: number): boolean {
  if (what === "none") return answer === null;
  if (typeof answer !== "object" || answer === null) return false;
  const { units, weight } = answer as { readonly units?: unknown; readonly weight?: unknown };
  return units === value && weight === undefined;
}

function failure(place: string, cause: unknown): Fault {
  if (cause instanceof Fault) return new Fault("strategy", `${place}: ${cause.message}`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault("strategy", `${place}: decide fails: ${reason}`, { cause });
}

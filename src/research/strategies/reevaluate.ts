/**
 * Asks a strategy again, at seeded rows, on a series that ends there and on one whose later bars
 * are shifted, each time on new columns and a new row, in a shuffled order. In: what the run
 * recorded. Out: every difference. A column that differs has seen later bars; a target that
 * differs depends on the order or the number of calls, that is, on something remembered. When the
 * sample agrees, every row is asked once more from the last to the first: memory that settles
 * early, such as a highest close so far, differs on few rows and would slip through a sample.
 */
import { type Json, canonicalJson } from "../../base/canonical-json.ts";
import { nextUniform, type Prng, prngOf } from "../../base/prng.ts";
import type { ColumnInputs } from "../../domain/column-inputs.ts";
import { Fault } from "../../domain/fault.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target } from "../../domain/target.ts";
import { type Columns, compileColumns, type Params } from "./columns.ts";
import { createDecider, type Decider } from "./decider.ts";

/** The size a run recorded; null where the strategy wished no change. */
export type Recorded = { readonly kind: "weight" | "units"; readonly value: number } | null;

export type Reevaluation = {
  readonly strategy: Strategy;
  readonly params: Params;
  /** The first `rows` rows; with later bars changed from row `shiftedFrom` on, unless null. */
  readonly inputsOf: (rows: number, shiftedFrom: number | null) => ColumnInputs;
  /** Undefined where the run did not ask. */
  readonly recorded: (row: number) => Recorded | undefined;
  readonly rows: number;
  readonly warmup: number;
  /** An integer in [0, 2^53). */
  readonly seed: number;
  /** Rows to look at; fewer where the run asked on fewer. */
  readonly dates: number;
  /** What computes columns; tests plant a peeking one. */
  readonly compile?: typeof compileColumns;
};

export type Mismatch = {
  readonly row: number;
  readonly on: "truncated" | "shifted" | "reversed";
  /** What differs: a column's name, or null for the target. */
  readonly column: string | null;
  readonly message: string;
};

type Question = { readonly row: number; readonly on: "truncated" | "shifted" };

const REMEDY = "decide must depend on its row alone: no memory, no order of calls";

/** Ordered by row, truncated before shifted; empty when all agree. */
export function reevaluate(task: Reevaluation): readonly Mismatch[] {
  const prng = prngOf(task.seed);
  const asked: number[] = [];
  for (let row = task.warmup; row < task.rows; row++) {
    if (task.recorded(row) !== undefined) asked.push(row);
  }
  const chosen = shuffleFirst(prng, asked, task.dates);
  const questions: Question[] = chosen.flatMap((row) => [
    { row, on: "truncated" },
    { row, on: "shifted" },
  ]);
  const whole = (task.compile ?? compileColumns)(
    task.strategy,
    task.params,
    task.inputsOf(task.rows, null),
  );
  const answers = new Map<number, string>();
  const found = shuffleFirst(prng, questions, questions.length).flatMap((question) =>
    ask(task, question, whole, answers),
  );
  if (found.length === 0) return askBackwards(task, whole, asked);
  return found.sort((a, b) => a.row - b.row || (a.on < b.on ? 1 : -1));
}

/** The first difference, if any: one is enough to refuse, and all could be as many as rows. */
function askBackwards(task: Reevaluation, whole: Columns, asked: readonly number[]): Mismatch[] {
  const decide = createDecider(task.strategy, task.params, whole);
  for (let k = asked.length - 1; k >= 0; k--) {
    const row = asked[k];
    const recorded = task.recorded(row) ?? null;
    const answer = answerOf(decide, row);
    if (typeof answer === "string" || !sameSize(answer, recorded)) {
      return [{ row, on: "reversed", column: null, message: differenceText(recorded, answer) }];
    }
  }
  return [];
}

/** `answers` holds the first full target heard for a row; the second must be the same. */
function ask(
  task: Reevaluation,
  { row, on }: Question,
  whole: Columns,
  answers: Map<number, string>,
): Mismatch[] {
  const inputs =
    on === "truncated" ? task.inputsOf(row + 1, null) : task.inputsOf(task.rows, row + 1);
  const columns = (task.compile ?? compileColumns)(task.strategy, task.params, inputs);
  const differing = columns.names.flatMap((column, i): Mismatch[] => {
    const expected = whole.arrays[i][row];
    const observed = columns.arrays[i][row];
    if (Object.is(expected, observed)) return [];
    const without = on === "truncated" ? "without later bars" : "with later bars changed";
    const message = `column ${column} is ${expected}, and ${observed} ${without}: it looks ahead`;
    return [{ row, on, column, message }];
  });
  if (differing.length > 0) return differing;
  const answer = answerOf(createDecider(task.strategy, task.params, columns), row);
  const recorded = task.recorded(row) ?? null;
  if (typeof answer === "string" || !sameSize(answer, recorded)) {
    return [{ row, on, column: null, message: differenceText(recorded, answer) }];
  }
  const text = textOf(answer);
  const first = answers.get(row) ?? text;
  answers.set(row, first);
  if (first === text) return [];
  const message = `asked twice on the same row it gives ${first} and ${text}; ${REMEDY}`;
  return [{ row, on, column: null, message }];
}

/** The target, or in words how the question failed: the run was answered, so this is a difference. */
function answerOf(decide: Decider, row: number): Target | null | string {
  try {
    return decide(row);
  } catch (cause) {
    if (cause instanceof Fault) return `a failure (${cause.message})`;
    throw cause;
  }
}

function differenceText(recorded: Recorded, answer: Target | null | string): string {
  const observed = typeof answer === "string" ? answer : textOf(answer);
  return `the run recorded ${sizeText(recorded)}, asked again it gives ${observed}; ${REMEDY}`;
}

function sameSize(answer: Target | null, recorded: Recorded): boolean {
  if (answer === null || recorded === null) return answer === null && recorded === null;
  if ("weight" in answer) return recorded.kind === "weight" && answer.weight === recorded.value;
  return recorded.kind === "units" && answer.units === recorded.value;
}

function textOf(target: Target | null): string {
  return target === null ? "null" : canonicalJson(target as unknown as Json);
}

function sizeText(recorded: Recorded): string {
  return recorded === null ? "null" : canonicalJson({ [recorded.kind]: recorded.value });
}

/** The first `count` of a seeded shuffle (Fisher and Yates), all when there are fewer. */
function shuffleFirst<T>(prng: Prng, items: readonly T[], count: number): T[] {
  const pool = [...items];
  const wanted = Math.min(count, pool.length);
  for (let i = 0; i < wanted; i++) {
    const j = i + Math.floor(nextUniform(prng) * (pool.length - i));
    [pool[i], pool[j]] = [pool[j], pool[i]];
  }
  return pool.slice(0, wanted);
}

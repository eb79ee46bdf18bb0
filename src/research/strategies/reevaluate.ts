/**
 * Asks a strategy again, at seeded dates, on series that end there and on ones whose later bars are
 * shifted, each time on new columns and a new row, in a shuffled order. All instruments that are
 * compared with each other are cut and shifted together. In: what the run recorded. Out: every
 * difference. A column that differs has seen later bars; an answer that differs depends on the
 * order or the number of calls, that is, on something remembered. When the sample agrees, every row
 * is asked once more from the last to the first: memory that settles early, such as a highest close
 * so far, differs on few rows and would slip through a sample.
 */
import { type Json, canonicalJson } from "../../base/canonical-json.ts";
import { DAY_MS } from "../../base/instant.ts";
import { nextUniform, type Prng, prngOf } from "../../base/prng.ts";
import { Fault } from "../../domain/fault.ts";
import type { Forecast } from "../../domain/forecast.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { Target } from "../../domain/target.ts";
import { type Columns, compilePanel, type PanelMember, type Params } from "./columns.ts";
import { createDecider, type Decider } from "./decider.ts";
import { asTarget, isForecast } from "./forecast.ts";

/** What a run recorded; null where the strategy wished no change. */
export type Recorded =
  | { readonly kind: "weight" | "units"; readonly value: number }
  | ({ readonly kind: "forecast" } & Forecast)
  | null;

/** One instrument of the strategy, as the run asked about it. */
export type AskedMember = {
  readonly timesMs: Float64Array;
  readonly warmup: number;
  /** Undefined where the run did not ask. */
  readonly recorded: (row: number) => Recorded | undefined;
};

/** Which market is shown: bars up to `lastMs`, those after `unchangedUntilMs` shifted. */
export type Cut = { readonly lastMs: number; readonly unchangedUntilMs: number };

export type Reevaluation = {
  readonly strategy: Strategy;
  readonly params: Params;
  /** Those that are computed together: one, unless a column compares them. */
  readonly members: readonly AskedMember[];
  /** In the order of `members`; one without a bar before the cut has no rows. */
  readonly panelOf: (cut: Cut) => readonly PanelMember[];
  /** An integer in [0, 2^53). */
  readonly seed: number;
  /** Dates to look at; fewer where the run asked on fewer. */
  readonly dates: number;
  /**
   * Dates in the order in which they are preferred, so that several tasks look at the same ones
   * and can share what is cut there; null: seeded, by themselves.
   */
  readonly preferred: readonly number[] | null;
  /** What computes columns; tests plant a peeking one. */
  readonly compile?: typeof compilePanel;
};

export type Mismatch = {
  readonly member: number;
  readonly row: number;
  readonly on: "truncated" | "shifted" | "reversed";
  /** What differs: a column's name, or null for the answer. */
  readonly column: string | null;
  readonly message: string;
};

type Answer = Forecast | Target | null;
type Question = { readonly atMs: number; readonly on: "truncated" | "shifted" };
type Place = { readonly member: number; readonly row: number };

const REMEDY = "decide must depend on its row alone: no memory, no order of calls";
/**
 * How far a shifted market goes on after the date that is asked about. What looks further ahead
 * than this differs on the market that ends at the date.
 */
const LATER_MS = 400 * DAY_MS;
const WHOLE: Cut = { lastMs: Infinity, unchangedUntilMs: Infinity };

/** In order of time, truncated before shifted; empty when all agree. */
export function reevaluate(task: Reevaluation): readonly Mismatch[] {
  const prng = prngOf(task.seed);
  const chosen = chosenTimes(task, prng);
  const questions: Question[] = chosen.flatMap((atMs) => [
    { atMs, on: "truncated" },
    { atMs, on: "shifted" },
  ]);
  const whole = compile(task, WHOLE);
  const answers = task.members.map(() => new Map<number, string>());
  const found = shuffleFirst(prng, questions, questions.length).flatMap((question) =>
    ask(task, question, whole, answers),
  );
  if (found.length === 0) return askBackwards(task, whole);
  const timeOf = ({ member, row }: Mismatch) => task.members[member].timesMs[row];
  return found.sort(
    (a, b) => timeOf(a) - timeOf(b) || a.member - b.member || (a.on < b.on ? 1 : -1),
  );
}

function chosenTimes({ members, dates, preferred }: Reevaluation, prng: Prng): readonly number[] {
  const asked = askedTimes(members);
  if (preferred === null) return shuffleFirst(prng, asked, dates);
  const known = new Set(asked);
  return preferred.filter((ms) => known.has(ms)).slice(0, dates);
}

/** Times at which the run asked about any member, each once, ascending. */
function askedTimes(members: readonly AskedMember[]): readonly number[] {
  const times = new Set<number>();
  for (const member of members) {
    for (let row = member.warmup; row < member.timesMs.length; row++) {
      if (member.recorded(row) !== undefined) times.add(member.timesMs[row]);
    }
  }
  return [...times].sort((a, b) => a - b);
}

function compile(task: Reevaluation, cut: Cut): readonly Columns[] {
  return (task.compile ?? compilePanel)(task.strategy, task.params, task.panelOf(cut));
}

/** The first difference, if any: one is enough to refuse, and all could be as many as rows. */
function askBackwards(task: Reevaluation, whole: readonly Columns[]): Mismatch[] {
  for (let member = task.members.length - 1; member >= 0; member--) {
    const { timesMs, warmup, recorded: recordedAt } = task.members[member];
    const decide = createDecider(task.strategy, task.params, whole[member]);
    for (let row = timesMs.length - 1; row >= warmup; row--) {
      const recorded = recordedAt(row);
      if (recorded === undefined) continue;
      const answer = answerOf(decide, row);
      if (typeof answer === "string" || !sameAnswer(answer, recorded)) {
        const message = differenceText(recorded, answer);
        return [{ member, row, on: "reversed", column: null, message }];
      }
    }
  }
  return [];
}

/** `answers` holds, per member, the first full answer heard for a row; the second must be the same. */
function ask(
  task: Reevaluation,
  { atMs, on }: Question,
  whole: readonly Columns[],
  answers: readonly Map<number, string>[],
): Mismatch[] {
  const cut = {
    lastMs: on === "truncated" ? atMs : atMs + LATER_MS,
    unchangedUntilMs: atMs,
  };
  const panel = compile(task, cut);
  return task.members.flatMap(({ timesMs, warmup, recorded: recordedAt }, member): Mismatch[] => {
    const row = rowOf(timesMs, atMs);
    const recorded = row < warmup ? undefined : recordedAt(row);
    if (recorded === undefined) return [];
    const place = { member, row };
    const columns = panel[member];
    const differing = differingColumns(place, on, whole[member], columns);
    if (differing.length > 0) return differing;
    const answer = answerOf(createDecider(task.strategy, task.params, columns), row);
    if (typeof answer === "string" || !sameAnswer(answer, recorded)) {
      return [{ ...place, on, column: null, message: differenceText(recorded, answer) }];
    }
    const text = textOf(answer);
    const first = answers[member].get(row) ?? text;
    answers[member].set(row, first);
    if (first === text) return [];
    const message = `asked twice on the same row it gives ${first} and ${text}; ${REMEDY}`;
    return [{ ...place, on, column: null, message }];
  });
}

function differingColumns(
  { member, row }: Place,
  on: Question["on"],
  whole: Columns,
  again: Columns,
): Mismatch[] {
  return again.names.flatMap((column, i): Mismatch[] => {
    const expected = whole.arrays[i][row];
    const observed = again.arrays[i][row];
    if (Object.is(expected, observed)) return [];
    const without = on === "truncated" ? "without later bars" : "with later bars changed";
    const message = `column ${column} is ${expected}, and ${observed} ${without}: it looks ahead`;
    return [{ member, row, on, column, message }];
  });
}

/** Row of that very time, or -1. */
function rowOf(timesMs: Float64Array, atMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] < atMs) low = middle + 1;
    else high = middle;
  }
  return timesMs[low] === atMs ? low : -1;
}

/** The answer, or in words how the question failed: the run was answered, so this is a difference. */
function answerOf(decide: Decider, row: number): Answer | string {
  try {
    return decide(row);
  } catch (cause) {
    if (cause instanceof Fault) return `a failure (${cause.message})`;
    throw cause;
  }
}

function differenceText(recorded: Recorded, answer: Answer | string): string {
  const observed = typeof answer === "string" ? answer : textOf(answer);
  return `the run recorded ${recordedText(recorded)}, asked again it gives ${observed}; ${REMEDY}`;
}

/** A forecast that was traded by itself was written down as the weight it stands for. */
function sameAnswer(answer: Answer, recorded: Recorded): boolean {
  if (answer === null || recorded === null) return answer === null && recorded === null;
  if (recorded.kind === "forecast") {
    return (
      isForecast(answer) &&
      answer.strength === recorded.strength &&
      answer.confidence === recorded.confidence
    );
  }
  const target = asTarget(answer);
  if ("weight" in target) return recorded.kind === "weight" && target.weight === recorded.value;
  return recorded.kind === "units" && target.units === recorded.value;
}

function textOf(answer: Answer): string {
  return answer === null ? "null" : canonicalJson(answer as unknown as Json);
}

function recordedText(recorded: Recorded): string {
  if (recorded === null) return "null";
  if (recorded.kind !== "forecast") return canonicalJson({ [recorded.kind]: recorded.value });
  const { strength, confidence } = recorded;
  return canonicalJson({ strength, confidence });
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

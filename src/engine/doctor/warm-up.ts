/**
 * How much the answers of strategies with recursive columns (ema, rsi, atr, adx, latch) depend on
 * where the data begins: each is asked on packs that start later, at seeded dates, for a year after
 * the warm-up there, and compared with what it answers on the whole history. Instruments that a
 * column compares with each other start together. Strategies of windows alone forget their start by
 * construction and are skipped. Leaves counts and sizes of the differences; what they mean is the
 * lint's to say.
 */
import { nextUniform, type Prng, prngOf } from "../../base/prng.ts";
import { type BarSeries, rowsOf } from "../../domain/bar.ts";
import { Fault } from "../../domain/fault.ts";
import type { Forecast } from "../../domain/forecast.ts";
import type { Target } from "../../domain/target.ts";
import { adjustInputs } from "../../market/actions/adjust.ts";
import { rowAt } from "../../research/doctor/bars.ts";
import type { WarmUpEvidence } from "../../research/doctor/evidence.ts";
import {
  type Columns,
  compilePanel,
  type PanelMember,
  readsPanel,
  readsRecursive,
} from "../../research/strategies/columns.ts";
import { createDecider, type Decider } from "../../research/strategies/decider.ts";
import { isForecast } from "../../research/strategies/forecast.ts";
import type { PlannedVariant, StrategyUse } from "../plan-input.ts";
import { actionsOf } from "../plan-variant.ts";
import type { Prepared } from "../prepare.ts";

/** Later starts for each instrument, or for all together where a column compares them. */
const STARTS = 3;
/** Rows asked after the warm-up of each: a year, in which dependence is largest. */
const ROWS = 252;
/** With fewer rows to ask, a start says nothing. */
const LEAST_ROWS = 20;
/** In strength x confidence or weight: less is rounding. */
const DIFFERENCE = 0.01;

type Measurement = {
  -readonly [K in
    | "asked"
    | "differing"
    | "totalDifference"
    | "largestDifference"
    | "worst"]: WarmUpEvidence[K];
};

export function warmUpEvidence(prepared: Prepared): WarmUpEvidence {
  const prng = prngOf(prepared.seed);
  const measured: Measurement = {
    asked: 0,
    differing: 0,
    totalDifference: 0,
    largestDifference: 0,
    worst: null,
  };
  const recursive: string[] = [];
  const tooShort: string[] = [];
  for (const [use, members] of recursiveUses(prepared)) {
    recursive.push(use.name);
    const before = measured.asked;
    const together = readsPanel(use.strategy, use.params);
    for (const panel of together ? [members] : members.map((member) => [member])) {
      measurePanel(prepared, { use, members: panel }, prng, measured);
    }
    if (measured.asked === before) tooShort.push(use.name);
  }
  return { recursive, tooShort, starts: STARTS, ...measured };
}

function recursiveUses({ planned }: Prepared): ReadonlyMap<StrategyUse, PlannedVariant[]> {
  const byUse = new Map<StrategyUse, PlannedVariant[]>();
  for (const variant of planned.variants) {
    if (!readsRecursive(variant.use.strategy, variant.use.params)) continue;
    const members = byUse.get(variant.use) ?? [];
    if (members.length === 0) byUse.set(variant.use, members);
    members.push(variant);
  }
  return byUse;
}

type Panel = { readonly use: StrategyUse; readonly members: readonly PlannedVariant[] };

function measurePanel(prepared: Prepared, panel: Panel, prng: Prng, measured: Measurement): void {
  const { use, members } = panel;
  const starts = startsOf(members[0], prng);
  if (starts.length === 0) return;
  const all = (range: (member: PlannedVariant) => readonly [number, number]) =>
    compilePanel(
      use.strategy,
      use.params,
      members.map((member) => memberBetween(prepared, member.series, range(member))),
    );
  const whole = all(({ series }) => [0, series.timesMs.length]);
  for (const startMs of starts) {
    const ranges = members.map((member) => rangeFrom(member, startMs));
    const later = all((member) => ranges[members.indexOf(member)]);
    members.forEach((member, m) =>
      compareAnswers(
        use,
        member,
        { whole: whole[m], later: later[m], from: ranges[m][0] },
        measured,
      ),
    );
  }
}

/** Times of bars, seeded: late enough that something lies before, early enough that a warm-up fits behind. */
function startsOf({ series, warmup }: PlannedVariant, prng: Prng): readonly number[] {
  const first = Math.max(1, warmup);
  const room = series.timesMs.length - warmup - LEAST_ROWS - first;
  if (room <= 0) return [];
  return Array.from(
    { length: STARTS },
    () => series.timesMs[first + Math.floor(nextUniform(prng) * room)],
  );
}

/** Its rows from `startMs` on: a warm-up and the rows that are asked. */
function rangeFrom({ series, warmup }: PlannedVariant, startMs: number): readonly [number, number] {
  const { timesMs } = series;
  const at = rowAt(timesMs, startMs);
  const from = at >= 0 && timesMs[at] === startMs ? at : at + 1;
  return [from, Math.min(timesMs.length, from + warmup + ROWS)];
}

function memberBetween(
  { pack }: Prepared,
  series: BarSeries,
  [from, to]: readonly [number, number],
): PanelMember {
  const bars = rowsOf(series, from, to);
  const { instrument, timesMs } = bars;
  const lastMs = timesMs.length === 0 ? Number.NEGATIVE_INFINITY : timesMs[timesMs.length - 1];
  const actions = actionsOf(pack.actions, instrument.id).filter((a) => a.exDateMs <= lastMs);
  return { inputs: adjustInputs(bars, actions), timesMs };
}

type Sides = { readonly whole: Columns; readonly later: Columns; readonly from: number };

function compareAnswers(
  use: StrategyUse,
  { series, warmup }: PlannedVariant,
  { whole, later, from }: Sides,
  measured: Measurement,
): void {
  const before = createDecider(use.strategy, use.params, whole);
  const after = createDecider(use.strategy, use.params, later);
  const rows = later.arrays[0]?.length ?? 0;
  for (let row = warmup; row < rows; row++) {
    if (!isKnown(later, row) || !isKnown(whole, from + row)) continue;
    const difference = between(answerOf(before, from + row), answerOf(after, row));
    measured.asked++;
    if (difference <= DIFFERENCE) continue;
    measured.differing++;
    measured.totalDifference += difference;
    if (difference <= measured.largestDifference) continue;
    measured.largestDifference = difference;
    measured.worst = {
      strategy: use.name,
      instrument: series.instrument.id,
      atMs: series.timesMs[from + row],
    };
  }
}

/** A run asks only where every column is known. */
function isKnown({ arrays }: Columns, row: number): boolean {
  for (const values of arrays) if (!Number.isFinite(values[row])) return false;
  return true;
}

type Answer = Forecast | Target | null | "failed";

/** A row that the run's schedule never asked about may fail: that too is an answer to compare. */
function answerOf(decide: Decider, row: number): Answer {
  try {
    return decide(row);
  } catch (cause) {
    if (cause instanceof Fault) return "failed";
    throw cause;
  }
}

/** 1 between answers of different kinds; units are compared as parts of the larger. */
function between(a: Answer, b: Answer): number {
  if (a === null || b === null || a === "failed" || b === "failed") return a === b ? 0 : 1;
  if (isForecast(a)) {
    return isForecast(b) ? Math.abs(a.strength * a.confidence - b.strength * b.confidence) : 1;
  }
  if (isForecast(b)) return 1;
  if ("weight" in a) return "weight" in b ? Math.abs(a.weight - b.weight) : 1;
  if ("weight" in b) return 1;
  return a.units === b.units
    ? 0
    : Math.abs(a.units - b.units) / Math.max(Math.abs(a.units), Math.abs(b.units));
}

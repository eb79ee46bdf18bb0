/**
 * `assay compare A B` and `assay compare MANDATE --without STAGE`: two runs on the days that both
 * have. Reads what they recorded, compares it (research/evaluation), and hands it on as one JSON
 * document and as lines. Refuses runs in different currencies and runs that share no days; what
 * else makes two runs hard to compare is said in a note.
 */
import type { Json } from "../../base/canonical-json.ts";
import { parseIsoDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import { LAYER_ARTIFACTS, RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import {
  type CommonWindow,
  type ComparedRun,
  isOwnWindow,
} from "../../research/evaluation/common-metrics.ts";
import { commonWindow, compareRuns } from "../../research/evaluation/compare.ts";
import { type Parting, partings } from "../../research/evaluation/parting.ts";
import { numbers, pathPanels, type Table } from "../../research/evaluation/run-panels.ts";
import { type Compared, compareLines } from "./compare-lines.ts";
import { type CompareRequest, findPair, type Pair, type Side } from "./compare-targets.ts";
import { readTable } from "./recorded-run.ts";
import { activityOf } from "./run-activity.ts";
import { statesOf } from "./run-states.ts";
import type { Paint } from "./terminal.ts";

export async function compareResult(
  request: CompareRequest,
  paint: Paint,
): Promise<{ document: Json; lines: string[] }> {
  const pair = await findPair(request);
  const compared = await comparePair(pair);
  return { document: compareJson(compared), lines: compareLines(compared, paint) };
}

async function comparePair(pair: Pair): Promise<Compared> {
  const { a, b } = pair;
  requireOneCurrency(a, b);
  const [curveA, curveB] = [curveOf(a), curveOf(b)];
  const window = commonWindow(curveA, curveB);
  if (!window.ok) throw new Fault("data", window.error);
  const [runA, runB] = [
    await withActivity(a, curveA, window.value),
    await withActivity(b, curveB, window.value),
  ];
  const sameSize = startOf(a) === startOf(b);
  return {
    ...compareRuns(runA, runB, window.value),
    pair,
    window: window.value,
    states: { a: statesOf(a, window.value), b: statesOf(b, window.value) },
    parting: partingOf(pair, { equity: [curveA.table, curveB.table], sameSize }),
    notes: notesOf(pair, sameSize),
  };
}

function requireOneCurrency(a: Side, b: Side): void {
  if (a.document.currency === b.document.currency) return;
  throw new Fault(
    "usage",
    `A is in ${a.document.currency}, B in ${b.document.currency}: their returns measure different things; compare runs with one account.currency`,
  );
}

type Curve = Omit<ComparedRun, "activity"> & { readonly table: Table };

function curveOf(side: Side): Curve {
  const table = required(side, RUN_ARTIFACTS.equity);
  const { document } = side;
  return { document, table, sessionsMs: numbers(table, "date"), nav: numbers(table, "nav") };
}

/** The journal is read only where the recorded metrics do not answer. */
async function withActivity(side: Side, curve: Curve, window: CommonWindow): Promise<ComparedRun> {
  const activity = isOwnWindow(side.document, window)
    ? { unknown: "the recorded metrics answer" }
    : await activityOf(side, curve.sessionsMs);
  return { ...curve, activity };
}

function required(side: Side, declaration: Table["declaration"]): Table {
  const table = readTable(side, declaration);
  if (table !== null) return table;
  const { run_id } = side.document;
  throw new Fault(
    "verify",
    `run.json of run ${run_id} lists no ${declaration.name}; assay verify says what was changed`,
  );
}

function startOf({ document }: Side): number {
  return document.metrics_full.start_equity;
}

/** Files with equal bytes cannot part, and are not read. */
function partingOf(
  { a, b }: Pair,
  given: { readonly equity: readonly [Table, Table]; readonly sameSize: boolean },
): readonly Parting[] {
  const span = commonSpan(a, b);
  if (span === null) return [];
  const isLayered = [a, b].every((side) => hashOf(side, "weights") !== null);
  const both = (declaration: Table["declaration"], of: Side) =>
    hashOf(a, declaration.name) === hashOf(b, declaration.name) ? null : required(of, declaration);
  const tables = (side: Side, equity: Table) => ({
    equity,
    orders: both(RUN_ARTIFACTS.orders, side),
    fills: both(RUN_ARTIFACTS.fills, side),
    wishes: both(isLayered ? LAYER_ARTIFACTS.weights : RUN_ARTIFACTS.signals, side),
  });
  const panels = pathPanels(tables(a, given.equity[0]), tables(b, given.equity[1]), {
    sameClose: [a, b].some(({ document }) => document.marks.includes("LOOKAHEAD")),
    sameSize: given.sameSize,
  });
  return partings(panels, span);
}

function hashOf({ document }: Side, artifact: string): string | null {
  return document.artifacts.find(({ name }) => name === artifact)?.sha256 ?? null;
}

/** The days that both runs have, warm-up included: a path may part before it is measured. */
function commonSpan(a: Side, b: Side): { fromMs: number; toMs: number } | null {
  const full = [a.document.window.full, b.document.window.full];
  const from = full.map((window) => parseIsoDate(window.from) ?? Number.NaN);
  const to = full.map((window) => parseIsoDate(window.to) ?? Number.NaN);
  const span = { fromMs: Math.max(...from), toMs: Math.min(...to) };
  return span.fromMs <= span.toMs ? span : null;
}

function notesOf({ a, b }: Pair, sameSize: boolean): readonly string[] {
  const [left, right] = [a.document, b.document];
  const notes: string[] = [];
  if (left.run_id === right.run_id) notes.push("A and B are one run");
  if (!sameSize) {
    notes.push(
      `A began with ${startOf(a)} and B with ${startOf(b)} ${left.currency}: compare returns, not money; lots and equity are not searched for the day the paths part`,
    );
  }
  if (left.pack.id !== right.pack.id)
    notes.push("the packs differ: not all is the mandates' doing");
  if (left.code_hash !== right.code_hash)
    notes.push("the code differs: not all is the mandates' doing");
  if (left.runtime !== right.runtime) {
    notes.push(`the runtimes differ: A ran on ${left.runtime}, B on ${right.runtime}`);
  }
  if (left.seed !== right.seed) notes.push(`the seeds differ: A has ${left.seed}, B ${right.seed}`);
  for (const [name, { marks }] of [
    ["A", left],
    ["B", right],
  ] as const) {
    if (marks.includes("LOOKAHEAD"))
      notes.push(`${name} fills on the close that decided (LOOKAHEAD)`);
  }
  return notes;
}

function compareJson(compared: Compared): Json {
  const { pair, window, metrics, correlation, largest, states, parting, notes } = compared;
  const [first] = parting;
  return {
    a: sideJson(pair.a),
    b: sideJson(pair.b),
    overrides: pair.overrides,
    window: { from: window.from, to: window.to, days: window.sessions },
    metrics: metrics as unknown as Json,
    correlation: correlation as unknown as Json,
    states: states as unknown as Json,
    largest_differences: largest as unknown as Json,
    parting: { first: (first ?? null) as unknown as Json, by_series: parting as unknown as Json },
    notes,
  };
}

function sideJson({ document, folder, isNew }: Side): Json {
  const { run_id, name, status, mandate_hash, pack, code_hash, currency, window } = document;
  return {
    run_id,
    name,
    status,
    mandate_hash,
    pack_id: pack.id,
    code_hash,
    currency,
    evaluation: window.evaluation,
    start_equity: document.metrics_full.start_equity,
    was_run_now: isNew,
    folder,
  };
}

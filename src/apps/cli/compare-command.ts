/**
 * `assay compare A B` and `assay compare MANDATE --without STAGE`: two runs on the days that both
 * have. Reads what they recorded, compares it (research/evaluation), and hands it on as one JSON
 * document and as lines. Refuses runs in different currencies and runs that share no days; what
 * else makes two runs hard to compare is said in a note.
 */
import type { Json } from "../../base/canonical-json.ts";
import type { ArtifactDeclaration } from "../../domain/artifact.ts";
import { Fault } from "../../domain/fault.ts";
import { LAYER_ARTIFACTS, RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import {
  type CommonWindow,
  type ComparedRun,
  isOwnWindow,
} from "../../research/evaluation/common-metrics.ts";
import { commonWindow, compareRuns } from "../../research/evaluation/compare.ts";
import type { Parting, Span } from "../../research/evaluation/parting.ts";
import {
  type FileText,
  type PathFiles,
  pathPartings,
  type SignalEnd,
  signalEnds,
} from "../../research/evaluation/paths.ts";
import { type Compared, compareLines } from "./compare-lines.ts";
import { type CompareRequest, findPair, type Pair, type Side } from "./compare-targets.ts";
import { asInstants, asNumbers, hashOf, readColumns, readText } from "./recorded-run.ts";
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
  const parting = partingOf(pair, sameSize);
  return {
    ...compareRuns(runA, runB, window.value),
    pair,
    window: window.value,
    states: { a: statesOf(a, window.value), b: statesOf(b, window.value) },
    parting,
    signals: signalsBehind(pair, parting[0]),
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

type Curve = Omit<ComparedRun, "activity">;

function curveOf(side: Side): Curve {
  const columns = readColumns(side, RUN_ARTIFACTS.equity, ["date", "nav"]);
  if (columns === null) throw unlisted(side, RUN_ARTIFACTS.equity);
  const [dates, nav] = columns;
  return { document: side.document, sessionsMs: asInstants(dates), nav: asNumbers(nav) };
}

/** The journal is read only where the recorded metrics do not answer. */
async function withActivity(side: Side, curve: Curve, window: CommonWindow): Promise<ComparedRun> {
  const activity = isOwnWindow(side.document, window)
    ? { unknown: "the recorded metrics answer" }
    : await activityOf(side, curve.sessionsMs);
  return { ...curve, activity };
}

function unlisted({ document }: Side, { name }: ArtifactDeclaration): Fault {
  return new Fault(
    "verify",
    `run.json of run ${document.run_id} lists no ${name}; assay verify says what was changed`,
  );
}

function startOf({ document }: Side): number {
  return document.metrics_full.start_equity;
}

/** Searched from the first day that both have, warm-up included. */
function partingOf(pair: Pair, sameSize: boolean): readonly Parting[] {
  const { a, b } = pair;
  const isLayered = [a, b].every((side) => hashOf(side, LAYER_ARTIFACTS.weights) !== null);
  const wishes = isLayered ? LAYER_ARTIFACTS.weights : RUN_ARTIFACTS.signals;
  const [filesA, filesB] = [a, b].map(
    (side): PathFiles => ({
      equity: differing(pair, RUN_ARTIFACTS.equity, side),
      orders: differing(pair, RUN_ARTIFACTS.orders, side),
      fills: differing(pair, RUN_ARTIFACTS.fills, side),
      wishes: differing(pair, wishes, side),
    }),
  );
  return pathPartings(filesA, filesB, {
    sameClose: [a, b].some(({ document }) => document.marks.includes("LOOKAHEAD")),
    sameSize,
    span: fullSpan(pair),
  });
}

/** Of an order that one side has and the other has not, or not so. */
function signalsBehind(
  { a, b }: Pair,
  first: Parting | undefined,
): { readonly a: readonly SignalEnd[]; readonly b: readonly SignalEnd[] } | null {
  if (first?.series !== "orders") return null;
  const ends = (side: Side) => {
    const file = readText(side, RUN_ARTIFACTS.signals);
    if (file === null) throw unlisted(side, RUN_ARTIFACTS.signals);
    return signalEnds(file, { date: first.date, instrument: first.key });
  };
  return { a: ends(a), b: ends(b) };
}

/** Null where both have the same bytes: they cannot part, and are not read. */
function differing({ a, b }: Pair, declaration: ArtifactDeclaration, side: Side): FileText | null {
  if (hashOf(a, declaration) === hashOf(b, declaration)) return null;
  const file = readText(side, declaration);
  if (file === null) throw unlisted(side, declaration);
  return file;
}

function fullSpan({ a, b }: Pair): Span {
  const [left, right] = [a.document.window.full, b.document.window.full];
  return {
    from: left.from > right.from ? left.from : right.from,
    to: left.to < right.to ? left.to : right.to,
  };
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
  const { pair, window, metrics, correlation, largest, states, parting, signals, notes } = compared;
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
    parting: {
      first: (first ?? null) as unknown as Json,
      signals: signals as unknown as Json,
      by_series: parting as unknown as Json,
    },
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

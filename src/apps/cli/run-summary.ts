/** A run in a dozen aligned lines for a person, and as one JSON document for a machine. */
import { join } from "node:path";
import type { Json } from "../../base/canonical-json.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import type { StageRecord } from "../../domain/stage-record.ts";
import type { VolatilityGap } from "../../domain/volatility-gap.ts";
import { artifactsFolder } from "./compose-records.ts";
import { findingPairs } from "./doctor-lines.ts";
import { layerLines } from "./layers-summary.ts";
import { amount, count, percent, ratio } from "./numbers.ts";
import type { RunOutcome } from "./run-command.ts";
import type { Paint } from "./terminal.ts";

export function summaryLines({ document, folder, findings }: RunOutcome, paint: Paint): string[] {
  const { metrics: m, window, currency } = document;
  const marks = document.marks.map((mark) => paint.yellow(mark)).join(" ");
  const lines = [
    [paint.bold(document.name), statusText(document, paint), marks]
      .filter((t) => t !== "")
      .join("  "),
    "",
    pair(
      "window",
      `${window.evaluation.from} to ${window.evaluation.to}, ${count(window.evaluation.sessions)} sessions (full: from ${window.full.from})`,
    ),
    pair(
      "equity",
      `${amount(m.start_equity)} -> ${amount(m.final_equity)} ${currency}, ${percent(m.total_return)}, CAGR ${percent(m.cagr)}`,
    ),
    pair(
      "risk",
      `volatility ${percent(m.annual_volatility)}, Sharpe ${ratio(m.sharpe)}, Sortino ${ratio(m.sortino)}, max drawdown ${percent(m.max_drawdown)}, Calmar ${ratio(m.calmar)}`,
    ),
    pair(
      "trading",
      `${count(m.trades)} fills, turnover ${ratio(m.turnover)} a year, costs ${amount(m.costs)} ${currency}`,
    ),
    pair("signals", signalText(document)),
    ...stageLines(document),
  ];
  for (const [label, text] of findingPairs(document.doctor)) lines.push(pair(label, text));
  for (const [metric, reason] of Object.entries(m.undefined_because)) {
    lines.push(pair("undefined", `${metric}: ${reason}`));
  }
  for (const warning of document.warnings) lines.push(pair(paint.yellow("warning"), warning, 7));
  for (const warning of document.data_warnings) lines.push(pair(paint.yellow("data"), warning, 4));
  for (const finding of findings) lines.push(pair("found", finding));
  if (document.failure !== null) {
    const number =
      document.failure.invariant === null ? "" : `invariant ${document.failure.invariant}: `;
    lines.push(pair(paint.red("failed"), number + document.failure.message, 6));
  }
  lines.push(
    pair(
      "run",
      `${document.run_id}, journal ${count(document.journal.entries)} entries, head ${document.journal.head.slice(0, 16)}`,
    ),
    pair("report", join(folder, "report.html")),
  );
  return lines;
}

function pair(label: string, text: string, width = label.length): string {
  return `  ${label}${" ".repeat(Math.max(1, 12 - width))}${text}`;
}

function statusText({ status }: RunDocument, paint: Paint): string {
  if (status === "OK") return paint.green(status);
  return status === "ZERO_TRADES" || status === "ZERO_VARIANCE"
    ? paint.yellow(status)
    : paint.red(status);
}

function signalText({ signals }: RunDocument): string {
  const terminal = Object.entries(signals.terminal).map(([state, n]) => `${count(n)} ${state}`);
  const ends = terminal.length === 0 ? "" : `: ${terminal.join(", ")}`;
  return `${count(signals.forecasts)} forecasts = ${count(signals.holds)} holds + ${count(signals.signals)} signals${ends}`;
}

/** What each stage did; of a run of forecasts in the words of the stages themselves. */
function stageLines(document: RunDocument): string[] {
  const { stages, layers } = document;
  if (layers === null) {
    return stages.map((stage, n) => pair(n === 0 ? "stages" : "", stageText(stage)));
  }
  const inert = stages.filter((stage) => stage.inert_reason !== null);
  return [
    ...layerLines(document, layers).map(([label, text]) => pair(label, text)),
    ...gapLines(document.volatility_gap),
    ...inert.map((stage) => pair("inert", stageText(stage))),
  ];
}

/** Less than this prints as 0.00 percentage points. */
const HALF_A_DIGIT = 0.5e-4;

/** What moved the realised volatility away from the target, in percentage points of it. */
function gapLines(gap: VolatilityGap | null): string[] {
  if (gap === null) return [];
  const against = `against a target of ${percent(gap.target)}`;
  if (gap.parts === null) {
    return [pair("volatility", `cannot be held ${against}: ${gap.undefined_because}`)];
  }
  const parts = Object.entries(gap.parts).flatMap(([name, part]) =>
    Math.abs(part) < HALF_A_DIGIT ? [] : [`${name.replaceAll("_", " ")} ${points(part)}`],
  );
  const all = [...parts, `residual ${points(gap.residual ?? 0)}`];
  return [pair("volatility", `${percent(gap.realised)} ${against}: ${all.join(", ")} points`)];
}

/** 0.0123 -> "+1.23". */
function points(part: number): string {
  if (Math.abs(part) < HALF_A_DIGIT) return "0.00";
  return part < 0 ? amount(part * 100) : `+${amount(part * 100)}`;
}

function stageText(stage: StageRecord): string {
  const state = stage.inert_reason ?? `bound ${count(stage.bound)}`;
  return `${stage.name.padEnd(10)} ${stage.kind.padEnd(5)} evaluated ${count(stage.evaluated)} of ${count(stage.reached)}, ${state}`;
}

/** What `assay run --json` prints. */
export function runJson({ document, folder, findings }: RunOutcome): Json {
  const { run_id, status, failure, mandate_hash, pack, journal, metrics, metrics_full } = document;
  return {
    run_id,
    status,
    failure,
    mandate_hash,
    pack_id: pack.id,
    pack_kind: pack.kind,
    journal_head: journal.head,
    journal_entries: journal.entries,
    window: document.window,
    metrics,
    metrics_full,
    stages: document.stages as unknown as Json,
    layers: document.layers as unknown as Json,
    volatility_gap: document.volatility_gap,
    signals: document.signals as unknown as Json,
    system_intents: document.system_intents,
    costs: document.costs,
    marks: document.marks,
    warnings: document.warnings,
    data_warnings: document.data_warnings,
    doctor: document.doctor as unknown as Json,
    findings,
    artifacts_dir: artifactsFolder(folder),
    report_path: join(folder, "report.html"),
  };
}

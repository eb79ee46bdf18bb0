/** Health, stages and provenance of a day's document as Markdown. */
import type { Json } from "../../base/canonical-json.ts";
import { fixed } from "../../base/figures.ts";
import { inlineText, left, right } from "../../base/markdown.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import { dayTable } from "./day-table.ts";

export function healthLines(document: DailyDocument): string[] {
  const { health, not_known } = document;
  const age = health.data_age_sessions;
  return [
    "## Health",
    "",
    `Work took ${fixed(health.runtime_s)} s, waiting for the market not counted. Age of the data in sessions: ${age ?? "not known"}.`,
    ...reconciliationLines(document),
    ...breakLines(document),
    ...incidentLines(document),
    ...list("Errors", health.errors),
    ...list("Warnings", health.warnings),
    ...list("Not known", not_known),
  ];
}

function reconciliationLines(document: DailyDocument): string[] {
  const { reconciliation } = document.health;
  if (reconciliation.length === 0) return ["", "No reconciliation was run."];
  const columns = [
    left("Reconciliation"),
    left("Result"),
    left("At"),
    right("Breaks"),
    left("Warnings"),
    left("Venue's report, sha256"),
  ];
  const rows = reconciliation.map((one) => [
    one.phase,
    one.result,
    one.at,
    String(one.breaks.length),
    one.warnings.length === 0 ? "-" : one.warnings.join("; "),
    one.snapshot_sha256 ?? "none: the venue did not answer",
  ]);
  return ["", ...dayTable(document, columns, rows)];
}

function breakLines(document: DailyDocument): string[] {
  const breaks = document.health.reconciliation.flatMap((one) =>
    one.breaks.map((each) => [
      each.code,
      each.subject,
      each.ours ?? "none",
      each.theirs ?? "none",
      each.unit,
      `${one.phase}: ${each.message}`,
    ]),
  );
  if (breaks.length === 0) return [];
  const columns = [
    left("Break"),
    left("Subject"),
    right("Ours"),
    right("Venue's"),
    left("Unit"),
    left("What differs"),
  ];
  return ["", ...dayTable(document, columns, breaks)];
}

function incidentLines(document: DailyDocument): string[] {
  const { incidents } = document.health;
  if (incidents.length === 0) return ["", "No incident."];
  const columns = [left("Incident"), left("Severity"), left("Subject"), left("What happened")];
  const rows = incidents.map(({ code, severity, subject, message }) => [
    code,
    severity,
    subject,
    message,
  ]);
  return ["", ...dayTable(document, columns, rows)];
}

function list(title: string, sentences: readonly string[]): string[] {
  if (sentences.length === 0) return [];
  return ["", `${title}:`, "", ...sentences.map((sentence) => `- ${inlineText(sentence)}`)];
}

const COUNTS = ["reached", "evaluated", "applied", "bound"] as const;

/** A word or a number of a record; what is neither has no place in a table. */
function text(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? `${value}` : "-";
}

/** The stages as the engine counted them; a list in another form is left to the JSON. */
export function stageLines(document: DailyDocument): string[] {
  const records = Array.isArray(document.stages) ? (document.stages as readonly Json[]) : [];
  const rows = records.flatMap((record) => {
    if (record === null || typeof record !== "object" || Array.isArray(record)) return [];
    const fields = record as { readonly [key: string]: Json };
    if (fields["enabled"] !== true) return [];
    const name = `${text(fields["name"])}, ${text(fields["kind"])}`;
    return [[name, ...COUNTS.map((key) => text(fields[key]))]];
  });
  if (rows.length === 0) return ["## Stages and gates", "", "No stage was asked on this day."];
  const columns = [left("Stage or gate"), ...COUNTS.map((key) => right(key))];
  return ["## Stages and gates", "", ...dayTable(document, columns, rows)];
}

export function provenanceLines(document: DailyDocument): string[] {
  const { journal, pack } = document;
  const rows: [string, string][] = [
    ["Mandate hash", document.mandate_hash],
    ["Pack", `${pack.id}, read up to and with ${pack.until}`],
    ["Code hash", document.code_hash],
    ["Journal entries", `${journal.from_seq} to ${journal.to_seq}`],
    ["Journal head", journal.head],
    ["Format", String(document.format_version)],
  ];
  return ["## Provenance", "", ...dayTable(document, [left("What"), left("Which")], rows)];
}

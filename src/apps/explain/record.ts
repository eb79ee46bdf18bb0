/**
 * A recorded run as explanations read it: its journal and its artifacts, never its pack or mandate.
 * The whole record is verified before anything of it is read; what does not hold, and a run that
 * did not come to its end, is refused (Fault). Only rows and entries somebody asks for are decoded.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isoDigits } from "../../records/ledger/currency.ts";
import { decodeBody, kindOfBody } from "../../records/journal/chain.ts";
import { decodeCsv } from "../../records/artifacts/csv-reader.ts";
import { formatInstant } from "../../base/instant.ts";
import type { ArtifactDeclaration } from "../../domain/artifact.ts";
import { Fault } from "../../domain/fault.ts";
import type { JournalKind, JournalPayload } from "../../domain/journal-entry.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import {
  artifactsFolder,
  type JournalReader,
  readSoundJournal,
  type RunFolder,
  verifyFolder,
} from "../cli/compose-records.ts";

/** One journal entry. */
export type Entry = {
  readonly seq: number;
  readonly at: string;
  readonly payload: JournalPayload;
};

/** One of a kind. */
export type EntryOf<Kind extends JournalKind> = {
  readonly seq: number;
  readonly at: string;
  readonly payload: Extract<JournalPayload, { readonly kind: Kind }>;
};

/** One row of an artifact: dates as they are written, null for an empty field. */
export type Row = { readonly [column: string]: string | number | boolean | null };

export type RunRecord = {
  readonly document: RunDocument;
  readonly started: EntryOf<"run_started">["payload"];
  /** Of the account: ISO 4217 code, and digits of its minor unit. */
  readonly currency: string;
  readonly digits: number;
  /** Entries whose body the test picks, in order. */
  readonly entries: (picks: (body: string) => boolean) => readonly Entry[];
  /** Bodies of one kind that the test picks, as text: for a search that need not decode. */
  readonly bodies: (kind: JournalKind, visit: (body: string) => void) => void;
  /** Rows whose line the test picks; none when the run wrote no such artifact. */
  readonly rows: (
    declaration: ArtifactDeclaration,
    picks: (line: string) => boolean,
  ) => readonly Row[];
  /** The distinct dates or times in the first column, in order. */
  readonly dates: (declaration: ArtifactDeclaration) => readonly string[];
  readonly close: () => void;
};

/** The caller closes it. */
export function openRecord(run: RunFolder): RunRecord {
  const document = soundDocument(run);
  const reader = readSoundJournal(run.folder);
  try {
    const [started, flow] = firstEntries(run, reader);
    const texts = new Map<string, string>();
    const linesOf = (declaration: ArtifactDeclaration) => {
      const text = texts.get(declaration.name) ?? readText({ run, document }, declaration);
      texts.set(declaration.name, text);
      return walkLines(text);
    };
    return {
      document,
      started,
      currency: flow.currency,
      digits: digitsOf(flow, document),
      entries: (picks) => pickEntries(reader, picks),
      bodies: (kind, visit) => {
        for (const { body } of reader.rows()) if (kindOfBody(body) === kind) visit(body);
      },
      rows: (declaration, picks) => {
        const lines: string[] = [];
        for (const line of linesOf(declaration)) if (picks(line)) lines.push(line);
        return decodeLines(declaration, lines);
      },
      dates: (declaration) => {
        const found = new Set<string>();
        for (const line of linesOf(declaration)) found.add(line.slice(0, line.indexOf(",")));
        return [...found];
      },
      close: () => reader.close(),
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** Verified as `assay verify` does it; a run that ended badly is explained all the same. */
function soundDocument({ name, folder, state, failure, document }: RunFolder): RunDocument {
  if (state === "failed") {
    throw new Fault(
      "run",
      `run ${name} broke off before its record was sealed, so there is nothing sound to explain: ${failure ?? "no reason was kept"}`,
    );
  }
  if (state === "unfinished") {
    throw new Fault(
      "data",
      `run ${name} is not finished: it was stopped, or is at work; run its mandate again, then explain`,
    );
  }
  const { findings } = verifyFolder(folder);
  if (findings.length === 0 && document !== null) return document;
  throw new Fault(
    "verify",
    `the record of run ${name} does not hold, and what does not hold is not explained; restore its folder from a copy`,
    { details: findings },
  );
}

function firstEntries(
  { name }: RunFolder,
  reader: JournalReader,
): readonly [EntryOf<"run_started">["payload"], EntryOf<"flow">["payload"]] {
  const found: JournalPayload[] = [];
  for (const { body } of reader.rows()) {
    found.push(decodeBody(body).payload);
    if (found.length === 2) break;
  }
  const [started, flow] = found;
  if (started?.kind === "run_started" && flow?.kind === "flow") return [started, flow];
  throw new Fault("data", `run ${name}: its journal does not begin with a start and a deposit`);
}

/** The deposit in minor units over the same in currency units; ISO 4217 where nothing was deposited. */
function digitsOf(flow: EntryOf<"flow">["payload"], { metrics_full: full }: RunDocument): number {
  const digits = Math.round(Math.log10(flow.amount_minor / full.start_equity));
  return Number.isSafeInteger(digits) && digits >= 0 ? digits : (isoDigits(flow.currency) ?? 2);
}

function pickEntries(reader: JournalReader, picks: (body: string) => boolean): readonly Entry[] {
  const picked: Entry[] = [];
  for (const { body } of reader.rows()) if (picks(body)) picked.push(decodeBody(body));
  return picked;
}

/** Without its header; empty when the run wrote no such artifact. */
function readText(
  { run, document }: { readonly run: RunFolder; readonly document: RunDocument },
  declaration: ArtifactDeclaration,
): string {
  if (!document.artifacts.some(({ name }) => name === declaration.name)) return "";
  const text = readFileSync(join(artifactsFolder(run.folder), declaration.file), "utf8");
  const header = headerOf(declaration);
  if (text.startsWith(header)) return text.slice(header.length);
  throw new Fault(
    "data",
    `${declaration.file} of run ${document.run_id} has other columns than this code writes: it was recorded by other code; run its mandate again, then explain`,
  );
}

function headerOf({ columns }: ArtifactDeclaration): string {
  return `${columns.map(({ name }) => name).join(",")}\n`;
}

/** No field of ours holds a line break. */
function* walkLines(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    yield text.slice(from, end);
    from = end + 1;
  }
}

function decodeLines(declaration: ArtifactDeclaration, lines: readonly string[]): readonly Row[] {
  const text = headerOf(declaration) + lines.map((line) => `${line}\n`).join("");
  return rowsOf(declaration, decodeCsv(declaration, new TextEncoder().encode(text)));
}

function rowsOf(
  { columns }: ArtifactDeclaration,
  table: ReturnType<typeof decodeCsv>,
): readonly Row[] {
  return Array.from({ length: table.rows }, (_, n): Row => {
    const row: { [column: string]: Row[string] } = {};
    columns.forEach(({ name, type }, c) => {
      const value = table.columns[c][n];
      if (typeof value !== "number") row[name] = value;
      else if (Number.isNaN(value)) row[name] = null;
      else row[name] = type === "date" ? formatInstant(value) : value;
    });
    return row;
  });
}

/** Lines that begin with this date, of whatever time. */
export function onDate(date: string): (line: string) => boolean {
  return (line) => line.startsWith(date);
}

/** What names an instrument in an entry's body. */
export function namesInstrument(instrument: string): string {
  return `"instrument":${JSON.stringify(instrument)}`;
}

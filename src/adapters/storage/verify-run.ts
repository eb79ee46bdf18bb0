/**
 * Judges a finished run from its files alone, changing nothing: every link of the journal, the
 * table of terminals, HEAD, the hash of every artifact against the journal's last entry, the hash of
 * run.json and report.html against HEAD, what run.json says of the journal, and that no file is
 * missing or too many. Each finding names a file or an entry. Found is every byte that changes a
 * row or a file; bytes of the database file that hold no row (free space inside a page, SQLite's
 * own counters) are found only where SQLite's check of the structure sees them.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { Head, JournalRow, TerminalRow } from "../../ports/journal-store.ts";
import { compareTerminals } from "./compare-terminals.ts";
import { readIfPresent } from "./durable-files.ts";
import { HEAD_FILE, type HeadRecord, readHead } from "./head-file.ts";
import { JOURNAL_FILE } from "./journal-database.ts";
import { type JournalReader, openJournalReadOnly } from "./journal-reader.ts";
import type { JournalRules } from "./journal-store.ts";

export const ARTIFACTS_FOLDER = "artifacts";
export const RUN_DOCUMENTS = ["report.html", "run.json"] as const;

export type VerifyRules = JournalRules & {
  /** The file of a declared artifact; null when the name is not declared. */
  readonly artifactFile: (name: string) => string | null;
};

export type Verification = {
  readonly checked: {
    readonly entries: number;
    readonly terminals: number;
    readonly artifacts: number;
    readonly documents: number;
  };
  /** Empty when everything holds. */
  readonly findings: readonly string[];
};

type Sealed = readonly { readonly name: string; readonly sha256: string; readonly rows: number }[];

/** What the journal told, as far as it could be read. */
type Journal = {
  readonly entries: number;
  readonly terminals: number;
  readonly first: string | null;
  readonly last: string | null;
};

export function verifyRun(folder: string, rules: VerifyRules): Verification {
  const findings: string[] = [];
  const head = attempt(findings, () => readHead(folder));
  if (head === null && findings.length === 0) findings.push(`${HEAD_FILE} is missing`);
  const journal = verifyJournal(folder, { head, rules, findings });
  const sealed = sealedOf(journal, findings);
  const artifacts = sealed === null ? 0 : verifyArtifacts(folder, { sealed, rules, findings });
  const documents = head === null ? 0 : verifyDocuments(folder, { head, rules, findings });
  verifyRunDocument(folder, { head, journal, sealed, rules, findings });
  findings.push(...unexpectedFiles(folder, sealed, rules));
  return {
    checked: { entries: journal.entries, terminals: journal.terminals, artifacts, documents },
    findings,
  };
}

export function verifyJournal(
  folder: string,
  given: {
    readonly head: HeadRecord | null;
    readonly rules: JournalRules;
    readonly findings: string[];
    /** Is shown every row that could be read. */
    readonly row?: (row: JournalRow) => void;
  },
): Journal {
  const { head, rules, findings } = given;
  const seen = { entries: 0, first: null as string | null, last: null as string | null };
  const told: TerminalRow[] = [];
  // A HEAD that does not read is a finding already; the journal is judged all the same.
  const reader = attempt(findings, () => openJournalReadOnly(folder, head));
  if (reader === null) return { ...seen, terminals: 0 };
  function* watched(rows: Iterable<JournalRow>): Generator<JournalRow> {
    for (const row of rows) {
      seen.entries += 1;
      seen.first ??= row.body;
      seen.last = row.body;
      told.push(...terminalsOf(row, rules));
      given.row?.(row);
      yield row;
    }
  }
  try {
    findings.push(...reader.findings);
    attempt(findings, () => {
      const end: Head = head ?? lastOf(reader, rules);
      const chain = rules.verifyChain(watched(reader.rows()), end, rules.sha256);
      findings.push(...chain.map((finding) => `${JOURNAL_FILE}: ${finding.message}`));
      const terminals = compareTerminals(told, reader.terminals());
      findings.push(...terminals.map((message) => `${JOURNAL_FILE}: ${message}`));
    });
    attempt(findings, () => {
      findings.push(...reader.integrityFaults().map((line) => `${JOURNAL_FILE}: ${line}`));
    });
    return { ...seen, terminals: told.length };
  } finally {
    reader.close();
  }
}

/** Of a body that does not parse nothing is told: the chain names that entry. */
function terminalsOf(row: JournalRow, rules: JournalRules): readonly TerminalRow[] {
  try {
    return rules.terminalsInBody(row.body);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}

function lastOf(reader: JournalReader, rules: JournalRules): Head {
  let last: Head = { seq: 0, hash: rules.zeroHash };
  for (const { seq, hash } of reader.rows()) last = { seq, hash };
  return last;
}

/** The artifacts that the last entry lists, or null with a finding. */
function sealedOf(journal: Journal, findings: string[]): Sealed | null {
  const entry = journal.last === null ? null : entryOf(journal.last);
  const artifacts = entry?.kind === "sealed" ? entry.payload["artifacts"] : undefined;
  if (Array.isArray(artifacts) && artifacts.every(isSealed)) return artifacts;
  findings.push(
    journal.entries === 0
      ? `${JOURNAL_FILE}: no entry can be read, so no artifact can be judged`
      : `${JOURNAL_FILE}: the last entry, ${journal.entries}, does not seal the run: it is unfinished or its end is lost`,
  );
  return null;
}

function isSealed(value: unknown): value is Sealed[number] {
  const fields = fieldsOf(value);
  return typeof fields?.["name"] === "string" && typeof fields["sha256"] === "string";
}

/** Kind and payload of an entry whose content may be damaged; null when it has none. */
function entryOf(body: string): { kind: unknown; payload: Fields } | null {
  const entry = parsed(body);
  const payload = fieldsOf(entry?.["payload"]);
  return entry === null || payload === null ? null : { kind: entry["kind"], payload };
}

type Fields = { readonly [key: string]: unknown };

function parsed(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null ? (value as Fields) : null;
}

function verifyArtifacts(
  folder: string,
  given: { readonly sealed: Sealed; readonly rules: VerifyRules; readonly findings: string[] },
): number {
  const { sealed, rules, findings } = given;
  for (const { name, sha256 } of sealed) {
    const file = rules.artifactFile(name);
    if (file === null)
      findings.push(`${JOURNAL_FILE}: the last entry lists an unknown artifact ${name}`);
    else {
      const recorder = "the journal's last entry";
      const path = join(ARTIFACTS_FOLDER, file);
      compareHash(folder, { file: path, sha256, recorder, rules, findings });
    }
  }
  return sealed.length;
}

function verifyDocuments(
  folder: string,
  given: { readonly head: HeadRecord; readonly rules: JournalRules; readonly findings: string[] },
): number {
  const { head, rules, findings } = given;
  const recorded = head.documents ?? {};
  for (const file of RUN_DOCUMENTS) {
    if (recorded[file] === undefined) findings.push(`${HEAD_FILE} holds no hash of ${file}`);
    else {
      const sha256 = recorded[file];
      compareHash(folder, { file, sha256, recorder: HEAD_FILE, rules, findings });
    }
  }
  for (const file of Object.keys(recorded)) {
    if (!(RUN_DOCUMENTS as readonly string[]).includes(file)) {
      findings.push(`${HEAD_FILE} holds the hash of an unknown document ${file}`);
    }
  }
  return Object.keys(recorded).length;
}

function compareHash(
  folder: string,
  given: {
    readonly file: string;
    readonly sha256: string;
    readonly recorder: string;
    readonly rules: JournalRules;
    readonly findings: string[];
  },
): void {
  const bytes = attempt(given.findings, () => ({
    content: readIfPresent(join(folder, given.file)),
  }));
  if (bytes === null) return;
  if (bytes.content === null) {
    given.findings.push(`${given.file} is missing`);
    return;
  }
  const observed = given.rules.sha256(bytes.content);
  if (observed === given.sha256) return;
  given.findings.push(
    `${given.file} was changed, or what was recorded of it: its sha256 is ${observed}, ${given.recorder} says ${given.sha256}`,
  );
}

/** What run.json repeats must be what the other files say. */
function verifyRunDocument(
  folder: string,
  given: {
    readonly head: HeadRecord | null;
    readonly journal: Journal;
    readonly sealed: Sealed | null;
    readonly rules: VerifyRules;
    readonly findings: string[];
  },
): void {
  const { head, journal, sealed, rules, findings } = given;
  const bytes = readIfPresent(join(folder, "run.json"));
  if (bytes === null) return;
  const document = parsed(Buffer.from(bytes).toString("utf8"));
  if (document === null) {
    findings.push("run.json does not read as JSON");
    return;
  }
  const started = journal.first === null ? null : entryOf(journal.first)?.payload;
  const journalSaid = fieldsOf(document["journal"]);
  const pairs: [string, unknown, unknown][] = [
    ["run_id", document["run_id"], basename(folder).split(".")[0]],
    ["journal.entries", journalSaid?.["entries"], head?.seq],
    ["journal.head", journalSaid?.["head"], head?.hash],
    ["mandate_hash", document["mandate_hash"], started?.["mandate_hash"]],
    ["pack.id", fieldsOf(document["pack"])?.["id"], started?.["pack_id"]],
    ["seed", document["seed"], started?.["seed"]],
    ["mode", document["mode"], started?.["mode"]],
  ];
  if (sealed !== null) {
    pairs.push(["artifacts", listed(document["artifacts"]), listed(withFiles(sealed, rules))]);
  }
  for (const [key, said, is] of pairs) {
    // A record that could not be read is a finding already, and says nothing of others.
    if (said === is || is === undefined) continue;
    const says = said === undefined ? `does not say ${key}` : `says ${key} ${shown(said)}`;
    findings.push(`run.json ${says}, the other records say ${shown(is)}`);
  }
}

function withFiles(sealed: Sealed, rules: VerifyRules): unknown[] {
  return sealed.map((each) => ({ ...each, file: rules.artifactFile(each.name) }));
}

/** A list of artifacts as one line, whatever it holds. */
function listed(artifacts: unknown): string {
  if (!Array.isArray(artifacts)) return "none";
  return artifacts
    .map((each) => {
      const fields = fieldsOf(each) ?? {};
      return ["name", "file", "rows", "sha256"].map((key) => String(fields[key])).join("/");
    })
    .sort()
    .join(" ");
}

function unexpectedFiles(folder: string, sealed: Sealed | null, rules: VerifyRules): string[] {
  const expected = new Set<string>([HEAD_FILE, JOURNAL_FILE, ARTIFACTS_FOLDER, ...RUN_DOCUMENTS]);
  const artifacts = new Set((sealed ?? []).map((each) => rules.artifactFile(each.name)));
  const inFolder = readdirSync(folder).filter((name) => !expected.has(name));
  const below = join(folder, ARTIFACTS_FOLDER);
  const inArtifacts =
    sealed === null || !existsSync(below)
      ? []
      : readdirSync(below)
          .filter((name) => !artifacts.has(name))
          .map((name) => join(ARTIFACTS_FOLDER, name));
  return [...inFolder, ...inArtifacts].sort().map((name) => `${name} does not belong to the run`);
}

/** A Fault of kind verify or data is a finding; another run at work is not. */
export function attempt<T>(findings: string[], work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "busy") throw error;
    findings.push(error.message);
    return null;
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

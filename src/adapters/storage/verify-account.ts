/**
 * Judges a trading account from its files alone, changing nothing: every link of the journal, the table of
 * terminals, HEAD, and each file and state that the journal names against its hash. Leaves the rows as they
 * were read, the findings, and as notes what lies there that no entry names: a process that was killed may
 * have written a file and not the entry. What the files say of each other is not judged here.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { NamedFile } from "../../domain/account-file.ts";
import { Fault } from "../../domain/fault.ts";
import type { JournalRow } from "../../ports/journal-store.ts";
import { BLOBS_FOLDER, createBlobStore } from "./account-files.ts";
import { diskFault, readIfPresent } from "./durable-files.ts";
import { HEAD_FILE, readHead } from "./head-file.ts";
import type { JournalRules } from "./journal-store.ts";
import { attempt, verifyJournal } from "./verify-run.ts";

export type AccountRules = JournalRules & {
  /** What the rows name; asked only where the chain holds. */
  readonly namedIn: (rows: readonly JournalRow[]) => readonly NamedFile[];
};

export type AccountVerification = {
  readonly checked: {
    readonly entries: number;
    readonly terminals: number;
    readonly files: number;
    readonly states: number;
  };
  readonly rows: readonly JournalRow[];
  /** Empty when everything holds. */
  readonly findings: readonly string[];
  readonly notes: readonly string[];
};

/** Folders in which every file is named by an entry. */
const NAMED_FOLDERS = ["artifacts/json", "artifacts/markdown", "snapshots"];

export async function verifyAccountFiles(
  folder: string,
  rules: AccountRules,
): Promise<AccountVerification> {
  const findings: string[] = [];
  const rows: JournalRow[] = [];
  const head = attempt(findings, () => readHead(folder));
  if (head === null && findings.length === 0) findings.push(`${HEAD_FILE} is missing`);
  const journal = verifyJournal(folder, { head, rules, findings, row: (row) => rows.push(row) });
  const { entries, terminals } = journal;
  if (findings.length > 0) {
    const notes = ["the journal does not hold: what it names was not looked at"];
    return { checked: { entries, terminals, files: 0, states: 0 }, rows, findings, notes };
  }
  const named = rules.namedIn(rows);
  for (const each of named) {
    const finding =
      each.path === null
        ? await stateFinding(folder, each, rules)
        : fileFinding(folder, each, rules);
    if (finding !== null) findings.push(finding);
  }
  const states = new Set(named.filter(({ path }) => path === null).map(({ sha256 }) => sha256));
  const files = new Set(named.flatMap(({ path }) => (path === null ? [] : [path])));
  return {
    checked: { entries, terminals, files: files.size, states: states.size },
    rows,
    findings,
    notes: unnamed(folder, files, states),
  };
}

function fileFinding(
  folder: string,
  { path, sha256, seq, date }: NamedFile,
  rules: JournalRules,
): string | null {
  const bytes = readIfPresent(join(folder, path as string));
  if (bytes === null) return `${path} is missing; entry ${seq} of ${date} names it`;
  const observed = rules.sha256(bytes);
  if (observed === sha256) return null;
  return `${path} was changed: its sha256 is ${observed}, entry ${seq} of ${date} says ${sha256}`;
}

async function stateFinding(
  folder: string,
  { what, sha256, seq }: NamedFile,
  rules: JournalRules,
): Promise<string | null> {
  try {
    await createBlobStore(folder, rules.sha256).get(sha256);
    return null;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "verify") throw error;
    return `${what} (entry ${seq}): ${error.message}`;
  }
}

function unnamed(
  folder: string,
  files: ReadonlySet<string>,
  states: ReadonlySet<string>,
): string[] {
  const left = NAMED_FOLDERS.flatMap((name) =>
    namesIn(join(folder, name)).map((file) => `${name}/${file}`),
  ).filter((path) => !files.has(path));
  const shelves = namesIn(join(folder, BLOBS_FOLDER));
  const lost = shelves
    .flatMap((shelf) => namesIn(join(folder, BLOBS_FOLDER, shelf)))
    .filter((name) => !states.has(name));
  return [
    ...left.map(
      (path) =>
        `${path} is named by no entry: a process was killed after it was written, or it was put there`,
    ),
    ...(lost.length === 0 ? [] : [`${lost.length} kept states are named by no entry`]),
  ];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw diskFault(error, "list", folder);
  }
}

/**
 * A durable journal in a folder: journal.sqlite and HEAD. Opening verifies the whole recorded
 * chain against HEAD and refuses, naming the entry, what does not hold: a journal behind HEAD, a
 * broken link, a terminals table that is not what the entries say. A journal ahead of HEAD (killed
 * between the two) is verified and HEAD follows. One append is one transaction on disk, and HEAD
 * moves after it. The rules of the chain are given by the caller.
 */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { InvariantError, invariant } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { TerminalState } from "../../domain/refusal.ts";
import type { Sha256 } from "../../ports/hash.ts";
import {
  type Head,
  type JournalRow,
  type JournalStore,
  type TerminalRow,
  TerminalStateViolation,
} from "../../ports/journal-store.ts";
import { compareTerminals } from "./compare-terminals.ts";
import { asideName, makeFolder } from "./durable-files.ts";
import { HEAD_FILE, type HeadRecord, readHead, writeHead } from "./head-file.ts";
import {
  type Connection,
  closeCleanly,
  JOURNAL_FILE,
  journalRow,
  openForWriting,
  startWriting,
  translated,
  walkEntries,
  walkTerminals,
} from "./journal-database.ts";

/** What records/journal/verify.ts gives: storage may not walk into that room. */
export type JournalRules = {
  readonly sha256: Sha256;
  readonly zeroHash: string;
  readonly verifyChain: (
    rows: Iterable<JournalRow>,
    head: Head,
    sha256: Sha256,
  ) => readonly { readonly seq: number | null; readonly message: string }[];
  readonly terminalsInBody: (body: string) => readonly TerminalRow[];
};

const PAGE = 4096;

/** Opens or creates the journal of a folder, alone. Throws Fault("busy" | "verify" | "data"). */
export function openJournalStore(folder: string, rules: JournalRules): JournalStore {
  makeFolder(folder);
  const path = join(folder, JOURNAL_FILE);
  refuseLostJournal(folder, path);
  const database = openForWriting(path);
  try {
    const recorded = judgeRecorded(database, folder, rules);
    startWriting(database, path);
    return storeOver(database, { folder, path, ...recorded });
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Before an empty journal is created in the place of a lost one. */
function refuseLostJournal(folder: string, path: string): void {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? null;
  if (bytes !== null && bytes > 0) return;
  const head = readHead(folder);
  if (head === null || head.seq === 0) return;
  const state = bytes === null ? "is missing" : "is empty";
  throw refusal(path, [`${JOURNAL_FILE} ${state}, HEAD says ${count(head.seq)}`]);
}

function emptyHead(rules: JournalRules): HeadRecord {
  return { seq: 0, hash: rules.zeroHash, documents: null };
}

function judgeRecorded(
  database: Connection,
  folder: string,
  rules: JournalRules,
): { readonly head: HeadRecord; readonly findings: readonly string[] } {
  const path = join(folder, JOURNAL_FILE);
  const last = lastRow(database, path, rules);
  // Only the owner of the lock may clear what a killed process left.
  rmSync(asideName(join(folder, HEAD_FILE)), { force: true });
  const head = readHead(folder);
  if (head === null && last.seq === 0) {
    // HEAD comes before the first entry: entries without one were tampered with.
    writeHead(folder, emptyHead(rules));
    return { head: emptyHead(rules), findings: [] };
  }
  if (head === null) throw refusal(path, [`HEAD is missing; the journal holds ${count(last.seq)}`]);
  const faults = judgeChain(database, { path, last, head, rules });
  if (faults.length > 0) throw refusal(path, faults);
  if (last.seq === head.seq) return { head, findings: continuing(last.seq) };
  if (head.documents !== null) {
    throw refusal(path, [
      `the run was finished at entry ${head.seq}, but the journal goes on to ${last.seq}`,
    ]);
  }
  const moved = { ...last, documents: null };
  writeHead(folder, moved);
  return {
    head: moved,
    findings: [
      `the journal was ${count(last.seq - head.seq)} ahead of HEAD (${last.seq} against ${head.seq}): the process was killed between the two; every link was verified and HEAD moved`,
    ],
  };
}

function continuing(seq: number): string[] {
  return seq === 0 ? [] : [`${count(seq)} of an earlier start were found, verified and kept`];
}

function count(entries: number): string {
  return entries === 1 ? "1 entry" : `${entries} entries`;
}

function judgeChain(
  database: Connection,
  recorded: {
    readonly path: string;
    readonly last: Head;
    readonly head: HeadRecord;
    readonly rules: JournalRules;
  },
): string[] {
  const { path, last, head, rules } = recorded;
  const told: TerminalRow[] = [];
  let hashAtHead: string | null = head.seq === 0 ? rules.zeroHash : null;
  function* watched(): Generator<JournalRow> {
    for (const row of walkEntries(database, path)) {
      if (row.seq === head.seq) hashAtHead = row.hash;
      yield row;
    }
  }
  // A journal ahead of HEAD may be right: it is judged against its own end, and HEAD apart.
  const end = last.seq > head.seq ? last : head;
  const faults = rules.verifyChain(watched(), end, rules.sha256).map((finding) => finding.message);
  if (last.seq > head.seq && hashAtHead !== head.hash) {
    faults.push(
      `HEAD differs at entry ${head.seq}: HEAD says ${head.hash}, the journal ${hashAtHead}`,
    );
  }
  if (faults.length > 0) return faults;
  for (const row of walkEntries(database, path)) told.push(...rules.terminalsInBody(row.body));
  return compareTerminals(told, walkTerminals(database, path));
}

function refusal(path: string, faults: readonly string[]): Fault {
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return new Fault(
    "verify",
    `the recorded journal does not hold: ${faults[0]}${more}; recorded entries were left as they are, move the folder away to start afresh`,
    { where: path, details: faults },
  );
}

function lastRow(database: Connection, path: string, rules: JournalRules): Head {
  const row = translated(path, () =>
    database
      .prepare<[], [unknown, unknown, unknown]>(
        "SELECT seq, body, hash FROM entries ORDER BY seq DESC LIMIT 1",
      )
      .raw()
      .get(),
  );
  if (row === undefined) return { seq: 0, hash: rules.zeroHash };
  const { seq, hash } = journalRow(row, path);
  return { seq, hash };
}

type Opened = {
  readonly folder: string;
  readonly path: string;
  readonly head: HeadRecord;
  readonly findings: readonly string[];
};

function storeOver(database: Connection, opened: Opened): JournalStore {
  const { folder, path } = opened;
  let head = opened.head;
  const write = batchWriter(database);
  return {
    recorded: { seq: head.seq, hash: head.hash },
    findings: opened.findings,
    rows: (fromSeq) => pagedRows(database, path, fromSeq),
    async append(rows, terminals) {
      if (rows.length === 0) {
        invariant(terminals.length === 0, 2, "a terminal without a journal entry");
        return { seq: head.seq, hash: head.hash };
      }
      invariant(head.documents === null, 10, "an entry after the documents of a finished run");
      refuseGap(rows, head.seq);
      translated(path, () => write(rows, terminals));
      const last = rows[rows.length - 1];
      head = { seq: last.seq, hash: last.hash, documents: null };
      writeHead(folder, head);
      return { seq: head.seq, hash: head.hash };
    },
    terminalCounts() {
      const counts = translated(path, () =>
        database
          .prepare<[], [TerminalState, number]>(
            "SELECT state, count(*) FROM terminals GROUP BY state ORDER BY state",
          )
          .raw()
          .all(),
      );
      return new Map(counts);
    },
    async recordDocuments(documents) {
      head = { ...head, documents: { ...documents } };
      writeHead(folder, head);
    },
    async close() {
      if (database.open) closeCleanly(database, path);
    },
  };
}

function refuseGap(rows: readonly JournalRow[], seq: number): void {
  for (let i = 0; i < rows.length; i++) {
    invariant(
      rows[i].seq === seq + 1 + i,
      10,
      () => `journal entry ${rows[i].seq} was handed over where ${seq + 1 + i} comes next`,
    );
  }
}

function batchWriter(
  database: Connection,
): (rows: readonly JournalRow[], terminals: readonly TerminalRow[]) => void {
  const entry = database.prepare("INSERT INTO entries(seq, body, hash) VALUES (?, ?, ?)");
  const terminal = database.prepare(
    "INSERT INTO terminals(signal_id, state, seq) VALUES (?, ?, ?)",
  );
  return database.transaction((rows: readonly JournalRow[], terminals: readonly TerminalRow[]) => {
    for (const row of rows) entry.run(row.seq, row.body, row.hash);
    for (const row of terminals) {
      try {
        terminal.run(row.signalId, row.state, row.seq);
      } catch (error) {
        throw isPrimaryKeyViolation(error) ? new TerminalStateViolation(row.signalId) : error;
      }
    }
  });
}

function isPrimaryKeyViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}

/** Page by page, so that appends are possible while somebody reads. */
function* pagedRows(database: Connection, path: string, fromSeq: number): Generator<JournalRow> {
  const page = database
    .prepare<[number, number], [unknown, unknown, unknown]>(
      "SELECT seq, body, hash FROM entries WHERE seq >= ? ORDER BY seq LIMIT ?",
    )
    .raw();
  let next = fromSeq;
  for (;;) {
    const rows = translated(path, () => page.all(next, PAGE));
    for (const row of rows) {
      const read = journalRow(row, path);
      if (read.seq < next) throw new InvariantError(10, `journal entry ${read.seq} out of order`);
      next = read.seq + 1;
      yield read;
    }
    if (rows.length < PAGE) return;
  }
}

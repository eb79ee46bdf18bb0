/**
 * A recorded journal, read without changing a byte of its folder. A journal whose process was
 * killed still has a write-ahead log, and reading through it would fold it in: such a journal is
 * copied to the system's temporary folder and read there, and a finding says so. Never call it in
 * the process that is writing this journal: closing a file gives up that process's lock on it.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { JournalRow, TerminalRow } from "../../ports/journal-store.ts";
import { diskFault } from "./durable-files.ts";
import { HEAD_FILE, type HeadRecord, readHead } from "./head-file.ts";
import {
  closeCleanly,
  type Connection,
  integrityFaults,
  JOURNAL_FILE,
  openForReading,
  openForWriting,
  REMEDY,
  walkEntries,
  walkTerminals,
} from "./journal-database.ts";

export type JournalReader = {
  /** Null when the folder has no HEAD file. */
  readonly head: HeadRecord | null;
  readonly findings: readonly string[];
  /** Every row in seq order; one walk at a time. */
  rows(): Iterable<JournalRow>;
  terminals(): readonly TerminalRow[];
  /** What SQLite's own check says of the file; empty when it is sound. */
  integrityFaults(): readonly string[];
  close(): void;
};

/** Throws Fault("data") when there is no journal, ("busy") when it is being written, ("verify") when it cannot be read. */
export function openJournalReadOnly(
  folder: string,
  head: HeadRecord | null = readHead(folder),
): JournalReader {
  const path = join(folder, JOURNAL_FILE);
  if (!existsSync(path)) {
    throw new Fault("data", `${path} does not exist: there is no journal here; ${REMEDY}`, {
      where: path,
    });
  }
  const leftover = leftoverLog(path);
  if (leftover === null) {
    const database = openForReading(path);
    return readerOver(database, { path, head, findings: [], release: () => database.close() });
  }
  const copy = copyAside(folder);
  try {
    const database = openForWriting(join(copy, JOURNAL_FILE));
    return readerOver(database, {
      path,
      head,
      findings: [leftover],
      release: () => {
        closeCleanly(database, path);
        rmSync(copy, { recursive: true, force: true });
      },
    });
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw error;
  }
}

function readerOver(
  database: Connection,
  opened: {
    readonly path: string;
    readonly head: HeadRecord | null;
    readonly findings: readonly string[];
    readonly release: () => void;
  },
): JournalReader {
  const { path, head, findings, release } = opened;
  return {
    head,
    findings,
    rows: () => walkEntries(database, path),
    terminals: () => walkTerminals(database, path),
    integrityFaults: () => integrityFaults(database, path),
    close: release,
  };
}

/** SQLite's own files beside a journal: at work the first, for a moment of closing the second. */
const LOGS = ["-wal", "-journal"];

/** A sentence about a journal that was not closed, or null when it was. */
function leftoverLog(path: string): string | null {
  const bytes = LOGS.reduce(
    (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  if (bytes === 0 && !isInLogMode(path)) return null;
  return `${JOURNAL_FILE} was not closed: ${bytes} bytes of its log are left by a process that was killed or still runs; start the run again to finish it`;
}

/** Bytes 18 and 19 of the SQLite header are 2 while a file is in write-ahead mode. */
function isInLogMode(path: string): boolean {
  const header = new Uint8Array(20);
  const handle = openSync(path, "r");
  try {
    readSync(handle, header, 0, header.length, 0);
  } finally {
    closeSync(handle);
  }
  return header[18] === 2 || header[19] === 2;
}

/** A copy of the files as they were at one moment, or Fault("busy") when they moved meanwhile. */
function copyAside(folder: string): string {
  const names = ["", ...LOGS].map((suffix) => JOURNAL_FILE + suffix);
  const before = fingerprint(folder, names);
  const copy = mkdtempSync(join(tmpdir(), "assay-journal-"));
  try {
    for (const name of names) {
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
    }
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    throw diskFault(error, "copy the journal of", folder);
  }
  if (fingerprint(folder, names) === before) return copy;
  rmSync(copy, { recursive: true, force: true });
  throw new Fault(
    "busy",
    `the journal in ${folder} is being written now; wait until its run ends`,
    {
      where: join(folder, JOURNAL_FILE),
    },
  );
}

function fingerprint(folder: string, names: readonly string[]): string {
  return [...names, HEAD_FILE]
    .map((name) => {
      const stat = statSync(join(folder, name), { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? "none" : `${stat.ino}/${stat.size}/${stat.mtimeNs}`;
    })
    .join(" ");
}

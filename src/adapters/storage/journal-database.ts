/**
 * The SQLite file under a journal: its two tables, how it is opened, and what SQLite's failures
 * mean to a person. entries holds the chained rows; terminals holds one row per ended signal and
 * refuses a second (invariant 2). Raw SQLite errors never leave this folder.
 */
import Database from "better-sqlite3";
import { Fault } from "../../domain/fault.ts";
import type { JournalRow, TerminalRow } from "../../ports/journal-store.ts";

export const JOURNAL_FILE = "journal.sqlite";

export type Connection = Database.Database;

/** What a person can do about a record that does not read any more. */
export const REMEDY = "restore its folder from a copy, or move the folder away to start afresh";

const SCHEMA = [
  "CREATE TABLE entries(seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL)",
  "CREATE TABLE terminals(signal_id TEXT PRIMARY KEY, state TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID",
];

/**
 * Opens for one writer alone; a second process is told so at once. A file that was closed cleanly
 * keeps every byte until startWriting: what is refused in between is left as it was.
 */
export function openForWriting(path: string): Connection {
  return translated(path, () => {
    const database = new Database(path, { timeout: 0 });
    try {
      takeLock(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

function takeLock(database: Connection, path: string): void {
  // Before the first read: the lock then covers the write-ahead log, and no -shm file is needed.
  database.pragma("locking_mode = EXCLUSIVE");
  // Of a new file only. A decision is some 12 kB: on pages of 4096 it costs half as much again.
  database.pragma("page_size = 16384");
  // Takes the lock even when nothing is to be created.
  database.exec("BEGIN EXCLUSIVE; COMMIT");
  if (schemaOf(database).length === 0) {
    database.transaction(() => {
      for (const statement of SCHEMA) database.exec(statement);
    })();
  }
  refuseOtherSchema(database, path);
}

/** From here on commits are durable, and the file belongs to a run at work until closeCleanly. */
export function startWriting(database: Connection, path: string): void {
  translated(path, () => setDurable(database, path));
}

function setDurable(database: Connection, path: string): void {
  const mode = database.pragma("journal_mode = WAL", { simple: true });
  database.pragma("synchronous = FULL");
  const synchronous = database.pragma("synchronous", { simple: true });
  if (mode !== "wal" || synchronous !== 2) {
    throw new Fault(
      "data",
      `cannot write ${path} durably: SQLite gives journal_mode ${String(mode)} and synchronous ${String(synchronous)}, needed are wal and 2; use a local disk`,
      { where: path },
    );
  }
  // A run ends signals in no order of their ids: keep the index in memory, fold the log in seldom.
  database.pragma("cache_size = -65536");
  database.pragma("wal_autocheckpoint = 2048");
}

/** Opens without changing a byte. Only for a file that was closed cleanly. */
export function openForReading(path: string): Connection {
  return translated(path, () => {
    const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      refuseOtherSchema(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

function refuseOtherSchema(database: Connection, path: string): void {
  const schema = schemaOf(database);
  if (schema.join(";\n") === SCHEMA.join(";\n")) return;
  const why =
    schema.length === 0
      ? "it is empty, and a recorded journal never is"
      : "its tables are not those that this version writes";
  throw new Fault("verify", `${path} is not a journal: ${why}; ${REMEDY}`, {
    where: path,
  });
}

function schemaOf(database: Connection): string[] {
  return database.prepare<[], string>("SELECT sql FROM sqlite_schema ORDER BY name").pluck().all();
}

/** Leaves the file alone on disk: the log is folded in and no -wal or -shm stays. */
export function closeCleanly(database: Connection, path: string): void {
  translated(path, () => {
    try {
      database.pragma("journal_mode = DELETE");
    } finally {
      // On a full disk the log stays beside the file, and nothing keeps either.
      database.close();
    }
  });
}

/** Every entry in seq order. The connection can do nothing else until the walk is over. */
export function* walkEntries(database: Connection, path: string): Generator<JournalRow> {
  const statement = database
    .prepare<[], [unknown, unknown, unknown]>("SELECT seq, body, hash FROM entries ORDER BY seq")
    .raw();
  try {
    for (const row of statement.iterate()) yield journalRow(row, path);
  } catch (error) {
    throw sqliteFault(error, path);
  }
}

export function journalRow(row: readonly [unknown, unknown, unknown], path: string): JournalRow {
  const [seq, body, hash] = row;
  if (typeof seq !== "number" || typeof body !== "string" || typeof hash !== "string") {
    throw new Fault(
      "verify",
      `journal entry ${String(seq)}: a column of it is not text any more; ${REMEDY}`,
      { where: path },
    );
  }
  return { seq, body, hash };
}

/** Every terminal as stored, by signal. */
export function walkTerminals(database: Connection, path: string): TerminalRow[] {
  return translated(path, () =>
    database
      .prepare<[], TerminalRow>(
        "SELECT signal_id AS signalId, state, seq FROM terminals ORDER BY signal_id",
      )
      .all(),
  );
}

/** SQLite's own check of the file's structure, as sentences; empty when it is sound. */
export function integrityFaults(database: Connection, path: string): string[] {
  const told = translated(path, () =>
    database.prepare<[], string>("PRAGMA integrity_check(5)").pluck().all(),
  );
  return told.filter((line) => line !== "ok");
}

/** Runs something over SQLite so that its errors come out in a person's words. */
export function translated<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFault(error, path);
  }
}

/** A Fault for what SQLite reports; any other error is handed back as it is. */
export function sqliteFault(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const code = error.code;
  const options = { where: path, cause: error };
  if (code.startsWith("SQLITE_BUSY") || code === "SQLITE_LOCKED") {
    return new Fault(
      "busy",
      `${path} is in use by another process; wait until it ends, or end it, and start again`,
      options,
    );
  }
  if (code === "SQLITE_FULL") {
    return new Fault(
      "data",
      `cannot write ${path}: the disk is full; free some space and start again: what was recorded is kept`,
      options,
    );
  }
  if (DAMAGE.some((prefix) => code.startsWith(prefix))) {
    return new Fault("verify", `${path} is damaged: ${error.message}; ${REMEDY}`, options);
  }
  return new Fault(
    "data",
    `cannot use ${path}: ${error.message} (${code}); check the disk, its limits (ulimit -f) and the permissions, and start again: what was recorded is kept`,
    options,
  );
}

/** What SQLite says of a file whose bytes make no sense to it. */
const DAMAGE = [
  "SQLITE_CORRUPT",
  "SQLITE_NOTADB",
  "SQLITE_ERROR",
  "SQLITE_FORMAT",
  "SQLITE_SCHEMA",
];

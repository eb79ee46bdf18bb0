/**
 * One process per account folder, for as long as it lives. The lock is a transaction kept open on
 * lock.sqlite: the kernel gives it back when the process ends, however it ends, so no stale lock can
 * stay. Who holds it lies beside it in holder.json, for the message alone. Local disks only.
 */
import Database from "better-sqlite3";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import { makeFolder, readIfPresent, writeDurably } from "../storage/durable-files.ts";
import { sqliteFault } from "../storage/journal-database.ts";

export const LOCK_FILE = "lock.sqlite";
export const HOLDER_FILE = "holder.json";

export type Holder = {
  /** "assay trade" */
  readonly what: string;
  readonly pid: number;
  /** Milliseconds since the epoch, by the wall. */
  readonly sinceMs: number;
};

export type InstanceLock = {
  /** Once is enough; a second call does nothing. */
  readonly release: () => void;
};

/** Throws Fault("busy") with the holder's name, pid and since when. */
export function takeInstanceLock(folder: string, { what, sinceMs, pid }: Holder): InstanceLock {
  makeFolder(folder);
  const holderPath = join(folder, HOLDER_FILE);
  const database = lockedDatabase(folder);
  try {
    const text = `${JSON.stringify({ what, pid, since: new Date(sinceMs).toISOString() })}\n`;
    writeDurably(holderPath, Buffer.from(text, "utf8"));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    release: () => {
      if (!database.open) return;
      // Before the lock goes: the next holder writes its own.
      rmSync(holderPath, { force: true });
      database.close();
    },
  };
}

/** Who holds the folder now; null where nobody does. A holder of whom nothing is known is "a process". */
export function instanceHolder(folder: string): string | null {
  if (readIfPresent(join(folder, LOCK_FILE)) === null) return null;
  try {
    lockedDatabase(folder).close();
    return null;
  } catch (error) {
    if (error instanceof Fault && error.kind === "busy") return holderWords(folder);
    throw error;
  }
}

function lockedDatabase(folder: string): Database.Database {
  const path = join(folder, LOCK_FILE);
  try {
    return lock(path);
  } catch (error) {
    const fault = sqliteFault(error, path);
    if (fault instanceof Fault && fault.kind === "busy") {
      throw new Fault(
        "busy",
        `another ${holderWords(folder)} holds ${folder}; wait until it ends, or end it, and start again`,
        { where: folder, cause: error },
      );
    }
    if (fault instanceof Fault && fault.kind === "verify") {
      throw new Fault(
        "verify",
        `${path} is damaged; it holds nothing: move this one file away and start again`,
        { where: path, cause: error },
      );
    }
    throw fault;
  }
}

function lock(path: string): Database.Database {
  const database = new Database(path, { timeout: 0 });
  try {
    database.pragma("journal_mode = DELETE");
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** "assay trade (pid 123, since 2026-01-05T14:00:00.000Z)", as far as it is known. */
function holderWords(folder: string): string {
  const bytes = readIfPresent(join(folder, HOLDER_FILE));
  // A holder that has just taken the lock has not yet written its name.
  const holder = bytes === null ? null : parsedHolder(Buffer.from(bytes).toString("utf8"));
  return holder === null ? "process" : `${holder.what} (pid ${holder.pid}, since ${holder.since})`;
}

function parsedHolder(text: string): { what: string; pid: number; since: string } | null {
  const match =
    /^\{"what":"([^"\\]{1,60})","pid":(\d{1,10}),"since":"([0-9TZ:.+-]{20,30})"\}\n$/.exec(text);
  return match === null ? null : { what: match[1], pid: Number(match[2]), since: match[3] };
}

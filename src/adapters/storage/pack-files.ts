/**
 * The durable steps a pack store is made of: flush a file, flush a folder, one process
 * at a time, and faults of the disk in words. Names that carry a process id say whose they are, so
 * that what a dead process left behind can be told from what a living one is writing.
 */
import { type FileHandle, open } from "node:fs/promises";
import Database from "better-sqlite3";
import { Fault } from "../../domain/fault.ts";

/** Writes a file and makes its bytes durable; its name is durable once its folder is flushed. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a file's bytes, or a folder's names, durable. */
export async function flush(path: string): Promise<void> {
  const handle: FileHandle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Names this process is using now: its own id in any other name belongs to a dead namesake. */
const ours = new Set<string>();

export function claim(name: string): void {
  ours.add(name);
}

export function release(name: string): void {
  ours.delete(name);
}

/** Is the process that a name carries still at work on it? */
export function isInUse(name: string, pid: number): boolean {
  if (pid === process.pid) return ours.has(name);
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it lives and is someone else's.
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}

const LOCK_WAIT_MS = 30_000;

/**
 * Runs synchronous `work` while no other process does the same under this lock file. The lock is
 * SQLite's, held by the operating system: it goes with the process, however the process ends.
 */
export function exclusively<T>(lockFile: string, work: () => T): T {
  const lock = new Database(lockFile, { timeout: LOCK_WAIT_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return work();
  } catch (cause) {
    if (cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY")) {
      const message = `another process has held ${lockFile} for ${LOCK_WAIT_MS / 1000} s; wait for it to end`;
      throw new Fault("busy", message, { where: lockFile, cause });
    }
    throw cause;
  } finally {
    lock.close();
  }
}

const DISK_REASONS: { readonly [code: string]: string } = {
  ENOSPC: "no space left on the disk; free some and start again",
  EFBIG: "the file would be larger than allowed (ulimit -f); raise the limit and start again",
  EDQUOT: "the disk quota is used up; free some space and start again",
  EACCES: "permission denied; give write permission or choose another home",
  EPERM: "not permitted; give write permission or choose another home",
  EROFS: "the file system is read-only; choose another home",
  ENOTDIR: "a part of the path is a file, not a folder; choose another home",
  SQLITE_CANTOPEN: "the lock file cannot be opened; give write permission or choose another home",
  SQLITE_FULL: "no space left on the disk; free some and start again",
};

/** Runs disk work; an operating-system error becomes a fault that says what could not be done. */
export async function onDisk<T>(what: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Fault || !(cause instanceof Error)) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? codeIn(cause.message);
    if (code === undefined) throw cause;
    const reason = DISK_REASONS[code] ?? `${cause.message} (${code})`;
    throw new Fault("data", `cannot ${what} at ${path}: ${reason}`, { where: path, cause });
  }
}

/** DuckDB reports the operating system's error as English text. */
function codeIn(message: string): string | undefined {
  if (/No space left on device/i.test(message)) return "ENOSPC";
  if (/File too large/i.test(message)) return "EFBIG";
  if (/Permission denied/i.test(message)) return "EACCES";
  if (/Read-only file system/i.test(message)) return "EROFS";
  return undefined;
}

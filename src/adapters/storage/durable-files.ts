/**
 * Files that are either whole or absent: written aside, flushed, renamed, and the folder flushed,
 * so that a killed process or a lost power supply leaves the old file or the new one. Failures of
 * the disk leave as a Fault that says what was being done, where, and what to do.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Fault } from "../../domain/fault.ts";

/**
 * Replaces `path` durably. The name aside starts with a dot and ends with .tmp. With "owner" nobody
 * else may read it, from its first byte on.
 */
export function writeDurably(
  path: string,
  content: Uint8Array,
  readers: "all" | "owner" = "all",
): void {
  const aside = asideName(path);
  try {
    writeAside(aside, content, readers);
    renameSync(aside, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(aside, { force: true });
    throw diskFault(error, "write", path);
  }
}

/** The same without waiting: the system writes and flushes while the caller goes on. */
export async function writeDurablyMeanwhile(path: string, content: Uint8Array): Promise<void> {
  const aside = asideName(path);
  try {
    await withFile(aside, "w", async (file) => {
      await file.writeFile(content);
      await file.sync();
    });
    await rename(aside, path);
    await withFile(dirname(path), "r", (folder) => folder.sync());
  } catch (error) {
    rmSync(aside, { force: true });
    throw diskFault(error, "write", path);
  }
}

async function withFile(
  path: string,
  flags: "r" | "w",
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

/** The name a file is written under before it is renamed. */
export function asideName(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

/** Makes a folder and everything above it; their names survive a power cut. */
export function makeFolder(path: string): void {
  try {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    for (let folder = path; folder.length >= first.length; folder = dirname(folder)) {
      syncFolder(dirname(folder));
    }
  } catch (error) {
    throw diskFault(reasonAbove(error, path), "create the folder", path);
  }
}

/** A folder below one that is read-only is reported as missing; the one above says what it is. */
function reasonAbove(error: unknown, path: string): unknown {
  if (codeOf(error) !== "ENOENT") return error;
  let above = dirname(path);
  while (!existsSync(above)) above = dirname(above);
  try {
    accessSync(above, constants.W_OK);
    return error;
  } catch (refusal) {
    return refusal;
  }
}

/** Makes renames and new names inside a folder durable. */
export function syncFolder(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The bytes of a file, or null when there is none. */
export function readIfPresent(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw diskFault(error, "read", path);
  }
}

/** A failure of the file system in a person's words; anything else is rethrown as it is. */
export function diskFault(error: unknown, doing: string, path: string): Error {
  const code = codeOf(error);
  if (code === null) return error instanceof Error ? error : new Error(String(error));
  const [what, remedy] = REASONS[code] ?? [`the system said ${code}`, "check the disk"];
  return new Fault("data", `cannot ${doing} ${path}: ${what}; ${remedy}`, {
    where: path,
    cause: error,
  });
}

function writeAside(path: string, content: Uint8Array, readers: "all" | "owner"): void {
  // What a killed process left aside keeps the mode it had.
  if (readers === "owner") rmSync(path, { force: true });
  const handle = readers === "owner" ? openSync(path, "wx", 0o600) : openSync(path, "w");
  try {
    let written = 0;
    while (written < content.length) {
      written += writeSync(handle, content, written, content.length - written);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

const REASONS: { readonly [code: string]: readonly [string, string] } = {
  EACCES: ["permission is denied", "give this user write permission or set ASSAY_HOME elsewhere"],
  EPERM: ["permission is denied", "give this user write permission or set ASSAY_HOME elsewhere"],
  EROFS: ["the file system is read-only", "set ASSAY_HOME to a folder that can be written"],
  ENOSPC: ["the disk is full", "free some space and start again: what was recorded is kept"],
  EDQUOT: [
    "the disk quota is used up",
    "free some space and start again: what was recorded is kept",
  ],
  EFBIG: ["the file would be larger than allowed", "raise the limit and start again"],
  ENOENT: ["it does not exist", "check the path"],
  ENOTDIR: ["a part of the path is a file, not a folder", "check the path"],
  EEXIST: ["something else is already there", "check the path"],
  EISDIR: ["it is a folder", "move the folder away"],
  EMFILE: ["too many files are open", "raise the limit of open files"],
};

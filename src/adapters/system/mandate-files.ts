/**
 * The mandate file on disk. Enters: a path to the file or to the folder that holds mandate.yaml;
 * leaves: its text (UTF-8, a byte order mark is taken off), its base name for messages and its
 * folder. Refuses what is missing, unreadable or not UTF-8, naming the path that was tried.
 */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Fault } from "../../domain/fault.ts";

export const MANDATE_FILE = "mandate.yaml";

export type MandateFile = {
  readonly text: string;
  /** Base name: "mandate.yaml". */
  readonly fileName: string;
  /** Absolute folder; relative paths in the mandate start here. */
  readonly directory: string;
};

export function readMandateFile(path: string): MandateFile {
  const file = locate(path);
  const bytes = attempt(file, () => readFileSync(file));
  return { text: decode(bytes, file), fileName: basename(file), directory: dirname(resolve(file)) };
}

function locate(path: string): string {
  if (attempt(path, () => statSync(path)).isFile()) return path;
  const inside = join(path, MANDATE_FILE);
  if (!attempt(path, () => statSync(path)).isDirectory()) {
    throw refusal(path, "is neither a file nor a folder; give the path of a mandate");
  }
  if (!attempt(inside, () => statSync(inside)).isFile()) {
    throw refusal(inside, "is not a file; give the path of a mandate");
  }
  return inside;
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refusal(path, reasonOf(error as NodeJS.ErrnoException), error);
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
    case "ENOTDIR":
      return "does not exist; give the path of a mandate or write one with `assay init DIR`";
    case "EACCES":
    case "EPERM":
      return "may not be read; check its permissions";
    default:
      return `cannot be read (${error.code ?? error.message})`;
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    // The decoder takes a byte order mark off by itself.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw refusal(
      file,
      `is not UTF-8 (first bad byte: ${badByte(bytes)}); save it as UTF-8`,
      error,
    );
  }
}

/** "0xe9 on line 3": the first byte that a lenient decoder has to replace. */
function badByte(bytes: Uint8Array): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let line = 1;
  for (const character of text) {
    // U+FFFD may also stand in the file itself, as EF BF BD.
    if (character === "\ufffd" && !isReplacementCharacter(bytes, offset)) break;
    if (character === "\n") line++;
    offset += Buffer.byteLength(character);
  }
  return `0x${bytes[offset].toString(16).padStart(2, "0")} on line ${line}`;
}

function isReplacementCharacter(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
}

function refusal(path: string, what: string, cause?: unknown): Fault {
  return new Fault("mandate", `${path} ${what}`, { where: path, cause });
}

/**
 * catalog.jsonl: one row per pack that became known, only ever appended and durable before it is
 * reported. A last line that a crash tore off is no row: it is reported, ignored, and cut away
 * before the next append. Any other line that does not read stops with its number.
 */
import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { Fault } from "../../domain/fault.ts";
import type { CatalogRow } from "../../ports/pack-store.ts";
import { exclusively } from "./pack-files.ts";

const CATALOG_FILE = "catalog.jsonl";
const LOCK_FILE = "catalog.lock";

export type CatalogState = {
  readonly rows: readonly CatalogRow[];
  /** Bytes up to the last whole line. */
  readonly wholeBytes: number;
  /** What lies behind it; 0 unless an append was interrupted. */
  readonly tornBytes: number;
};

export function readCatalog(folder: string): CatalogState {
  const bytes = readBytes(join(folder, CATALOG_FILE));
  const wholeBytes = bytes.lastIndexOf(10) + 1;
  const lines = new TextDecoder().decode(bytes.subarray(0, wholeBytes)).split("\n").slice(0, -1);
  const rows = lines.map((line, i) => {
    const row = parseRow(line);
    if (row !== null) return row;
    const where = `packs/${CATALOG_FILE}:${i + 1}`;
    throw new Fault(
      "data",
      `${where} is not a catalog row; restore the file from a copy, or move it away and build the packs again`,
      { where },
    );
  });
  return { rows, wholeBytes, tornBytes: bytes.length - wholeBytes };
}

/**
 * Makes `next(rows)` the newest row, unless it gives one that is there. Synchronous and under a
 * lock, so that two processes that build at once see each other's rows. Durable on return.
 */
export function recordRow(
  folder: string,
  next: (rows: readonly CatalogRow[]) => CatalogRow,
): CatalogRow {
  return exclusively(join(folder, LOCK_FILE), () => {
    const { rows, wholeBytes } = readCatalog(folder);
    const row = next(rows);
    if (rows.includes(row)) return row;
    const file = openSync(join(folder, CATALOG_FILE), constants.O_RDWR | constants.O_CREAT, 0o644);
    try {
      ftruncateSync(file, wholeBytes);
      const line = new TextEncoder().encode(`${JSON.stringify(row)}\n`);
      writeSync(file, line, 0, line.length, wholeBytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return row;
  });
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return new Uint8Array(0);
    throw cause;
  }
}

function parseRow(line: string): CatalogRow | null {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
  return isRow(row) ? row : null;
}

function isRow(row: unknown): row is CatalogRow {
  if (typeof row !== "object" || row === null) return false;
  const { pack_id, lineage, known_from_ms, supersedes } = row as { [key: string]: unknown };
  return (
    typeof pack_id === "string" &&
    typeof lineage === "string" &&
    Number.isSafeInteger(known_from_ms) &&
    (supersedes === null || typeof supersedes === "string")
  );
}

/**
 * The simulated disk: what survives the process. A journal with its HEAD apart, blobs, files and what
 * a killed write left beside them. It may be full for a while: a write that finds no room leaves
 * nothing whole and fails in the words of the real one.
 */
import { Fault } from "../../src/domain/fault.ts";
import type { Head, JournalRow, TerminalRow } from "../../src/ports/journal-store.ts";

export type Disk = {
  readonly rows: JournalRow[];
  readonly terminals: Map<string, TerminalRow>;
  head: (Head & { readonly documents: { readonly [name: string]: string } | null }) | null;
  readonly blobs: Map<string, Uint8Array>;
  readonly files: Map<string, Uint8Array>;
  /** Torn pieces under the names that writes use before they rename. */
  readonly asides: Map<string, Uint8Array>;
  /** Writes tried so far. */
  writes: number;
  /** Ordinals of writes, [from, to), that find no room. */
  readonly full: readonly (readonly [number, number])[];
};

export function emptyDisk(full: Disk["full"] = []): Disk {
  return {
    rows: [],
    terminals: new Map(),
    head: null,
    blobs: new Map(),
    files: new Map(),
    asides: new Map(),
    writes: 0,
    full,
  };
}

/** What everybody who writes asks first. Counts the write. */
export function requireRoom(disk: Disk, path: string): void {
  const write = disk.writes++;
  if (!disk.full.some(([from, to]) => write >= from && write < to)) return;
  throw new Fault(
    "data",
    `cannot write ${path}: the disk is full; free some space and start again: what was recorded is kept`,
    { where: path },
  );
}

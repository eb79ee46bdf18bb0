/**
 * The door to a durable journal. The engine chains entries (records/journal), the store keeps
 * them: one append is one durable transaction, and only after it does the HEAD file move.
 */
import { InvariantError } from "../base/assert.ts";
import type { TerminalState } from "../domain/refusal.ts";

/** seq 0 with the zero hash is the empty journal. */
export type Head = { readonly seq: number; readonly hash: string };

/** body is the canonical JSON of {at, kind, payload, seq}. */
export type JournalRow = { readonly seq: number; readonly body: string; readonly hash: string };

export type TerminalRow = {
  readonly signalId: string;
  readonly state: TerminalState;
  readonly seq: number;
};

/** A second terminal for a signal: the store's unique constraint refused it (invariant 2). */
export class TerminalStateViolation extends InvariantError {
  readonly signalId: string;
  constructor(signalId: string) {
    super(2, `signal ${signalId} already has a terminal state`);
    this.name = "TerminalStateViolation";
    this.signalId = signalId;
  }
}

export type JournalStore = {
  /** What was recorded, and verified against the HEAD file, when it was opened. */
  readonly recorded: Head;
  /** Notes for the person about what opening found ("journal was 3 entries ahead of HEAD"). */
  readonly findings: readonly string[];
  /** Recorded rows in seq order, from `fromSeq` on. */
  rows(fromSeq: number): Iterable<JournalRow>;
  /** Durable when it resolves. Throws TerminalStateViolation and writes nothing of the batch. */
  append(rows: readonly JournalRow[], terminals: readonly TerminalRow[]): Promise<Head>;
  /** Terminals as stored, for the conservation check at the end of the run. */
  terminalCounts(): ReadonlyMap<TerminalState, number>;
  /** Puts the hashes of documents written after sealing into the HEAD file. */
  recordDocuments(documents: { readonly [name: string]: string }): Promise<void>;
  close(): Promise<void>;
};

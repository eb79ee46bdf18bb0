/**
 * Chains what a run or an account's trading day emits. Payloads enter, rows for the store leave in batches. While a recorded
 * journal lies ahead (the run before was killed), each entry is recomputed and compared with the
 * recorded one instead of being written again: recorded entries are never rewritten, and a
 * difference stops the run (invariant 20).
 */
import { InvariantError, unreachable } from "../../base/assert.ts";
import type { TerminalRecord } from "../../domain/journal-entry.ts";
import type { AccountPayload } from "../../domain/trading-entry.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { Head, JournalRow, TerminalRow } from "../../ports/journal-store.ts";
import { entryBody, entryHash, splitPayload, ZERO_HASH } from "./chain.ts";

export type JournalBatch = {
  readonly rows: readonly JournalRow[];
  readonly terminals: readonly TerminalRow[];
};

export type JournalWriter = {
  /** Chains one entry and returns its seq. */
  emit(at: string, payload: AccountPayload): number;
  /** Entries that wait for takeBatch: the engine flushes when enough have gathered. */
  buffered(): number;
  /** Hands over what is not yet in the store, and forgets it. */
  takeBatch(): JournalBatch;
  head(): Head;
  /** True while the recorded journal is still being compared. */
  comparing(): boolean;
  /** Fails when recorded entries remain that this execution never reached. */
  finish(): void;
};

export type JournalWriterOptions = {
  readonly recorded: Head;
  /** The recorded rows that follow `from`; read no further than `recorded`. */
  readonly prefix: Iterable<JournalRow>;
  readonly sha256: Sha256;
  /** What was executed before, and is not executed again; the journal's beginning where left out. */
  readonly from?: Head;
};

export function createJournalWriter(options: JournalWriterOptions): JournalWriter {
  const { recorded, sha256 } = options;
  const prefix = options.prefix[Symbol.iterator]();
  let { seq, hash } = options.from ?? { seq: 0, hash: ZERO_HASH };
  let rows: JournalRow[] = [];
  let terminals: TerminalRow[] = [];

  function nextRecorded(): JournalRow {
    const next = prefix.next();
    if (next.done === true || next.value.seq !== seq) {
      const found = next.done === true ? "the journal ends" : `entry ${next.value.seq} comes`;
      throw new InvariantError(
        20,
        `journal entry ${seq} differs: recorded up to ${recorded.seq}, but ${found} where it should be`,
      );
    }
    return next.value;
  }

  return {
    emit(at, payload) {
      seq += 1;
      const body = entryBody(seq, at, splitPayload(payload));
      hash = entryHash(hash, body, sha256);
      if (seq <= recorded.seq) {
        compare(nextRecorded(), { seq, body, hash }, payload.kind);
        return seq;
      }
      rows.push({ seq, body, hash });
      collectTerminals(payload, seq, terminals);
      return seq;
    },
    buffered: () => rows.length,
    takeBatch() {
      const batch = { rows, terminals };
      rows = [];
      terminals = [];
      return batch;
    },
    head: () => ({ seq, hash }),
    comparing: () => seq < recorded.seq,
    finish() {
      if (seq >= recorded.seq) return;
      throw new InvariantError(
        20,
        `the journal holds entries ${seq + 1} to ${recorded.seq} that the re-execution never reached`,
      );
    },
  };
}

function compare(recorded: JournalRow, recomputed: JournalRow, kind: string): void {
  if (recorded.body === recomputed.body && recorded.hash === recomputed.hash) return;
  const [was, is] =
    recorded.body === recomputed.body
      ? [recorded.hash, recomputed.hash]
      : [excerpt(recorded.body, recomputed.body), excerpt(recomputed.body, recorded.body)];
  throw new InvariantError(
    20,
    `journal entry ${recomputed.seq} differs (${kind}): recorded ${was}, recomputed ${is}`,
  );
}

/** The part of a body around the first character that differs from the other. */
function excerpt(body: string, other: string): string {
  const shorter = Math.min(body.length, other.length);
  let at = 0;
  while (at < shorter && body.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  const from = Math.max(0, at - 60);
  const to = Math.min(body.length, at + 60);
  return `${from > 0 ? "..." : ""}${body.slice(from, to)}${to < body.length ? "..." : ""}`;
}

function collectTerminals(payload: AccountPayload, seq: number, into: TerminalRow[]): void {
  switch (payload.kind) {
    case "decision":
      for (const signal of payload.signals) {
        if (signal.terminal !== null) into.push(terminalRow(signal.terminal, seq));
      }
      return;
    case "fill":
    case "cross":
    case "order_ended":
      for (const terminal of payload.terminals) into.push(terminalRow(terminal, seq));
      return;
    case "run_started":
    case "flow":
    case "accrual":
    case "split":
    case "dividend":
    case "dividend_paid":
    case "order":
    case "settlement":
    case "roll":
    case "breaker":
    case "sealed":
      return;
    // Facts of the outside end no signal: the entries that the pipeline makes of them do.
    case "account_opened":
    case "position_adopted":
    case "day_opened":
    case "decided":
    case "order_acknowledged":
    case "order_unknown":
    case "order_refused":
    case "order_withdrawn":
    case "cancel_requested":
    case "venue_fill":
    case "venue_order_ended":
    case "venue_cash":
    case "venue_split":
    case "bars_known":
    case "session_closed":
    case "reconciled":
    case "paused":
    case "resumed":
    case "incident":
    case "record_adopted":
    case "flatten_ordered":
    case "trial_started":
    case "trial_voided":
    case "day_closed":
      return;
    default:
      return unreachable(payload);
  }
}

function terminalRow(terminal: TerminalRecord, seq: number): TerminalRow {
  return { signalId: terminal.signal_id, state: terminal.state, seq };
}

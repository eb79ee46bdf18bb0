/**
 * The journal store on the simulated disk, with the contract of the real one: opening verifies the
 * chain against HEAD and refuses what does not hold, one append is one transaction, HEAD moves after
 * it. A kill may fall before the transaction (torn or not begun: SQLite rolls it back), between it and
 * HEAD, or after both while the caller does not know yet.
 */
import { compareTerminals } from "../../src/adapters/storage/compare-terminals.ts";
import { invariant } from "../../src/base/assert.ts";
import { Fault } from "../../src/domain/fault.ts";
import type { TerminalState } from "../../src/domain/refusal.ts";
import type { Sha256 } from "../../src/ports/hash.ts";
import {
  type Head,
  type JournalRow,
  type JournalStore,
  type TerminalRow,
  TerminalStateViolation,
} from "../../src/ports/journal-store.ts";
import { ZERO_HASH } from "../../src/records/journal/chain.ts";
import { terminalsInBody, verifyChain } from "../../src/records/journal/verify.ts";
import { type Disk, requireRoom } from "./disk.ts";
import type { Life } from "./life.ts";

export function openJournal(
  disk: Disk,
  life: Life,
  sha256: Sha256,
  tell: ((line: string) => void) | null = null,
): JournalStore {
  const opened = judgeRecorded(disk, sha256);
  return {
    recorded: opened.head,
    findings: opened.findings,
    *rows(fromSeq) {
      // By place, so that appends are possible while somebody reads.
      for (let n = fromSeq - 1; n < disk.rows.length; n++) yield disk.rows[n];
    },
    async append(rows, terminals) {
      if (rows.length === 0) {
        invariant(terminals.length === 0, 2, "a terminal without a journal entry");
        return headOf(disk);
      }
      const last = rows[rows.length - 1];
      const what = `entries ${rows[0].seq} to ${last.seq}`;
      await life.moment(`before the journal's ${what}`);
      requireRoom(disk, "journal.sqlite");
      commit(disk, rows, terminals);
      if (tell !== null) for (const { body } of rows) tell(`  journal ${body}`);
      await life.moment(`between the journal's ${what} and HEAD`);
      requireRoom(disk, "HEAD");
      disk.head = { seq: last.seq, hash: last.hash, documents: null };
      await life.moment(`after the journal's ${what}`);
      return headOf(disk);
    },
    terminalCounts() {
      const counts = new Map<TerminalState, number>();
      for (const { state } of disk.terminals.values()) {
        counts.set(state, (counts.get(state) ?? 0) + 1);
      }
      return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    async recordDocuments(documents) {
      await life.moment("before HEAD with documents");
      requireRoom(disk, "HEAD");
      disk.head = { ...headOf(disk), documents: { ...documents } };
      await life.moment("after HEAD with documents");
    },
    close: () => life.moment("the journal is closed"),
  };
}

/** All of the batch or nothing of it. */
function commit(disk: Disk, rows: readonly JournalRow[], terminals: readonly TerminalRow[]): void {
  const documents = disk.head?.documents ?? null;
  invariant(documents === null, 10, "an entry after the documents of a finished run");
  const next = disk.rows.length + 1;
  for (let n = 0; n < rows.length; n++) {
    invariant(
      rows[n].seq === next + n,
      10,
      () => `journal entry ${rows[n].seq} was handed over where ${next + n} comes next`,
    );
  }
  const fresh = new Set<string>();
  for (const { signalId } of terminals) {
    if (fresh.has(signalId) || disk.terminals.has(signalId)) {
      throw new TerminalStateViolation(signalId);
    }
    fresh.add(signalId);
  }
  for (const row of rows) disk.rows.push(row);
  for (const row of terminals) disk.terminals.set(row.signalId, row);
}

function headOf(disk: Disk): Head {
  const last = disk.rows.at(-1);
  return last === undefined ? { seq: 0, hash: ZERO_HASH } : { seq: last.seq, hash: last.hash };
}

function judgeRecorded(
  disk: Disk,
  sha256: Sha256,
): { readonly head: Head; readonly findings: readonly string[] } {
  const last = headOf(disk);
  const { head } = disk;
  if (head === null) {
    if (last.seq > 0) throw refusal([`HEAD is missing; the journal holds ${count(last.seq)}`]);
    disk.head = { ...last, documents: null };
    return { head: last, findings: [] };
  }
  const faults = judgeChain(disk, head, last, sha256);
  if (faults.length > 0) throw refusal(faults);
  if (last.seq === head.seq) {
    const kept = `${count(last.seq)} of an earlier start were found, verified and kept`;
    return { head: last, findings: last.seq === 0 ? [] : [kept] };
  }
  disk.head = { ...last, documents: null };
  return {
    head: last,
    findings: [
      `the journal was ${count(last.seq - head.seq)} ahead of HEAD (${last.seq} against ${head.seq}): the process was killed between the two; every link was verified and HEAD moved`,
    ],
  };
}

function judgeChain(disk: Disk, head: Head, last: Head, sha256: Sha256): readonly string[] {
  // A journal ahead of HEAD may be right: it is judged against its own end, and HEAD apart.
  const end = last.seq > head.seq ? last : head;
  const faults = verifyChain(disk.rows, end, sha256).map(({ message }) => message);
  const atHead = head.seq === 0 ? ZERO_HASH : disk.rows[head.seq - 1]?.hash;
  if (last.seq > head.seq && atHead !== head.hash) {
    faults.push(`HEAD differs at entry ${head.seq}: HEAD says ${head.hash}, the journal ${atHead}`);
  }
  if (faults.length > 0) return faults;
  const told = disk.rows.flatMap(({ body }) => terminalsInBody(body));
  return compareTerminals(told, [...disk.terminals.values()]);
}

function refusal(faults: readonly string[]): Fault {
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return new Fault(
    "verify",
    `the recorded journal does not hold: ${faults[0]}${more}; recorded entries were left as they are, move the folder away to start afresh`,
    { where: "journal.sqlite", details: faults },
  );
}

function count(entries: number): string {
  return entries === 1 ? "1 entry" : `${entries} entries`;
}

/** Journals for tests: a writer over a store in a fresh folder, with entries of every size. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openJournalReadOnly } from "../../../src/adapters/storage/journal-reader.ts";
import { openJournalStore } from "../../../src/adapters/storage/journal-store.ts";
import type { JournalRules } from "../../../src/adapters/storage/journal-store.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import type { JournalStore } from "../../../src/ports/journal-store.ts";
import { ZERO_HASH } from "../../../src/records/journal/chain.ts";
import { terminalsInBody, verifyChain } from "../../../src/records/journal/verify.ts";
import { createJournalWriter, type JournalWriter } from "../../../src/records/journal/writer.ts";

export const RULES: JournalRules = { sha256, zeroHash: ZERO_HASH, verifyChain, terminalsInBody };

export const DAY = "2001-01-02";

export function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "assay-test-"));
}

export function openFresh(folder: string): { store: JournalStore; writer: JournalWriter } {
  const store = openJournalStore(folder, RULES);
  const writer = createJournalWriter({
    recorded: store.recorded,
    prefix: store.rows(1),
    sha256,
  });
  return { store, writer };
}

/** Entry number n of a made-up run: mostly fills, each ending one signal. */
export function payloadNumber(n: number): JournalPayload {
  if (n === 1) {
    return {
      kind: "run_started",
      format_version: 2,
      mandate_hash: "m".repeat(64),
      pack_id: "p".repeat(64),
      seed: 7,
      mode: "backtest",
      lot_method: "fifo",
    };
  }
  return {
    kind: "fill",
    order_id: `order-${n}`,
    instrument: n % 2 === 0 ? "SPY" : "Zürich €",
    currency: "USD",
    lots: n,
    price: 100 + n / 7,
    reference_price: 100,
    notional_minor: n * 10_000,
    fee_minor: 12,
    slippage_minor: 0,
    sleeves: [],
    terminals: [
      {
        signal_id: `signal-${String(n).padStart(6, "0")}`,
        state: n % 5 === 0 ? "EXPIRED" : "EXECUTED",
        share: 1,
        cut_by: [],
        observed: null,
        limit: null,
        unit: null,
      },
    ],
  };
}

/** Records entries 1..count in batches and closes the store. */
export async function recordJournal(folder: string, count: number, batch = 7): Promise<void> {
  const { store, writer } = openFresh(folder);
  for (let n = 1; n <= count; n++) {
    writer.emit(DAY, payloadNumber(n));
    if (writer.buffered() >= batch || n === count) {
      const { rows, terminals } = writer.takeBatch();
      await store.append(rows, terminals);
    }
  }
  await store.close();
}

/** The Fault that something throws; anything else fails the test. */
export function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("expected a Fault, nothing was thrown");
}

/** Changes the recorded tables behind the system's back. */
export function edit(folder: string, sql: string): void {
  const database = new Database(join(folder, "journal.sqlite"));
  database.exec(sql);
  database.close();
}

/** Rewrites HEAD in its canonical form. */
export function editHead(
  folder: string,
  change: (head: { seq: number; hash: string }) => object,
): void {
  const path = join(folder, "HEAD");
  const head = change(JSON.parse(readFileSync(path, "utf8")));
  const sorted = Object.fromEntries(Object.entries(head).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(sorted)}\n`);
}

export function hashAt(folder: string, seq: number): string {
  const reader = openJournalReadOnly(folder);
  const row = [...reader.rows()].find((each) => each.seq === seq);
  reader.close();
  if (row === undefined) throw new Error(`no entry ${seq}`);
  return row.hash;
}

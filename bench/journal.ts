/**
 * How fast a journal is written and verified: durable entries per second (batches of 1000, each a
 * durable transaction and a HEAD move), entries chained per second without a disk, and entries
 * verified per second from disk.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournalReadOnly } from "../src/adapters/storage/journal-reader.ts";
import { type JournalRules, openJournalStore } from "../src/adapters/storage/journal-store.ts";
import { sha256 } from "../src/adapters/system/hash.ts";
import type { JournalPayload } from "../src/domain/journal-entry.ts";
import { ZERO_HASH } from "../src/records/journal/chain.ts";
import { terminalsInBody, verifyChain } from "../src/records/journal/verify.ts";
import { createJournalWriter } from "../src/records/journal/writer.ts";
import type { Figure } from "./figure.ts";

const ENTRIES = 300_000;
const BATCH = 1000;
const ROUNDS = 3;
const NEEDED = { chained: null, durable: 50_000, verified: 300_000 };

const rules: JournalRules = { sha256, zeroHash: ZERO_HASH, verifyChain, terminalsInBody };
/** Hashes, as in a run: the index of terminals is filled in no order. */
const SIGNALS = Array.from({ length: ENTRIES + 1 }, (_, n) => sha256(`signal ${n}`).slice(0, 32));
const empty = { recorded: { seq: 0, hash: ZERO_HASH }, prefix: [], sha256 };

/** Orders, the smallest entry a run writes often, and fills that end a signal, in turn. */
function payload(n: number): JournalPayload {
  if (n % 2 === 0) {
    return {
      kind: "order",
      order_id: `order-${n}`,
      instrument: "SPY",
      purpose: "open",
      leg: 1,
      generation: 0,
      type: "market",
      lots: n % 100,
      price: null,
      time_in_force: "day",
      signal_ids: [SIGNALS[n]],
      verdicts: [],
    };
  }
  return {
    kind: "fill",
    order_id: `order-${n - 1}`,
    instrument: "SPY",
    currency: "USD",
    lots: n % 100,
    price: 100 + (n % 977) / 100,
    reference_price: 100,
    notional_minor: n * 100,
    fee_minor: 35,
    slippage_minor: 2,
    sleeves: [],
    terminals: [
      {
        signal_id: SIGNALS[n - 1],
        state: "EXECUTED",
        share: 1,
        cut_by: [],
        observed: null,
        limit: null,
        unit: null,
      },
    ],
  };
}

function perSecond(count: number, startMs: number): number {
  return Math.round(count / ((performance.now() - startMs) / 1000));
}

function chained(): number {
  const writer = createJournalWriter(empty);
  const start = performance.now();
  for (let n = 1; n <= ENTRIES; n++) {
    writer.emit("2001-01-02", payload(n));
    if (writer.buffered() === BATCH) writer.takeBatch();
  }
  return perSecond(ENTRIES, start);
}

async function durable(folder: string): Promise<number> {
  const store = openJournalStore(folder, rules);
  const writer = createJournalWriter({ ...empty, recorded: store.recorded });
  const start = performance.now();
  for (let n = 1; n <= ENTRIES; n++) {
    writer.emit("2001-01-02", payload(n));
    if (writer.buffered() < BATCH) continue;
    const { rows, terminals } = writer.takeBatch();
    await store.append(rows, terminals);
  }
  const rate = perSecond(ENTRIES, start);
  await store.close();
  return rate;
}

function verified(folder: string): number {
  const reader = openJournalReadOnly(folder);
  const start = performance.now();
  const findings = verifyChain(reader.rows(), reader.head ?? empty.recorded, sha256);
  const rate = perSecond(ENTRIES, start);
  reader.close();
  if (findings.length > 0) throw new Error(findings[0].message);
  return rate;
}

export async function journalFigures(): Promise<readonly Figure[]> {
  const rates: { chained: number; durable: number; verified: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const folder = mkdtempSync(join(tmpdir(), "assay-bench-journal-"));
    try {
      rates.push({
        chained: chained(),
        durable: await durable(folder),
        verified: verified(folder),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const figure = (work: string, name: keyof (typeof rates)[number], note: string): Figure => ({
    work,
    unit: "entries/s",
    values: rates.map((rate) => rate[name]),
    better: "higher",
    needed: NEEDED[name],
    note,
  });
  const count = `${ENTRIES} entries, orders and fills in turn`;
  return [
    figure("journal, chained in memory", "chained", count),
    figure("journal, durable", "durable", `${count}; batches of ${BATCH}, each synced, HEAD moved`),
    figure("journal, verified from disk", "verified", `${count}; every link hashed again`),
  ];
}

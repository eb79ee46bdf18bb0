/**
 * A whole audited run that leaves nothing behind: journal and artifacts are kept in memory. For what
 * only a record shows, and for the baseline, whose own checks say whether a stage is unplugged.
 */
import type { TerminalState } from "../../domain/refusal.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Sha256 } from "../../ports/hash.ts";
import {
  type Head,
  type JournalRow,
  type JournalStore,
  TerminalStateViolation,
} from "../../ports/journal-store.ts";
import { decodeBody, ZERO_HASH } from "../../records/journal/chain.ts";
import { createLedger } from "../../records/ledger/fold.ts";
import { executeRun } from "../run.ts";
import type { Prepared } from "../prepare.ts";
import type { Candidate } from "./candidate.ts";

/** Names that are hashes of the mandate, and what is compared by itself. */
const UNCOMPARED: readonly string[] = [
  "run_id",
  "mandate_hash",
  "code_hash",
  "seed",
  "name",
  "journal",
  "artifacts",
];

type Part = readonly [name: string, value: string];

export type AuditedRun = {
  readonly document: RunDocument;
  /** By part: each value of run.json, the hashes of each artifact and of the books. */
  readonly parts: ReadonlyMap<string, string>;
};

export async function auditedInMemory(
  { prepared, dataWarnings }: Candidate,
  doors: { readonly sha256: Sha256; readonly turn: () => Promise<unknown> },
): Promise<AuditedRun> {
  const journal = memoryJournal();
  const { document } = await executeRun({
    prepared,
    dataWarnings,
    identity: {
      mandateHash: "proof",
      packId: prepared.pack.id,
      codeHash: "proof",
      seed: prepared.seed,
      runtime: "proof",
      mode: "backtest",
    },
    runId: "proof",
    journal,
    artifacts: memoryArtifacts(doors.sha256),
    sha256: doors.sha256,
    progress: () => undefined,
    turn: doors.turn,
  });
  return {
    document,
    parts: new Map([...partsOf(document), booksOf(prepared, journal, doors.sha256)]),
  };
}

function partsOf(document: RunDocument): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const [name, value] of Object.entries(document)) {
    if (!UNCOMPARED.includes(name)) parts.set(`run.json ${name}`, JSON.stringify(value));
  }
  for (const { file, sha256 } of document.artifacts) parts.set(file, sha256);
  return parts;
}

/** Which lots a reduction closed shows in the books alone, and no longer once all are closed. */
function booksOf({ world, lotMethod }: Prepared, journal: JournalStore, sha256: Sha256): Part {
  const [{ code, digits }] = world.currencies;
  const ledger = createLedger({
    currency: code,
    digits,
    lotMethod,
    instruments: world.instruments,
    keepTransactions: true,
  });
  for (const { body } of journal.rows(1)) ledger.apply(decodeBody(body));
  const text = JSON.stringify(ledger.transactions, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return ["ledger transactions", sha256(text)];
}

/** Rows and terminals as the durable store keeps them, a second terminal refused (invariant 2). */
export function memoryJournal(): JournalStore {
  const rows: JournalRow[] = [];
  const terminals = new Map<string, TerminalState>();
  let head: Head = { seq: 0, hash: ZERO_HASH };
  return {
    recorded: head,
    findings: [],
    rows: (fromSeq) => rows.slice(fromSeq - 1),
    append: (batch, ended) => {
      for (const { signalId, state } of ended) {
        if (terminals.has(signalId)) throw new TerminalStateViolation(signalId);
        terminals.set(signalId, state);
      }
      rows.push(...batch);
      const last = rows[rows.length - 1];
      head = { seq: last.seq, hash: last.hash };
      return Promise.resolve(head);
    },
    terminalCounts: () => {
      const counts = new Map<TerminalState, number>();
      for (const state of terminals.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
      return counts;
    },
    recordDocuments: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function memoryArtifacts(sha256: Sha256): ArtifactStore {
  const files = new Map<string, Uint8Array>();
  return {
    write: (file, content) => {
      files.set(file, content);
      return Promise.resolve(sha256(content));
    },
    read: (file) => Promise.resolve(files.get(file) ?? new Uint8Array()),
  };
}

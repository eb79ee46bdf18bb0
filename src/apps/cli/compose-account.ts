/**
 * Wires what reads a trading account without touching it: its journal, with what verification of the
 * chain finds, and the alerts that still wait. A journal at work is read from a copy.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openAlertStore } from "../../adapters/alerts/alert-store.ts";
import { openJournalReadOnly } from "../../adapters/storage/journal-reader.ts";
import { sha256 } from "../../adapters/system/hash.ts";
import { Fault } from "../../domain/fault.ts";
import type { AccountEntry } from "../../domain/trading-entry.ts";
import { decodeAccountBody } from "../../records/journal/chain.ts";
import { verifyChain } from "../../records/journal/verify.ts";
import { ALERTS_FILE } from "./account-folder.ts";

export { HEARTBEAT_FILE, HEARTBEAT_MAXIMUM_SECONDS } from "../../adapters/telemetry/heartbeat.ts";
export { instanceHolder } from "../../adapters/system/instance-lock.ts";
export { sha256 };

export type AccountJournal = {
  readonly entries: readonly AccountEntry[];
  readonly head: { readonly seq: number; readonly hash: string };
  /** What does not hold; empty: every link does. */
  readonly findings: readonly string[];
  /** What a person may want to know of the reading itself. */
  readonly notes: readonly string[];
};

/** Throws Fault("data") where there is no account, ("verify") where an entry does not read. */
export function readAccountJournal(folder: string): AccountJournal {
  if (!existsSync(folder)) {
    throw new Fault(
      "data",
      `${folder} does not exist: nothing was traded there; assay trade MANDATE --mode paper begins`,
      { where: folder },
    );
  }
  const reader = openJournalReadOnly(folder);
  try {
    const rows = [...reader.rows()];
    const head = reader.head ?? { seq: 0, hash: "" };
    const findings =
      reader.head === null
        ? ["there is no HEAD file"]
        : verifyChain(rows, reader.head, sha256).map(({ message }) => message);
    const entries = rows.map(({ seq, body }) => decoded(folder, seq, body));
    const { seq, hash } = head;
    return { entries, head: { seq, hash }, findings, notes: reader.findings };
  } finally {
    reader.close();
  }
}

function decoded(folder: string, seq: number, body: string): AccountEntry {
  try {
    return decodeAccountBody(body);
  } catch (cause) {
    throw new Fault("verify", `${folder}: entry ${seq} does not read; restore it from a copy`, {
      where: folder,
      cause,
    });
  }
}

/** Null where no alert was ever raised. */
export function alertCounts(
  folder: string,
): { readonly waiting: number; readonly dead: number } | null {
  const path = join(folder, ALERTS_FILE);
  if (!existsSync(path)) return null;
  const store = openAlertStore(path);
  try {
    return store.counts();
  } finally {
    store.close();
  }
}

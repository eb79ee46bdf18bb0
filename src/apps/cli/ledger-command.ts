/** `assay ledger export`: a run's books, folded from its journal alone, for another program. */
import { Fault } from "../../domain/fault.ts";
import type { JournalPayload } from "../../domain/journal-entry.ts";
import { decodeBody } from "../../records/journal/chain.ts";
import { exportBeancount } from "../../records/ledger/export-beancount.ts";
import { exportCsv } from "../../records/ledger/export-csv.ts";
import { exportHledger } from "../../records/ledger/export-hledger.ts";
import { createLedger, type Ledger } from "../../records/ledger/fold.ts";
import { openPacks } from "./compose.ts";
import { readSoundJournal } from "./compose-records.ts";
import { findRun, type RunQuery } from "./find-run.ts";

export const LEDGER_FORMATS = ["beancount", "hledger", "csv"] as const;
export type LedgerFormat = (typeof LEDGER_FORMATS)[number];

export async function exportLedger(query: RunQuery & { format: LedgerFormat }): Promise<string> {
  const { home, run } = findRun(query);
  const ledger = await foldRun(home, run.folder);
  const title = `Assay run ${run.name}`;
  switch (query.format) {
    case "beancount":
      return exportBeancount(ledger, { title });
    case "hledger":
      return exportHledger(ledger, { title });
    case "csv":
      return exportCsv(ledger);
  }
}

async function foldRun(home: string, folder: string): Promise<Ledger> {
  const reader = readSoundJournal(folder);
  try {
    let ledger: Ledger | null = null;
    for (const { body } of reader.rows()) {
      const entry = decodeBody(body);
      if (ledger === null) ledger = await openLedger(home, entry.payload);
      ledger.apply(entry);
    }
    if (ledger === null)
      throw new Fault("data", `${folder}: the journal is empty, there are no books to export`);
    return ledger;
  } finally {
    reader.close();
  }
}

/** The first entry names the pack, which holds the instruments, and the lot method. */
async function openLedger(home: string, first: JournalPayload): Promise<Ledger> {
  if (first.kind !== "run_started")
    throw new Fault("verify", "the journal does not begin with run_started");
  const pack = await (await openPacks(home)).get(first.pack_id);
  const instruments = pack.series.map((s) => s.instrument);
  const { currency, currencyDigits } = instruments[0];
  return createLedger({
    currency,
    digits: currencyDigits,
    lotMethod: first.lot_method,
    instruments: instruments.filter((i) => i.currency === currency),
    keepTransactions: true,
  });
}

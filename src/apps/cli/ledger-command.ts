/** `assay ledger export`: a run's books, folded from its journal alone, for another program. */
import { exportBeancount } from "../../records/ledger/export-beancount.ts";
import { exportCsv } from "../../records/ledger/export-csv.ts";
import { exportHledger } from "../../records/ledger/export-hledger.ts";
import type { Ledger } from "../../records/ledger/fold.ts";
import { openBooks } from "./books.ts";
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
  const { entries, ledger } = await openBooks(home, folder);
  for (const entry of entries) ledger.apply(entry);
  return ledger;
}

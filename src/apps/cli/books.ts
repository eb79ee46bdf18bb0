/** A run's recorded entries with an empty ledger to fold them into, and the pack they refer to. */
import { Fault } from "../../domain/fault.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Pack } from "../../domain/pack.ts";
import { decodeBody } from "../../records/journal/chain.ts";
import { isoDigits } from "../../records/ledger/currency.ts";
import { createLedger, type Ledger, type LedgerEntry } from "../../records/ledger/fold.ts";
import { openPacks } from "./compose.ts";
import { readSoundJournal } from "./compose-records.ts";

export type Books = {
  readonly pack: Pack;
  readonly entries: readonly LedgerEntry[];
  readonly ledger: Ledger;
};

/** The first entry names pack and lot method, the first deposit the account's currency. */
export async function openBooks(home: string, folder: string): Promise<Books> {
  const entries = readEntries(folder);
  const first = entries[0]?.payload;
  const flow = entries.find(({ payload }) => payload.kind === "flow")?.payload;
  if (first?.kind !== "run_started" || flow?.kind !== "flow") {
    throw new Fault(
      "data",
      `${folder}: the journal ends before the first deposit; there are no books yet`,
    );
  }
  const pack = await (await openPacks(home)).get(first.pack_id);
  const named = namedIn(entries);
  const all = pack.series.map((s) => s.instrument);
  const instruments = all.filter((i) => named.has(i.id));
  if (instruments.length === 0) {
    throw new Fault(
      "data",
      `${folder}: the run asked for no instrument; its books hold the deposit alone`,
    );
  }
  const ledger = createLedger({
    currency: flow.currency,
    digits: digitsOf(flow.currency, instruments),
    lotMethod: first.lot_method,
    instruments,
    keepTransactions: true,
  });
  return { pack, entries, ledger };
}

/** As the pack's instruments say; else as ISO 4217 does. */
function digitsOf(currency: string, instruments: readonly Instrument[]): number {
  const own = instruments.find((i) => i.currency === currency);
  const digits = own?.currencyDigits ?? isoDigits(currency);
  if (digits !== null) return digits;
  throw new Fault("data", `the deposit is in ${currency}, a currency whose digits nobody knows`);
}

function readEntries(folder: string): readonly LedgerEntry[] {
  const reader = readSoundJournal(folder);
  try {
    return Array.from(reader.rows(), ({ body }) => decodeBody(body));
  } finally {
    reader.close();
  }
}

/** Instruments of the run's signals: what else lies in the pack is not the ledger's business. */
function namedIn(entries: readonly LedgerEntry[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (const { payload } of entries) {
    if (payload.kind === "decision") for (const s of payload.signals) named.add(s.instrument);
  }
  return named;
}

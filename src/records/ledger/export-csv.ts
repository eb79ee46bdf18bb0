/**
 * The ledger as CSV (RFC 4180 quoting, LF line ends), one line per posting: for spreadsheets and
 * for checks by other programs. Instruments keep their own ids here. Amounts are exact decimals;
 * `units` is empty except where a position moved.
 */
import { accountName, partOf, type Posting, type Transaction } from "./accounts.ts";
import { amountText, exportBook, lotSizeOf, unitsText } from "./export-format.ts";
import type { Ledger } from "./fold.ts";

const HEADER = "seq,at,narration,account,instrument,units,amount,currency";

export function exportCsv(ledger: Ledger): string {
  exportBook(ledger);
  const lines = [HEADER];
  for (const transaction of ledger.transactions) {
    for (const posting of transaction.postings) lines.push(line(ledger, transaction, posting));
  }
  return `${lines.join("\n")}\n`;
}

function line(ledger: Ledger, { seq, at, narration }: Transaction, posting: Posting): string {
  const { account, instrument, lots, amountMinor, currency } = posting;
  const units =
    instrument === null || lots === 0 ? "" : unitsText(lots, lotSizeOf(ledger, instrument));
  return [
    String(seq),
    at,
    narration,
    accountName(account, partOf(posting, ledger.currency)),
    instrument ?? "",
    units,
    amountText(amountMinor, ledger.digitsOf(currency)),
    currency,
  ]
    .map(field)
    .join(",");
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

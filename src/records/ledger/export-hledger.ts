/**
 * The ledger as an hledger journal that `hledger check --strict` accepts: every account and
 * commodity is declared. Lots enter and leave at cost with a total price (@@) and the gain is a
 * posting of its own. A last transaction of zero amounts asserts every balance, so that hledger
 * proves our totals too. Symbols are spelled as for beancount. Amounts are exact decimals.
 */
import type { Posting, Transaction } from "./accounts.ts";
import {
  amountText,
  type ExportBook,
  type ExportTerms,
  exportBook,
  lotSizeOf,
  lotText,
  plainText,
  unitsText,
} from "./export-format.ts";
import type { Ledger } from "./fold.ts";

/** Empty books give declarations alone. */
export function exportHledger(ledger: Ledger, terms: ExportTerms): string {
  const book = exportBook(ledger);
  const lines = [`; ${plainText(terms.title)}`, "", "decimal-mark .", ...declarations(book), ""];
  for (const transaction of ledger.transactions) lines.push(...entry(book, transaction));
  const last = ledger.transactions.at(-1);
  if (last !== undefined) lines.push(...assertions(book, last.at.slice(0, 10)));
  return `${lines.join("\n")}\n`;
}

/** A commodity's sample shows its decimals; hledger wants the mark even where none follow. */
function declarations({ ledger, symbols, accounts }: ExportBook): readonly string[] {
  const lines = [`commodity ${withMark(amountText(0n, ledger.digits))} ${ledger.currency}`];
  for (const [id, symbol] of symbols) {
    const sample = unitsText(1, lotSizeOf(ledger, id)).replace(/\d/g, "0");
    lines.push(`commodity ${withMark(sample)} "${symbol}"  ; instrument: ${plainText(id)}`);
  }
  for (const { name } of accounts) lines.push(`account ${name}`);
  return lines;
}

function entry(book: ExportBook, transaction: Transaction): readonly string[] {
  const { seq, at, narration, postings } = transaction;
  const time = at.length > 10 ? `, at: ${at}` : "";
  const lines = [`${at.slice(0, 10)} * ${plainText(narration)}  ; seq: ${seq}${time}`];
  for (const posting of postings) lines.push(...postingLines(book, posting));
  return [...lines, ""];
}

function postingLines(book: ExportBook, posting: Posting): readonly string[] {
  const { account, instrument, amountMinor, currency } = posting;
  const name = book.nameOf(posting);
  if (account !== "position" || instrument === null) {
    return [`    ${name}  ${amountText(amountMinor, book.ledger.digits)} ${currency}`];
  }
  const text = lotText(book.ledger, posting, instrument);
  const symbol = book.symbols.get(instrument);
  const held = `    ${name}  ${text.units} "${symbol}" @@ ${text.cost} ${currency}`;
  return text.besides === null ? [held] : [held, `    ${name}  ${text.besides} ${currency}`];
}

function assertions({ ledger, accounts }: ExportBook, date: string): readonly string[] {
  const lines = [`${date} * Balances asserted`];
  const none = amountText(0n, ledger.digits);
  for (const { name, balanceMinor, units, symbol } of accounts) {
    const balance = amountText(balanceMinor, ledger.digits);
    lines.push(
      units === null
        ? `    ${name}  ${none} ${ledger.currency} = ${balance} ${ledger.currency}`
        : `    ${name}  0 "${symbol}" = ${units} "${symbol}"`,
    );
  }
  return lines;
}

function withMark(sample: string): string {
  return sample.includes(".") ? sample : `${sample}.`;
}

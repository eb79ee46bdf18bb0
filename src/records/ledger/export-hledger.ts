/**
 * The ledger as an hledger journal that `hledger check --strict` accepts: every account and
 * commodity is declared. Lots enter and leave at cost with a total price (@@) and the gain is a
 * posting of its own. A last transaction of zero amounts asserts every balance, so that hledger
 * proves our totals too. Symbols are spelled as for beancount. Amounts are exact decimals, each in its
 * own currency; rates are P directives.
 */
import type { Posting, Transaction } from "./accounts.ts";
import {
  amountText,
  type ExportBook,
  type ExportTerms,
  exportBook,
  lotSizeOf,
  lotText,
  moneyText,
  plainText,
  rateText,
  unitsText,
} from "./export-format.ts";
import type { Ledger } from "./fold.ts";

/** Empty books give declarations alone. */
export function exportHledger(ledger: Ledger, terms: ExportTerms): string {
  const book = exportBook(ledger);
  const lines = [`; ${plainText(terms.title)}`, "", "decimal-mark .", ...declarations(book), ""];
  for (const transaction of ledger.transactions) lines.push(...entry(book, transaction));
  for (const { date, currency, rate } of terms.fxPrices ?? []) {
    lines.push(`P ${date} ${currency} ${rateText(rate)} ${ledger.currency}`);
  }
  const last = ledger.transactions.at(-1);
  if (last !== undefined) lines.push(...assertions(book, last.at.slice(0, 10)));
  return `${lines.join("\n")}\n`;
}

/** A commodity's sample shows its decimals; hledger wants the mark even where none follow. */
function declarations({ ledger, currencies, symbols, accounts }: ExportBook): readonly string[] {
  const lines = currencies.map(
    (currency) => `commodity ${withMark(amountText(0n, ledger.digitsOf(currency)))} ${currency}`,
  );
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
    return [`    ${name}  ${moneyText(book.ledger, amountMinor, currency)}`];
  }
  const text = lotText(book.ledger, posting, instrument);
  const symbol = book.symbols.get(instrument);
  const held = `    ${name}  ${text.units} "${symbol}" @@ ${text.cost}`;
  return text.besides === null ? [held] : [held, `    ${name}  ${text.besides}`];
}

function assertions({ ledger, accounts }: ExportBook, date: string): readonly string[] {
  const lines = [`${date} * Balances asserted`];
  for (const { name, currency, balanceMinor, units, symbol } of accounts) {
    const none = moneyText(ledger, 0n, currency);
    const balance = moneyText(ledger, balanceMinor, currency);
    lines.push(
      units === null
        ? `    ${name}  ${none} = ${balance}`
        : `    ${name}  0 "${symbol}" = ${units} "${symbol}"`,
    );
  }
  return lines;
}

function withMark(sample: string): string {
  return sample.includes(".") ? sample : `${sample}.`;
}

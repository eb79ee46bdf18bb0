/**
 * The ledger as a beancount file that bean-check accepts. Booking is NONE: lots were chosen here,
 * and each leg states its own total cost in double braces, so beancount adds up and does not
 * choose again. The file ends with balance directives on every account, so that bean-check proves
 * our totals too. Amounts are exact decimals, each in its own currency; rates are price directives.
 */
import { invariant } from "../../base/assert.ts";
import { DAY_MS, formatDate, parseIsoDate } from "../../base/instant.ts";
import type { Posting, Transaction } from "./accounts.ts";
import {
  amountText,
  type ExportBook,
  type ExportTerms,
  exportBook,
  lotText,
  moneyText,
  plainText,
  rateText,
} from "./export-format.ts";
import type { Ledger } from "./fold.ts";

/** Empty books have no dates and give a file with options alone. */
export function exportBeancount(ledger: Ledger, terms: ExportTerms): string {
  const book = exportBook(ledger);
  const lines = [
    `option "title" "${plainText(terms.title)}"`,
    `option "operating_currency" "${ledger.currency}"`,
    'option "booking_method" "NONE"',
    // Whole currencies give beancount no digits to infer a tolerance for its 28-digit quotients.
    'option "inferred_tolerance_default" "*:0.000001"',
    "",
  ];
  const first = ledger.transactions[0];
  const last = ledger.transactions.at(-1);
  if (first !== undefined && last !== undefined) {
    lines.push(...openings(book, first.at.slice(0, 10)));
    for (const transaction of ledger.transactions) lines.push(...entry(book, transaction));
    for (const { date, currency, rate } of terms.fxPrices ?? []) {
      lines.push(`${date} price ${currency}  ${rateText(rate)} ${ledger.currency}`);
    }
    lines.push(...balances(book, dayAfter(last.at)));
  }
  return `${lines.join("\n")}\n`;
}

function openings({ currencies, symbols, accounts }: ExportBook, date: string): readonly string[] {
  const lines = currencies.map((currency) => `${date} commodity ${currency}`);
  for (const [id, symbol] of symbols) {
    lines.push(`${date} commodity ${symbol}`, `  instrument: "${plainText(id)}"`);
  }
  for (const { name } of accounts) lines.push(`${date} open ${name}`);
  return [...lines, ""];
}

function entry(book: ExportBook, transaction: Transaction): readonly string[] {
  const { seq, at, narration, postings } = transaction;
  const lines = [`${at.slice(0, 10)} * "${plainText(narration)}"`, `  seq: ${seq}`];
  if (at.length > 10) lines.push(`  at: "${at}"`);
  for (const posting of postings) lines.push(...postingLines(book, posting));
  return [...lines, ""];
}

function postingLines(book: ExportBook, posting: Posting): readonly string[] {
  const { account, instrument, amountMinor, currency } = posting;
  const name = book.nameOf(posting);
  if (account !== "position" || instrument === null) {
    return [`  ${name}  ${moneyText(book.ledger, amountMinor, currency)}`];
  }
  const text = lotText(book.ledger, posting, instrument);
  const symbol = book.symbols.get(instrument);
  const held = `  ${name}  ${text.units} ${symbol} {{${text.cost}}}`;
  return text.besides === null ? [held] : [held, `  ${name}  ${text.besides}`];
}

/** A balance directive holds at the start of its day; "~ 0" asks for the exact amount. */
function balances({ ledger, accounts }: ExportBook, date: string): readonly string[] {
  return accounts.map(({ name, currency, balanceMinor, units, symbol }) =>
    units === null
      ? `${date} balance ${name}  ${amountText(balanceMinor, ledger.digitsOf(currency))} ~ 0 ${currency}`
      : `${date} balance ${name}  ${units} ~ 0 ${symbol}`,
  );
}

function dayAfter(at: string): string {
  const ms = parseIsoDate(at.slice(0, 10));
  invariant(ms !== null, 11, () => `a transaction is dated ${at}, which is not a date`);
  return formatDate(ms + DAY_MS);
}

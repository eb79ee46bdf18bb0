/**
 * What the plain-text exports share: exact amounts as text, and symbols that both beancount and
 * hledger accept. Beancount is the stricter one: a commodity is 2 to 24 of A-Z 0-9 ' . _ -, starts
 * with a letter and ends with a letter or digit; an account name takes no dot. So BRK.B is written
 * BRK-B, ^SPX is SPX, and what still clashes gets a number. The original stands beside it in the
 * file as metadata.
 */
import { invariant } from "../../base/assert.ts";
import { decimalOf, formatDecimal, multiply } from "../../base/decimal.ts";
import { type AccountKind, accountName, partOf, type Posting } from "./accounts.ts";
import type { Ledger } from "./fold.ts";

export type ExportTerms = {
  /** First lines of a file: which run, which journal head. */
  readonly title: string;
  /** Units of the account's currency for one unit, on ISO dates: price directives. */
  readonly fxPrices?: readonly {
    readonly date: string;
    readonly currency: string;
    readonly rate: number;
  }[];
};

/** An account that some transaction posts to, with what stands in it at the end. */
export type ExportAccount = {
  readonly kind: AccountKind;
  readonly name: string;
  /** Original id and its spelling in the file, for accounts of an instrument. */
  readonly instrument: string | null;
  readonly symbol: string | null;
  readonly currency: string;
  readonly balanceMinor: bigint;
  /** Units held, for a position. */
  readonly units: string | null;
};

/** The ledger with the names a file uses. */
export type ExportBook = {
  readonly ledger: Ledger;
  /** The account's own first. */
  readonly currencies: readonly string[];
  /** In order of first use. */
  readonly accounts: readonly ExportAccount[];
  /** Original id -> symbol, ascending by id. */
  readonly symbols: ReadonlyMap<string, string>;
  readonly nameOf: (posting: Posting) => string;
};

/** A held lot's text: quantity in units, its total cost, and cost that no unit price can express. */
export type LotText = {
  readonly units: string;
  /** With its currency, as is what stands beside it. */
  readonly cost: string;
  /** Where the price paid was negative: beancount takes no such cost, so money stands beside it. */
  readonly besides: string | null;
};

const LONGEST = 20;
const KEYWORDS = ["TRUE", "FALSE", "NULL"];

/** Minor units with all digits of the currency: -1234.50. */
export function amountText(minor: bigint, digits: number): string {
  const size = String(minor < 0n ? -minor : minor).padStart(digits + 1, "0");
  const sign = minor < 0n ? "-" : "";
  const cut = size.length - digits;
  return digits === 0 ? sign + size : `${sign}${size.slice(0, cut)}.${size.slice(cut)}`;
}

/** Whole lots as units of the instrument: 3 lots of 0.001 are 0.003. */
export function unitsText(lots: number, lotSize: number): string {
  return formatDecimal(multiply(decimalOf(lots), decimalOf(lotSize)));
}

/** A posting's or an account's money in its own currency: 12.50 EUR. */
export function moneyText(ledger: Ledger, minor: bigint, currency: string): string {
  return `${amountText(minor, ledger.digitsOf(currency))} ${currency}`;
}

/** A rate in plain notation: neither format takes an exponent. */
export function rateText(rate: number): string {
  return formatDecimal(decimalOf(rate));
}

/** Both formats take a total cost without sign and give it the sign of the quantity. */
export function lotText(ledger: Ledger, posting: Posting, instrument: string): LotText {
  const { lots, amountMinor: costMinor, currency } = posting;
  const units = unitsText(lots, lotSizeOf(ledger, instrument));
  const pricedNegative = costMinor !== 0n && costMinor > 0n !== lots > 0;
  if (pricedNegative) {
    const besides = moneyText(ledger, costMinor, currency);
    return { units, cost: moneyText(ledger, 0n, currency), besides };
  }
  const size = costMinor < 0n ? -costMinor : costMinor;
  return { units, cost: moneyText(ledger, size, currency), besides: null };
}

/** Refuses a ledger that did not keep its transactions (invariant 11). */
export function exportBook(ledger: Ledger): ExportBook {
  const used = new Map<string, Posting>();
  for (const { postings } of ledger.transactions) {
    for (const posting of postings) {
      const key = accountName(posting.account, partOf(posting, ledger.currency));
      if (!used.has(key)) used.set(key, posting);
    }
  }
  invariant(
    used.size === ledger.balances.size,
    11,
    () =>
      `${ledger.balances.size} accounts, but transactions for ${used.size}: nothing to export from`,
  );
  const ids = [...used.values()].flatMap((posting) => posting.instrument ?? []);
  const currencies = [ledger.currency, ...ledger.foreign.keys()];
  const symbols = symbolsOf(ids, ...currencies);
  const nameOf = (posting: Posting) => {
    const part = partOf(posting, ledger.currency);
    return accountName(
      posting.account,
      posting.instrument === null ? part : (symbols.get(posting.instrument) ?? null),
    );
  };
  const accounts = [...used].map(([key, posting]) => {
    const { account: kind, instrument, currency } = posting;
    return {
      kind,
      name: nameOf(posting),
      instrument,
      symbol: instrument === null ? null : (symbols.get(instrument) ?? null),
      currency,
      balanceMinor: ledger.balances.get(key) ?? 0n,
      units: kind === "position" && instrument !== null ? unitsHeld(ledger, instrument) : null,
    };
  });
  return { ledger, currencies, accounts, symbols, nameOf };
}

/** Size of one lot in units. */
export function lotSizeOf(ledger: Ledger, id: string): number {
  const instrument = ledger.instruments.get(id);
  invariant(instrument !== undefined, 11, () => `a posting names ${id}, an unknown instrument`);
  return instrument.lot;
}

/** One symbol per instrument; codes of currencies and beancount's keywords are taken. */
export function symbolsOf(
  instruments: readonly string[],
  ...currencies: readonly string[]
): ReadonlyMap<string, string> {
  const taken = new Set([...currencies, ...KEYWORDS]);
  const symbols = new Map<string, string>();
  const ids = [...new Set(instruments)].sort((a, b) => (a < b ? -1 : 1));
  for (const id of ids) {
    const plain = plainSymbol(id);
    let symbol = plain;
    for (let n = 2; taken.has(symbol); n++) symbol = `${plain}-${n}`;
    taken.add(symbol);
    symbols.set(id, symbol);
  }
  return symbols;
}

function unitsHeld(ledger: Ledger, id: string): string {
  const lots = ledger.positions.get(id)?.lots ?? 0;
  return unitsText(lots, lotSizeOf(ledger, id));
}

function plainSymbol(id: string): string {
  const body = id
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, LONGEST - 2)
    .replace(/-$/, "");
  return /^[A-Z]./.test(body) ? body : `X-${body === "" ? "0" : body}`;
}

/** Text for a quoted or one-line place: no quotes, no line breaks, no comment sign. */
export function plainText(text: string): string {
  return text.replace(/["\\;|\r\n]+/g, " ").trim();
}

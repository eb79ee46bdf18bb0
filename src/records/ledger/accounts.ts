/**
 * The chart of accounts and the shape of a transaction. Amounts are BigInt minor units, signed as
 * in beancount: assets and expenses grow with plus, equity and income with minus, and every
 * transaction sums to zero in each currency. A position stands at cost, and its posting also says
 * how many whole lots moved. Every account holds one currency: an instrument's its own, any other
 * the account's, unless its name ends in another code (Assets:Cash:EUR).
 */

export type AccountKind =
  | "cash"
  | "position"
  | "receivable"
  /** What a future's fills owe until variation margin pays it: minus its marked value at a close. */
  | "settlement"
  | "flows"
  /** What positions that were there before the books were worth when they were taken over. */
  | "opening"
  /** Money a venue moved under no name of ours. */
  | "other"
  | "realised"
  | "dividends"
  | "fees"
  | "financing"
  | "borrow";

export type Posting = {
  readonly account: AccountKind;
  /** Set for accounts that exist once per instrument, else null. */
  readonly instrument: string | null;
  readonly currency: string;
  readonly amountMinor: bigint;
  /** Signed whole lots that moved at this cost; 0 except on a position. */
  readonly lots: number;
};

export type Transaction = {
  /** Journal entry it was folded from. Two transactions share one when a fill crosses zero. */
  readonly seq: number;
  /** Event time as the journal prints it; its first ten characters are the date. */
  readonly at: string;
  readonly narration: string;
  readonly postings: readonly Posting[];
};

/**
 * Full name, such as Assets:Positions:AAPL. `part` is the instrument's symbol, as an export spells
 * it, or for the other accounts a foreign currency's code; null in the account's own currency.
 */
export function accountName(kind: AccountKind, part: string | null): string {
  switch (kind) {
    case "cash":
      return inCurrency("Assets:Cash", part);
    case "position":
      return `Assets:Positions:${part}`;
    case "receivable":
      return `Assets:Receivable:Dividends:${part}`;
    case "settlement":
      return `Assets:Settlement:${part}`;
    case "flows":
      return inCurrency("Equity:Flows", part);
    case "opening":
      return inCurrency("Equity:Opening", part);
    case "other":
      return inCurrency("Income:Other", part);
    case "realised":
      return `Income:Realised:${part}`;
    case "dividends":
      return `Income:Dividends:${part}`;
    case "fees":
      return inCurrency("Expenses:Fees", part);
    case "financing":
      return inCurrency("Expenses:Financing", part);
    case "borrow":
      return inCurrency("Expenses:Borrow", part);
  }
}

/** What a posting's account is named after, in books whose own currency is `own`. */
export function partOf(
  { instrument, currency }: Pick<Posting, "instrument" | "currency">,
  own: string,
): string | null {
  return instrument ?? (currency === own ? null : currency);
}

/** The first currency whose postings do not sum to zero, or null when all do. */
export function imbalance(
  postings: readonly Posting[],
): { readonly currency: string; readonly amountMinor: bigint } | null {
  const sums = new Map<string, bigint>();
  for (const posting of postings) {
    sums.set(posting.currency, (sums.get(posting.currency) ?? 0n) + posting.amountMinor);
  }
  for (const [currency, amountMinor] of sums) {
    if (amountMinor !== 0n) return { currency, amountMinor };
  }
  return null;
}

function inCurrency(name: string, foreign: string | null): string {
  return foreign === null ? name : `${name}:${foreign}`;
}

/**
 * The chart of accounts and the shape of a transaction. Amounts are BigInt minor units, signed as
 * in beancount: assets and expenses grow with plus, equity and income with minus, and every
 * transaction sums to zero in each currency. A position stands at cost, and its posting also says
 * how many whole lots moved.
 */

export type AccountKind =
  | "cash"
  | "position"
  | "receivable"
  | "flows"
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

/** Full name, such as Assets:Positions:AAPL; an export passes the symbol as its format spells it. */
export function accountName(kind: AccountKind, symbol: string | null): string {
  switch (kind) {
    case "cash":
      return "Assets:Cash";
    case "position":
      return `Assets:Positions:${symbol}`;
    case "receivable":
      return `Assets:Receivable:Dividends:${symbol}`;
    case "flows":
      return "Equity:Flows";
    case "realised":
      return `Income:Realised:${symbol}`;
    case "dividends":
      return `Income:Dividends:${symbol}`;
    case "fees":
      return "Expenses:Fees";
    case "financing":
      return "Expenses:Financing";
    case "borrow":
      return "Expenses:Borrow";
  }
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

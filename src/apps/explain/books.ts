/**
 * What the ledger's fold makes of one instrument's journal entries. Its contract size is not in the
 * journal: it is worked out from what was paid, as the roundest number that gives every recorded
 * notional to the minor unit and passes the ledger's own checks; nor is it whether it is a future,
 * which its settlements tell. Where the record does not tell, no postings are shown. Enters: the
 * entries that name the instrument, in order, of a run's journal or of an account's; leaves:
 * transactions by entry.
 */
import { InvariantError } from "../../base/assert.ts";
import { moneyScale, notionalMinor } from "../../base/money.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { accountName, partOf, type Transaction } from "../../records/ledger/accounts.ts";
import { RUN_ARTIFACTS } from "../../records/artifacts/registry.ts";
import { foldLedger, type LedgerEntry } from "../../records/ledger/fold.ts";
import type { RunRecord } from "./record.ts";

/** What is known of an account beside its entries: a run's record, or a trading account's. */
export type BooksSource = Pick<RunRecord, "currency" | "digits" | "rows"> & {
  readonly started: Pick<RunRecord["started"], "lot_method">;
  /** False: nothing on it settles daily. Absent: its entries tell. */
  readonly hasFutures?: false;
};

export type BookedPosting = {
  readonly account: string;
  readonly amount_minor: number;
  readonly currency: string;
  /** Signed; 0 except on a position. */
  readonly lots: number;
};

export type Booked = {
  readonly seq: number;
  readonly narration: string;
  readonly postings: readonly BookedPosting[];
};

export type Books = {
  /** Null: the instrument never cost or earned anything. */
  readonly currency: string | null;
  /** Of its minor unit; null where nobody knows. */
  readonly digits: number | null;
  /** Transactions of one journal entry; null where the fold cannot be done from the record. */
  readonly of: (seq: number) => readonly Booked[] | null;
};

export function openBooks(
  account: BooksSource,
  id: string,
  entries: readonly LedgerEntry[],
): Books {
  const own = entries.flatMap((entry) => only(id, entry));
  const currency = currencyOf(id, own);
  const digits = currency === account.currency ? account.digits : digitsOf(account, id, own);
  const transactions =
    currency === null || digits === null ? null : folded(account, { id, currency, digits }, own);
  const bySeq = new Map<number, Booked[]>();
  for (const transaction of transactions ?? []) {
    const list = bySeq.get(transaction.seq) ?? [];
    bySeq.set(transaction.seq, [...list, bookedOf(transaction, account.currency)]);
  }
  const isEmpty = currency === null;
  return {
    currency,
    digits,
    of: (seq) => (transactions === null && !isEmpty ? null : (bySeq.get(seq) ?? [])),
  };
}

/** What posts and is this instrument's; of a settlement of several, its own part. */
function only(id: string, { seq, at, payload }: LedgerEntry): readonly LedgerEntry[] {
  switch (payload.kind) {
    case "settlement": {
      const settled = payload.settled.filter(({ instrument }) => instrument === id);
      return settled.length === 0 ? [] : [{ seq, at, payload: { ...payload, settled } }];
    }
    case "accrual":
    case "split":
    case "dividend":
    case "dividend_paid":
    case "fill":
    case "roll":
    case "venue_cash":
    case "position_adopted":
      return payload.instrument === id ? [{ seq, at, payload }] : [];
    default:
      return [];
  }
}

function currencyOf(id: string, entries: readonly LedgerEntry[]): string | null {
  for (const { payload } of entries) {
    if (payload.kind === "settlement") {
      const found = payload.settled.find(({ instrument }) => instrument === id);
      if (found !== undefined) return found.currency;
    } else if ("currency" in payload) return payload.currency;
  }
  return null;
}

/** Of a foreign currency: its amounts are in minor units in the journal, in whole ones in fills.csv. */
function digitsOf(record: BooksSource, id: string, entries: readonly LedgerEntry[]): number | null {
  const minor = entries.flatMap(tradesOf).find(({ notional }) => notional !== 0);
  const whole = record
    .rows(RUN_ARTIFACTS.fills, (line) => line.includes(id))
    .find((row) => row["instrument"] === id && row["notional"] !== 0);
  if (minor === undefined || whole === undefined) return null;
  return Math.round(Math.log10(minor.notional / Number(whole["notional"])));
}

type Terms = { readonly id: string; readonly currency: string; readonly digits: number };

function folded(
  account: BooksSource,
  terms: Terms,
  entries: readonly LedgerEntry[],
): readonly Transaction[] | null {
  const isFuture = isSettledDaily(account, terms.id, entries);
  if (isFuture === null) return null;
  for (const size of contractSizes(terms.digits, entries)) {
    const instrument = instrumentOf(terms, size, isFuture);
    try {
      return foldLedger(entries, {
        currency: account.currency,
        digits: account.digits,
        lotMethod: account.started.lot_method,
        instruments: [instrument],
        keepTransactions: true,
      }).transactions;
    } catch (error) {
      // A size that fits every trade but not a settlement is not the one: a longer number is tried.
      if (!(error instanceof InvariantError)) throw error;
    }
  }
  return null;
}

/**
 * A future's every change of price is settled at the close; where a price moved and nothing was, it
 * is none. Null where no price ever moved: then the record does not tell, and nothing is guessed.
 */
function isSettledDaily(
  record: BooksSource,
  id: string,
  entries: readonly LedgerEntry[],
): boolean | null {
  if (record.hasFutures === false) return false;
  const isFuture = ({ payload: { kind } }: LedgerEntry) => kind === "settlement" || kind === "roll";
  if (entries.some(isFuture)) return true;
  if (!entries.some(({ payload: { kind } }) => kind === "fill")) return false;
  const marks = record
    .rows(RUN_ARTIFACTS.positions, (line) => line.includes(id))
    .flatMap((row) => (row["instrument"] === id ? [row["mark"]] : []));
  const prices = new Set([...marks, ...entries.flatMap(tradesOf).map(({ price }) => price)]);
  return prices.size > 1 ? false : null;
}

function instrumentOf(
  { id, currency, digits }: Terms,
  size: number,
  isFuture: boolean,
): Instrument {
  return {
    id,
    assetClass: isFuture ? "future" : "equity",
    currency,
    currencyDigits: digits,
    lot: 1,
    tick: null,
    multiplier: size,
    allowNonpositive: true,
    sector: null,
    calendar: null,
    initialMargin: null,
  };
}

type Trade = { readonly lots: number; readonly price: number; readonly notional: number };

/** Money per lot and unit of price, roundest first: those that give every notional exactly. */
function contractSizes(digits: number, entries: readonly LedgerEntry[]): readonly number[] {
  const trades = entries.flatMap(tradesOf).filter(({ lots, price }) => lots * price !== 0);
  const [largest] = trades.toSorted((a, b) => Math.abs(b.notional) - Math.abs(a.notional));
  if (largest === undefined) return [1];
  const measured = largest.notional / (largest.lots * largest.price) / 10 ** digits;
  const sizes = new Set<number>();
  for (let places = 1; places <= 17; places++) sizes.add(Number(measured.toPrecision(places)));
  return [...sizes].filter((size) => {
    const scale = moneyScale(1, size, digits);
    return trades.every(
      ({ lots, price, notional }) => notionalMinor(lots, price, scale) === notional,
    );
  });
}

function tradesOf({ payload }: LedgerEntry): readonly Trade[] {
  if (payload.kind === "fill" || payload.kind === "position_adopted") {
    return [{ lots: payload.lots, price: payload.price, notional: payload.notional_minor }];
  }
  if (payload.kind !== "roll") return [];
  const { lots, from_price: from, to_price: to } = payload;
  return [
    { lots: -lots, price: from, notional: payload.from_notional_minor },
    { lots, price: to, notional: payload.to_notional_minor },
  ];
}

function bookedOf({ seq, narration, postings }: Transaction, own: string): Booked {
  return {
    seq,
    narration,
    postings: postings.map((posting) => ({
      account: accountName(posting.account, partOf(posting, own)),
      amount_minor: Number(posting.amountMinor),
      currency: posting.currency,
      lots: posting.lots,
    })),
  };
}

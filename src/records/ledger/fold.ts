/**
 * The ledger: double-entry books folded from journal entries, exact and rebuildable (invariant 11).
 * Entries come in seq order; fills, rolls, settlements, splits, dividends, accruals and flows post,
 * and of an account what its venue paid and held before; the rest does not. Money stands in the currency it was paid in: the account's, or an instrument's.
 * Net asset value is, in each currency, cash + receivables + settlement accounts + positions, each
 * marked and rounded by itself, then converted and rounded once (spec definitions, "Money"). What a
 * change of rates did is attributed at every close.
 * Refuses entries out of order, unknown instruments and currencies, postings that do not balance and
 * a close without variation margin (invariant 11), and what is held without a mark or a rate
 * (invariant 22).
 */
import { invariant } from "../../base/assert.ts";
import { convertMinor, type MoneyScale, moneyScale, notionalMinor } from "../../base/money.ts";
import { type Instrument, isFuture } from "../../domain/instrument.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import { type AccountKind, accountName, imbalance, partOf, type Transaction } from "./accounts.ts";
import {
  type CurrencyBook,
  currencyBook,
  foreignBooks,
  type HeldPosition,
} from "./currency-book.ts";
import { type Attribution, attribute, type Rates } from "./foreign.ts";
import { costHeld, createLotBook, type Lot, type LotMethod, lotsHeld } from "./lots.ts";
import type { Booking, Draft, Shelf, Totals } from "./booking.ts";
import { draftsOf } from "./postings.ts";

/** Of a run's journal, or of an account's. */
export type LedgerEntry = AccountEntry;

export type LedgerOptions = {
  /** ISO 4217 code and digits of the account. */
  readonly currency: string;
  readonly digits: number;
  readonly lotMethod: LotMethod;
  readonly instruments: readonly Instrument[];
  /** False: balances and lots only, for the daily check of a long run. */
  readonly keepTransactions: boolean;
};

/** Raw price of an instrument now; NaN where there is none. */
export type Marks = (instrumentId: string) => number;

export type PositionBook = {
  readonly instrument: Instrument;
  readonly scale: MoneyScale;
  /** Net signed lots counted from fills and splits. */
  readonly lots: number;
  /** The next to be taken last; their sum is `lots`. */
  readonly openLots: readonly Lot[];
};

/** What the journal says of one foreign currency, and what its rate did. */
export type ForeignBook = {
  readonly digits: number;
  readonly totals: Readonly<Totals>;
  /** Up to the last close. */
  readonly attribution: Attribution;
};

/** What stands in the books: a plain view, so that a test can falsify one. */
export type LedgerBooks = {
  readonly currency: string;
  readonly digits: number;
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Full account name -> minor units. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** Every instrument ever held, flat ones included. */
  readonly positions: ReadonlyMap<string, PositionBook>;
  /** In the account's own currency. */
  readonly totals: Readonly<Totals>;
  readonly foreign: ReadonlyMap<string, ForeignBook>;
};

export type Ledger = LedgerBooks & {
  readonly transactions: readonly Transaction[];
  readonly apply: (entry: LedgerEntry) => void;
  /** All cash, each currency converted and rounded by itself. */
  readonly cashMinor: (rates: Rates) => number;
  /** Cash in one currency, in its minor units. */
  readonly cashOf: (currency: string) => number;
  /** Cash + receivables + settlement accounts + marked positions, in the account's minor units. */
  readonly navMinor: (marks: Marks, rates: Rates) => number;
  /** At every session's close, in order: checks that futures are settled and attributes FX. */
  readonly close: (marks: Marks, rates: Rates) => void;
  readonly digitsOf: (currency: string) => number;
};

type Shelved = {
  readonly options: LedgerOptions;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly balances: Map<string, bigint>;
  /** Account names by kind and part, so that posting builds no strings. */
  readonly names: Map<string | null, Map<string, string>>;
  readonly positions: Map<string, HeldPosition>;
  readonly futures: HeldPosition[];
  readonly own: CurrencyBook;
  readonly foreign: Map<string, CurrencyBook>;
  readonly transactions: Transaction[];
};
type State = Shelved & { readonly shelf: Shelf; lastSeq: number };

export function createLedger(options: LedgerOptions): Ledger {
  const shelved: Shelved = {
    options,
    instruments: new Map(options.instruments.map((i) => [i.id, i])),
    balances: new Map(),
    names: new Map(),
    positions: new Map(),
    futures: [],
    own: currencyBook(options.currency, options.digits, options.currency),
    foreign: foreignBooks(options),
    transactions: [],
  };
  const state: State = {
    ...shelved,
    shelf: shelfOf(shelved),
    lastSeq: Number.NEGATIVE_INFINITY,
  };
  return {
    currency: options.currency,
    digits: options.digits,
    instruments: state.instruments,
    balances: state.balances,
    positions: state.positions,
    totals: state.own.totals,
    foreign: state.foreign,
    transactions: state.transactions,
    apply: (entry) => applyEntry(state, entry),
    cashMinor: (rates) => cashMinor(state, rates),
    cashOf: (currency) => Number(balanceOf(state, bookOf(state, currency).cash)),
    navMinor: (marks, rates) => navMinor(state, marks, rates),
    close: (marks, rates) => close(state, marks, rates),
    digitsOf: (currency) => bookOf(state, currency).digits,
  };
}

/** The whole journal at once. */
export function foldLedger(entries: Iterable<LedgerEntry>, options: LedgerOptions): Ledger {
  const ledger = createLedger(options);
  for (const entry of entries) ledger.apply(entry);
  return ledger;
}

function applyEntry(state: State, entry: LedgerEntry): void {
  const { seq, payload } = entry;
  invariant(
    seq > state.lastSeq,
    11,
    () => `entry ${seq} comes after entry ${state.lastSeq}: an entry is folded once, in order`,
  );
  state.lastSeq = seq;
  for (const draft of draftsOf(payload, bookingOf(state, entry))) book(state, entry, draft);
}

function bookingOf(state: State, { seq, at, payload }: LedgerEntry): Booking {
  const { currency, totals } = bookFor(state, seq, payload);
  return { currency, seq, at, totals, shelf: state.shelf };
}

function shelfOf(state: Shelved): Shelf {
  return {
    knows: (id) => state.instruments.has(id),
    position: (id) => positionOf(state, id),
    owedMinor: (id) => balanceOf(state, nameOf(state, "settlement", id)),
    totalsOf: (seq, id, named) => bookOfInstrument(state, { seq, id, named }).totals,
  };
}

/** The books of the currency that an entry is in; those without one post nothing, or say it later. */
function bookFor(state: State, seq: number, payload: AccountPayload): CurrencyBook {
  if (payload.kind === "split") {
    return bookOfInstrument(state, { seq, id: payload.instrument, named: null });
  }
  if (!("currency" in payload)) return state.own;
  const { currency, kind } = payload;
  const isPaidOnUnknown = kind === "venue_cash" && !state.instruments.has(payload.instrument ?? "");
  if ("instrument" in payload && payload.instrument !== null && !isPaidOnUnknown) {
    return bookOfInstrument(state, { seq, id: payload.instrument, named: currency });
  }
  const found = currency === state.own.currency ? state.own : state.foreign.get(currency);
  invariant(
    found !== undefined,
    11,
    () =>
      `entry ${seq} (${kind}) is not in ${[state.own.currency, ...state.foreign.keys()].join(", ")} but in ${currency}`,
  );
  return found;
}

/** The books that an instrument's money is in; `named` is the entry's own word for it. */
function bookOfInstrument(
  state: Shelved,
  { seq, id, named }: { readonly seq: number; readonly id: string; readonly named: string | null },
): CurrencyBook {
  const instrument = state.instruments.get(id);
  invariant(instrument !== undefined, 11, () => `entry ${seq}: unknown instrument ${id}`);
  const { currency } = instrument;
  invariant(
    named === null || named === currency,
    11,
    () => `entry ${seq} is in ${named}, but ${id} is in ${currency}`,
  );
  return bookOf(state, currency);
}

function bookOf(state: Shelved, currency: string): CurrencyBook {
  const found = currency === state.own.currency ? state.own : state.foreign.get(currency);
  invariant(found !== undefined, 11, () => `no books are kept in ${currency}`);
  return found;
}

function book(state: State, { seq, at }: LedgerEntry, { postings, narrate }: Draft): void {
  const off = imbalance(postings);
  invariant(
    off === null,
    11,
    () => `entry ${seq}: postings in ${off?.currency} sum to ${off?.amountMinor} minor units`,
  );
  for (const posting of postings) {
    const { account, currency, amountMinor } = posting;
    const name = nameOf(state, account, partOf(posting, state.own.currency));
    if (account === "receivable" || account === "settlement") {
      bookOf(state, currency).claims.add(name);
    }
    state.balances.set(name, (state.balances.get(name) ?? 0n) + amountMinor);
  }
  if (state.options.keepTransactions) {
    state.transactions.push({ seq, at, narration: narrate(), postings });
  }
}

function balanceOf(state: Shelved, name: string): bigint {
  return state.balances.get(name) ?? 0n;
}

function cashMinor(state: State, rates: Rates): number {
  let cash = Number(balanceOf(state, state.own.cash));
  for (const foreign of state.foreign.values()) {
    const local = Number(balanceOf(state, foreign.cash));
    if (local !== 0) cash += converted(state, foreign, local, rates);
  }
  return cash;
}

function navMinor(state: State, marks: Marks, rates: Rates): number {
  let nav = assetsMinor(state, state.own, marks);
  for (const foreign of state.foreign.values()) {
    if (!isEmpty(state, foreign)) {
      nav += converted(state, foreign, assetsMinor(state, foreign, marks), rates);
    }
  }
  return nav;
}

/** In the currency's own minor units. */
function assetsMinor(state: State, book: CurrencyBook, marks: Marks): number {
  let assets = Number(balanceOf(state, book.cash));
  for (const name of book.claims) assets += Number(balanceOf(state, name));
  for (const position of book.positions) {
    if (position.lots !== 0) assets += markedMinor(position, position.lots, marks);
  }
  return assets;
}

/** Nothing stands in it: not even things whose values cancel out. */
function isEmpty(state: State, book: CurrencyBook): boolean {
  if (balanceOf(state, book.cash) !== 0n) return false;
  for (const name of book.claims) if (balanceOf(state, name) !== 0n) return false;
  return book.positions.every((position) => position.lots === 0);
}

function converted(state: State, from: CurrencyBook, minor: number, rates: Rates): number {
  const rate = rates(from.currency);
  invariant(
    rate > 0 && rate < Number.POSITIVE_INFINITY,
    22,
    () => `${minor} minor units of ${from.currency} are held, which has no rate (${rate})`,
  );
  return convertMinor(minor, rate, from.digits, state.own.digits);
}

function close(state: State, marks: Marks, rates: Rates): void {
  for (const future of state.futures) checkSettled(state, future, marks);
  for (const book of state.foreign.values()) {
    let unrealisedMinor = 0n;
    for (const { openLots, instrument, scale } of book.positions) {
      if (openLots.length === 0) continue;
      const marked = markedMinor({ instrument, scale }, lotsHeld(openLots), marks);
      unrealisedMinor += BigInt(marked) - costHeld(openLots);
    }
    const now = {
      assetsMinor: BigInt(assetsMinor(state, book, marks)),
      results: { ...book.totals, unrealisedMinor },
    };
    const { currency } = book;
    book.attribution = attribute(book.attribution, now, { currency, rates });
  }
}

/** At a close nothing is owed on a future: its whole change of value has been paid in cash. */
function checkSettled(state: State, future: HeldPosition, marks: Marks): void {
  const { lots, instrument } = future;
  const balance = balanceOf(state, nameOf(state, "settlement", instrument.id));
  const marked = lots === 0 ? 0 : markedMinor(future, lots, marks);
  invariant(
    BigInt(marked) + balance === 0n,
    11,
    () =>
      `${instrument.id} closes unsettled: ${lots} lots are worth ${marked} minor units at ${marks(instrument.id)}, its settlement account holds ${balance}, which should be ${0 - marked}`,
  );
}

/** Value of `lots` of a position's instrument at its mark. */
export function markedMinor(
  position: Pick<PositionBook, "instrument" | "scale">,
  lots: number,
  marks: Marks,
): number {
  const price = marks(position.instrument.id);
  invariant(
    Number.isFinite(price),
    22,
    () => `${lots} lots of ${position.instrument.id} are held and have no mark (${price})`,
  );
  return notionalMinor(lots, price, position.scale);
}

function positionOf(state: Shelved, id: string): HeldPosition {
  const held = state.positions.get(id);
  if (held !== undefined) return held;
  const instrument = state.instruments.get(id);
  invariant(instrument !== undefined, 11, () => `a position in ${id}, unknown here`);
  const { lot, multiplier, currencyDigits } = instrument;
  const lotBook = createLotBook(state.options.lotMethod);
  const scale = moneyScale(lot, multiplier, currencyDigits);
  const opened = {
    instrument,
    scale,
    lots: 0,
    book: lotBook,
    openLots: lotBook.lots,
  };
  state.positions.set(id, opened);
  bookOf(state, instrument.currency).positions.push(opened);
  if (isFuture(instrument)) state.futures.push(opened);
  return opened;
}

function nameOf(state: Shelved, account: AccountKind, part: string | null): string {
  let names = state.names.get(part);
  if (names === undefined) {
    names = new Map();
    state.names.set(part, names);
  }
  let name = names.get(account);
  if (name === undefined) {
    name = accountName(account, part);
    names.set(account, name);
  }
  return name;
}

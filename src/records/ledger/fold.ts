/**
 * The ledger: double-entry books folded from journal entries, exact and rebuildable (invariant 11).
 * Entries come in seq order; fills, splits, dividends, accruals and flows post, the rest does not.
 * One currency per ledger: the account's, which every instrument must share. Net asset value is
 * cash + receivables + positions, each marked and rounded by itself (spec definitions, "Money").
 * Refuses entries out of order, unknown instruments, foreign currencies and postings that do not
 * balance (invariant 11), and a position without a mark (invariant 22).
 */
import { invariant } from "../../base/assert.ts";
import { type MoneyScale, moneyScale, notionalMinor } from "../../base/money.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { JournalPayload } from "../../domain/journal-entry.ts";
import { accountName, imbalance, type Transaction } from "./accounts.ts";
import { createLotBook, type Lot, type LotMethod } from "./lots.ts";
import { type Draft, draftsOf, type Position, type Totals } from "./postings.ts";

export type LedgerEntry = {
  readonly seq: number;
  readonly at: string;
  readonly payload: JournalPayload;
};

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

/** What stands in the books: a plain view, so that a test can falsify one. */
export type LedgerBooks = {
  /** Full account name -> minor units. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** Every instrument ever held, flat ones included. */
  readonly positions: ReadonlyMap<string, PositionBook>;
  readonly totals: Readonly<Totals>;
};

export type Ledger = LedgerBooks & {
  readonly currency: string;
  readonly digits: number;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly transactions: readonly Transaction[];
  readonly apply: (entry: LedgerEntry) => void;
  readonly cashMinor: () => number;
  /** Cash + receivables + marked positions, minor units. */
  readonly navMinor: (marks: Marks) => number;
};

type HeldPosition = Position & {
  readonly instrument: Instrument;
  readonly scale: MoneyScale;
  readonly openLots: readonly Lot[];
};

type State = {
  readonly options: LedgerOptions;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly balances: Map<string, bigint>;
  /** Account names by kind and instrument, so that posting builds no strings. */
  readonly names: Map<string | null, Map<string, string>>;
  readonly receivables: Set<string>;
  readonly positions: Map<string, HeldPosition>;
  readonly totals: Totals;
  readonly transactions: Transaction[];
  lastSeq: number;
};

export function createLedger(options: LedgerOptions): Ledger {
  for (const { id, currency, currencyDigits } of options.instruments) {
    invariant(
      currency === options.currency && currencyDigits === options.digits,
      11,
      () =>
        `${id} is in ${currency} with ${currencyDigits} digits, the account in ${options.currency} with ${options.digits}: this ledger converts nothing`,
    );
  }
  const state: State = {
    options,
    instruments: new Map(options.instruments.map((i) => [i.id, i])),
    balances: new Map(),
    names: new Map(),
    receivables: new Set(),
    positions: new Map(),
    totals: noTotals(),
    transactions: [],
    lastSeq: Number.NEGATIVE_INFINITY,
  };
  return {
    currency: options.currency,
    digits: options.digits,
    instruments: state.instruments,
    balances: state.balances,
    positions: state.positions,
    totals: state.totals,
    transactions: state.transactions,
    apply: (entry) => applyEntry(state, entry),
    cashMinor: () => cashMinor(state),
    navMinor: (marks) => navMinor(state, marks),
  };
}

/** The whole journal at once. */
export function foldLedger(entries: Iterable<LedgerEntry>, options: LedgerOptions): Ledger {
  const ledger = createLedger(options);
  for (const entry of entries) ledger.apply(entry);
  return ledger;
}

function applyEntry(state: State, entry: LedgerEntry): void {
  const { seq, at, payload } = entry;
  invariant(
    seq > state.lastSeq,
    11,
    () => `entry ${seq} comes after entry ${state.lastSeq}: an entry is folded once, in order`,
  );
  state.lastSeq = seq;
  const { currency } = state.options;
  invariant(
    !("currency" in payload) || payload.currency === currency,
    11,
    () => `entry ${seq} (${payload.kind}) is not in ${currency}`,
  );
  const drafts = draftsOf(payload, {
    currency,
    seq,
    at,
    totals: state.totals,
    position: (id) => positionOf(state, id, seq),
  });
  for (const draft of drafts) book(state, entry, draft);
}

function book(state: State, { seq, at }: LedgerEntry, { postings, narrate }: Draft): void {
  const off = imbalance(postings);
  invariant(
    off === null,
    11,
    () => `entry ${seq}: postings in ${off?.currency} sum to ${off?.amountMinor} minor units`,
  );
  for (const { account, instrument, amountMinor } of postings) {
    const name = nameOf(state, account, instrument);
    if (account === "receivable") state.receivables.add(name);
    state.balances.set(name, (state.balances.get(name) ?? 0n) + amountMinor);
  }
  if (state.options.keepTransactions) {
    state.transactions.push({ seq, at, narration: narrate(), postings });
  }
}

function cashMinor(state: State): number {
  return Number(state.balances.get(accountName("cash", null)) ?? 0n);
}

function navMinor(state: State, marks: Marks): number {
  let nav = cashMinor(state);
  for (const name of state.receivables) nav += Number(state.balances.get(name));
  for (const position of state.positions.values()) {
    if (position.lots !== 0) nav += markedMinor(position, position.lots, marks);
  }
  return nav;
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

function positionOf(state: State, id: string, seq: number): HeldPosition {
  const held = state.positions.get(id);
  if (held !== undefined) return held;
  const instrument = state.instruments.get(id);
  invariant(instrument !== undefined, 11, () => `entry ${seq}: unknown instrument ${id}`);
  const { lot, multiplier, currencyDigits } = instrument;
  const lotBook = createLotBook(state.options.lotMethod);
  const scale = moneyScale(lot, multiplier, currencyDigits);
  const opened = { instrument, scale, lots: 0, book: lotBook, openLots: lotBook.lots };
  state.positions.set(id, opened);
  return opened;
}

function nameOf(
  state: State,
  account: Parameters<typeof accountName>[0],
  instrument: string | null,
): string {
  let names = state.names.get(instrument);
  if (names === undefined) {
    names = new Map();
    state.names.set(instrument, names);
  }
  let name = names.get(account);
  if (name === undefined) {
    name = accountName(account, instrument);
    names.set(account, name);
  }
  return name;
}

function noTotals(): Totals {
  return {
    realisedMinor: 0n,
    dividendsMinor: 0n,
    feesMinor: 0n,
    financingMinor: 0n,
    borrowMinor: 0n,
    flowsMinor: 0n,
  };
}

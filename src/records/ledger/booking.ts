/**
 * What every kind of posting is made with: an entry's place in the books, and the moves that most
 * entries consist of. Amounts are whole minor units, signed as accounts.ts says. Refuses amounts
 * that are not whole (invariant 11), and lots that a strict method may not choose (Fault).
 */
import { invariant } from "../../base/assert.ts";
import type { MoneyScale } from "../../base/money.ts";
import { Fault } from "../../domain/fault.ts";
import { type Instrument, isFuture } from "../../domain/instrument.ts";
import type { AccountKind, Posting } from "./accounts.ts";
import { bookFill, type Leg, type Lot, type LotBook } from "./lots.ts";
import { splitLots, type SplitTerms } from "./split-lots.ts";

/** Sums over the journal's own figures, apart from the accounts: the identity's second side. */
export type Totals = {
  realisedMinor: bigint;
  dividendsMinor: bigint;
  feesMinor: bigint;
  financingMinor: bigint;
  borrowMinor: bigint;
  /** Received under no name of ours. */
  otherMinor: bigint;
  flowsMinor: bigint;
};

export type Position = {
  readonly instrument: Instrument;
  readonly scale: MoneyScale;
  readonly book: LotBook;
  /** Net signed lots counted from fills and splits, apart from the lots in the book. */
  lots: number;
};

/** What postings are made from, in the books of all currencies. */
export type Shelf = {
  /** Whether books are kept of it. */
  readonly knows: (instrument: string) => boolean;
  readonly position: (instrument: string) => Position;
  /** What stands in a future's settlement account. */
  readonly owedMinor: (instrument: string) => bigint;
  /** Totals of an instrument's currency; `currency` is the entry's own word for it. */
  readonly totalsOf: (seq: number, instrument: string, currency: string) => Totals;
};

/** One entry's place in the books of one currency. */
export type Booking = {
  readonly currency: string;
  readonly seq: number;
  readonly at: string;
  readonly totals: Totals;
  readonly shelf: Shelf;
};

/** One balanced set of postings; the words are made only for a ledger that keeps them. */
export type Draft = { readonly postings: readonly Posting[]; readonly narrate: () => string };

/** The legs of a trade: its signed lots, and their value in minor units. */
export function traded(
  position: Position,
  booking: Booking,
  [lots, notional]: readonly [number, number],
): readonly Leg[] {
  const legs = bookFill(position.book, {
    lots,
    notionalMinor: whole(notional, "notional", booking),
    at: booking.at,
    seq: booking.seq,
  });
  if (!legs.ok) {
    throw new Fault(
      "mandate",
      `account.lot_method: entry ${booking.seq} at ${booking.at}, ${position.instrument.id}: ${legs.error.message}; choose fifo, lifo, hifo or average`,
    );
  }
  return legs.value;
}

export function feeOf(payload: { readonly fee_minor: number }, booking: Booking): bigint {
  const fee = whole(payload.fee_minor, "fee", booking);
  booking.totals.feesMinor += fee;
  return fee;
}

export function legPostings(
  leg: Leg,
  position: Position,
  booking: Booking,
  fee: bigint,
): readonly Posting[] {
  const instrument = position.instrument.id;
  const gain = gainOf(leg);
  booking.totals.realisedMinor += gain;
  const paid = isFuture(position.instrument)
    ? posting(booking, "settlement", instrument, -leg.notionalMinor)
    : posting(booking, "cash", null, -leg.notionalMinor);
  return [
    paid,
    ...leg.changes.map((change) => positionPosting(booking, instrument, change)),
    ...nonZero(booking, "realised", instrument, -gain),
    ...nonZero(booking, "fees", null, fee),
    ...nonZero(booking, "cash", null, -fee),
  ];
}

/** Closing: what comes in is -notional, what stood in the books is -atCost. Opening: both are equal. */
export function gainOf(leg: Leg): bigint {
  let atCost = 0n;
  for (const change of leg.changes) atCost += change.costMinor;
  return atCost - leg.notionalMinor;
}

/** Whole new lots for whole old ones; what the vanished fraction cost was lost against what is paid in lieu. */
export function splitDraft(
  booking: Booking,
  terms: SplitTerms & { readonly instrument: string; readonly inLieuMinor: bigint },
): readonly Draft[] {
  const { instrument, inLieuMinor, ratio, lotsBefore, lotsAfter } = terms;
  const position = booking.shelf.position(instrument);
  const result = splitLots(position.book, { ratio, lotsBefore, lotsAfter });
  position.lots += lotsAfter - lotsBefore;
  if (lotsBefore === 0 && inLieuMinor === 0n) return [];
  const gain = inLieuMinor - result.relievedMinor;
  booking.totals.realisedMinor += gain;
  const postings = [
    ...result.before.map((lot) => positionPosting(booking, instrument, negated(lot))),
    ...result.after.map((lot) => positionPosting(booking, instrument, lot)),
    ...nonZero(booking, "cash", null, inLieuMinor),
    ...nonZero(booking, "realised", instrument, -gain),
  ];
  const narrate = () =>
    `Split ${instrument} ${ratio} for 1: ${lotsBefore} lots become ${lotsAfter}`;
  return [{ postings, narrate }];
}

export function transfer(
  booking: Booking,
  move: {
    readonly to: AccountKind;
    readonly from: AccountKind;
    readonly instrument: string | null;
    readonly amount: bigint;
  },
  narrate: () => string,
): readonly Draft[] {
  if (move.amount === 0n) return [];
  const of = (kind: AccountKind) =>
    kind === "receivable" || kind === "dividends" || kind === "settlement" ? move.instrument : null;
  const postings = [
    posting(booking, move.to, of(move.to), move.amount),
    posting(booking, move.from, of(move.from), -move.amount),
  ];
  return [{ postings, narrate }];
}

export function posting(
  booking: Booking,
  account: AccountKind,
  instrument: string | null,
  amountMinor: bigint,
): Posting {
  return { account, instrument, currency: booking.currency, amountMinor, lots: 0 };
}

export function nonZero(
  booking: Booking,
  account: AccountKind,
  instrument: string | null,
  amountMinor: bigint,
): readonly Posting[] {
  return amountMinor === 0n ? [] : [posting(booking, account, instrument, amountMinor)];
}

export function positionPosting(booking: Booking, instrument: string, change: Lot): Posting {
  const { lots, costMinor: amountMinor } = change;
  return { account: "position", instrument, currency: booking.currency, amountMinor, lots };
}

function negated(lot: Lot): Lot {
  return { ...lot, lots: -lot.lots, costMinor: -lot.costMinor };
}

export function whole(value: number, what: string, booking: Booking): bigint {
  invariant(
    Number.isSafeInteger(value),
    11,
    () => `entry ${booking.seq}: ${what} of ${value} is not a whole number of minor units`,
  );
  return BigInt(value);
}

/** "initial_deposit" -> "Initial deposit". */
export function words(code: string): string {
  const spaced = code.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

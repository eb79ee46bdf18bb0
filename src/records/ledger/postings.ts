/**
 * What each journal entry means in the books: for every kind of payload the postings it makes, and
 * what it adds to the totals of the profit statement. Amounts enter as integers of the minor unit
 * and are never computed from prices here. Slippage is inside the price and posts nothing. An
 * accrual of several days is one transaction that states its days.
 *
 * A future's fills and rolls stand against its settlement account instead of cash; variation margin
 * moves the marked change between the two, so that after a settlement the settlement account is
 * minus the marked value. A cross moves nothing in the portfolio.
 *
 * Refuses amounts that are not whole, a settlement that is not what is owed and a roll of other
 * lots than are held (invariant 11), and lots that a strict method may not choose (Fault).
 */
import { invariant } from "../../base/assert.ts";
import { decimalOf, formatDecimal } from "../../base/decimal.ts";
import { type MoneyScale, notionalMinor } from "../../base/money.ts";
import { Fault } from "../../domain/fault.ts";
import { type Instrument, isFuture } from "../../domain/instrument.ts";
import type { AccountPayload } from "../../domain/trading-entry.ts";
import type { AccountKind, Posting } from "./accounts.ts";
import { bookFill, type Leg, type Lot, type LotBook } from "./lots.ts";
import { splitLots } from "./split-lots.ts";

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

export function draftsOf(payload: AccountPayload, booking: Booking): readonly Draft[] {
  switch (payload.kind) {
    case "flow":
      return flow(payload, booking);
    case "accrual":
      return accrual(payload, booking);
    case "dividend":
      return dividend(payload, booking);
    case "dividend_paid":
      return dividendPaid(payload, booking);
    case "split":
      return split(payload, booking);
    case "fill":
      return fill(payload, booking);
    case "settlement":
      return payload.settled.flatMap((settled) => settle(settled, ofInstrument(settled, booking)));
    case "roll":
      return roll(payload, booking);
    case "run_started":
    case "decision":
    case "order":
    case "order_ended":
    case "cross":
    case "breaker":
    case "sealed":
      return [];
  }
}

type Payload<K extends AccountPayload["kind"]> = Extract<AccountPayload, { readonly kind: K }>;

function flow(payload: Payload<"flow">, booking: Booking): readonly Draft[] {
  const amount = whole(payload.amount_minor, "flow", booking);
  booking.totals.flowsMinor += amount;
  return transfer(booking, { to: "cash", from: "flows", instrument: null, amount }, () =>
    words(payload.reason),
  );
}

function accrual(payload: Payload<"accrual">, booking: Booking): readonly Draft[] {
  const amount = whole(payload.amount_minor, payload.accrual, booking);
  invariant(
    payload.amount_minor === payload.per_day_minor * payload.days,
    11,
    () =>
      `entry ${booking.seq}: ${payload.days} days at ${payload.per_day_minor} are not ${payload.amount_minor}`,
  );
  if (payload.accrual === "financing") booking.totals.financingMinor += amount;
  else booking.totals.borrowMinor += amount;
  const on = payload.instrument === null ? "cash debit" : `short ${payload.instrument}`;
  return transfer(
    booking,
    { to: payload.accrual, from: "cash", instrument: null, amount },
    () => `${words(payload.accrual)} on ${on}, ${payload.days} day(s) at ${payload.rate} a year`,
  );
}

function dividend(payload: Payload<"dividend">, booking: Booking): readonly Draft[] {
  const { instrument } = payload;
  const amount = whole(payload.amount_minor, "dividend", booking);
  booking.totals.dividendsMinor += amount;
  return transfer(
    booking,
    { to: "receivable", from: "dividends", instrument, amount },
    () =>
      `Dividend ${instrument} ${payload.amount_per_unit} a unit on ${payload.lots} lots, payable ${payload.pay_date}`,
  );
}

function dividendPaid(payload: Payload<"dividend_paid">, booking: Booking): readonly Draft[] {
  const { instrument } = payload;
  const amount = whole(payload.amount_minor, "dividend", booking);
  return transfer(
    booking,
    { to: "cash", from: "receivable", instrument, amount },
    () => `Dividend ${instrument} paid, ex ${payload.ex_date}`,
  );
}

function split(payload: Payload<"split">, booking: Booking): readonly Draft[] {
  const { instrument } = payload;
  const position = booking.shelf.position(instrument);
  const inLieu = whole(payload.cash_in_lieu_minor, "cash in lieu", booking);
  const result = splitLots(position.book, {
    ratio: payload.ratio,
    lotsBefore: payload.lots_before,
    lotsAfter: payload.lots_after,
  });
  position.lots += payload.lots_after - payload.lots_before;
  if (payload.lots_before === 0 && inLieu === 0n) return [];
  const gain = inLieu - result.relievedMinor;
  booking.totals.realisedMinor += gain;
  const postings = [
    ...result.before.map((lot) => positionPosting(booking, instrument, negated(lot))),
    ...result.after.map((lot) => positionPosting(booking, instrument, lot)),
    ...nonZero(booking, "cash", null, inLieu),
    ...nonZero(booking, "realised", instrument, -gain),
  ];
  const narrate = () =>
    `Split ${instrument} ${payload.ratio} for 1: ${payload.lots_before} lots become ${payload.lots_after}`;
  return [{ postings, narrate }];
}

function fill(payload: Payload<"fill">, booking: Booking): readonly Draft[] {
  const { instrument } = payload;
  invariant(
    Number.isSafeInteger(payload.lots) && payload.lots !== 0,
    11,
    () => `entry ${booking.seq}: a fill of ${payload.lots} lots of ${instrument}`,
  );
  const position = booking.shelf.position(instrument);
  const legs = traded(position, booking, [payload.lots, payload.notional_minor]);
  position.lots += payload.lots;
  const fee = feeOf(payload, booking);
  return legs.map((leg, i) => {
    const verb = leg.lots > 0 ? "Buy" : "Sell";
    const purpose = leg.kind === "close" ? "closing" : "opening";
    const narrate = () =>
      `${verb} ${Math.abs(leg.lots)} lots ${instrument} at ${formatDecimal(decimalOf(payload.price))}, ${purpose}`;
    return { postings: legPostings(leg, position, booking, i === 0 ? fee : 0n), narrate };
  });
}

/** Everything is closed at the old contract's price and opened at the new one's. */
function roll(payload: Payload<"roll">, booking: Booking): readonly Draft[] {
  const { instrument, lots } = payload;
  const position = booking.shelf.position(instrument);
  invariant(
    lots === position.lots && isFuture(position.instrument),
    11,
    () =>
      `entry ${booking.seq}: a roll of ${lots} lots of ${instrument}, of which ${position.lots} are held as ${position.instrument.assetClass}; only a future's whole position rolls`,
  );
  const fee = feeOf(payload, booking);
  if (lots === 0) {
    // Sleeves that hold opposite things roll inside; the portfolio has nothing to trade.
    const { from_notional_minor: from, to_notional_minor: to } = payload;
    invariant(
      from === 0 && to === 0 && fee === 0n,
      11,
      () => `entry ${booking.seq}: a roll of no lots of ${instrument} costs ${from}, ${to}, ${fee}`,
    );
    return [];
  }
  const legs = [
    ...traded(position, booking, [-lots, payload.from_notional_minor]),
    ...traded(position, booking, [lots, payload.to_notional_minor]),
  ];
  return legs.map((leg, i) => {
    const [verb, contract, price] =
      leg.kind === "close"
        ? ["out of", payload.from_contract, payload.from_price]
        : ["into", payload.to_contract, payload.to_price];
    const narrate = () =>
      `Roll ${Math.abs(lots)} lots ${instrument} ${verb} ${contract} at ${formatDecimal(decimalOf(price))}`;
    return { postings: legPostings(leg, position, booking, i === 0 ? fee : 0n), narrate };
  });
}

/** The same entry's place in the books of an instrument's currency. */
function ofInstrument(
  { instrument, currency }: { readonly instrument: string; readonly currency: string },
  booking: Booking,
): Booking {
  const totals = booking.shelf.totalsOf(booking.seq, instrument, currency);
  return { ...booking, currency, totals };
}

/** Variation margin: cash receives what the position gained since the last one. */
function settle(
  settled: Payload<"settlement">["settled"][number],
  booking: Booking,
): readonly Draft[] {
  const { instrument, price } = settled;
  const position = booking.shelf.position(instrument);
  const amount = whole(settled.amount_minor, "variation margin", booking);
  const marked = position.lots === 0 ? 0 : notionalMinor(position.lots, price, position.scale);
  const balance = booking.shelf.owedMinor(instrument);
  invariant(
    isFuture(position.instrument) && amount === BigInt(marked) + balance,
    11,
    () =>
      `entry ${booking.seq}: ${instrument} (${position.instrument.assetClass}) settles ${amount} minor units, but ${position.lots} lots are worth ${marked} at ${price} and its settlement account holds ${balance}: ${BigInt(marked) + balance} are due`,
  );
  return transfer(
    booking,
    { to: "cash", from: "settlement", instrument, amount },
    () => `Variation margin ${instrument} at ${formatDecimal(decimalOf(price))}`,
  );
}

/** The legs of a trade: its signed lots, and their value in minor units. */
function traded(
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

function feeOf(payload: { readonly fee_minor: number }, booking: Booking): bigint {
  const fee = whole(payload.fee_minor, "fee", booking);
  booking.totals.feesMinor += fee;
  return fee;
}

function legPostings(
  leg: Leg,
  position: Position,
  booking: Booking,
  fee: bigint,
): readonly Posting[] {
  const instrument = position.instrument.id;
  let atCost = 0n;
  for (const change of leg.changes) atCost += change.costMinor;
  // Closing: cash in is -notional, what stood in the books is -atCost. Opening: both are equal.
  const gain = atCost - leg.notionalMinor;
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

function transfer(
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

function posting(
  booking: Booking,
  account: AccountKind,
  instrument: string | null,
  amountMinor: bigint,
): Posting {
  return { account, instrument, currency: booking.currency, amountMinor, lots: 0 };
}

function nonZero(
  booking: Booking,
  account: AccountKind,
  instrument: string | null,
  amountMinor: bigint,
): readonly Posting[] {
  return amountMinor === 0n ? [] : [posting(booking, account, instrument, amountMinor)];
}

function positionPosting(booking: Booking, instrument: string, change: Lot): Posting {
  const { lots, costMinor: amountMinor } = change;
  return { account: "position", instrument, currency: booking.currency, amountMinor, lots };
}

function negated(lot: Lot): Lot {
  return { ...lot, lots: -lot.lots, costMinor: -lot.costMinor };
}

function whole(value: number, what: string, booking: Booking): bigint {
  invariant(
    Number.isSafeInteger(value),
    11,
    () => `entry ${booking.seq}: ${what} of ${value} is not a whole number of minor units`,
  );
  return BigInt(value);
}

/** "initial_deposit" -> "Initial deposit". */
function words(code: string): string {
  const spaced = code.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

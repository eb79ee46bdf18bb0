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
 * lots than are held (invariant 11), and lots that a strict method may not choose (Fault). What an
 * account's venue did is in venue-postings.ts.
 */
import { invariant } from "../../base/assert.ts";
import { decimalOf, formatDecimal } from "../../base/decimal.ts";
import { notionalMinor } from "../../base/money.ts";
import { isFuture } from "../../domain/instrument.ts";
import type { AccountPayload } from "../../domain/trading-entry.ts";
import {
  type Booking,
  type Draft,
  feeOf,
  legPostings,
  splitDraft,
  traded,
  transfer,
  whole,
  words,
} from "./booking.ts";
import { positionAdopted, venueCash } from "./venue-postings.ts";

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
    case "venue_cash":
      return venueCash(payload, booking);
    case "position_adopted":
      return positionAdopted(payload, booking);
    // A venue's fill and split are facts; the entries "fill" and "split" that follow from them post.
    case "venue_fill":
    case "venue_split":
    case "venue_order_ended":
    case "account_opened":
    case "day_opened":
    case "decided":
    case "order_acknowledged":
    case "order_unknown":
    case "order_refused":
    case "order_withdrawn":
    case "cancel_requested":
    case "bars_known":
    case "session_closed":
    case "reconciled":
    case "paused":
    case "resumed":
    case "incident":
    case "record_adopted":
    case "flatten_ordered":
    case "trial_started":
    case "trial_voided":
    case "day_closed":
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
  return splitDraft(booking, {
    instrument: payload.instrument,
    ratio: payload.ratio,
    lotsBefore: payload.lots_before,
    lotsAfter: payload.lots_after,
    inLieuMinor: whole(payload.cash_in_lieu_minor, "cash in lieu", booking),
  });
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

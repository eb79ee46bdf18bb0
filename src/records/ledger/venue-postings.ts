/**
 * What an account's venue did without a trade, in the books: money it paid or took, and positions
 * that were there before. In paper and live trading the pack's dividends are expectations that post nothing. Amounts are whole minor units, positive is
 * received. Refuses an adoption of nothing (invariant 11).
 */
import { invariant, unreachable } from "../../base/assert.ts";
import { decimalOf, formatDecimal } from "../../base/decimal.ts";
import { isFuture } from "../../domain/instrument.ts";
import type { TradingPayload } from "../../domain/trading-entry.ts";
import {
  type Booking,
  type Draft,
  gainOf,
  nonZero,
  type Position,
  posting,
  positionPosting,
  traded,
  transfer,
  whole,
  words,
} from "./booking.ts";
import type { Posting } from "./accounts.ts";
import type { Leg } from "./lots.ts";

type Payload<K extends TradingPayload["kind"]> = Extract<TradingPayload, { readonly kind: K }>;

/**
 * Each cause in its account. Interest of both signs stands with financing. A dividend of nothing we
 * keep books of (no instrument, or an unknown one) is other income: there is no account it could stand in.
 */
export function venueCash(payload: Payload<"venue_cash">, booking: Booking): readonly Draft[] {
  const { cause, description, instrument } = payload;
  const amount = whole(payload.amount_minor, cause, booking);
  const narrate = () => `${words(cause)}: ${description}`;
  const receive = (from: "fees" | "financing" | "flows" | "other", of: bigint) =>
    transfer(booking, { to: "cash", from, instrument: null, amount: of }, narrate);
  switch (cause) {
    case "fee":
      booking.totals.feesMinor -= amount;
      return receive("fees", amount);
    case "interest":
      booking.totals.financingMinor -= amount;
      return receive("financing", amount);
    case "transfer":
      booking.totals.flowsMinor += amount;
      return receive("flows", amount);
    case "dividend":
      if (instrument === null || !booking.shelf.knows(instrument)) break;
      booking.totals.dividendsMinor += amount;
      return transfer(booking, { to: "cash", from: "dividends", instrument, amount }, narrate);
    case "other":
      break;
    default:
      return unreachable(cause);
  }
  booking.totals.otherMinor += amount;
  return receive("other", amount);
}

/**
 * At the venue's price against opening equity: an external flow in kind. What leaves the books in that way,
 * because the venue holds less than we do, is closed at that price. A future owes nothing but its settlement.
 */
export function positionAdopted(
  payload: Payload<"position_adopted">,
  booking: Booking,
): readonly Draft[] {
  const { instrument, lots, price } = payload;
  const position = booking.shelf.position(instrument);
  invariant(
    Number.isSafeInteger(lots) && lots !== 0,
    11,
    () => `entry ${booking.seq}: ${lots} lots of ${instrument} are adopted`,
  );
  const legs = traded(position, booking, [lots, payload.notional_minor]);
  position.lots += lots;
  const narrate = () =>
    `Adopt ${Math.abs(lots)} lots ${instrument} ${lots > 0 ? "long" : "short"} at ${formatDecimal(decimalOf(price))}`;
  return legs.map((leg) => ({ postings: adoptedLeg(leg, position, booking), narrate }));
}

function adoptedLeg(leg: Leg, position: Position, booking: Booking): readonly Posting[] {
  const { id } = position.instrument;
  const { notionalMinor } = leg;
  const isOwed = isFuture(position.instrument);
  if (!isOwed) booking.totals.flowsMinor += notionalMinor;
  const gain = gainOf(leg);
  booking.totals.realisedMinor += gain;
  return [
    ...leg.changes.map((change) => positionPosting(booking, id, change)),
    ...nonZero(booking, "realised", id, -gain),
    isOwed
      ? posting(booking, "settlement", id, -notionalMinor)
      : posting(booking, "opening", null, -notionalMinor),
  ];
}

/**
 * What an account's venue did without a trade, in the books: money it paid or took, and positions
 * that were there before. In paper and live trading the pack's dividends are expectations that post nothing. Amounts are whole minor units, positive is
 * received. Refuses an adoption that would close something (invariant 11).
 */
import { invariant, unreachable } from "../../base/assert.ts";
import { decimalOf, formatDecimal } from "../../base/decimal.ts";
import { isFuture } from "../../domain/instrument.ts";
import type { TradingPayload } from "../../domain/trading-entry.ts";
import {
  type Booking,
  type Draft,
  posting,
  positionPosting,
  traded,
  transfer,
  whole,
  words,
} from "./booking.ts";

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

/** At cost against opening equity: an external flow in kind. A future owes nothing but its settlement. */
export function positionAdopted(
  payload: Payload<"position_adopted">,
  booking: Booking,
): readonly Draft[] {
  const { instrument, lots, price } = payload;
  const position = booking.shelf.position(instrument);
  invariant(
    Number.isSafeInteger(lots) && lots !== 0 && position.lots * lots >= 0,
    11,
    () =>
      `entry ${booking.seq}: ${lots} lots of ${instrument} are adopted, of which ${position.lots} are held: an adoption only adds`,
  );
  const legs = traded(position, booking, [lots, payload.notional_minor]);
  position.lots += lots;
  const against = isFuture(position.instrument) ? "settlement" : "opening";
  const narrate = () =>
    `Adopt ${Math.abs(lots)} lots ${instrument} ${lots > 0 ? "long" : "short"} at ${formatDecimal(decimalOf(price))}`;
  return legs.map(({ changes, notionalMinor }) => {
    if (against === "opening") booking.totals.flowsMinor += notionalMinor;
    const of = against === "settlement" ? instrument : null;
    const postings = [
      ...changes.map((change) => positionPosting(booking, instrument, change)),
      posting(booking, against, of, -notionalMinor),
    ];
    return { postings, narrate };
  });
}

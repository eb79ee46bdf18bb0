/**
 * What each journal entry means for the sleeves of its instrument: trades at their share of the
 * value, costs, splits, dividends and borrow. Every sleeve's lots are booked like an account's.
 */
import { invariant } from "../../base/assert.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { AccountPayload } from "../../domain/trading-entry.ts";
import { bookFill } from "./lots.ts";
import {
  bySize,
  type Group,
  heldBy,
  inProportion,
  type Moment,
  sharesOf,
  splitShares,
  valuesOf,
} from "./sleeve-shares.ts";
import { splitLots } from "./split-lots.ts";

type Payload<K extends AccountPayload["kind"]> = Extract<AccountPayload, { readonly kind: K }>;

export function applyFill(group: Group, payload: Payload<"fill">, at: Moment): void {
  const microLots = sharesOf(group, payload.sleeves, { whole: payload.lots, at });
  const notionals = inProportion(payload.notional_minor, microLots, payload.lots);
  bookTrades(group, { microLots, notionals, at });
  chargeFees(group, payload.fee_minor, microLots);
}

export function applyCross(group: Group, payload: Payload<"cross">, at: Moment): void {
  const microLots = sharesOf(group, payload.sleeves, { whole: 0, at });
  if (microLots.every((lots) => lots === 0)) return;
  const { price, instrument } = payload;
  invariant(price !== null, 11, () => `entry ${at.seq}: ${instrument} crossed at no price`);
  bookTrades(group, { microLots, notionals: valuesOf(group, microLots, [price, 0]), at });
}

/** Each sleeve rolls what it holds, in the portfolio's trade or, where that is flat, inside at no cost. */
export function applyRoll(group: Group, payload: Payload<"roll">, at: Moment): void {
  const into = heldBy(group, { whole: payload.lots, at });
  const outOf = into.map((held) => 0 - held);
  const { lots, from_notional_minor: from, to_notional_minor: to } = payload;
  const isInside = lots === 0;
  const closing = isInside
    ? valuesOf(group, outOf, [payload.from_reference, 0])
    : inProportion(from, outOf, -lots);
  const opening = isInside
    ? valuesOf(group, into, [payload.to_reference, 0])
    : inProportion(to, into, lots);
  bookTrades(group, { microLots: outOf, notionals: closing, at });
  bookTrades(group, { microLots: into, notionals: opening, at });
  chargeFees(group, payload.fee_minor, into);
}

/** The fraction of a lot that vanished leaves every sleeve in proportion to its size, paid in lieu. */
export function applySplit(group: Group, payload: Payload<"split">, at: Moment): void {
  const held = heldBy(group, { whole: payload.lots_before, at });
  if (held.every((lots) => lots === 0)) return;
  const { ratio, lots_before: lotsBefore, lots_after: after } = payload;
  const lotsAfter = splitShares(held, { ratio, lotsBefore, lotsAfter: after });
  const inLieu = bySize(payload.cash_in_lieu_minor, held);
  group.sleeves.forEach((sleeve, i) => {
    if (held[i] === 0) return;
    const terms = {
      ratio,
      lotsBefore: held[i],
      lotsAfter: lotsAfter[i],
      wholeLot: MICRO_LOTS,
    };
    sleeve.realisedMinor += inLieu[i] - splitLots(sleeve.book, terms).relievedMinor;
  });
}

/** What was there before belongs to the first sleeve of its instrument, as the kernel has it. */
export function applyAdoption(
  group: Group,
  payload: Payload<"position_adopted">,
  at: Moment,
): void {
  const whole = payload.lots * MICRO_LOTS;
  const microLots = group.sleeves.map((_, i) => (i === 0 ? whole : 0));
  const notionals = inProportion(payload.notional_minor, microLots, payload.lots);
  bookTrades(group, { microLots, notionals, at });
}

/** By size of what is held when it is paid; the venue does not say who held it on the ex-date. */
export function applyVenueDividend(group: Group, amountMinor: number): void {
  const held = group.sleeves.map(({ book }) => book.held);
  if (held.every((lots) => lots === 0)) {
    group.unownedDividendsMinor += BigInt(amountMinor);
    return;
  }
  const parts = bySize(amountMinor, held);
  group.sleeves.forEach((sleeve, i) => {
    sleeve.dividendsMinor += parts[i];
  });
}

export function applyDividend(group: Group, payload: Payload<"dividend">, at: Moment): void {
  const held = heldBy(group, { whole: payload.lots, at });
  if (payload.lots === 0) return;
  const parts = inProportion(payload.amount_minor, held, payload.lots);
  group.sleeves.forEach((sleeve, i) => {
    sleeve.dividendsMinor += parts[i];
  });
}

export function applyBorrow(group: Group, payload: Payload<"accrual">, at: Moment): void {
  const amount = payload.amount_minor;
  const short = group.sleeves.map(({ book }) => Math.min(book.held, 0));
  invariant(
    amount === 0 || short.some((lots) => lots !== 0),
    11,
    () =>
      `entry ${at.seq}: borrow of ${amount} on ${payload.instrument}, which no sleeve is short of`,
  );
  const parts = bySize(amount, short);
  group.sleeves.forEach((sleeve, i) => {
    sleeve.borrowMinor += parts[i];
  });
}

function bookTrades(
  { sleeves }: Group,
  trades: {
    readonly microLots: readonly number[];
    readonly notionals: readonly bigint[];
    readonly at: Moment;
  },
): void {
  const { microLots, notionals, at } = trades;
  sleeves.forEach((sleeve, i) => {
    if (microLots[i] === 0) return;
    const trade = { lots: microLots[i], notionalMinor: notionals[i], at: at.at, seq: at.seq };
    const legs = bookFill(sleeve.book, trade);
    invariant(legs.ok, 11, () => `entry ${at.seq}: ${sleeve.variantId} cannot book its share`);
    for (const { changes, notionalMinor } of legs.value) {
      for (const change of changes) sleeve.realisedMinor += change.costMinor;
      sleeve.realisedMinor -= notionalMinor;
    }
  });
}

function chargeFees({ sleeves }: Group, fee: number, microLots: readonly number[]): void {
  const parts = bySize(fee, microLots);
  sleeves.forEach((sleeve, i) => {
    sleeve.feesMinor += parts[i];
  });
}

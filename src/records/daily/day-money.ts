/**
 * Money of one day from its entries: fees, interest and dividends as they were booked, transfers, and
 * what the day earned without them. Minor units of the account's currency; amounts in another one
 * are not converted here but said to be left out.
 */
import type { Evidence } from "../../domain/evidence.ts";
import { known, unknown } from "../../domain/evidence.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";

export type DayMoney = {
  /** Paid by us, positive. */
  readonly feesMinor: number;
  /** Received, positive. */
  readonly interestMinor: number;
  readonly dividendsMinor: number;
  /** Moved in from outside or adopted by a person, positive. */
  readonly transfersMinor: number;
  /** Of a cause the venue has no name for, received positive: part of the day's profit. */
  readonly otherMinor: number;
  /** Sentences on what is in none of them. */
  readonly leftOut: readonly string[];
};

type Sum = Exclude<keyof DayMoney, "leftOut">;
type Posting = { readonly to: Sum; readonly currency: string; readonly minor: number };

export function dayMoney(entries: readonly AccountEntry[], currency: string): DayMoney {
  const sums = {
    feesMinor: 0,
    interestMinor: 0,
    dividendsMinor: 0,
    transfersMinor: 0,
    otherMinor: 0,
  };
  const leftOut = new Map<string, number>();
  for (const { payload } of entries) {
    for (const { to, currency: own, minor } of postings(payload)) {
      if (own === currency) sums[to] += minor;
      else leftOut.set(own, (leftOut.get(own) ?? 0) + 1);
    }
  }
  const sentences = [...leftOut].map(
    ([own, count]) =>
      `${count} amounts in ${own} are not among fees, interest and dividends, which are in ${currency}`,
  );
  return { ...sums, leftOut: sentences };
}

/** What the day earned, and its share of the net asset value before; transfers are not earned. */
export function dayProfit(
  nav: Evidence<number>,
  before: Evidence<number>,
  transfersMinor: number,
): { readonly profit: Evidence<number>; readonly dayReturn: Evidence<number> } {
  const missing = [nav, before].find((one) => !one.known);
  if (!nav.known || !before.known) {
    const none = unknown(missing?.known === false ? missing.reason : "not known");
    return { profit: none, dayReturn: none };
  }
  const profit = nav.value - before.value - transfersMinor;
  const isRuined = before.value <= 0;
  const dayReturn = isRuined
    ? unknown("net asset value was zero or below at the close before: no return is defined on it")
    : known(profit / before.value);
  return { profit: known(profit), dayReturn };
}

/** 0.25: a quarter below the high-water mark. */
export function drawdownOf(nav: Evidence<number>, highWater: Evidence<number>): Evidence<number> {
  if (!nav.known) return nav;
  if (!highWater.known) return highWater;
  if (highWater.value <= 0) return unknown("the high-water mark is zero or below");
  return known(Math.max(0, 1 - nav.value / highWater.value));
}

function postings(payload: AccountPayload): readonly Posting[] {
  switch (payload.kind) {
    case "venue_cash":
      return cashPosting(payload);
    case "fill":
    case "roll":
      return [{ to: "feesMinor", currency: payload.currency, minor: payload.fee_minor }];
    case "accrual":
      return [{ to: "interestMinor", currency: payload.currency, minor: 0 - payload.amount_minor }];
    case "dividend_paid":
      return [{ to: "dividendsMinor", currency: payload.currency, minor: payload.amount_minor }];
    case "position_adopted":
      return [{ to: "transfersMinor", currency: payload.currency, minor: payload.notional_minor }];
    case "flow":
      return [{ to: "transfersMinor", currency: payload.currency, minor: payload.amount_minor }];
    default:
      return [];
  }
}

function cashPosting(payload: AccountPayload & { readonly kind: "venue_cash" }): Posting[] {
  const { currency, amount_minor: minor } = payload;
  // What a person took over was not earned.
  if (payload.activity_id.startsWith(ADOPTED)) return [{ to: "transfersMinor", currency, minor }];
  switch (payload.cause) {
    case "fee":
      return [{ to: "feesMinor", currency, minor: 0 - minor }];
    case "interest":
      return [{ to: "interestMinor", currency, minor }];
    case "dividend":
      return [{ to: "dividendsMinor", currency, minor }];
    case "transfer":
      return [{ to: "transfersMinor", currency, minor }];
    case "other":
      return [{ to: "otherMinor", currency, minor }];
  }
}

/** How the engine names the cash that `assay adopt` journals. */
const ADOPTED = "adopted-";

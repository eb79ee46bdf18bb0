/**
 * Cash per currency: equal to one minor unit, and the venue may hold less by fees that are declared
 * and not yet charged. Money the venue moved and we did not book is a break of its own, even where
 * the sums agree: two mistakes may cancel out.
 */
import { add, type Decimal, formatDecimal } from "../../base/decimal.ts";
import type { Break } from "../../domain/reconciliation.ts";
import {
  isLess,
  minus,
  moneyOf,
  type OurCash,
  type OurSide,
  readDecimal,
  type TheirSide,
  ZERO,
} from "./sides.ts";

export type ComparedCash = { readonly breaks: readonly Break[]; readonly compared: number };

export function compareCash(ours: OurSide, theirs: TheirSide): ComparedCash {
  const own = new Map<string, OurCash[]>();
  for (const row of ours.cash) own.set(row.currency, [...(own.get(row.currency) ?? []), row]);
  const reported = new Map<string, Decimal[]>();
  for (const { currency, amount } of theirs.snapshot.cash) {
    const decimal = readDecimal(amount, `cash in ${currency}`);
    reported.set(currency, [...(reported.get(currency) ?? []), decimal]);
  }
  const breaks: Break[] = [];
  let compared = 0;
  for (const currency of [...new Set([...own.keys(), ...reported.keys()])].sort()) {
    const booked = own.get(currency) ?? [];
    const there = reported.get(currency) ?? [];
    if (booked.length === 1 && there.length === 1) {
      compared++;
      breaks.push(...difference(booked[0], there[0]));
    } else breaks.push(uncomparable(currency, booked, there));
  }
  return { breaks: [...breaks, ...unbooked(ours, theirs)], compared };
}

function difference(booked: OurCash, there: Decimal): readonly Break[] {
  const { currency, minor, digits, unpostedFeesMinor } = booked;
  const cent = moneyOf(1, digits);
  const held = moneyOf(minor, digits);
  const apart = minus(held, there);
  const most = add(cent, moneyOf(unpostedFeesMinor, digits));
  if (!isLess(most, apart) && !isLess(apart, minus(ZERO, cent))) return [];
  const [ours, theirs] = [formatDecimal(held), formatDecimal(there)];
  const fees =
    unpostedFeesMinor === 0
      ? ""
      : `, of which ${formatDecimal(moneyOf(unpostedFeesMinor, digits))} may be fees to come`;
  const message = `our books hold ${ours} ${currency}, the venue ${theirs}: ${formatDecimal(apart)} apart${fees}`;
  return [{ code: "CASH", subject: currency, ours, theirs, unit: currency, message }];
}

/** Of a currency that one side does not name, or names more than once. */
function uncomparable(
  currency: string,
  booked: readonly OurCash[],
  there: readonly Decimal[],
): Break {
  const ours = booked.map(({ minor, digits }) => formatDecimal(moneyOf(minor, digits)));
  const theirs = there.map(formatDecimal);
  const said = (amounts: readonly string[]) =>
    amounts.length === 0 ? "nothing" : amounts.join(" and ");
  return {
    code: "CASH",
    subject: currency,
    ours: ours.length === 1 ? ours[0] : null,
    theirs: theirs.length === 1 ? theirs[0] : null,
    unit: currency,
    message: `cash in ${currency}: our books say ${said(ours)}, the venue says ${said(theirs)}; one amount of each is needed`,
  };
}

function unbooked(ours: OurSide, { activities }: TheirSide): readonly Break[] {
  const seen = new Set(ours.bookedActivities);
  const found: Break[] = [];
  for (const activity of activities) {
    if (activity.kind !== "cash" || seen.has(activity.activityId)) continue;
    seen.add(activity.activityId);
    const { activityId, amount, cause, date, description } = activity;
    found.push({
      code: "CASH",
      subject: activityId,
      ours: null,
      theirs: amount,
      unit: "money",
      message: `the venue moved ${amount} on ${date} (${cause}: ${description}; ${activityId}), which is not in our books`,
    });
  }
  return found;
}

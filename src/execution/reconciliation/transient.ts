/**
 * Whether what differs is only late: venues may show a fill in positions and cash up to ten seconds
 * after it (Alpaca-API issue 276), and its activity after the stream. True when every break would be
 * gone had the last so many of the recent executions arrived; then asking again is worth while. What
 * the venue has and we do not is never late: it is to be booked.
 */
import { add, type Decimal } from "../../base/decimal.ts";
import type { Break, Reconciliation } from "../../domain/reconciliation.ts";
import {
  isLess,
  isSame,
  minus,
  moneyOf,
  type OurFill,
  readDecimal,
  sizeOf,
  unitsOf,
  ZERO,
} from "./sides.ts";

/** `recent`: our own executions of the last seconds, in the order in which they happened. */
export function isTransient(
  { result, breaks }: Pick<Reconciliation, "result" | "breaks">,
  recent: readonly OurFill[],
): boolean {
  return result === "FAIL" && breaks.every((found) => isLate(found, recent));
}

function isLate(found: Break, recent: readonly OurFill[]): boolean {
  switch (found.code) {
    case "PHANTOM_POSITION":
    case "MISSING_POSITION":
    case "QUANTITY":
      return isLateQuantity(found, recent);
    case "CASH":
      return isLateCash(found, recent);
    case "MISSED_FILL":
      return isLateRecord(found, recent);
    case "AVERAGE_PRICE":
    case "STUCK_ORDER":
    case "PHANTOM_ORDER":
    case "DUPLICATE_FILL":
      return false;
  }
}

function isLateQuantity(found: Break, recent: readonly OurFill[]): boolean {
  const apart = differenceOf(found);
  const fills = recent.filter(({ instrument }) => instrument === found.subject);
  return lastSums(fills, ({ lots, lotSize }) => unitsOf(lots, lotSize)).some((sum) =>
    isSame(apart, sum),
  );
}

/** The activity of one execution, or what the venue's order says is filled of it. */
function isLateRecord(found: Break, recent: readonly OurFill[]): boolean {
  if (found.theirs === null) return recent.some((fill) => fill.executionId === found.subject);
  if (found.ours === null) return false;
  const apart = differenceOf(found);
  const fills = recent.filter(({ orderId }) => orderId === found.subject);
  return lastSums(fills, ({ lots, lotSize }) => unitsOf(Math.abs(lots), lotSize)).some((sum) =>
    isSame(apart, sum),
  );
}

/** Each execution's cash is rounded by itself on either side: a minor unit for each. */
function isLateCash(found: Break, recent: readonly OurFill[]): boolean {
  if (found.ours === null || found.theirs === null) return false;
  const apart = differenceOf(found);
  const fills = recent.filter(({ currency }) => currency === found.subject);
  return lastSums(fills, ({ cashMinor, digits }) => moneyOf(cashMinor, digits)).some(
    (sum, i) => !isLess(moneyOf(i + 1, fills[0].digits), sizeOf(minus(apart, sum))),
  );
}

/** Sums of the last one, the last two, and so on. */
function lastSums(
  fills: readonly OurFill[],
  amountOf: (fill: OurFill) => Decimal,
): readonly Decimal[] {
  const sums: Decimal[] = [];
  let sum = ZERO;
  for (const fill of fills.toReversed()) {
    sum = add(sum, amountOf(fill));
    sums.push(sum);
  }
  return sums;
}

function differenceOf({ ours, theirs, subject }: Break): Decimal {
  const side = (text: string | null) => (text === null ? ZERO : readDecimal(text, subject));
  return minus(side(ours), side(theirs));
}

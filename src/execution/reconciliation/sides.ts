/**
 * The two sides of a reconciliation. Ours comes from our books, folded from our own fills; theirs is
 * what the venue reported, as it came. Each is stamped by the one function that makes it, so that a
 * number is never compared with itself (invariant 17). Lots are whole and signed, money is minor
 * units, what a venue wrote is decimal text.
 */
import { invariant } from "../../base/assert.ts";
import { add, type Decimal, decimalOf, multiply, parseDecimal } from "../../base/decimal.ts";
import { Fault } from "../../domain/fault.ts";
import type { DecimalText, VenueActivity, VenueSnapshot } from "../../domain/venue-report.ts";

export type OurPosition = {
  readonly instrument: string;
  readonly lots: number;
  /** Units in a lot. */
  readonly lotSize: number;
  /** By the venue's method (average.ts); null while flat, or where it cannot be said. */
  readonly averagePrice: DecimalText | null;
};

export type OurCash = {
  readonly currency: string;
  readonly minor: number;
  readonly digits: number;
  /** Fees declared and not yet charged, >= 0: the venue may hold this much less. */
  readonly unpostedFeesMinor: number;
};

/** submitted: sent, no answer read; unknown: sent, and nobody knows what came of it. */
export type OurOrderState =
  | "created"
  | "submitted"
  | "acknowledged"
  | "partially_filled"
  | "unknown"
  | "ended";

/** Every order that has not ended by our books, and those that ended since the last reconciliation. */
export type OurOrder = {
  /** Ours, and the venue's client order id. */
  readonly orderId: string;
  readonly venueOrderId: string | null;
  readonly instrument: string;
  /** Signed, as placed. */
  readonly lots: number;
  /** Unsigned. */
  readonly filledLots: number;
  readonly lotSize: number;
  readonly state: OurOrderState;
  /** When it must have ended by itself, in ms since the epoch: its session's close, or null for gtc. */
  readonly expectedEndMs: number | null;
  readonly cancelRequested: boolean;
};

export type OurFill = {
  readonly executionId: string;
  readonly orderId: string;
  readonly venueOrderId: string;
  readonly instrument: string;
  /** Signed. */
  readonly lots: number;
  readonly lotSize: number;
  readonly price: DecimalText;
  /** What it did to cash, fee included; signed. */
  readonly currency: string;
  readonly cashMinor: number;
  readonly digits: number;
};

export type OurBooks = {
  readonly positions: readonly OurPosition[];
  readonly cash: readonly OurCash[];
  readonly orders: readonly OurOrder[];
  /** Booked since the last reconciliation that passed: the venue's record must hold each. */
  readonly fills: readonly OurFill[];
  /** Execution ids booked before those: the venue's record may repeat them. */
  readonly earlierExecutions: ReadonlySet<string>;
  /** Ids of the cash and split activities that are booked. */
  readonly bookedActivities: ReadonlySet<string>;
};

export type VenueReport = {
  readonly snapshot: VenueSnapshot;
  /** Since the last reconciliation that passed; may repeat older ones, never skips. */
  readonly activities: readonly VenueActivity[];
};

const MADE_FROM = Symbol("made from");

export type OurSide = OurBooks & { readonly [MADE_FROM]: "books" };
export type TheirSide = VenueReport & { readonly [MADE_FROM]: "venue" };

export function ourSide(books: OurBooks): OurSide {
  return { ...books, [MADE_FROM]: "books" };
}

export function theirSide(report: VenueReport): TheirSide {
  return { ...report, [MADE_FROM]: "venue" };
}

/** Refuses the same side twice, sides that were not made here, and parts that both sides share. */
export function checkApart(ours: OurSide, theirs: TheirSide): void {
  const from = (side: OurSide | TheirSide) => (side as Partial<OurSide | TheirSide>)[MADE_FROM];
  invariant(
    from(ours) === "books" && from(theirs) === "venue",
    17,
    () => `a reconciliation of ${from(ours)} with ${from(theirs)}: it compares books with a venue`,
  );
  const { snapshot, activities } = theirs;
  const parts: readonly unknown[] = [...snapshot.positions, ...snapshot.cash, ...activities];
  const reported = new Set([...parts, ...snapshot.openOrders]);
  const booked = [...ours.positions, ...ours.cash, ...ours.orders, ...ours.fills];
  invariant(
    !booked.some((part) => reported.has(part)),
    17,
    "a part of our books is the venue's own report: it would be compared with itself",
  );
}

/** A venue's number; one that cannot be read is no report at all. */
export function readDecimal(text: DecimalText, what: string): Decimal {
  const decimal = parseDecimal(text);
  if (decimal === null) {
    throw new Fault("broker", `${what} is reported as "${text}", which is not a number`);
  }
  return decimal;
}

/** Lots in units, exact. */
export function unitsOf(lots: number, lotSize: number): Decimal {
  return multiply(decimalOf(lots), decimalOf(lotSize));
}

export function moneyOf(minor: number, digits: number): Decimal {
  return { coefficient: BigInt(minor), scale: digits };
}

export const ZERO: Decimal = { coefficient: 0n, scale: 0 };

export function minus(a: Decimal, b: Decimal): Decimal {
  return add(a, { coefficient: -b.coefficient, scale: b.scale });
}

export function isZero({ coefficient }: Decimal): boolean {
  return coefficient === 0n;
}

export function isSame(a: Decimal, b: Decimal): boolean {
  return isZero(minus(a, b));
}

export function isLess(a: Decimal, b: Decimal): boolean {
  return minus(a, b).coefficient < 0n;
}

export function sizeOf({ coefficient, scale }: Decimal): Decimal {
  return { coefficient: coefficient < 0n ? -coefficient : coefficient, scale };
}

/** A venue's side and quantity as one signed number. */
export function signed(side: "buy" | "sell", qty: Decimal): Decimal {
  return side === "buy" ? qty : minus(ZERO, qty);
}

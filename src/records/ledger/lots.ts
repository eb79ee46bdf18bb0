/**
 * Lots of one instrument: how much was opened when, and at what total cost. Quantities are whole
 * lots in safe integers, costs BigInt minor units, and both carry the same sign convention as the
 * fill that opened them: a short lot has negative quantity and negative cost, so that
 * cost / quantity is always the price paid (negative only where a price was).
 *
 * Reducing part of a lot takes round(cost x part / whole), half away from zero; closing it takes
 * what is left, so no residue stays behind. Refuses to reduce more than is held, and under the
 * strict methods refuses to choose. Conventions as in beancount's booking methods.
 */
import { divideRounded } from "../../base/decimal.ts";
import { err, ok, type Result } from "../../base/result.ts";

export const LOT_METHODS = [
  /** Oldest first. */
  "fifo",
  /** Newest first. */
  "lifo",
  /** Highest unit cost first, long and short alike; the oldest of equals. */
  "hifo",
  /** One pool at the moving average cost. */
  "average",
  /** Never chooses: only a single lot, or all of them, can be reduced. */
  "strict",
  /** As strict, but a lot of exactly the wanted size may be taken, the oldest of several. */
  "strict_with_size",
] as const;
export type LotMethod = (typeof LOT_METHODS)[number];

export type Lot = {
  /** Signed, never zero. */
  readonly lots: number;
  /** Signed total cost. */
  readonly costMinor: bigint;
  /** Event time and journal entry of the opening: the order among lots. */
  readonly openedAt: string;
  readonly openedSeq: number;
};

/** Open lots, oldest first, all of one sign. */
export type LotBook = { readonly method: LotMethod; readonly lots: Lot[] };

export type LotRefusal = {
  readonly code: "not_enough_lots" | "ambiguous_lots";
  readonly message: string;
};

/** What one side of a fill did: a closing takes lots out at their cost, an opening puts one in. */
export type Leg = {
  readonly kind: "close" | "open";
  readonly lots: number;
  /** The leg's part of the fill's value. */
  readonly notionalMinor: bigint;
  /** Changes of the book: negative of what a closed lot held, or the opened lot itself. */
  readonly changes: readonly Lot[];
};

export function createLotBook(method: LotMethod): LotBook {
  return { method, lots: [] };
}

export function lotsHeld(lots: readonly Lot[]): number {
  let sum = 0;
  for (const lot of lots) sum += lot.lots;
  return sum;
}

export function costHeld(lots: readonly Lot[]): bigint {
  let sum = 0n;
  for (const lot of lots) sum += lot.costMinor;
  return sum;
}

/** Adds an opening. The caller has closed everything of the other sign first. */
export function openLot(book: LotBook, lot: Lot): void {
  if (book.method === "average" && book.lots.length > 0) {
    const pool = book.lots[0];
    book.lots[0] = {
      ...pool,
      lots: pool.lots + lot.lots,
      costMinor: pool.costMinor + lot.costMinor,
    };
    return;
  }
  let place = book.lots.length;
  while (place > 0 && isOlder(lot, book.lots[place - 1])) place--;
  book.lots.splice(place, 0, lot);
}

/**
 * Takes `lots` (signed, opposite to what is held) out of the book and returns the changes in the
 * order they were taken. A refusal leaves the book as it was.
 */
export function reduceLots(book: LotBook, lots: number): Result<readonly Lot[], LotRefusal> {
  const held = lotsHeld(book.lots);
  if (Math.sign(lots) * Math.sign(held) !== -1 || Math.abs(lots) > Math.abs(held)) {
    const message = `Not enough lots to reduce: ${held} held, a change of ${lots} was asked for`;
    return err({ code: "not_enough_lots", message });
  }
  const order = takingOrder(book, lots, held);
  if (!order.ok) return order;
  const changes: Lot[] = [];
  let open = Math.abs(lots);
  for (const lot of order.value) {
    if (open === 0) break;
    const part = Math.min(open, Math.abs(lot.lots));
    changes.push(takePart(book, lot, part));
    open -= part;
  }
  return ok(changes);
}

/** Books a fill: reduces first, and what crosses zero opens on the other side as a second leg. */
export function bookFill(
  book: LotBook,
  fill: { readonly lots: number; readonly notionalMinor: bigint; at: string; seq: number },
): Result<readonly Leg[], LotRefusal> {
  const held = lotsHeld(book.lots);
  const legs: Leg[] = [];
  let lots = fill.lots;
  let notionalMinor = fill.notionalMinor;
  if (Math.sign(held) * Math.sign(lots) === -1) {
    const closing = Math.sign(lots) * Math.min(Math.abs(lots), Math.abs(held));
    const part = divideRounded(notionalMinor * BigInt(closing), BigInt(lots));
    const changes = reduceLots(book, closing);
    if (!changes.ok) return changes;
    legs.push({ kind: "close", lots: closing, notionalMinor: part, changes: changes.value });
    lots -= closing;
    notionalMinor -= part;
  }
  if (lots !== 0) {
    const lot = { lots, costMinor: notionalMinor, openedAt: fill.at, openedSeq: fill.seq };
    openLot(book, lot);
    legs.push({ kind: "open", lots, notionalMinor, changes: [lot] });
  }
  return ok(legs);
}

function takingOrder(
  book: LotBook,
  lots: number,
  held: number,
): Result<readonly Lot[], LotRefusal> {
  switch (book.method) {
    case "fifo":
    case "average":
      return ok(book.lots.slice());
    case "lifo":
      return ok(book.lots.toReversed());
    case "hifo":
      return ok(book.lots.toSorted(byUnitCostDescending));
    case "strict":
    case "strict_with_size": {
      if (book.lots.length === 1 || lots === -held) return ok(book.lots.slice());
      const same = book.lots.find((lot) => lot.lots === -lots);
      if (book.method === "strict_with_size" && same !== undefined) return ok([same]);
      const sizes = book.lots.map((lot) => lot.lots).join(", ");
      const message = `ambiguous: a change of ${lots} could reduce any of the lots ${sizes}`;
      return err({ code: "ambiguous_lots", message });
    }
  }
}

function takePart(book: LotBook, lot: Lot, part: number): Lot {
  const place = book.lots.indexOf(lot);
  const size = Math.abs(lot.lots);
  if (part === size) {
    book.lots.splice(place, 1);
    return { ...lot, lots: -lot.lots, costMinor: -lot.costMinor };
  }
  const costMinor = divideRounded(lot.costMinor * BigInt(part), BigInt(size));
  const lots = Math.sign(lot.lots) * part;
  book.lots[place] = { ...lot, lots: lot.lots - lots, costMinor: lot.costMinor - costMinor };
  return { ...lot, lots: -lots, costMinor: -costMinor };
}

/** Stable sorting keeps the oldest of equals first. Cross-multiplied: both products are exact. */
function byUnitCostDescending(a: Lot, b: Lot): number {
  const left = a.costMinor * BigInt(b.lots);
  const right = b.costMinor * BigInt(a.lots);
  return left > right ? -1 : left < right ? 1 : 0;
}

function isOlder(a: Lot, b: Lot): boolean {
  if (a.openedAt !== b.openedAt) return a.openedAt < b.openedAt;
  return a.openedSeq < b.openedSeq;
}

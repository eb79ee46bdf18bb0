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

/** Open lots of one sign, the next to be taken last: opening and taking stay cheap among many. */
export type LotBook = {
  readonly method: LotMethod;
  readonly lots: Lot[];
  /** Running sum of the lots' quantities. */
  held: number;
};

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
  return { method, lots: [], held: 0 };
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
  book.held += lot.lots;
  const pool = book.method === "average" ? book.lots.pop() : undefined;
  if (pool === undefined) putInOrder(book, lot);
  else {
    const costMinor = pool.costMinor + lot.costMinor;
    book.lots.push({ ...pool, lots: pool.lots + lot.lots, costMinor });
  }
}

/**
 * Takes `lots` (signed, opposite to what is held) out of the book and returns the changes in the
 * order they were taken. A refusal leaves the book as it was.
 */
export function reduceLots(book: LotBook, lots: number): Result<readonly Lot[], LotRefusal> {
  const { held } = book;
  if (Math.sign(lots) * Math.sign(held) !== -1 || Math.abs(lots) > Math.abs(held)) {
    const message = `Not enough lots to reduce: ${held} held, a change of ${lots} was asked for`;
    return err({ code: "not_enough_lots", message });
  }
  if (isAmbiguous(book, lots)) return reduceBySize(book, lots);
  const changes: Lot[] = [];
  let open = Math.abs(lots);
  while (open > 0) {
    const lot = book.lots[book.lots.length - 1];
    book.lots.pop();
    const part = Math.min(open, Math.abs(lot.lots));
    const taken = partOf(lot, part);
    changes.push({ ...taken, lots: -taken.lots, costMinor: -taken.costMinor });
    if (taken !== lot) {
      const costMinor = lot.costMinor - taken.costMinor;
      putInOrder(book, { ...lot, lots: lot.lots - taken.lots, costMinor });
    }
    open -= part;
  }
  book.held += lots;
  return ok(changes);
}

/** Books a fill: reduces first, and what crosses zero opens on the other side as a second leg. */
export function bookFill(
  book: LotBook,
  fill: { readonly lots: number; readonly notionalMinor: bigint; at: string; seq: number },
): Result<readonly Leg[], LotRefusal> {
  const { held } = book;
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

/** Under a strict method: several lots, and not all of them are meant. */
function isAmbiguous(book: LotBook, lots: number): boolean {
  const isStrict = book.method === "strict" || book.method === "strict_with_size";
  return isStrict && book.lots.length > 1 && lots !== -book.held;
}

function reduceBySize(book: LotBook, lots: number): Result<readonly Lot[], LotRefusal> {
  const place = book.lots.findLastIndex((lot) => lot.lots === -lots);
  if (book.method !== "strict_with_size" || place < 0) {
    const sizes = book.lots.map((lot) => lot.lots).join(", ");
    const message = `ambiguous: a change of ${lots} could reduce any of the lots ${sizes}`;
    return err({ code: "ambiguous_lots", message });
  }
  const [lot] = book.lots.splice(place, 1);
  book.held += lots;
  return ok([{ ...lot, lots, costMinor: -lot.costMinor }]);
}

/** `size` of a lot at its share of the cost; the lot itself when that is all of it. */
function partOf(lot: Lot, size: number): Lot {
  const whole = Math.abs(lot.lots);
  if (size === whole) return lot;
  const costMinor = divideRounded(lot.costMinor * BigInt(size), BigInt(whole));
  return { ...lot, lots: Math.sign(lot.lots) * size, costMinor };
}

/** Puts a lot before all that are taken sooner, by halving. */
export function putInOrder({ method, lots }: LotBook, lot: Lot): void {
  let low = 0;
  let high = lots.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isTakenSooner(method, lot, lots[middle])) low = middle + 1;
    else high = middle;
  }
  lots.splice(low, 0, lot);
}

function isTakenSooner(method: LotMethod, a: Lot, b: Lot): boolean {
  switch (method) {
    case "fifo":
    case "average":
    case "strict":
    case "strict_with_size":
      return isOlder(a, b);
    case "lifo":
      return isOlder(b, a);
    case "hifo": {
      // Cross-multiplied unit costs: both products are exact, and both sizes have one sign.
      const left = a.costMinor * BigInt(b.lots);
      const right = b.costMinor * BigInt(a.lots);
      return left === right ? isOlder(a, b) : left > right;
    }
  }
}

export function isOlder(a: Lot, b: Lot): boolean {
  if (a.openedAt !== b.openedAt) return a.openedAt < b.openedAt;
  return a.openedSeq < b.openedSeq;
}

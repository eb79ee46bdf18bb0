/** Books of lots written as [quantity, unit cost in dollars, date], as the reference vectors have them. */
import {
  createLotBook,
  type Lot,
  type LotBook,
  type LotMethod,
  openLot,
} from "../../../src/records/ledger/lots.ts";

export type VectorLot = [number, number, string];

/** The vectors give unit costs; two digits make every total in them a whole number of cents. */
export function cents(amount: number): bigint {
  return BigInt(Math.round(amount * 100));
}

export function bookOf(method: LotMethod, lots: readonly VectorLot[]): LotBook {
  const book = createLotBook(method);
  lots.forEach(([size, unit, date], i) => {
    openLot(book, { lots: size, costMinor: cents(size * unit), openedAt: date, openedSeq: i });
  });
  return book;
}

/** What is open, oldest first. */
export function open(book: LotBook): Lot[] {
  return book.lots.toSorted((a, b) =>
    a.openedAt === b.openedAt ? a.openedSeq - b.openedSeq : a.openedAt < b.openedAt ? -1 : 1,
  );
}

export function asVector(lots: readonly Lot[]): VectorLot[] {
  return lots.map((l) => [l.lots, Number(l.costMinor) / l.lots / 100, l.openedAt]);
}

/** Splits of lots: quantities multiply, cost stays, and what vanishes takes its share with it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costHeld, lotsHeld } from "../../../src/records/ledger/lots.ts";
import { splitLots } from "../../../src/records/ledger/split-lots.ts";
import { bookOf, open } from "./lot-books.ts";

describe("splits", () => {
  it("multiply quantities and keep cost: 7 for 1", () => {
    const book = bookOf("fifo", [
      [3, 645.57, "2014-01-02"],
      [2, 600.1, "2014-03-03"],
    ]);
    const { relievedMinor } = splitLots(book, { ratio: 7, lotsBefore: 5, lotsAfter: 35 });
    expect(relievedMinor).toBe(0n);
    expect(open(book).map((l) => [l.lots, l.costMinor])).toEqual([
      [21, 193671n],
      [14, 120020n],
    ]);
  });

  it("relieve cost in proportion to the fraction that vanished: 3 for 2 on 5", () => {
    const book = bookOf("fifo", [[5, 30, "2020-01-01"]]);
    const { relievedMinor } = splitLots(book, { ratio: 1.5, lotsBefore: 5, lotsAfter: 7 });
    expect(relievedMinor).toBe(1000n);
    expect(open(book).map((l) => [l.lots, l.costMinor])).toEqual([[7, 14000n]]);
  });

  it("keep the cost of lots that a reverse split swallows: 1 for 10", () => {
    const book = bookOf("fifo", [
      [-4, 1, "2020-01-01"],
      [-7, 2, "2020-01-02"],
      [-9, 3, "2020-01-03"],
    ]);
    const { relievedMinor } = splitLots(book, { ratio: 0.1, lotsBefore: -20, lotsAfter: -2 });
    expect(relievedMinor).toBe(0n);
    expect(open(book).map((l) => [l.lots, l.costMinor, l.openedAt])).toEqual([
      [-1, -1800n, "2020-01-02"],
      [-1, -2700n, "2020-01-03"],
    ]);
  });

  it("give swallowed newest lots' cost to the lot before them", () => {
    const book = bookOf("fifo", [
      [10, 1, "2020-01-01"],
      [3, 2, "2020-01-02"],
    ]);
    const { relievedMinor } = splitLots(book, { ratio: 0.1, lotsBefore: 13, lotsAfter: 1 });
    expect(relievedMinor).toBe(231n + 138n);
    expect(open(book).map((l) => [l.lots, l.costMinor])).toEqual([[1, 1600n - 369n]]);
  });

  it("do not lose a lot to the rounding of one third", () => {
    const book = bookOf("fifo", [
      [9, 1, "2020-01-01"],
      [9, 2, "2020-01-02"],
    ]);
    const { relievedMinor } = splitLots(book, { ratio: 1 / 3, lotsBefore: 18, lotsAfter: 6 });
    expect(relievedMinor).toBe(0n);
    expect(open(book).map((l) => l.lots)).toEqual([3, 3]);
  });

  it("relieve everything when nothing whole is left", () => {
    const book = bookOf("fifo", [[3, 5, "2020-01-01"]]);
    const { relievedMinor } = splitLots(book, { ratio: 0.1, lotsBefore: 3, lotsAfter: 0 });
    expect(relievedMinor).toBe(1500n);
    expect(book.lots).toEqual([]);
  });

  it("refuse counts that do not fit the book or the ratio", () => {
    const terms = { ratio: 2, lotsBefore: 5, lotsAfter: 10 };
    const four = () => bookOf("fifo", [[4, 5, "2020-01-01"]]);
    const counted = "invariant 11: a split counts 5 lots before, the ledger holds 4";
    expect(() => splitLots(four(), terms)).toThrow(counted);
    expect(() => splitLots(four(), { ...terms, lotsAfter: 8 })).toThrow(counted);
    // A fraction may vanish, a whole lot may not; and no ratio turns a holding around.
    const wrong = [
      { ...terms, lotsAfter: 12 },
      { ...terms, lotsAfter: 11 },
      { ...terms, lotsAfter: 9 },
      { ...terms, ratio: 0, lotsAfter: 0 },
      { ...terms, ratio: -0.1, lotsAfter: 0 },
    ];
    for (const each of wrong) {
      expect(() => splitLots(bookOf("fifo", [[5, 5, "2020-01-01"]]), each)).toThrow(
        `invariant 11: a split of 5 lots by ${each.ratio} cannot leave ${each.lotsAfter}`,
      );
    }
  });

  it("conserve cost and quantity for any lots and any ratio", () => {
    const lotsArbitrary = fc.array(
      fc.record({ lots: fc.integer({ min: 1, max: 50 }), unit: fc.integer({ min: 1, max: 900 }) }),
      { minLength: 1, maxLength: 8 },
    );
    const ratios = fc.constantFrom(7, 2, 1.5, 4 / 3, 0.1, 1 / 3, 1 / 7, 0.0625, 20);
    fc.assert(
      fc.property(lotsArbitrary, ratios, fc.constantFrom(1, -1), (lots, ratio, sign) => {
        const book = bookOf(
          "fifo",
          lots.map((l) => [sign * l.lots, l.unit / 100, "2020-01-01"]),
        );
        const cost = costHeld(book.lots);
        const lotsBefore = lotsHeld(book.lots);
        const lotsAfter = Math.trunc(lotsBefore * ratio * (1 + 1e-12)) + 0;
        const { relievedMinor } = splitLots(book, { ratio, lotsBefore, lotsAfter });
        expect(lotsHeld(book.lots)).toBe(lotsAfter);
        expect(book.held).toBe(lotsAfter);
        expect(costHeld(book.lots) + relievedMinor).toBe(cost);
        for (const lot of book.lots) expect(Math.sign(lot.lots)).toBe(sign);
      }),
    );
  });
});

/** Lot booking: reference vectors, rounding, crossing zero, and a naive twin share by share. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bookFill,
  costHeld,
  createLotBook,
  type LotBook,
  type LotMethod,
  lotsHeld,
  reduceLots,
} from "../../../src/records/ledger/lots.ts";
import { SHARED, sharedFile, sharedName } from "../../support/shared.ts";
import { asVector, bookOf, cents, open, type VectorLot } from "./lot-books.ts";

function byDate(a: VectorLot, b: VectorLot): number {
  return a[2] < b[2] ? -1 : 1;
}

function sell(book: LotBook, size: number): VectorLot[] | string {
  const reduced = reduceLots(book, -size);
  return reduced.ok ? asVector(reduced.value) : reduced.error.message;
}

type Case = {
  readonly method: string;
  readonly lots: readonly VectorLot[];
  readonly sell: number;
  readonly booked: readonly VectorLot[] | string;
  readonly remaining: readonly VectorLot[] | null;
};
type Sequence = {
  readonly lots: readonly VectorLot[];
  readonly steps: readonly { readonly sell: number; readonly booked: readonly VectorLot[] }[];
  readonly remaining: readonly VectorLot[];
};
type AverageCase = {
  readonly lots: readonly VectorLot[];
  readonly sell: number;
  readonly avg_cost?: number;
  readonly remaining?: readonly [number, number];
  readonly error?: string;
};
type Vectors = {
  readonly cases: readonly Case[];
  readonly sequence_HIFO: Sequence;
  readonly sequence_FIFO: Sequence;
  readonly "AVERAGE (tests exist but are disabled upstream)": readonly AverageCase[];
};
type CostCase = {
  readonly tx: readonly ["B" | "S", number, number][];
  readonly remaining_cost_FIFO: number;
  readonly remaining_cost_moving_average: number;
};

function vectors<T>(file: string): T {
  return JSON.parse(readFileSync(sharedFile(`vectors/${file}`), "utf8")) as T;
}

const source = "lots.json: beancount booking_full_test.py @a3cb3fd";
describe.skipIf(SHARED === null)(`${sharedName(source)}`, () => {
  it("books every FIFO and LIFO case", () => {
    const { cases } = vectors<Vectors>("lots.json");
    expect(cases).toHaveLength(14);
    for (const { method, lots, sell: size, booked, remaining } of cases) {
      const book = bookOf(method.toLowerCase() as LotMethod, lots);
      const result = sell(book, size);
      // A refusal's text here is the vector's words and then the figures.
      const said = typeof result === "string" ? result.split(":")[0] : result;
      expect(said).toEqual(booked);
      expect(asVector(open(book))).toEqual((remaining ?? lots).toSorted(byDate));
    }
  });

  it.each(["HIFO", "FIFO"] as const)("books the %s sequence", (method) => {
    const { lots, steps, remaining } = vectors<Vectors>("lots.json")[`sequence_${method}`];
    const book = bookOf(method === "HIFO" ? "hifo" : "fifo", lots);
    for (const step of steps) expect(sell(book, step.sell)).toEqual(step.booked);
    expect(asVector(open(book))).toEqual(remaining);
  });

  it("books every AVERAGE case", () => {
    const cases = vectors<Vectors>("lots.json")["AVERAGE (tests exist but are disabled upstream)"];
    const booked = cases.map(({ lots, sell: size }) => {
      const book = bookOf("average", lots);
      const result = sell(book, size);
      if (typeof result === "string") return result.split(":")[0];
      return [result, asVector(open(book)).map(([held, unit]) => [held, unit])];
    });
    const expected = cases.map(({ lots, sell: size, avg_cost, remaining, error }) =>
      error === undefined ? [[[-size, avg_cost, lots[0][2]]], [remaining]] : error,
    );
    expect(cases).toHaveLength(4);
    expect(booked).toEqual(expected);
  });

  it("keeps the cost that portfolio-performance keeps, FIFO and moving average", () => {
    const { cost_methods_pp } = vectors<{ cost_methods_pp: CostCase[] }>("returns_irr.json");
    expect(cost_methods_pp).toHaveLength(2);
    for (const { tx, remaining_cost_FIFO, remaining_cost_moving_average } of cost_methods_pp) {
      expect(costAfter("fifo", tx)).toBe(cents(remaining_cost_FIFO));
      expect(costAfter("average", tx)).toBe(cents(remaining_cost_moving_average));
    }
  });
});

function costAfter(method: LotMethod, trades: readonly ["B" | "S", number, number][]): bigint {
  const book = createLotBook(method);
  trades.forEach(([side, size, value], seq) => {
    const sign = side === "B" ? 1 : -1;
    const notionalMinor = BigInt(sign) * cents(value);
    expect(bookFill(book, { lots: sign * size, notionalMinor, at: "2020-01-01", seq }).ok).toBe(
      true,
    );
  });
  return costHeld(book.lots);
}

describe("strict methods", () => {
  const two: VectorLot[] = [
    [1, 101, "2014-06-01"],
    [2, 102, "2014-06-02"],
  ];
  const twins: VectorLot[] = [
    [1, 102, "2014-06-02"],
    [1, 101, "2014-06-01"],
    [3, 103, "2014-06-03"],
  ];

  it("refuses to choose between lots, and leaves the book as it was", () => {
    const book = bookOf("strict", two);
    expect(reduceLots(book, -1)).toMatchObject({ ok: false, error: { code: "ambiguous_lots" } });
    expect(asVector(open(book))).toEqual(two);
  });

  it("takes all lots, or part of a single one", () => {
    expect(sell(bookOf("strict", two), 3)).toEqual([
      [-1, 101, "2014-06-01"],
      [-2, 102, "2014-06-02"],
    ]);
    expect(sell(bookOf("strict", [two[1]]), 1)).toEqual([[-1, 102, "2014-06-02"]]);
  });

  it("with size: takes the lot of that size, the oldest of several, else refuses", () => {
    expect(sell(bookOf("strict_with_size", two), 1)).toEqual([[-1, 101, "2014-06-01"]]);
    expect(sell(bookOf("strict_with_size", twins), 1)).toEqual([[-1, 101, "2014-06-01"]]);
    expect(sell(bookOf("strict_with_size", twins), 2)).toContain("ambiguous");
    expect(sell(bookOf("strict", twins), 1)).toContain("ambiguous");
    expect(sell(bookOf("strict", two), 1), "the sizes to choose from").toMatch(/lots [12], [12]$/);
  });

  it("with size: counts what is left, be the lot taken the oldest or the newest", () => {
    for (const size of [1, 3]) {
      const book = bookOf("strict_with_size", twins);
      expect(reduceLots(book, -size).ok).toBe(true);
      expect(book.held).toBe(5 - size);
      expect(lotsHeld(book.lots)).toBe(5 - size);
      expect(sell(book, 5 - size)).toHaveLength(2);
    }
  });
});

describe("rounding and crossing", () => {
  it("takes round(cost x part / whole) and leaves no residue at the close", () => {
    const book = bookOf("fifo", [[3, 100 / 3, "2020-01-01"]]);
    expect(costHeld(book.lots)).toBe(10000n);
    const parts = [1, 1, 1].map(() => reduceLots(book, -1));
    const costs = parts.map((p) => (p.ok ? p.value[0].costMinor : null));
    expect(costs).toEqual([-3333n, -3334n, -3333n]);
    expect(book.lots).toEqual([]);
  });

  it("crosses zero in two legs: short 1 @110, buy 2 @112 (lots.json, crossing_zero)", () => {
    const book = bookOf("fifo", [[-1, 110, "2020-01-01"]]);
    const legs = bookFill(book, { lots: 2, notionalMinor: 22400n, at: "2020-01-02", seq: 9 });
    expect(legs).toMatchObject({
      ok: true,
      value: [
        {
          kind: "close",
          lots: 1,
          notionalMinor: 11200n,
          changes: [{ lots: 1, costMinor: 11000n }],
        },
        { kind: "open", lots: 1, notionalMinor: 11200n, changes: [{ lots: 1, costMinor: 11200n }] },
      ],
    });
    expect(asVector(open(book))).toEqual([[1, 112, "2020-01-02"]]);
  });

  it("takes the dearest short lot first, and the oldest of equals, under HIFO", () => {
    const book = bookOf("hifo", [
      [-2, 50, "2020-01-01"],
      [-2, 60, "2020-01-03"],
      [-2, 60, "2020-01-02"],
    ]);
    const reduced = reduceLots(book, 3);
    expect(reduced.ok && asVector(reduced.value)).toEqual([
      [2, 60, "2020-01-02"],
      [1, 60, "2020-01-03"],
    ]);
  });

  it("refuses a change in the direction of what is held", () => {
    const book = bookOf("fifo", [[2, 50, "2020-01-01"]]);
    expect(reduceLots(book, 1)).toMatchObject({ ok: false, error: { code: "not_enough_lots" } });
    expect(reduceLots(createLotBook("fifo"), -1)).toMatchObject({ ok: false });
  });
});

/** One record per single lot, each with its own whole cost: nothing to prorate, nothing to merge. */
function naiveTwin(
  method: "fifo" | "lifo" | "hifo",
  fills: readonly { lots: number; unit: bigint }[],
) {
  let shares: { sign: number; cost: bigint; seq: number }[] = [];
  fills.forEach(({ lots, unit }, seq) => {
    const sign = Math.sign(lots);
    for (let n = Math.abs(lots); n > 0; n--) {
      if (shares.length === 0 || shares[0].sign === sign) shares.push({ sign, cost: unit, seq });
      else {
        const best = shares.reduce((a, b) => (isFirst(method, b, a) ? b : a));
        shares = shares.filter((s) => s !== best);
      }
    }
  });
  return shares;
}

function isFirst(
  method: string,
  b: { cost: bigint; seq: number },
  a: { cost: bigint; seq: number },
) {
  if (method === "lifo") return b.seq > a.seq;
  if (method === "hifo") return b.cost > a.cost || (b.cost === a.cost && b.seq < a.seq);
  return b.seq < a.seq;
}

const fillsArbitrary = fc.array(
  fc.record({
    lots: fc.integer({ min: -6, max: 6 }).filter((n) => n !== 0),
    unit: fc.bigInt({ min: -5n, max: 40n }),
  }),
  { maxLength: 25 },
);

describe("properties", () => {
  it.each(["fifo", "lifo", "hifo"] as const)(
    "%s equals the twin that keeps single shares",
    (method) => {
      fc.assert(
        fc.property(fillsArbitrary, (fills) => {
          const book = createLotBook(method);
          fills.forEach(({ lots, unit }, seq) => {
            bookFill(book, { lots, notionalMinor: BigInt(lots) * unit, at: "2020-01-01", seq });
          });
          const twin = naiveTwin(method, fills);
          const single = open(book).flatMap((l) =>
            Array.from({ length: Math.abs(l.lots) }, () => [
              l.openedSeq,
              l.costMinor / BigInt(l.lots),
            ]),
          );
          expect(single).toEqual(
            twin.toSorted((a, b) => a.seq - b.seq).map((s) => [s.seq, s.cost]),
          );
          expect(lotsHeld(book.lots)).toBe(fills.reduce((n, f) => n + f.lots, 0));
        }),
      );
    },
  );

  it.each(["fifo", "lifo", "hifo", "average"] as const)(
    "%s: cost in less cost out is what is held, whatever the rounding",
    (method) => {
      const odd = fc.array(
        fc.record({
          lots: fc.integer({ min: -9, max: 9 }).filter((n) => n !== 0),
          value: fc.bigInt({ min: -999n, max: 9999n }),
        }),
        { maxLength: 25 },
      );
      fc.assert(
        fc.property(odd, (fills) => {
          const book = createLotBook(method);
          let cost = 0n;
          fills.forEach(({ lots, value }, seq) => {
            const legs = bookFill(book, { lots, notionalMinor: value, at: "2020-01-01", seq });
            if (!legs.ok) throw new Error(legs.error.message);
            expect(legs.value.reduce((n, l) => n + l.notionalMinor, 0n)).toBe(value);
            for (const leg of legs.value) for (const c of leg.changes) cost += c.costMinor;
          });
          expect(costHeld(book.lots)).toBe(cost);
          expect(lotsHeld(book.lots)).toBe(book.held);
          expect(book.lots.length === 0 && cost !== 0n).toBe(false);
        }),
      );
    },
  );
});

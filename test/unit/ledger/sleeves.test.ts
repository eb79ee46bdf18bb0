/** Sleeves: worked shares, sums to the cent on any journal, a naive twin, and planted faults. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JournalPayload, MICRO_LOTS } from "../../../src/domain/journal-entry.ts";
import { createLedger, foldLedger } from "../../../src/records/ledger/fold.ts";
import {
  checkSleeves,
  createSleeveBooks,
  type SleeveBooks,
  type SleeveResult,
} from "../../../src/records/ledger/sleeves.ts";
import { splitShares } from "../../../src/records/ledger/sleeve-shares.ts";
import { type Day, flow, mixedJournal, mixedOptions, mixedSleeves } from "./mixed-journal.ts";
import { type Naive, naiveSleeves } from "./naive-sleeves.ts";
import { accrual, daily, dividend, fill, instrument, split } from "./sample-journal.ts";

const METHODS = ["fifo", "lifo", "hifo", "average"] as const;

type Shares = readonly (readonly [string, number])[];

function named(id: string, shares: Shares) {
  return shares.map(([strategy, lots]) => ({
    variant_id: `${strategy}:${id}`,
    micro_lots: Math.round(lots * MICRO_LOTS),
  }));
}

function shared(lots: number, price: number, shares: Shares, fee = 0): JournalPayload {
  return { ...fill("SPY", lots, price, fee), sleeves: named("SPY", shares) } as JournalPayload;
}

function crossed(price: number | null, shares: Shares): JournalPayload {
  return { kind: "cross", instrument: "SPY", price, sleeves: named("SPY", shares), terminals: [] };
}

function booksOf(...payloads: readonly JournalPayload[]): SleeveBooks {
  const books = createSleeveBooks(mixedSleeves("fifo"));
  for (const entry of daily(payloads)) books.apply(entry);
  return books;
}

/** Rows of one instrument that hold or earned anything, by strategy. */
function rowsOf(books: SleeveBooks, id: string, price: number): Record<string, SleeveResult> {
  const rows = books.results(() => price).filter((row) => row.instrument === id);
  return Object.fromEntries(rows.map((row) => [row.strategy, row]));
}

describe("shares", () => {
  it("of a fill: value and fee in proportion, the odd cent to who lost most", () => {
    // Three contracts for five sleeves' wishes of 0.6 each, here 1.2 + 1.2 + 0.6.
    const shares: Shares = [
      ["trend", 1.2],
      ["carry", 1.2],
      ["value", 0.6],
    ];
    const rows = rowsOf(booksOf(shared(3, 33.335, shares, 101)), "SPY", 40);
    // 3 x 33.335 = 100.01: 40.004, 40.004 and 20.002, so the first pays 40.01. Fee 1.01 likewise.
    expect(rows["trend"]).toMatchObject({ microLots: 1_200_000, feesMinor: 41, totalMinor: 758 });
    expect(rows["carry"]).toMatchObject({ microLots: 1_200_000, feesMinor: 40, totalMinor: 760 });
    expect(rows["value"]).toMatchObject({ microLots: 600_000, feesMinor: 20, totalMinor: 380 });
    expect(rows["trend"].unrealisedMinor).toBe(4800 - 4001);
  });

  it("of a cross: cost moves at its price, realised is the one's and not the other's", () => {
    const bought = shared(2, 100, [["trend", 2]]);
    const move = crossed(110, [
      ["carry", 0.5],
      ["trend", -0.5],
    ]);
    const rows = rowsOf(booksOf(bought, move), "SPY", 120);
    expect(rows["trend"]).toMatchObject({ realisedMinor: 500, unrealisedMinor: 3000 });
    expect(rows["carry"]).toMatchObject({ realisedMinor: 0, unrealisedMinor: 500 });
  });

  it("of a cross that the market never priced: nothing", () => {
    const rows = rowsOf(booksOf(crossed(null, [])), "SPY", 120);
    expect(Object.values(rows).every((row) => row.totalMinor === 0)).toBe(true);
    expect(() =>
      booksOf(
        crossed(null, [
          ["trend", 1],
          ["carry", -1],
        ]),
      ),
    ).toThrow("at no price");
  });

  it("of dividends and borrow: by what is held, by who is short", () => {
    const shares: Shares = [
      ["trend", 3],
      ["carry", -4],
    ];
    const payloads = [
      shared(-1, 100, shares),
      dividend("SPY", -1, 0.5),
      accrual("borrow", "SPY", 1, 7),
    ];
    const rows = rowsOf(booksOf(...payloads), "SPY", 100);
    expect(rows["trend"]).toMatchObject({ dividendsMinor: 150, borrowMinor: 0, totalMinor: 150 });
    expect(rows["carry"]).toMatchObject({ dividendsMinor: -200, borrowMinor: 7, totalMinor: -207 });
  });

  it("of a split with cash in lieu: by size, lots in millionths", () => {
    const shares: Shares = [
      ["trend", 2],
      ["carry", 1],
    ];
    // 4.5 lots become 4; of the vanished half two thirds are trend's.
    const rows = rowsOf(booksOf(shared(3, 30, shares), split("SPY", 1.5, [3, 4], 1000)), "SPY", 20);
    expect(rows["trend"]).toMatchObject({ microLots: 2_666_667, realisedMinor: 667 - 667 });
    expect(rows["carry"]).toMatchObject({ microLots: 1_333_333, realisedMinor: 333 - 333 });
  });

  it("of a dividend on a portfolio that is flat: none, though sleeves hold opposite things", () => {
    const inside = crossed(10, [
      ["trend", 1],
      ["carry", -1],
    ]);
    const rows = rowsOf(booksOf(inside, dividend("SPY", 0, 0.5)), "SPY", 10);
    expect(Object.values(rows).map((row) => row.dividendsMinor)).toEqual([0, 0, 0]);
  });

  it("of borrow that came to nothing: none, whoever is short", () => {
    const rows = rowsOf(booksOf(accrual("borrow", "SPY", 1, 0)), "SPY", 10);
    expect(Object.values(rows).map((row) => row.borrowMinor)).toEqual([0, 0, 0]);
  });

  it("of lots smaller than one unit: worked by hand", () => {
    const instruments = [instrument("BTC", { assetClass: "crypto", lot: 0.001 })];
    const sleeves = ["trend", "carry"].map((strategy) => ({
      variantId: `${strategy}:BTC`,
      strategy,
      instrument: "BTC",
    }));
    const books = createSleeveBooks({ ...mixedSleeves("fifo"), instruments, sleeves });
    const move = { ...crossed(9123.45, []), instrument: "BTC" };
    const shares = named("BTC", [
      ["trend", 200],
      ["carry", -200],
    ]);
    for (const entry of daily([{ ...move, sleeves: shares } as JournalPayload])) books.apply(entry);
    // 0.2 bitcoin, 100.00 dearer than they were crossed at.
    const rows = rowsOf(books, "BTC", 9223.45);
    expect([rows["trend"].totalMinor, rows["carry"].totalMinor]).toEqual([2000, -2000]);
  });

  it("that are nothing need no mark, and stay nothing in a split", () => {
    const rows = booksOf(split("SPY", 2, [0, 0], 0)).results(() => Number.NaN);
    expect(rows.every((row) => row.microLots === 0 && row.totalMinor === 0)).toBe(true);
    expect(splitShares([0, 0], { ratio: 2, lotsBefore: 0, lotsAfter: 0 })).toEqual([0, 0]);
  });

  it.each(["strict", "strict_with_size"] as const)(
    "under %s go first in, first out: a share has no size of its own to choose by",
    (method) => {
      const books = createSleeveBooks(mixedSleeves(method));
      // With size, the newer lot of one would be taken.
      const trades = [shared(2, 100, [["trend", 2]]), shared(1, 110, [["trend", 1]])];
      const sale = shared(-1, 120, [["trend", -1]]);
      for (const entry of daily([...trades, sale])) books.apply(entry);
      expect(rowsOf(books, "SPY", 120)["trend"]).toMatchObject({ realisedMinor: 2000 });
    },
  );

  it("of interest on the account's debit: none; it is the portfolio's own line", () => {
    const euros = { ...accrual("financing", null, 1, 40), currency: "EUR" } as JournalPayload;
    const books = booksOf(accrual("financing", null, 2, 30), euros, accrual("borrow", null, 1, 5));
    const lines = books.results(() => 1).filter((row) => row.instrument === "");
    expect(
      lines.map((row) => [row.variantId, row.currency, row.borrowMinor, row.totalMinor]),
    ).toEqual([
      ["portfolio", "USD", 5, -65],
      ["portfolio:EUR", "EUR", 0, -40],
    ]);
  });

  it("that name nobody belong to an instrument's only sleeve", () => {
    const alone = { ...fill("7203", 3, 2000), currency: "JPY", notional_minor: 600_000 };
    const books = booksOf(alone as JournalPayload);
    expect(rowsOf(books, "7203", 2001)["trend"]).toMatchObject({
      microLots: 3_000_000,
      unrealisedMinor: 300,
      currency: "JPY",
    });
  });
});

describe("refusals", () => {
  it("a share off by one micro lot", () => {
    const short = { ...fill("SPY", 1, 10), sleeves: named("SPY", [["trend", 0.999999]]) };
    expect(() => booksOf(short as JournalPayload)).toThrow(
      /invariant 11: entry 1: sleeves of SPY add up to 999999 micro lots, the portfolio has 1000000/,
    );
  });

  it("a cross that does not sum to zero", () => {
    const off = crossed(10, [
      ["trend", 1],
      ["carry", -0.999999],
    ]);
    expect(() => booksOf(off)).toThrow("SPY add up to 1 micro lots, the portfolio has 0");
  });

  it("nobody named where several could be meant, a stranger, parts of a micro lot", () => {
    expect(() => booksOf(fill("SPY", 1, 10))).toThrow(
      "entry 1: 3 sleeves trade SPY, none is named",
    );
    expect(() => booksOf(shared(1, 10, [["hope", 1]]))).toThrow("SPY for hope:SPY");
    const half = { variant_id: "trend:SPY", micro_lots: 0.5 };
    const split_up = { ...fill("SPY", 1, 10), sleeves: [half] } as JournalPayload;
    expect(() => booksOf(split_up)).toThrow("0.5 micro lots");
  });

  it("an instrument that no sleeve trades, and a sleeve of no instrument", () => {
    const none = createSleeveBooks({ ...mixedSleeves("fifo"), sleeves: [] });
    const [entry] = daily([fill("SPY", 1, 10)]);
    expect(() => none.apply(entry)).toThrow("entry 1: no sleeve trades SPY");
    expect(() => booksOf(fill("NOPE", 1, 10))).toThrow("entry 1: no sleeve trades NOPE");
    expect(() => createSleeveBooks({ ...mixedSleeves("fifo"), instruments: [] })).toThrow(
      "trend:SPY trades SPY, unknown here",
    );
  });

  it("borrow that no sleeve owes, and holdings without a mark", () => {
    expect(() => booksOf(accrual("borrow", "SPY", 1, 5))).toThrow("which no sleeve is short of");
    const books = booksOf(
      crossed(10, [
        ["trend", 1],
        ["carry", -1],
      ]),
    );
    expect(() => books.results(() => Number.NaN)).toThrow("invariant 22: sleeves hold");
  });
});

function both(days: readonly Day[], method: (typeof METHODS)[number]) {
  const ledger = createLedger(mixedOptions(method));
  const books = createSleeveBooks(mixedSleeves(method));
  for (const { entries } of days) {
    for (const entry of entries) {
      ledger.apply(entry);
      books.apply(entry);
    }
  }
  return { ledger, books };
}

describe("any journal", () => {
  it("adds up over sleeves to the portfolio, to the cent, at every close", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom(...METHODS), (seed, method) => {
        const ledger = createLedger(mixedOptions(method));
        const books = createSleeveBooks(mixedSleeves(method));
        for (const { entries, marks } of mixedJournal(seed, 20)) {
          for (const entry of entries) {
            ledger.apply(entry);
            books.apply(entry);
          }
          expect(checkSleeves(books, ledger, marks)).toBeNull();
        }
      }),
      { numRuns: 50 },
    );
  });

  it("gives every sleeve what plain arithmetic gives it, but for rounding", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const days = mixedJournal(seed, 20);
        const entries = days.flatMap((day) => day.entries);
        const { marks } = days[19];
        const { books } = both(days, "fifo");
        const naive = naiveSleeves(entries, marks);
        for (const row of books.results(marks)) {
          if (row.instrument === "") continue;
          const own = naive.get(row.variantId) as Naive;
          expect(Math.abs(row.microLots - own.lots * MICRO_LOTS)).toBeLessThanOrEqual(20);
          expect(Math.abs(row.totalMinor - own.total)).toBeLessThanOrEqual(own.roundings + 1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("of a single owner is the portfolio's own, realised included", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom(...METHODS), (seed, method) => {
        const days = mixedJournal(seed, 20);
        const { ledger, books } = both(days, method);
        const [{ realisedMinor }] = books
          .results(days[19].marks)
          .filter((row) => row.instrument === "NK");
        expect(BigInt(0 - realisedMinor)).toBe(ledger.balances.get("Income:Realised:NK") ?? 0n);
      }),
      { numRuns: 20 },
    );
  });

  it("adds up where borrow is the portfolio's own, and asks no mark of what is sold again", () => {
    const payloads = [
      shared(1, 100, [["trend", 1]]),
      shared(-1, 101, [["trend", -1]]),
      accrual("borrow", null, 1, 5),
      accrual("financing", null, 1, 7),
    ];
    const portfolio = foldLedger(daily(payloads), mixedOptions("fifo"));
    expect(checkSleeves(booksOf(...payloads), portfolio, () => Number.NaN)).toBeNull();
  });

  it("gives the same whatever the order in which an entry names its sleeves", () => {
    const days = mixedJournal(21, 15);
    const turned = days.map((day) => ({
      ...day,
      entries: day.entries.map((entry) =>
        "sleeves" in entry.payload
          ? { ...entry, payload: { ...entry.payload, sleeves: entry.payload.sleeves.toReversed() } }
          : entry,
      ),
    }));
    const { marks } = days[14];
    expect(both(turned, "fifo").books.results(marks)).toEqual(
      both(days, "fifo").books.results(marks),
    );
  });
});

describe("planted faults", () => {
  const days = mixedJournal(77, 40);
  const { marks } = days[39];
  const { ledger, books } = both(days, "fifo");
  const changed = (strategy: string, change: (row: SleeveResult) => Partial<SleeveResult>) => ({
    results: () =>
      books
        .results(marks)
        .map((row) => (row.variantId === strategy ? { ...row, ...change(row) } : row)),
  });

  it.each([
    ["one micro lot", "carry:ES", "microLots", /^ES, micro lots: sleeves add up to/],
    ["a cent of profit", "value:SPY", "unrealisedMinor", /^SPY, realised \+ unrealised in minor/],
    ["a dividend", "trend:SAP.DE", "dividendsMinor", /^SAP.DE, dividends in minor/],
    ["a fee", "trend:FGBL", "feesMinor", /^fees in EUR minor/],
    ["a borrow fee", "trend:7203", "borrowMinor", /^borrow in JPY minor/],
    ["interest", "portfolio", "totalMinor", /^financing in USD minor/],
  ] as const)("%s too much is found", (_, variant, field, words) => {
    expect(checkSleeves(books, ledger, marks)).toBeNull();
    const off = changed(variant, (row) => ({ [field]: row[field] + 1 }));
    expect(checkSleeves(off, ledger, marks)).toMatch(words);
  });

  it("a fill, a roll or a split that the sleeves never saw is found", () => {
    for (const kind of ["fill", "roll", "split", "dividend"] as const) {
      const missing = createSleeveBooks(mixedSleeves("fifo"));
      const entries = days.flatMap((day) => day.entries);
      const last = entries.findLast(({ payload }) => payload.kind === kind && isHeld(payload));
      expect(last).toBeDefined();
      for (const entry of entries) {
        // What follows on the same instrument refuses to add up at once; so look right after it.
        if (entry.seq === last?.seq) break;
        missing.apply(entry);
      }
      const upTo = entries.filter((entry) => entry.seq <= (last?.seq ?? 0));
      const portfolio = foldLedger(upTo, mixedOptions("fifo"));
      expect(checkSleeves(missing, portfolio, marks)).not.toBeNull();
    }
  });

  it("a portfolio position that no sleeve owns is found", () => {
    const own = foldLedger(daily([flow(5), fill("SPY", 1, 10)]), mixedOptions("fifo"));
    const empty = createSleeveBooks(mixedSleeves("fifo"));
    expect(checkSleeves(empty, own, marks)).toMatch(/^SPY, micro lots: sleeves add up to 0/);
  });
});

function isHeld(payload: JournalPayload): boolean {
  if (payload.kind === "roll") return payload.lots !== 0;
  return payload.kind !== "split" || payload.lots_before !== payload.lots_after;
}

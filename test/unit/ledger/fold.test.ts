/** The fold: postings, balances, refusals, rebuilding, speed's twin, and the equity identity. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountName, imbalance } from "../../../src/records/ledger/accounts.ts";
import {
  type EquityIdentity,
  equityIdentity,
} from "../../../src/records/ledger/equity-identity.ts";
import { createLedger, foldLedger, type LedgerBooks } from "../../../src/records/ledger/fold.ts";
import type { LotMethod } from "../../../src/records/ledger/lots.ts";
import {
  accrual,
  anyJournal,
  daily,
  deposit,
  dividend,
  dividendPaid,
  fill,
  flowsMinor,
  instrument,
  naiveNavMinor,
  NO_RATES,
  optionsFor,
  SAMPLE,
  SAMPLE_MARKS,
  split,
} from "./sample-journal.ts";

const METHODS = ["fifo", "lifo", "hifo", "average"] as const satisfies readonly LotMethod[];

function postingsOf(
  ...payloads: Parameters<typeof daily>[0]
): (readonly [string, bigint, number])[][] {
  return foldLedger(daily(payloads), optionsFor("fifo")).transactions.map((t) =>
    t.postings.map((p) => [p.account, p.amountMinor, p.lots] as const),
  );
}

describe("postings", () => {
  it("of an opening: cash against position at cost, the fee apart", () => {
    expect(postingsOf(fill("AAPL", 3, 10.005, 7))).toEqual([
      [
        ["cash", -3002n, 0],
        ["position", 3002n, 3],
        ["fees", 7n, 0],
        ["cash", -7n, 0],
      ],
    ]);
  });

  it("of a closing: cost out, the gain as income (negative)", () => {
    const [, closing] = postingsOf(fill("AAPL", 3, 10), fill("AAPL", -1, 12.5));
    expect(closing).toEqual([
      ["cash", 1250n, 0],
      ["position", -1000n, -1],
      ["realised", -250n, 0],
    ]);
  });

  it("of a short closed at a loss", () => {
    const [, closing] = postingsOf(fill("AAPL", -2, 10), fill("AAPL", 2, 12));
    expect(closing).toEqual([
      ["cash", -2400n, 0],
      ["position", 2000n, 2],
      ["realised", 400n, 0],
    ]);
  });

  it("of a fill that crosses zero: two transactions of one entry, the fee in the first", () => {
    const ledger = foldLedger(
      daily([fill("AAPL", -1, 110), fill("AAPL", 2, 112, 9)]),
      optionsFor("fifo"),
    );
    const legs = ledger.transactions.slice(1);
    expect(legs.map((t) => t.seq)).toEqual([2, 2]);
    expect(legs.map((t) => t.narration)).toEqual([
      "Buy 1 lots AAPL at 112, closing",
      "Buy 1 lots AAPL at 112, opening",
    ]);
    expect(legs[0].postings.map((p) => p.amountMinor)).toEqual([-11200n, 11000n, 200n, 9n, -9n]);
    expect(legs[1].postings.map((p) => p.amountMinor)).toEqual([-11200n, 11200n]);
  });

  it("of a dividend: income at the ex-date, receivable until paid; negative on a short", () => {
    expect(postingsOf(dividend("AAPL", -10, 0.5), dividendPaid("AAPL", -500))).toEqual([
      [
        ["receivable", -500n, 0],
        ["dividends", 500n, 0],
      ],
      [
        ["cash", -500n, 0],
        ["receivable", 500n, 0],
      ],
    ]);
  });

  it("of accruals: one transaction that states its days; of zero: none", () => {
    expect(postingsOf(accrual("financing", null, 3, 40), accrual("borrow", "AAPL", 2, 0))).toEqual([
      [
        ["financing", 120n, 0],
        ["cash", -120n, 0],
      ],
    ]);
    const ledger = foldLedger(daily([accrual("borrow", "AAPL", 3, 40)]), optionsFor("fifo"));
    expect(ledger.transactions[0].narration).toBe("Borrow on short AAPL, 3 day(s) at 0.05 a year");
  });

  it("of a split with cash in lieu: lots out, lots in, the fraction's cost against its cash", () => {
    const [, splitting] = postingsOf(fill("AAPL", 5, 30), split("AAPL", 1.5, [5, 7], 1050));
    expect(splitting).toEqual([
      ["position", -15000n, -5],
      ["position", 14000n, 7],
      ["cash", 1050n, 0],
      ["realised", -50n, 0],
    ]);
  });

  it("of a dividend say what was paid on what, and when", () => {
    const { transactions } = foldLedger(daily([dividend("AAPL", 10, 0.5)]), optionsFor("fifo"));
    expect(transactions[0].narration).toBe(
      "Dividend AAPL 0.5 a unit on 10 lots, payable 2020-03-01",
    );
  });

  it("stand in the chart of accounts under the names that exports and their readers know", () => {
    const named = (["position", "receivable", "settlement", "realised", "dividends"] as const).map(
      (kind) => accountName(kind, "ES"),
    );
    expect(named).toEqual([
      "Assets:Positions:ES",
      "Assets:Receivable:Dividends:ES",
      "Assets:Settlement:ES",
      "Income:Realised:ES",
      "Income:Dividends:ES",
    ]);
    const own = (["cash", "flows", "fees", "financing", "borrow"] as const).map((kind) =>
      accountName(kind, null),
    );
    expect(own).toEqual([
      "Assets:Cash",
      "Equity:Flows",
      "Expenses:Fees",
      "Expenses:Financing",
      "Expenses:Borrow",
    ]);
  });

  it("of an order, a decision, a start and a seal: none", () => {
    const { transactions } = foldLedger([SAMPLE[0], SAMPLE[SAMPLE.length - 1]], optionsFor("fifo"));
    expect(transactions).toEqual([]);
  });
});

describe("refusals", () => {
  const fold = (...payloads: Parameters<typeof daily>[0]) =>
    foldLedger(daily(payloads), optionsFor("fifo"));

  it("an entry out of order or twice", () => {
    const ledger = createLedger(optionsFor("fifo"));
    ledger.apply(SAMPLE[1]);
    expect(() => ledger.apply(SAMPLE[1])).toThrow(/invariant 11: entry 2 comes after entry 2/);
  });

  it("amounts that are not whole, and a fill of nothing", () => {
    expect(() => fold(deposit(0.5))).toThrow(/invariant 11: entry 1: flow of 0.5/);
    const nothing = { ...fill("AAPL", 1, 5), lots: 0 } as ReturnType<typeof fill>;
    expect(() => fold(nothing)).toThrow("a fill of 0 lots");
  });

  it("another currency, in an entry or an instrument; an unknown instrument", () => {
    const euros = { ...deposit(5), currency: "EUR" } as ReturnType<typeof deposit>;
    expect(() => fold(euros)).toThrow(/entry 1 \(flow\) is not in USD but in EUR/);
    const foreign = { ...fill("AAPL", 1, 5), currency: "EUR" } as ReturnType<typeof fill>;
    expect(() => fold(foreign)).toThrow("entry 1 is in EUR, but AAPL is in USD");
    expect(() => fold(fill("NOPE", 1, 5))).toThrow("unknown instrument NOPE");
    expect(() => fold().cashOf("EUR")).toThrow("no books are kept in EUR");
  });

  it("instruments that count one currency in different units", () => {
    const digits = (id: string, currencyDigits: number, currency: string) =>
      instrument(id, { currency, currencyDigits });
    const createWith = (...instruments: ReturnType<typeof instrument>[]) =>
      createLedger({ ...optionsFor("fifo"), instruments });
    expect(() => createWith(digits("X", 3, "USD"))).toThrow("where the books have 2");
    expect(() => createWith(digits("X", 2, "EUR"), digits("Y", 0, "EUR"))).toThrow(
      "Y is in EUR with 0 digits, where the books have 2",
    );
  });

  it("an accrual whose days do not make its amount", () => {
    const off = { ...accrual("borrow", "AAPL", 3, 5), amount_minor: 16 } as ReturnType<
      typeof accrual
    >;
    expect(() => fold(off)).toThrow("3 days at 5 are not 16");
  });

  it("a choice that strict may not make: a fault that names key, entry and remedy", () => {
    const entries = daily([fill("AAPL", 1, 5), fill("AAPL", 2, 5), fill("AAPL", -1, 5)]);
    expect(() => foldLedger(entries, optionsFor("strict"))).toThrow(
      /account.lot_method: entry 3 at 2020-01-04, AAPL: ambiguous.*choose fifo/,
    );
  });

  it("a held position without a mark", () => {
    const ledger = fold(fill("AAPL", 1, 5));
    expect(() => ledger.navMinor(() => Number.NaN, NO_RATES)).toThrow(
      "invariant 22: 1 lots of AAPL",
    );
    // What is sold again needs none.
    ledger.apply({ seq: 9, at: "2020-02-01", payload: fill("AAPL", -1, 6) });
    expect(ledger.navMinor(() => Number.NaN, NO_RATES)).toBe(100);
  });

  it("postings that do not balance", () => {
    const [{ postings }] = fold(fill("AAPL", 3, 10, 7)).transactions;
    expect(imbalance(postings)).toBeNull();
    expect(imbalance(postings.slice(1))).toEqual({ currency: "USD", amountMinor: 3000n });
    const converted = postings.map((p, i) => (i === 0 ? { ...p, currency: "EUR" } : p));
    expect(imbalance(converted)).toEqual({ currency: "EUR", amountMinor: -3000n });
  });
});

describe("the books", () => {
  it.each(METHODS)("%s: net asset value equals the naive sum after every entry", (lotMethod) => {
    const ledger = createLedger(optionsFor(lotMethod));
    SAMPLE.forEach((entry, i) => {
      ledger.apply(entry);
      const marks = (id: string) => SAMPLE_MARKS(id) || 1234.5;
      expect(BigInt(ledger.navMinor(marks, NO_RATES))).toBe(
        naiveNavMinor(SAMPLE.slice(0, i + 1), marks),
      );
    });
  });

  it("are rebuilt identical from the journal, and balances equal the sum of transactions", () => {
    const first = foldLedger(SAMPLE, optionsFor("lifo"));
    const again = foldLedger(structuredClone(SAMPLE), optionsFor("lifo"));
    expect(again.transactions).toEqual(first.transactions);
    expect(again.balances).toEqual(first.balances);
    for (const transaction of first.transactions)
      expect(imbalance(transaction.postings)).toBeNull();
    expect([...first.balances.values()].reduce((a, b) => a + b, 0n)).toBe(0n);
  });

  it("without transactions hold the same balances, lots and totals", () => {
    const kept = foldLedger(SAMPLE, optionsFor("fifo"));
    const lean = foldLedger(SAMPLE, optionsFor("fifo", false));
    expect(lean.transactions).toEqual([]);
    expect(lean.balances).toEqual(kept.balances);
    expect(lean.positions).toEqual(kept.positions);
    expect(lean.totals).toEqual(kept.totals);
  });
});

function sampleIdentity(books: LedgerBooks): EquityIdentity {
  return equityIdentity(books, SAMPLE_MARKS, NO_RATES, flowsMinor(SAMPLE));
}

describe("the equity identity", () => {
  it.each(METHODS)(
    "%s: holds on the sample, and side A of the test's own says the same",
    (lotMethod) => {
      const identity = sampleIdentity(foldLedger(SAMPLE, optionsFor(lotMethod)));
      expect(identity).toMatchObject({ holds: true, differenceMinor: 0n, disagreements: [] });
      expect(identity.equity.sumMinor).toBe(naiveNavMinor(SAMPLE, SAMPLE_MARKS));
      expect(identity.explained).toMatchObject({
        feesMinor: 2932n,
        financingMinor: 1390n,
        borrowMinor: 231n,
        dividendsMinor: 2068n - 4319n,
        fxMinor: 0n,
        flowsMinor: 100_000_000n,
      });
    },
  );

  it("is worked by hand: two buys, half sold, fifo", () => {
    const entries = daily([
      deposit(100_000),
      fill("AAPL", 2, 100, 10),
      fill("AAPL", 2, 110, 10),
      fill("AAPL", -2, 120, 10),
    ]);
    const { equity, explained } = equityIdentity(
      foldLedger(entries, optionsFor("fifo")),
      () => 130,
      NO_RATES,
      100_000,
    );
    expect(equity).toEqual({
      cashMinor: 81_970n,
      receivableMinor: 0n,
      positionsMinor: 26_000n,
      sumMinor: 107_970n,
    });
    expect(explained).toMatchObject({
      realisedMinor: 4000n,
      unrealisedMinor: 4000n,
      feesMinor: 30n,
      sumMinor: 107_970n,
    });
  });

  it("holds for any journal, under every method, and equals side A", () => {
    const marks = (id: string) => ({ AAPL: 33.335, BTC: 4444.445, WTI: -3.005 })[id] ?? Number.NaN;
    fc.assert(
      fc.property(anyJournal, fc.constantFrom(...METHODS), (entries, lotMethod) => {
        const ledger = foldLedger(entries, optionsFor(lotMethod));
        const identity = equityIdentity(ledger, marks, NO_RATES, flowsMinor(entries));
        expect(identity).toMatchObject({ holds: true, differenceMinor: 0n });
        expect(identity.equity.sumMinor).toBe(naiveNavMinor(entries, marks));
        expect(BigInt(ledger.navMinor(marks, NO_RATES))).toBe(identity.equity.sumMinor);
      }),
    );
  });
});

describe("planted faults", () => {
  const books = foldLedger(SAMPLE, optionsFor("fifo"));
  const withBalance = (name: string, changeMinor: bigint): LedgerBooks => {
    const balances = new Map(books.balances);
    balances.set(name, (balances.get(name) ?? 0n) + changeMinor);
    return { ...books, balances };
  };

  it("a lost posting: the fee's cash was never taken", () => {
    expect(sampleIdentity(withBalance("Assets:Cash", 101n))).toMatchObject({
      holds: false,
      differenceMinor: 101n,
    });
  });

  it("a lost posting on a receivable", () => {
    const lost = sampleIdentity(withBalance("Assets:Receivable:Dividends:AAPL", -2068n));
    expect(lost).toMatchObject({ holds: false, differenceMinor: -2068n });
  });

  it("a lost posting of cost on a position", () => {
    const { holds, disagreements } = sampleIdentity(withBalance("Assets:Positions:F", 1n));
    expect(holds).toBe(false);
    expect(disagreements).toEqual([expect.stringContaining("F: lots cost")]);
  });

  it("a doubled fee, balanced in the books: cash twice, expense twice", () => {
    const balances = new Map(books.balances);
    balances.set("Assets:Cash", (balances.get("Assets:Cash") ?? 0n) - 500n);
    balances.set("Expenses:Fees", (balances.get("Expenses:Fees") ?? 0n) + 500n);
    expect(sampleIdentity({ ...books, balances })).toMatchObject({
      holds: false,
      differenceMinor: -500n,
    });
  });

  it("a doubled fee in the journal: side A of the test's own sees it", () => {
    const doubled = SAMPLE.map((e) =>
      e.seq === 3 && e.payload.kind === "fill"
        ? { ...e, payload: { ...e.payload, fee_minor: 202 } }
        : e,
    );
    const { equity } = sampleIdentity(foldLedger(doubled, optionsFor("fifo")));
    expect(equity.sumMinor - naiveNavMinor(SAMPLE, SAMPLE_MARKS)).toBe(-101n);
  });

  it("a lot closed twice: gone from the lots while fills say that it is held", () => {
    const aapl = books.positions.get("AAPL");
    if (aapl === undefined) throw new Error("the sample holds AAPL");
    const positions = new Map(books.positions).set("AAPL", {
      ...aapl,
      openLots: aapl.openLots.slice(1),
    });
    const { holds, differenceMinor, disagreements } = sampleIdentity({ ...books, positions });
    expect(holds).toBe(false);
    expect(differenceMinor).not.toBe(0n);
    expect(disagreements.join()).toContain("AAPL: ");
  });

  it("a fill counted twice on a position whose lots are right", () => {
    const wti = books.positions.get("BRK-B");
    if (wti === undefined) throw new Error("the sample holds BRK-B");
    const positions = new Map(books.positions).set("BRK-B", { ...wti, lots: 10 });
    expect(sampleIdentity({ ...books, positions }).disagreements).toEqual([
      "BRK-B: 5 in lots, 10 from fills",
    ]);
  });

  it("a gain counted twice, and a flow that the caller never made", () => {
    const totals = { ...books.totals, realisedMinor: books.totals.realisedMinor + 7n };
    expect(sampleIdentity({ ...books, totals })).toMatchObject({
      holds: false,
      differenceMinor: -7n,
    });
    const unknownFlow = equityIdentity(books, SAMPLE_MARKS, NO_RATES, 0);
    expect(unknownFlow).toMatchObject({ holds: false, differenceMinor: 100_000_000n });
  });
});

/** Several currencies: balances, conversion, net asset value, FX attribution, and both sides of the identity. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imbalance } from "../../../src/records/ledger/accounts.ts";
import {
  type EquityIdentity,
  equityIdentity,
} from "../../../src/records/ledger/equity-identity.ts";
import {
  createLedger,
  foldLedger,
  type Ledger,
  type LedgerBooks,
} from "../../../src/records/ledger/fold.ts";
import { negative } from "../../../src/records/ledger/foreign.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import { type Day, flow, MIXED, mixedJournal, mixedOptions } from "./mixed-journal.ts";
import {
  accrual,
  daily,
  dividend,
  dividendPaid,
  instrument,
  NO_RATES,
  SAMPLE,
  SAMPLE_MARKS,
  optionsFor,
} from "./sample-journal.ts";
import { naiveDays, type Fraction, roundedFraction, sumOf } from "./naive-books.ts";

const DEPOSIT = 500_000_000;
const METHODS = ["fifo", "lifo", "hifo", "average"] as const;

function bought(id: string, lots: number, price: number, notional_minor: number): JournalPayload {
  return {
    kind: "fill",
    order_id: "o",
    instrument: id,
    currency: id === "SAP.DE" ? "EUR" : "JPY",
    lots,
    price,
    reference_price: price,
    notional_minor,
    fee_minor: 0,
    slippage_minor: 0,
    sleeves: [],
    terminals: [],
  };
}

function played(days: readonly Day[], ledger: Ledger): Ledger {
  for (const { entries, marks, rates } of days) {
    for (const entry of entries) ledger.apply(entry);
    ledger.close(marks, rates);
  }
  return ledger;
}

function identityAt(books: LedgerBooks, { marks, rates }: Day): EquityIdentity {
  return equityIdentity(books, marks, rates, DEPOSIT);
}

describe("money in two currencies", () => {
  const ledger = foldLedger(
    daily([flow(1_000_000), bought("SAP.DE", 10, 100, 100_000), bought("7203", 1, 2000, 200_000)]),
    mixedOptions("fifo", true),
  );
  const marks = (id: string) => ({ "SAP.DE": 110, "7203": 2010 })[id] ?? Number.NaN;
  const rates = (currency: string) => ({ EUR: 1.2, JPY: 0.009 })[currency] ?? Number.NaN;

  it("stands in accounts of its own; the account's currency keeps the plain names", () => {
    expect(Object.fromEntries(ledger.balances)).toEqual({
      "Assets:Cash": 1_000_000n,
      "Equity:Flows": -1_000_000n,
      "Assets:Cash:EUR": -100_000n,
      "Assets:Positions:SAP.DE": 100_000n,
      "Assets:Cash:JPY": -200_000n,
      "Assets:Positions:7203": 200_000n,
    });
    for (const { postings } of ledger.transactions) expect(imbalance(postings)).toBeNull();
    expect([ledger.cashOf("USD"), ledger.cashOf("EUR"), ledger.cashOf("JPY")]).toEqual([
      1_000_000, -100_000, -200_000,
    ]);
  });

  it("is converted once per currency: worked by hand", () => {
    // 10,000.00 USD - 1,000.00 EUR x 1.2 - 200,000 JPY x 0.009 (yen have no minor unit)
    expect(ledger.cashMinor(rates)).toBe(1_000_000 - 120_000 - 180_000);
    // EUR: 1,100 - 1,000 = 100.00; JPY: 201,000 - 200,000 = 1,000
    expect(ledger.navMinor(marks, rates)).toBe(1_000_000 + 12_000 + 900);
    expect(ledger.digitsOf("JPY")).toBe(0);
  });

  it("needs a rate where anything is held, even where it cancels out", () => {
    const flat = (id: string) => ({ "SAP.DE": 100, "7203": 2000 })[id] ?? Number.NaN;
    expect(() => ledger.navMinor(flat, () => Number.NaN)).toThrow(
      /invariant 22: 0 minor units of EUR/,
    );
    expect(() => ledger.cashMinor(() => 0)).toThrow("invariant 22: -100000 minor units of EUR");
    const endless = () => Number.POSITIVE_INFINITY;
    expect(() => ledger.cashMinor(endless)).toThrow("invariant 22: -100000 minor units of EUR");
    for (const rate of [0, -1.2, Number.POSITIVE_INFINITY]) {
      expect(() => ledger.close(marks, () => rate)).toThrow(`has no rate (${rate})`);
    }
    expect(() => ledger.close(marks, () => Number.NaN)).toThrow("10000 minor units of EUR");
    const empty = foldLedger(daily([flow(5)]), mixedOptions("fifo"));
    expect(empty.navMinor(marks, NO_RATES)).toBe(5);
    empty.close(marks, () => Number.NaN);
    expect(equityIdentity(empty, marks, () => Number.NaN, 5).holds).toBe(true);
  });

  it("counts what is held beside cash where there is none: a stock, a dividend not yet paid", () => {
    const euros = flow(100_000, "EUR");
    const paid = foldLedger(
      daily([euros, bought("SAP.DE", 10, 100, 100_000)]),
      mixedOptions("fifo"),
    );
    expect(paid.cashOf("EUR")).toBe(0);
    expect(paid.navMinor(marks, rates)).toBe(132_000);
    const owed = { ...dividend("SAP.DE", 10, 0.5), currency: "EUR" } as JournalPayload;
    const receivable = foldLedger(daily([owed]), mixedOptions("fifo"));
    expect(receivable.navMinor(marks, rates)).toBe(600);
    const paidOut = { ...dividendPaid("SAP.DE", 500), currency: "EUR" } as JournalPayload;
    const away = foldLedger(daily([owed, paidOut, flow(-500, "EUR")]), mixedOptions("fifo"));
    expect(away.navMinor(marks, NO_RATES), "paid and taken away").toBe(0);
  });

  it("needs neither rate nor mark once everything in it is gone", () => {
    const [buy, sell] = [10, -10].map((lots) => bought("SAP.DE", lots, 100, lots * 10_000));
    const gone = foldLedger(daily([flow(5), buy, sell]), mixedOptions("fifo"));
    expect(gone.navMinor(() => Number.NaN, NO_RATES)).toBe(5);
    gone.close(
      () => Number.NaN,
      () => Number.NaN,
    );
    expect(
      equityIdentity(
        gone,
        () => Number.NaN,
        () => Number.NaN,
        5,
      ).holds,
    ).toBe(true);
  });

  it("costs interest in its own currency", () => {
    const euros = { ...accrual("financing", null, 2, 50), currency: "EUR" } as JournalPayload;
    const { balances } = foldLedger(daily([euros]), mixedOptions("fifo"));
    expect(balances.get("Expenses:Financing:EUR")).toBe(100n);
    expect(balances.get("Assets:Cash:EUR")).toBe(-100n);
  });
});

describe("FX attribution", () => {
  it("is what was held at the last close times the change of its rate: worked by hand", () => {
    const ledger = createLedger(mixedOptions("fifo"));
    const [deposit, buy] = daily([flow(1_000_000), bought("SAP.DE", 10, 100, 100_000)]);
    const at = (price: number, rate: number) =>
      [() => price, (currency: string) => (currency === "EUR" ? rate : Number.NaN)] as const;
    ledger.apply(deposit);
    ledger.apply(buy);
    // EUR held: 1,100 of stock - 1,000 owed = 100.00. Its gain of the day counts at 1.2.
    ledger.close(...at(110, 1.2));
    // Then 100.00 EUR x (1.3 - 1.2) = 10.00 of FX; the day's gain of 50.00 EUR at 1.3 = 65.00.
    ledger.close(...at(115, 1.3));
    const { equity, explained, holds } = equityIdentity(ledger, ...at(115, 1.3), 1_000_000);
    expect(holds).toBe(true);
    expect(explained).toMatchObject({ fxMinor: 1000n, unrealisedMinor: 12_000n + 6_500n });
    expect(equity).toMatchObject({
      sumMinor: 1_000_000n + 19_500n,
      cashMinor: 1_000_000n - 130_000n,
    });
  });

  it("moves with the rate alone, on a day on which nothing else happened", () => {
    const ledger = foldLedger(daily([flow(100_000, "EUR")]), mixedOptions("fifo"));
    const rateOf = (rate: number) => () => rate;
    ledger.close(() => Number.NaN, rateOf(1.2));
    const { equity, explained, holds } = equityIdentity(ledger, () => Number.NaN, rateOf(1.3), 0);
    expect(equity.sumMinor).toBe(BigInt(ledger.navMinor(() => Number.NaN, rateOf(1.3))));
    expect(explained).toMatchObject({ fxMinor: 10_000n, flowsMinor: 120_000n });
    expect(holds).toBe(true);
  });

  it("counts a result that came and went between two closes", () => {
    const ledger = createLedger(mixedOptions("fifo"));
    // A gain of 10.00 EUR, and a fee that takes all of it.
    const sell = { ...bought("SAP.DE", -10, 101, -101_000), fee_minor: 1000 } as JournalPayload;
    for (const entry of daily([bought("SAP.DE", 10, 100, 100_000), sell])) ledger.apply(entry);
    ledger.close(
      () => Number.NaN,
      () => 1.2,
    );
    const { explained, holds } = equityIdentity(
      ledger,
      () => Number.NaN,
      () => 1.2,
      0,
    );
    expect(holds).toBe(true);
    expect(explained).toMatchObject({ realisedMinor: 1200n, feesMinor: 1200n, sumMinor: 0n });
  });

  it("counts what has happened since the last close at the rate of now", () => {
    const days = mixedJournal(3, 12);
    const ledger = played(days.slice(0, -1), createLedger(mixedOptions("fifo")));
    const last = days[11];
    for (const entry of last.entries) ledger.apply(entry);
    const before = identityAt(ledger, last);
    ledger.close(last.marks, last.rates);
    expect(before.holds).toBe(true);
    expect(identityAt(ledger, last)).toEqual(before);
  });

  it("equals the naive books on any journal, under every method, exactly and at every close", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom(...METHODS), (seed, method) => {
        const days = mixedJournal(seed, 25);
        const naive = naiveDays(days, MIXED);
        const ledger = createLedger(mixedOptions(method));
        days.forEach((day, i) => {
          for (const entry of day.entries) ledger.apply(entry);
          ledger.close(day.marks, day.rates);
          expect(BigInt(ledger.navMinor(day.marks, day.rates))).toBe(naive[i].navMinor);
          expect(BigInt(ledger.cashMinor(day.rates))).toBe(naive[i].cashMinor);
        });
        const identity = identityAt(ledger, days[24]);
        expect(identity).toMatchObject({ holds: true, differenceMinor: 0n, disagreements: [] });
        expect(identity.equity.sumMinor).toBe(naive[24].navMinor);
        for (const [currency, fx] of naive[24].fx) {
          expect(exactly(ledger, currency)).toEqual(fx);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("shares the rounded sum out: components add up to what is printed as the sum", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const days = mixedJournal(seed, 10);
        const { explained: e, equity } = identityAt(
          played(days, createLedger(mixedOptions("fifo"))),
          days[9],
        );
        const gains = e.realisedMinor + e.unrealisedMinor + e.dividendsMinor + e.fxMinor;
        const costs = e.feesMinor + e.financingMinor + e.borrowMinor;
        expect(gains - costs + e.flowsMinor).toBe(e.sumMinor);
        expect(equity.cashMinor + equity.receivableMinor + equity.positionsMinor).toBe(
          equity.sumMinor,
        );
      }),
      { numRuns: 40 },
    );
  });

  it("is nothing, and asks for no rate, in books of one currency", () => {
    const ledger = foldLedger(SAMPLE, optionsFor("fifo"));
    const before = structuredClone([...ledger.balances]);
    ledger.close(SAMPLE_MARKS, NO_RATES);
    expect([...ledger.balances]).toEqual(before);
    expect([ledger.foreign.size, ledger.cashOf("USD")]).toEqual([0, ledger.cashMinor(NO_RATES)]);
  });
});

/** The ledger's exact FX of one currency, as a reduced fraction of its minor units. */
function exactly(ledger: Ledger, currency: string): Fraction {
  const { coefficient, scale } = (ledger.foreign.get(currency) as never as Foreign).attribution
    .converted.fxMinor;
  return sumOf([{ top: coefficient, bottom: 10n ** BigInt(scale) }]);
}
type Foreign = NonNullable<ReturnType<Ledger["foreign"]["get"]>>;

describe("planted faults", () => {
  const days = mixedJournal(11, 30);
  const last = days[29];
  const books = played(days, createLedger(mixedOptions("fifo")));
  const withForeign = (change: (euro: Foreign) => Foreign): LedgerBooks => {
    const euro = books.foreign.get("EUR") as Foreign;
    return { ...books, foreign: new Map([...books.foreign, ["EUR", change(euro)]]) };
  };

  it("the sound books hold", () => {
    expect(identityAt(books, last)).toMatchObject({ holds: true });
    expect(identityAt(books, last).explained.fxMinor).not.toBe(0n);
  });

  it("FX inverted: then minus now", () => {
    const inverted = withForeign((euro) => {
      const { attribution } = euro;
      const converted = {
        ...attribution.converted,
        fxMinor: negative(attribution.converted.fxMinor),
      };
      return { ...euro, attribution: { ...attribution, converted } };
    });
    const { holds, differenceMinor, disagreements } = identityAt(inverted, last);
    expect(holds).toBe(false);
    expect(differenceMinor).not.toBe(0n);
    expect(disagreements.join()).toMatch(/^EUR: what is held is worth .* more than/);
  });

  it("an exact difference that rounding would hide", () => {
    const hidden = withForeign((euro) => {
      const { attribution } = euro;
      const fx = attribution.converted.fxMinor;
      const converted = {
        ...attribution.converted,
        fxMinor: { coefficient: fx.coefficient * 10n ** 30n + 1n, scale: fx.scale + 30 },
      };
      return { ...euro, attribution: { ...attribution, converted } };
    });
    expect(identityAt(hidden, last)).toMatchObject({ holds: false, differenceMinor: 0n });
  });

  it("a result in a foreign currency that the journal does not have", () => {
    const gained = withForeign((euro) => ({
      ...euro,
      totals: { ...euro.totals, realisedMinor: euro.totals.realisedMinor + 100n },
    }));
    expect(identityAt(gained, last).holds).toBe(false);
  });

  it("foreign cash lost from its account", () => {
    const balances = new Map(books.balances);
    balances.set("Assets:Cash:EUR", (balances.get("Assets:Cash:EUR") ?? 0n) - 100n);
    expect(identityAt({ ...books, balances }, last).holds).toBe(false);
  });

  it("a close that was left out moves FX, never the sum", () => {
    const skipped = createLedger(mixedOptions("fifo"));
    for (const { entries } of days) for (const entry of entries) skipped.apply(entry);
    skipped.close(last.marks, last.rates);
    const once = identityAt(skipped, last);
    expect(once.holds).toBe(true);
    expect(once.explained.fxMinor).toBe(0n);
    expect(once.explained.sumMinor).toBe(identityAt(books, last).explained.sumMinor);
  });

  it("rates the wrong way round: the naive books have another value", () => {
    const upside = (currency: string) => 1 / last.rates(currency);
    const [naive] = naiveDays(days, MIXED).slice(-1);
    expect(BigInt(books.navMinor(last.marks, upside))).not.toBe(naive.navMinor);
  });
});

describe("an instrument that is not of the ledger", () => {
  it("is refused by name", () => {
    const options = { ...mixedOptions("fifo"), instruments: [instrument("X")] };
    const entries = daily([bought("SAP.DE", 1, 5, 500)]);
    expect(() => foldLedger(entries, options)).toThrow("unknown instrument SAP.DE");
    expect(roundedFraction({ top: -5n, bottom: 2n })).toBe(-3n);
  });
});

/** An account's entries in the books: postings by cause, the equity identity, sleeves, exports. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equityIdentity } from "../../../src/records/ledger/equity-identity.ts";
import { exportBeancount } from "../../../src/records/ledger/export-beancount.ts";
import { exportCsv } from "../../../src/records/ledger/export-csv.ts";
import { exportHledger } from "../../../src/records/ledger/export-hledger.ts";
import { createLedger, foldLedger, type LedgerEntry } from "../../../src/records/ledger/fold.ts";
import { checkSleeves, createSleeveBooks } from "../../../src/records/ledger/sleeves.ts";
import {
  adopted,
  anyAccount,
  naiveFlows,
  naiveWorth,
  OPENED,
  SAMPLE_ACCOUNT,
  SILENT,
  venueCash,
} from "./account-journal.ts";
import { mixedOptions } from "./mixed-journal.ts";
import { daily, deposit, fill, INSTRUMENTS, NO_RATES, optionsFor } from "./sample-journal.ts";

type Entries = readonly LedgerEntry[];
const entriesOf = (...payloads: LedgerEntry["payload"][]): Entries => daily(payloads);
const fold = (...payloads: LedgerEntry["payload"][]) =>
  foldLedger(entriesOf(...payloads), optionsFor("fifo"));
const balances = (...payloads: LedgerEntry["payload"][]) =>
  Object.fromEntries([...fold(...payloads).balances].filter(([, minor]) => minor !== 0n));
const marks = (id: string) =>
  ({ AAPL: 101.335, "BRK.B": 199.995, BTC: 9333.335, WTI: 12.5 })[id] ?? Number.NaN;

describe("what a venue pays and charges", () => {
  it.each<[string, LedgerEntry["payload"], Record<string, bigint>]>([
    ["a fee", venueCash("fee", -123), { "Assets:Cash": -123n, "Expenses:Fees": 123n }],
    ["a fee paid back", venueCash("fee", 5), { "Assets:Cash": 5n, "Expenses:Fees": -5n }],
    ["interest owed", venueCash("interest", -7), { "Assets:Cash": -7n, "Expenses:Financing": 7n }],
    ["interest earned", venueCash("interest", 7), { "Assets:Cash": 7n, "Expenses:Financing": -7n }],
    [
      "a dividend",
      venueCash("dividend", 40, { instrument: "AAPL" }),
      { "Assets:Cash": 40n, "Income:Dividends:AAPL": -40n },
    ],
    [
      "a dividend of nothing we keep",
      venueCash("dividend", 40, { instrument: "NEW" }),
      { "Assets:Cash": 40n, "Income:Other": -40n },
    ],
    [
      "a dividend of the account",
      venueCash("dividend", 40),
      { "Assets:Cash": 40n, "Income:Other": -40n },
    ],
    ["a transfer", venueCash("transfer", -900), { "Assets:Cash": -900n, "Equity:Flows": 900n }],
    ["anything else", venueCash("other", 3), { "Assets:Cash": 3n, "Income:Other": -3n }],
    ["nothing", venueCash("other", 0), {}],
  ])("%s", (_, payload, expected) => {
    expect(balances(payload)).toEqual(expected);
  });

  it("in a currency without books, or another than the instrument's, is refused", () => {
    expect(() => fold(venueCash("fee", -1, { currency: "EUR" }))).toThrow(
      /invariant 11: .* but in EUR/,
    );
    expect(() => fold(venueCash("dividend", 1, { currency: "EUR", instrument: "AAPL" }))).toThrow(
      /invariant 11: .* AAPL is in USD/,
    );
    expect(() => fold(venueCash("fee", -0.5))).toThrow(/invariant 11: .*not a whole number/);
  });

  it("in a foreign currency stands in its own accounts and keeps the identity", () => {
    const ledger = createLedger(mixedOptions("fifo", true));
    const payloads = [
      deposit(1_000),
      venueCash("other", 500, { currency: "EUR" }),
      venueCash("dividend", 60, { currency: "EUR", instrument: "SAP.DE" }),
    ];
    for (const entry of entriesOf(...payloads)) ledger.apply(entry);
    const rates = () => 1.25;
    ledger.close(marks, rates);
    expect(ledger.balances.get("Income:Other:EUR")).toBe(-500n);
    expect(equityIdentity(ledger, marks, rates, 1_000)).toMatchObject({
      holds: true,
      explained: { otherMinor: 625n, dividendsMinor: 75n },
    });
  });
});

describe("what was there before", () => {
  it("stands at cost against opening equity, an external flow in kind", () => {
    const ledger = fold(adopted("AAPL", 40, 98.7654), adopted("BRK.B", -5, 201.005));
    expect(Object.fromEntries(ledger.balances)).toEqual({
      "Assets:Positions:AAPL": 395_062n,
      "Assets:Positions:BRK.B": -100_503n,
      "Equity:Opening": -294_559n,
    });
    expect(ledger.transactions.map((t) => t.narration)).toEqual([
      "Adopt 40 lots AAPL long at 98.7654",
      "Adopt 5 lots BRK.B short at 201.005",
    ]);
    expect(ledger.totals.flowsMinor).toBe(294_559n);
  });

  it("of a future owes its settlement and no equity", () => {
    const ledger = foldLedger(
      entriesOf({
        kind: "position_adopted",
        instrument: "ES",
        currency: "USD",
        lots: 2,
        price: 4000,
        notional_minor: 40_000_000,
      }),
      mixedOptions("fifo", true),
    );
    expect(Object.fromEntries(ledger.balances)).toEqual({
      "Assets:Positions:ES": 40_000_000n,
      "Assets:Settlement:ES": -40_000_000n,
    });
    expect(equityIdentity(ledger, () => 4001, NO_RATES, 0).holds).toBe(true);
  });

  it("adds to what is held, closes what the venue does not hold at its price, or crosses; no lots are refused", () => {
    expect(fold(fill("AAPL", 3, 10), adopted("AAPL", 1, 10)).positions.get("AAPL")?.lots).toBe(4);
    const closing = fold(fill("AAPL", 3, 10), adopted("AAPL", -2, 12));
    expect(Object.fromEntries(closing.balances)).toEqual({
      "Assets:Cash": -3_000n,
      "Assets:Positions:AAPL": 1_000n,
      "Equity:Opening": 2_400n,
      "Income:Realised:AAPL": -400n,
    });
    const crossing = fold(fill("AAPL", -3, 10), adopted("AAPL", 5, 9));
    expect(crossing.positions.get("AAPL")?.lots).toBe(2);
    expect(crossing.totals.realisedMinor).toBe(300n);
    expect(crossing.totals.flowsMinor).toBe(4_500n);
    expect(() => fold(adopted("AAPL", 0, 10))).toThrow(/invariant 11/);
  });
});

it("facts that other entries follow from post nothing", () => {
  const silent = fold(OPENED, ...SILENT);
  expect([silent.transactions.length, silent.balances.size]).toEqual([0, 0]);
});

describe("the books of an account", () => {
  it("explain its equity to the cent, whatever happened", () => {
    fc.assert(
      fc.property(anyAccount, (entries) => {
        const ledger = foldLedger(entries, optionsFor("fifo", false));
        expect(BigInt(ledger.navMinor(marks, NO_RATES))).toBe(naiveWorth(entries, marks));
        const identity = equityIdentity(ledger, marks, NO_RATES, naiveFlows(entries));
        expect([identity.holds, identity.differenceMinor]).toEqual([true, 0n]);
      }),
      { numRuns: 150 },
    );
  });

  it("do not, when a transfer is not known to be external: the identity is no plug", () => {
    const ledger = foldLedger(SAMPLE_ACCOUNT, optionsFor("fifo"));
    expect(equityIdentity(ledger, marks, NO_RATES, naiveFlows(SAMPLE_ACCOUNT)).holds).toBe(true);
    const blind = equityIdentity(ledger, marks, NO_RATES, naiveFlows(SAMPLE_ACCOUNT) + 1_000_000);
    expect([blind.holds, blind.differenceMinor]).toEqual([false, -1_000_000n]);
  });

  it("applied one by one are the whole fold", () => {
    const one = createLedger(optionsFor("average"));
    for (const entry of SAMPLE_ACCOUNT) one.apply(entry);
    const whole = foldLedger(SAMPLE_ACCOUNT, optionsFor("average"));
    expect(one.balances).toEqual(whole.balances);
  });

  it("add up over sleeves, the venue's own charges on the portfolio's line", () => {
    fc.assert(
      fc.property(anyAccount, fc.integer({ min: 1, max: 3 }), (entries, n) => {
        const names = ["trend", "carry", "value"].slice(0, n);
        const sleeves = INSTRUMENTS.flatMap(({ id }) =>
          names.map((strategy) => ({ variantId: `${strategy}:${id}`, strategy, instrument: id })),
        );
        const books = createSleeveBooks({ ...optionsFor("fifo"), sleeves });
        const ledger = createLedger(optionsFor("fifo"));
        for (const { seq, at, payload } of entries) {
          const shares = payload.kind === "fill" && {
            sleeves: [
              { variant_id: `trend:${payload.instrument}`, micro_lots: payload.lots * 1_000_000 },
            ],
          };
          const entry = { seq, at, payload: { ...payload, ...shares } };
          books.apply(entry);
          ledger.apply(entry);
        }
        expect(checkSleeves(books, ledger, marks)).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it("on the portfolio's line: fees, interest and other, and dividends that nobody holds for", () => {
    const sleeves = [
      { variantId: "t", strategy: "trend", instrument: "AAPL" },
      { variantId: "b", strategy: "trend", instrument: "BRK.B" },
    ];
    const books = createSleeveBooks({ ...optionsFor("fifo"), sleeves });
    for (const entry of SAMPLE_ACCOUNT) books.apply(entry);
    const rows = books.results(marks);
    expect(rows.find((row) => row.variantId === "t")).toMatchObject({
      microLots: 0,
      dividendsMinor: 2_050,
      feesMinor: 70,
    });
    expect(rows.find((row) => row.variantId === "b")).toMatchObject({ dividendsMinor: -310 });
    expect(rows.filter((row) => row.variantId === "portfolio")).toMatchObject([
      { instrument: "AAPL", dividendsMinor: 700, totalMinor: 700 },
      { instrument: "", feesMinor: 123, otherMinor: 554, totalMinor: 554 - 123 - 65 },
    ]);
  });
});

describe("the exports of an account", () => {
  const ledger = foldLedger(SAMPLE_ACCOUNT, optionsFor("fifo"));
  it("name the new accounts in both languages and in CSV", () => {
    const title = { title: "account" };
    for (const text of [
      exportBeancount(ledger, title),
      exportHledger(ledger, title),
      exportCsv(ledger),
    ]) {
      for (const name of [
        "Equity:Opening",
        "Income:Other",
        "Expenses:Financing",
        "Income:Dividends:AAPL",
      ]) {
        expect(text).toContain(name);
      }
    }
    expect(exportBeancount(ledger, title)).toContain('"Adopt 40 lots AAPL long at 98.7654"');
    expect(exportCsv(ledger)).toContain(",Fee: as the venue says,Expenses:Fees,,,1.23,USD");
  });
});

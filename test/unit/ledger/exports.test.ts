/** Text of the exports: exact amounts, symbols both programs accept, goldens on a small journal. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportBeancount } from "../../../src/records/ledger/export-beancount.ts";
import { exportCsv } from "../../../src/records/ledger/export-csv.ts";
import {
  amountText,
  lotSizeOf,
  plainText,
  symbolsOf,
  unitsText,
} from "../../../src/records/ledger/export-format.ts";
import { exportHledger } from "../../../src/records/ledger/export-hledger.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import { foldLedger } from "../../../src/records/ledger/fold.ts";
import { flow, mixedOptions } from "./mixed-journal.ts";
import {
  daily,
  deposit,
  dividend,
  fill,
  INSTRUMENTS,
  optionsFor,
  SAMPLE,
} from "./sample-journal.ts";

const SMALL = foldLedger(
  daily([
    deposit(100_000),
    fill("BRK.B", 3, 33.335, 10),
    fill("BRK.B", -4, 40),
    fill("WTI", 1, -36.98),
  ]),
  optionsFor("fifo"),
);

describe("text", () => {
  it("of amounts has all digits of the currency", () => {
    expect(amountText(-5n, 2)).toBe("-0.05");
    expect(amountText(123456n, 2)).toBe("1234.56");
    expect(amountText(0n, 0)).toBe("0");
    expect(amountText(-7n, 0)).toBe("-7");
    expect(amountText(90071992547409931n, 3)).toBe("90071992547409.931");
  });

  it("of units is exact", () => {
    expect(unitsText(1234, 0.001)).toBe("1.234");
    expect(unitsText(-3, 0.1)).toBe("-0.3");
    expect(unitsText(3, 1e-8)).toBe("0.00000003");
  });

  it("of words holds nothing that would end them", () => {
    expect(plainText(' "x" ')).toBe("x");
    expect(plainText('say "x"; y\\z\nw')).toBe("say  x  y z w");
  });
});

describe("symbols", () => {
  it("are what beancount takes: two or more letters, digits and dashes, a letter first", () => {
    const ids = [
      "BRK.B",
      "BRK-B",
      "^SPX",
      "3M",
      "F",
      "TRUE",
      "USD",
      "brk b",
      "A.. /B.",
      "...",
      "^",
      "A".repeat(40),
    ];
    const symbols = symbolsOf(ids, "USD");
    expect(Object.fromEntries(symbols)).toEqual({
      "BRK-B": "BRK-B",
      "BRK.B": "BRK-B-2",
      "brk b": "BRK-B-3",
      "A.. /B.": "A-B",
      "^SPX": "SPX",
      "3M": "X-3M",
      F: "X-F",
      TRUE: "TRUE-2",
      USD: "USD-2",
      "...": "X-0",
      "^": "X-0-2",
      ["A".repeat(40)]: "A".repeat(18),
    });
  });

  it("are accepted and distinct for any names", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 30 })), (ids) => {
        const symbols = [...symbolsOf(ids, "USD").values()];
        expect(new Set(symbols).size).toBe(ids.length);
        for (const s of symbols) expect(s).toMatch(/^[A-Z][A-Z0-9-]{0,22}[A-Z0-9]$/);
      }),
    );
  });
});

describe("goldens", () => {
  it("beancount", () => {
    expect(exportBeancount(SMALL, { title: "run 1" })).toBe(`option "title" "run 1"
option "operating_currency" "USD"
option "booking_method" "NONE"
option "inferred_tolerance_default" "*:0.000001"

2020-01-02 commodity USD
2020-01-02 commodity BRK-B
  instrument: "BRK.B"
2020-01-02 commodity WTI
  instrument: "WTI"
2020-01-02 open Assets:Cash
2020-01-02 open Equity:Flows
2020-01-02 open Assets:Positions:BRK-B
2020-01-02 open Expenses:Fees
2020-01-02 open Income:Realised:BRK-B
2020-01-02 open Assets:Positions:WTI

2020-01-02 * "Initial deposit"
  seq: 1
  Assets:Cash  1000.00 USD
  Equity:Flows  -1000.00 USD

2020-01-03 * "Buy 3 lots BRK.B at 33.335, opening"
  seq: 2
  Assets:Cash  -100.01 USD
  Assets:Positions:BRK-B  3 BRK-B {{100.01 USD}}
  Expenses:Fees  0.10 USD
  Assets:Cash  -0.10 USD

2020-01-04 * "Sell 3 lots BRK.B at 40, closing"
  seq: 3
  Assets:Cash  120.00 USD
  Assets:Positions:BRK-B  -3 BRK-B {{100.01 USD}}
  Income:Realised:BRK-B  -19.99 USD

2020-01-04 * "Sell 1 lots BRK.B at 40, opening"
  seq: 3
  Assets:Cash  40.00 USD
  Assets:Positions:BRK-B  -1 BRK-B {{40.00 USD}}

2020-01-05 * "Buy 1 lots WTI at -36.98, opening"
  seq: 4
  Assets:Cash  36980.00 USD
  Assets:Positions:WTI  1 WTI {{0.00 USD}}
  Assets:Positions:WTI  -36980.00 USD

2020-01-06 balance Assets:Cash  38039.89 ~ 0 USD
2020-01-06 balance Equity:Flows  -1000.00 ~ 0 USD
2020-01-06 balance Assets:Positions:BRK-B  -1 ~ 0 BRK-B
2020-01-06 balance Expenses:Fees  0.10 ~ 0 USD
2020-01-06 balance Income:Realised:BRK-B  -19.99 ~ 0 USD
2020-01-06 balance Assets:Positions:WTI  1 ~ 0 WTI
`);
  });

  it("hledger", () => {
    expect(exportHledger(SMALL, { title: "run 1" })).toBe(`; run 1

decimal-mark .
commodity 0.00 USD
commodity 0. "BRK-B"  ; instrument: BRK.B
commodity 0. "WTI"  ; instrument: WTI
account Assets:Cash
account Equity:Flows
account Assets:Positions:BRK-B
account Expenses:Fees
account Income:Realised:BRK-B
account Assets:Positions:WTI

2020-01-02 * Initial deposit  ; seq: 1
    Assets:Cash  1000.00 USD
    Equity:Flows  -1000.00 USD

2020-01-03 * Buy 3 lots BRK.B at 33.335, opening  ; seq: 2
    Assets:Cash  -100.01 USD
    Assets:Positions:BRK-B  3 "BRK-B" @@ 100.01 USD
    Expenses:Fees  0.10 USD
    Assets:Cash  -0.10 USD

2020-01-04 * Sell 3 lots BRK.B at 40, closing  ; seq: 3
    Assets:Cash  120.00 USD
    Assets:Positions:BRK-B  -3 "BRK-B" @@ 100.01 USD
    Income:Realised:BRK-B  -19.99 USD

2020-01-04 * Sell 1 lots BRK.B at 40, opening  ; seq: 3
    Assets:Cash  40.00 USD
    Assets:Positions:BRK-B  -1 "BRK-B" @@ 40.00 USD

2020-01-05 * Buy 1 lots WTI at -36.98, opening  ; seq: 4
    Assets:Cash  36980.00 USD
    Assets:Positions:WTI  1 "WTI" @@ 0.00 USD
    Assets:Positions:WTI  -36980.00 USD

2020-01-05 * Balances asserted
    Assets:Cash  0.00 USD = 38039.89 USD
    Equity:Flows  0.00 USD = -1000.00 USD
    Assets:Positions:BRK-B  0 "BRK-B" = -1 "BRK-B"
    Expenses:Fees  0.00 USD = 0.10 USD
    Income:Realised:BRK-B  0.00 USD = -19.99 USD
    Assets:Positions:WTI  0 "WTI" = 1 "WTI"
`);
  });

  it("csv, with ids as they are and fields quoted where they must be", () => {
    const lines = exportCsv(SMALL).split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "seq,at,narration,account,instrument,units,amount,currency",
      "1,2020-01-02,Initial deposit,Assets:Cash,,,1000.00,USD",
      "1,2020-01-02,Initial deposit,Equity:Flows,,,-1000.00,USD",
      '2,2020-01-03,"Buy 3 lots BRK.B at 33.335, opening",Assets:Cash,,,-100.01,USD',
      '2,2020-01-03,"Buy 3 lots BRK.B at 33.335, opening",Assets:Positions:BRK.B,BRK.B,3,100.01,USD',
    ]);
    const amounts = lines
      .slice(1, -1)
      .map((line) => Number(line.split(",").at(-2)?.replace(".", "")));
    expect(amounts.reduce((a, b) => a + b, 0)).toBe(0);
  });
});

describe("several currencies", () => {
  const paid = { ...dividend("SAP.DE", 10, 0.5), currency: "EUR" };
  const buy = { ...fill("SAP.DE", 10, 100), currency: "EUR" };
  const ledger = foldLedger(
    daily([flow(1_000_000), buy as JournalPayload, paid as JournalPayload]),
    mixedOptions("fifo", true),
  );
  const terms = {
    title: "run 1",
    fxPrices: [{ date: "2020-01-03", currency: "EUR", rate: 0.0000012 }],
  };

  it("stand in accounts that name them, in beancount with price directives", () => {
    const text = exportBeancount(ledger, terms);
    expect(text).toContain(`
2020-01-03 * "Buy 10 lots SAP.DE at 100, opening"
  seq: 2
  Assets:Cash:EUR  -1000.00 EUR
  Assets:Positions:SAP-DE  10 SAP-DE {{1000.00 EUR}}
`);
    expect(text).toContain(
      "\n2020-01-03 price EUR  0.0000012 USD\n2020-01-05 balance Assets:Cash ",
    );
    expect(text).toContain("balance Assets:Cash:EUR  -1000.00 ~ 0 EUR\n");
  });

  it("stand in accounts that name them, in hledger with P directives", () => {
    const text = exportHledger(ledger, terms);
    expect(text).toContain(`
    Assets:Cash:EUR  -1000.00 EUR
    Assets:Positions:SAP-DE  10 "SAP-DE" @@ 1000.00 EUR
`);
    expect(text).toContain("\nP 2020-01-03 EUR 0.0000012 USD\n2020-01-04 * Balances asserted\n");
    expect(text).toContain("    Assets:Cash:EUR  0.00 EUR = -1000.00 EUR\n");
  });

  it("stand in accounts that name them in CSV; units only where a position moved", () => {
    const rows = exportCsv(ledger).split("\n");
    expect(rows).toContain(
      '2,2020-01-03,"Buy 10 lots SAP.DE at 100, opening",Assets:Cash:EUR,,,-1000.00,EUR',
    );
    const [receivable] = rows.filter((row) => row.includes("Assets:Receivable"));
    expect(receivable).toMatch(/,Assets:Receivable:Dividends:SAP\.DE,SAP\.DE,,5\.00,EUR$/);
  });
});

describe("edges", () => {
  it("shares for nothing cost nothing, with no money beside them", () => {
    const text = exportBeancount(foldLedger(daily([fill("F", 3, 0)]), optionsFor("fifo")), {
      title: "x",
    });
    expect(text).toContain("Assets:Positions:X-F  3 X-F {{0.00 USD}}\n\n");
  });

  it("refuses a time that is no date, and an instrument that is not of the books", () => {
    const dated = foldLedger(
      [{ seq: 1, at: "yesterday", payload: deposit(5) }],
      optionsFor("fifo"),
    );
    expect(() => exportBeancount(dated, { title: "x" })).toThrow(
      "invariant 11: a transaction is dated yesterday, which is not a date",
    );
    expect(() => lotSizeOf(dated, "NOPE")).toThrow("invariant 11: a posting names NOPE");
  });

  it("empty books export no transactions", () => {
    const empty = foldLedger([], optionsFor("fifo"));
    expect(exportBeancount(empty, { title: "x" })).not.toContain("2020");
    expect(exportHledger(empty, { title: "x" })).not.toContain("2020");
    expect(exportCsv(empty).split("\n")).toHaveLength(2);
  });

  it("refuses a ledger that kept no transactions", () => {
    const lean = foldLedger(SAMPLE, optionsFor("fifo", false));
    expect(() => exportCsv(lean)).toThrow(/invariant 11: .* nothing to export from/);
  });

  it("an event time with hours is dated by its day and kept beside it", () => {
    const entries = [{ seq: 1, at: "2020-01-02T14:30:00Z", payload: deposit(5) }];
    const ledger = foldLedger(entries, { ...optionsFor("fifo"), instruments: INSTRUMENTS });
    expect(exportBeancount(ledger, { title: "x" })).toContain(
      '2020-01-02 * "Initial deposit"\n  seq: 1\n  at: "2020-01-02T14:30:00Z"',
    );
    const hledger = exportHledger(ledger, { title: "x" });
    expect(hledger).toContain(
      "\n2020-01-02 * Initial deposit  ; seq: 1, at: 2020-01-02T14:30:00Z\n",
    );
    expect(hledger).toContain("\n2020-01-02 * Balances asserted\n");
    const beancount = exportBeancount(ledger, { title: "x" });
    expect(beancount).toContain("\n2020-01-02 open Assets:Cash\n");
    expect(beancount).toContain("\n2020-01-03 balance Assets:Cash ");
  });
});

/** Mistakes in a mandate: its text, its keys, its values, and values that contradict each other. */
import type { BadInput } from "./bad-input.ts";
import { changed, MANDATE, mandateWith, PRICES } from "./files.ts";

const argv = ["run", "."];

function broken(name: string, from: string, to: string): BadInput {
  return { name, files: mandateWith(from, to), argv };
}

function text(name: string, mandate: string | Uint8Array): BadInput {
  return { name, files: { "mandate.yaml": mandate, "prices.csv": PRICES }, argv };
}

const FEES = "fees: { bps: 1 }\n";
const USE = "    use: buy-and-hold\n";
const SECOND = `${USE}    instruments: all\n  - name: other\n    use: ma-cross\n`;

export const MANDATE_CASES: readonly BadInput[] = [
  text("an empty file", ""),
  text("only comments", "# nothing\n"),
  text("a list instead of a map", "- a\n"),
  text(
    "not YAML: a bracket that never closes",
    changed(MANDATE, "fees: { bps: 1 }", "fees: { bps: 1"),
  ),
  text("not YAML: a tab in the indentation", changed(MANDATE, "  kind: real", "\tkind: real")),
  text("not UTF-8", Uint8Array.from([0x61, 0x3a, 0x20, 0xe9, 0x0a])),
  broken("the format's version missing", "assay: 1\n", ""),
  broken("a version of the format this does not read", "assay: 1", "assay: 2"),
  broken("an unknown section", FEES, `${FEES}feees: { bps: 1 }\n`),
  broken("an unknown key with a near match", "{ bps: 1 }", "{ bsp: 1 }"),
  broken("an unknown key with none", "{ bps: 1 }", "{ commission_schedule: 1 }"),
  broken("a key written twice", FEES, `${FEES}${FEES}`),
  broken("a text where a number belongs", "{ bps: 1 }", "{ bps: one }"),
  broken("a number in quotes", "initial_equity: 100000", 'initial_equity: "100000"'),
  broken("a negative fee", "{ bps: 1 }", "{ bps: -1 }"),
  broken("an equity of zero", "initial_equity: 100000", "initial_equity: 0"),
  broken("a currency that is not one", "currency: USD", "currency: dollars"),
  broken("null where a value is required", "debit_rate: 0.05", "debit_rate: null"),
  broken("a key left empty", "debit_rate: 0.05", "debit_rate:"),
  broken(
    "the section financing missing",
    "financing: { debit_rate: 0.05, borrow_rate: 0.01 }\n",
    "",
  ),
  broken(
    "the section strategies missing",
    `strategies:\n  - name: mine\n${USE}    instruments: all\n`,
    "",
  ),
  broken("an unknown profile", "profile: plain", "profile: plane"),
  broken("a fill that does not exist", "fill: next_open", "fill: next_day"),
  broken("limits.symbol above gross", FEES, `${FEES}limits: { gross: 1, symbol: 2 }\n`),
  broken("limits.net that can never fire", FEES, `${FEES}limits: { gross: 0.5, net: 0.5 }\n`),
  broken("a fee minimum without a fee per share", "{ bps: 1 }", "{ bps: 1, minimum: 5 }"),
  broken(
    "a rebalance that never meets a decision",
    FEES,
    `${FEES}schedule: { decide: monday, rebalance: friday }\n`,
  ),
  broken(
    "a fee minimum in fractions of a cent",
    "{ bps: 1 }",
    "{ per_share: 0.01, minimum: 0.004 }",
  ),
  broken("from after to", "  kind: real\n", "  kind: real\n  from: 2024-02-01\n  to: 2024-01-01\n"),
  broken("a day that does not exist", "  kind: real\n", "  kind: real\n  from: 2024-02-30\n"),
  broken(
    "real data without sources",
    MANDATE.slice(MANDATE.indexOf("  sources"), MANDATE.indexOf("\nstrategies")),
    "",
  ),
  broken("sources of simulated data", "  kind: real\n", "  kind: simulated\n"),
  broken("both use and file", USE, `${USE}    file: ./strategy.ts\n`),
  broken("neither use nor file", USE, ""),
  broken("a built-in that does not exist", "use: buy-and-hold", "use: buy-and-held"),
  broken("a strategy file that does not exist", USE, "    file: ./strategie.ts\n"),
  broken("a parameter out of range", USE, "    use: ma-cross\n    params: { fast: 0 }\n"),
  broken("a parameter that does not exist", USE, "    use: ma-cross\n    params: { quick: 3 }\n"),
  broken("two strategies with one name", USE, changed(SECOND, "name: other", "name: mine")),
  broken(
    "two strategies on one instrument",
    USE,
    changed(SECOND, "use: ma-cross", "use: buy-and-hold"),
  ),
  broken("an instrument that the data does not have", "instruments: all", "instruments: [ACMEE]"),
  broken("an instrument listed twice", "instruments: all", "instruments: [ACME, ACME]"),
  broken(
    "an override of an instrument that is not there",
    "  kind: real\n",
    "  kind: real\n  instruments: { ACNE: { lot: 10 } }\n",
  ),
  broken(
    "keys that nobody reads",
    "  kind: real\n",
    "  kind: real\n  simulated: { sessions: 100 }\n",
  ),
  broken("another currency than the data's", "currency: USD", "currency: EUR"),
  broken("one header for two fields", "open: Open", "open: Close"),
  broken("high without low", ", low: Low", ""),
  broken("a source without its date format", ", format: YYYY-MM-DD }", " }"),
  broken("a date format that is not one", "format: YYYY-MM-DD", "format: ISO"),
  broken("a file type that is not read", "./prices.csv", "./prices.xlsx"),
  {
    name: "three mistakes at once",
    files: {
      "mandate.yaml": changed(
        changed(changed(MANDATE, "{ bps: 1 }", "{ bps: -1 }"), "next_open", "next_day"),
        "seed: 1",
        "seed: 1.5",
      ),
    },
    argv,
  },
];

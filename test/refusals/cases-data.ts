/** Mistakes in data files, and in what a mandate asks of them. */
import { zipSync } from "fflate";
import type { BadInput } from "./bad-input.ts";
import { changed, FILE_MANDATE, MANDATE, mandateWith, PRICES, STRATEGY } from "./files.ts";

const argv = ["run", "."];
const CLOSE_ONLY = changed(
  MANDATE,
  "{ open: Open, high: High, low: Low, close: Close, volume: Volume }",
  "{ close: Close }",
);
const NEXT_CLOSE = changed(CLOSE_ONLY, "next_open", "next_close");

function prices(name: string, from: string, to: string): BadInput {
  const files = { "mandate.yaml": MANDATE, "prices.csv": changed(PRICES, from, to) };
  return { name, files, argv };
}

function content(name: string, bytes: string | Uint8Array): BadInput {
  return { name, files: { "mandate.yaml": MANDATE, "prices.csv": bytes }, argv };
}

function file(name: string, path: string, bytes: Uint8Array | null): BadInput {
  const mandate = { "mandate.yaml": changed(MANDATE, "./prices.csv", path) };
  return { name, files: bytes === null ? mandate : { ...mandate, [path]: bytes }, argv };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const ROW = "2024-01-04,11,12,10.5,11.5,1200";

const INDEX = "Day,Last\n2024-01-02,13.2\n2024-01-03,14\n2024-01-04,12.5\n";

/** The sound mandate with a volatility index beside its prices; one piece of either changed. */
function reference(
  name: string,
  change: { readonly key?: readonly [string, string]; readonly row?: readonly [string, string] },
): BadInput {
  const item =
    "    - { id: VIX, kind: volatility_index, file: ./index.csv, column: Last, rights: made up, date: { column: Day, format: YYYY-MM-DD } }\n";
  const [from, to] = change.key ?? ["", ""];
  const lines = `  references:\n${from === "" ? item : changed(item, from, to)}`;
  const index = change.row === undefined ? INDEX : changed(INDEX, ...change.row);
  const mandate = changed(MANDATE, "\nstrategies:", `${lines}\nstrategies:`);
  return {
    name,
    files: { "mandate.yaml": mandate, "prices.csv": PRICES, "index.csv": index },
    argv,
  };
}

function terms(name: string, text: string): BadInput {
  return { name, files: mandateWith("  kind: real\n", `  kind: real\n${text}\n`), argv };
}

function simulated(name: string, keys: string): BadInput {
  const sources = MANDATE.slice(MANDATE.indexOf("  kind: real"), MANDATE.indexOf("\nstrategies:"));
  const data = `  kind: simulated\n  simulated: { ${keys} }\n`;
  return { name, files: { "mandate.yaml": changed(MANDATE, sources, data) }, argv };
}

export const DATA_CASES: readonly BadInput[] = [
  file("a file that is not there", "./quotes.csv", null),
  { name: "a file that is a folder", files: { "mandate.yaml": MANDATE, "prices.csv/x": "" }, argv },
  content("an empty file", ""),
  content("a header alone", `${PRICES.split("\n")[0]}\n`),
  content("bytes that are not UTF-8", Uint8Array.from([...bytes(PRICES), 0xe9, 0x0a])),
  content("a quote that never closes", `${PRICES}"2024-01-15,1,1,1,1,1\n`),
  {
    name: "a column the file does not have",
    files: mandateWith("close: Close", "close: Adj Close"),
    argv,
  },
  {
    name: "a date column in another case",
    files: mandateWith("column: Date", "column: date"),
    argv,
  },
  {
    name: "dates in another format",
    files: mandateWith("format: YYYY-MM-DD", "format: M/D/YYYY"),
    argv,
  },
  prices("a header named twice", "Date,Open", "Open,Open"),
  prices("a row with too few fields", ROW, "2024-01-04,11,12"),
  prices("a price that is no number", "10.5,11.5", "n/a,11.5"),
  prices("an empty cell", "10.5,11.5", ",11.5"),
  prices("a date twice", "2024-01-04", "2024-01-03"),
  prices("high below low", ROW, "2024-01-04,11,10,10.5,10.2,1200"),
  prices("a negative price", ROW, "2024-01-04,11,12,10.5,-11.5,1200"),
  {
    name: "a dividend without a pay date",
    files: {
      "mandate.yaml": changed(MANDATE, "volume: Volume }", "volume: Volume, dividend: Cash }"),
      "prices.csv": PRICES.replaceAll("\n", ",\n")
        .replace("Volume,", "Volume,Cash")
        .replace("1200,", "1200,0.25"),
    },
    argv,
  },
  file(
    "a zip with two files",
    "./prices.zip",
    zipSync({ "a.csv": bytes(PRICES), "b.csv": bytes(PRICES) }),
  ),
  file("a zip that is not one", "./prices.zip", bytes(PRICES)),
  file("a Parquet file that is not one", "./prices.parquet", bytes(PRICES)),
  {
    name: "no bar in the window",
    files: mandateWith("  kind: real\n", "  kind: real\n  from: 2025-01-01\n"),
    argv,
  },
  {
    name: "fills at the open of data without opens",
    files: { "mandate.yaml": CLOSE_ONLY, "prices.csv": PRICES },
    argv,
  },
  {
    name: "limit orders on data without highs and lows",
    files: {
      "mandate.yaml": changed(NEXT_CLOSE, "buy-and-hold", "ma-pullback"),
      "prices.csv": PRICES,
    },
    argv,
  },
  {
    name: "an indicator on a column the data does not have",
    files: {
      "mandate.yaml": changed(
        changed(FILE_MANDATE, ", volume: Volume", ""),
        "next_open",
        "next_close",
      ),
      "strategy.ts": changed(STRATEGY, "slow: m.sma(m.close", "slow: m.sma(m.volume"),
      "prices.csv": PRICES,
    },
    argv,
  },
  {
    name: "a warm-up longer than the data",
    files: mandateWith(
      "    use: buy-and-hold\n",
      "    use: ma-cross\n    params: { fast: 5, slow: 50 }\n",
    ),
    argv,
  },
  {
    name: "as_of before any pack was built",
    files: mandateWith("  kind: real\n", "  kind: real\n  as_of: 2024-06-30\n"),
    argv,
  },
  reference("a reference file that is not there", { key: ["./index.csv", "./vix.csv"] }),
  reference("a reference column the file does not have", { key: ["Last", "Close"] }),
  reference("a reference without a value on one day", { row: ["2024-01-03,14", "2024-01-03,"] }),
  reference("a reference at zero", { row: ["2024-01-04,12.5", "2024-01-04,0"] }),
  reference("a reference's date twice", { row: ["2024-01-04", "2024-01-03"] }),
  reference("a volatility index in a currency", { key: ["file:", "quote: USD, file:"] }),
  terms(
    "a future out of a file",
    "  instruments: { ACME: { asset_class: future, initial_margin: 500 } }",
  ),
  terms("a margin for a share", "  instruments: { ACME: { initial_margin: 500 } }"),
  terms("a calendar that there is not", "  instruments: { ACME: { calendar: NYSE } }"),
  terms(
    "a worked example that does not come out",
    "  instruments: { ACME: { worked_example: { move: 0.5, lots: 100, profit: 500 } } }",
  ),
  simulated(
    "a calibrated market beyond its calendars",
    "market: calibrated, start: 2015-01-05, years: 30",
  ),
  simulated("a key of the other simulated market", "market: shares, sessions: 300, years: 5"),
  {
    name: "the same when only the pack is built",
    files: { "mandate.yaml": MANDATE, "prices.csv": changed(PRICES, "2024-01-04", "2024-01-03") },
    argv: ["pack", "build", "."],
  },
];

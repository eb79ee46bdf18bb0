/**
 * The bars of each example as its source file has them, read by a parser of the tests' own: prices
 * stay the text of the file. The simulated market has no file; its bars come from the pack's
 * Parquet files, read by DuckDB directly.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { unzipSync } from "fflate";
import { parseCsv, type Row } from "./run-files.ts";
import { sharedFile } from "./shared.ts";

export type SourceBar = {
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly close: string;
};

export type Action = {
  readonly instrument: string;
  readonly date: string;
  readonly split: string | null;
  readonly dividend: string | null;
  readonly payDate: string;
};

/** What an instrument's money is worth: where a source says nothing, one unit in whole cents. */
export type Contract = {
  readonly currency: string;
  readonly digits: number;
  readonly multiplier: string;
  readonly tick: number | null;
  /** Date of the last close at which a contract is held -> close of the one that follows; null: no future. */
  readonly rolls: ReadonlyMap<string, string> | null;
};

export type Source = {
  /** Instrument -> date -> bar. */
  readonly bars: ReadonlyMap<string, ReadonlyMap<string, SourceBar>>;
  readonly actions: readonly Action[];
  readonly contracts?: ReadonlyMap<string, Contract>;
  /** Currency -> date -> dollars for one unit, dates ascending. */
  readonly rates?: ReadonlyMap<string, ReadonlyMap<string, string>>;
};

export async function sourceOfExample(name: string, home: string): Promise<Source> {
  if (name.startsWith("spx-")) return { bars: new Map([["SPX", spx()]]), actions: [] };
  if (name.startsWith("wti-")) return { bars: new Map([["WTI", wti()]]), actions: [] };
  if (name.startsWith("etf-")) return { bars: etf(), actions: [] };
  if (name === "aapl-2014") return aapl();
  if (name === "simulated") return simulated(home);
  throw new Error(`no source known for ${name}`);
}

const text = (path: string): string => readFileSync(sharedFile(`data/${path}`), "utf8");

export function spx(): ReadonlyMap<string, SourceBar> {
  return new Map(
    parseCsv(text("equities/spx-daily.csv")).map((row) => {
      const [month, day, year] = row["date"].split("/");
      const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
      return [date, barOf(row)];
    }),
  );
}

function wti(): ReadonlyMap<string, SourceBar> {
  return new Map(
    parseCsv(text("macro/wti-daily.csv")).map((row) => [row["Date"], closeOnly(row["Price"])]),
  );
}

function etf(): Source["bars"] {
  const rows = parseCsv(text("equities/etf23-daily-close.csv"));
  const names = Object.keys(rows[0]).filter((name) => name !== "Date");
  const barsOf = (name: string) =>
    new Map(rows.map((row) => [row["Date"], closeOnly(row[name])] as const));
  return new Map(names.map((name) => [name, barsOf(name)]));
}

/** Rows of the WIKI sample, all four shares. */
export function wikiRows(): readonly Row[] {
  const zip = readFileSync(sharedFile("data/equities/wiki-2014-splits-dividends.zip"));
  const [csv] = Object.values(unzipSync(zip));
  return parseCsv(new TextDecoder().decode(csv));
}

function aapl(): Source {
  const rows = wikiRows().filter((row) => row["ticker"] === "AAPL");
  const bars = new Map(rows.map((row) => [row["date"], barOf(row)]));
  const actions = rows.flatMap((row): readonly Action[] => {
    const split = Number(row["split_ratio"]) === 1 ? null : row["split_ratio"];
    const dividend = Number(row["ex-dividend"]) === 0 ? null : row["ex-dividend"];
    if (split === null && dividend === null) return [];
    const date = row["date"];
    return [{ instrument: "AAPL", date, split, dividend, payDate: date }];
  });
  return { bars: new Map([["AAPL", bars]]), actions };
}

function barOf(row: Row): SourceBar {
  return { open: row["open"], high: row["high"], low: row["low"], close: row["close"] };
}

function closeOnly(close: string): SourceBar {
  return { open: null, high: null, low: null, close };
}

type ManifestAction = {
  readonly instrument: string;
  readonly ex_date: string;
  readonly kind: "split" | "dividend";
  readonly ratio?: number;
  readonly amount_per_unit?: number;
  readonly pay_date?: string;
};

type Manifest = {
  readonly actions: readonly ManifestAction[];
  readonly series: readonly {
    readonly instrument: {
      readonly id: string;
      readonly asset_class: string;
      readonly currency: string;
      readonly currency_digits: number;
      readonly multiplier: number;
      readonly tick: number | null;
    };
  }[];
  readonly references: readonly {
    readonly reference: { readonly id: string; readonly kind: string; readonly currency?: string };
  }[];
};

async function simulated(home: string): Promise<Source> {
  const packs = join(home, "packs");
  const ids = readdirSync(packs).filter((name) => /^[0-9a-f]{64}$/.test(name));
  if (ids.length !== 1) throw new Error(`${ids.length} packs in ${packs}, one is expected`);
  const folder = join(packs, ids[0]);
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
  const files = readdirSync(folder);
  const fileOf = (kind: string, id: string): string => {
    const name = files.find((file) => file.startsWith(kind) && file.endsWith(`-${id}.parquet`));
    if (name === undefined) throw new Error(`no file of ${id} in ${folder}`);
    return join(folder, name);
  };
  const bars = new Map<string, ReadonlyMap<string, SourceBar>>();
  const contracts = new Map<string, Contract>();
  for (const { instrument } of manifest.series) {
    const { id, asset_class, currency, currency_digits: digits, multiplier, tick } = instrument;
    const isFuture = asset_class === "future";
    const columns = [
      "open",
      "high",
      "low",
      "close",
      ...(isFuture ? ["contract", "next_close"] : []),
    ];
    const rows = await parquetRows(fileOf("bars", id), columns);
    bars.set(id, new Map(rows.map(({ date, cells }) => [date, barOf(cells)])));
    const rolls = isFuture ? rollsOf(rows) : null;
    contracts.set(id, { currency, digits, multiplier: String(multiplier), tick, rolls });
  }
  const rates = new Map<string, ReadonlyMap<string, string>>();
  for (const { reference } of manifest.references) {
    if (reference.currency === undefined) continue;
    const rows = await parquetRows(fileOf("reference", reference.id), ["value"]);
    rates.set(reference.currency, new Map(rows.map(({ date, cells }) => [date, cells["value"]])));
  }
  return { bars, contracts, rates, actions: manifest.actions.map(actionOf) };
}

function actionOf(action: ManifestAction): Action {
  return {
    instrument: action.instrument,
    date: action.ex_date,
    split: action.kind === "split" ? String(action.ratio) : null,
    dividend: action.kind === "dividend" ? String(action.amount_per_unit) : null,
    payDate: action.pay_date ?? action.ex_date,
  };
}

type PackRow = { readonly date: string; readonly cells: Row };

/** The last row of every contract but the newest. */
function rollsOf(rows: readonly PackRow[]): ReadonlyMap<string, string> {
  const last = rows.filter(
    ({ cells }, n) => n + 1 < rows.length && rows[n + 1].cells["contract"] !== cells["contract"],
  );
  return new Map(last.map(({ date, cells }) => [date, cells["next_close"]]));
}

async function parquetRows(path: string, columns: readonly string[]): Promise<readonly PackRow[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT time, ${columns.join(", ")} FROM read_parquet('${path}') ORDER BY time`,
    );
    return reader.getRows().map(([time, ...values]) => ({
      date: new Date(Number(time)).toISOString().slice(0, 10),
      cells: Object.fromEntries(columns.map((name, i) => [name, String(values[i])])),
    }));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

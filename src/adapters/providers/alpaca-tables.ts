/**
 * Daily bars of Alpaca as one raw table, with the dividends and splits of the same days. Enters: symbols,
 * feed, dates; leaves: a long table (symbol, date, open, high, low, close, volume, dividend, pay_date,
 * split), prices raw and as the exact text that came, dates New York's, and what is recorded about it.
 * Only sessions that have closed: a bar of today changes until the evening. Refuses what is not there in
 * full: a symbol without a bar, an action without a bar on its day, pages that do not end.
 * Source: Alpaca Market Data v2, historical bars; corporate actions v1.
 */
import { createHash } from "node:crypto";
import { DAY_MS, formatDate, parseIsoDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import { BrokerRefused, BrokerUnavailable } from "../../ports/broker.ts";
import type {
  ProviderRequest,
  ReadTable,
  RawTable,
  SourceFacts,
} from "../../ports/table-source.ts";
import { readClock, readSessions } from "../brokers/alpaca/account.ts";
import { type AlpacaClient, type AlpacaOptions, openClient } from "../brokers/alpaca/client.ts";
import { hostOf } from "../brokers/alpaca/errors.ts";
import { newYorkDate } from "../brokers/alpaca/instants.ts";
import { askActions } from "./alpaca-actions.ts";
import { askBars, type AskedBar } from "./alpaca-bars.ts";

const COLUMNS = [
  "symbol",
  "date",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "dividend",
  "pay_date",
  "split",
] as const;

type Row = { -readonly [column in (typeof COLUMNS)[number]]: string };

/** `options` is asked for when the first table is. */
export function createAlpacaTables(
  options: () => AlpacaOptions,
): (request: ProviderRequest) => Promise<ReadTable> {
  let opened: Promise<AlpacaClient> | null = null;
  return async (request) => {
    opened ??= openClient(options());
    try {
      return await readTable(await opened, request);
    } catch (error) {
      if (error instanceof BrokerRefused || error instanceof BrokerUnavailable) {
        throw new Fault("data", `data.sources: ${error.message}`, { cause: error });
      }
      throw error;
    }
  };
}

async function readTable(client: AlpacaClient, request: ProviderRequest): Promise<ReadTable> {
  const { symbols, feed, fromDate } = request;
  const name = `alpaca ${feed}`;
  const untilDate = await lastDate(client, request);
  if (untilDate === null) {
    throw new Fault(
      "data",
      `${name}: no session from ${fromDate} on has closed; ask from an earlier day`,
    );
  }
  const range = { symbols, feed, fromDate, untilDate };
  const bars = await askBars(client, range);
  refuseAbsent(name, request, bars);
  const rows = rowsOf(bars);
  for (const action of await askActions(client, range)) {
    const row = rows.get(`${action.symbol} ${action.date}`);
    if (row === undefined) {
      throw new Fault(
        "data",
        `${name}: ${action.symbol} has a ${action.column} of ${action.value} on ${action.date} and no bar that day, so it cannot be placed; ask for a feed that has the day, or from a later one`,
      );
    }
    put(row, action, name);
  }
  return described(client, name, [...rows.values()]);
}

/** Null: there is none. */
async function lastDate(
  client: AlpacaClient,
  { fromDate, toDate }: ProviderRequest,
): Promise<string | null> {
  const { nowMs } = await readClock(client);
  const today = newYorkDate(nowMs);
  // The longest that an exchange was ever closed is shorter than this.
  const weeksAgo = formatDate((parseIsoDate(today) ?? nowMs) - 21 * DAY_MS);
  const sessions = await readSessions(client, weeksAgo, today);
  const closed = sessions.filter(({ closeMs }) => closeMs <= nowMs).at(-1)?.date ?? null;
  if (closed === null) return null;
  const last = toDate !== null && toDate < closed ? toDate : closed;
  return last < fromDate ? null : last;
}

function refuseAbsent(name: string, request: ProviderRequest, bars: readonly AskedBar[]): void {
  const present = new Set(bars.map(({ symbol }) => symbol));
  const absent = request.symbols.filter((symbol) => !present.has(symbol));
  if (absent.length === 0) return;
  throw new Fault(
    "data",
    `${name}: no bar of ${absent.join(", ")} from ${request.fromDate} on; see whether the symbol is right and was traded then, or ask another feed`,
  );
}

function rowsOf(bars: readonly AskedBar[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const bar of [...bars].sort(bySymbolThenDate)) {
    const key = `${bar.symbol} ${bar.date}`;
    if (rows.has(key)) {
      throw new Fault(
        "data",
        `alpaca: ${key} has two bars; run again, and report it if it stays so`,
      );
    }
    rows.set(key, { ...bar, dividend: "", pay_date: "", split: "" });
  }
  return rows;
}

function bySymbolThenDate(a: AskedBar, b: AskedBar): number {
  if (a.symbol !== b.symbol) return a.symbol < b.symbol ? -1 : 1;
  return a.date < b.date ? -1 : a.date > b.date ? 1 : 0;
}

type Action = Awaited<ReturnType<typeof askActions>>[number];

function put(row: Row, { column, value, payDate }: Action, name: string): void {
  if (row[column] !== "") {
    throw new Fault(
      "data",
      `${name}: ${row.symbol} has two of ${column} on ${row.date} (${row[column]} and ${value}), and a row holds one; bring this symbol from a file`,
    );
  }
  row[column] = value;
  if (column === "dividend") row.pay_date = payDate ?? "";
}

function described(client: AlpacaClient, file: string, rows: readonly Row[]): ReadTable {
  const columns: RawTable["columns"] = new Map(
    COLUMNS.map((name) => [name, { kind: "text", values: rows.map((row) => row[name]) }]),
  );
  const lines = Uint32Array.from(rows, (_, i) => i + 1);
  const text = rows.map((row) => COLUMNS.map((name) => row[name]).join(",")).join("\n");
  const bytes = Buffer.from(`${COLUMNS.join(",")}\n${text}\n`, "utf8");
  const facts: SourceFacts = {
    file: client.place.local === null ? file : `${file} from ${hostOf(client.place)}`,
    member: null,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.length,
    encoding: "rows of market data v2, as CSV",
  };
  const isRehearsed = client.place.local !== null;
  return { table: { file, columns, rows: rows.length, lines }, facts, isRehearsed };
}

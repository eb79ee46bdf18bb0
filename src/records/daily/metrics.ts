/**
 * metrics.csv of an account: a row per trading day, primary key date, ascending. LF, one header line,
 * dates as YYYY-MM-DD, money as decimal text, an empty field for what was not known. A day that is
 * run again replaces its row. Reading refuses with Fault("verify") a header that is not the declared
 * one, a field of another type, a second row of a date (invariant 21).
 */
import { parseIsoDate } from "../../base/instant.ts";
import { minorOfText, minorText } from "../../base/figures.ts";
import { invariant } from "../../base/assert.ts";
import type { DailyDocument } from "../../domain/daily-document.ts";
import type { MetricsRow } from "../../domain/daily-metrics.ts";
import { Fault } from "../../domain/fault.ts";
import type { ReconciliationPhase, ReconciliationResult } from "../../domain/reconciliation.ts";
import { TERMINAL_STATES, type TerminalState } from "../../domain/refusal.ts";
import type { TradingDayStatus, TradingMode } from "../../domain/trading-entry.ts";

export const METRICS_FILE = "metrics.csv";

export function metricsRow(document: DailyDocument): MetricsRow {
  const { risk, signals, trades, health, regime } = document;
  return {
    date: document.date,
    mode: document.mode,
    status: document.status,
    decided_on: document.decided_on,
    nav: risk.nav,
    cash: risk.cash,
    day_profit: risk.day_profit,
    day_return: risk.day_return,
    drawdown: risk.drawdown,
    gross: risk.gross,
    net: risk.net,
    heat: risk.heat,
    positions: document.positions.length,
    volatility_class: regime.volatility_class,
    brake: regime.brake,
    breaker: risk.breaker,
    forecasts: signals.forecasts,
    holds: signals.holds,
    signals: signals.raw,
    signals_open: signals.open,
    ended: endedCounts(signals.terminals),
    orders: trades.placed,
    orders_filled: trades.filled,
    orders_rejected: trades.rejected,
    fills: trades.fills.length,
    traded: tradedText(document),
    fees: risk.fees,
    interest: risk.interest,
    dividends: risk.dividends,
    reconciliation_start: lastResult(document, "start"),
    reconciliation_end: lastResult(document, "end"),
    breaks: health.reconciliation.reduce((sum, one) => sum + one.breaks.length, 0),
    incidents: health.incidents.length,
    errors: health.errors.length,
    warnings: health.warnings.length,
    runtime_s: health.runtime_s,
    mandate_hash: document.mandate_hash,
    pack_id: document.pack.id,
    code_hash: document.code_hash,
    journal_seq: document.journal.to_seq,
  };
}

/** Puts the day's row among the others: it takes the place of an earlier one of the same date. */
export function upsertRow(rows: readonly MetricsRow[], row: MetricsRow): MetricsRow[] {
  const others = rows.filter((one) => one.date !== row.date);
  return [...others, row].toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

/** The file with the day's row in it. Every row that was written is read; none is printed again without need. */
export function mergeMetrics(
  written: string | null,
  row: MetricsRow,
): { readonly text: string; readonly before: readonly MetricsRow[] } {
  const rows = written === null ? [] : parseMetrics(written);
  const before = rows.filter(({ date }) => date < row.date);
  const isNewest = written !== null && before.length === rows.length;
  const text = isNewest ? `${written}${lineOf(row)}\n` : metricsCsv(upsertRow(rows, row));
  return { text, before };
}

/** Throws invariant 21 for two rows of one date, or rows out of order. */
export function metricsCsv(rows: readonly MetricsRow[]): string {
  for (let i = 1; i < rows.length; i++) {
    invariant(
      rows[i - 1].date < rows[i].date,
      21,
      `${METRICS_FILE}: ${rows[i].date} comes after ${rows[i - 1].date}`,
    );
  }
  const lines = rows.map(lineOf);
  return [METRICS_COLUMNS.map(({ name }) => name).join(","), ...lines, ""].join("\n");
}

export function parseMetrics(text: string, where = METRICS_FILE): MetricsRow[] {
  const [header, ...lines] = text.split("\n");
  if (header !== METRICS_COLUMNS.map(({ name }) => name).join(",")) {
    throw unreadable(`${where}:1`, "its header is not the declared one");
  }
  if (lines.pop() !== "") throw unreadable(where, "its last line is cut off");
  const rows = lines.map((line, index) => parseRow(line, `${where}:${index + 2}`));
  rows.forEach((row, index) => {
    if (index > 0 && rows[index - 1].date >= row.date) {
      const what = rows[index - 1].date === row.date ? "a second row of" : "out of order:";
      throw unreadable(`${where}:${index + 2}`, `${what} ${row.date} (invariant 21)`);
    }
  });
  return rows;
}

type ColumnKind = "date" | "text" | "money" | "number" | "count";

type MetricsColumn = {
  readonly name: string;
  readonly type: ColumnKind;
  readonly nullable: boolean;
};

const column = (name: string, type: ColumnKind, nullable = false): MetricsColumn => ({
  name,
  type,
  nullable,
});

const ENDED = TERMINAL_STATES.map((state) => column(`ended_${state.toLowerCase()}`, "count"));

/** The declared schema; the name is the row's, but for the counts of terminal states. */
export const METRICS_COLUMNS: readonly MetricsColumn[] = [
  column("date", "date"),
  column("mode", "text"),
  column("status", "text"),
  column("decided_on", "date"),
  column("nav", "money", true),
  column("cash", "money"),
  column("day_profit", "money", true),
  column("day_return", "number", true),
  column("drawdown", "number", true),
  column("gross", "number", true),
  column("net", "number", true),
  column("heat", "number", true),
  column("positions", "count"),
  column("volatility_class", "text"),
  column("brake", "text"),
  column("breaker", "text"),
  column("forecasts", "count"),
  column("holds", "count"),
  column("signals", "count"),
  column("signals_open", "count"),
  ...ENDED,
  column("orders", "count"),
  column("orders_filled", "count"),
  column("orders_rejected", "count"),
  column("fills", "count"),
  column("traded", "money"),
  column("fees", "money"),
  column("interest", "money"),
  column("dividends", "money"),
  column("reconciliation_start", "text", true),
  column("reconciliation_end", "text", true),
  column("breaks", "count"),
  column("incidents", "count"),
  column("errors", "count"),
  column("warnings", "count"),
  column("runtime_s", "number"),
  column("mandate_hash", "text"),
  column("pack_id", "text"),
  column("code_hash", "text"),
  column("journal_seq", "count"),
];

type Plain = { readonly [name: string]: string | number | null };

function lineOf(row: MetricsRow): string {
  return METRICS_COLUMNS.map(({ name }) => fieldOf(row, name)).join(",");
}

function fieldOf(row: MetricsRow, name: string): string {
  const state = stateOfColumn(name);
  const value = state === null ? (row as unknown as Plain)[name] : row.ended[state];
  const text = value === null ? "" : String(value);
  invariant(!/[",\r\n]/.test(text), 21, `${METRICS_FILE} column ${name} cannot hold ${text}`);
  return text;
}

function parseRow(line: string, where: string): MetricsRow {
  const fields = line.split(",");
  if (fields.length !== METRICS_COLUMNS.length) {
    const counts = `${fields.length} fields, ${METRICS_COLUMNS.length} are declared`;
    throw unreadable(where, counts);
  }
  const plain: { [name: string]: string | number | null } = {};
  const ended: { [state: string]: number } = {};
  METRICS_COLUMNS.forEach((declared, i) => {
    const value = parseField(fields[i], declared, where);
    const state = stateOfColumn(declared.name);
    if (state === null) plain[declared.name] = value;
    else ended[state] = Number(value);
  });
  return { ...(plain as unknown as MetricsRow), ended: ended as MetricsRow["ended"] };
}

function parseField(
  text: string,
  { name, type, nullable }: MetricsColumn,
  where: string,
): string | number | null {
  if (text === "") {
    if (nullable) return null;
    throw unreadable(where, `${name} is empty`);
  }
  const allowed = WORDS[name];
  const isValid = allowed === undefined ? isOfKind(text, type) : allowed.includes(text);
  if (!isValid) throw unreadable(where, `${name} "${text}" is not a ${type}`);
  return type === "number" || type === "count" ? Number(text) : text;
}

function isOfKind(text: string, type: ColumnKind): boolean {
  switch (type) {
    case "date":
      return parseIsoDate(text) !== null;
    case "text":
      return true;
    case "money":
      return /^-?\d+(?:\.\d+)?$/.test(text);
    case "count":
      return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
    case "number":
      return Number.isFinite(Number(text)) && String(Number(text)) === text;
  }
}

const MODES: readonly TradingMode[] = ["dry_run", "paper", "live"];
const STATUSES: readonly TradingDayStatus[] = ["TRADED", "NO_TRADES", "PAUSED", "MISSED"];
const RESULTS: readonly ReconciliationResult[] = ["PASS", "FAIL", "EMPTY", "NOT_RUN"];

/** Columns that hold one of a few words. */
const WORDS: { readonly [name: string]: readonly string[] } = {
  mode: MODES,
  status: STATUSES,
  reconciliation_start: RESULTS,
  reconciliation_end: RESULTS,
};

const STATE_OF_COLUMN: ReadonlyMap<string, TerminalState> = new Map(
  TERMINAL_STATES.map((state) => [`ended_${state.toLowerCase()}`, state]),
);

function stateOfColumn(name: string): TerminalState | null {
  return STATE_OF_COLUMN.get(name) ?? null;
}

function endedCounts(terminals: { readonly [state: string]: number }): MetricsRow["ended"] {
  const counts = TERMINAL_STATES.map((state) => [state, terminals[state] ?? 0] as const);
  return Object.fromEntries(counts) as MetricsRow["ended"];
}

/** Exact: the digits are those of the notionals. */
function tradedText({ trades, risk }: DailyDocument): string {
  const digits = (risk.cash.split(".")[1] ?? "").length;
  let minor = 0;
  for (const { notional } of trades.fills) {
    const part = minorOfText(notional, digits);
    invariant(part !== null, 21, `${METRICS_FILE}: notional ${notional} has not ${digits} digits`);
    minor += Math.abs(part);
  }
  return minorText(minor, digits);
}

function lastResult(
  { health }: DailyDocument,
  phase: ReconciliationPhase,
): ReconciliationResult | null {
  return health.reconciliation.findLast((one) => one.phase === phase)?.result ?? null;
}

function unreadable(where: string, what: string): Fault {
  return new Fault(
    "verify",
    `${where}: ${what}; restore it from a copy, or move it away: the days' own files hold the same`,
    {
      where,
    },
  );
}

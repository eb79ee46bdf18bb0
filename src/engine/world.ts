/**
 * The market as the kernel walks it. Enters: a pack; leaves: every instrument's raw bars aligned on
 * one timeline of sessions (a session is a time at which any instrument has a bar), and corporate
 * actions by the session they take effect in. NaN marks a session without a bar; nothing is filled.
 */
import { invariant } from "../base/assert.ts";
import { type MoneyScale, moneyScale } from "../base/money.ts";
import type { BarSeries } from "../domain/bar.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import { type Instrument, isFuture } from "../domain/instrument.ts";
import type { BacktestPack, ReferenceSeries } from "../domain/pack.ts";
import type { TickGrid } from "../venue/fill-price.ts";
import { decimalOf } from "../base/decimal.ts";

export type InstrumentBars = {
  readonly open: Float64Array | null;
  readonly high: Float64Array | null;
  readonly low: Float64Array | null;
  readonly close: Float64Array;
};

/** A currency of the account's books; the account's own comes first. */
export type WorldCurrency = {
  readonly code: string;
  readonly digits: number;
  /** Units of the account's currency for one unit, the last known at each session; null: the account's own. */
  readonly rate: Float64Array | null;
  /** Sessions since that rate was printed; -1 before the first. Null: the account's own. */
  readonly rateAge: Int32Array | null;
};

/** A future's roll, aligned on sessions. */
export type RollColumns = {
  /** 1 at the close of which a position moves into the next contract. */
  readonly rollAt: Uint8Array;
  readonly contract: Float64Array;
  /** Contract held from the next bar on; differs from `contract` where it rolls. */
  readonly nextContract: Float64Array;
  readonly nextClose: Float64Array;
};

export type World = {
  readonly sessionsMs: Float64Array;
  readonly series: readonly BarSeries[];
  readonly instruments: readonly Instrument[];
  readonly scales: readonly MoneyScale[];
  /** Lots at an amount per unit, without the contract multiplier: for what is charged by the unit. */
  readonly unitScales: readonly MoneyScale[];
  readonly ticks: readonly (TickGrid | null)[];
  /** Aligned on sessions. */
  readonly bars: readonly InstrumentBars[];
  /** The closes of `bars` by themselves: what every session reads of every instrument. */
  readonly closes: readonly Float64Array[];
  /** Row of the instrument's last bar at or before each session, -1 before the first; null: the same index. */
  readonly rowAt: readonly (Int32Array | null)[];
  /** Session at which each instrument's row lies; null: the same index. */
  readonly sessionOfRow: readonly (Int32Array | null)[];
  /** Session -> actions taking effect before its open: by ex-date, dividends before splits of one day. */
  readonly actions: ReadonlyMap<number, readonly CorporateAction[]>;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly currencies: readonly WorldCurrency[];
  /** Index into `currencies` of each instrument. */
  readonly currencyOf: Int32Array;
  /** Null for what does not expire. */
  readonly futures: readonly (RollColumns | null)[];
  readonly hasFutures: boolean;
  /** Initial margin of one lot, minor units of the instrument's currency; 0 where it is paid in full. */
  readonly marginMinor: Float64Array;
  readonly references: readonly ReferenceSeries[];
};

/** What the account keeps its books in. */
export type AccountCurrency = { readonly currency: string; readonly digits: number };

/**
 * `comingMs`: the session that trades next and has no bar yet, after the newest of the pack. Orders work
 * in it, and rhythms such as "friday" know by it whether the newest session is their day.
 */
export function buildWorld(
  pack: BacktestPack,
  account: AccountCurrency,
  comingMs: number | null = null,
): World {
  const { series } = pack;
  const sessionsMs = withComing(unionOfTimes(series), comingMs);
  const rowAt = series.map((s) => rowsAtSessions(s.timesMs, sessionsMs));
  const sessionOfRow = rowAt.map((rows, i) =>
    rows === null ? null : sessionsOfRows(rows, series[i].timesMs.length),
  );
  const indexOf = new Map(series.map((s, i) => [s.instrument.id, i]));
  const bars = series.map((s, i) => alignBars(s, sessionOfRow[i], sessionsMs.length));
  const currencies = currenciesOf(pack, account, sessionsMs);
  return {
    sessionsMs,
    series,
    instruments: series.map((s) => s.instrument),
    scales: series.map(({ instrument: i }) => moneyScale(i.lot, i.multiplier, i.currencyDigits)),
    unitScales: series.map(({ instrument: i }) => moneyScale(i.lot, 1, i.currencyDigits)),
    ticks: series.map(({ instrument }) => tickGrid(instrument.tick)),
    bars,
    closes: bars.map((b) => b.close),
    rowAt,
    sessionOfRow,
    actions: actionsBySession(pack.actions, series, sessionOfRow, indexOf),
    indexOf,
    currencies,
    currencyOf: Int32Array.from(series, ({ instrument }) =>
      currencies.findIndex(({ code }) => code === instrument.currency),
    ),
    futures: series.map((s, i) => rollColumns(s, sessionOfRow[i], sessionsMs.length)),
    hasFutures: series.some(({ instrument }) => isFuture(instrument)),
    marginMinor: Float64Array.from(
      series,
      ({ instrument: { initialMargin, lot, currencyDigits } }) =>
        initialMargin === null ? 0 : initialMargin * lot * 10 ** currencyDigits,
    ),
    references: pack.references,
  };
}

/**
 * The account's currency and every other one that an instrument is priced in, by code. A currency
 * without a reference series has no rate on any session: nothing in it can be sized or marked.
 */
function currenciesOf(
  pack: BacktestPack,
  account: AccountCurrency,
  sessionsMs: Float64Array,
): readonly WorldCurrency[] {
  const own = { code: account.currency, digits: account.digits, rate: null, rateAge: null };
  const foreign = new Map<string, number>();
  for (const { instrument } of pack.series) {
    if (instrument.currency !== own.code)
      foreign.set(instrument.currency, instrument.currencyDigits);
  }
  const others = [...foreign].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    own,
    ...others.map(([code, digits]) => {
      const series = pack.references.find(
        (r) => r.kind === "fx" && r.currency === code && r.quote === own.code,
      );
      return { code, digits, ...lastKnown(series, sessionsMs) };
    }),
  ];
}

/** The newest value at or before each session, and how many sessions ago it was printed. */
export function lastKnown(
  series: ReferenceSeries | undefined,
  sessionsMs: Float64Array,
): { readonly rate: Float64Array; readonly rateAge: Int32Array } {
  const rate = new Float64Array(sessionsMs.length).fill(Number.NaN);
  const rateAge = new Int32Array(sessionsMs.length).fill(-1);
  if (series === undefined) return { rate, rateAge };
  let row = -1;
  for (let s = 0; s < sessionsMs.length; s++) {
    const before = row;
    while (row + 1 < series.timesMs.length && series.timesMs[row + 1] <= sessionsMs[s]) row++;
    if (row < 0) continue;
    rate[s] = series.values[row];
    // One that came between two sessions is as fresh as the session that first saw it.
    rateAge[s] = row > before ? 0 : rateAge[s - 1] + 1;
  }
  return { rate, rateAge };
}

/** The roll calendar is known ahead, so that the next bar's contract is no look into the future. */
function rollColumns(
  series: BarSeries,
  sessionOfRow: Int32Array | null,
  sessions: number,
): RollColumns | null {
  const { futures } = series;
  if (futures === null) return null;
  const columns = {
    rollAt: new Uint8Array(sessions),
    contract: new Float64Array(sessions).fill(Number.NaN),
    nextContract: new Float64Array(sessions).fill(Number.NaN),
    nextClose: new Float64Array(sessions).fill(Number.NaN),
  };
  const rows = series.timesMs.length;
  for (let row = 0; row < rows; row++) {
    const s = sessionOfRow === null ? row : sessionOfRow[row];
    const next = row + 1 < rows ? futures.contract[row + 1] : futures.contract[row];
    columns.contract[s] = futures.contract[row];
    columns.nextContract[s] = next;
    columns.nextClose[s] = futures.nextClose[row];
    columns.rollAt[s] = next === futures.contract[row] ? 0 : 1;
  }
  return columns;
}

function withComing(sessionsMs: Float64Array, comingMs: number | null): Float64Array {
  if (comingMs === null) return sessionsMs;
  const newest = sessionsMs[sessionsMs.length - 1];
  invariant(comingMs > newest, 20, `the coming session ${comingMs} is not after ${newest}`);
  return Float64Array.of(...sessionsMs, comingMs);
}

function unionOfTimes(series: readonly BarSeries[]): Float64Array {
  const first = series[0].timesMs;
  if (series.every((s) => sameTimes(s.timesMs, first))) return first;
  const all = new Set<number>();
  for (const { timesMs } of series) for (const t of timesMs) all.add(t);
  return Float64Array.from(all).sort();
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function rowsAtSessions(timesMs: Float64Array, sessionsMs: Float64Array): Int32Array | null {
  if (timesMs.length === sessionsMs.length) return null;
  const rows = new Int32Array(sessionsMs.length);
  let row = -1;
  for (let s = 0; s < sessionsMs.length; s++) {
    if (row + 1 < timesMs.length && timesMs[row + 1] === sessionsMs[s]) row++;
    rows[s] = row;
  }
  return rows;
}

function sessionsOfRows(rowAt: Int32Array, rows: number): Int32Array {
  const sessions = new Int32Array(rows);
  for (let s = rowAt.length - 1; s >= 0; s--) if (rowAt[s] >= 0) sessions[rowAt[s]] = s;
  return sessions;
}

function alignBars(
  series: BarSeries,
  sessionOfRow: Int32Array | null,
  sessions: number,
): InstrumentBars {
  const align = (column: Float64Array): Float64Array => {
    if (sessionOfRow === null) return column;
    const aligned = new Float64Array(sessions).fill(Number.NaN);
    for (let row = 0; row < column.length; row++) aligned[sessionOfRow[row]] = column[row];
    return aligned;
  };
  const maybe = (column: Float64Array | null) => (column === null ? null : align(column));
  return {
    open: maybe(series.open),
    high: maybe(series.high),
    low: maybe(series.low),
    close: align(series.close),
  };
}

/** The instrument's first bar on or after the ex-date: before it nobody can trade ex. */
function actionsBySession(
  actions: readonly CorporateAction[],
  series: readonly BarSeries[],
  sessionOfRow: readonly (Int32Array | null)[],
  indexOf: ReadonlyMap<string, number>,
): ReadonlyMap<number, readonly CorporateAction[]> {
  const bySession = new Map<number, CorporateAction[]>();
  for (const action of actions) {
    const i = indexOf.get(action.instrument);
    if (i === undefined) continue;
    const row = series[i].timesMs.findIndex((t) => t >= action.exDateMs);
    if (row < 0) continue;
    const session = sessionOfRow[i]?.[row] ?? row;
    const list = bySession.get(session) ?? [];
    if (list.length === 0) bySession.set(session, list);
    list.push(action);
  }
  // A dividend is per unit held before the ex-date, so it is counted before a split of that day;
  // what a gap in the bars brings together on one session keeps the order of its ex-dates.
  const rank = ({ kind }: CorporateAction) => (kind === "split" ? 1 : 0);
  for (const list of bySession.values()) {
    list.sort((a, b) => a.exDateMs - b.exDateMs || rank(a) - rank(b));
  }
  return bySession;
}

function tickGrid(tick: number | null): TickGrid | null {
  if (tick === null) return null;
  const { coefficient, scale } = decimalOf(tick);
  return { coefficient: Number(coefficient), divisor: 10 ** scale };
}

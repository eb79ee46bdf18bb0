/**
 * The market of an exchange, laid out by session once: which row of each series a session has, and
 * which corporate actions take effect before its open. Enters: the options; leaves: lookups. Refuses
 * what the exchange cannot keep exact books of: futures, other currencies, bars without a session.
 */
import { invariant } from "../../base/assert.ts";
import { decimalOf } from "../../base/decimal.ts";
import { DAY_MS, dayNumber, formatDate, parseIsoDate } from "../../base/instant.ts";
import { type MoneyScale, moneyScale } from "../../base/money.ts";
import type { BarSeries } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { Fault } from "../../domain/fault.ts";
import { isFuture } from "../../domain/instrument.ts";
import type { TickGrid } from "../fill-price.ts";
import type { ExchangeOptions } from "./terms.ts";

export type PreparedMarket = {
  readonly indexOf: ReadonlyMap<string, number>;
  /** By instrument: row of the series at each session, -1 where it has no bar. */
  readonly rowAt: readonly Int32Array[];
  /** Money of one unit: with the contract multiplier, and without. */
  readonly scales: readonly MoneyScale[];
  readonly unitScales: readonly MoneyScale[];
  readonly ticks: readonly (TickGrid | null)[];
  /** By session; dividends before splits of one day. */
  readonly actions: ReadonlyMap<number, readonly CorporateAction[]>;
  /** 00:00Z of each session's date. */
  readonly dateMs: Float64Array;
  /** Index of the first session that is traded. */
  readonly firstSession: number;
  /** Midnight (UTC) of its date. */
  readonly firstMs: number;
  /** The close before the first session; NaN where there is none. */
  readonly firstMarks: readonly number[];
};

export function prepareMarket(options: ExchangeOptions): PreparedMarket {
  const { series, sessions } = options;
  for (const one of series) refuseUnbookable(options, one);
  invariant(options.costs.fees.length === series.length, 8, "one fee schedule for each instrument");
  const dateMs = Float64Array.from(sessions, ({ date }) => dateOf(date));
  refuseDisorder(options, dateMs);
  const firstMs = dateOf(options.firstDate);
  const found = dateMs.findIndex((ms) => ms >= firstMs);
  if (found < 0 && sessions.length > 0) {
    const last = sessions.at(-1)?.date;
    throw new Fault("data", `no session on or after ${options.firstDate}; the last one is ${last}`);
  }
  // Where no session is known yet, the first one is still to come.
  const firstSession = Math.max(0, found);
  const rowAt = series.map((one) => rowsOf(one, dateMs, firstMs));
  return {
    indexOf: new Map(series.map(({ instrument }, i) => [instrument.id, i])),
    rowAt,
    scales: series.map(({ instrument: i }) => moneyScale(1, i.multiplier, i.currencyDigits)),
    unitScales: series.map(({ instrument: i }) => moneyScale(1, 1, i.currencyDigits)),
    ticks: series.map(({ instrument }) => tickGrid(instrument.tick)),
    actions: actionsBySession(options, rowAt),
    dateMs,
    firstSession,
    firstMs: dateMs[firstSession] ?? firstMs,
    firstMarks: series.map((one) => closeBefore(one, firstMs)),
  };
}

function refuseUnbookable({ currency, currencyDigits }: ExchangeOptions, one: BarSeries): void {
  const { instrument } = one;
  if (decimalOf(instrument.lot).scale > 9) {
    throw new Fault(
      "data",
      `${instrument.id} has lots of ${instrument.lot}: quantities have at most 9 decimals here`,
    );
  }
  if (isFuture(instrument)) {
    const message = `${instrument.id} is a future: this exchange trades what is paid in full; leave it out`;
    throw new Fault("data", message);
  }
  if (instrument.currency === currency && instrument.currencyDigits === currencyDigits) return;
  const message = `${instrument.id} is priced in ${instrument.currency} (${instrument.currencyDigits} digits), the account is in ${currency} (${currencyDigits} digits): this exchange keeps one currency`;
  throw new Fault("data", message);
}

function refuseDisorder({ sessions }: ExchangeOptions, dateMs: Float64Array): void {
  for (let s = 0; s < sessions.length; s++) {
    const { date, openMs, closeMs } = sessions[s];
    const before = s === 0 ? Number.NEGATIVE_INFINITY : sessions[s - 1].closeMs;
    if (openMs < closeMs && openMs > before && (s === 0 || dateMs[s] > dateMs[s - 1])) continue;
    throw new Fault(
      "data",
      `session ${date} does not come after the one before it, or ends before it opens`,
    );
  }
}

function dateOf(date: string): number {
  const ms = parseIsoDate(date);
  if (ms === null) throw new Fault("data", `${date} is no date; write YYYY-MM-DD`);
  return ms;
}

function rowsOf(one: BarSeries, dateMs: Float64Array, fromMs: number): Int32Array {
  const rows = new Int32Array(dateMs.length).fill(-1);
  let session = 0;
  for (let row = 0; row < one.timesMs.length; row++) {
    const ms = dayNumber(one.timesMs[row]) * DAY_MS;
    while (session < dateMs.length && dateMs[session] < ms) session++;
    if (dateMs[session] === ms) rows[session] = row;
    else if (ms >= fromMs) {
      const message = `${one.instrument.id} has a bar on ${formatDate(ms)}, which is no session of this exchange`;
      throw new Fault("data", message);
    }
  }
  return rows;
}

/** On the first session at or after the ex-date on which the instrument has a bar. */
function actionsBySession(
  { actions, series }: ExchangeOptions,
  rowAt: readonly Int32Array[],
): ReadonlyMap<number, readonly CorporateAction[]> {
  const bySession = new Map<number, CorporateAction[]>();
  for (const action of actions) {
    const i = series.findIndex(({ instrument }) => instrument.id === action.instrument);
    if (i < 0) continue;
    const row = series[i].timesMs.findIndex((ms) => ms >= action.exDateMs);
    const session = row < 0 ? -1 : rowAt[i].indexOf(row);
    if (session < 0) continue;
    const list = bySession.get(session) ?? [];
    if (list.length === 0) bySession.set(session, list);
    list.push(action);
  }
  // Counted before a split of the same day: a dividend is per unit held before it.
  const rank = ({ kind }: CorporateAction) => (kind === "split" ? 1 : 0);
  for (const list of bySession.values()) {
    list.sort((a, b) => a.exDateMs - b.exDateMs || rank(a) - rank(b));
  }
  return bySession;
}

function closeBefore({ timesMs, close }: BarSeries, ms: number): number {
  const next = timesMs.findIndex((t) => t >= ms);
  const row = next < 0 ? timesMs.length - 1 : next - 1;
  return row < 0 ? Number.NaN : close[row];
}

function tickGrid(tick: number | null): TickGrid | null {
  if (tick === null) return null;
  const { coefficient, scale } = decimalOf(tick);
  return { coefficient: Number(coefficient), divisor: 10 ** scale };
}

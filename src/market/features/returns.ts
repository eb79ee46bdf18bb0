/**
 * Daily simple returns of an instrument, aligned on sessions, and the complete rows that several
 * instruments share. Enters: raw bars, corporate actions, futures columns; leaves: fractions per
 * session, NaN where nothing is known (no bar, a first bar, a base that is not positive: a
 * percentage of nothing is not a number).
 *
 * Shares: (close x split units + dividend per unit held before) / previous close - 1. Futures:
 * (close - base) / base, where base is the raw previous close of the contract that is held now
 * (market spec 3). A return after missing sessions stands at its own session and spans the gap.
 * Refuses rows that do not ascend in sessions: two bars in one session are no daily series.
 */
import { invariant } from "../../base/assert.ts";
import type { BarSeries, FuturesColumns } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";

export function sessionReturns(input: {
  readonly series: BarSeries;
  readonly actions: readonly CorporateAction[];
  /** Session of each row; null: row and session are the same index. */
  readonly sessionOfRow: Int32Array | null;
  readonly sessions: number;
}): Float64Array {
  const { series, sessionOfRow, sessions } = input;
  requireSessions(series, sessionOfRow, sessions);
  const rows =
    series.futures === null
      ? shareReturns(series, ownActions(series, input.actions))
      : futuresReturns(series.close, series.futures);
  const out = new Float64Array(sessions).fill(Number.NaN);
  for (let t = 0; t < rows.length; t++) out[sessionOfRow === null ? t : sessionOfRow[t]] = rows[t];
  return out;
}

/**
 * Fills `out` row-major, oldest first, with the newest `count` sessions up to `endSession` on which
 * every column is known; returns how many were found. No columns: no rows, for an empty set is
 * complete of nothing.
 */
export function completeRows(
  returns: readonly Float64Array[],
  columns: Int32Array | readonly number[],
  endSession: number,
  count: number,
  out: Float64Array,
): number {
  const width = columns.length;
  invariant(out.length >= count * width, 21, () => {
    return `${count} rows of ${width} columns do not fit into ${out.length} numbers`;
  });
  if (width === 0) return 0;
  const last = Math.min(endSession, returns[columns[0]].length - 1);
  let row = count;
  // A column that lacked one session often lacks its neighbour too: asked first, it spares the rest.
  let suspect = 0;
  for (let t = last; t >= 0 && row > 0; t--) {
    if (!Number.isFinite(returns[columns[suspect]][t])) continue;
    const at = (row - 1) * width;
    let j = 0;
    for (; j < width; j++) {
      const value = returns[columns[j]][t];
      if (!Number.isFinite(value)) break;
      out[at + j] = value;
    }
    if (j === width) row--;
    else suspect = j;
  }
  const found = count - row;
  if (row > 0) out.copyWithin(0, row * width, count * width);
  return found;
}

/** How many of the `lookback` sessions up to `endSession` have a return. */
export function knownCount(returns: Float64Array, endSession: number, lookback: number): number {
  const last = Math.min(endSession, returns.length - 1);
  let count = 0;
  for (let t = Math.max(0, endSession - lookback + 1); t <= last; t++) {
    if (Number.isFinite(returns[t])) count++;
  }
  return count;
}

function shareReturns(
  { timesMs, close }: BarSeries,
  actions: readonly CorporateAction[],
): Float64Array {
  const rows = new Float64Array(close.length).fill(Number.NaN);
  let next = 0;
  for (let t = 0; t < close.length; t++) {
    let units = 1;
    let cash = 0;
    for (; next < actions.length && actions[next].exDateMs <= timesMs[t]; next++) {
      const action = actions[next];
      if (action.kind === "split") units *= action.ratio;
      else cash += units * action.amountPerUnit;
    }
    if (t === 0 || !(close[t - 1] > 0)) continue;
    rows[t] = (close[t] * units + cash) / close[t - 1] - 1;
  }
  return rows;
}

function futuresReturns(
  close: Float64Array,
  { contract, nextClose }: FuturesColumns,
): Float64Array {
  const rows = new Float64Array(close.length).fill(Number.NaN);
  for (let t = 1; t < close.length; t++) {
    const base = contract[t] === contract[t - 1] ? close[t - 1] : nextClose[t - 1];
    if (base > 0) rows[t] = (close[t] - base) / base;
  }
  return rows;
}

/** By ex-date; on one date the dividend first: it is declared per unit held before the session. */
function ownActions(
  series: BarSeries,
  actions: readonly CorporateAction[],
): readonly CorporateAction[] {
  const rank = (action: CorporateAction) => (action.kind === "dividend" ? 0 : 1);
  return actions
    .filter((action) => action.instrument === series.instrument.id)
    .sort((a, b) => a.exDateMs - b.exDateMs || rank(a) - rank(b));
}

function requireSessions(
  series: BarSeries,
  sessionOfRow: Int32Array | null,
  sessions: number,
): void {
  const rows = series.close.length;
  const { id } = series.instrument;
  const where = sessionOfRow === null ? rows : sessionOfRow.length;
  invariant(
    where === rows && (sessionOfRow !== null || rows <= sessions),
    21,
    () => `${id}: ${rows} rows, sessions of ${where}, ${sessions} sessions in all`,
  );
  if (sessionOfRow === null) return;
  let before = -1;
  for (const session of sessionOfRow) {
    invariant(
      session > before && session < sessions,
      7,
      () =>
        `${id}: a row of session ${session} follows ${before} of ${sessions}: not a daily series`,
    );
    before = session;
  }
}

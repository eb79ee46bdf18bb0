/** A pack as it stood at the end of a date: bars and references up to it, corporate actions that took effect by then. */
import { parseIsoDate } from "../../base/instant.ts";
import { invariant } from "../../base/assert.ts";
import { type BarSeries, rowsOf } from "../../domain/bar.ts";
import type { BacktestPack, ReferenceSeries } from "../../domain/pack.ts";

const DAY_MS = 86_400_000;

/** `until`: YYYY-MM-DD, its own bars included. */
export function cutPack(pack: BacktestPack, until: string): BacktestPack {
  const from = parseIsoDate(until);
  invariant(from !== null, 20, `${until} is no date`);
  const endMs = from + DAY_MS;
  return {
    ...pack,
    series: pack.series.map((series) => cutSeries(series, endMs)),
    actions: pack.actions.filter(({ exDateMs }) => exDateMs < endMs),
    references: pack.references.map((reference) => cutReference(reference, endMs)),
  };
}

function cutSeries(series: BarSeries, endMs: number): BarSeries {
  const rows = rowsBefore(series.timesMs, endMs);
  if (rows === series.timesMs.length) return series;
  return rowsOf(series, 0, rows);
}

function cutReference(reference: ReferenceSeries, endMs: number): ReferenceSeries {
  const rows = rowsBefore(reference.timesMs, endMs);
  return {
    ...reference,
    timesMs: reference.timesMs.subarray(0, rows),
    values: reference.values.subarray(0, rows),
  };
}

function rowsBefore(timesMs: Float64Array, endMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] < endMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

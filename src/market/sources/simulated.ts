/**
 * The seeded markets as the mandate asks for them, cut to the days it takes: equities on weekdays
 * (simulated/market.ts) or the calibrated market (simulated/calibrated). Enters: settings and
 * seed; leaves: whole series, actions and references. Refuses a cut that leaves nothing.
 */
import { DAY_MS, parseIsoDate } from "../../base/instant.ts";
import type { BarSeries, FuturesColumns } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { ReferenceSeries } from "../../domain/pack.ts";
import type { DataSettings } from "../section.ts";
import { calibratedMarket } from "../simulated/calibrated/market.ts";
import { SIMULATED_TICK, simulateMarket, simulatedInstrumentIds } from "../simulated/market.ts";
import type { DayRange } from "./references.ts";
import { instrumentOf } from "./terms.ts";

export type SimulatedContent = {
  readonly series: readonly BarSeries[];
  readonly actions: readonly CorporateAction[];
  readonly references: readonly ReferenceSeries[];
};

export function simulatedContent(data: DataSettings, seed: number): SimulatedContent {
  const startMs = parseIsoDate(data.simulated.start) ?? Number.NaN;
  if (data.simulated.market === "calibrated") {
    return calibratedMarket({ seed, startMs, years: data.simulated.years });
  }
  const instruments = simulatedInstrumentIds(data.simulated.instruments).map((id) => {
    const instrument = instrumentOf(data, id);
    return { ...instrument, tick: instrument.tick ?? SIMULATED_TICK };
  });
  const { sessions } = data.simulated;
  return { ...simulateMarket({ instruments, sessions, startMs, seed }), references: [] };
}

/** Rows of the range; series and references that have none come back empty. */
export function cutContent(whole: SimulatedContent, { fromMs, toMs }: DayRange): SimulatedContent {
  const rowsOf = (timesMs: Float64Array): RowRange => {
    const first = timesMs.findIndex((ms) => ms >= fromMs);
    const end = timesMs.findLastIndex((ms) => ms < toMs + DAY_MS) + 1;
    return { first: first < 0 ? end : first, end };
  };
  return {
    series: whole.series.map((series) => cutSeries(series, rowsOf(series.timesMs))),
    references: whole.references.map((reference) => {
      const { first, end } = rowsOf(reference.timesMs);
      const timesMs = reference.timesMs.slice(first, end);
      return { ...reference, timesMs, values: reference.values.slice(first, end) };
    }),
    actions: whole.actions.filter(({ exDateMs }) => exDateMs >= fromMs && exDateMs <= toMs),
  };
}

type RowRange = { readonly first: number; readonly end: number };

function cutSeries(series: BarSeries, { first, end }: RowRange): BarSeries {
  if (first === 0 && end === series.timesMs.length) return series;
  const cut = (column: Float64Array | null) => column?.slice(first, end) ?? null;
  const { futures } = series;
  return {
    instrument: series.instrument,
    timesMs: series.timesMs.slice(first, end),
    open: cut(series.open),
    high: cut(series.high),
    low: cut(series.low),
    close: series.close.slice(first, end),
    volume: cut(series.volume),
    futures: futures === null ? null : cutFutures(futures, first, end),
  };
}

function cutFutures(columns: FuturesColumns, first: number, end: number): FuturesColumns {
  return {
    contract: columns.contract.slice(first, end),
    expiryMs: columns.expiryMs.slice(first, end),
    nextExpiryMs: columns.nextExpiryMs.slice(first, end),
    nextClose: columns.nextClose.slice(first, end),
  };
}

/**
 * The newest sessions of a pack, cut in memory. Bars from an instant on; corporate actions from then
 * on; references whole, because the first session needs the rate and the index before it. A series
 * without a bar in the window is left out.
 */
import type { BarSeries, FuturesColumns } from "../../domain/bar.ts";
import type { BacktestPack } from "../../domain/pack.ts";

export function newestSessions(pack: BacktestPack, fromMs: number): BacktestPack {
  return {
    ...pack,
    series: pack.series
      .map((series) => newestBars(series, fromMs))
      .filter(({ timesMs }) => timesMs.length > 0),
    actions: pack.actions.filter(({ exDateMs }) => exDateMs >= fromMs),
  };
}

function newestBars(series: BarSeries, fromMs: number): BarSeries {
  const found = series.timesMs.findIndex((ms) => ms >= fromMs);
  const first = found < 0 ? series.timesMs.length : found;
  const cut = (column: Float64Array | null) => column?.slice(first) ?? null;
  const { instrument, timesMs, open, high, low, close, volume, futures } = series;
  return {
    instrument,
    timesMs: timesMs.slice(first),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: close.slice(first),
    volume: cut(volume),
    futures: futures === null ? null : newestContracts(futures, first),
  };
}

function newestContracts(columns: FuturesColumns, first: number): FuturesColumns {
  const { contract, expiryMs, nextExpiryMs, nextClose } = columns;
  return {
    contract: contract.slice(first),
    expiryMs: expiryMs.slice(first),
    nextExpiryMs: nextExpiryMs.slice(first),
    nextClose: nextClose.slice(first),
  };
}

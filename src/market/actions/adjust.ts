/**
 * Raw bars and corporate actions -> the series a strategy's columns read (spec definitions,
 * "Prices"). Prices are split-adjusted forward from the first row, so the value at t uses facts
 * known at t alone; dividends enter the total return only. An action counts from the first bar at
 * or after its ex-date; one at or before the first bar lies outside the series.
 *
 * Total return: (close x split + dividend) / previous close, with the dividend per unit held
 * before the ex-date's session and reinvested at that close. A close at or below zero takes no
 * reinvestment, and a series that starts there has no wealth of 1: NaN from that row on.
 *
 * A future has rolls instead of actions, and `splitFactor` is its roll factor: what turns a raw
 * price into an adjusted one, and a stop or limit that a strategy gave on the adjusted scale back
 * into a raw one. Its volume stays in contracts. Its total return is the price return of holding
 * it unlevered: no interest on the collateral is in it.
 */
import { formatDate } from "../../base/instant.ts";
import type { BarSeries, FuturesColumns } from "../../domain/bar.ts";
import type { ColumnInputs } from "../../domain/column-inputs.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import { Fault } from "../../domain/fault.ts";
import { carryOf, ratioAdjusted } from "../futures/continuous.ts";

type Effect = {
  /** Units held after the row's actions for each one held before. */
  units: number;
  /** Cash received for each unit held before. */
  cash: number;
};

/** Arrays that nothing adjusts are shared with the series, not copied. */
export function adjustInputs(series: BarSeries, actions: readonly CorporateAction[]): ColumnInputs {
  const own = ofInstrument(series, actions);
  return series.futures === null ? ofHolding(series, own) : ofFuture(series, series.futures, own);
}

function ofHolding(series: BarSeries, actions: readonly CorporateAction[]): ColumnInputs {
  const { timesMs, close, volume } = series;
  const effects = effectsByRow(timesMs, actions);
  const splitFactor = lazily(() => splitFactors(timesMs.length, effects));
  const adjusted = [...effects.values()].some((effect) => effect.units !== 1);
  const scale = (column: Float64Array) => (adjusted ? times(column, splitFactor()) : column);
  return columnsOf(series, {
    scale,
    volume: () =>
      adjusted && volume !== null ? volume.map((v, t) => v / splitFactor()[t]) : volume,
    totalReturn: () => totalReturnOf(close, effects),
    splitFactor,
    carry: () => null,
  });
}

function ofFuture(
  series: BarSeries,
  futures: FuturesColumns,
  actions: readonly CorporateAction[],
): ColumnInputs {
  const { instrument, close, volume } = series;
  if (actions.length > 0) {
    throw new Fault(
      "data",
      `${instrument.id} is a future and has a ${actions[0].kind} on ` +
        `${formatDate(actions[0].exDateMs)}: futures roll and have no corporate actions; remove ` +
        "its actions, or make it an instrument that does not expire",
    );
  }
  const future = { ...series, futures };
  const factor = ratioAdjusted(future);
  const rolled = factor.some((value) => value !== 1);
  const scale = (column: Float64Array) => (rolled ? times(column, factor) : column);
  return columnsOf(series, {
    scale,
    volume: () => volume,
    totalReturn: () =>
      close.map((value, t) => (close[0] > 0 ? (value * factor[t]) / close[0] : Number.NaN)),
    splitFactor: () => factor,
    carry: () => carryOf(future),
  });
}

type Adjustment = {
  readonly scale: (column: Float64Array) => Float64Array;
  readonly volume: () => Float64Array | null;
  readonly totalReturn: () => Float64Array;
  readonly splitFactor: () => Float64Array;
  readonly carry: () => Float64Array | null;
};

function columnsOf({ open, high, low, close }: BarSeries, by: Adjustment): ColumnInputs {
  const scaled = (column: Float64Array | null) =>
    lazily(() => (column === null ? null : by.scale(column)));
  const [opens, highs, lows] = [scaled(open), scaled(high), scaled(low)];
  const closes = lazily(() => by.scale(close));
  const volumes = lazily(by.volume);
  const wealth = lazily(by.totalReturn);
  const carry = lazily(by.carry);
  return {
    rows: close.length,
    get open() {
      return opens();
    },
    get high() {
      return highs();
    },
    get low() {
      return lows();
    },
    get close() {
      return closes();
    },
    get volume() {
      return volumes();
    },
    rawOpen: open,
    rawHigh: high,
    rawLow: low,
    rawClose: close,
    get totalReturn() {
      return wealth();
    },
    get splitFactor() {
      return by.splitFactor();
    },
    get carry() {
      return carry();
    },
  };
}

/** Few strategies ask for these columns: computed for those that do, once. */
function lazily<T extends Float64Array | null>(compute: () => T): () => T {
  let made: { readonly column: T } | null = null;
  return () => {
    made ??= { column: compute() };
    return made.column;
  };
}

function times(column: Float64Array, factor: Float64Array): Float64Array {
  return column.map((value, t) => value * factor[t]);
}

function splitFactors(rows: number, effects: ReadonlyMap<number, Effect>): Float64Array {
  const factors = new Float64Array(rows).fill(1);
  let factor = 1;
  for (const [row, { units }] of [...effects].sort(([a], [b]) => a - b)) {
    if (units === 1) continue;
    factor *= units;
    factors.fill(factor, row);
  }
  return factors;
}

function ofInstrument(
  series: BarSeries,
  actions: readonly CorporateAction[],
): readonly CorporateAction[] {
  return actions.filter((action) => action.instrument === series.instrument.id);
}

/**
 * On one ex-date the dividend comes before the split: it is declared per unit held before the
 * session. Actions that fall together on a later bar compound in order of their ex-dates.
 */
function effectsByRow(
  timesMs: Float64Array,
  actions: readonly CorporateAction[],
): ReadonlyMap<number, Effect> {
  const rank = (action: CorporateAction) => (action.kind === "dividend" ? 0 : 1);
  const sorted = [...actions].sort((a, b) => a.exDateMs - b.exDateMs || rank(a) - rank(b));
  const effects = new Map<number, Effect>();
  for (const action of sorted) {
    const row = firstRowFrom(timesMs, action.exDateMs);
    if (row === 0 || row === timesMs.length) continue;
    const effect = effects.get(row) ?? { units: 1, cash: 0 };
    if (action.kind === "split") effect.units *= action.ratio;
    else effect.cash += effect.units * action.amountPerUnit;
    effects.set(row, effect);
  }
  return effects;
}

/** Units grow with splits and reinvested cash; wealth is units x close over the first close. */
function totalReturnOf(close: Float64Array, effects: ReadonlyMap<number, Effect>): Float64Array {
  const wealth = new Float64Array(close.length);
  let units = close.length > 0 && close[0] > 0 ? 1 : Number.NaN;
  for (let t = 0; t < close.length; t++) {
    const effect = effects.get(t);
    if (effect !== undefined) {
      const bought = effect.cash === 0 ? 0 : effect.cash / close[t];
      units *= effect.cash === 0 || close[t] > 0 ? effect.units + bought : Number.NaN;
    }
    wealth[t] = (units * close[t]) / close[0];
  }
  return wealth;
}

/** Index of the first time at or after `ms`; the length when there is none. */
function firstRowFrom(timesMs: Float64Array, ms: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesMs[middle] < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

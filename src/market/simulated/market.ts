/**
 * The first simulated market: a few equities on weekdays, seeded, made of random numbers alone
 * and not of any strategy's formula. One common factor and one own shock per equity, each with a
 * variance that clusters (Bollerslev, GARCH(1,1), 1986); a gap overnight; a walk within the day
 * that gives open, high, low and close together; volume that grows with the day's move. The first
 * equity splits 3:1 halfway and pays a dividend each quarter. Prices are multiples of the tick.
 *
 * Only + - x / and square roots are used, so the same seed gives the same bits anywhere.
 */
import { DAY_MS, civilFromDays, dayNumber, weekdayOfDays } from "../../base/instant.ts";
import { type Prng, nextNormal, nextUint32, nextUniform, prngOf } from "../../base/prng.ts";
import type { BarSeries } from "../../domain/bar.ts";
import type { CashDividend, CorporateAction } from "../../domain/corporate-action.ts";
import type { Instrument } from "../../domain/instrument.ts";

export type SimulatedOptions = {
  readonly instruments: readonly Instrument[];
  readonly sessions: number;
  readonly startMs: number;
  readonly seed: number;
};

export const SIMULATED_TICK = 0.01;
const SPLIT_RATIO = 3;
/** Steps of the walk between open and close. */
const STEPS = 12;
/** Part of a day's variance that falls into the night. */
const NIGHT_SHARE = 0.3;
const DRIFT_PER_SESSION = 0.0003;
/** Daily variances in the long run: 0.8 % common, 1.2 % own. */
const COMMON_VARIANCE = 0.008 ** 2;
const OWN_VARIANCE = 0.012 ** 2;
/** GARCH weights of the last squared shock and of the last variance. */
const SHOCK_WEIGHT = 0.09;
const MEMORY_WEIGHT = 0.89;
const DIVIDEND_YIELD_PER_QUARTER = 0.005;
const PAID_AFTER_DAYS = 14;

/** One clustering source of shocks. */
type Shocks = { readonly prng: Prng; readonly longRun: number; variance: number };

type Equity = {
  readonly instrument: Instrument;
  readonly shocks: Shocks;
  readonly beta: number;
  readonly usualVolume: number;
  readonly bars: { readonly [field in "open" | "high" | "low" | "close" | "volume"]: Float64Array };
  /** Raw, before rounding to the tick. */
  price: number;
};

export function simulatedInstrumentIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `SIM${String(i + 1).padStart(2, "0")}`);
}

export function simulateMarket(options: SimulatedOptions): {
  readonly series: readonly BarSeries[];
  readonly actions: readonly CorporateAction[];
} {
  const timesMs = weekdaysFrom(options.startMs, options.sessions);
  // An own stream for each: one more instrument leaves the others as they are.
  const seeds = prngOf(options.seed);
  const common = shocksOf(prngOf(nextUint32(seeds)), COMMON_VARIANCE);
  const equities = options.instruments.map((instrument) =>
    newEquity(instrument, prngOf(nextUint32(seeds)), options.sessions),
  );
  const actions: CorporateAction[] = [];
  const splitAt = Math.floor(options.sessions / 2);
  for (let t = 0; t < timesMs.length; t++) {
    const factor = nextShock(common);
    const first = equities[0];
    const payout = t > 0 && isQuarterStart(timesMs, t) ? dividendOf(first, timesMs[t]) : null;
    if (payout !== null) {
      actions.push(payout);
      first.price -= payout.amountPerUnit;
    }
    if (t > 0 && t === splitAt) {
      const instrument = first.instrument.id;
      actions.push({ kind: "split", instrument, exDateMs: timesMs[t], ratio: SPLIT_RATIO });
      first.price /= SPLIT_RATIO;
    }
    for (const equity of equities) simulateBar(equity, t, factor);
  }
  const series = equities.map(({ instrument, bars }) => ({
    instrument,
    timesMs,
    ...bars,
    futures: null,
  }));
  return { series, actions };
}

function newEquity(instrument: Instrument, prng: Prng, sessions: number): Equity {
  const column = () => new Float64Array(sessions);
  return {
    instrument,
    shocks: shocksOf(prng, OWN_VARIANCE),
    beta: 0.7 + 0.6 * nextUniform(prng),
    usualVolume: 500_000 + 4_500_000 * nextUniform(prng),
    bars: { open: column(), high: column(), low: column(), close: column(), volume: column() },
    price: 40 + 160 * nextUniform(prng),
  };
}

function shocksOf(prng: Prng, longRun: number): Shocks {
  return { prng, longRun, variance: longRun };
}

/** The next shock; its square feeds the variance of the one after it. */
function nextShock(shocks: Shocks): number {
  const shock = Math.sqrt(shocks.variance) * nextNormal(shocks.prng);
  const rest = 1 - SHOCK_WEIGHT - MEMORY_WEIGHT;
  shocks.variance =
    rest * shocks.longRun + SHOCK_WEIGHT * shock * shock + MEMORY_WEIGHT * shocks.variance;
  return shock;
}

function simulateBar(equity: Equity, t: number, factor: number): void {
  const { shocks, bars, instrument } = equity;
  const scale = Math.sqrt(shocks.variance);
  const move = DRIFT_PER_SESSION + equity.beta * factor + nextShock(shocks);
  const night =
    NIGHT_SHARE * move +
    Math.sqrt(NIGHT_SHARE * (1 - NIGHT_SHARE)) * scale * nextNormal(shocks.prng);
  const open = equity.price * bounded(1 + night);
  const close = equity.price * bounded(1 + move);
  let high = Math.max(open, close);
  let low = Math.min(open, close);
  // A bridge: a random walk bent so that it ends at the close.
  const walk = bridge(shocks.prng, (scale * equity.price) / Math.sqrt(STEPS));
  for (let k = 1; k < STEPS; k++) {
    const price = open + ((close - open) * k) / STEPS + walk[k];
    high = Math.max(high, price);
    low = Math.min(low, price);
  }
  equity.price = close;
  const tick = instrument.tick ?? SIMULATED_TICK;
  bars.open[t] = onTick(open, tick);
  bars.high[t] = onTick(high, tick);
  bars.low[t] = onTick(low, tick);
  bars.close[t] = onTick(close, tick);
  const busy = 0.5 + Math.abs(move) / scale + nextUniform(shocks.prng);
  bars.volume[t] = Math.round((equity.usualVolume * busy) / 100) * 100;
}

function bridge(prng: Prng, step: number): Float64Array {
  const walk = new Float64Array(STEPS + 1);
  for (let k = 1; k <= STEPS; k++) walk[k] = walk[k - 1] + step * nextNormal(prng);
  return walk.map((value, k) => value - (walk[STEPS] * k) / STEPS);
}

/** No day takes more than four fifths of a price, so that no price reaches zero. */
function bounded(growth: number): number {
  return Math.max(growth, 0.2);
}

/** The nearest multiple of the tick, as the double that its decimal notation reads as. */
function onTick(price: number, tick: number): number {
  const perUnit = 1 / tick;
  const ticks = Math.max(1, Math.round(price * perUnit));
  return Number.isInteger(perUnit) ? ticks / perUnit : ticks * tick;
}

/** Null when the share of the price is less than half a cent. */
function dividendOf(equity: Equity, exDateMs: number): CashDividend | null {
  const cents = Math.round(equity.price * DIVIDEND_YIELD_PER_QUARTER * 100);
  if (cents === 0) return null;
  return {
    kind: "dividend",
    instrument: equity.instrument.id,
    exDateMs,
    payDateMs: weekdayFrom(dayNumber(exDateMs) + PAID_AFTER_DAYS) * DAY_MS,
    amountPerUnit: cents / 100,
  };
}

function isQuarterStart(timesMs: Float64Array, t: number): boolean {
  const quarter = (ms: number) => Math.floor((civilFromDays(dayNumber(ms)).month - 1) / 3);
  return quarter(timesMs[t]) !== quarter(timesMs[t - 1]);
}

function weekdaysFrom(startMs: number, count: number): Float64Array {
  const times = new Float64Array(count);
  let day = dayNumber(startMs);
  for (let i = 0; i < count; i++) {
    day = weekdayFrom(day);
    times[i] = day * DAY_MS;
    day++;
  }
  return times;
}

function weekdayFrom(day: number): number {
  const weekday = weekdayOfDays(day);
  return weekday > 4 ? day + 7 - weekday : day;
}

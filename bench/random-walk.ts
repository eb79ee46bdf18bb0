/**
 * One instrument's bars for measurements: a seeded random walk on a grid of 0.01, with opens away
 * from the last close and a weak pull towards 100, so that a million bars neither vanish nor
 * explode. Columns: open, high, low, close, one after the other.
 */
import { nextNormal, prngOf } from "../src/base/prng.ts";
import type { Pack } from "../src/domain/pack.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Monday, 3 January 2000. */
const FIRST_MS = 946_857_600_000;

/** `spread`: standard deviation of a bar's move, as a fraction. */
export function randomWalk(bars: number, seed: number, spread: number): Float64Array<ArrayBuffer> {
  const prng = prngOf(seed);
  const values = new Float64Array(4 * bars);
  const [open, high, low, close] = columnsOf(values);
  let last = 100;
  for (let i = 0; i < bars; i++) {
    open[i] = cents(last * (1 + 0.3 * spread * nextNormal(prng)));
    close[i] = cents(open[i] * (1 + spread * nextNormal(prng)));
    high[i] = cents(Math.max(open[i], close[i]) * 1.0002);
    low[i] = cents(Math.min(open[i], close[i]) * 0.9998);
    last = close[i] + (100 - close[i]) * 0.0005;
  }
  return values;
}

function columnsOf(values: Float64Array): readonly Float64Array[] {
  const bars = values.length / 4;
  return [0, 1, 2, 3].map((n) => values.subarray(n * bars, (n + 1) * bars));
}

/** Times of so many bars, a day or a minute apart. */
export function stretchOfBars(bars: number, frequency: "1D" | "1min"): Float64Array {
  const step = frequency === "1D" ? DAY_MS : MINUTE_MS;
  return Float64Array.from({ length: bars }, (_, i) => FIRST_MS + i * step);
}

export function walkPack(values: Float64Array, timesMs: Float64Array): Pack<"SIMULATED"> {
  const [open, high, low, close] = columnsOf(values);
  const instrument = {
    id: "WALK",
    assetClass: "equity",
    currency: "USD",
    currencyDigits: 2,
    lot: 1,
    tick: 0.01,
    multiplier: 1,
    allowNonpositive: false,
    sector: null,
    calendar: null,
    initialMargin: null,
  } as const;
  const series = { instrument, timesMs, open, high, low, close, volume: null, futures: null };
  return {
    id: "bench",
    kind: "SIMULATED",
    series: [series],
    actions: [],
    references: [],
    rights: ["simulated"],
  };
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}

/**
 * Hidden path -> what an exchange would print: open, high, low, close and volume on its own
 * sessions, on the tick. Enters: terms, path, the rows of the grid that are sessions, the quoted
 * level per session (the held contract's, or the share's) and the instrument's own stream.
 *
 * The close is exact; the open lies a share of the day's move before it; high and low are drawn
 * from the extremes of a Brownian bridge between the two (P(max > m) = exp(-2 (m-a)(m-b) / s^2)),
 * as if independent of each other. Days on which the exchange is shut fall into the next open.
 */
import { type Prng, nextUniform } from "../../../base/prng.ts";
import { nextExponential, nextRough } from "./draws.ts";
import type { LatentPath } from "./latent.ts";
import type { Terms } from "./terms.ts";

export type Bars = {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
};

/** Part of a day's variance that falls into the night. */
const NIGHT_SHARE = 0.3;
const NIGHT_NOISE = Math.sqrt(NIGHT_SHARE * (1 - NIGHT_SHARE));
/** Daylight's part of a day's standard deviation. */
const DAYLIGHT = Math.sqrt(1 - NIGHT_SHARE);
/** From open to close no price moves by more. */
const WORST_DAY = 0.6;
/** Every volume is a multiple of this for shares, of 1 for contracts. */
const ROUND_LOT = 100;

export function barsOf(
  terms: Terms,
  source: {
    readonly path: LatentPath;
    readonly rows: Int32Array;
    /** Unrounded close per session. */
    readonly level: Float64Array;
    readonly prng: Prng;
  },
): Bars {
  const { path, rows, level, prng } = source;
  const column = () => new Float64Array(rows.length);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  const { open, high, low, close, volume } = bars;
  const { tick } = terms.instrument;
  const lot = terms.carry === null ? ROUND_LOT : 1;
  const usualLots = terms.usualVolume / lot;
  for (let t = 0; t < rows.length; t++) {
    const scale = path.scale[rows[t]];
    const move = path.move[rows[t]];
    const end = level[t];
    const day = (1 - NIGHT_SHARE) * move + NIGHT_NOISE * scale * nextRough(prng);
    const start = end / (1 + Math.min(Math.max(day, -WORST_DAY), WORST_DAY));
    const spread = (end - start) * (end - start);
    const reach = 2 * DAYLIGHT * DAYLIGHT * scale * scale * start * start;
    const top = (start + end + Math.sqrt(spread + reach * nextExponential(prng))) / 2;
    const bottom = (start + end - Math.sqrt(spread + reach * nextExponential(prng))) / 2;
    open[t] = onTick(start, tick);
    high[t] = onTick(top, tick);
    low[t] = onTick(Math.max(bottom, start / 4), tick);
    close[t] = onTick(end, tick);
    const busy = 0.45 + 0.35 * (Math.abs(move) / scale) + 0.5 * nextUniform(prng);
    volume[t] = Math.max(1, Math.round(usualLots * busy)) * lot;
  }
  return bars;
}

/** The nearest multiple of the tick above zero, as the double that its decimal notation reads as. */
export function onTick(price: number, tick: number): number {
  if (tick >= 1) return Math.max(1, Math.round(price / tick)) * tick;
  const perUnit = Math.round(1 / tick);
  return Math.max(1, Math.round(price * perUnit)) / perUnit;
}

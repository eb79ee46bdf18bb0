/**
 * Moving-average cross with a trend filter: long while the fast average is above the slow one, else
 * flat, or short where `short` is 1; flat while the average directional index (Wilder 1978) is not
 * above `adx_min`. With `adx_min` 0 there is no filter, and closes alone are enough.
 */
import { defineStrategy } from "./define.ts";

export const maCross = defineStrategy({
  name: "ma-cross",
  version: "2",
  params: {
    fast: { default: 20, min: 1, max: 1000, integer: true },
    slow: { default: 100, min: 2, max: 2000, integer: true },
    adx_window: { default: 14, min: 1, max: 500, integer: true },
    adx_min: { default: 20, min: 0, max: 100 },
    strength: { default: 1, min: 0, max: 1 },
    short: { default: 0, min: 0, max: 1, integer: true },
  },
  answers: "forecast",
  columns: (m, p) => ({
    fast: m.sma(m.close, p.fast),
    slow: m.sma(m.close, p.slow),
    // Asked for only where the filter is on: it needs highs and lows.
    adx: p.adx_min > 0 ? m.adx(p.adx_window) : m.constant(0),
  }),
  // One literal at the end: the compiler then need not make the object where nobody keeps it.
  decide: (row, p) => {
    const isTrending = p.adx_min === 0 || row.adx > p.adx_min;
    const against = p.short === 1 ? -p.strength : 0;
    const strength = row.fast > row.slow ? p.strength : against;
    return { strength: isTrending ? strength : 0, confidence: 1 };
  },
});

/**
 * Average true range (Wilder 1978): the true range needs the previous close, so it exists from the
 * second bar on; seeded with the plain mean of the first `window` ranges, then smoothed with
 * 1 / window. Same unit as the prices. Recursive: it starts anew after a NaN.
 */
import { requireWhole, type Series } from "./series.ts";

export function atr(bars: { high: Series; low: Series; close: Series }, window: number): Series {
  requireWhole("window", window, 1);
  const high = bars.high.values;
  const low = bars.low.values;
  const close = bars.close.values;
  const out = new Float64Array(close.length);
  let seen = 0;
  let sum = 0;
  let mean = Number.NaN;
  for (let t = 0; t < close.length; t++) {
    const before = t === 0 ? Number.NaN : close[t - 1];
    const range = Math.max(high[t], before) - Math.min(low[t], before);
    if (Number.isNaN(range)) {
      seen = 0;
      sum = 0;
      mean = Number.NaN;
    } else if (seen < window) {
      sum += range;
      seen++;
      mean = seen === window ? sum / window : Number.NaN;
    } else {
      mean += (range - mean) / window;
    }
    out[t] = mean;
  }
  const start = Math.max(bars.high.warmup, bars.low.warmup, bars.close.warmup);
  return { values: out, warmup: start + window };
}

/**
 * Exponential moving average, alpha = 2 / (window + 1), seeded with the plain mean of the first
 * window. Recursive: it starts at the first known row of its input, and anew after a NaN.
 */
import { requireWhole, type Series } from "./series.ts";

export function ema(x: Series, window: number): Series {
  requireWhole("window", window, 1);
  const { values } = x;
  const out = new Float64Array(values.length);
  const alpha = 2 / (window + 1);
  let seen = 0;
  let sum = 0;
  let mean = Number.NaN;
  for (let t = 0; t < values.length; t++) {
    const value = values[t];
    if (Number.isNaN(value)) {
      seen = 0;
      sum = 0;
      mean = Number.NaN;
    } else if (seen < window) {
      sum += value;
      seen++;
      mean = seen === window ? sum / window : Number.NaN;
    } else {
      mean += alpha * (value - mean);
    }
    out[t] = mean;
  }
  return { values: out, warmup: x.warmup + window - 1 };
}

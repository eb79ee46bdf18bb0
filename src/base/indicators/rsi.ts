/**
 * Relative strength index, 0..100 (Wilder 1978, New Concepts in Technical Trading Systems):
 * averages of gains and losses seeded with the plain mean of the first `window` changes, then
 * smoothed with 1 / window. A stretch without any change is neither strong nor weak: 50. Only
 * gains: 100; only losses: 0. Recursive: it starts anew after a NaN.
 */
import { requireWhole, type Series } from "./series.ts";

export function rsi(x: Series, window: number): Series {
  requireWhole("window", window, 1);
  const { values } = x;
  const out = new Float64Array(values.length);
  let previous = Number.NaN;
  let seen = 0;
  let gain = 0;
  let loss = 0;
  for (let t = 0; t < values.length; t++) {
    const step = values[t] - previous;
    previous = values[t];
    if (Number.isNaN(step)) {
      seen = 0;
      gain = 0;
      loss = 0;
      out[t] = Number.NaN;
      continue;
    }
    const up = step > 0 ? step : 0;
    const down = step < 0 ? -step : 0;
    if (seen < window) {
      seen++;
      gain += up / window;
      loss += down / window;
    } else {
      gain += (up - gain) / window;
      loss += (down - loss) / window;
    }
    out[t] = seen < window ? Number.NaN : strength(gain, loss);
  }
  return { values: out, warmup: x.warmup + window };
}

function strength(gain: number, loss: number): number {
  const both = gain + loss;
  return both === 0 ? 50 : (100 * gain) / both;
}

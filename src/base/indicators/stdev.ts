/**
 * Sample standard deviation (ddof 1) of a rolling window: two passes over each window, with the
 * first-order correction for the mean's own rounding (Chan, Golub and LeVeque 1983, eq. 1.7), so
 * prices near 1e6 with cents of movement keep their digits. window x rows operations.
 */
import { blank, requireWhole, type Series } from "./series.ts";
import { sma } from "./sma.ts";

export function stdev(x: Series, window: number): Series {
  requireWhole("window", window, 2);
  const { values } = x;
  const means = sma(x, window).values;
  const out = blank(values.length, window - 1);
  for (let t = window - 1; t < values.length; t++) {
    const mean = means[t];
    let squares = 0;
    let rest = 0;
    for (let i = t - window + 1; i <= t; i++) {
      const gap = values[i] - mean;
      squares += gap * gap;
      rest += gap;
    }
    out[t] = Math.sqrt(Math.max(0, squares - (rest * rest) / window) / (window - 1));
  }
  return { values: out, warmup: x.warmup + window - 1 };
}

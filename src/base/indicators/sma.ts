/**
 * Simple moving average. A running sum drifts and remembers what left the window, so rows are cut
 * into blocks of the window's length, aligned on row 0 (van Herk 1992; Gil and Werman 1993, there
 * for maxima): a window is the tail of one block plus the head of the next, each summed from the
 * window's own values. The bits at t depend on the window and on t, on nothing else.
 */
import { blank, requireWhole, type Series } from "./series.ts";

export function sma(x: Series, window: number): Series {
  requireWhole("window", window, 1);
  const { values } = x;
  const rows = values.length;
  const out = blank(rows, window - 1);
  const warmup = x.warmup + window - 1;
  if (window > rows) return { values: out, warmup };
  const tails = new Float64Array(window + 1);
  out[window - 1] = sumTails(values, 0, tails) / window;
  for (let start = window; start < rows; start += window) {
    const size = Math.min(window, rows - start);
    sumTails(values, start - window, tails);
    let head = 0;
    for (let i = 0; i < size; i++) {
      head += values[start + i];
      out[start + i] = (tails[i + 1] + head) / window;
    }
  }
  return { values: out, warmup };
}

/** tails[i] becomes the sum of a whole block from its i-th value on; tails.at(-1) stays 0. */
function sumTails(values: Float64Array, start: number, tails: Float64Array): number {
  let tail = 0;
  for (let i = tails.length - 2; i >= 0; i--) {
    tail += values[start + i];
    tails[i] = tail;
  }
  return tail;
}

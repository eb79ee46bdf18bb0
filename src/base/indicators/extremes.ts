/**
 * Highest and lowest value of a rolling window, three comparisons a row whatever the window: tails
 * and heads of aligned blocks (van Herk 1992; Gil and Werman 1993). A NaN in the window gives NaN.
 */
import { blank, requireWhole, type Series } from "./series.ts";

export function highest(x: Series, window: number): Series {
  requireWhole("window", window, 1);
  const { values } = x;
  const rows = values.length;
  const out = blank(rows, window - 1);
  const tails = new Float64Array(Math.min(window, rows) + 1).fill(Number.NEGATIVE_INFINITY);
  for (let start = 0; start < rows; start += window) {
    const size = Math.min(window, rows - start);
    let head = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < size; i++) {
      head = Math.max(head, values[start + i]);
      if (start > 0) out[start + i] = Math.max(tails[i + 1], head);
    }
    if (start === 0 && size === window) out[window - 1] = head;
    if (size === window) fillTails(values, start, tails, Math.max);
  }
  return { values: out, warmup: x.warmup + window - 1 };
}

export function lowest(x: Series, window: number): Series {
  requireWhole("window", window, 1);
  const { values } = x;
  const rows = values.length;
  const out = blank(rows, window - 1);
  const tails = new Float64Array(Math.min(window, rows) + 1).fill(Number.POSITIVE_INFINITY);
  for (let start = 0; start < rows; start += window) {
    const size = Math.min(window, rows - start);
    let head = Number.POSITIVE_INFINITY;
    for (let i = 0; i < size; i++) {
      head = Math.min(head, values[start + i]);
      if (start > 0) out[start + i] = Math.min(tails[i + 1], head);
    }
    if (start === 0 && size === window) out[window - 1] = head;
    if (size === window) fillTails(values, start, tails, Math.min);
  }
  return { values: out, warmup: x.warmup + window - 1 };
}

/** tails[i] becomes the extreme of a whole block from its i-th value on; the last entry is neutral. */
function fillTails(
  values: Float64Array,
  start: number,
  tails: Float64Array,
  pick: (a: number, b: number) => number,
): void {
  for (let i = tails.length - 2; i >= 0; i--) tails[i] = pick(tails[i + 1], values[start + i]);
}

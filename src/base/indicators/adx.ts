/**
 * Average directional index, 0..100 (Wilder 1978, New Concepts in Technical Trading Systems, "The
 * directional movement system"). A row's movement is the larger of how far the high rose and how
 * far the low fell, and counts for that side alone; the other, or both where neither is larger and
 * positive, is 0. Both sides are smoothed like Wilder's RSI; DX is the difference of the two over
 * their sum; the index is the mean of the first `window` DX, then smoothed with 1 / window.
 *
 * Wilder divides both sides by the average true range before he compares them. It cancels in DX, so
 * the close is not needed. Where nothing moved either way there is no trend: 0. Says how strong a
 * trend is, not which way it goes. Recursive: it starts anew after a NaN.
 */
import { requireWhole, type Series } from "./series.ts";

export function adx(bars: { high: Series; low: Series }, window: number): Series {
  requireWhole("window", window, 1);
  const high = bars.high.values;
  const low = bars.low.values;
  const out = new Float64Array(high.length);
  let highBefore = Number.NaN;
  let lowBefore = Number.NaN;
  let seen = 0;
  let rose = 0;
  let fell = 0;
  let index = 0;
  for (let t = 0; t < out.length; t++) {
    const up = high[t] - highBefore;
    const down = lowBefore - low[t];
    highBefore = high[t];
    lowBefore = low[t];
    out[t] = Number.NaN;
    if (Number.isNaN(up + down)) {
      seen = 0;
      rose = 0;
      fell = 0;
      index = 0;
      continue;
    }
    seen++;
    const plus = up > down && up > 0 ? up : 0;
    const minus = down > up && down > 0 ? down : 0;
    if (seen <= window) {
      rose += plus / window;
      fell += minus / window;
    } else {
      rose += (plus - rose) / window;
      fell += (minus - fell) / window;
    }
    if (seen < window) continue;
    const trend = directional(rose, fell);
    // The first `window` values are summed and divided once, so that their mean cannot pass 100.
    const values = seen - window + 1;
    if (values < window) index += trend;
    else if (values === window) index = (index + trend) / window;
    else index += (trend - index) / window;
    if (values >= window) out[t] = index;
  }
  return { values: out, warmup: Math.max(bars.high.warmup, bars.low.warmup) + 2 * window - 1 };
}

/** DX; the quotient is at most 1, so the value at most 100. */
function directional(rose: number, fell: number): number {
  const both = rose + fell;
  return both === 0 ? 0 : 100 * (Math.abs(rose - fell) / both);
}

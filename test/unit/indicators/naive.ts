/** Slow, obviously right twins of the kernels: each row from its own window or from row 0. */

export type Numbers = readonly number[] | Float64Array;

export function windowAt(x: Numbers, t: number, window: number): number[] | null {
  return t < window - 1 ? null : Array.from(x.slice(t - window + 1, t + 1));
}

export function rolling(x: Numbers, window: number, f: (values: number[]) => number): number[] {
  return Array.from(x, (_, t) => {
    const values = windowAt(x, t, window);
    return values === null ? Number.NaN : f(values);
  });
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function sampleStdev(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

export function ema(x: Numbers, window: number): number[] {
  const out: number[] = [];
  for (let t = 0; t < x.length; t++) {
    if (t < window - 1) out.push(Number.NaN);
    else if (t === window - 1) out.push(mean(Array.from(x.slice(0, window))));
    else out.push((2 / (window + 1)) * x[t] + (1 - 2 / (window + 1)) * out[t - 1]);
  }
  return out;
}

/** Wilder's smoothing of values that exist from row 1 on. */
export function wilder(values: readonly number[], window: number): number[] {
  const out: number[] = [];
  for (let t = 0; t < values.length; t++) {
    if (t < window) out.push(Number.NaN);
    else if (t === window) out.push(mean(values.slice(1, window + 1)));
    else out.push((out[t - 1] * (window - 1) + values[t]) / window);
  }
  return out;
}

export function rsi(x: Numbers, window: number): number[] {
  const steps = Array.from(x, (value, t) => (t === 0 ? Number.NaN : value - x[t - 1]));
  const gains = wilder(
    steps.map((step) => Math.max(step, 0)),
    window,
  );
  const losses = wilder(
    steps.map((step) => Math.max(-step, 0)),
    window,
  );
  return gains.map((gain, t) => (gain + losses[t] === 0 ? 50 : 100 - 100 / (1 + gain / losses[t])));
}

/** Wilder's system in full: true ranges, both indicators as shares of them, DX, its smoothed mean. */
export function adx(
  bars: { high: Numbers; low: Numbers; close: Numbers },
  window: number,
): number[] {
  const { high, low, close } = bars;
  const rows = Array.from(close, (_, t) => t);
  const later = (f: (t: number) => number) => rows.map((t) => (t === 0 ? Number.NaN : f(t)));
  const ranges = later((t) => Math.max(high[t], close[t - 1]) - Math.min(low[t], close[t - 1]));
  const ups = later((t) => high[t] - high[t - 1]);
  const downs = later((t) => low[t - 1] - low[t]);
  const plus = later((t) => (ups[t] > downs[t] && ups[t] > 0 ? ups[t] : 0));
  const minus = later((t) => (downs[t] > ups[t] && downs[t] > 0 ? downs[t] : 0));
  const range = wilder(ranges, window);
  const share = (moves: readonly number[]) =>
    wilder(moves, window).map((move, t) => (range[t] === 0 ? 0 : (100 * move) / range[t]));
  const up = share(plus);
  const down = share(minus);
  const dx = rows.map((t) =>
    up[t] + down[t] === 0 ? 0 : (100 * Math.abs(up[t] - down[t])) / (up[t] + down[t]),
  );
  // Its first value is at row `window`; `wilder` takes the values from its row 1 on.
  const smoothed = wilder([Number.NaN, ...dx.slice(window)], window);
  return rows.map((t) => (t < window ? Number.NaN : smoothed[t - window + 1]));
}

/** By counting, for each value alone, how many of its time are lower and how many as high. */
export function ranks(
  members: readonly Numbers[],
  timesMs: readonly (readonly number[])[],
): number[][] {
  return members.map((values, m) =>
    Array.from(values, (own, row) => {
      const at = timesMs[m][row];
      const others = members
        .map((other, k) => other[timesMs[k].indexOf(at)])
        .filter((value) => Number.isFinite(value));
      if (!Number.isFinite(own)) return Number.NaN;
      if (others.length === 1) return 0;
      const lower = others.filter((value) => value < own).length;
      const higher = others.filter((value) => value > own).length;
      return (lower - higher) / (others.length - 1);
    }),
  );
}

/** The largest difference between two lists; infinite where only one of them is unknown. */
export function worstGap(observed: Numbers, expected: Numbers): number {
  if (observed.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Array.from(expected, (value, t) => {
    if (Number.isNaN(value) && Number.isNaN(observed[t])) return 0;
    const gap = Math.abs(observed[t] - value);
    return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
  }).reduce((worst, gap) => Math.max(worst, gap), 0);
}

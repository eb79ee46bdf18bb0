/**
 * Earlier values: lag and the simple return over some rows. A negative number of rows would be the
 * future and is refused. A return from zero is unknown.
 */
import { blank, requireWhole, type Series } from "./series.ts";

export function lag(x: Series, bars: number): Series {
  requireWhole("bars", bars, 0);
  const { values } = x;
  const out = blank(values.length, bars);
  if (bars < values.length) out.set(values.subarray(0, values.length - bars), bars);
  return { values: out, warmup: x.warmup + bars };
}

/** x(t) / x(t - bars) - 1. */
export function change(x: Series, bars: number): Series {
  requireWhole("bars", bars, 1);
  const { values } = x;
  const out = blank(values.length, bars);
  for (let t = bars; t < values.length; t++) {
    const base = values[t - bars];
    out[t] = base === 0 ? Number.NaN : values[t] / base - 1;
  }
  return { values: out, warmup: x.warmup + bars };
}

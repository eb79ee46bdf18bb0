/** Conditions combined: NaN (unknown) on either side gives NaN, whatever the other side says. */
import type { Series } from "./series.ts";

export function and(a: Series, b: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = a.values[t] * b.values[t];
  return { values: out, warmup: Math.max(a.warmup, b.warmup) };
}

export function or(a: Series, b: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = Math.max(a.values[t], b.values[t]);
  return { values: out, warmup: Math.max(a.warmup, b.warmup) };
}

export function not(a: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = 1 - a.values[t];
  return { values: out, warmup: a.warmup };
}

/**
 * Row by row arithmetic of two series. NaN in, NaN out; a division by zero is unknown (NaN), not
 * infinite, so that no comparison is ever decided by it.
 */
import type { Series } from "./series.ts";

export function add(a: Series, b: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = a.values[t] + b.values[t];
  return later(a, b, out);
}

export function sub(a: Series, b: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = a.values[t] - b.values[t];
  return later(a, b, out);
}

export function mul(a: Series, b: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = a.values[t] * b.values[t];
  return later(a, b, out);
}

export function div(a: Series, b: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) {
    const divisor = b.values[t];
    out[t] = divisor === 0 ? Number.NaN : a.values[t] / divisor;
  }
  return later(a, b, out);
}

function later(a: Series, b: Series, values: Float64Array): Series {
  return { values, warmup: Math.max(a.warmup, b.warmup) };
}

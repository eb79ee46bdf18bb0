/**
 * Conditions: 1 where it holds, 0 where it does not, NaN where either side is unknown. Strict
 * comparisons; equal values neither rise nor fall.
 */
import { blank, type Series } from "./series.ts";

export function gt(a: Series, b: Series | number): Series {
  return typeof b === "number" ? above(a, b) : greater(a, b);
}

export function lt(a: Series, b: Series | number): Series {
  return typeof b === "number" ? below(a, b) : greater(b, a);
}

/** Higher than one row earlier. */
export function rising(x: Series): Series {
  const { values } = x;
  const out = blank(values.length, 1);
  for (let t = 1; t < values.length; t++) out[t] = truth(values[t] - values[t - 1]);
  return { values: out, warmup: x.warmup + 1 };
}

/** Lower than one row earlier. */
export function falling(x: Series): Series {
  const { values } = x;
  const out = blank(values.length, 1);
  for (let t = 1; t < values.length; t++) out[t] = truth(values[t - 1] - values[t]);
  return { values: out, warmup: x.warmup + 1 };
}

function greater(a: Series, b: Series): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = truth(a.values[t] - b.values[t]);
  return { values: out, warmup: Math.max(a.warmup, b.warmup) };
}

function above(a: Series, level: number): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = truth(a.values[t] - level);
  return { values: out, warmup: a.warmup };
}

function below(a: Series, level: number): Series {
  const out = new Float64Array(a.values.length);
  for (let t = 0; t < out.length; t++) out[t] = truth(level - a.values[t]);
  return { values: out, warmup: a.warmup };
}

/** Gradual underflow makes the difference of two unequal doubles never zero, so its sign decides. */
function truth(difference: number): number {
  return difference > 0 ? 1 : difference <= 0 ? 0 : Number.NaN;
}

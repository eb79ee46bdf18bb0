/**
 * What every indicator takes and gives: one number per row, NaN where it is not known. `warmup`
 * is the first row whose value can be known, counted from the windows and never by looking for
 * NaN. A NaN further on (0/0, a hole) makes exactly the values that depend on it unknown.
 */

export type Series = { readonly values: Float64Array; readonly warmup: number };

/** A series whose every row is known from the start. */
export function knownSeries(values: Float64Array): Series {
  return { values, warmup: 0 };
}

/** A fresh array for results: the first `unknown` rows are NaN, the rest is to be written. */
export function blank(rows: number, unknown: number): Float64Array {
  return new Float64Array(rows).fill(Number.NaN, 0, Math.min(rows, unknown));
}

/** Throws RangeError unless `value` is a whole number from `least` on. */
export function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} must be a whole number from ${least} on, not ${value}`);
}

/**
 * Memory of a wish: 1 from the row where `enter` holds until the row where `exit` holds, or until
 * it was 1 for `maxBars` rows. On a row where both hold, exit wins; after an exit the next entry
 * is possible one row later. It knows nothing of fills, so every lane agrees on it. An unknown
 * condition makes the row unknown and releases the latch: missing evidence never keeps a position.
 */
import { requireWhole, type Series } from "./series.ts";

export type LatchRule = {
  readonly enter: Series;
  readonly exit: Series;
  /** Null: as long as `exit` lets it. */
  readonly maxBars: number | null;
};

export function latch({ enter, exit, maxBars }: LatchRule): Series {
  if (maxBars !== null) requireWhole("max_bars", maxBars, 1);
  const limit = maxBars ?? Number.POSITIVE_INFINITY;
  const out = new Float64Array(enter.values.length);
  let held = 0;
  for (let t = 0; t < out.length; t++) {
    const wanted = enter.values[t];
    const done = exit.values[t];
    if (Number.isNaN(wanted + done)) {
      held = 0;
      out[t] = Number.NaN;
    } else if (held > 0) {
      held = done === 1 || held >= limit ? 0 : held + 1;
      out[t] = held > 0 ? 1 : 0;
    } else {
      held = wanted === 1 && done !== 1 ? 1 : 0;
      out[t] = held;
    }
  }
  return { values: out, warmup: Math.max(enter.warmup, exit.warmup) };
}

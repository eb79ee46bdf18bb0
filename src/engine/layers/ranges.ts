/**
 * How far an instrument moves in a day, as a fraction of its price and aligned on sessions: Wilder's
 * average true range where highs and lows exist, the standard deviation of returns elsewhere. On a
 * session without a bar the last one counts.
 */
import { atr } from "../../base/indicators/atr.ts";
import { knownSeries } from "../../base/indicators/series.ts";
import { adjustInputs } from "../../market/actions/adjust.ts";
import { actionsOf } from "../plan-variant.ts";
import type { PlanInput } from "../plan-input.ts";

/** NaN where the data has no high and low, and before the window is full. */
export function averageRanges(
  { world, actions }: Pick<PlanInput, "world" | "actions">,
  window: number,
): readonly Float64Array[] {
  return world.series.map((series, i) => {
    const aligned = new Float64Array(world.sessionsMs.length).fill(Number.NaN);
    if (series.high === null || series.low === null) return aligned;
    const { high, low, close } = adjustInputs(series, actionsOf(actions, series.instrument.id));
    const ranges = atr(
      {
        high: knownSeries(high as Float64Array),
        low: knownSeries(low as Float64Array),
        close: knownSeries(close),
      },
      window,
    ).values;
    const rowAt = world.rowAt[i];
    for (let s = 0; s < aligned.length; s++) {
      const row = rowAt === null ? s : rowAt[s];
      if (row >= 0 && close[row] > 0) aligned[s] = ranges[row] / close[row];
    }
    return aligned;
  });
}

/** Sample standard deviation of the last `days` known returns up to each session. */
export function deviations(
  returns: readonly Float64Array[],
  days: number,
): readonly Float64Array[] {
  return returns.map((values) => {
    const out = new Float64Array(values.length).fill(Number.NaN);
    const known = new Float64Array(values.length);
    let count = 0;
    let newest = Number.NaN;
    for (let s = 0; s < values.length; s++) {
      if (values[s] === values[s]) {
        known[count++] = values[s];
        if (count >= days) newest = deviationOf(known, count - days, count);
      }
      out[s] = newest;
    }
    return out;
  });
}

function deviationOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let n = from; n < to; n++) sum += values[n];
  const mean = sum / (to - from);
  let squares = 0;
  for (let n = from; n < to; n++) squares += (values[n] - mean) ** 2;
  return Math.sqrt(squares / (to - from - 1));
}

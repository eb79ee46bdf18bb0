/**
 * Features of the volatility index that policy judges by (spec portfolio 3). Enters: the closes of
 * the index, of a volatility-of-volatility series and of the three-month index, row by row on the
 * index's own dates, NaN where a row has none; leaves: per row 1, 0, or NaN for not known, with
 * the number that was compared and its limit.
 *
 * Stress: the series above its own 95th percentile of the last 252 rows, this row included, of
 * which at least 126 have a value (linear interpolation between order statistics, numpy's default;
 * Hyndman and Fan 1996, type 7). Without such a series: the sample deviation of the index's last
 * 21 daily changes, all of them known. Backwardation: the index above the three-month index.
 */
import { invariant } from "../../base/assert.ts";

export type StressInput = {
  readonly volatilityIndex: Float64Array;
  readonly volOfVol: Float64Array | null;
  readonly threeMonth: Float64Array | null;
};

export type StressFeatures = {
  readonly stress: Float64Array;
  readonly stress99: Float64Array;
  readonly backwardation: Float64Array;
  /** The series that was judged, and its rolling 95th percentile. */
  readonly observed: Float64Array;
  readonly limit95: Float64Array;
};

const WINDOW = 252;
const LEAST = 126;
const CHANGES = 21;

export function stressFeatures(input: StressInput): StressFeatures {
  const { volatilityIndex, volOfVol, threeMonth } = input;
  const observed = volOfVol ?? deviationOfChanges(volatilityIndex);
  const limit95 = new Float64Array(volatilityIndex.length).fill(Number.NaN);
  const limit99 = new Float64Array(volatilityIndex.length).fill(Number.NaN);
  rollingPercentiles(requireRows(observed, volatilityIndex), limit95, limit99);
  const nobody = new Float64Array(volatilityIndex.length).fill(Number.NaN);
  return {
    stress: above(observed, limit95),
    stress99: above(observed, limit99),
    backwardation: above(volatilityIndex, requireRows(threeMonth ?? nobody, volatilityIndex)),
    observed,
    limit95,
  };
}

function requireRows(series: Float64Array, like: Float64Array): Float64Array {
  invariant(
    series.length === like.length,
    21,
    () => `${series.length} rows beside the ${like.length} of the volatility index`,
  );
  return series;
}

/** 1 or 0; NaN where either side is. */
function above(series: Float64Array, limit: Float64Array): Float64Array {
  const out = new Float64Array(series.length);
  for (let t = 0; t < out.length; t++) {
    const unknown = Number.isNaN(series[t]) || Number.isNaN(limit[t]);
    out[t] = unknown ? Number.NaN : Number(series[t] > limit[t]);
  }
  return out;
}

/** ddof 1, in two passes over each window; a row without a value is in it for 22 rows. */
function deviationOfChanges(index: Float64Array): Float64Array {
  const out = new Float64Array(index.length).fill(Number.NaN);
  for (let t = CHANGES; t < index.length; t++) {
    // The changes telescope: their mean is the whole way over their number.
    const mean = (index[t] - index[t - CHANGES]) / CHANGES;
    let squares = 0;
    for (let i = t - CHANGES + 1; i <= t; i++) {
      const gap = index[i] - index[i - 1] - mean;
      squares += gap * gap;
    }
    out[t] = Math.sqrt(squares / (CHANGES - 1));
  }
  return out;
}

/** The window is kept sorted: one value leaves and one enters by binary search per row. */
function rollingPercentiles(
  series: Float64Array,
  limit95: Float64Array,
  limit99: Float64Array,
): void {
  const sorted = new Float64Array(WINDOW);
  let held = 0;
  for (let t = 0; t < series.length; t++) {
    const leaves = t >= WINDOW ? series[t - WINDOW] : Number.NaN;
    if (!Number.isNaN(leaves)) {
      const at = placeOf(sorted, held, leaves);
      sorted.copyWithin(at, at + 1, held);
      held--;
    }
    const enters = series[t];
    if (!Number.isNaN(enters)) {
      const at = placeOf(sorted, held, enters);
      sorted.copyWithin(at + 1, at, held);
      sorted[at] = enters;
      held++;
    }
    if (held < LEAST) continue;
    limit95[t] = percentile(sorted, held, 0.95);
    limit99[t] = percentile(sorted, held, 0.99);
  }
}

/** First place whose value is not below `value`. */
function placeOf(sorted: Float64Array, held: number, value: number): number {
  let low = 0;
  let high = held;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function percentile(sorted: Float64Array, held: number, share: number): number {
  const position = share * (held - 1);
  const below = Math.floor(position);
  const lower = sorted[below];
  if (below === held - 1) return lower;
  return lower + (sorted[below + 1] - lower) * (position - below);
}

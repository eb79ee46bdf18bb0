/**
 * Daily against weekly returns (invariant 7). Enters: simple returns and the dates they end on, in
 * milliseconds; leaves: the same array under a type of its own, which a feature that annualises
 * with 252 asks for, so that a weekly or monthly series does not compile there. Refused, with what
 * was observed: a median spacing above 4 days between dates that have a return, or too few of them
 * to tell. A weekly instrument on the rows of a daily market is seen through: its other rows are NaN.
 */
import { invariant } from "./assert.ts";
import { DAY_MS } from "./instant.ts";
import { type Result, err, ok } from "./result.ts";

declare const daily: unique symbol;
/** Simple returns of days; only dailyReturns makes one. */
export type DailyReturns = Float64Array & { readonly [daily]: true };

export type NotDaily = {
  /** Median spacing; null when there are too few dates. */
  readonly observedDays: number | null;
  readonly limitDays: number;
  readonly message: string;
};

/** A weekend and a holiday lie between neighbours at times, but not between half of them. */
const MEDIAN_LIMIT_DAYS = 4;
const LEAST_SPACINGS = 2;

/** `datesMs` strictly ascending, one per return; a return without a value is NaN. */
export function dailyReturns(
  values: Float64Array,
  datesMs: Float64Array,
): Result<DailyReturns, NotDaily> {
  const rows = values.length;
  invariant(
    rows === datesMs.length,
    21,
    () => `${rows} returns and ${datesMs.length} dates do not belong together`,
  );
  const spacings = knownSpacings(values, datesMs);
  if (spacings.length < LEAST_SPACINGS) {
    const message = `${spacings.length} spacings between dates with a return do not show that a series is daily; at least ${LEAST_SPACINGS} are needed`;
    return err({ observedDays: null, limitDays: MEDIAN_LIMIT_DAYS, message });
  }
  // Of an even number the larger of the middle two.
  const observedDays = spacings.sort()[spacings.length >> 1] / DAY_MS;
  if (observedDays > MEDIAN_LIMIT_DAYS) {
    const message = `half of the dates lie ${observedDays} days apart or more, above ${MEDIAN_LIMIT_DAYS}: not a daily series; hand in daily returns, whatever the rebalance frequency`;
    return err({ observedDays, limitDays: MEDIAN_LIMIT_DAYS, message });
  }
  return ok(values as DailyReturns);
}

/** Milliseconds from each date that has a return to the next one that has. */
function knownSpacings(values: Float64Array, datesMs: Float64Array): Float64Array {
  const spacings = new Float64Array(values.length);
  let count = 0;
  let before = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    invariant(
      i === 0 || datesMs[i] > datesMs[i - 1],
      21,
      () => `date ${i} of a series does not come after the one before`,
    );
    if (Number.isNaN(values[i])) continue;
    if (!Number.isNaN(before)) spacings[count++] = datesMs[i] - before;
    before = datesMs[i];
  }
  return spacings.subarray(0, count);
}

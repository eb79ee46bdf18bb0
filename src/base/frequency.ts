/**
 * Daily against weekly returns (invariant 7). Enters: simple returns and the dates they end on, in
 * milliseconds; leaves: the same array under a type of its own, which a feature that annualises
 * with 252 asks for, so that a weekly or monthly series does not compile there. Refused, with what
 * was observed: dates whose median spacing is above 4 days, or too few to tell.
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
const LEAST_DATES = 3;

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
  if (rows < LEAST_DATES) {
    const message = `${rows} dates do not show that a series is daily; at least ${LEAST_DATES} are needed`;
    return err({ observedDays: null, limitDays: MEDIAN_LIMIT_DAYS, message });
  }
  const observedDays = medianSpacing(datesMs) / DAY_MS;
  if (observedDays > MEDIAN_LIMIT_DAYS) {
    const message = `half of the dates lie ${observedDays} days apart or more, above ${MEDIAN_LIMIT_DAYS}: not a daily series; hand in daily returns, whatever the rebalance frequency`;
    return err({ observedDays, limitDays: MEDIAN_LIMIT_DAYS, message });
  }
  return ok(values as DailyReturns);
}

/** Of an even number of spacings the larger of the middle two. */
function medianSpacing(datesMs: Float64Array): number {
  const spacings = new Float64Array(datesMs.length - 1);
  for (let i = 0; i < spacings.length; i++) {
    spacings[i] = datesMs[i + 1] - datesMs[i];
    invariant(spacings[i] > 0, 21, () => `date ${i + 1} does not come after the one before`);
  }
  spacings.sort();
  return spacings[spacings.length >> 1];
}

/**
 * How volatile the account was of late. Enters: closes in time and net asset value at each; leaves,
 * at each close, the sample deviation of the last ROLLING_DAYS daily returns, annualised. Within a
 * day the figure is that of the last whole day; NaN until enough of them came, and wherever one of
 * them is undefined.
 */
import { sampleDeviation } from "../../base/statistics.ts";
import { lastOfEachDay } from "./common-metrics.ts";
import { dailyReturns } from "./metrics.ts";

/** A quarter of trading days. */
export const ROLLING_DAYS = 63;

export function rollingVolatility(
  sessionsMs: Float64Array,
  nav: Float64Array,
  periodsPerYear: number,
): Float64Array {
  const ends = lastOfEachDay(sessionsMs);
  const returns = dailyReturns(Float64Array.from(ends, (s) => nav[s]));
  const annual = Math.sqrt(periodsPerYear);
  const rolling = new Float64Array(nav.length).fill(Number.NaN);
  for (let day = ROLLING_DAYS; day < ends.length; day++) {
    const window = returns.subarray(day - ROLLING_DAYS + 1, day + 1);
    rolling.fill(sampleDeviation(window) * annual, ends[day], ends[day + 1] ?? nav.length);
  }
  return rolling;
}

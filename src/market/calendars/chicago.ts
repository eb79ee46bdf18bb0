/**
 * CME Group, US equity index futures (the S&P 500 contracts). A session is a trade date: a day
 * with its own settlement. On US holidays the electronic market runs until noon, but that trading
 * belongs to the next trade date, so such a day is no session. Interest rate futures keep the same
 * trade dates except where the notices below say so (they traded on most mourning days); metals
 * and energy also stay closed on the Good Fridays listed here.
 *
 * Enters: a year; leaves: days since 1970-01-01. Times are America/Chicago.
 * Sources: CME Group Globex holiday calendars and its notices on the days listed.
 */
import { datesOf } from "./dates.ts";
import { newYorkClosures } from "./new-york.ts";

/**
 * New York was closed and the index contracts had a short morning of their own: Good Fridays with
 * the US employment report (until 08:15), Sandy (until 08:15), the mourning days of G. H. W. Bush
 * and Carter (until 08:30).
 */
const SHORT_MORNINGS = datesOf([
  20100402, 20120406, 20121029, 20121030, 20150403, 20181205, 20210402, 20230407, 20250109,
  20260403,
]);

export function chicagoClosures(year: number): readonly number[] {
  return newYorkClosures(year).filter((day) => !SHORT_MORNINGS.includes(day));
}

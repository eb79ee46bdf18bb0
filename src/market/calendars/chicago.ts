/**
 * CME Group, US equity index futures (the S&P 500 contracts). A session is a trade date: a day
 * with its own settlement. On US holidays the electronic market runs until noon, but that trading
 * belongs to the next trade date, so such a day is no session. Other groups differ on single days
 * and are not modelled: interest rates were closed on 2018-12-05, metals and energy are closed on
 * the Good Fridays listed here, and the Board of Trade's rates kept holidays before 1998 on which
 * the index contracts traded.
 *
 * Enters: a year; leaves: days since 1970-01-01. Times are America/Chicago.
 * Sources: CME Group Globex holiday calendars; its releases of 2012-10-29 (Sandy), 2018-12-02
 * (Bush) and 2024-12-30 (Carter); "for trade date of" in its yearly holiday schedules.
 */
import { type EarlyClose, datesOf } from "./dates.ts";
import { newYorkClosures, newYorkEarlyCloses } from "./new-york.ts";

/**
 * New York was closed and the index contracts had a short morning of their own: Good Fridays with
 * the US employment report, Sandy, the mourning days of G. H. W. Bush and Carter. The electronic
 * mornings of earlier years (Good Friday 1999 and 2007), with the trading floor closed, belonged
 * to the trade date after them.
 */
const SHORT_MORNINGS: readonly (readonly [number, string])[] = [
  [20100402, "08:15"],
  [20120406, "08:15"],
  [20121029, "08:15"],
  [20121030, "08:15"],
  [20150403, "08:15"],
  [20181205, "08:30"],
  [20210402, "08:15"],
  [20230407, "08:15"],
  [20250109, "08:30"],
  [20260403, "08:15"],
];
const SHORT_DAYS = datesOf(SHORT_MORNINGS.map(([date]) => date));

export function chicagoClosures(year: number): readonly number[] {
  return newYorkClosures(year).filter((day) => !SHORT_DAYS.includes(day));
}

/** A quarter of an hour after New York. Known from 2009 on: before, only some of them were. */
export function chicagoEarlyCloses(year: number): readonly EarlyClose[] {
  const mornings = SHORT_MORNINGS.filter(([date]) => Math.floor(date / 10_000) === year);
  return [
    ...newYorkEarlyCloses(year).map(({ day }) => ({ day, at: "12:15" })),
    ...mornings.map(([date, at]) => ({ day: datesOf([date])[0], at })),
  ];
}

/**
 * New York Stock Exchange: full closures and early closes of cash equities. Enters: a year; leaves:
 * days since 1970-01-01. Times are America/New_York.
 *
 * Sources: NYSE Rule 7.2 (holidays; a Saturday holiday is kept on Friday unless unusual business
 * conditions exist, such as the end of a month or year, so a Saturday New Year is not kept), NYSE
 * yearly "Holidays and Trading Hours" notices, and the exchange's list of special closings.
 */
import { weekdayOfDays } from "../../base/instant.ts";
import {
  MONDAY,
  SATURDAY,
  THURSDAY,
  dateIn,
  datesOf,
  easterOf,
  lastWeekday,
  nearestWeekday,
  nthWeekday,
} from "./dates.ts";

/**
 * Closed by decision: the mourning days of Nixon, Reagan, Ford, G. H. W. Bush and Carter, the
 * attacks of September 2001, hurricane Sandy.
 */
const SPECIAL_CLOSURES = datesOf([
  19940427, 20010911, 20010912, 20010913, 20010914, 20040611, 20070102, 20121029, 20121030,
  20181205, 20250109,
]);

/** Days on which the exchange did not open. */
export function newYorkClosures(year: number): readonly number[] {
  const newYear = dateIn(year, 101);
  return [
    weekdayOfDays(newYear) === SATURDAY ? newYear : nearestWeekday(newYear),
    ...(year >= 1998 ? [nthWeekday(year, 1, { nth: 3, weekday: MONDAY })] : []),
    nthWeekday(year, 2, { nth: 3, weekday: MONDAY }),
    goodFriday(year),
    lastWeekday(year, 5, MONDAY),
    ...(year >= 2022 ? [nearestWeekday(dateIn(year, 619))] : []),
    nearestWeekday(dateIn(year, 704)),
    nthWeekday(year, 9, { nth: 1, weekday: MONDAY }),
    thanksgiving(year),
    nearestWeekday(dateIn(year, 1225)),
    ...SPECIAL_CLOSURES.filter((day) => day >= newYear && day < dateIn(year + 1, 101)),
  ];
}

export function goodFriday(year: number): number {
  return easterOf(year) - 2;
}

export function thanksgiving(year: number): number {
  return nthWeekday(year, 11, { nth: 4, weekday: THURSDAY });
}

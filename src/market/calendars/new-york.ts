/**
 * New York Stock Exchange: full closures and early closes of cash equities. Enters: a year; leaves:
 * days since 1970-01-01. Times are America/New_York.
 *
 * Sources: NYSE Rule 7.2 (holidays; a Saturday holiday is kept on Friday unless unusual business
 * conditions exist, such as the end of a month or year, so a Saturday New Year is not kept), NYSE
 * yearly "Holidays and Trading Hours" notices, and the exchange's list of special closings.
 */
import { weekdayOfDays } from "../../base/instant.ts";
import type { EarlyClose } from "./dates.ts";
import {
  FRIDAY,
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

/** Days on which the exchange does not open. */
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

/** Snow, the circuit breaker of 1997, Fridays after Christmas, a broken system. */
const SPECIAL_EARLY_CLOSES: readonly (readonly [number, string])[] = [
  [19940211, "14:30"],
  [19960108, "14:00"],
  [19971027, "15:30"],
  [19971226, "13:00"],
  [20031226, "13:00"],
  [20050601, "15:56"],
];

/**
 * Planned ones close at 13:00 (14:00 until 1992): Christmas Eve from Monday to Thursday, the day
 * after Thanksgiving since 1992, the session beside 4 July since 1995.
 */
export function newYorkEarlyCloses(year: number): readonly EarlyClose[] {
  const special = SPECIAL_EARLY_CLOSES.filter(([date]) => Math.floor(date / 10_000) === year);
  return [
    ...plannedEarlyCloses(year).map((day) => ({ day, at: year < 1993 ? "14:00" : "13:00" })),
    ...special.map(([date, at]) => ({ day: datesOf([date])[0], at })),
  ];
}

function plannedEarlyCloses(year: number): readonly number[] {
  const eve = dateIn(year, 1224);
  const days: number[] = [];
  if (year >= 1995) days.push(...besideIndependenceDay(year));
  if (year >= 1992) days.push(thanksgiving(year) + 1);
  if (weekdayOfDays(eve) <= THURSDAY) days.push(eve);
  return days;
}

/** For a Thursday the Friday after it, since 2013 the Wednesday before; a Monday has none. */
function besideIndependenceDay(year: number): readonly number[] {
  const holiday = dateIn(year, 704);
  const weekday = weekdayOfDays(holiday);
  if (weekday === MONDAY || weekday > FRIDAY) return [];
  return [weekday === THURSDAY && year < 2013 ? holiday + 1 : holiday - 1];
}

function goodFriday(year: number): number {
  return easterOf(year) - 2;
}

function thanksgiving(year: number): number {
  return nthWeekday(year, 11, { nth: 4, weekday: THURSDAY });
}

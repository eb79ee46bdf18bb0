/**
 * Dates that holiday rules are made of, as days since 1970-01-01. Civil calendar only: no time
 * zone. Easter by the anonymous Gregorian computus (Nature, 20 April 1876; J. Meeus, Astronomical
 * Algorithms, 2nd ed. 1998, chapter 8), valid for every Gregorian year.
 */
import { daysFromCivil, weekdayOfDays } from "../../base/instant.ts";

/** A session that ends early: its day and the exchange's local time of the close, HH:MM. */
export type EarlyClose = { readonly day: number; readonly at: string };

export const MONDAY = 0;
export const THURSDAY = 3;
export const FRIDAY = 4;
export const SATURDAY = 5;
export const SUNDAY = 6;

/** Month and day as one number: 1225 is the 25th of December. */
export function dateIn(year: number, monthDay: number): number {
  return daysFromCivil({ year, month: Math.floor(monthDay / 100), day: monthDay % 100 });
}

/** The same of a list of whole dates, each as the number yyyymmdd. */
export function datesOf(yyyymmdd: readonly number[]): readonly number[] {
  return yyyymmdd.map((date) => dateIn(Math.floor(date / 10_000), date % 10_000));
}

/** The nth (from 1) given weekday of a month. */
export function nthWeekday(
  year: number,
  month: number,
  which: { readonly nth: number; readonly weekday: number },
): number {
  const first = daysFromCivil({ year, month, day: 1 });
  const untilWeekday = (which.weekday - weekdayOfDays(first) + 7) % 7;
  return first + untilWeekday + 7 * (which.nth - 1);
}

/** The last given weekday of a month. */
export function lastWeekday(year: number, month: number, weekday: number): number {
  const end =
    month === 12 ? dateIn(year + 1, 101) : daysFromCivil({ year, month: month + 1, day: 1 });
  const last = end - 1;
  return last - ((weekdayOfDays(last) - weekday + 7) % 7);
}

/** Easter Sunday. */
export function easterOf(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const leaps = Math.floor(century / 4);
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - leaps - correction + 15) % 30;
  const sunday =
    (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * sunday) / 451);
  const fromMarch = epact + sunday - 7 * late + 114;
  return daysFromCivil({ year, month: Math.floor(fromMarch / 31), day: (fromMarch % 31) + 1 });
}

/** A weekend date moved to the Friday before or the Monday after; a weekday stays. */
export function nearestWeekday(day: number): number {
  const weekday = weekdayOfDays(day);
  if (weekday === SATURDAY) return day - 1;
  return weekday === SUNDAY ? day + 1 : day;
}

export function isWeekend(day: number): boolean {
  return weekdayOfDays(day) >= SATURDAY;
}

/**
 * Japan Exchange Group: closed on national holidays, 31 December and 1-3 January. Enters: a year;
 * leaves: days since 1970-01-01. Holiday trading of derivatives (since September 2022) makes no
 * session of its own: it belongs to the next business day. 2020-10-01, when the cash market's
 * system failed, stays a session: the exchange counted it as one and derivatives traded.
 *
 * Sources: Act on National Holidays (Law 178 of 1948) with its amendments of 1973 (substitute
 * holidays), 1985 (citizens' holidays), 1989, 1995, 1998 and 2001 (happy Mondays), 2005, 2014,
 * 2017; the special laws of 1989, 1990, 1993, 2017 and 2018 on the imperial ceremonies; the
 * Olympics special measures acts of 2018 and 2020. Equinox days are fixed each February by the
 * Cabinet; here by the usual approximation of the National Astronomical Observatory's ephemeris
 * for 1980-2099.
 */
import { weekdayOfDays } from "../../base/instant.ts";
import {
  type EarlyClose,
  MONDAY,
  SUNDAY,
  dateIn,
  datesOf,
  isWeekend,
  nthWeekday,
} from "./dates.ts";

/** Enthronement 1990, wedding 1993, accession and enthronement 2019. */
const CEREMONIES = datesOf([19901112, 19930609, 20190501, 20191022]);

/** Marine, Sports and Mountain Day as the Olympics moved them. */
const OLYMPIC_DAYS: ReadonlyMap<number, readonly number[]> = new Map([
  [2020, [723, 724, 810]],
  [2021, [722, 723, 808]],
]);

export function tokyoClosures(year: number): readonly number[] {
  return [...nationalHolidays(year), dateIn(year, 102), dateIn(year, 103), dateIn(year, 1231)];
}

/**
 * The first session of a year had a morning only until 2009, the last until 2008 (cash market,
 * Tokyo Stock Exchange; derivatives in Osaka ten minutes longer).
 */
export function tokyoEarlyCloses(year: number): readonly EarlyClose[] {
  const days: number[] = [];
  if (year <= 2009) days.push(weekdayFrom(dateIn(year, 104), 1));
  if (year <= 2008) days.push(weekdayFrom(dateIn(year, 1230), -1));
  return days.map((day) => ({ day, at: "11:00" }));
}

function weekdayFrom(start: number, step: 1 | -1): number {
  let day = start;
  while (isWeekend(day)) day += step;
  return day;
}

function nationalHolidays(year: number): readonly number[] {
  const named = namedHolidays(year);
  return [...named, ...substitutes(named), ...between(named)];
}

function namedHolidays(year: number): ReadonlySet<number> {
  const first = dateIn(year, 101);
  const next = dateIn(year + 1, 101);
  return new Set([
    first,
    year < 2000 ? dateIn(year, 115) : mondayIn(year, 1, 2),
    dateIn(year, 211),
    vernalEquinox(year),
    dateIn(year, 429),
    dateIn(year, 503),
    ...(year < 2007 ? [] : [dateIn(year, 504)]),
    dateIn(year, 505),
    ...summerHolidays(year),
    year < 2003 ? dateIn(year, 915) : mondayIn(year, 9, 3),
    autumnalEquinox(year),
    dateIn(year, 1103),
    dateIn(year, 1123),
    ...emperorsBirthday(year),
    ...CEREMONIES.filter((day) => day >= first && day < next),
  ]);
}

/** Marine Day, Mountain Day and Health and Sports Day. */
function summerHolidays(year: number): readonly number[] {
  const moved = OLYMPIC_DAYS.get(year);
  if (moved !== undefined) return moved.map((monthDay) => dateIn(year, monthDay));
  const days = [year < 2000 ? dateIn(year, 1010) : mondayIn(year, 10, 2)];
  if (year >= 1996) days.push(year < 2003 ? dateIn(year, 720) : mondayIn(year, 7, 3));
  if (year >= 2016) days.push(dateIn(year, 811));
  return days;
}

/** None in 2019: one emperor's had not come, the other's had passed. */
function emperorsBirthday(year: number): readonly number[] {
  if (year < 2019) return [dateIn(year, 1223)];
  return year > 2019 ? [dateIn(year, 223)] : [];
}

/**
 * For a holiday on a Sunday: the next day that is not a holiday. Before 2007 only the Monday after
 * it; then no named holiday fell on such a Monday, so one rule serves both.
 */
function substitutes(named: ReadonlySet<number>): readonly number[] {
  const days: number[] = [];
  for (const holiday of named) {
    if (weekdayOfDays(holiday) !== SUNDAY) continue;
    let day = holiday + 1;
    while (named.has(day)) day++;
    days.push(day);
  }
  return days;
}

/** Citizens' holidays: a day between two holidays. */
function between(named: ReadonlySet<number>): readonly number[] {
  return [...named].filter((day) => named.has(day + 2)).map((day) => day + 1);
}

function mondayIn(year: number, month: number, nth: number): number {
  return nthWeekday(year, month, { nth, weekday: MONDAY });
}

function vernalEquinox(year: number): number {
  return equinox(year, 300, 20.8431);
}

function autumnalEquinox(year: number): number {
  return equinox(year, 900, 23.2488);
}

/** Day of the month from the position in 1980, the tropical year and the leap days since. */
function equinox(year: number, month: number, in1980: number): number {
  const since = year - 1980;
  return dateIn(year, month + Math.floor(in1980 + 0.242194 * since - Math.floor(since / 4)));
}

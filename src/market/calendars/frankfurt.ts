/**
 * Eurex: days without trading in index and bond futures (EURO STOXX 50, Bund). Enters: a year;
 * leaves: days since 1970-01-01. Source: the "Trading calendar" that Eurex publishes each year
 * (1 January, Good Friday, Easter Monday, 1 May, 24-26 and 31 December). A holiday on a weekend is
 * not made up for.
 *
 * The rule is the one in force since 2000. It is carried back to 1990 for continuity only: the
 * DTB, Eurex's predecessor, also kept German public holidays. Days on which single products pause
 * (DAX on Whit Monday in some years) are not modelled, and early closes are not known here.
 */
import { dateIn, easterOf } from "./dates.ts";

export function frankfurtClosures(year: number): readonly number[] {
  const easter = easterOf(year);
  return [
    dateIn(year, 101),
    easter - 2,
    easter + 1,
    dateIn(year, 501),
    dateIn(year, 1224),
    dateIn(year, 1225),
    dateIn(year, 1226),
    dateIn(year, 1231),
  ];
}

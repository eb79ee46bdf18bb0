/**
 * Instants as milliseconds since 1970-01-01T00:00Z in a double. A daily bar is stamped at 00:00Z
 * of its session date. Pure civil-calendar arithmetic: no Date, no time zone, no locale.
 * Source of the day algorithms: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */

export const DAY_MS = 86_400_000;

export type CivilDate = { readonly year: number; readonly month: number; readonly day: number };

/** Days since 1970-01-01 of a proleptic Gregorian date; month 1-12, day 1-31. */
export function daysFromCivil({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The inverse of daysFromCivil. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

/** 0 = Monday .. 6 = Sunday. */
export function weekdayOfDays(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

/** Days since the epoch of the date an instant falls on. */
export function dayNumber(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** Milliseconds at 00:00Z of a civil date, or null when there is no such date (2021-02-30). */
export function civilToMs(date: CivilDate): number | null {
  const days = daysFromCivil(date);
  const back = civilFromDays(days);
  const same = back.year === date.year && back.month === date.month && back.day === date.day;
  return same ? days * DAY_MS : null;
}

/** Parses YYYY-MM-DD strictly; null when it is not such a date. */
export function parseIsoDate(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  return civilToMs({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) });
}

/** YYYY-MM-DD of the date an instant falls on. */
export function formatDate(ms: number): string {
  const { year, month, day } = civilFromDays(dayNumber(ms));
  return `${String(year).padStart(4, "0")}-${pad2(month)}-${pad2(day)}`;
}

/** A date when the instant is a midnight, else YYYY-MM-DDTHH:MM:SSZ. Whole seconds only. */
export function formatInstant(ms: number): string {
  const rest = ms - dayNumber(ms) * DAY_MS;
  if (rest === 0) return formatDate(ms);
  const seconds = Math.floor(rest / 1000);
  const hms = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${formatDate(ms)}T${hms.map(pad2).join(":")}Z`;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

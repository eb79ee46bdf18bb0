/**
 * New York's wall clock and the hours of its stock exchange, by arithmetic alone. Enters: instants
 * (milliseconds since the epoch) and session dates (their 00:00Z instants); leaves: instants in UTC,
 * and minutes of the local day. Refuses what it does not know: before 1967, and for the exchange's
 * hours whatever its calendar refuses.
 *
 * Sources: the IANA time zone database, America/New_York (Uniform Time Act of 1966, its amendments
 * of 1974, 1986 and 2005); NYSE trading hours (09:30 to 16:00 since 1985-09-30).
 */
import { DAY_MS, civilFromDays, dayNumber, formatDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import { earlyCloses, isSession, sessionsOf } from "./calendar.ts";
import { SUNDAY, dateIn, lastWeekday, nthWeekday } from "./dates.ts";

export type SessionHours = {
  /** YYYY-MM-DD in New York. */
  readonly date: string;
  readonly openMs: number;
  readonly closeMs: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STANDARD_MS = -5 * HOUR_MS;
const DAYLIGHT_MS = -4 * HOUR_MS;
const FIRST_YEAR = 1967;
/** Clocks change at 02:00 local: 07:00Z out of standard time, 06:00Z out of daylight saving time. */
const FORWARD_AT_MS = 7 * HOUR_MS;
const BACK_AT_MS = 6 * HOUR_MS;
const OPENS_AT_MINUTE = 9 * 60 + 30;
const CLOSES_AT_MINUTE = 16 * 60;

/** Local time less UTC: -5 or -4 hours. */
export function newYorkOffsetMs(ms: number): number {
  const { year } = civilFromDays(dayNumber(ms));
  if (!(year >= FIRST_YEAR)) throw unknownYear(ms);
  const from = daylightStarts(year) * DAY_MS + FORWARD_AT_MS;
  const until = daylightEnds(year) * DAY_MS + BACK_AT_MS;
  return ms >= from && ms < until ? DAYLIGHT_MS : STANDARD_MS;
}

/** The date and the minute of the day that clocks in New York show; the date as its 00:00Z instant. */
export function newYorkClock(ms: number): { readonly dateMs: number; readonly minute: number } {
  const local = ms + newYorkOffsetMs(ms);
  const dateMs = dayNumber(local) * DAY_MS;
  return { dateMs, minute: Math.floor((local - dateMs) / MINUTE_MS) };
}

/**
 * The instant at which clocks in New York show this minute of this date. Of an hour that comes twice
 * the first is meant; a minute that clocks skip is read as if they had not been moved yet.
 */
export function newYorkInstant(dateMs: number, minute: number): number {
  const local = dateMs + minute * MINUTE_MS;
  const early = local - DAYLIGHT_MS;
  return newYorkOffsetMs(early) === DAYLIGHT_MS ? early : local - STANDARD_MS;
}

/** When the exchange opens and closes on each of these dates, whether its calendar knows them or not. */
export function newYorkHours(datesMs: ArrayLike<number>): readonly SessionHours[] {
  if (datesMs.length === 0) return [];
  const first = datesMs[0];
  const last = datesMs[datesMs.length - 1];
  const early = new Map(
    earlyCloses("XNYS", first, last).map(({ dateMs, closesAt }) => [dateMs, minuteOf(closesAt)]),
  );
  return Array.from(datesMs, (dateMs) => ({
    date: formatDate(dateMs),
    openMs: newYorkInstant(dateMs, OPENS_AT_MINUTE),
    closeMs: newYorkInstant(dateMs, early.get(dateMs) ?? CLOSES_AT_MINUTE),
  }));
}

/** The exchange's sessions from one date to another, both inclusive. */
export function newYorkSessions(fromMs: number, toMs: number): readonly SessionHours[] {
  return newYorkHours(sessionsOf("XNYS", fromMs, toMs));
}

/** The session whose date New York's calendar shows, or null on a day on which nothing opens. */
export function newYorkSessionAt(ms: number): SessionHours | null {
  const { dateMs } = newYorkClock(ms);
  return isSession("XNYS", dateMs) ? newYorkHours([dateMs])[0] : null;
}

/** Second Sunday of March since 2007, first of April since 1987, last of April before. */
function daylightStarts(year: number): number {
  if (year >= 2007) return nthWeekday(year, 3, { nth: 2, weekday: SUNDAY });
  if (year >= 1987) return nthWeekday(year, 4, { nth: 1, weekday: SUNDAY });
  // The oil embargo: 6 January 1974, 23 February 1975.
  if (year === 1974) return dateIn(year, 106);
  if (year === 1975) return dateIn(year, 223);
  return lastWeekday(year, 4, SUNDAY);
}

/** First Sunday of November since 2007, last of October before. */
function daylightEnds(year: number): number {
  if (year >= 2007) return nthWeekday(year, 11, { nth: 1, weekday: SUNDAY });
  return lastWeekday(year, 10, SUNDAY);
}

/** "13:00 America/New_York" */
function minuteOf(closesAt: string): number {
  return Number(closesAt.slice(0, 2)) * 60 + Number(closesAt.slice(3, 5));
}

function unknownYear(ms: number): Fault {
  const observed = Number.isFinite(ms) ? formatDate(ms) : String(ms);
  return new Fault(
    "data",
    `New York's clock is known here from ${FIRST_YEAR}-01-01 on, not at ${observed}: ask for later times`,
  );
}

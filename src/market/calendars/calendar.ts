/**
 * Exchange calendars: which dates are sessions and which sessions end early, by rules and lists of
 * this folder (one file per exchange, each with its sources). Enters: a calendar and instants;
 * leaves: 00:00Z instants of session dates. Known from 1990-01-01 to 2030-12-31; a question
 * outside of that is refused, never guessed. Closures that are decided later than the version
 * below are not in it.
 */
import { DAY_MS, dayNumber, formatDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import { chicagoClosures } from "./chicago.ts";
import { dateIn, isWeekend } from "./dates.ts";
import { frankfurtClosures } from "./frankfurt.ts";
import { newYorkClosures } from "./new-york.ts";
import { tokyoClosures } from "./tokyo.ts";

/**
 * XNYS: NYSE equities. XCME: CME equity index futures. XEUR: Eurex futures. XJPX: Japan Exchange.
 */
export const CALENDAR_IDS = ["XNYS", "XCME", "XEUR", "XJPX"] as const;
export type CalendarId = (typeof CALENDAR_IDS)[number];

/** Year and month of the newest notice considered; raised with every change of a session date. */
export const CALENDAR_VERSION = "2026.01";

const FIRST_YEAR = 1990;
const LAST_YEAR = 2030;
const FIRST_DAY = dateIn(FIRST_YEAR, 101);
const LAST_DAY = dateIn(LAST_YEAR, 1231);

const CLOSURES: Readonly<Record<CalendarId, (year: number) => readonly number[]>> = {
  XNYS: newYorkClosures,
  XCME: chicagoClosures,
  XEUR: frankfurtClosures,
  XJPX: tokyoClosures,
};

/** Sessions of a whole calendar, made when first asked for. */
const made = new Map<CalendarId, Float64Array>();

/** 00:00Z instants of the session dates from `fromMs` to `toMs`, both inclusive. */
export function sessionsOf(calendar: CalendarId, fromMs: number, toMs: number): Float64Array {
  refuseOutside(calendar, fromMs);
  refuseOutside(calendar, toMs);
  const all = allSessions(calendar);
  return all.slice(firstFrom(all, fromMs), firstFrom(all, toMs + 1));
}

/** Whether the date that the instant falls on (UTC) is a session. */
export function isSession(calendar: CalendarId, ms: number): boolean {
  refuseOutside(calendar, ms);
  const all = allSessions(calendar);
  const midnight = dayNumber(ms) * DAY_MS;
  return all[firstFrom(all, midnight)] === midnight;
}

function allSessions(calendar: CalendarId): Float64Array {
  let sessions = made.get(calendar);
  if (sessions === undefined) {
    sessions = makeSessions(calendar);
    made.set(calendar, sessions);
  }
  return sessions;
}

function makeSessions(calendar: CalendarId): Float64Array {
  const closed = new Set<number>();
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    for (const day of CLOSURES[calendar](year)) closed.add(day);
  }
  const sessions: number[] = [];
  for (let day = FIRST_DAY; day <= LAST_DAY; day++) {
    if (!isWeekend(day) && !closed.has(day)) sessions.push(day * DAY_MS);
  }
  return Float64Array.from(sessions);
}

function refuseOutside(calendar: CalendarId, ms: number): void {
  const day = dayNumber(ms);
  if (day >= FIRST_DAY && day <= LAST_DAY) return;
  const observed = Number.isFinite(ms) ? formatDate(ms) : String(ms);
  throw new Fault(
    "data",
    `calendar ${calendar} (version ${CALENDAR_VERSION}) knows ${formatDate(FIRST_DAY * DAY_MS)} to ` +
      `${formatDate(LAST_DAY * DAY_MS)}, not ${observed}: ask within these dates, or leave the ` +
      "instrument without a calendar so that its bars are its sessions",
  );
}

/** Index of the first session at or after the instant. */
function firstFrom(sessions: Float64Array, ms: number): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sessions[middle] < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

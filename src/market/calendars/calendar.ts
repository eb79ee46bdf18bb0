/**
 * Exchange calendars: which dates are sessions and which sessions end early, by rules and lists of
 * this folder (one file per exchange, each with its sources). Enters: a calendar and instants;
 * leaves: 00:00Z instants of session dates. Known from 1990-01-01 to 2030-12-31; a question
 * outside of that is refused, never guessed. Closures that are decided later than the version
 * below are not in it.
 */
import { DAY_MS, civilFromDays, dayNumber, formatDate } from "../../base/instant.ts";
import { Fault } from "../../domain/fault.ts";
import { chicagoClosures, chicagoEarlyCloses } from "./chicago.ts";
import { type EarlyClose, dateIn, isWeekend } from "./dates.ts";
import { frankfurtClosures } from "./frankfurt.ts";
import { newYorkClosures, newYorkEarlyCloses } from "./new-york.ts";
import { tokyoClosures, tokyoEarlyCloses } from "./tokyo.ts";

/**
 * XNYS: NYSE equities. XCME: CME equity index futures. XEUR: Eurex futures. XJPX: Japan Exchange.
 */
export const CALENDAR_IDS = ["XNYS", "XCME", "XEUR", "XJPX"] as const;
export type CalendarId = (typeof CALENDAR_IDS)[number];

/** Year and month up to which notices are considered; raised with every change of a date. */
export const CALENDAR_VERSION = "2026.07";

const FIRST_YEAR = 1990;
const LAST_YEAR = 2030;
const FIRST_DAY = dateIn(FIRST_YEAR, 101);
const LAST_DAY = dateIn(LAST_YEAR, 1231);

type Exchange = {
  readonly zone: string;
  readonly closures: (year: number) => readonly number[];
  /** Null where no source is at hand: not the same as none. */
  readonly early: {
    readonly fromYear: number;
    readonly closes: (year: number) => readonly EarlyClose[];
  } | null;
};

const EXCHANGES: Readonly<Record<CalendarId, Exchange>> = {
  XNYS: {
    zone: "America/New_York",
    closures: newYorkClosures,
    early: { fromYear: FIRST_YEAR, closes: newYorkEarlyCloses },
  },
  XCME: {
    zone: "America/Chicago",
    closures: chicagoClosures,
    early: { fromYear: 2009, closes: chicagoEarlyCloses },
  },
  XEUR: { zone: "Europe/Berlin", closures: frankfurtClosures, early: null },
  XJPX: {
    zone: "Asia/Tokyo",
    closures: tokyoClosures,
    early: { fromYear: FIRST_YEAR, closes: tokyoEarlyCloses },
  },
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

/**
 * Sessions from `fromMs` to `toMs` that end before the usual time. `closesAt` is local time with
 * its zone: "13:00 America/New_York". A calendar or a time of which none are known is refused.
 */
export function earlyCloses(
  calendar: CalendarId,
  fromMs: number,
  toMs: number,
): readonly { readonly dateMs: number; readonly closesAt: string }[] {
  refuseOutside(calendar, fromMs);
  refuseOutside(calendar, toMs);
  const { early, zone } = EXCHANGES[calendar];
  const { year: firstYear } = civilFromDays(dayNumber(fromMs));
  const { year: lastYear } = civilFromDays(dayNumber(toMs));
  if (early === null || firstYear < early.fromYear) throw earlyClosesUnknown(calendar, fromMs);
  const found: { readonly dateMs: number; readonly closesAt: string }[] = [];
  for (let year = firstYear; year <= lastYear; year++) {
    for (const { day, at } of early.closes(year)) {
      const dateMs = day * DAY_MS;
      if (dateMs >= fromMs && dateMs <= toMs) found.push({ dateMs, closesAt: `${at} ${zone}` });
    }
  }
  return found.sort((a, b) => a.dateMs - b.dateMs);
}

function earlyClosesUnknown(calendar: CalendarId, fromMs: number): Fault {
  const { early } = EXCHANGES[calendar];
  const known = early === null ? "for no year" : `from ${early.fromYear}-01-01`;
  return new Fault(
    "data",
    `early closes of ${calendar} (version ${CALENDAR_VERSION}) are known ${known}, not from ` +
      `${formatDate(fromMs)}: ask for a later time or take the session's usual close`,
  );
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
    for (const day of EXCHANGES[calendar].closures(year)) closed.add(day);
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

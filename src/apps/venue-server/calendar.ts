/**
 * /v2/clock and /v2/calendar. The venue's sessions are the dates of its pack; after them follow the
 * exchange's own, so that a clock at the last close still names an opening. Times of the day are
 * New York's; the clock prints them with their offset.
 *
 * Settlement: one session later since 2024-05-28, two since 2017-09-05, three since 1995-06-07, five
 * before (SEC releases 34-96930, 34-80295, 33-7022).
 */
import { DAY_MS, formatDate, parseIsoDate } from "../../base/instant.ts";
import {
  newYorkClock,
  newYorkOffsetMs,
  newYorkSessions,
  type SessionHours,
} from "../../market/calendars/new-york-time.ts";
import { Refused } from "./refusal.ts";
import { dateOf, onlyKeys, oneOf, type Query } from "./request.ts";

/** Ascending; what a day needs lies within two months after the pack's end. */
export type VenueCalendar = {
  readonly sessions: readonly SessionHours[];
  /** Same index: YYYY-MM-DD on which trades of that session settle. */
  readonly settlements: readonly string[];
};

const DAYS_BEYOND = 62;
const LAST_KNOWN_MS = parseIsoDate("2030-12-31") as number;
const CYCLES = [
  { fromMs: parseIsoDate("2024-05-28") as number, sessions: 1 },
  { fromMs: parseIsoDate("2017-09-05") as number, sessions: 2 },
  { fromMs: parseIsoDate("1995-06-07") as number, sessions: 3 },
];
const CYCLE_BEFORE = 5;

export function calendarOf(packSessions: readonly SessionHours[]): VenueCalendar {
  const lastMs = parseIsoDate(packSessions[packSessions.length - 1].date) as number;
  const untilMs = Math.min(lastMs + DAYS_BEYOND * DAY_MS, LAST_KNOWN_MS);
  const following = lastMs < untilMs ? newYorkSessions(lastMs + DAY_MS, untilMs) : [];
  const sessions = [...packSessions, ...following];
  const settled = sessions.map(({ date }, index) => {
    const dateMs = parseIsoDate(date) as number;
    const cycle = CYCLES.find(({ fromMs }) => dateMs >= fromMs)?.sessions ?? CYCLE_BEFORE;
    return sessions[index + cycle]?.date;
  });
  // The last ones settle on sessions that are not known any more: they are not named.
  const known = settled.filter((date) => date !== undefined);
  return { sessions: sessions.slice(0, known.length), settlements: known };
}

export type ClockBody = {
  readonly timestamp: string;
  readonly is_open: boolean;
  readonly next_open: string;
  readonly next_close: string;
};

export function clockBody({ sessions }: VenueCalendar, nowMs: number): ClockBody {
  const next = sessions[firstSession(sessions, ({ openMs }) => openMs > nowMs)];
  const current = sessions[firstSession(sessions, ({ closeMs }) => closeMs > nowMs)];
  if (next === undefined || current === undefined) {
    throw new Refused(500, 50010000, "the venue's calendar has no session after this moment");
  }
  return {
    timestamp: localInstant(nowMs),
    is_open: current.openMs <= nowMs,
    next_open: localInstant(next.openMs),
    next_close: localInstant(current.closeMs),
  };
}

export type CalendarDay = {
  readonly date: string;
  readonly open: string;
  readonly close: string;
  readonly session_open: string;
  readonly session_close: string;
  readonly settlement_date: string;
};

export function calendarDays(calendar: VenueCalendar, query: Query): readonly CalendarDay[] {
  onlyKeys(query, ["start", "end", "date_type"]);
  const start = dateOf(query, "start");
  const end = dateOf(query, "end");
  const bySettlement = oneOf(query, "date_type", ["TRADING", "SETTLEMENT"]) === "SETTLEMENT";
  const from = start === null ? "" : formatDate(start);
  const until = end === null ? "9999" : formatDate(end);
  const days: CalendarDay[] = [];
  for (const [index, session] of calendar.sessions.entries()) {
    const settlement = calendar.settlements[index];
    const day = bySettlement ? settlement : session.date;
    if (day >= from && day <= until) days.push(dayOf(session, settlement));
  }
  return days;
}

function dayOf({ date, openMs, closeMs }: SessionHours, settlement: string): CalendarDay {
  return {
    date,
    open: localTime(openMs),
    close: localTime(closeMs),
    session_open: "0400",
    session_close: "2000",
    settlement_date: settlement,
  };
}

/** Index of the first session of which `holds` is true; it stays true after that. */
export function firstSession(
  sessions: readonly SessionHours[],
  holds: (session: SessionHours) => boolean,
): number {
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sessions[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

function localTime(ms: number): string {
  const { minute } = newYorkClock(ms);
  return `${pad2(Math.floor(minute / 60))}:${pad2(minute % 60)}`;
}

/** "2024-01-02T09:30:00-05:00", with milliseconds where there are any. */
function localInstant(ms: number): string {
  const offset = newYorkOffsetMs(ms);
  const text = new Date(ms + offset)
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, "");
  return `${text}-${pad2(-offset / 3_600_000)}:00`;
}

function pad2(value: number): string {
  return String(value).padStart(2, "0");
}

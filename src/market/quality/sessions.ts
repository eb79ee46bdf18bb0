/**
 * Bars against the dates on which there should be some. Enters: a finished series; leaves:
 * warnings. Where the instrument names an exchange calendar, every session without a bar and every
 * bar without a session is told; where it names none, and on dates that the calendar does not
 * know, only weekends and gaps of many days can be told.
 */
import { DAY_MS, civilToMs, dayNumber, formatInstant, weekdayOfDays } from "../../base/instant.ts";
import { CALENDAR_IDS, type CalendarId, sessionsOf } from "../calendars/calendar.ts";
import type { Say } from "./findings.ts";

/** What the calendars know (market/calendars); a question outside of it is refused there. */
const KNOWN_FROM_MS = civilToMs({ year: 1990, month: 1, day: 1 }) ?? Number.NaN;
const KNOWN_TO_MS = civilToMs({ year: 2030, month: 12, day: 31 }) ?? Number.NaN;

type Days = {
  readonly timesMs: Float64Array;
  readonly calendar: CalendarId | null;
  /** Bars on weekends are usual where no calendar is named. */
  readonly onWeekends: boolean;
};

export function checkSessions(days: Days, say: Say, maxGapDays: number): void {
  const { timesMs, calendar, onWeekends } = days;
  const sessions = calendar === null ? null : knownSessions(calendar, timesMs);
  const noValue = () => "";
  const noSession = () => `no session of ${calendar}`;
  let next = 0;
  let previousDay = Number.NaN;
  for (let t = 0; t < timesMs.length; t++) {
    const day = dayNumber(timesMs[t]);
    if (day === previousDay) continue;
    const isWeekend = weekdayOfDays(day) > 4;
    if (sessions === null || !isKnown(timesMs[t])) {
      if (sessions !== null) say("calendar_unknown", t, noValue);
      if (!onWeekends && isWeekend) say("weekend_bar", t, noValue);
      if (day - previousDay > maxGapDays) say("gap", t, daysAway(timesMs));
    } else {
      const first = next;
      while (next < sessions.length && sessions[next] < day * DAY_MS) next++;
      if (next > first) say("gap", t, sessionsMissing(timesMs, next - first));
      if (sessions[next] === day * DAY_MS) next++;
      else say(isWeekend ? "weekend_bar" : "holiday_bar", t, noSession);
    }
    previousDay = day;
  }
}

function daysAway(timesMs: Float64Array): (row: number) => string {
  return (t) => {
    const days = dayNumber(timesMs[t]) - dayNumber(timesMs[t - 1]);
    return `${days} days after ${formatInstant(timesMs[t - 1])}`;
  };
}

function sessionsMissing(timesMs: Float64Array, missing: number): (row: number) => string {
  const what = missing === 1 ? "1 session" : `${missing} sessions`;
  return (t) => `${what} missing after ${formatInstant(timesMs[t - 1])}`;
}

export function checkStale(
  days: Days & { readonly close: Float64Array },
  say: Say,
  limits: { readonly staleSessions: number; readonly lastMs: number },
): void {
  const { close, timesMs, calendar } = days;
  const { staleSessions, lastMs } = limits;
  const last = close.length - 1;
  let start = 0;
  for (let t = 1; t <= close.length; t++) {
    if (t <= last && close[t] === close[start]) continue;
    const length = t - start;
    if (length > staleSessions) {
      say(t > last ? "stale_tail" : "stale_run", start, repeated(close, length));
    }
    start = t;
  }
  if (calendar !== null && isKnown(timesMs[last]) && isKnown(lastMs)) {
    const absent = sessionsOf(calendar, timesMs[last], lastMs).filter((ms) => ms > timesMs[last]);
    if (absent.length > staleSessions) {
      say("stale_tail", last, () => `ends ${absent.length} sessions before the last bar`);
    }
    return;
  }
  const behind = Math.floor((lastMs - timesMs[last]) / DAY_MS);
  // Sessions are not known without a calendar; five sessions take seven days.
  if (behind > Math.ceil((staleSessions * 7) / 5)) {
    say("stale_tail", last, () => `ends ${behind} days before the last bar`);
  }
}

/** The mandate admits no other; a pack of another version may name one that is unknown here. */
export function calendarOf(calendar: string | null): CalendarId | null {
  return CALENDAR_IDS.find((id) => id === calendar) ?? null;
}

function isKnown(ms: number): boolean {
  return ms >= KNOWN_FROM_MS && ms < KNOWN_TO_MS + DAY_MS;
}

/** The calendar's sessions from the first to the last bar, as far as it knows them. */
function knownSessions(calendar: CalendarId, timesMs: Float64Array): Float64Array {
  const from = Math.max(dayNumber(timesMs[0]) * DAY_MS, KNOWN_FROM_MS);
  const to = Math.min(timesMs[timesMs.length - 1], KNOWN_TO_MS);
  return from > to ? new Float64Array(0) : sessionsOf(calendar, from, to);
}

function repeated(close: Float64Array, length: number): (row: number) => string {
  return (t) => `close ${close[t]} for ${length} bars`;
}

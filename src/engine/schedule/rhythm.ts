/**
 * Which sessions a rhythm picks. Enters: session times; leaves: one byte per session. A weekday
 * without a session snaps to the session before it (spec market, section 5). What lies before the
 * first session and after the last is not known: there only the day itself is picked, the weekday
 * or the first or last of a month. Of a day's several sessions the last is picked.
 */
import { civilFromDays, dayNumber, weekdayOfDays } from "../../base/instant.ts";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"] as const;

export const RHYTHMS = ["never", "every_session", ...WEEKDAYS, "month_start", "month_end"] as const;
export type Rhythm = (typeof RHYTHMS)[number];

/** 1 where the rhythm falls on the session. */
export function pickSessions(rhythm: Rhythm, sessionsMs: Float64Array): Uint8Array {
  const picked = new Uint8Array(sessionsMs.length);
  if (rhythm === "never") return picked;
  if (rhythm === "every_session") return picked.fill(1);
  const weekday = (WEEKDAYS as readonly string[]).indexOf(rhythm);
  let previous: number | null = null;
  for (let s = 0; s < picked.length; s++) {
    const day = dayNumber(sessionsMs[s]);
    const next = s + 1 < picked.length ? dayNumber(sessionsMs[s + 1]) : null;
    if (next === day) continue;
    picked[s] = Number(
      weekday >= 0 ? holdsWeekday(day, next, weekday) : isMonthEdge(rhythm, previous, day, next),
    );
    previous = day;
  }
  return picked;
}

/** Whether [day, next) contains the weekday: that day itself, or one without a session after it. */
function holdsWeekday(day: number, next: number | null, weekday: number): boolean {
  const untilWeekday = (weekday - weekdayOfDays(day) + 7) % 7;
  return next === null ? untilWeekday === 0 : day + untilWeekday < next;
}

function isMonthEdge(
  rhythm: Rhythm,
  previous: number | null,
  day: number,
  next: number | null,
): boolean {
  const neighbour = rhythm === "month_start" ? (previous ?? day - 1) : (next ?? day + 1);
  return monthOf(neighbour) !== monthOf(day);
}

/** Months since year 0: a gap of a year does not join two Januaries. */
function monthOf(day: number): number {
  const { year, month } = civilFromDays(day);
  return year * 12 + month;
}

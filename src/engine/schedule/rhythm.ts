/**
 * Which sessions a rhythm picks. Enters: session times; leaves: one byte per session. A weekday
 * without a session snaps to the session before it (spec market, section 5); the last session is
 * picked only when it is the day itself, because what follows it is not known.
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
  for (let s = 0; s < picked.length; s++) {
    const day = dayNumber(sessionsMs[s]);
    const next = s + 1 < picked.length ? dayNumber(sessionsMs[s + 1]) : null;
    const previous = s > 0 ? dayNumber(sessionsMs[s - 1]) : null;
    if (next === day) continue;
    picked[s] =
      weekday >= 0
        ? Number(holdsWeekday(day, next, weekday))
        : Number(holdsMonthEdge(rhythm, previous, day, next));
  }
  return picked;
}

/** Whether [day, next) contains the weekday: that day itself, or one without a session after it. */
function holdsWeekday(day: number, next: number | null, weekday: number): boolean {
  const untilWeekday = (weekday - weekdayOfDays(day) + 7) % 7;
  return next === null ? untilWeekday === 0 : day + untilWeekday < next;
}

function holdsMonthEdge(
  rhythm: Rhythm,
  previous: number | null,
  day: number,
  next: number | null,
): boolean {
  const month = civilFromDays(day).month;
  if (rhythm === "month_start") return previous !== null && civilFromDays(previous).month !== month;
  return next !== null && civilFromDays(next).month !== month;
}

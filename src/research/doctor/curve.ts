/** The evaluation window's days and months, from the evidence's curve of net asset value. */
import { DAY_MS, dayNumber, formatDate } from "../../base/instant.ts";
import type { Evidence, Judged } from "./evidence.ts";

/** Session indices: the window's first, then the last session of each later day. */
export function windowDays({ sessionsMs, evaluationStart }: Evidence): readonly number[] {
  const days = [evaluationStart];
  const sessions = sessionsMs.length;
  if (evaluationStart + 1 >= sessions) return days;
  let day = dayNumber(sessionsMs[evaluationStart + 1]);
  for (let s = evaluationStart + 1; s < sessions; s++) {
    const next = s + 1 < sessions ? dayNumber(sessionsMs[s + 1]) : Number.NaN;
    if (next !== day) days.push(s);
    day = next;
  }
  return days;
}

/** Years of 365.25 days between the window's first and last session. */
export function windowYears({ sessionsMs, evaluationStart }: Evidence): number {
  return (sessionsMs[sessionsMs.length - 1] - sessionsMs[evaluationStart]) / (365.25 * DAY_MS);
}

/** First session with a net asset value at or below zero, or -1. */
export function ruinOf({ navMinor }: Evidence): number {
  for (let s = 0; s < navMinor.length; s++) if (navMinor[s] <= 0) return s;
  return -1;
}

/** "2003-05" and the session that ends it, ascending. */
export function windowMonths({
  days,
  sessionsMs,
}: Judged): readonly { readonly month: string; readonly last: number }[] {
  const months: { month: string; last: number }[] = [];
  for (const s of days) {
    const month = formatDate(sessionsMs[s]).slice(0, 7);
    const current = months.at(-1);
    if (current?.month === month) current.last = s;
    else months.push({ month, last: s });
  }
  return months;
}

/** Fills that somebody ordered, of the whole run or after the window's first close. */
export function orderedFills({ fills }: Evidence, after = -1): number {
  let count = 0;
  for (let n = 0; n < fills.session.length; n++) {
    if (fills.ordered[n] === 1 && fills.session[n] > after) count++;
  }
  return count;
}

/** What was traded and paid belongs to the window when it came after the close that starts it. */
export function windowFloor({ evaluationStart }: Evidence): number {
  return evaluationStart === 0 ? -1 : evaluationStart;
}

/**
 * Which contract of a futures series is held in each session, by fixed days before expiry. Enters:
 * a rule and strictly ascending 00:00Z session instants; leaves: one row per session. A contract
 * is held up to the close that lies `rollSessionsBefore` sessions before its last trading day and
 * is named by the month of that day. An expiry that is no session snaps to the session before it.
 *
 * Outside the sessions given none is known: there every weekday counts as one. A later end of the
 * data can therefore move an expiry that lies beyond it (by a holiday), and with it a roll within
 * `rollSessionsBefore` sessions of the end. Who needs the final dates passes sessions that reach
 * beyond the last row, and cuts.
 *
 * Sources of the rules: contract specifications of CME (equity indices: third Friday; currencies
 * and short rates: around the third Wednesday), COMEX and NYMEX (metals: third last business day
 * of the month; crude oil: three business days before a fixed calendar day, that day snapped back
 * to a business day first).
 */
import { invariant, unreachable } from "../../base/assert.ts";
import {
  DAY_MS,
  civilFromDays,
  dayNumber,
  daysFromCivil,
  weekdayOfDays,
} from "../../base/instant.ts";

export type ExpiryRule =
  | "third_friday"
  | "third_wednesday"
  /** The third last session of the month. */
  | "month_end_minus_3"
  /** Three sessions before the 20th, the 20th snapped back to a session first. */
  | "day_20_minus_3";

export type RollRule = {
  /** Months with a contract, 1-12. */
  readonly months: readonly number[];
  readonly expiry: ExpiryRule;
  /** Sessions between the last close at which a contract is held and its last trading day. */
  readonly rollSessionsBefore: number;
};

type Contract = { readonly yyyymm: number; readonly expiryMs: number; readonly rollDay: number };

const MAX_ROLL_SESSIONS = 60;

export function rollCalendar(
  rule: RollRule,
  sessionsMs: Float64Array,
): {
  readonly contract: Float64Array;
  readonly expiryMs: Float64Array;
  readonly nextExpiryMs: Float64Array;
} {
  checkRule(rule);
  const rows = sessionsMs.length;
  const contract = new Float64Array(rows);
  const expiryMs = new Float64Array(rows);
  const nextExpiryMs = new Float64Array(rows);
  const chain = rows === 0 ? [] : chainOf(rule, sessionsMs);
  let held = 0;
  for (let t = 0; t < rows; t++) {
    const day = dayNumber(sessionsMs[t]);
    while (chain[held].rollDay < day) held++;
    contract[t] = chain[held].yyyymm;
    expiryMs[t] = chain[held].expiryMs;
    nextExpiryMs[t] = chain[held + 1].expiryMs;
  }
  return { contract, expiryMs, nextExpiryMs };
}

/** All contracts that expire from the first session's year to two years after the last one's. */
function chainOf(rule: RollRule, sessionsMs: Float64Array): readonly Contract[] {
  const firstYear = civilFromDays(dayNumber(sessionsMs[0])).year;
  const lastYear = civilFromDays(dayNumber(sessionsMs[sessionsMs.length - 1])).year + 2;
  const days = withWeekdaysAround(sessionsMs, firstYear - 1, lastYear);
  const months = [...rule.months].sort((a, b) => a - b);
  const chain: Contract[] = [];
  for (let year = firstYear; year <= lastYear; year++) {
    for (const month of months) {
      const at = expiryIndex(rule.expiry, days, { year, month });
      chain.push({
        yyyymm: year * 100 + month,
        expiryMs: days[at] * DAY_MS,
        rollDay: days[at - rule.rollSessionsBefore],
      });
    }
  }
  return chain;
}

/** Session days, with every weekday before the first and after the last of them. */
function withWeekdaysAround(
  sessionsMs: Float64Array,
  firstYear: number,
  lastYear: number,
): readonly number[] {
  const days: number[] = [];
  const first = dayNumber(sessionsMs[0]);
  const last = dayNumber(sessionsMs[sessionsMs.length - 1]);
  const start = daysFromCivil({ year: firstYear, month: 1, day: 1 });
  const end = daysFromCivil({ year: lastYear, month: 12, day: 31 });
  for (let day = start; day < first; day++) if (weekdayOfDays(day) < 5) days.push(day);
  let previous = first - 1;
  for (const ms of sessionsMs) {
    const day = dayNumber(ms);
    invariant(day > previous, 20, "roll calendar: sessions are ascending, one per date");
    days.push(day);
    previous = day;
  }
  for (let day = last + 1; day <= end; day++) if (weekdayOfDays(day) < 5) days.push(day);
  return days;
}

/** Where in the sessions the last trading day of the month's contract lies. */
function expiryIndex(
  expiry: ExpiryRule,
  days: readonly number[],
  { year, month }: { readonly year: number; readonly month: number },
): number {
  switch (expiry) {
    case "third_friday":
      return lastUpTo(days, thirdWeekday(year, month, 4));
    case "third_wednesday":
      return lastUpTo(days, thirdWeekday(year, month, 2));
    case "month_end_minus_3": {
      const next = month === 12 ? { year: year + 1, month: 1 } : { year, month: month + 1 };
      return lastUpTo(days, daysFromCivil({ ...next, day: 1 }) - 1) - 2;
    }
    case "day_20_minus_3":
      return lastUpTo(days, daysFromCivil({ year, month, day: 20 })) - 3;
    default:
      return unreachable(expiry);
  }
}

function thirdWeekday(year: number, month: number, weekday: number): number {
  const first = daysFromCivil({ year, month, day: 1 });
  return first + ((weekday - weekdayOfDays(first) + 7) % 7) + 14;
}

/** Index of the last session at or before the day. */
function lastUpTo(days: readonly number[], day: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (days[middle] <= day) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function checkRule({ months, rollSessionsBefore }: RollRule): void {
  const known = months.every((month) => Number.isInteger(month) && month >= 1 && month <= 12);
  invariant(
    known && months.length > 0 && new Set(months).size === months.length,
    20,
    () => `roll rule: months are different numbers from 1 to 12, not [${months.join(", ")}]`,
  );
  invariant(
    Number.isInteger(rollSessionsBefore) &&
      rollSessionsBefore >= 0 &&
      rollSessionsBefore <= MAX_ROLL_SESSIONS,
    20,
    () => `roll rule: 0 to ${MAX_ROLL_SESSIONS} sessions before expiry, not ${rollSessionsBefore}`,
  );
}

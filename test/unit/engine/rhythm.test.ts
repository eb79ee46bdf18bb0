/**
 * The rhythm against a naive twin that asks each calendar day which session it belongs to
 * ("weekly rebalance days snap to the previous session"), on a real calendar and random ones.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import { pickSessions, type Rhythm, RHYTHMS } from "../../../src/engine/schedule/rhythm.ts";

const MONDAY = 1;
const WEEKDAYS: readonly Rhythm[] = ["monday", "tuesday", "wednesday", "thursday", "friday"];

function ms(text: string): number {
  return parseIsoDate(text) ?? expect.fail(text);
}

/** Dates the rhythm picks, as text. */
function picks(rhythm: Rhythm, sessionsMs: Float64Array): string[] {
  const picked = pickSessions(rhythm, sessionsMs);
  return [...sessionsMs].filter((_, s) => picked[s] === 1).map(formatDate);
}

/** Walks every calendar day from the first session to the last, by the host's calendar. */
function naive(rhythm: Rhythm, sessionsMs: Float64Array): string[] {
  const days = [...new Set([...sessionsMs].map((t) => Math.floor(t / DAY_MS)))];
  const found = new Set<number>();
  const date = (day: number) => new Date(day * DAY_MS);
  const edge = (day: number) => date(day).getUTCFullYear() * 12 + date(day).getUTCMonth();
  const weekday = WEEKDAYS.indexOf(rhythm);
  if (weekday >= 0) {
    for (let day = days[0]; day <= days[days.length - 1]; day++) {
      if (date(day).getUTCDay() !== MONDAY + weekday) continue;
      const before = days.filter((session) => session <= day);
      found.add(before[before.length - 1]);
    }
  } else {
    days.forEach((day, n) => {
      // Beyond the ends of the data nothing is known but the day itself.
      const other = rhythm === "month_start" ? (days[n - 1] ?? day - 1) : (days[n + 1] ?? day + 1);
      if (edge(other) !== edge(day)) found.add(day);
    });
  }
  return [...found].map((day) => formatDate(day * DAY_MS));
}

/** Weekdays of 2020 and 2021 without the closures of the New York exchange (nyse.com/markets/hours-calendars). */
function newYork(): Float64Array {
  const closed = new Set(
    [
      "2020-01-01 2020-01-20 2020-02-17 2020-04-10 2020-05-25 2020-07-03 2020-09-07 2020-11-26",
      "2020-12-25 2021-01-01 2021-01-18 2021-02-15 2021-04-02 2021-05-31 2021-07-05 2021-09-06",
      "2021-11-25 2021-12-24",
    ].flatMap((line) => line.split(" ")),
  );
  const sessions: number[] = [];
  for (let t = ms("2020-01-01"); t <= ms("2021-12-31"); t += DAY_MS) {
    const day = new Date(t).getUTCDay();
    if (day !== 0 && day !== 6 && !closed.has(formatDate(t))) sessions.push(t);
  }
  return Float64Array.from(sessions);
}

const edges: readonly Rhythm[] = [...WEEKDAYS, "month_start", "month_end"];

describe("pickSessions", () => {
  it("snaps a Monday without a session to the Friday before it", () => {
    // 2020-01-20 and 2020-02-17 were holidays on Mondays.
    const sessions = newYork();
    const mondays = picks("monday", sessions);
    expect(mondays).toContain("2020-01-17");
    expect(mondays).toContain("2020-02-14");
    expect(mondays).not.toContain("2020-01-21");
    // Good Friday, 2020-04-10: the Thursday before it.
    expect(picks("friday", sessions)).toContain("2020-04-09");
    expect(mondays.length, "every Monday of two years but the one before the data").toBe(104);
  });

  it("finds the first and last session of each month", () => {
    const sessions = newYork();
    expect(picks("month_end", sessions).slice(0, 5)).toEqual([
      "2020-01-31",
      "2020-02-28",
      "2020-03-31",
      "2020-04-30",
      "2020-05-29",
    ]);
    expect(picks("month_start", sessions).slice(0, 4)).toEqual([
      "2020-02-03",
      "2020-03-02",
      "2020-04-01",
      "2020-05-01",
    ]);
  });

  it.each(edges)("%s equals the naive twin on the New York calendar", (rhythm) => {
    const sessions = newYork();
    expect(picks(rhythm, sessions)).toEqual(naive(rhythm, sessions));
  });

  it("equals the naive twin on random calendars, long gaps included", () => {
    const gaps = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 400 })),
      {
        minLength: 1,
        maxLength: 60,
      },
    );
    const start = fc.integer({ min: -20_000, max: 30_000 });
    fc.assert(
      fc.property(start, gaps, fc.constantFrom(...edges), (first, steps, rhythm) => {
        let day = first;
        const sessions = Float64Array.from(steps, (step) => (day += step) * DAY_MS);
        expect(picks(rhythm, sessions)).toEqual(naive(rhythm, sessions));
      }),
      { numRuns: 2000, seed: 10 },
    );
  });

  it("picks one bar of a day that has several: the last, when the day is known", () => {
    const hours = ["2020-01-30", "2020-01-31", "2020-02-03", "2020-02-04"].flatMap((date) =>
      [10, 14, 18].map((hour) => ms(date) + hour * 3_600_000),
    );
    const sessions = Float64Array.from(hours);
    const at = (rhythm: Rhythm) => [...pickSessions(rhythm, sessions)].indexOf(1);
    const count = (rhythm: Rhythm) => pickSessions(rhythm, sessions).reduce((a, b) => a + b, 0);
    expect([at("month_end"), count("month_end")]).toEqual([5, 1]);
    expect([at("month_start"), count("month_start")]).toEqual([8, 1]);
    expect([at("monday"), count("monday")]).toEqual([8, 1]);
  });

  it("picks all, or none", () => {
    const sessions = newYork();
    expect(picks("every_session", sessions)).toHaveLength(sessions.length);
    expect(picks("never", sessions)).toEqual([]);
    for (const rhythm of RHYTHMS) expect(pickSessions(rhythm, new Float64Array(0))).toHaveLength(0);
  });
});

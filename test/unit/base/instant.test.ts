/**
 * The civil calendar against the host's Date and against a walk day by day with the rule of
 * leap years written out.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  civilFromDays,
  civilToMs,
  DAY_MS,
  dayNumber,
  daysFromCivil,
  formatDate,
  formatInstant,
  parseIsoDate,
  weekdayOfDays,
} from "../../../src/base/instant.ts";

function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return leap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

describe("the civil calendar", () => {
  it("walks every day of 1600-2400 and back", () => {
    let days = daysFromCivil({ year: 1600, month: 1, day: 1 });
    const wrong: string[] = [];
    for (let year = 1600; year <= 2400; year++) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 1; day <= daysInMonth(year, month); day++) {
          const back = civilFromDays(days);
          const same = back.year === year && back.month === month && back.day === day;
          if (!same || daysFromCivil({ year, month, day }) !== days) {
            wrong.push(`${year}-${month}-${day}`);
          }
          days++;
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(civilFromDays(days)).toEqual({ year: 2401, month: 1, day: 1 });
  });

  it("counts from 1970-01-01, and agrees with Date on date and weekday", () => {
    expect(daysFromCivil({ year: 1970, month: 1, day: 1 })).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (days) => {
        const host = new Date(days * DAY_MS);
        const civil = civilFromDays(days);
        expect(civil.year).toBe(host.getUTCFullYear());
        expect(civil.month).toBe(host.getUTCMonth() + 1);
        expect(civil.day).toBe(host.getUTCDate());
        expect(weekdayOfDays(days)).toBe((host.getUTCDay() + 6) % 7);
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  it("has 0 for Monday: 2020-04-20 was one, 1970-01-01 a Thursday, 1969-12-28 a Sunday", () => {
    const weekday = (text: string) => weekdayOfDays(dayNumber(parseIsoDate(text) ?? Number.NaN));
    expect([weekday("2020-04-20"), weekday("1970-01-01"), weekday("1969-12-28")]).toEqual([
      0, 3, 6,
    ]);
  });

  it("says that a date that does not exist is none", () => {
    expect(civilToMs({ year: 2021, month: 2, day: 30 })).toBeNull();
    expect(civilToMs({ year: 2021, month: 13, day: 1 })).toBeNull();
    expect(civilToMs({ year: 2021, month: 0, day: 1 })).toBeNull();
    expect(civilToMs({ year: 2021, month: 1, day: 0 })).toBeNull();
    expect(civilToMs({ year: 1970, month: 1, day: 2 })).toBe(DAY_MS);
  });
});

describe("dates as text", () => {
  it("round-trips every date of 1600-2400", () => {
    const first = daysFromCivil({ year: 1600, month: 1, day: 1 });
    const last = daysFromCivil({ year: 2400, month: 12, day: 31 });
    for (let days = first; days <= last; days += 17) {
      const text = formatDate(days * DAY_MS);
      if (parseIsoDate(text) !== days * DAY_MS) expect.fail(text);
    }
    expect(formatDate(last * DAY_MS)).toBe("2400-12-31");
  });

  it.each([
    "2021-02-29",
    "1900-02-29",
    "2021-02-30",
    "2021-04-31",
    "2021-00-10",
    "2021-13-10",
    "2021-1-10",
    "21-01-10",
    "20210110",
    "2021/01/10",
    "2021-01-10T00:00:00Z",
    " 2021-01-10",
    "2021-01-10 ",
    "2021-01-10\n",
    "+2021-01-10",
    "２０２１-01-10",
    "",
  ])("refuses %j", (text) => {
    expect(parseIsoDate(text)).toBeNull();
  });

  it("takes the 29th of February in leap years alone", () => {
    expect(parseIsoDate("2000-02-29")).toBe(Date.UTC(2000, 1, 29));
    expect(parseIsoDate("2024-02-29")).toBe(Date.UTC(2024, 1, 29));
  });

  it("prints a midnight as a date and anything else with seconds, before 1970 too", () => {
    expect(formatInstant(Date.UTC(2020, 3, 20))).toBe("2020-04-20");
    expect(formatInstant(Date.UTC(2020, 3, 20, 9, 5, 7))).toBe("2020-04-20T09:05:07Z");
    expect(formatInstant(-1000)).toBe("1969-12-31T23:59:59Z");
    expect(formatDate(-1)).toBe("1969-12-31");
    expect(dayNumber(-1)).toBe(-1);
  });
});

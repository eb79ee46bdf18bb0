import { describe, expect, it } from "vitest";
import { calendarDays, calendarOf, clockBody } from "../../../src/apps/venue-server/calendar.ts";
import { parseIsoDate } from "../../../src/base/instant.ts";
import { newYorkHours } from "../../../src/market/calendars/new-york-time.ts";

const of = (...dates: string[]) =>
  calendarOf(newYorkHours(dates.map((date) => parseIsoDate(date) as number)));
const clockAt = (calendar: ReturnType<typeof of>, text: string) =>
  clockBody(calendar, Date.parse(text));

const week = of("2024-07-01", "2024-07-02", "2024-07-03", "2024-07-05");

describe("the venue's clock", () => {
  it("says what is open and what comes next, in New York's time", () => {
    expect(clockAt(week, "2024-07-03T13:30:00Z")).toEqual({
      timestamp: "2024-07-03T09:30:00-04:00",
      is_open: true,
      next_open: "2024-07-05T09:30:00-04:00",
      next_close: "2024-07-03T13:00:00-04:00",
    });
    expect(clockAt(week, "2024-07-03T17:00:00.250Z")).toEqual({
      timestamp: "2024-07-03T13:00:00.250-04:00",
      is_open: false,
      next_open: "2024-07-05T09:30:00-04:00",
      next_close: "2024-07-05T16:00:00-04:00",
    });
    expect(clockAt(week, "2024-07-03T13:29:59.999Z").is_open).toBe(false);
  });

  it("goes on after the pack with the exchange's own sessions", () => {
    expect(clockAt(week, "2024-07-05T20:00:00Z").next_open).toBe("2024-07-08T09:30:00-04:00");
  });

  it("in winter is five hours behind", () => {
    expect(clockAt(of("2024-01-02"), "2024-01-01T12:00:00Z")).toMatchObject({
      timestamp: "2024-01-01T07:00:00-05:00",
      next_open: "2024-01-02T09:30:00-05:00",
    });
  });

  it("names no session that nobody knows", () => {
    expect(() => clockAt(of("2030-12-31"), "2030-12-31T23:00:00Z")).toThrow(/no session after/);
  });
});

describe("the venue's calendar", () => {
  it("has the pack's dates, early closes, and when trades settle", () => {
    const days = calendarDays(week, { start: "2024-07-02", end: "2024-07-05T00:00:00.000Z" });
    expect(days).toEqual([
      {
        date: "2024-07-02",
        open: "09:30",
        close: "16:00",
        session_open: "0400",
        session_close: "2000",
        settlement_date: "2024-07-03",
      },
      expect.objectContaining({
        date: "2024-07-03",
        close: "13:00",
        settlement_date: "2024-07-05",
      }),
      expect.objectContaining({ date: "2024-07-05", settlement_date: "2024-07-08" }),
    ]);
  });

  it.each([
    ["2024-05-28", "2024-05-29"],
    ["2024-05-24", "2024-05-29"],
    ["2017-09-01", "2017-09-07"],
    ["1995-06-06", "1995-06-13"],
  ])("%s settles by its cycle on %s", (date, settlement) => {
    expect(calendarDays(of(date), { start: date, end: date })[0].settlement_date).toBe(settlement);
  });

  it("is searched by settlement when asked so", () => {
    const days = calendarDays(week, {
      start: "2024-07-03",
      end: "2024-07-03",
      date_type: "SETTLEMENT",
    });
    expect(days.map(({ date }) => date)).toEqual(["2024-07-02"]);
  });

  it("refuses what it cannot read", () => {
    expect(() => calendarDays(week, { start: "July" })).toThrow(/invalid start: July/);
    expect(() => calendarDays(week, { from: "2024-07-03" })).toThrow(/unexpected parameter/);
    expect(() => calendarDays(week, { date_type: "BOTH" })).toThrow(/invalid date_type/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import { sessionsOf } from "../../../src/market/calendars/calendar.ts";
import {
  newYorkClock,
  newYorkHours,
  newYorkInstant,
  newYorkOffsetMs,
  newYorkSessionAt,
  newYorkSessions,
} from "../../../src/market/calendars/new-york-time.ts";

const at = (text: string) => Date.parse(text);
const day = (text: string) => parseIsoDate(text) as number;
const iso = (ms: number) => new Date(ms).toISOString();

/** The platform's own time zone data: the naive twin. */
const platform = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/New_York",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
});

function platformClock(ms: number): { readonly date: string; readonly minute: number } {
  const parts = Object.fromEntries(
    platform.formatToParts(ms).map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
    minute: Number(parts["hour"]) * 60 + Number(parts["minute"]),
  };
}

describe("New York's clock", () => {
  it("agrees with the platform's time zone data at any minute from 1967 to 2037", () => {
    const minutes = fc.integer({
      min: at("1967-01-02T00:00Z") / 60_000,
      max: at("2037-12-31T00:00Z") / 60_000,
    });
    fc.assert(
      fc.property(minutes, (minute) => {
        const ms = minute * 60_000;
        const { dateMs, minute: local } = newYorkClock(ms);
        expect({ date: formatDate(dateMs), minute: local }).toEqual(platformClock(ms));
      }),
      { numRuns: 2_000 },
    );
  });

  it("changes at the second it should, each year", () => {
    for (let year = 1967; year <= 2037; year++) {
      const hours = [];
      for (let ms = at(`${year}-01-01T12:00Z`); ms < at(`${year}-12-31T12:00Z`); ms += DAY_MS) {
        if (newYorkOffsetMs(ms) !== newYorkOffsetMs(ms + DAY_MS)) hours.push(ms);
      }
      expect(hours.length).toBe(2);
      for (const [which, ms] of hours.entries()) {
        let change = ms;
        while (newYorkOffsetMs(change) === newYorkOffsetMs(ms)) change += 3_600_000;
        expect(platformClock(change).minute).toBe(which === 0 ? 180 : 60);
        expect(platformClock(change - 60_000).minute).toBe(119);
      }
    }
  });

  it("finds the instant of a local time, the first of two", () => {
    expect(iso(newYorkInstant(day("2026-07-15"), 570))).toBe("2026-07-15T13:30:00.000Z");
    expect(iso(newYorkInstant(day("2026-01-15"), 570))).toBe("2026-01-15T14:30:00.000Z");
    expect(iso(newYorkInstant(day("2026-11-01"), 90))).toBe("2026-11-01T05:30:00.000Z");
    expect(iso(newYorkInstant(day("2026-11-01"), 0))).toBe("2026-11-01T04:00:00.000Z");
    expect(iso(newYorkInstant(day("2026-03-08"), 150))).toBe("2026-03-08T07:30:00.000Z");
  });

  it("refuses what it does not know", () => {
    expect(() => newYorkOffsetMs(at("1966-12-31T12:00Z"))).toThrow(
      /from 1967-01-01 on.*1966-12-31/,
    );
    expect(() => newYorkOffsetMs(Number.NaN)).toThrow(/not at NaN/);
  });
});

describe("the exchange's hours", () => {
  it("of published dates", () => {
    const hours = newYorkSessions(day("2024-07-02"), day("2024-07-05"));
    expect(hours.map(({ date, openMs, closeMs }) => [date, iso(openMs), iso(closeMs)])).toEqual([
      ["2024-07-02", "2024-07-02T13:30:00.000Z", "2024-07-02T20:00:00.000Z"],
      ["2024-07-03", "2024-07-03T13:30:00.000Z", "2024-07-03T17:00:00.000Z"],
      ["2024-07-05", "2024-07-05T13:30:00.000Z", "2024-07-05T20:00:00.000Z"],
    ]);
  });

  it("open at half past nine and close by four on every session it knows", () => {
    const all = sessionsOf("XNYS", day("1990-01-01"), day("2030-12-31"));
    const hours = newYorkHours(all);
    expect(hours.length).toBe(all.length);
    const closes = new Set<number>();
    for (const { date, openMs, closeMs } of hours) {
      const open = newYorkClock(openMs);
      const close = newYorkClock(closeMs);
      expect([formatDate(open.dateMs), open.minute]).toEqual([date, 570]);
      expect(formatDate(close.dateMs)).toBe(date);
      closes.add(close.minute);
    }
    expect([...closes].sort((a, b) => a - b)).toEqual([780, 840, 870, 930, 956, 960]);
  });

  it("of dates that are not in the calendar are the usual ones", () => {
    expect(newYorkHours([day("2021-01-02")])).toEqual([
      {
        date: "2021-01-02",
        openMs: at("2021-01-02T14:30Z"),
        closeMs: at("2021-01-02T21:00Z"),
      },
    ]);
    expect(newYorkHours([])).toEqual([]);
  });

  it("a moment belongs to the session of New York's date, not of Greenwich's", () => {
    expect(newYorkSessionAt(at("2024-01-03T02:00Z"))?.date).toBe("2024-01-02");
    expect(newYorkSessionAt(at("2024-01-01T15:00Z"))).toBeNull();
    expect(newYorkSessionAt(at("2024-01-06T15:00Z"))).toBeNull();
  });
});

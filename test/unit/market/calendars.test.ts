import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, dayNumber, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import { Fault } from "../../../src/domain/fault.ts";
import {
  CALENDAR_IDS,
  type CalendarId,
  earlyCloses,
  isSession,
  sessionsOf,
} from "../../../src/market/calendars/calendar.ts";
import { easterOf } from "../../../src/market/calendars/dates.ts";

function ms(date: string): number {
  const parsed = parseIsoDate(date);
  if (parsed === null) throw new Error(`no date ${date}`);
  return parsed;
}

const FIRST = ms("1990-01-01");
const LAST = ms("2030-12-31");
const open = (calendar: CalendarId, date: string) => isSession(calendar, ms(date));
const countIn = (calendar: CalendarId, year: number) =>
  sessionsOf(calendar, ms(`${year}-01-01`), ms(`${year}-12-31`)).length;

/** Weekdays of a time that are no sessions: the closures as a notice would print them. */
function closures(calendar: CalendarId, from: string, to: string): readonly string[] {
  const dates: string[] = [];
  for (let at = ms(from); at <= ms(to); at += DAY_MS) {
    const weekday = (dayNumber(at) + 4) % 7;
    if (weekday !== 0 && weekday !== 6 && !isSession(calendar, at)) dates.push(formatDate(at));
  }
  return dates;
}

describe("Easter", () => {
  it("falls where the U.S. Census Bureau's table of Easter dates has it", () => {
    const dates = [1990, 1991, 2000, 2008, 2011, 2019, 2024, 2025, 2030, 2038];
    expect(dates.map((year) => formatDate(easterOf(year) * DAY_MS))).toEqual([
      "1990-04-15",
      "1991-03-31",
      "2000-04-23",
      "2008-03-23",
      "2011-04-24",
      "2019-04-21",
      "2024-03-31",
      "2025-04-20",
      "2030-04-21",
      "2038-04-25",
    ]);
  });

  it("equals Gauss's rule with Lichtenberg's correction, of 1816 and 1997", () => {
    for (let year = 1583; year <= 4099; year++) {
      const k = Math.floor(year / 100);
      const m = 15 + Math.floor((3 * k + 3) / 4) - Math.floor((8 * k + 13) / 25);
      const s = 2 - Math.floor((3 * k + 3) / 4);
      const a = year % 19;
      const d = (19 * a + m) % 30;
      const r = Math.floor((d + Math.floor(a / 11)) / 29);
      const og = 21 + d - r;
      const sz = 7 - ((year + Math.floor(year / 4) + s) % 7);
      const oe = 7 - ((((og - sz) % 7) + 7) % 7);
      expect(easterOf(year)).toBe(dayNumber(ms(`${year}-03-01`)) + og + oe - 1);
    }
  });
});

describe("New York", () => {
  it("closed by decision (NYSE list of special closings)", () => {
    const days = [
      "1994-04-27",
      "2001-09-11",
      "2001-09-12",
      "2001-09-13",
      "2001-09-14",
      "2004-06-11",
      "2007-01-02",
      "2012-10-29",
      "2012-10-30",
      "2018-12-05",
      "2025-01-09",
    ];
    expect(days.filter((day) => open("XNYS", day))).toEqual([]);
    const around = ["1994-04-26", "1994-04-28", "2001-09-10", "2001-09-17", "2012-10-31"];
    expect(around.filter((day) => !open("XNYS", day))).toEqual([]);
  });

  it("2024-2026 as in the exchange's Holidays and Trading Hours notice", () => {
    expect(closures("XNYS", "2024-01-01", "2026-12-31")).toEqual([
      ...["2024-01-01", "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19"],
      ...["2024-07-04", "2024-09-02", "2024-11-28", "2024-12-25"],
      ...["2025-01-01", "2025-01-09", "2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26"],
      ...["2025-06-19", "2025-07-04", "2025-09-01", "2025-11-27", "2025-12-25"],
      ...["2026-01-01", "2026-01-19", "2026-02-16", "2026-04-03", "2026-05-25", "2026-06-19"],
      ...["2026-07-03", "2026-09-07", "2026-11-26", "2026-12-25"],
    ]);
  });

  it("a holiday on Saturday is kept on Friday, except New Year's; on Sunday on Monday", () => {
    const openDays = ["1993-12-31", "1999-12-31", "2010-12-31", "2021-12-31"];
    expect(openDays.filter((day) => !open("XNYS", day))).toEqual([]);
    const closed = ["1999-12-24", "2010-12-24", "2015-07-03", "2006-01-02", "2022-12-26"];
    expect(closed.filter((day) => open("XNYS", day))).toEqual([]);
  });

  it("Martin Luther King's day from 1998, Juneteenth from 2022", () => {
    expect(open("XNYS", "1997-01-20")).toBe(true);
    expect(open("XNYS", "1998-01-19")).toBe(false);
    expect(open("XNYS", "2021-06-18")).toBe(true);
    expect(open("XNYS", "2022-06-20")).toBe(false);
  });

  it("has 248 to 254 sessions a year, and those of years that can be counted elsewhere", () => {
    // The S&P 500 file of ../shared has 1990-2021 row by row; these are its counts.
    const known = { 1992: 254, 1996: 254, 2001: 248, 2006: 251, 2012: 250, 2018: 251, 2020: 253 };
    for (const [year, count] of Object.entries(known)) {
      expect(countIn("XNYS", Number(year))).toBe(count);
    }
    // NYSE Group: 2023 and 2025 had 250 trading days, 2024 had 252.
    expect([2023, 2024, 2025].map((year) => countIn("XNYS", year))).toEqual([250, 252, 250]);
    for (let year = 1990; year <= 2030; year++) {
      expect(countIn("XNYS", year)).toBeGreaterThanOrEqual(year === 2001 ? 248 : 250);
      expect(countIn("XNYS", year)).toBeLessThanOrEqual(254);
    }
  });
});

describe("Chicago", () => {
  it("differs from New York exactly where the index contracts had a morning of their own", () => {
    const extra = [...sessionsOf("XCME", FIRST, LAST)].filter((at) => !isSession("XNYS", at));
    expect(extra.map(formatDate)).toEqual([
      ...["2010-04-02", "2012-04-06", "2012-10-29", "2012-10-30", "2015-04-03", "2018-12-05"],
      ...["2021-04-02", "2023-04-07", "2025-01-09", "2026-04-03"],
    ]);
    const missing = [...sessionsOf("XNYS", FIRST, LAST)].filter((at) => !isSession("XCME", at));
    expect(missing).toEqual([]);
  });
});

describe("Eurex", () => {
  it("2018 as in the exchange's holiday regulations: no trading in any derivative", () => {
    expect(closures("XEUR", "2018-01-01", "2018-12-31")).toEqual([
      ...["2018-01-01", "2018-03-30", "2018-04-02", "2018-05-01"],
      ...["2018-12-24", "2018-12-25", "2018-12-26", "2018-12-31"],
    ]);
  });

  it("makes up for no holiday on a weekend", () => {
    expect(open("XEUR", "2022-01-03")).toBe(true);
    expect(open("XEUR", "2022-05-02")).toBe(true);
    expect(open("XEUR", "2021-12-27")).toBe(true);
  });
});

describe("Tokyo", () => {
  it("2019: an emperor more, ten days in spring, 241 sessions (JPX statistics)", () => {
    expect(closures("XJPX", "2019-04-27", "2019-05-06")).toEqual([
      ...["2019-04-29", "2019-04-30", "2019-05-01", "2019-05-02", "2019-05-03", "2019-05-06"],
    ]);
    expect(open("XJPX", "2019-10-22")).toBe(false);
    expect(open("XJPX", "2019-12-23")).toBe(true);
    expect(countIn("XJPX", 2019)).toBe(241);
  });

  it("2020 and 2021: Marine, Sports and Mountain Day around the Olympics", () => {
    expect(closures("XJPX", "2020-07-01", "2020-10-31")).toEqual([
      ...["2020-07-23", "2020-07-24", "2020-08-10", "2020-09-21", "2020-09-22"],
    ]);
    expect(closures("XJPX", "2021-07-01", "2021-10-31")).toEqual([
      ...["2021-07-22", "2021-07-23", "2021-08-09", "2021-09-20", "2021-09-23"],
    ]);
  });

  it("substitutes: the Monday before 2007, the next day that is no holiday since", () => {
    // 3 May on a Sunday: Monday was Citizens' Day in 1998, so nothing was left to make up for.
    expect(closures("XJPX", "1998-05-01", "1998-05-08")).toEqual(["1998-05-04", "1998-05-05"]);
    expect(closures("XJPX", "2009-05-01", "2009-05-08")).toEqual([
      ...["2009-05-04", "2009-05-05", "2009-05-06"],
    ]);
    expect(open("XJPX", "1998-05-06")).toBe(true);
    expect(open("XJPX", "1995-01-16")).toBe(false);
  });

  it("a day between two holidays is one: September 2009, 2015, 2026", () => {
    for (const day of ["2009-09-22", "2015-09-22", "2026-09-22"]) {
      expect(open("XJPX", day)).toBe(false);
    }
    expect(open("XJPX", "2014-09-22")).toBe(true);
  });

  it("ceremonies and happy Mondays from their years on", () => {
    expect(open("XJPX", "1990-11-12")).toBe(false);
    expect(open("XJPX", "1993-06-09")).toBe(false);
    expect([open("XJPX", "1999-01-15"), open("XJPX", "1999-01-11")]).toEqual([false, true]);
    expect([open("XJPX", "2001-01-15"), open("XJPX", "2001-01-08")]).toEqual([true, false]);
    expect([open("XJPX", "1995-07-20"), open("XJPX", "2000-07-20")]).toEqual([true, false]);
  });

  it("equinoxes as the National Astronomical Observatory announced them", () => {
    const closed = ["1990-03-21", "1991-03-21", "1992-03-20", "1996-03-20", "2012-03-20"];
    const autumn = ["1993-09-23", "2003-09-23", "2016-09-22", "2020-09-22", "2022-09-23"];
    expect([...closed, ...autumn].filter((day) => open("XJPX", day))).toEqual([]);
    expect([open("XJPX", "2016-09-23"), open("XJPX", "1992-03-19")]).toEqual([true, true]);
  });
});

describe("early closes", () => {
  const closesIn = (calendar: CalendarId, from: string, to: string) =>
    earlyCloses(calendar, ms(from), ms(to)).map(
      ({ dateMs, closesAt }) => `${formatDate(dateMs)} ${closesAt}`,
    );

  it("New York, local time with its zone", () => {
    expect(closesIn("XNYS", "1992-01-01", "1996-12-31")).toEqual([
      "1992-11-27 14:00 America/New_York",
      "1992-12-24 14:00 America/New_York",
      "1993-11-26 13:00 America/New_York",
      "1994-02-11 14:30 America/New_York",
      "1994-11-25 13:00 America/New_York",
      "1995-07-03 13:00 America/New_York",
      "1995-11-24 13:00 America/New_York",
      "1996-01-08 14:00 America/New_York",
      "1996-07-05 13:00 America/New_York",
      "1996-11-29 13:00 America/New_York",
      "1996-12-24 13:00 America/New_York",
    ]);
    expect(closesIn("XNYS", "2013-07-01", "2013-07-31")).toEqual([
      "2013-07-03 13:00 America/New_York",
    ]);
  });

  it("Chicago: short mornings and the quarter of an hour after New York", () => {
    expect(closesIn("XCME", "2012-04-01", "2012-12-31")).toEqual([
      "2012-04-06 08:15 America/Chicago",
      "2012-07-03 12:15 America/Chicago",
      "2012-10-29 08:15 America/Chicago",
      "2012-10-30 08:15 America/Chicago",
      "2012-11-23 12:15 America/Chicago",
      "2012-12-24 12:15 America/Chicago",
    ]);
  });

  it("Tokyo: half days on the first session until 2009 and the last until 2008", () => {
    expect(closesIn("XJPX", "2006-06-01", "2010-12-31")).toEqual([
      "2006-12-29 11:00 Asia/Tokyo",
      "2007-01-04 11:00 Asia/Tokyo",
      "2007-12-28 11:00 Asia/Tokyo",
      "2008-01-04 11:00 Asia/Tokyo",
      "2008-12-30 11:00 Asia/Tokyo",
      "2009-01-05 11:00 Asia/Tokyo",
    ]);
  });

  it.each([
    ["XNYS", "1990-01-01"],
    ["XCME", "2009-01-01"],
    ["XJPX", "1990-01-01"],
  ] as const)("%s: each is a session, once, in order", (calendar, from) => {
    const closes = earlyCloses(calendar, ms(from), LAST);
    expect(closes.length).toBeGreaterThan(30);
    closes.forEach(({ dateMs }, n) => {
      expect(isSession(calendar, dateMs)).toBe(true);
      if (n > 0) expect(dateMs).toBeGreaterThan(closes[n - 1].dateMs);
    });
  });

  it("refuses where none are known: unknown is not none", () => {
    expect(() => earlyCloses("XEUR", FIRST, LAST)).toThrow(/XEUR.*known for no year/);
    expect(() => earlyCloses("XCME", ms("2008-12-31"), LAST)).toThrow(/known from 2009-01-01/);
  });
});

describe("every calendar", () => {
  it.each(CALENDAR_IDS)("%s: isSession says what sessionsOf lists, at any hour", (calendar) => {
    const all = new Set(sessionsOf(calendar, FIRST, LAST));
    fc.assert(
      fc.property(fc.integer({ min: FIRST, max: LAST + DAY_MS - 1 }), (at) => {
        expect(isSession(calendar, at)).toBe(all.has(dayNumber(at) * DAY_MS));
      }),
    );
  });

  it.each(CALENDAR_IDS)(
    "%s: a window is the whole list cut at both ends, inclusive",
    (calendar) => {
      const all = sessionsOf(calendar, FIRST, LAST);
      const instant = fc.integer({ min: FIRST, max: LAST });
      fc.assert(
        fc.property(instant, instant, (from, to) => {
          const expected = all.filter((at) => at >= from && at <= to);
          expect(sessionsOf(calendar, from, to)).toEqual(expected);
        }),
      );
      expect(sessionsOf(calendar, all[7], all[9])).toEqual(all.slice(7, 10));
    },
  );

  it.each([
    ["XNYS", 7],
    ["XCME", 7],
    ["XEUR", 6],
    ["XJPX", 11],
  ] as const)("%s: weekdays only, at most %i days apart", (calendar, most) => {
    const all = sessionsOf(calendar, FIRST, LAST);
    let widest = 0;
    all.forEach((at, n) => {
      expect([0, 6]).not.toContain((dayNumber(at) + 4) % 7);
      if (n > 0) widest = Math.max(widest, (at - all[n - 1]) / DAY_MS);
    });
    expect(widest).toBe(most);
  });

  it("hands out copies: writing into one changes no later answer", () => {
    const window = sessionsOf("XNYS", ms("2020-01-01"), ms("2020-01-10"));
    window.fill(0);
    expect(sessionsOf("XNYS", ms("2020-01-01"), ms("2020-01-10"))[0]).toBe(ms("2020-01-02"));
  });

  it.each([
    ["before", ms("1989-12-31"), "not 1989-12-31"],
    ["after", ms("2031-01-01"), "not 2031-01-01"],
    ["no instant", Number.NaN, "not NaN"],
  ])("%s its years it refuses and says so", (_, at, words) => {
    for (const ask of [
      () => isSession("XNYS", at),
      () => sessionsOf("XNYS", at, LAST),
      () => sessionsOf("XNYS", FIRST, at),
      () => earlyCloses("XNYS", FIRST, at),
    ]) {
      expect(ask).toThrow(Fault);
      expect(ask).toThrow(words);
    }
  });
});

/**
 * The calendars against dates that markets traded on and against another project's lists, both in
 * ../shared/data (README there says whose). Every difference is named here with its reason.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { civilToMs, dayNumber, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import {
  type CalendarId,
  earlyCloses,
  isSession,
  sessionsOf,
} from "../../../src/market/calendars/calendar.ts";
import { SHARED, sharedFile, sharedName } from "../../support/shared.ts";

type Hours = {
  readonly holidays: readonly string[];
  readonly bankHolidays?: readonly string[];
  readonly earlyCloses?: Readonly<Record<string, string>>;
};

/** M/D/YYYY or YYYY-MM-DD at the start of a line or string. */
function dateOf(text: string): number {
  const us = /^(\d+)\/(\d+)\/(\d{4})/.exec(text);
  const [month, day, year] = us === null ? [0, 0, 0] : us.slice(1).map(Number);
  const at = us === null ? parseIsoDate(text.slice(0, 10)) : civilToMs({ year, month, day });
  if (at === null) throw new Error(`no date in ${text}`);
  return at;
}

function tradingDates(file: string): readonly number[] {
  const [, ...lines] = readFileSync(sharedFile(`data/${file}`), "utf8")
    .trim()
    .split("\n");
  return lines.map(dateOf);
}

/** What only one of two lists of dates has. */
function differences(sessions: Iterable<number>, dates: readonly number[]) {
  const [ours, theirs] = [new Set(sessions), new Set(dates)];
  return {
    onlyCalendar: [...ours].filter((at) => !theirs.has(at)).map(formatDate),
    onlyData: [...theirs].filter((at) => !ours.has(at)).map(formatDate),
  };
}

function compare(file: string) {
  const dates = tradingDates(file);
  return differences(sessionsOf("XNYS", dates[0], dates[dates.length - 1]), dates);
}

function hoursOf(market: string): Hours {
  const text = readFileSync(sharedFile("data/reference/market-hours.json"), "utf8");
  return (JSON.parse(text) as { entries: Record<string, Hours> }).entries[market];
}

const isWeekday = (at: number) => ![0, 6].includes((dayNumber(at) + 4) % 7);

/** Weekday holidays of their list, and of ours over the same years. */
function compareHolidays(
  calendar: CalendarId,
  holidays: readonly string[],
  years: [number, number],
) {
  const from = dateOf(`1/1/${years[0]}`);
  const to = dateOf(`12/31/${years[1]}`);
  const theirs = holidays.map(dateOf).filter((at) => at >= from && at <= to && isWeekday(at));
  const ours: number[] = [];
  for (let at = from; at <= to; at += 86_400_000) {
    if (isWeekday(at) && !isSession(calendar, at)) ours.push(at);
  }
  return differences(ours, theirs);
}

const NONE = { onlyCalendar: [], onlyData: [] };

describe.skipIf(SHARED === null)(sharedName("calendars against trading dates"), () => {
  it("New York equals the S&P 500's 8,111 dates of 1990-2022", () => {
    expect(compare("equities/spx-daily.csv")).toEqual(NONE);
  });

  it("New York equals the dates of 23 ETFs, 2008-2016", () => {
    expect(compare("equities/etf23-daily-close.csv")).toEqual(NONE);
  });

  it("New York against the volatility index, 1990-2026: holes and foreign nights of that file", () => {
    const { onlyCalendar, onlyData } = compare("macro/vix-daily.csv");
    // The S&P 500 file has these four: holes of the VIX file.
    expect(onlyCalendar).toEqual(["1991-03-01", "1997-01-31", "1997-11-26", "1999-12-31"]);
    // A flat bar repeating the close of the day before Reagan's funeral; from May 2022 on the
    // index is also computed in Cboe's global hours, on US holidays but Christmas, New Year, Easter.
    const [mourning, ...nights] = onlyData;
    expect(mourning).toBe("2004-06-11");
    expect(nights[0]).toBe("2022-05-30");
    expect(nights).toHaveLength(32);
    const quiet = nights.filter((date) => /-(01-0[1-3]|12-2[3-7])$|-0[34]-/.test(date));
    expect(quiet).toEqual([]);
  });

  it("a closure left out or one too many shows", () => {
    const dates = tradingDates("equities/spx-daily.csv");
    const all = sessionsOf("XNYS", dates[0], dates[dates.length - 1]);
    const forgotten = differences([...all, dateOf("2018-12-05")], dates);
    expect(forgotten.onlyCalendar).toEqual(["2018-12-05"]);
    const invented = differences(
      all.filter((at) => at !== dateOf("1997-01-20")),
      dates,
    );
    expect(invented.onlyData).toEqual(["1997-01-20"]);
  });
});

describe.skipIf(SHARED === null)(sharedName("calendars against another project's lists"), () => {
  it("New York's holidays 1998-2027", () => {
    const { holidays } = hoursOf("Equity-usa-[*]");
    expect(compareHolidays("XNYS", holidays, [1998, 2027])).toEqual(NONE);
  });

  it("New York's early closes 2000-2026", () => {
    const listed = Object.keys(hoursOf("Equity-usa-[*]").earlyCloses ?? {}).map(dateOf);
    const [from, to] = [dateOf("1/1/2000"), dateOf("12/31/2026")];
    const ours = earlyCloses("XNYS", from, to).map(({ dateMs }) => dateMs);
    const theirs = listed.filter((at) => at >= from && at <= to);
    expect(differences(ours, theirs)).toEqual({
      // A system failed at 15:56: nobody planned it.
      onlyCalendar: ["2005-06-01"],
      // A Sunday.
      onlyData: ["2017-12-24"],
    });
  });

  it("Chicago's days without a settlement 2010-2024", () => {
    const all = hoursOf("Future-cme-[*]").holidays;
    const index = hoursOf("Future-cme-ES").bankHolidays ?? [];
    const { onlyCalendar, onlyData } = compareHolidays("XCME", [...all, ...index], [2010, 2024]);
    expect(onlyCalendar).toEqual([]);
    // Holidays of banks, on which New York and the index contracts trade and settle as usual:
    // Columbus Day, Veterans Day, the last day of a year whose 1 January is a Saturday; and what
    // New York closed for while Chicago had a short morning.
    const banks = onlyData.filter((date) => /-10-(0[89]|1[0-4])$|-11-1[0-2]$|-12-31$/.test(date));
    expect(onlyData.filter((date) => !banks.includes(date))).toEqual([
      "2012-10-29",
      "2012-10-30",
      "2018-12-05",
    ]);
    expect(banks.every((date) => isSession("XNYS", dateOf(date)))).toBe(true);
  });

  it("Chicago's short Good Fridays", () => {
    const listed = Object.entries(hoursOf("Future-cme-ES").earlyCloses ?? {});
    const mornings = listed.filter(([, time]) => time === "09:15:00").map(([date]) => dateOf(date));
    const ours = earlyCloses("XCME", dateOf("1/1/2010"), dateOf("12/31/2026"))
      .filter(({ closesAt }) => closesAt === "08:15 America/Chicago")
      .map(({ dateMs }) => dateMs);
    const sandy = [dateOf("2012-10-29"), dateOf("2012-10-30")];
    expect(differences(ours, [...mornings, ...sandy])).toEqual(NONE);
  });

  it("Eurex's holidays 2001-2030", () => {
    const { holidays } = hoursOf("Future-eurex-[*]");
    expect(compareHolidays("XEUR", holidays, [2001, 2030])).toEqual({
      // Their list of 2003 ends with Easter.
      onlyCalendar: ["2003-05-01", "2003-12-24", "2003-12-25", "2003-12-26", "2003-12-31"],
      // Whit Monday: only contracts on German shares paused.
      onlyData: ["2015-05-25"],
    });
  });

  it("Tokyo's holidays 2016-2026", () => {
    const { holidays } = hoursOf("Index-ose-[*]");
    expect(compareHolidays("XJPX", holidays, [2016, 2026])).toEqual({
      // The autumnal equinox on which Osaka began its holiday trading: cash was closed, and the
      // derivatives' trades counted for the 26th.
      onlyCalendar: ["2022-09-23"],
      onlyData: [],
    });
  });
});

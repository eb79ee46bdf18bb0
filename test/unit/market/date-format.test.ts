import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, civilFromDays, formatInstant } from "../../../src/base/instant.ts";
import { dateFormatOf } from "../../../src/market/date-format.ts";

function read(format: string, text: string): string | null {
  const compiled = dateFormatOf(format);
  if (!compiled.ok) throw new Error(compiled.error);
  const ms = compiled.parse(text);
  return ms === null ? null : formatInstant(ms);
}

describe("date formats", () => {
  it.each([
    ["YYYY-MM-DD", "2020-04-20", "2020-04-20"],
    ["M/D/YYYY", "1/2/1990", "1990-01-02"],
    ["M/D/YYYY", "12/31/1999", "1999-12-31"],
    ["MM/DD/YYYY", "01/03/2017", "2017-01-03"],
    ["DD.MM.YYYY", "29.02.2020", "2020-02-29"],
    ["YYYYMMDD", "20200420", "2020-04-20"],
    ["YYYY-MM-DD HH:mm", "2020-12-15 09:30", "2020-12-15T09:30:00Z"],
    ["YYYY-MM-DDTHH:mm:ssZ", "2020-12-15T09:30:15+02:00", "2020-12-15T07:30:15Z"],
    ["YYYY-MM-DD HH:mm:ssZ", "1990-01-02 00:00:00+00:00", "1990-01-02"],
    ["epoch_ms", "1577934245000", "2020-01-02T03:04:05Z"],
    ["epoch_s", "1577934245", "2020-01-02T03:04:05Z"],
  ])("%s reads %s", (format, text, expected) => {
    expect(read(format, text)).toBe(expected);
  });

  it.each([
    ["YYYY-MM-DD", "2021-02-29"],
    ["YYYY-MM-DD", "2020-4-20"],
    ["YYYY-MM-DD", "2020-04-20 "],
    ["YYYY-MM-DD", ""],
    ["MM/DD/YYYY", "13/01/2017"],
    ["MM/DD/YYYY", "1/3/2017"],
    ["M/D/YYYY", "1/2/90"],
    ["YYYY-MM-DD HH:mm", "2020-12-15 24:00"],
    ["YYYY-MM-DD HH:mm", "2020-12-15 09:60"],
    ["epoch_s", "1.5e9"],
  ])("%s refuses %s", (format, text) => {
    expect(read(format, text)).toBeNull();
  });

  it.each([
    ["YYYY-MM", /no day/],
    ["YY-MM-DD", /"YY-MM-DD" is none of/],
    ["DD MMM YYYY", /names a part twice/],
    ["YYYY-MM-DD-DD", /names a part twice/],
    ["date", /"date" is none of/],
  ])("the format %s is refused", (format, message) => {
    const compiled = dateFormatOf(format);
    expect(compiled.ok).toBe(false);
    expect(compiled.ok ? "" : compiled.error).toMatch(message);
  });

  it("reads back every date that it is given, in any of three orders", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), (days) => {
        const { year, month, day } = civilFromDays(days);
        const y = String(year).padStart(4, "0");
        const expected = formatInstant(days * DAY_MS);
        expect(read("M/D/YYYY", `${month}/${day}/${y}`)).toBe(expected);
        expect(read("D.M.YYYY", `${day}.${month}.${y}`)).toBe(expected);
        const two = (value: number) => String(value).padStart(2, "0");
        expect(read("YYYYMMDD", y + two(month) + two(day))).toBe(expected);
      }),
    );
  });
});

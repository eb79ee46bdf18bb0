import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  msOf,
  newYorkDate,
  newYorkMs,
  utcOf,
} from "../../../src/adapters/brokers/alpaca/instants.ts";
import { newYorkClock, newYorkInstant } from "../../../src/market/calendars/new-york-time.ts";
import { formatDate } from "../../../src/base/instant.ts";

const instants = fc.integer({ min: Date.parse("1990-01-01"), max: Date.parse("2037-12-31") });

describe("Alpaca's times", () => {
  it("are the same instant in any offset: the platform's own reading is the naive twin", () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -14 * 60, max: 14 * 60 }), (ms, minutes) => {
        const local = new Date(ms + minutes * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(minutes);
        const two = (value: number) => String(value).padStart(2, "0");
        const zone = `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
        const text = `${local}${zone}`;
        expect(msOf(text)).toBe(Date.parse(text));
        expect(Date.parse(utcOf(text))).toBe(ms);
        expect(utcOf(text).endsWith("Z")).toBe(true);
      }),
    );
  });

  it.each([
    ["2026-11-20T09:30:00.123456789-05:00", "2026-11-20T14:30:00.123456789Z"],
    ["2026-11-20T19:00:00-05:00", "2026-11-21T00:00:00Z"],
    ["2026-11-20T14:30:00.000Z", "2026-11-20T14:30:00Z"],
    ["2026-11-20T14:30:00.1Z", "2026-11-20T14:30:00.1Z"],
  ])("%s is %s", (text, utc) => {
    expect(utcOf(text)).toBe(utc);
  });

  it.each([
    "",
    "2026-11-20",
    "2026-02-30T00:00:00Z",
    "2026-11-20T14:30:00",
    "2026-11-20T24:00:00Z",
    "2026-11-20T14:60:00Z",
    "2026-11-20T14:30:00+05",
    "yesterday",
  ])("cannot be read from %o", (text) => {
    expect(() => msOf(text)).toThrow(/is not a time as RFC 3339 writes it/);
  });

  it("in New York agree with the exchange's calendar", () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 4 * 60, max: 20 * 60 }), (ms, minute) => {
        const date = formatDate(ms);
        const two = (value: number) => String(value).padStart(2, "0");
        const time = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
        expect(newYorkMs(date, time)).toBe(newYorkInstant(Date.parse(date), minute));
        expect(newYorkMs(date, time.replace(":", ""))).toBe(newYorkMs(date, time));
        expect(newYorkDate(ms)).toBe(formatDate(newYorkClock(ms).dateMs));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["2026-13-01", "09:30"],
    ["2026-11-20", "half past nine"],
    ["2026-11-20", "24:00"],
  ])("of a session cannot be read from %s %s", (date, time) => {
    expect(() => newYorkMs(date, time)).toThrow(/is not a date and a time/);
  });
});

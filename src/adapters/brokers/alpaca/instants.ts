/**
 * Alpaca's times. Enters: RFC 3339 with any offset and up to nanoseconds ("2026-11-20T09:30:00.123456789-05:00"),
 * and New York's wall clock ("09:30" of a date); leaves: the same instants in UTC, no digit lost, and
 * milliseconds since the epoch. Refuses what is neither.
 * Source: time zones as the platform knows them.
 */
import { formatDate, formatInstant, parseIsoDate } from "../../../base/instant.ts";
import { UnreadableBody } from "./body.ts";

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d+)?([Zz]|[+-][01]\d:[0-5]\d)$/;

/** Milliseconds since the epoch; digits beyond them are cut off. */
export function msOf(text: string): number {
  const { secondsMs, fraction } = parts(text);
  return secondsMs + Math.floor(Number(`0${fraction}`) * 1000);
}

/** The same instant in UTC with every digit of its fraction: "2026-11-20T14:30:00.123456789Z". */
export function utcOf(text: string): string {
  const { secondsMs, fraction } = parts(text);
  const whole = formatInstant(secondsMs);
  const stem = whole.length === 10 ? `${whole}T00:00:00` : whole.slice(0, -1);
  return `${stem}${fraction === "" || /^\.0*$/.test(fraction) ? "" : fraction}Z`;
}

function parts(text: string): { readonly secondsMs: number; readonly fraction: string } {
  const match = RFC_3339.exec(text);
  const dateMs = match === null ? null : parseIsoDate(match[1]);
  if (match === null || dateMs === null) {
    throw new UnreadableBody(`"${text.slice(0, 40)}" is not a time as RFC 3339 writes it`);
  }
  const [hours, minutes, seconds] = [match[2], match[3], match[4]].map(Number);
  const local = dateMs + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return { secondsMs: local - offsetMs(match[6]), fraction: match[5] ?? "" };
}

/** "-05:00" */
function offsetMs(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const size = (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))) * 60_000;
  return zone.startsWith("-") ? -size : size;
}

const newYork = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  timeZoneName: "longOffset",
});

/** New York's clock at an instant less UTC. */
function newYorkOffsetMs(ms: number): number {
  const name = newYork.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const offset = /^GMT([+-]\d{2}:\d{2})$/.exec(name)?.[1];
  if (offset === undefined) throw new UnreadableBody(`the platform does not know New York's time`);
  return offsetMs(offset);
}

/** When New York's clocks show "09:30" on a session's date. They change at night, never in a session. */
export function newYorkMs(date: string, time: string): number {
  const dateMs = parseIsoDate(date);
  const match = /^([01]\d|2[0-3]):?([0-5]\d)$/.exec(time);
  if (dateMs === null || match === null) {
    throw new UnreadableBody(
      `"${date.slice(0, 20)} ${time.slice(0, 20)}" is not a date and a time`,
    );
  }
  const local = dateMs + (Number(match[1]) * 60 + Number(match[2])) * 60_000;
  return local - newYorkOffsetMs(local + STANDARD_MS);
}

/** New York is four or five hours behind: by then its clocks show this time or one later. */
const STANDARD_MS = 5 * 3_600_000;

/** YYYY-MM-DD that calendars in New York show. */
export function newYorkDate(ms: number): string {
  return formatDate(ms + newYorkOffsetMs(ms));
}

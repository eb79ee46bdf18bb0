/**
 * A request's query and body, read strictly: every key is asked for by a route or refused, and no
 * value stands in for one that cannot be read. Enters: what the HTTP server decoded; leaves: text,
 * whole numbers, instants in milliseconds. Throws Refused.
 */
import { parseIsoDate } from "../../base/instant.ts";
import { nearest } from "../../base/nearest.ts";
import { newYorkInstant } from "../../market/calendars/new-york-time.ts";
import { malformed } from "./refusal.ts";

export type Query = { readonly [name: string]: unknown };

/** What a route answers: 204 has no body. */
export type Answer = { readonly status: number; readonly body: unknown };

export function answered(body: unknown, status = 200): Answer {
  return { status, body };
}

/** Refuses keys that no reader knows, so that nothing is accepted quietly. */
export function onlyKeys(query: Query, known: readonly string[]): void {
  const unknown = Object.keys(query).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const near = nearest(unknown[0], known);
  const advice = near === null ? "" : `; did you mean ${near}?`;
  throw malformed(`unexpected parameter(s): ${unknown.join(", ")}${advice}`);
}

/** Null where it is absent or empty; given twice it is refused. */
export function textOf(query: Query, name: string): string | null {
  const value = query[name];
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string") return value;
  throw malformed(`${name} is given more than once or is not text`);
}

export function oneOf<T extends string>(
  query: Query,
  name: string,
  allowed: readonly T[],
): T | null {
  const value = textOf(query, name);
  if (value === null) return null;
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw malformed(`invalid ${name}: ${value}; it is one of ${allowed.join(", ")}`);
}

export function wholeOf(
  query: Query,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | null {
  const value = textOf(query, name);
  if (value === null) return null;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw malformed(`invalid ${name}: ${value}; it is a whole number from ${least} to ${most}`);
}

export function flagOf(query: Query, name: string): boolean | null {
  const value = oneOf(query, name, ["true", "false"]);
  return value === null ? null : value === "true";
}

export function listOf(query: Query, name: string): readonly string[] | null {
  const value = textOf(query, name);
  if (value === null) return null;
  const items = value.split(",").map((item) => item.trim());
  if (items.some((item) => item === "")) throw malformed(`invalid ${name}: ${value}`);
  return [...new Set(items)];
}

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** RFC 3339 with an offset; what is finer than a millisecond is cut off. Null when it is none. */
export function parseInstant(text: string): number | null {
  const match = RFC_3339.exec(text);
  if (match === null) return null;
  const dateMs = parseIsoDate(match[1]);
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4])];
  const offset = offsetMs(match[6]);
  if (dateMs === null || offset === null || hour > 23 || minute > 59 || second > 59) return null;
  const fraction = Math.floor(Number(`0${match[5] ?? ""}`) * 1000 + 1e-6);
  return dateMs + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offset;
}

function offsetMs(zone: string): number | null {
  if (zone === "Z" || zone === "z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** An instant, or a date that stands for its midnight in New York. */
export function instantOf(query: Query, name: string): number | null {
  const value = textOf(query, name);
  if (value === null) return null;
  const date = parseIsoDate(value);
  const instant = date === null ? parseInstant(value) : newYorkInstant(date, 0);
  if (instant !== null) return instant;
  throw malformed(`invalid ${name}: ${value}; it is RFC 3339 or YYYY-MM-DD`);
}

/** The date of a date or of an instant as it is written: its 00:00Z instant. */
export function dateOf(query: Query, name: string): number | null {
  const value = textOf(query, name);
  if (value === null) return null;
  const date = parseIsoDate(value.slice(0, 10));
  if (date !== null && (value.length === 10 || parseInstant(value) !== null)) return date;
  throw malformed(`invalid ${name}: ${value}; it is YYYY-MM-DD or RFC 3339`);
}

/** RFC 3339 in UTC, milliseconds where there are any. */
export function printInstant(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}

/**
 * The small language of date formats: YYYY MM M DD D HH H mm ss Z and literal marks, or the words
 * epoch_s and epoch_ms. What comes out is an instant in milliseconds UTC; text without Z is read
 * as UTC. A format needs year, month and day: a month alone is not a session, and guessing its day
 * would move knowledge into the past.
 */
import { civilToMs } from "../base/instant.ts";

/** Null when the text is not such a date. */
export type DateParser = (text: string) => number | null;

export type DateFormat =
  | { readonly ok: true; readonly parse: DateParser }
  | { readonly ok: false; readonly error: string };

type Field = "year" | "month" | "day" | "hour" | "minute" | "second";
type Token =
  | { readonly kind: "number"; readonly field: Field; readonly min: number; readonly max: number }
  | { readonly kind: "offset" }
  | { readonly kind: "literal"; readonly text: string };

const NUMBERS: readonly (readonly [string, Field, number, number])[] = [
  ["YYYY", "year", 4, 4],
  ["MM", "month", 2, 2],
  ["M", "month", 1, 2],
  ["DD", "day", 2, 2],
  ["D", "day", 1, 2],
  ["HH", "hour", 2, 2],
  ["H", "hour", 1, 2],
  ["mm", "minute", 2, 2],
  ["ss", "second", 2, 2],
];

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export function dateFormatOf(format: string): DateFormat {
  if (format === "epoch_s") return { ok: true, parse: (text) => epoch(text, SECOND_MS) };
  if (format === "epoch_ms") return { ok: true, parse: (text) => epoch(text, 1) };
  const tokens = tokensOf(format);
  if (typeof tokens === "string") return { ok: false, error: tokens };
  const fields = tokens.flatMap((token) => (token.kind === "number" ? [token.field] : []));
  const missing = (["year", "month", "day"] as const).filter((field) => !fields.includes(field));
  if (missing.length > 0) {
    return { ok: false, error: `format ${format} has no ${missing.join(" and no ")}` };
  }
  if (new Set(fields).size < fields.length) {
    return { ok: false, error: `format ${format} names a part twice` };
  }
  return { ok: true, parse: (text) => parse(text, tokens) };
}

function tokensOf(format: string): readonly Token[] | string {
  const tokens: Token[] = [];
  let at = 0;
  while (at < format.length) {
    const known = NUMBERS.find(([token]) => format.startsWith(token, at));
    const mark = format[at];
    if (known !== undefined) {
      const [token, field, min, max] = known;
      tokens.push({ kind: "number", field, min, max });
      at += token.length;
      continue;
    }
    if (mark !== "T" && mark !== "Z" && /[A-Za-z0-9]/.test(mark)) {
      return `format ${format}: "${format.slice(at)}" is none of YYYY MM M DD D HH H mm ss Z T or a mark`;
    }
    tokens.push(mark === "Z" ? { kind: "offset" } : { kind: "literal", text: mark });
    at++;
  }
  return tokens;
}

function parse(text: string, tokens: readonly Token[]): number | null {
  const values = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  let offsetMs = 0;
  let at = 0;
  for (const token of tokens) {
    if (token.kind === "literal") {
      if (text[at] !== token.text) return null;
      at++;
    } else if (token.kind === "offset") {
      const match = /^(?:Z|([+-])(\d{2}):?(\d{2}))/.exec(text.slice(at));
      if (match === null) return null;
      const sign = match[1] === "-" ? -1 : 1;
      offsetMs = sign * (Number(match[2] ?? 0) * HOUR_MS + Number(match[3] ?? 0) * MINUTE_MS);
      at += match[0].length;
    } else {
      let value = 0;
      const start = at;
      while (at - start < token.max && isDigit(text.charCodeAt(at))) {
        value = value * 10 + (text.charCodeAt(at) - 48);
        at++;
      }
      if (at - start < token.min) return null;
      values[token.field] = value;
    }
  }
  if (at !== text.length || values.hour > 23 || values.minute > 59 || values.second > 59)
    return null;
  const midnight = civilToMs(values);
  if (midnight === null) return null;
  const time = values.hour * HOUR_MS + values.minute * MINUTE_MS + values.second * SECOND_MS;
  return midnight + time - offsetMs;
}

function epoch(text: string, unitMs: number): number | null {
  if (!/^-?\d{1,15}$/.test(text)) return null;
  return Number(text) * unitMs;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

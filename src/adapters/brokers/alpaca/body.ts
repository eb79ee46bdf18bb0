/**
 * JSON bodies of Alpaca, read field by field. Enters: the text as it came; leaves: texts, exact decimals
 * as text, and the body itself for the record. A number that stands without quotes is kept as the text it
 * was written with, so that no price or quantity goes through a double. Lenient in what it does not use
 * (Alpaca removes fields: those of pattern day trading in July 2026), strict in what it needs.
 * Source: Alpaca's OpenAPI documents of 2026-08.
 */
import type { Json } from "../../../base/canonical-json.ts";
import { parseDecimal } from "../../../base/decimal.ts";
import type { DecimalText } from "../../../domain/venue-report.ts";

export type Body = { readonly [key: string]: Json };

/** An answer that came and does not say what it must. */
export class UnreadableBody extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnreadableBody";
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const numbersAsWritten: Reviver = (_key, value, { source }) =>
  typeof value === "number" ? (source ?? String(value)) : value;

/** Throws UnreadableBody when the text is not JSON. */
export function parseBody(text: string): Json {
  try {
    return JSON.parse(text, numbersAsWritten as (key: string, value: unknown) => unknown) as Json;
  } catch (cause) {
    const seen = text.length === 0 ? "an empty body" : `"${text.slice(0, 80)}"`;
    throw new UnreadableBody(`expected JSON, got ${seen} (${(cause as Error).name})`);
  }
}

export function asBody(value: Json | undefined, what: string): Body {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Body;
  throw new UnreadableBody(`${what} is not an object: ${shown(value)}`);
}

export function asList(value: Json | undefined, what: string): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw new UnreadableBody(`${what} is not a list: ${shown(value)}`);
}

export function textOf(body: Body, key: string): string {
  const value = body[key];
  if (typeof value === "string" && value !== "") return value;
  throw new UnreadableBody(`${key} is ${shown(value)}, expected a text`);
}

/** Null where it is absent, null or empty. */
export function optionalText(body: Body, key: string): string | null {
  const value = body[key];
  return typeof value === "string" && value !== "" ? value : null;
}

export function decimalOf(body: Body, key: string): DecimalText {
  const text = textOf(body, key);
  if (parseDecimal(text) !== null) return text;
  throw new UnreadableBody(`${key} is ${shown(text)}, expected a decimal number`);
}

/** Null where it is absent, null or empty; anything else must be a number. */
export function optionalDecimal(body: Body, key: string): DecimalText | null {
  return optionalText(body, key) === null ? null : decimalOf(body, key);
}

/** Of a closed list; a word that is not in it is not guessed at. */
export function wordOf<Word extends string>(
  body: Body,
  key: string,
  words: ReadonlyMap<string, Word>,
): Word {
  const text = textOf(body, key);
  const word = words.get(text);
  if (word !== undefined) return word;
  throw new UnreadableBody(
    `${key} is ${shown(text)}, expected one of ${[...words.keys()].join(", ")}`,
  );
}

function shown(value: Json | undefined): string {
  return value === undefined ? "absent" : JSON.stringify(value).slice(0, 80);
}

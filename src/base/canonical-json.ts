/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, numbers as ECMAScript prints them,
 * no white space. What it cannot say exactly (NaN, infinities, undefined, functions, lone
 * surrogates, holes in a list, objects with a life such as Map, Date or a typed array) it refuses
 * with a TypeError, because a hash over a guess proves nothing.
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case "string":
      return canonicalString(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot hold ${value}`);
      return value === 0 ? "0" : `${value}`;
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value)
        ? canonicalList(value)
        : canonicalObject(value as { readonly [key: string]: Json });
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
}

function canonicalList(list: readonly Json[]): string {
  if (list.length === 0) return "[]";
  let body = `[${canonicalJson(list[0])}`;
  for (let i = 1; i < list.length; i++) body += `,${canonicalJson(list[i])}`;
  return `${body}]`;
}

function canonicalObject(record: { readonly [key: string]: Json }): string {
  const prototype: unknown = Object.getPrototypeOf(record);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`canonical JSON cannot hold a ${(prototype as object).constructor.name}`);
  }
  const keys = Object.keys(record);
  if (keys.length === 0) return "{}";
  sortByCodeUnit(keys);
  let body = `{${prefixOf(keys[0])}${canonicalJson(record[keys[0]])}`;
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i];
    body += `,${prefixOf(key)}${canonicalJson(record[key])}`;
  }
  return `${body}}`;
}

/** Journals say the same few keys millions of times; a bounded memory of how they are written. */
const prefixes = new Map<string, string>();
const MOST_PREFIXES = 4096;

function prefixOf(key: string): string {
  const known = prefixes.get(key);
  if (known !== undefined) return known;
  const prefix = `${canonicalString(key)}:`;
  if (prefixes.size < MOST_PREFIXES) prefixes.set(key, prefix);
  return prefix;
}

/** Above it the insertion sort, quick on the few and nearly sorted keys of a record, gives way. */
const FEW_KEYS = 24;

function sortByCodeUnit(keys: string[]): void {
  if (keys.length > FEW_KEYS) {
    keys.sort(byCodeUnit);
    return;
  }
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i];
    let at = i - 1;
    while (at >= 0 && keys[at] > key) {
      keys[at + 1] = keys[at];
      at -= 1;
    }
    keys[at + 1] = key;
  }
}

/** Nothing to escape and no surrogate: most of what is written. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError("canonical JSON cannot hold a lone surrogate");
  return JSON.stringify(text);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

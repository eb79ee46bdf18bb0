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

type List = readonly Json[];
type Struct = { readonly [key: string]: Json };

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
      return value === null ? "null" : printed(value);
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
}

/** The engine's own printer is three times as quick, once the keys are in order. */
function printed(value: List | Struct): string {
  const ordered = inOrder(value);
  const text = ordered === undefined ? undefined : JSON.stringify(ordered);
  // It escapes a lone surrogate instead of refusing it: spelled out, such a text is refused.
  if (text !== undefined && !text.includes("\\ud")) return text;
  return Array.isArray(value) ? spelledList(value) : spelledObject(value as Struct);
}

/**
 * The same value with every record's keys in code unit order, itself where they are; undefined for
 * what JSON.stringify would print otherwise than is wanted, or not refuse.
 */
function inOrder(value: Json): Json | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : undefined;
    case "object":
      if (value === null) return null;
      return Array.isArray(value) ? listInOrder(value) : recordInOrder(value as Struct);
    default:
      return undefined;
  }
}

function listInOrder(list: List): Json | undefined {
  if (Object.getPrototypeOf(list) !== Array.prototype) return undefined;
  let copy: Json[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const item = inOrder(list[i]);
    if (item === undefined) return undefined;
    if (copy === null && item !== list[i]) copy = [...list];
    if (copy !== null) copy[i] = item;
  }
  return copy ?? list;
}

function recordInOrder(record: Struct): Json | undefined {
  const prototype: unknown = Object.getPrototypeOf(record);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const keys = Object.keys(record);
  let copy: { [key: string]: Json } | null = null;
  if (!isSorted(keys)) {
    if (keys.some(isOddKey)) return undefined;
    sortByCodeUnit(keys);
    copy = {};
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const item = inOrder(record[key]);
    if (item === undefined) return undefined;
    if (copy === null && item !== record[key]) copy = { ...record };
    if (copy !== null) copy[key] = item;
  }
  return copy ?? record;
}

function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i] < keys[i - 1]) return false;
  return true;
}

/** Engines put whole numbers before other keys, and assigning __proto__ makes no key. */
function isOddKey(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= ZERO && first <= NINE) || key === "__proto__";
}

function spelledList(list: List): string {
  if (list.length === 0) return "[]";
  let body = `[${spelled(list[0])}`;
  for (let i = 1; i < list.length; i++) body += `,${spelled(list[i])}`;
  return `${body}]`;
}

function spelledObject(record: Struct): string {
  const prototype: unknown = Object.getPrototypeOf(record);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`canonical JSON cannot hold a ${(prototype as object).constructor.name}`);
  }
  const keys = Object.keys(record);
  sortByCodeUnit(keys);
  let body = "";
  for (const key of keys) {
    body += `${body === "" ? "" : ","}${canonicalString(key)}:${spelled(record[key])}`;
  }
  return `{${body}}`;
}

/** Part by part, without a second try at every level below. */
function spelled(value: Json): string {
  if (typeof value !== "object" || value === null) return canonicalJson(value);
  return Array.isArray(value) ? spelledList(value) : spelledObject(value as Struct);
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

const ZERO = 0x30;
const NINE = 0x39;

/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, numbers as ECMAScript prints them,
 * no white space. What it cannot say exactly (NaN, infinities, undefined, functions, lone
 * surrogates) it refuses with a TypeError, because a hash over a guess proves nothing.
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
      return String(value === 0 ? 0 : value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null ? "null" : canonicalObject(value);
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
}

function canonicalObject(value: readonly Json[] | { readonly [key: string]: Json }): string {
  if (Array.isArray(value)) {
    let list = "[";
    for (let i = 0; i < value.length; i++) list += (i === 0 ? "" : ",") + canonicalJson(value[i]);
    return `${list}]`;
  }
  const record = value as { readonly [key: string]: Json };
  const keys = Object.keys(record).sort(byCodeUnit);
  let body = "{";
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    body += `${(i === 0 ? "" : ",") + canonicalString(key)}:${canonicalJson(record[key])}`;
  }
  return `${body}}`;
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("canonical JSON cannot hold a lone surrogate");
  return JSON.stringify(text);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

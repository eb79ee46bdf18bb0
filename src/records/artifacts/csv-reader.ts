/**
 * The bytes of an artifact back to a table, strictly: the header that the declaration says, every
 * field of its declared type, LF line ends, no blank line. Numbers, integers and dates come as
 * Float64Array with NaN for an empty field; texts and booleans as lists with null. What does not
 * read throws invariant 21 with file and line. It shares nothing with the encoder.
 */
import { InvariantError } from "../../base/assert.ts";
import { parseIsoDate } from "../../base/instant.ts";
import type { ArtifactDeclaration, ColumnType, TableData } from "../../domain/artifact.ts";

type Field = { from: number; to: number; quoted: boolean };
type Cell = string | number | boolean | null;

export function decodeCsv(declaration: ArtifactDeclaration, bytes: Uint8Array): TableData {
  const header = `${declaration.columns.map((column) => column.name).join(",")}\n`;
  let at = header.length;
  if (asciiText(bytes, 0, Math.min(at, bytes.length)) !== header) {
    throw unreadable(declaration, 1, "its header is not the declared one");
  }
  const types = declaration.columns.map((column) => column.type);
  const values: Cell[][] = types.map(() => []);
  const dates = new Map<string, number>();
  const field: Field = { from: 0, to: 0, quoted: false };
  let rows = 0;
  while (at < bytes.length) {
    rows += 1;
    for (let i = 0; i < types.length; i++) {
      at = nextField(bytes, at, field);
      const end = i === types.length - 1 ? LINE_FEED : COMMA;
      if (bytes[at] !== end) throw unreadable(declaration, rows + 1, "another number of fields");
      const cell = readCell(bytes, field, types[i], dates);
      if (cell === undefined) {
        const text = asciiText(bytes, field.from, field.to);
        throw unreadable(
          declaration,
          rows + 1,
          `${declaration.columns[i].name} "${text}" is not a ${types[i]}`,
        );
      }
      values[i].push(cell);
      at += 1;
    }
  }
  return { rows, columns: values.map((column, i) => packed(column, types[i])) };
}

/** Finds the end of the field at `at`: the index of the comma, line feed or end behind it. */
function nextField(bytes: Uint8Array, at: number, field: Field): number {
  field.quoted = bytes[at] === QUOTE;
  if (!field.quoted) {
    field.from = at;
    while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== LINE_FEED) at += 1;
    field.to = at;
    return at;
  }
  field.from = at + 1;
  for (at += 1; at < bytes.length; at += 1) {
    if (bytes[at] !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE) break;
    at += 1;
  }
  field.to = at;
  return at + 1;
}

/** The value of a field, or undefined when it is not of the type. */
function readCell(
  bytes: Uint8Array,
  field: Field,
  type: ColumnType,
  dates: Map<string, number>,
): Cell | undefined {
  if (type === "text") return readText(bytes, field);
  if (field.quoted) return undefined;
  if (field.from === field.to) return type === "boolean" ? null : Number.NaN;
  if (type === "number" || type === "integer") return readNumber(bytes, field, type);
  const text = asciiText(bytes, field.from, field.to);
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : undefined;
  const known = dates.get(text);
  if (known !== undefined) return known;
  const ms = parseInstant(text);
  if (ms === null) return undefined;
  dates.set(text, ms);
  return ms;
}

function readNumber(bytes: Uint8Array, field: Field, type: ColumnType): number | undefined {
  const value = plainDecimal(bytes, field.from, field.to) ?? anyNumber(bytes, field);
  if (value === undefined) return undefined;
  return type === "integer" && !Number.isSafeInteger(value) ? undefined : value;
}

/**
 * Digits with at most one point, exact: an integer below 2^53 divided by a power of ten up to
 * 10^22 rounds once (Clinger, "How to Read Floating Point Numbers Accurately", 1990, fast path).
 */
function plainDecimal(bytes: Uint8Array, from: number, to: number): number | undefined {
  const negative = bytes[from] === MINUS;
  const first = negative ? from + 1 : from;
  if (to === first || to - first > 16) return undefined;
  let digits = 0;
  let point = -1;
  for (let i = first; i < to; i++) {
    const byte = bytes[i];
    if (byte >= ZERO && byte <= NINE) digits = digits * 10 + (byte - ZERO);
    else if (byte === POINT && point < 0 && i > first && i < to - 1) point = i;
    else return undefined;
  }
  // A second spelling of a number (007, 1.50, -0) is left to the strict way, which refuses it.
  const leadingZero = bytes[first] === ZERO && to - first > 1 && bytes[first + 1] !== POINT;
  if (leadingZero || (point >= 0 && bytes[to - 1] === ZERO)) return undefined;
  if (digits > Number.MAX_SAFE_INTEGER || (digits === 0 && negative)) return undefined;
  const value = point < 0 ? digits : digits / POWERS[to - point - 1];
  if (value < SMALLEST_PLAIN && value !== 0) return undefined;
  return negative ? -value : value;
}

function anyNumber(bytes: Uint8Array, field: Field): number | undefined {
  const text = asciiText(bytes, field.from, field.to);
  const value = Number(text);
  // Only what the writer prints: no blanks, no hexadecimal, no infinities, no second spelling.
  return Number.isFinite(value) && String(value) === text ? value : undefined;
}

function readText(bytes: Uint8Array, field: Field): string | null | undefined {
  if (!field.quoted) {
    return field.from === field.to ? null : utf8Text(bytes, field.from, field.to);
  }
  const text = utf8Text(bytes, field.from, field.to);
  return text?.includes('"') === true ? text.replaceAll('""', '"') : text;
}

/** YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ as milliseconds; null for anything else. */
function parseInstant(text: string): number | null {
  const day = parseIsoDate(text.slice(0, 10));
  if (day === null || text.length === 10) return day;
  const match = /^T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)Z$/.exec(text.slice(10));
  if (match === null) return null;
  return day + ((Number(match[1]) * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000;
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

/** Decodes UTF-8; undefined when it is not: truncated, overlong, a surrogate, out of range. */
function utf8Text(bytes: Uint8Array, from: number, to: number): string | undefined {
  let text = "";
  for (let i = from; i < to; ) {
    const lead = bytes[i];
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      i += 1;
      continue;
    }
    const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + size > to) return undefined;
    let point = lead & (0x7f >> size);
    for (let k = 1; k < size; k++) {
      if ((bytes[i + k] & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (bytes[i + k] & 0x3f);
    }
    const isSurrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < SMALLEST[size] || point > 0x10ffff || isSurrogate) return undefined;
    text += String.fromCodePoint(point);
    i += size;
  }
  return text;
}

function packed(column: Cell[], type: ColumnType): TableData["columns"][number] {
  return type === "text" || type === "boolean" ? column : Float64Array.from(column as number[]);
}

function unreadable(declaration: ArtifactDeclaration, line: number, what: string): InvariantError {
  return new InvariantError(21, `${declaration.file}:${line}: ${what}`);
}

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** The smallest code point each length of UTF-8 may hold. */
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];
const POWERS = Array.from({ length: 17 }, (_, i) => Number(`1e${i}`));
/** Below it numbers are printed with an exponent. */
const SMALLEST_PLAIN = 1e-6;

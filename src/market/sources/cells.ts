/**
 * Reading single cells of a raw table. A number is a plain decimal, exponent allowed ("1e3"):
 * thousands separators, percent signs, NaN and infinities are not. Spaces around a value are not
 * part of it.
 */
import { Fault } from "../../domain/fault.ts";
import type { RawColumn, RawTable } from "../../ports/table-source.ts";
import type { DateParser } from "../date-format.ts";

/** NaN: the cell is empty. Infinity: it holds something that is not a number. */
export function numberAt(column: RawColumn, row: number): number {
  if (column.kind === "text") return parseNumber(column.values[row]);
  const value = column.values[row];
  return value === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : value;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

export function parseNumber(text: string): number {
  const plain = text.trim();
  if (plain === "") return Number.NaN;
  if (!NUMBER.test(plain)) return Number.POSITIVE_INFINITY;
  const value = Number(plain);
  return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
}

/**
 * Milliseconds UTC, or null when the cell is not such a date. Fractions of a second are refused:
 * event times are written in whole seconds, and two bars must not share a name.
 */
export function dateAt(column: RawColumn, row: number, parse: DateParser | null): number | null {
  const ms = instantAt(column, row, parse);
  return ms === null || ms % 1000 !== 0 ? null : ms;
}

function instantAt(column: RawColumn, row: number, parse: DateParser | null): number | null {
  if (column.kind === "time") return Number.isNaN(column.values[row]) ? null : column.values[row];
  return parse === null ? null : parse(String(column.values[row]).trim());
}

/** The cell as a message shows it: quoted text, or the number; "" for an empty one. */
export function shownAt(column: RawColumn, row: number): string {
  const cell = column.values[row];
  if (typeof cell === "string") return `"${cell.length > 40 ? `${cell.slice(0, 40)}..` : cell}"`;
  return Number.isNaN(cell) ? '""' : String(cell);
}

export function textAt(column: RawColumn, row: number): string {
  const cell = column.values[row];
  if (typeof cell === "string") return cell.trim();
  return Number.isNaN(cell) ? "" : String(cell);
}

/** A column by its exact header; the fault lists the headers that are there. */
export function columnOf(table: RawTable, header: string, key: string): RawColumn {
  const column = table.columns.get(header);
  if (column !== undefined) return column;
  const present = [...table.columns.keys()].map((name) => `"${name}"`).join(", ");
  throw new Fault(
    "data",
    `${key}: ${table.file} has no column "${header}"; its columns are ${present} (matched exactly)`,
    { where: table.file },
  );
}

/**
 * One column of a raw table -> a reference series, and where each of its values stands. A row that
 * does not read, an empty cell, a second value at one time and a value at or below zero are
 * rejected rows like those of bars; nothing is filled in. Refuses a series without a value.
 */
import { DAY_MS, formatInstant } from "../../base/instant.ts";
import { invariant } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { ReferenceSeries } from "../../domain/pack.ts";
import type { RawTable } from "../../ports/table-source.ts";
import { cleanRows } from "../quality/clean.ts";
import { type FindingBook, type FindingKind, reject } from "../quality/findings.ts";
import { columnOf, dateAt, numberAt, shownAt } from "./cells.ts";
import { type GatheredRows, parserOf } from "./gather.ts";
import type { ReferenceSettings } from "./section.ts";

/** First and last day taken, as instants at 00:00Z. */
export type DayRange = { readonly fromMs: number; readonly toMs: number };

export type PlacedReference = {
  readonly reference: ReferenceSeries;
  readonly where: (row: number) => string;
};

export function gatherReference(
  settings: ReferenceSettings,
  input: {
    readonly table: RawTable;
    /** "data.references.0", for messages. */
    readonly key: string;
    readonly book: FindingBook;
    readonly range: DayRange;
  },
): PlacedReference {
  const { table, book } = input;
  const rows = readRows(settings, input);
  const files = [table.file];
  const { order, where } = cleanRows(rows, { book, files, allowNonpositive: true });
  const [values] = rows.values;
  return {
    reference: referenceOf(settings, {
      timesMs: Float64Array.from(order, (row) => rows.times[row]),
      values: Float64Array.from(order, (row) => values[row]),
    }),
    where: (row) => where(order[row]),
  };
}

export function nothingOf(id: string, range: string): Fault {
  return new Fault(
    "data",
    `reference ${id} has no usable value between ${range}; widen them or bring its values`,
  );
}

function readRows(
  { id, date: setting, column: header }: ReferenceSettings,
  { table, key, book, range }: Parameters<typeof gatherReference>[1],
): GatheredRows {
  const date = columnOf(table, setting.column, `${key}.date.column`);
  const column = columnOf(table, header, `${key}.column`);
  const parse = parserOf(setting, { date, key, file: table.file });
  const rows = { id, fields: ["close"] as const, fileOf: [] as number[], lineOf: [] as number[] };
  const times: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const drop = (kind: FindingKind, value: string) =>
      reject(book, kind, id, () => ({ where: `${table.file}:${table.lines[row]}`, value }));
    book.rowsRead++;
    const timeMs = dateAt(date, row, parse);
    if (timeMs === null) {
      drop("bad_date", shownAt(date, row));
      continue;
    }
    if (timeMs < range.fromMs || timeMs >= range.toMs + DAY_MS) {
      book.rowsOutside++;
      continue;
    }
    const value = numberAt(column, row);
    if (!Number.isFinite(value)) {
      const kind = Number.isNaN(value) ? "missing_value" : "bad_number";
      drop(kind, `${formatInstant(timeMs)} ${header} ${shownAt(column, row)}`);
      continue;
    }
    if (value <= 0) {
      drop("value_not_positive", `${formatInstant(timeMs)} ${header} ${value}`);
      continue;
    }
    times.push(timeMs);
    values.push(value);
    rows.fileOf.push(0);
    rows.lineOf.push(table.lines[row]);
  }
  return { ...rows, times, values: [values] };
}

function referenceOf(
  { id, kind, currency, quote }: ReferenceSettings,
  columns: Pick<ReferenceSeries, "timesMs" | "values">,
): ReferenceSeries {
  if (kind === "volatility_index") return { id, kind, ...columns };
  const isPair = currency !== undefined && quote !== undefined;
  invariant(isPair, 6, () => `the section let reference ${id} pass without its currencies`);
  return { id, kind, currency, quote, ...columns };
}

/**
 * Raw tables -> rows per instrument, in file order, with the line each came from. A row that does
 * not read (date, number, empty required cell) is reported and left out; nothing is filled in.
 * Dividends and splits are taken from a row whenever its date reads, even if its prices do not.
 */
import { DAY_MS, dayNumber, formatInstant } from "../../base/instant.ts";
import { BAR_FIELDS, type BarField } from "../../domain/bar.ts";
import { Fault } from "../../domain/fault.ts";
import type { RawColumn, RawTable } from "../../ports/table-source.ts";
import { type DateParser, dateFormatOf } from "../date-format.ts";
import { type FindingBook, reject, report } from "../quality/findings.ts";
import type { SourceSettings } from "./section.ts";
import { columnOf, dateAt, numberAt, shownAt, textAt } from "./cells.ts";

export type GatheredRows = {
  readonly id: string;
  /** The fields that the source maps, in the order of BAR_FIELDS; close is always there. */
  readonly fields: readonly BarField[];
  readonly times: number[];
  /** One list per field. */
  readonly values: readonly number[][];
  /** Index into `files`, and line, per row. */
  readonly fileOf: number[];
  readonly lineOf: number[];
};

/** As the file says it; the pay date may still be unknown. */
export type RawAction = {
  readonly kind: "dividend" | "split";
  readonly instrument: string;
  readonly exDateMs: number;
  readonly amount: number;
  readonly payDateMs: number | null;
  readonly where: string;
};

export type Gathering = {
  readonly book: FindingBook;
  readonly files: string[];
  readonly rows: Map<string, GatheredRows>;
  /** Every instrument that the files or the mandate name, with or without a usable row. */
  readonly expected: Set<string>;
  readonly actions: RawAction[];
  /** First and last day taken, as instants at 00:00Z. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
};

type Reader = {
  readonly gathering: Gathering;
  readonly table: RawTable;
  readonly file: number;
  readonly key: string;
  readonly date: RawColumn;
  readonly parse: DateParser | null;
  readonly source: SourceSettings;
};

export function gatherSource(
  gathering: Gathering,
  source: SourceSettings,
  input: { readonly table: RawTable; readonly key: string },
): void {
  const { table, key } = input;
  const date = columnOf(table, source.date.column, `${key}.date.column`);
  const reader: Reader = {
    gathering,
    table,
    key,
    date,
    source,
    file: gathering.files.push(table.file) - 1,
    parse: parserOf(source.date, { date, key, file: table.file }),
  };
  if (source.layout === "wide") gatherWide(reader);
  else gatherFields(reader);
}

/** How dates of a file read; null where the column is one of dates already. */
export function parserOf(
  setting: SourceSettings["date"],
  at: { readonly date: RawColumn; readonly key: string; readonly file: string },
): DateParser | null {
  if (setting.format === undefined) {
    if (at.date.kind === "time") return null;
    throw new Fault(
      "data",
      `${at.key}.date.format: missing, and column "${setting.column}" of ${at.file} is not a DATE or TIMESTAMP`,
      { where: at.file },
    );
  }
  const format = dateFormatOf(setting.format);
  if (!format.ok) throw new Fault("mandate", `${at.key}.date.format: ${format.error}`);
  return format.parse;
}

function gatherWide(reader: Reader): void {
  const { source, table, gathering } = reader;
  const present = [...table.columns.keys()].filter((name) => name !== source.date.column);
  const ids = source.instruments ?? present;
  const columns = ids.map((id) => columnOf(table, id, `${reader.key}.instruments`));
  const targets = ids.map((id) => rowsFor(reader, id, ["close"]));
  for (const id of ids) gathering.expected.add(id);
  const lastSeen = new Int32Array(ids.length).fill(-1);
  for (let row = 0; row < table.rows; row++) {
    const timeMs = timeOf(reader, row, null);
    if (timeMs === null) continue;
    for (let k = 0; k < ids.length; k++) {
      const value = numberAt(columns[k], row);
      if (Number.isNaN(value)) continue;
      gathering.book.rowsRead++;
      reportAbsent(reader, { id: ids[k], after: lastSeen[k], row });
      lastSeen[k] = row;
      if (value === Number.POSITIVE_INFINITY) {
        reject(gathering.book, "bad_number", ids[k], () => rowText(reader, row, columns[k]));
      } else push(targets[k], reader, { timeMs, row, values: [value] });
    }
  }
}

/** Empty cells before the first and after the last bar are a life span; between two they are holes. */
function reportAbsent(
  reader: Reader,
  hole: { readonly id: string; readonly after: number; readonly row: number },
): void {
  if (hole.after < 0) return;
  for (let row = hole.after + 1; row < hole.row; row++) {
    const timeMs = dateAt(reader.date, row, reader.parse);
    if (timeMs === null || isOutside(reader, timeMs)) continue;
    report(reader.gathering.book, "absent_in_panel", hole.id, () => rowText(reader, row, null));
  }
}

function gatherFields(reader: Reader): void {
  const { source, table, key, gathering } = reader;
  const mapping = source.columns ?? { close: "" };
  const fields = BAR_FIELDS.filter((field) => typeof mapping[field] === "string");
  const columns = fields.map((field) =>
    columnOf(table, mapping[field] as string, `${key}.columns.${field}`),
  );
  const actions = actionColumns(reader);
  const ids =
    source.layout === "long"
      ? columnOf(table, source.instrument_column ?? "", `${key}.instrument_column`)
      : null;
  const wanted = source.instruments ? new Set(source.instruments) : null;
  const targets = new Map<string, GatheredRows>();
  for (let row = 0; row < table.rows; row++) {
    const id = ids === null ? (source.instrument ?? "") : textAt(ids, row);
    if (wanted !== null && !wanted.has(id)) continue;
    gathering.book.rowsRead++;
    if (id === "") {
      reject(gathering.book, "missing_value", null, () => rowText(reader, row, null, "instrument"));
      continue;
    }
    gathering.expected.add(id);
    const timeMs = timeOf(reader, row, id);
    if (timeMs === null) continue;
    for (const action of actions) takeAction(reader, action, { row, id, timeMs });
    const values = readValues(reader, { row, id, fields, columns });
    if (values === null) continue;
    const target = targets.get(id) ?? rowsFor(reader, id, fields);
    targets.set(id, target);
    push(target, reader, { timeMs, row, values });
  }
  for (const id of wanted ?? []) {
    if (!gathering.expected.has(id)) throw absentInstrument(reader, id, ids);
  }
}

function readValues(
  reader: Reader,
  at: {
    readonly row: number;
    readonly id: string;
    readonly fields: readonly BarField[];
    readonly columns: readonly RawColumn[];
  },
): number[] | null {
  const values = at.columns.map((column) => numberAt(column, at.row));
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  const kind = Number.isNaN(values[bad]) ? "missing_value" : "bad_number";
  reject(reader.gathering.book, kind, at.id, () =>
    rowText(reader, at.row, at.columns[bad], at.fields[bad]),
  );
  return null;
}

type ActionColumns = {
  readonly kind: "dividend" | "split";
  readonly column: RawColumn;
  readonly payDate: RawColumn | null;
};

function actionColumns(reader: Reader): readonly ActionColumns[] {
  const { source, table, key } = reader;
  const column = (field: "dividend" | "split" | "pay_date") => {
    const header = source.columns?.[field];
    return typeof header === "string" ? columnOf(table, header, `${key}.columns.${field}`) : null;
  };
  const dividend = column("dividend");
  const split = column("split");
  const list: ActionColumns[] = [];
  if (dividend !== null)
    list.push({ kind: "dividend", column: dividend, payDate: column("pay_date") });
  if (split !== null) list.push({ kind: "split", column: split, payDate: null });
  return list;
}

/** Events are sparse: an empty cell, 0, and for a split 1, say that there is none. */
function takeAction(
  reader: Reader,
  { kind, column, payDate }: ActionColumns,
  at: { readonly row: number; readonly id: string; readonly timeMs: number },
): void {
  const amount = numberAt(column, at.row);
  if (Number.isNaN(amount) || amount === 0 || (kind === "split" && amount === 1)) return;
  const { gathering } = reader;
  const exDateMs = dayNumber(at.timeMs) * DAY_MS;
  const paid = payDate === null || textAt(payDate, at.row) === "" ? null : payDate;
  const payDateMs = paid === null ? null : dateAt(paid, at.row, reader.parse);
  const payDateBad = paid !== null && (payDateMs === null || payDateMs < exDateMs);
  if (!(amount > 0) || amount === Number.POSITIVE_INFINITY || payDateBad) {
    reject(gathering.book, "bad_action", at.id, () =>
      rowText(reader, at.row, payDateBad ? paid : column, payDateBad ? "pay_date" : kind),
    );
    return;
  }
  const where = whereOf(reader, at.row);
  gathering.actions.push({ kind, instrument: at.id, exDateMs, amount, payDateMs, where });
}

/** The row's instant; null when it does not read (reported) or lies outside the range (counted). */
function timeOf(reader: Reader, row: number, id: string | null): number | null {
  const { gathering, date, parse } = reader;
  const timeMs = dateAt(date, row, parse);
  if (timeMs === null) {
    reject(gathering.book, "bad_date", id, () => ({
      where: whereOf(reader, row),
      value: shownAt(date, row),
    }));
    return null;
  }
  if (!isOutside(reader, timeMs)) return timeMs;
  gathering.book.rowsOutside++;
  return null;
}

function isOutside({ gathering: { range } }: Reader, timeMs: number): boolean {
  return timeMs < range.fromMs || timeMs >= range.toMs + DAY_MS;
}

function rowsFor(reader: Reader, id: string, fields: readonly BarField[]): GatheredRows {
  const { rows } = reader.gathering;
  let target = rows.get(id);
  if (target === undefined) {
    const values = fields.map((): number[] => []);
    target = { id, fields, times: [], values, fileOf: [], lineOf: [] };
    rows.set(id, target);
  }
  if (target.fields.join() !== fields.join()) {
    throw new Fault(
      "mandate",
      `${reader.key}.columns: gives ${id} the fields ${fields.join(", ")}, an earlier source ${target.fields.join(", ")}; all files of one instrument need the same`,
    );
  }
  return target;
}

function push(
  target: GatheredRows,
  reader: Reader,
  bar: { readonly timeMs: number; readonly row: number; readonly values: readonly number[] },
): void {
  target.times.push(bar.timeMs);
  for (let k = 0; k < bar.values.length; k++) target.values[k].push(bar.values[k]);
  target.fileOf.push(reader.file);
  target.lineOf.push(reader.table.lines[bar.row]);
}

function whereOf({ table }: Reader, row: number): string {
  return `${table.file}:${table.lines[row]}`;
}

function rowText(reader: Reader, row: number, column: RawColumn | null, label = "") {
  const timeMs = dateAt(reader.date, row, reader.parse);
  const parts = [timeMs === null ? "" : formatInstant(timeMs), label];
  if (column !== null) parts.push(shownAt(column, row));
  return { where: whereOf(reader, row), value: parts.filter((part) => part !== "").join(" ") };
}

function absentInstrument(reader: Reader, id: string, ids: RawColumn | null): Fault {
  const { table, key } = reader;
  const present = new Set<string>();
  for (let row = 0; ids !== null && row < table.rows; row++) present.add(textAt(ids, row));
  const list = [...present].slice(0, 20).join(", ");
  const message = `${table.file} has no rows of ${id}; it has ${list}`;
  return new Fault("data", `${key}.instruments: ${message}`, { where: table.file });
}

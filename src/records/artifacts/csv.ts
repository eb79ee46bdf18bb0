/**
 * A table in memory to the bytes of a CSV file. One header line, LF, RFC 4180 quoting, numbers as
 * the shortest decimal that reads back as the same double, dates as base/instant prints them,
 * true and false. A missing value (null, NaN) is an empty field; the empty text is "". Refused with
 * invariant 21: a duplicate or missing primary key, a number that is infinite, an integer that is
 * not one, a value of another type than declared, a column too short.
 */
import { InvariantError, invariant } from "../../base/assert.ts";
import { formatInstant } from "../../base/instant.ts";
import type { ArtifactDeclaration, ColumnType, TableData } from "../../domain/artifact.ts";
import { ByteWriter } from "./byte-writer.ts";
import { refuseDuplicateKeys } from "./primary-key.ts";

type Column = TableData["columns"][number];
type WriteCell = (row: number) => void;

/** The bytes of the file a declaration and its values make. */
export function encodeCsv(declaration: ArtifactDeclaration, data: TableData): Uint8Array {
  refuseShape(declaration, data);
  refuseDuplicateKeys(declaration, data);
  const writer = new ByteWriter();
  const cells = declaration.columns.map((column, index) =>
    cellWriter(writer, data.columns[index], {
      type: column.type,
      where: `${declaration.file} column ${column.name}`,
    }),
  );
  writer.utf8(`${declaration.columns.map((column) => column.name).join(",")}\n`);
  for (let row = 0; row < data.rows; row++) {
    for (let i = 0; i < cells.length; i++) {
      if (i > 0) writer.byte(COMMA);
      cells[i](row);
    }
    writer.byte(LINE_FEED);
  }
  return writer.bytes();
}

function refuseShape(declaration: ArtifactDeclaration, data: TableData): void {
  invariant(
    data.columns.length === declaration.columns.length,
    21,
    `${declaration.file} has ${declaration.columns.length} columns, ${data.columns.length} were given`,
  );
  declaration.columns.forEach((column, index) => {
    invariant(
      data.columns[index].length >= data.rows,
      21,
      `${declaration.file} column ${column.name}: ${data.columns[index].length} values for ${data.rows} rows`,
    );
  });
}

function cellWriter(
  writer: ByteWriter,
  column: Column,
  options: { readonly type: ColumnType; readonly where: string },
): WriteCell {
  switch (options.type) {
    case "number":
    case "integer":
      return numberWriter(writer, column, options);
    case "date":
      return dateWriter(writer, column, options.where);
    case "text":
      return textWriter(writer, column, options.where);
    case "boolean":
      return (row) => {
        const value = column[row];
        if (value === null) return;
        if (typeof value !== "boolean") throw wrongType(options.where, row, value);
        writer.ascii(value ? "true" : "false");
      };
  }
}

function numberWriter(
  writer: ByteWriter,
  column: Column,
  options: { readonly type: ColumnType; readonly where: string },
): WriteCell {
  const whole = options.type === "integer";
  return (row) => {
    const value = column[row];
    if (value === null) return;
    if (typeof value !== "number") throw wrongType(options.where, row, value);
    if (Number.isNaN(value)) return;
    if (whole ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      throw wrongType(options.where, row, value);
    }
    writer.number(value);
  };
}

function dateWriter(writer: ByteWriter, column: Column, where: string): WriteCell {
  // Panels repeat a date in consecutive rows.
  let lastMs = Number.NaN;
  let lastText = "";
  return (row) => {
    const ms = column[row];
    if (ms === null) return;
    if (typeof ms !== "number") throw wrongType(where, row, ms);
    if (Number.isNaN(ms)) return;
    if (ms !== lastMs) {
      if (!Number.isSafeInteger(ms) || ms % 1000 !== 0) throw wrongType(where, row, ms);
      lastText = formatInstant(ms);
      lastMs = ms;
    }
    writer.ascii(lastText);
  };
}

function textWriter(writer: ByteWriter, column: Column, where: string): WriteCell {
  return (row) => {
    const text = column[row];
    if (text === null) return;
    if (typeof text !== "string") throw wrongType(where, row, text);
    writer.utf8(text === "" || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  };
}

function wrongType(where: string, row: number, value: unknown): InvariantError {
  return new InvariantError(21, `${where}, row ${row + 1}: ${String(value)} is not of its type`);
}

const NEEDS_QUOTES = /[",\r\n]/;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;

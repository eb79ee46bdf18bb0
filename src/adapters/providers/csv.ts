/**
 * CSV text (RFC 4180) -> a raw table: commas, quoted fields with doubled quotes, CRLF or LF, a
 * header in the first line. Blank lines are skipped; every row keeps the line it starts on. A row
 * with another number of fields than the header, a quote that never closes, and a header named
 * twice are refused with file:line: a table that is broken in its structure proves nothing.
 */
import { Fault } from "../../domain/fault.ts";
import type { RawColumn, RawTable } from "../../ports/table-source.ts";

const COMMA = 44;
const QUOTE = 34;
const LF = 10;
const CR = 13;

/** `file` is the name that messages show. */
export function parseCsv(text: string, file: string): RawTable {
  const scanner: Scanner = { text, file, at: 0, line: 1 };
  const header = nextRecord(scanner);
  if (header === null)
    throw new Fault("data", `${file} is empty: it has no header line`, { where: file });
  refuseTwice(header.fields, `${file}:${header.line}`);
  const values = header.fields.map((): string[] => []);
  const lines: number[] = [];
  for (let record = nextRecord(scanner); record !== null; record = nextRecord(scanner)) {
    const { fields, line } = record;
    if (fields.length !== values.length) throw ragged(file, line, [fields.length, values.length]);
    for (let k = 0; k < fields.length; k++) values[k].push(fields[k]);
    lines.push(line);
  }
  const columns = new Map<string, RawColumn>();
  header.fields.forEach((name, k) => columns.set(name, { kind: "text", values: values[k] }));
  return { file, columns, rows: lines.length, lines: Uint32Array.from(lines) };
}

type Scanner = { readonly text: string; readonly file: string; at: number; line: number };
type CsvRecord = { readonly fields: string[]; readonly line: number };

/** The next record that is not a blank line, or null at the end. */
function nextRecord(scanner: Scanner): CsvRecord | null {
  const { text } = scanner;
  while (scanner.at < text.length && isLineEnd(text.charCodeAt(scanner.at))) endLine(scanner);
  if (scanner.at >= text.length) return null;
  const line = scanner.line;
  const fields: string[] = [];
  for (;;) {
    fields.push(text.charCodeAt(scanner.at) === QUOTE ? quoted(scanner) : plain(scanner));
    if (text.charCodeAt(scanner.at) !== COMMA) break;
    scanner.at++;
  }
  if (scanner.at < text.length) endLine(scanner);
  return { fields, line };
}

function plain(scanner: Scanner): string {
  const { text } = scanner;
  const start = scanner.at;
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === LF || code === CR) break;
  }
  scanner.at = at;
  return text.slice(start, at);
}

function quoted(scanner: Scanner): string {
  const { text, file, line } = scanner;
  let value = "";
  let from = scanner.at + 1;
  for (;;) {
    const close = text.indexOf('"', from);
    if (close < 0)
      throw new Fault("data", `${file}:${line}: a quoted field never ends`, {
        where: `${file}:${line}`,
      });
    value += text.slice(from, close);
    scanner.at = close + 1;
    if (text.charCodeAt(scanner.at) !== QUOTE) break;
    value += '"';
    from = scanner.at + 1;
  }
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) === LF) scanner.line++;
  const next = text.charCodeAt(scanner.at);
  if (scanner.at < text.length && next !== COMMA && !isLineEnd(next)) {
    const where = `${file}:${scanner.line}`;
    throw new Fault(
      "data",
      `${where}: text after a closing quote; a quote inside a field is written twice`,
      { where },
    );
  }
  return value;
}

/** CRLF, LF and a lone CR each end one line. */
function endLine(scanner: Scanner): void {
  const { text } = scanner;
  if (text.charCodeAt(scanner.at) === CR && text.charCodeAt(scanner.at + 1) === LF) scanner.at++;
  scanner.at++;
  scanner.line++;
}

function isLineEnd(code: number): boolean {
  return code === LF || code === CR;
}

function refuseTwice(names: readonly string[], where: string): void {
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice === undefined) return;
  throw new Fault("data", `${where}: the header names "${twice}" twice`, { where });
}

function ragged(file: string, line: number, [seen, expected]: readonly [number, number]): Fault {
  const where = `${file}:${line}`;
  return new Fault(
    "data",
    `${where}: ${seen} fields, the header has ${expected}; fields are separated by commas, and a field that holds one stands in double quotes`,
    { where },
  );
}

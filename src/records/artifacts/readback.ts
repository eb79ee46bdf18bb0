/**
 * After an artifact is on disk: what its bytes say against what memory holds (invariant 21). Per
 * date: the number of rows, and per column the number of values and their sum (lots, money,
 * weights; a text counts its length, a true counts 1). Both sides are summed in row order, so equal
 * values give equal bits.
 */
import { InvariantError } from "../../base/assert.ts";
import { formatInstant } from "../../base/instant.ts";
import type { ArtifactDeclaration, TableData } from "../../domain/artifact.ts";
import { decodeCsv } from "./csv-reader.ts";

type Column = TableData["columns"][number];

/** One per date; for a file without a date column, one in all. */
type Totals = { rows: number; readonly values: number[]; readonly sums: number[] };

export function assertReadBack(
  declaration: ArtifactDeclaration,
  memory: TableData,
  disk: Uint8Array,
): void {
  const read = decodeCsv(declaration, disk);
  // Equal cells have equal totals; what differs is named by the totals of its date.
  if (sameCells(memory, read)) return;
  const expected = totalsByDate(declaration, memory);
  const observed = totalsByDate(declaration, read);
  for (const [date, totals] of expected) {
    const found = observed.get(date);
    if (found === undefined) throw differs(declaration, date, "its rows are not on disk");
    compareTotals(declaration, date, { memory: totals, disk: found });
    observed.delete(date);
  }
  for (const date of observed.keys())
    throw differs(declaration, date, "its rows are not in memory");
}

function sameCells(memory: TableData, disk: TableData): boolean {
  if (memory.rows !== disk.rows) return false;
  return disk.columns.every((column, i) => sameColumn(memory.columns[i], column, disk.rows));
}

function sameColumn(memory: Column, disk: Column, rows: number): boolean {
  for (let row = 0; row < rows; row++) {
    const expected = memory[row];
    const observed = disk[row];
    if (expected !== observed && !Object.is(measure(expected), measure(observed))) return false;
  }
  return true;
}

function compareTotals(
  declaration: ArtifactDeclaration,
  date: number,
  totals: { readonly memory: Totals; readonly disk: Totals },
): void {
  const { memory, disk } = totals;
  if (memory.rows !== disk.rows) {
    throw differs(declaration, date, `${disk.rows} rows on disk, ${memory.rows} in memory`);
  }
  declaration.columns.forEach((column, i) => {
    if (memory.values[i] !== disk.values[i]) {
      throw differs(
        declaration,
        date,
        `${column.name} has ${disk.values[i]} values on disk, ${memory.values[i]} in memory`,
      );
    }
    if (memory.sums[i] !== disk.sums[i]) {
      throw differs(
        declaration,
        date,
        `${column.name} sums to ${disk.sums[i]} on disk, ${memory.sums[i]} in memory`,
      );
    }
  });
}

function totalsByDate(declaration: ArtifactDeclaration, data: TableData): Map<number, Totals> {
  const dateIndex = declaration.columns.findIndex((column) => column.type === "date");
  const totals = new Map<number, Totals>();
  const width = declaration.columns.length;
  for (let row = 0; row < data.rows; row++) {
    const date = dateIndex < 0 ? Number.NaN : measure(data.columns[dateIndex][row]);
    let entry = totals.get(date);
    if (entry === undefined) {
      entry = { rows: 0, values: zeros(width), sums: zeros(width) };
      totals.set(date, entry);
    }
    entry.rows += 1;
    for (let i = 0; i < width; i++) {
      const value = measure(data.columns[i][row]);
      if (Number.isNaN(value)) continue;
      entry.values[i] += 1;
      entry.sums[i] += value;
    }
  }
  return totals;
}

/** What a cell adds to a sum; NaN when it is missing. */
function measure(cell: string | number | boolean | null): number {
  if (cell === null) return Number.NaN;
  if (typeof cell === "number") return cell;
  return typeof cell === "string" ? cell.length : cell ? 1 : 0;
}

function differs(declaration: ArtifactDeclaration, date: number, what: string): InvariantError {
  const where = Number.isNaN(date) ? "" : ` on ${formatInstant(date)}`;
  return new InvariantError(21, `${declaration.file}${where}: ${what}`);
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}

/**
 * Duplicate keys are an error, never a silent drop (invariant 21). Rows of a panel come date by
 * date, so a key is sought among the rows of its own date only; unsorted rows are sought among all.
 */
import { InvariantError, invariant } from "../../base/assert.ts";
import type { ArtifactDeclaration, TableData } from "../../domain/artifact.ts";

type Column = TableData["columns"][number];

export function refuseDuplicateKeys(declaration: ArtifactDeclaration, data: TableData): void {
  const columns = declaration.primaryKey.map((name) => {
    const index = declaration.columns.findIndex((column) => column.name === name);
    invariant(index >= 0, 21, `${declaration.file}: key column ${name} is not declared`);
    return data.columns[index];
  });
  refuseMissing(declaration, columns, data.rows);
  const ascending = isAscending(columns[0], data.rows);
  const grouping = ascending ? columns[0] : null;
  const rest = ascending ? columns.slice(1) : columns;
  const seen = new Set<string | number>();
  for (let row = 0; row < data.rows; row++) {
    if (grouping !== null && (row === 0 || grouping[row] !== grouping[row - 1])) seen.clear();
    const key = keyOf(rest, row);
    if (seen.has(key)) throw duplicate(declaration, columns, row);
    seen.add(key);
  }
}

function refuseMissing(
  declaration: ArtifactDeclaration,
  columns: readonly Column[],
  rows: number,
): void {
  columns.forEach((column, i) => {
    for (let row = 0; row < rows; row++) {
      const value = column[row];
      if (value !== null && !Number.isNaN(value)) continue;
      throw new InvariantError(
        21,
        `${declaration.file} row ${row + 1}: key column ${declaration.primaryKey[i]} has no value`,
      );
    }
  });
}

/** Numbers that never fall: rows with the same first key are then neighbours. */
function isAscending(column: Column, rows: number): boolean {
  if (!(column instanceof Float64Array)) return false;
  for (let row = 1; row < rows; row++) if (column[row] < column[row - 1]) return false;
  return true;
}

function keyOf(columns: readonly Column[], row: number): string | number {
  if (columns.length === 0) return 0;
  const first = columns[0][row];
  if (columns.length === 1 && (typeof first === "string" || typeof first === "number"))
    return first;
  // Lengths in front, so that ("a", "bc") and ("ab", "c") stay apart.
  let key = "";
  for (const column of columns) {
    const text = String(column[row]);
    key += `${text.length}:${text}`;
  }
  return key;
}

function duplicate(
  declaration: ArtifactDeclaration,
  columns: readonly Column[],
  row: number,
): InvariantError {
  const key = columns.map((column, i) => `${declaration.primaryKey[i]} ${String(column[row])}`);
  return new InvariantError(
    21,
    `${declaration.file} row ${row + 1}: ${key.join(", ")} is there twice`,
  );
}

/**
 * DuckDB in memory over Parquet files, one thread (float work of several threads differs between
 * runs). The native library is loaded when the first Parquet file is touched, never before.
 */
import type * as Library from "@duckdb/node-api";

export type Duckdb = {
  readonly connection: Library.DuckDBConnection;
  readonly library: typeof Library;
};

/** Opens a database for the duration of `work`, and closes it whatever happens. */
export async function withDuckdb<T>(work: (duckdb: Duckdb) => Promise<T>): Promise<T> {
  const library = await import("@duckdb/node-api");
  const instance = await library.DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    try {
      return await work({ connection, library });
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** The doubles of one column of a chunk, without a value object per row. A null cell is NaN. */
export function doublesOf(chunk: Library.DuckDBDataChunk, column: number): Float64Array {
  const vector = chunk.getColumnVector(column);
  const values = new Float64Array(chunk.rowCount);
  for (let i = 0; i < values.length; i++) {
    const item = vector.getItem(i);
    if (typeof item === "number") values[i] = item;
    else if (item === null) values[i] = Number.NaN;
    else throw new TypeError(`column ${column} is ${String(vector.type)}, not DOUBLE`);
  }
  return values;
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Columns of doubles <-> one Parquet file, bit for bit (NaN and negative zero included). Values go
 * in and out in DuckDB's vectors of up to 2,048 doubles, without an object per value.
 */
import type { DuckDBDataChunk } from "@duckdb/node-api";
import type { NamedColumn } from "../../ports/pack-codec.ts";
import { type Duckdb, doublesOf, sqlName, sqlText } from "./pack-duckdb.ts";

const VECTOR_ROWS = 2048;

export async function writeParquet(
  duckdb: Duckdb,
  path: string,
  columns: readonly NamedColumn[],
): Promise<void> {
  const { connection, library } = duckdb;
  const names = columns.map(({ name }) => `${sqlName(name)} DOUBLE`).join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE bars (${names})`);
  const appender = await connection.createAppender("bars");
  const rows = columns[0].values.length;
  for (let start = 0; start < rows; start += VECTOR_ROWS) {
    const count = Math.min(VECTOR_ROWS, rows - start);
    const chunk = library.DuckDBDataChunk.create(
      columns.map(() => library.DOUBLE),
      count,
    );
    columns.forEach(({ values }, k) => fill(chunk, k, values.subarray(start, start + count)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  await connection.run(`COPY bars TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`);
}

/** The named columns, in that order. Throws what DuckDB says when the file is not as expected. */
export async function readParquet(
  duckdb: Duckdb,
  path: string,
  names: readonly string[],
): Promise<readonly Float64Array[]> {
  const list = names.map(sqlName).join(", ");
  const result = await duckdb.connection.stream(
    `SELECT ${list} FROM read_parquet(${sqlText(path)})`,
  );
  const parts = names.map(() => [] as Float64Array[]);
  for (
    let chunk = await result.fetchChunk();
    chunk !== null && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (let k = 0; k < names.length; k++) parts[k].push(doublesOf(chunk, k));
  }
  return parts.map(concatenated);
}

function fill(chunk: DuckDBDataChunk, column: number, values: Float64Array): void {
  const vector = chunk.getColumnVector(column);
  for (let i = 0; i < values.length; i++) vector.setItem(i, values[i]);
  vector.flush();
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

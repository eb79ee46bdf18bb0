/**
 * A Parquet file -> a raw table. DATE and TIMESTAMP columns become instants (a timestamp without
 * zone is read as UTC), numbers become doubles, everything else text. A null cell is NaN or "".
 */
import { Fault } from "../../domain/fault.ts";
import type { RawColumn, RawTable } from "../../ports/table-source.ts";
import { type Duckdb, doublesOf, sqlName, sqlText, withDuckdb } from "../storage/pack-duckdb.ts";

type ColumnPlan = { readonly name: string; readonly kind: RawColumn["kind"] };

/** `path` is where the file lies, `file` the name that messages show. */
export async function readParquetTable(path: string, file: string): Promise<RawTable> {
  try {
    return await withDuckdb((duckdb) => readTable(duckdb, path, file));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new Fault("data", `${file} does not read as Parquet: ${said.replaceAll(path, file)}`, {
      where: file,
      cause,
    });
  }
}

async function readTable(duckdb: Duckdb, path: string, file: string): Promise<RawTable> {
  const { connection } = duckdb;
  const from = `read_parquet(${sqlText(path)})`;
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
  const plans = described.getRows().map(
    ([name, type]): ColumnPlan => ({
      name: String(name),
      kind: kindOf(String(type)),
    }),
  );
  const result = await connection.stream(`SELECT ${plans.map(selectOf).join(", ")} FROM ${from}`);
  const parts = plans.map(() => [] as (Float64Array | string[])[]);
  let rows = 0;
  for (
    let chunk = await result.fetchChunk();
    chunk !== null && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (let k = 0; k < plans.length; k++) {
      const texts = () =>
        chunk.getColumnValues(k).map((value) => (value === null ? "" : String(value)));
      parts[k].push(plans[k].kind === "text" ? texts() : doublesOf(chunk, k));
    }
    rows += chunk.rowCount;
  }
  const columns = new Map(plans.map((plan, k) => [plan.name, joined(plan.kind, parts[k], rows)]));
  return { file, columns, rows, lines: Uint32Array.from({ length: rows }, (_, i) => i + 1) };
}

function kindOf(type: string): RawColumn["kind"] {
  if (/^(DATE|TIMESTAMP)/.test(type)) return "time";
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL)/.test(type)) return "number";
  return "text";
}

function selectOf({ name, kind }: ColumnPlan): string {
  const column = sqlName(name);
  if (kind === "time") return `epoch_ms(CAST(${column} AS TIMESTAMP))::DOUBLE`;
  return `CAST(${column} AS ${kind === "number" ? "DOUBLE" : "VARCHAR"})`;
}

function joined(
  kind: RawColumn["kind"],
  parts: readonly (Float64Array | string[])[],
  rows: number,
): RawColumn {
  if (kind === "text") return { kind, values: (parts as string[][]).flat() };
  const values = new Float64Array(rows);
  let at = 0;
  for (const part of parts as Float64Array[]) {
    values.set(part, at);
    at += part.length;
  }
  return { kind, values };
}

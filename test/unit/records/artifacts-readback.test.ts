/** The quick reader and comparison against simple ones that remember nothing. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, formatInstant } from "../../../src/base/instant.ts";
import { nextUniform, prngOf } from "../../../src/base/prng.ts";
import type { ArtifactDeclaration, TableData } from "../../../src/domain/artifact.ts";
import { encodeCsv } from "../../../src/records/artifacts/csv.ts";
import { decodeCsv } from "../../../src/records/artifacts/csv-reader.ts";
import { assertReadBack } from "../../../src/records/artifacts/readback.ts";

const TABLE: ArtifactDeclaration = {
  name: "sample",
  file: "sample.csv",
  version: 1,
  kind: "table",
  columns: [
    { name: "row", type: "integer" },
    { name: "date", type: "date" },
    { name: "name", type: "text" },
    { name: "weight", type: "number" },
    { name: "again", type: "number" },
    { name: "hold", type: "boolean" },
  ],
  primaryKey: ["row"],
  producer: "test",
  consumers: ["test"],
  cadence: "per run",
  maximumAgeSeconds: null,
};

type Row = readonly [number, number, string | null, number, number, boolean | null];

function table(rows: readonly Row[]): TableData {
  return {
    rows: rows.length,
    columns: [
      Float64Array.from(rows, (row) => row[0]),
      Float64Array.from(rows, (row) => row[1]),
      rows.map((row) => row[2]),
      Float64Array.from(rows, (row) => row[3]),
      Float64Array.from(rows, (row) => row[4]),
      rows.map((row) => row[5]),
    ],
  };
}

/** Lines and commas of a file without quotes, each field read on its own by the language. */
function simpleReader(bytes: Uint8Array): unknown[][] {
  const lines = new TextDecoder().decode(bytes).split("\n").slice(1, -1);
  const cells = lines.map((line) => line.split(","));
  return TABLE.columns.map(({ type }, i) =>
    cells.map((line) => {
      const text = line[i];
      if (type === "text") return text === "" ? null : text;
      if (type === "boolean") return text === "" ? null : text === "true";
      if (text === "") return Number.NaN;
      return type === "date" ? Date.parse(text) : Number(text);
    }),
  );
}

/** Per date, in the order of memory: what differs first, as the sentence; null when nothing does. */
function simpleVerdict(memory: TableData, disk: TableData): string | null {
  const dates = [...new Set([...memory.columns[1], ...disk.columns[1]])] as number[];
  const inMemory = new Set(memory.columns[1]);
  for (const date of dates) {
    const where = `invariant 21: sample.csv${Number.isNaN(date) ? "" : ` on ${formatInstant(date)}`}`;
    const [expected, observed] = [rowsOf(memory, date), rowsOf(disk, date)];
    if (observed.length === 0) return `${where}: its rows are not on disk`;
    if (!inMemory.has(date)) return `${where}: its rows are not in memory`;
    if (expected.length !== observed.length) {
      return `${where}: ${observed.length} rows on disk, ${expected.length} in memory`;
    }
    for (let i = 0; i < TABLE.columns.length; i++) {
      const [e, o] = [total(memory, expected, i), total(disk, observed, i)];
      const { name } = TABLE.columns[i];
      if (e.values !== o.values) {
        return `${where}: ${name} has ${o.values} values on disk, ${e.values} in memory`;
      }
      if (e.sum !== o.sum) return `${where}: ${name} sums to ${o.sum} on disk, ${e.sum} in memory`;
    }
  }
  return null;
}

function rowsOf(data: TableData, date: number): number[] {
  const every = Array.from({ length: data.rows }, (_, row) => row);
  return every.filter((row) => Object.is(data.columns[1][row], date));
}

function total(data: TableData, rows: readonly number[], i: number) {
  const cells = rows
    .map((row) => data.columns[i][row])
    .filter((cell) => cell !== null && !Number.isNaN(cell))
    .map((cell) => (typeof cell === "string" ? cell.length : Number(cell)));
  return { values: cells.length, sum: cells.reduce((sum, cell) => sum + cell, 0) };
}

const weight = fc.oneof(
  fc.double({ noDefaultInfinity: true, min: -2, max: 2 }),
  fc.constantFrom(0.1, 1 / 3, 2 / 3, -1 / 3),
);
// "Aa" and "BB" and what is built of them share every hash that multiplies by 31.
const name = fc.option(fc.constantFrom("Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa", "é", "a b"));
const anyRow = fc.tuple(
  fc.constant(0),
  fc.oneof(
    fc.integer({ min: 0, max: 3 }).map((day) => day * DAY_MS),
    fc.constant(Number.NaN),
  ),
  name,
  weight,
  weight,
  fc.option(fc.boolean()),
);
const anyRows = fc
  .array(anyRow, { maxLength: 30 })
  .map((rows) => rows.map((row, i): Row => [i, row[1], row[2], row[3], row[4], row[5]]));

function said(memory: TableData, disk: TableData): string | null {
  try {
    assertReadBack(TABLE, memory, encodeCsv(TABLE, disk));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("the quick reader", () => {
  it("reads what the simple one reads, whatever came before with the same hash", () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const bytes = encodeCsv(TABLE, table(rows));
        expect(decodeCsv(TABLE, bytes).columns.map((column) => [...column])).toEqual(
          simpleReader(bytes),
        );
      }),
    );
  });

  it("reads more rows and more numbers than it keeps room for", () => {
    const prng = prngOf(21);
    const drawn = Array.from({ length: 9000 }, () => nextUniform(prng) / 3);
    const rows = drawn.map(
      (x, i): Row => [i, (i % 700) * DAY_MS, `name${i % 5000}`, x, drawn[i >> 3], null],
    );
    const bytes = encodeCsv(TABLE, table(rows));
    expect(decodeCsv(TABLE, bytes).columns.map((column) => [...column])).toEqual(
      simpleReader(bytes),
    );
  });
});

describe("the comparison with memory", () => {
  it("says of any two tables what the totals of their dates say", () => {
    fc.assert(
      fc.property(anyRows, anyRows, (memory, disk) => {
        expect(said(table(memory), table(disk))).toBe(simpleVerdict(table(memory), table(disk)));
      }),
    );
  });

  it("and of a table with one cell changed, or none", () => {
    const change = fc.record({ at: fc.nat(), to: anyRow, column: fc.integer({ min: 1, max: 5 }) });
    let differing = 0;
    fc.assert(
      fc.property(anyRows, change, (rows, { at, to, column }) => {
        const changed = rows.map((row, i) =>
          i === at % rows.length ? row.map((cell, k) => (k === column ? to[k] : cell)) : row,
        ) as unknown as Row[];
        const unique = changed.map((row, i) => [i, ...row.slice(1)] as unknown as Row);
        const verdict = simpleVerdict(table(rows), table(unique));
        if (verdict !== null) differing += 1;
        expect(said(table(rows), table(unique))).toBe(verdict);
        expect(said(table(rows), table(rows))).toBeNull();
      }),
    );
    expect(differing).toBeGreaterThan(10);
  });
});

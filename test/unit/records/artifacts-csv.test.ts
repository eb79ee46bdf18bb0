import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, formatInstant } from "../../../src/base/instant.ts";
import type { ArtifactDeclaration, TableData } from "../../../src/domain/artifact.ts";
import { encodeCsv } from "../../../src/records/artifacts/csv.ts";
import { decodeCsv } from "../../../src/records/artifacts/csv-reader.ts";
import { assertReadBack } from "../../../src/records/artifacts/readback.ts";
import { RUN_ARTIFACTS } from "../../../src/records/artifacts/registry.ts";

const TABLE: ArtifactDeclaration = {
  name: "sample",
  file: "sample.csv",
  version: 1,
  kind: "panel",
  columns: [
    { name: "date", type: "date" },
    { name: "instrument", type: "text" },
    { name: "lots", type: "integer" },
    { name: "value", type: "number" },
    { name: "hold", type: "boolean" },
  ],
  primaryKey: ["date", "instrument"],
  producer: "test",
  consumers: ["test"],
  cadence: "per run",
  maximumAgeSeconds: null,
};

const HEADER = "date,instrument,lots,value,hold\n";
const utf8 = new TextEncoder();
const text = (bytes: Uint8Array) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

function sample(): TableData {
  return {
    rows: 4,
    columns: [
      Float64Array.of(0, 0, DAY_MS, DAY_MS + 3_661_000),
      ["SPY", "TLT", 'a "quoted", name', "Zürich €😀\n2"],
      Float64Array.of(-3, 0, 1_234_567_890_123, Number.NaN),
      [0.1, null, 1e21, -0],
      [true, false, null, true],
    ],
  };
}

/** The oracle: JSON's numbers, a join, quotes where RFC 4180 wants them. */
function naiveCsv(declaration: ArtifactDeclaration, data: TableData): string {
  const lines = [declaration.columns.map((column) => column.name).join(",")];
  for (let row = 0; row < data.rows; row++) {
    lines.push(
      declaration.columns
        .map((column, i) => {
          const value = data.columns[i][row];
          if (value === null || Number.isNaN(value)) return "";
          if (column.type === "date") return formatInstant(value as number);
          if (typeof value !== "string") return JSON.stringify(value);
          return value === "" || /[",\r\n]/.test(value)
            ? `"${value.split('"').join('""')}"`
            : value;
        })
        .join(","),
    );
  }
  return `${lines.join("\n")}\n`;
}

function asLists(data: TableData): unknown[][] {
  // -0 is written as 0, so it may come back as such.
  return data.columns.map((column) =>
    Array.from(column as ArrayLike<unknown>, (value) => (value === 0 ? 0 : value)).slice(
      0,
      data.rows,
    ),
  );
}

const anyTable = fc
  .array(
    fc.record({
      ms: fc.integer({ min: -40_000, max: 80_000 }).map((day) => day * DAY_MS),
      instrument: fc.string({ unit: "grapheme", maxLength: 6 }),
      lots: fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constant(Number.NaN)),
      value: fc.oneof(
        fc.double({ noDefaultInfinity: true }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Math.round(x * 100) / 100),
      ),
      hold: fc.option(fc.boolean()),
    }),
    { maxLength: 40 },
  )
  .map((rows) => {
    const unique = [...new Map(rows.map((row) => [`${row.ms}/${row.instrument}`, row])).values()];
    return {
      rows: unique.length,
      columns: [
        Float64Array.from(unique, (row) => row.ms),
        unique.map((row) => row.instrument),
        Float64Array.from(unique, (row) => row.lots),
        Float64Array.from(unique, (row) => row.value),
        unique.map((row) => row.hold),
      ],
    } satisfies TableData;
  });

describe("artifact csv", () => {
  it("writes what the format says, byte for byte", () => {
    expect(text(encodeCsv(TABLE, sample()))).toBe(
      `${HEADER}1970-01-01,SPY,-3,0.1,true\n1970-01-01,TLT,0,,false\n` +
        '1970-01-02,"a ""quoted"", name",1234567890123,1e+21,\n' +
        '1970-01-02T01:01:01Z,"Zürich €😀\n2",,0,true\n',
    );
  });

  it("equals the naive writer and reads back to the same values", () => {
    fc.assert(
      fc.property(anyTable, (data) => {
        const bytes = encodeCsv(TABLE, data);
        expect(text(bytes)).toBe(naiveCsv(TABLE, data));
        expect(asLists(decodeCsv(TABLE, bytes))).toEqual(asLists(data));
        assertReadBack(TABLE, data, bytes);
      }),
      { numRuns: 300 },
    );
  });

  it("reads every printed double to the same bits", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const one: TableData = { rows: 1, columns: [[0], ["x"], [1], [value], [null]] };
        const back = decodeCsv(TABLE, encodeCsv(TABLE, one)).columns[3][0];
        expect(back).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 2000 },
    );
  });

  it("grows past its first buffer", () => {
    const rows = 20_000;
    const data: TableData = {
      rows,
      columns: [
        Float64Array.from({ length: rows }, (_, i) => i * DAY_MS),
        new Array(rows).fill("€"),
        new Float64Array(rows),
        Float64Array.from({ length: rows }, (_, i) => i / 3),
        new Array(rows).fill(null),
      ],
    };
    expect(text(encodeCsv(TABLE, data))).toBe(naiveCsv(TABLE, data));
  });

  it("tells the empty text from a missing one", () => {
    const data: TableData = {
      rows: 2,
      columns: [
        [0, DAY_MS],
        ["", "x"],
        [0, 0],
        [0, 0],
        [null, null],
      ],
    };
    expect(decodeCsv(TABLE, encodeCsv(TABLE, data)).columns[1]).toEqual(["", "x"]);
    const orders = RUN_ARTIFACTS.orders;
    const row = orders.columns.map((column) => [column.name === "order_id" ? "o" : null]);
    const back = decodeCsv(orders, encodeCsv(orders, { rows: 1, columns: row }));
    expect(back.columns[2]).toEqual([null]);
  });
});

describe("artifact csv refuses with invariant 21", () => {
  const spoilt: readonly [string, (data: TableData) => TableData, RegExp][] = [
    [
      "a duplicate key among sorted rows",
      (d) => withColumn(d, 1, ["A", "A", "B", "C"]),
      /row 2: date 0, instrument A is there twice/,
    ],
    [
      "a duplicate key among unsorted rows",
      (d) =>
        withColumn(withColumn(d, 0, Float64Array.of(DAY_MS, 0, 5 * DAY_MS, DAY_MS)), 1, [
          "A",
          "A",
          "B",
          "A",
        ]),
      /row 4: .* is there twice/,
    ],
    [
      "a missing key",
      (d) => withColumn(d, 1, ["A", null, "B", "C"]),
      /row 2: key column instrument has no value/,
    ],
    [
      "a missing key date",
      (d) => withColumn(d, 0, Float64Array.of(0, Number.NaN, 1, 2)),
      /key column date has no value/,
    ],
    [
      "an infinite number",
      (d) => withColumn(d, 3, [1, Number.POSITIVE_INFINITY, 1, 1]),
      /column value, row 2: Infinity/,
    ],
    [
      "an integer with a fraction",
      (d) => withColumn(d, 2, [1, 1, 0.5, 1]),
      /column lots, row 3: 0.5/,
    ],
    [
      "a text where a number is declared",
      (d) => withColumn(d, 3, [1, "1", 1, 1]),
      /column value, row 2: 1 is not of its type/,
    ],
    [
      "a number where a text is declared",
      (d) => withColumn(d, 1, ["a", 7, "b", "c"]),
      /column instrument, row 2/,
    ],
    [
      "a number where true or false is declared",
      (d) => withColumn(d, 4, [true, 1, true, true]),
      /column hold, row 2/,
    ],
    [
      "a date with half a second",
      (d) => withColumn(d, 0, Float64Array.of(0, 500, 1000, 2000)),
      /column date, row 2: 500/,
    ],
    ["a column too short", (d) => withColumn(d, 4, [true]), /column hold: 1 values for 4 rows/],
    [
      "a column too few",
      (d) => ({ ...d, columns: d.columns.slice(1) }),
      /has 5 columns, 4 were given/,
    ],
  ];

  it.each(spoilt)("%s", (_name, spoil, message) => {
    const plain = withColumn(sample(), 1, ["A", "B", "C", "D"]);
    encodeCsv(TABLE, plain);
    const work = () => encodeCsv(TABLE, spoil(plain));
    expect(work).toThrow(/^invariant 21: sample\.csv/);
    expect(work).toThrow(message);
  });

  it("keys that would read the same when glued together are two keys", () => {
    const declaration = { ...TABLE, primaryKey: ["instrument", "lots"] };
    const data: TableData = {
      rows: 2,
      columns: [
        [0, 0],
        ["a1", "a"],
        [1, 11],
        [0, 0],
        [null, null],
      ],
    };
    expect(() => encodeCsv(declaration, data)).not.toThrow();
  });

  const lines: readonly [string, string, RegExp][] = [
    ["another header", "date,instrument,lots,value\n", /sample\.csv:1: its header/],
    ["a field too many", `${HEADER}1970-01-01,A,1,1,true,\n`, /:2: another number of fields/],
    ["a field too few", `${HEADER}1970-01-01,A,1,1\n`, /:2: another number of fields/],
    ["no line feed at the end", `${HEADER}1970-01-01,A,1,1,true`, /:2: another number/],
    ["a blank line", `${HEADER}\n`, /:2: another number/],
    ["an open quote", `${HEADER}1970-01-01,"A,1,1,true\n`, /:2: another number/],
    ["a date there is not", `${HEADER}1970-02-30,A,1,1,true\n`, /date "1970-02-30" is not a date/],
    ["an hour there is not", `${HEADER}1970-02-03T24:00:00Z,A,1,1,true\n`, /is not a date/],
    ["hexadecimal", `${HEADER}1970-01-01,A,1,0x1,true\n`, /value "0x1" is not a number/],
    ["a second spelling", `${HEADER}1970-01-01,A,1,1.50,true\n`, /value "1.50"/],
    ["a leading zero", `${HEADER}1970-01-01,A,01,1,true\n`, /lots "01"/],
    ["a negative zero", `${HEADER}1970-01-01,A,-0,1,true\n`, /lots "-0"/],
    [
      "a small number without exponent",
      `${HEADER}1970-01-01,A,1,0.0000001,true\n`,
      /value "0.0000001"/,
    ],
    ["a quoted number", `${HEADER}1970-01-01,A,1,"1",true\n`, /value "1" is not a number/],
    ["a fraction as integer", `${HEADER}1970-01-01,A,1.5,1,true\n`, /lots "1.5" is not a integer/],
    ["TRUE", `${HEADER}1970-01-01,A,1,1,TRUE\n`, /hold "TRUE" is not a boolean/],
  ];

  it.each(lines)("when reading: %s", (_name, content, message) => {
    const work = () => decodeCsv(TABLE, utf8.encode(content));
    expect(work).toThrow(/^invariant 21/);
    expect(work).toThrow(message);
  });

  it.each([
    ["truncated", [0xe2, 0x82]],
    ["overlong", [0xc0, 0xaf]],
    ["overlong in three", [0xe0, 0x80, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["out of range", [0xf4, 0x90, 0x80, 0x80]],
    ["a lone continuation", [0x80]],
  ])("when reading bytes that are no UTF-8: %s", (_name, bad) => {
    const head = utf8.encode(`${HEADER}1970-01-01,`);
    const tail = utf8.encode(",1,1,true\n");
    const bytes = Uint8Array.from([...head, ...bad, ...tail]);
    expect(() => decodeCsv(TABLE, bytes)).toThrow(/instrument .* is not a text/);
  });

  it("a lone surrogate has no UTF-8", () => {
    expect(() => encodeCsv(TABLE, withColumn(sample(), 1, ["\ud800", "b", "c", "d"]))).toThrow(
      TypeError,
    );
  });
});

describe("read back", () => {
  const planted: readonly [string, (csv: string) => string, RegExp][] = [
    [
      "a changed number",
      (csv) => csv.replace(",0.1,", ",0.2,"),
      /on 1970-01-01: value sums to 0.2 on disk, 0.1 in memory/,
    ],
    [
      "a lost row",
      (csv) => csv.replace("1970-01-01,TLT,0,,false\n", ""),
      /on 1970-01-01: 1 rows on disk, 2 in memory/,
    ],
    [
      "a missing value that became 0",
      (csv) => csv.replace("TLT,0,,", "TLT,0,0,"),
      /value has 2 values on disk, 1 in memory/,
    ],
    [
      "a row on another date",
      (csv) => csv.replace("1970-01-02T01:01:01Z", "1970-01-03"),
      /on 1970-01-02T01:01:01Z: its rows are not on disk/,
    ],
    [
      "a row of nobody",
      (csv) => `${csv}1970-01-09,X,1,1,true\n`,
      /on 1970-01-09: its rows are not in memory/,
    ],
    [
      "a flipped hold",
      (csv) => csv.replace("false", "true"),
      /hold sums to 2 on disk, 1 in memory/,
    ],
    [
      "a shortened text",
      (csv) => csv.replace("TLT", "TL"),
      /instrument sums to 5 on disk, 6 in memory/,
    ],
  ];

  it.each(planted)("finds %s", (_name, plant, message) => {
    const csv = text(encodeCsv(TABLE, sample()));
    const changed = plant(csv);
    expect(changed).not.toBe(csv);
    assertReadBack(TABLE, sample(), utf8.encode(csv));
    const work = () => assertReadBack(TABLE, sample(), utf8.encode(changed));
    expect(work).toThrow(/^invariant 21: sample\.csv/);
    expect(work).toThrow(message);
  });

  it("works without a date column, over all rows at once", () => {
    const columns = TABLE.columns.slice(1);
    const declaration: ArtifactDeclaration = {
      ...TABLE,
      kind: "table",
      columns,
      primaryKey: ["instrument"],
    };
    const data: TableData = { rows: 1, columns: [["A"], [1], [2], [true]] };
    const csv = text(encodeCsv(declaration, data));
    expect(() => assertReadBack(declaration, data, utf8.encode(csv.replace("2", "3")))).toThrow(
      /sample\.csv: value sums to 3 on disk, 2 in memory/,
    );
  });
});

function withColumn(
  data: TableData,
  index: number,
  column: TableData["columns"][number],
): TableData {
  return { ...data, columns: data.columns.map((each, i) => (i === index ? column : each)) };
}

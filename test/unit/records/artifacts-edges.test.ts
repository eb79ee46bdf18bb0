/**
 * Where an artifact's text turns from one form into another: the last number written digit by digit,
 * the first and last code point of each length, every spelling of a field that is not the writer's
 * own, keys of every type, and buffers that are full to the byte.
 */
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import type { ArtifactDeclaration, ColumnType, TableData } from "../../../src/domain/artifact.ts";
import { ByteWriter } from "../../../src/records/artifacts/byte-writer.ts";
import { encodeCsv } from "../../../src/records/artifacts/csv.ts";
import { decodeCsv } from "../../../src/records/artifacts/csv-reader.ts";

const utf8 = new TextEncoder();
const text = (bytes: Uint8Array) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

function tableOf(types: readonly ColumnType[], primaryKey: readonly string[]): ArtifactDeclaration {
  return {
    name: "edges",
    file: "edges.csv",
    version: 1,
    kind: "table",
    columns: types.map((type, i) => ({ name: `c${i}`, type })),
    primaryKey,
    producer: "test",
    consumers: ["test"],
    cadence: "per run",
    maximumAgeSeconds: null,
  };
}

/** A field of a type between two others, as the reader takes it; the message where it does not. */
function read(type: ColumnType, field: string | readonly number[]): unknown {
  const table = tableOf(["integer", type, "text"], ["c0"]);
  const bytes = typeof field === "string" ? utf8.encode(field) : field;
  const content = [...utf8.encode("c0,c1,c2\n7,"), ...bytes, ...utf8.encode(",x\n")];
  try {
    const { rows, columns } = decodeCsv(table, Uint8Array.from(content));
    expect([rows, columns[0][0], columns[2][0]]).toEqual([1, 7, "x"]);
    return columns[1][0];
  } catch (error) {
    return String(error);
  }
}

describe("a number", () => {
  it.each([
    0, 9, 10, 99, 100, 101, 999_999_999, 1_000_000_000, 9_999_999_999, 0.1, 0.5, 1e-6, 0.000123,
    1e-7, 1e21, 1e22, 123_456.789, 9_007_199_254_740_991, 9_007_199_254_740_992, 4.35, 1.005,
    0.30000000000000004, 5e-324, 1.7976931348623157e308, 1234567890.123456,
  ])("%d is printed as the language prints it, and reads back to the same bits", (value) => {
    for (const each of value === 0 ? [0] : [value, -value]) {
      const writer = new ByteWriter();
      writer.number(each);
      expect(text(writer.bytes())).toBe(String(each));
      expect(read("number", String(each))).toBe(each);
    }
  });

  it.each([
    "-",
    "--1",
    "+1",
    ".",
    ".5",
    "5.",
    "-.5",
    "1..2",
    "1.2.3",
    "1,",
    "1 ",
    " 1",
    "1_000",
    "1e5",
    "1E21",
    "1e+5",
    "00",
    "007",
    "-007",
    "0.50",
    "-0",
    "-0.0",
    "0.0",
    "1.0",
    "0.0000001",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x10",
    "0b1",
    "1n",
    "9007199254740993",
    "0.1000000000000000055",
    "12345678901234567890",
    ":",
    "/",
    "1:",
    "1/2",
  ])("spelt %s is refused", (spelling) => {
    expect(read("number", spelling)).toMatch(/invariant 21: edges\.csv:2: /);
  });

  it("as integer is whole and safe", () => {
    expect(read("integer", "-9007199254740991")).toBe(-9_007_199_254_740_991);
    expect(read("integer", "9007199254740992")).toMatch(/is not a integer/);
    expect(read("integer", "0.5")).toMatch(/is not a integer/);
    expect(read("integer", "1e+21")).toMatch(/is not a integer/);
    expect(read("integer", "")).toBeNaN();
  });
});

describe("a date", () => {
  it.each([
    ["1970-01-02", DAY_MS],
    ["1969-12-31", -DAY_MS],
    ["1970-01-01T23:59:59Z", DAY_MS - 1000],
    ["1970-01-01T01:02:03Z", 3_723_000],
    ["2000-02-29T19:00:00Z", Date.UTC(2000, 1, 29, 19)],
  ])("%s is read", (spelling, ms) => {
    expect(read("date", spelling)).toBe(ms);
  });

  it.each([
    "1970-1-02",
    "1970-01",
    "1970-01-01T",
    "1970-01-01T23:59:59",
    "1970-01-01T24:00:00Z",
    "1970-01-01T23:60:00Z",
    "1970-01-01T23:59:60Z",
    "1970-01-01T3:59:00Z",
    "1970-01-01T23:59:59Zx",
    "1970-01-01 23:59:59Z",
    "1970-01-01T23:59:59.0Z",
    "1900-02-29",
    "0",
    "x1970-01-01",
  ])("%s is refused", (spelling) => {
    expect(read("date", spelling)).toContain(`c1 "${spelling}" is not a date`);
  });
});

describe("true and false", () => {
  it("are words without quotes; nothing at all is unknown", () => {
    expect(["true", "false", ""].map((field) => read("boolean", field))).toEqual([
      true,
      false,
      null,
    ]);
    for (const field of ['"true"', "True", "1", "t", "truefalse"]) {
      expect(read("boolean", field)).toContain("is not a boolean");
    }
  });
});

describe("a text", () => {
  it.each([
    '"',
    '""',
    'a"',
    '"a',
    'a""b',
    ",",
    "\n",
    "\r",
    "a,b\nc",
    " ",
    "\u0000",
    "\u007f",
    "\u0080",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
    "a\u{1f600}b\u20acc\u00e9d",
    "\ufeffx",
    "",
    "12345678",
    "123456789",
    'ünïcödé,"x"',
  ])("%j comes back as it went, alone and beside another", (value) => {
    const table = tableOf(["text", "text"], ["c0"]);
    const data: TableData = { rows: 1, columns: [["k"], [value]] };
    const bytes = encodeCsv(table, data);
    expect(decodeCsv(table, bytes).columns[1]).toEqual([value]);
    const needsQuotes = value === "" || /[",\r\n]/.test(value);
    expect(text(bytes)).toBe(
      `c0,c1\nk,${needsQuotes ? `"${value.replaceAll('"', '""')}"` : value}\n`,
    );
  });

  it.each<readonly [string, readonly number[]]>([
    ["a continuation alone", [0xbf]],
    ["the overlong lead of one", [0xc1, 0xbf]],
    ["a lead cut off", [0xc2]],
    ["three bytes cut off after one", [0xe2, 0x82]],
    ["a lead followed by a letter", [0xc3, 0x41]],
    ["a third byte that continues nothing", [0xe2, 0x82, 0x41]],
    ["overlong in three", [0xe0, 0x9f, 0xbf]],
    ["the first surrogate", [0xed, 0xa0, 0x80]],
    ["the last surrogate", [0xed, 0xbf, 0xbf]],
    ["overlong in four", [0xf0, 0x8f, 0xbf, 0xbf]],
    ["beyond the last code point", [0xf4, 0x90, 0x80, 0x80]],
    ["a lead beyond all", [0xf5, 0x80, 0x80, 0x80]],
    ["0xff", [0xff]],
  ])("that is no UTF-8 is refused, plain and in quotes: %s", (_, bytes) => {
    for (const field of [bytes, [0x22, ...bytes, 0x22], [0x61, ...bytes]]) {
      expect(read("text", field)).toMatch(/invariant 21: edges\.csv:2: /);
    }
  });

  it("in quotes goes on to the closing one, and nothing follows that", () => {
    expect(read("text", '"a""b,c\nd"')).toBe('a"b,c\nd');
    expect(read("text", '""')).toBe("");
    expect(read("text", '"a"b')).toContain("another number of fields");
    expect(read("text", '"a" ')).toContain("another number of fields");
    expect(read("text", '"a')).toContain("another number of fields");
    expect(read("text", 'a"b')).toBe('a"b');
  });
});

describe("a header", () => {
  it.each(["", "c0", "c0,c1,c2", "c0,c1,c2\r\n", "c0,c2,c1\n", "C0,c1,c2\n", "c0,c1,c2,c3\n"])(
    "%j is not the declared one",
    (content) => {
      const table = tableOf(["integer", "number", "text"], ["c0"]);
      expect(() => decodeCsv(table, utf8.encode(content))).toThrow("edges.csv:1: its header");
    },
  );

  it("alone is a table without rows", () => {
    const table = tableOf(["integer", "text"], ["c0"]);
    const { rows, columns } = decodeCsv(table, utf8.encode("c0,c1\n"));
    expect([rows, [...columns[0]], [...columns[1]]]).toEqual([0, [], []]);
  });
});

describe("a key", () => {
  const twice = (types: readonly ColumnType[], columns: TableData["columns"]) => {
    const table = tableOf(
      types,
      types.map((_, i) => `c${i}`),
    );
    return () => encodeCsv(table, { rows: columns[0].length, columns });
  };

  it.each<readonly [string, readonly ColumnType[], TableData["columns"], string]>([
    ["one number, ascending", ["integer"], [Float64Array.of(1, 2, 2)], "row 3: c0 2"],
    ["one number, in no order", ["integer"], [Float64Array.of(2, 1, 2)], "row 3: c0 2"],
    ["one number, in a list", ["integer"], [[1, 2, 1]], "row 3: c0 1"],
    ["one text", ["text"], [["b", "a", "b"]], "row 3: c0 b"],
    ["true and false", ["boolean"], [[true, false, true]], "row 3: c0 true"],
    [
      "a date and two texts",
      ["date", "text", "text"],
      [Float64Array.of(0, 0, DAY_MS, DAY_MS), ["a", "a", "a", "a"], ["b", "c", "b", "b"]],
      `row 4: c0 ${DAY_MS}, c1 a, c2 b`,
    ],
  ])("that is there twice is named: %s", (_, types, columns, named) => {
    expect(twice(types, columns)).toThrow(`edges.csv ${named} is there twice`);
  });

  it("is another under another date, in another order, or cut at another place", () => {
    const dates = Float64Array.of(0, DAY_MS, 2 * DAY_MS);
    expect(twice(["date", "text"], [dates, ["a", "a", "a"]])).not.toThrow();
    expect(
      twice(
        ["text", "text"],
        [
          ["a", "b"],
          ["b", "a"],
        ],
      ),
    ).not.toThrow();
    expect(
      twice(
        ["text", "text"],
        [
          ["ab", "a"],
          ["c", "bc"],
        ],
      ),
    ).not.toThrow();
    expect(
      twice(
        ["text", "text"],
        [
          ["1:a", "1"],
          ["b", ":a1:b"],
        ],
      ),
    ).not.toThrow();
  });

  it("has a value in every row, and a column", () => {
    expect(
      twice(
        ["text", "integer"],
        [
          ["a", "b"],
          [1, Number.NaN],
        ],
      ),
    ).toThrow("edges.csv row 2: key column c1 has no value");
    expect(
      twice(
        ["text", "integer"],
        [
          [null, "b"],
          [1, 2],
        ],
      ),
    ).toThrow("edges.csv row 1: key column c0 has no value");
    const table = tableOf(["text"], ["date"]);
    expect(() => encodeCsv(table, { rows: 0, columns: [[]] })).toThrow(
      "invariant 21: edges.csv: key column date is not declared",
    );
  });
});

describe("a buffer", () => {
  const CAPACITY = 1 << 16;

  it.each([CAPACITY - 13, CAPACITY - 12, CAPACITY - 11, CAPACITY - 1, CAPACITY, CAPACITY + 1])(
    "filled to %d bytes takes one more of anything",
    (size) => {
      const filling = "x".repeat(size);
      const more: readonly (readonly [string, (writer: ByteWriter) => void])[] = [
        ["-123456789", (writer) => writer.number(-123_456_789)],
        [",", (writer) => writer.byte(0x2c)],
        ["2001-01-02", (writer) => writer.ascii("2001-01-02")],
        ["€", (writer) => writer.utf8("€")],
        ["y".repeat(3 * CAPACITY), (writer) => writer.ascii("y".repeat(3 * CAPACITY))],
      ];
      for (const [expected, write] of more) {
        const writer = new ByteWriter();
        writer.ascii(filling);
        write(writer);
        expect(text(writer.bytes()) === filling + expected, expected.slice(0, 12)).toBe(true);
      }
    },
  );

  it("refuses half of a pair, wherever it stands", () => {
    for (const broken of ["\ud800", "\udfff", "a\udbff", "\ud83dx"]) {
      expect(() => new ByteWriter().utf8(broken)).toThrow("lone surrogate");
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/adapters/providers/csv.ts";

function rowsOf(text: string): readonly (readonly string[])[] {
  const table = parseCsv(text, "t.csv");
  const columns = [...table.columns.values()].map((column) => column.values as readonly string[]);
  return Array.from({ length: table.rows }, (_, row) => columns.map((values) => values[row]));
}

describe("CSV", () => {
  it("reads quotes, doubled quotes, CRLF, blank lines and a last line without an end", () => {
    const text = 'a,b\r\n1,"x,y"\r\n\r\n"he said ""no""","two\nlines"\r\n,3';
    expect(rowsOf(text)).toEqual([
      ["1", "x,y"],
      ['he said "no"', "two\nlines"],
      ["", "3"],
    ]);
    expect([...parseCsv(text, "t.csv").lines]).toEqual([2, 4, 6]);
  });

  it("keeps spaces and texts as they are", () => {
    expect(rowsOf("a,b\n 1 ,1e3\n")).toEqual([[" 1 ", "1e3"]]);
  });

  it.each([
    ["", /t\.csv is empty/],
    ["a,a\n1,2\n", /t\.csv:1: the header names "a" twice/],
    ["a,b\n1,2\n1\n", /t\.csv:3: 1 fields, the header has 2/],
    ["a,b\n1,2,3\n", /t\.csv:2: 3 fields, the header has 2/],
    ['a,b\n1,"2\n3\n', /t\.csv:2: a quoted field never ends/],
    ['a,b\n"1"x,2\n', /t\.csv:2: text after a closing quote/],
  ])("refuses %j", (text, message) => {
    expect(() => parseCsv(text, "t.csv")).toThrow(message);
  });

  it("reads back whatever a plain writer wrote, on the right lines", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", "\r", " ", "é") });
    const rows = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom("\n", "\r\n"), (cells, end) => {
        const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
        const body = cells.map((row) => row.map(quote).join(","));
        const text = ["x,y", ...body].join(end) + end;
        expect(rowsOf(text)).toEqual(cells);
        const { lines } = parseCsv(text, "t.csv");
        let line = 2;
        body.forEach((row, i) => {
          expect(lines[i]).toBe(line);
          line += row.split("\n").length;
        });
      }),
    );
  });
});

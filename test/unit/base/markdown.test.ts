/** Cells and their widths beside the plainest words for them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { left, markdownTable, right } from "../../../src/base/markdown.ts";

const blank = fc.constantFrom(
  " ",
  "  ",
  "\n",
  "\t",
  "\u00a0",
  " \n ",
  "|",
  "😀",
  "\ud83d",
  "é",
  "a",
);
const cell = fc.array(blank, { maxLength: 8 }).map((parts) => parts.join(""));

describe("a table", () => {
  it("has cells of one line, each as wide as its column in code points", () => {
    fc.assert(
      fc.property(cell, cell, (first, second) => {
        const cells = [first, second].map((text) =>
          text.replace(/\s+/g, " ").split("|").join("\\|"),
        );
        const widths = cells.map((text) => Math.max(3, Array.from(text).length));
        const lines = markdownTable([left(""), right("")], [[first, second]]);
        const blanks = (n: number) => " ".repeat(widths[n] - Array.from(cells[n]).length);
        expect(lines[2]).toBe(`| ${cells[0]}${blanks(0)} | ${blanks(1)}${cells[1]} |`);
        expect(lines[1]).toBe(`| ${"-".repeat(widths[0])} | ${"-".repeat(widths[1] - 1)}: |`);
      }),
    );
  });
});

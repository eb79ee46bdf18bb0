/**
 * ARCHITECTURE.md against the house: its import tables are the enforced ones, its rooms are the
 * folders there are.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RULES } from "../architecture/import-table.ts";
import { fileTable, importTable } from "./import-tables.ts";
import { codeSpans, partUnder, readDocument, ROOT, tableRows } from "./markdown.ts";

const PAGE = readDocument("ARCHITECTURE.md");

/** `src` folders that hold files, or hold nothing but rooms. */
function roomFolders(): string[] {
  const split = ["research", "portfolio", "records", "execution", "adapters", "apps"];
  return readdirSync(join(ROOT, "src")).flatMap((name) =>
    split.includes(name)
      ? readdirSync(join(ROOT, "src", name)).map((room) => `src/${name}/${room}`)
      : [`src/${name}`],
  );
}

it("its import tables are those the architecture test enforces", () => {
  const lines = partUnder(PAGE, "The import table").split("\n");
  const rows = lines.filter((line) => line.startsWith("| `"));
  expect(rows).toEqual([...importTable(), ...fileTable()]);
});

it("a changed rule changes its row", () => {
  const [rule] = RULES;
  expect(importTable([{ ...rule, node: true }])).not.toEqual(importTable([rule]));
  expect(importTable([{ ...rule, types: ["src/ports"] }])).not.toEqual(importTable([rule]));
});

it("its rooms are the folders of src, each once", () => {
  const named = tableRows(partUnder(PAGE, "The rooms")).flatMap(([room]) => codeSpans(room));
  expect(named.filter((room, i) => named.indexOf(room) !== i)).toEqual([]);
  expect(new Set(named)).toEqual(new Set(roomFolders()));
});

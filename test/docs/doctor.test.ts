/**
 * The table of lints in docs/doctor.md against the lints themselves. UPDATE_GOLDEN=1 writes it anew.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LINTS } from "../../src/research/doctor/diagnose.ts";
import { partUnder, readDocument, ROOT, tableRows } from "./markdown.ts";

const PAGE = "docs/doctor.md";
const HEADING = "The lints";

const rows = () => LINTS.map(({ name, when, why }) => [`\`${name}\``, when, why]);

it("names every lint, when it is found and why", () => {
  if (process.env["UPDATE_GOLDEN"] === "1") {
    const [before] = readDocument(PAGE).split("| lint |");
    const lines = rows().map((row) => `| ${row.join(" | ")} |`);
    const table = ["| lint | found when | why there |", "|---|---|---|", ...lines];
    writeFileSync(join(ROOT, PAGE), `${before}${table.join("\n")}\n`);
  }
  expect(tableRows(partUnder(readDocument(PAGE), HEADING))).toEqual(rows());
});

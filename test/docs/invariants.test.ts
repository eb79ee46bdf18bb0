/**
 * docs/invariants.md against the tests and the code: every test it names is there, nothing is
 * claimed without one, and every number that the code can fail with is claimed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CATALOGUE } from "../faults/catalogue.ts";
import type { Fault } from "../faults/fault.ts";
import { partUnder, readDocument, ROOT, tableRows } from "./markdown.ts";

const FILE = "docs/invariants.md";
const PAGE = readDocument(FILE);
const CLAIMS = ["holds", "in part"];

type Named = { readonly file: string; readonly title: string };

function namedTests(part: string): Named[] {
  const lines = part.split("\n").filter((line) => line.startsWith("- "));
  return lines.map((line) => {
    const [, file, title] = /^- `([^`]+)`: "(.+)"$/.exec(line) ?? [];
    if (file === undefined) throw new Error(`not a file and a title: ${line}`);
    return { file, title };
  });
}

/** The page with the table of faults between its two marks, by invariant. */
function withFaults(page: string, catalogue: readonly Fault[]): string {
  const rows = catalogue
    .toSorted((a, b) => a.invariant - b.invariant)
    .map(
      ({ invariant, title, on, after }) =>
        `| ${invariant} | ${title} | ${on} | ${spokenBy(after)} |`,
    );
  const table = [
    "| invariant | planted fault | mandate | reported by |",
    "|---|---|---|---|",
    ...rows,
  ];
  return page.replace(
    /(<!-- faults: .*? -->\n).*?(<!-- end of faults -->)/s,
    (_, from: string, to: string) => `${from}${table.join("\n")}\n${to}`,
  );
}

function spokenBy(after: Fault["after"]): string {
  if (after === undefined) return "the run";
  return "run" in after ? "the same run again" : "verify";
}

/** Why a named test is not one, or null. */
function problemOf({ file, title }: Named): string | null {
  if (!existsSync(join(ROOT, file))) return `${file} does not exist`;
  const text = readFileSync(join(ROOT, file), "utf8");
  const isThere = text.includes(`"${title}"`) || text.includes(`\`${title}\``);
  return isThere ? null : `${file} has no test "${title}"`;
}

const table = tableRows(PAGE).map(([number, name, today]) => ({ number, name, today }));
const claimed = table.filter(({ today }) => CLAIMS.includes(today));

it("every invariant has its line, once", () => {
  expect(table.map(({ number }) => Number(number))).toEqual(
    Array.from({ length: 22 }, (_, i) => i + 1),
  );
  for (const { today } of table) expect([...CLAIMS, "not claimed"]).toContain(today);
});

it.each(claimed)("$number $name: each test named is there", ({ number, name }) => {
  const tests = namedTests(partUnder(PAGE, `${number}. ${name}`));
  expect(tests.length).toBeGreaterThan(0);
  expect(tests.map(problemOf).filter((problem) => problem !== null)).toEqual([]);
});

it("nothing else is claimed", () => {
  const headings = [...PAGE.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  const invariants = claimed.map(({ number, name }) => `${number}. ${name}`);
  expect(headings).toEqual([...invariants, "Planted faults"]);
});

it("the faults that are planted are those of the catalogue", () => {
  const written = withFaults(PAGE, CATALOGUE);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(join(ROOT, FILE), written);
  expect(readDocument(FILE), "UPDATE_GOLDEN=1 writes the table anew").toBe(written);
  expect(written).not.toBe(withFaults(PAGE, CATALOGUE.slice(1)));
});

it("every number the code can fail with is claimed", () => {
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(ROOT, "src", name), "utf8"));
  const numbers = new Set(sources.flatMap(numbersIn));
  expect(numbers.size).toBeGreaterThan(5);
  const known = new Set(claimed.map(({ number }) => Number(number)));
  expect([...numbers].filter((number) => !known.has(number))).toEqual([]);
});

it("a file that is lost, a title that was changed and a new number would be found", () => {
  const [file, title] = ["test/docs/invariants.test.ts", "nothing else is claimed"];
  expect(problemOf({ file, title })).toBeNull();
  expect(problemOf({ file: "test/docs/lost.test.ts", title })).toContain("does not exist");
  expect(problemOf({ file, title: `${title} here` })).toContain("has no test");
  expect(() => namedTests("- a test somewhere\n")).toThrow("not a file and a title");
  expect(numbersIn("new InvariantError(\n  99, x)")).toEqual([99]);
  expect(numbersIn("invariant(a < b && f(c), 98, () => d)")).toEqual([98]);
  expect(numbersIn("{ invariant: 97, message }")).toEqual([97]);
});

/** Numbers in calls of invariant and InvariantError, and in breaches. */
function numbersIn(text: string): number[] {
  const patterns = [
    /InvariantError\(\s*(\d+),/g,
    /\binvariant\([^;]*?,\s*(\d+),\s*[("'`\w]/g,
    /\binvariant: (\d+)\b/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, n]) => Number(n)));
}

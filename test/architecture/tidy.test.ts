/** House style, enforced on every file; and the proof that each rule can fail, by planted faults. */
import { describe, expect, it } from "vitest";
import { checkPaths } from "./check-paths.ts";
import { checkSize } from "./check-size.ts";
import { checkTidy } from "./check-tidy.ts";
import { APPROVAL, LIMITS } from "./ratchets.ts";
import { listFiles, readSources, readText } from "./repository.ts";
import { parseSource } from "./source-file.ts";
import { describeViolations, type Violation } from "./violation.ts";

const TEXT =
  /(?:^|\/)(?:[^/]*\.(?:ts|json|ya?ml|md|sh|txt|css|html)|assay|run|LICENSE|\.npmrc|\.gitignore)$/;

describe("this repository", () => {
  it("is tidy", () => {
    const files = readSources(["src", "tools", "bench", "test"]).values();
    expect(describeViolations(checkTidy(files))).toEqual([]);
  });

  it("names no place on one machine", () => {
    const files = listFiles(".").filter((path) => TEXT.test(path));
    expect(files).toContain("assay");
    expect(files.length).toBeGreaterThan(40);
    const found = files.flatMap((path) => checkPaths(path, readText(path)));
    expect(describeViolations(found)).toEqual([]);
  });
});

const PURE = "src/venue/fees.ts";
const ADAPTER = "src/adapters/storage/journal.ts";

describe("in a pure room the check catches", () => {
  it.each([
    ["Date.now", "const a = Date.now();"],
    ["new Date", "const a = new Date(0);"],
    ["Date(", "const a = Date();"],
    ["Date as a type", "let a: Date;"],
    ["Date handed on", "const a = { Date };"],
    ["Math.random", "const a = Math.random();"],
    ["random by index", `const a = Math["random"]();`],
    ["random taken out", "const { random } = Math;"],
    ["toLocaleString", "const a = (1).toLocaleString();"],
    ["toLocaleDateString", "const a = x?.toLocaleDateString();"],
    ["Intl", "const a = new Intl.NumberFormat();"],
    ["localeCompare", "names.sort((a, b) => a.localeCompare(b));"],
    ["console", `console.log("a");`],
    ["process", "const a = process.env;"],
    ["setTimeout", "setTimeout(run, 1);"],
    ["performance", "const a = performance.now();"],
    ["fetch", `fetch("a");`],
    ["globalThis", "const a = globalThis;"],
    ["eval", `eval("1");`],
  ])("%s", (_what, text) => {
    expect(rules(PURE, text)).toEqual(["pure"]);
    expect(rules(ADAPTER, text)).toEqual([]);
  });

  it("a message that names the replacement", () => {
    expect(found(PURE, "Date.now();")[0]?.message).toContain("base/instant.ts");
  });

  it.each([
    [
      "a key of that name",
      "const a = { process: 1, Date: 2 }; a.process; type T = { console: 1 };",
    ],
    ["a word in a string", `const a = "Date.now() and console";`],
    ["a word in a comment", "const a = 1; // Math.random is banned"],
  ])("and not %s", (_what, text) => {
    expect(rules(PURE, text)).toEqual([]);
  });
});

describe("everywhere the check catches", () => {
  it.each([
    ["cast", "const a = b as Approved<Order>;"],
    ["cast", "const a = b as unknown as Approved<Order>;"],
    ["cast", "const a = b as readonly Approved<Order>[];"],
    ["cast", "const a = <Approved<Order>>b;"],
    ["cast", "const a = b as any;"],
    ["catch", "try { a(); } catch {}"],
    ["catch", "try { a(); } catch (e) { /* never mind */ }"],
    ["catch", "a().catch(() => {});"],
    ["catch", "a().catch(() => undefined);"],
    ["catch", "a().catch(function () {});"],
    ["export", "export default 1;"],
    ["export", "const a = 1; export { a as default };"],
    ["comment", `const a = 1; // ${"TO"}DO later`],
    ["comment", `const a = 1; /* ${"FIX"}ME */`],
    ["comment", `// ${"@ts-"}ignore\nconst a = 1;`],
    ["comment", `// ${"oxlint-"}disable-next-line\nconst a = 1;`],
    ["barrel", `export * from "./a.ts"; export { b } from "./b.ts";`],
  ])("%s: %s", (rule, text) => {
    expect(rules(ADAPTER, text)).toEqual([rule]);
    expect(rules("test/unit/a.test.ts", text)).toEqual([rule]);
  });

  it("a barrel by its name, and names that say nothing", () => {
    expect(rules("src/venue/index.ts", "export const a = 1;")).toEqual(["barrel"]);
    expect(rules("src/venue/utils.ts", "export const a = 1;")).toEqual(["name"]);
    expect(rules("src/helpers/a.ts", "export const a = 1;")).toEqual(["name"]);
  });

  it("a file of src that does not begin with its module comment", () => {
    expect(checkTidy([parseSource(PURE, "export const a = 1;")])).toHaveLength(1);
    expect(checkTidy([parseSource(PURE, "// a line\nexport const a = 1;")])).toHaveLength(1);
    expect(checkTidy([parseSource(PURE, "export const a = 1;\n/** late */")])).toHaveLength(1);
    expect(checkTidy([parseSource("test/a.test.ts", "export const a = 1;")])).toEqual([]);
  });

  it("nothing in the one file that approves, in a config file, in a catch that decides", () => {
    expect(rules(APPROVAL, "const a = b as Approved<Order>;")).toEqual([]);
    expect(rules("tools/soak.config.ts", "export default {};")).toEqual([]);
    expect(
      rules(ADAPTER, "try { a(); } catch (e) { throw new Error('x', { cause: e }); }"),
    ).toEqual([]);
    expect(rules(ADAPTER, "a().catch((e) => report(e));")).toEqual([]);
  });
});

describe("the size check", () => {
  const limits = { functionLines: 5, fileLines: 12 };
  const lines = (count: number): string => "  a();\n".repeat(count);
  const sizes = (path: string, text: string): number =>
    checkSize(parseSource(path, text), limits).length;

  it.each([
    ["a function", (n: number) => `function f() {\n${lines(n)}}\n`],
    ["an arrow function", (n: number) => `const f = () => {\n${lines(n)}};\n`],
    ["a method", (n: number) => `class A { f() {\n${lines(n)}} }\n`],
    ["the callback of a test", (n: number) => `it("a", () => {\n${lines(n)}});\n`],
  ])("holds %s to its lines", (_what, write) => {
    expect(sizes(PURE, write(3))).toBe(0);
    expect(sizes(PURE, write(4))).toBe(1);
  });

  it("holds a file to its lines, and lets a suite be as long as its file", () => {
    expect(sizes(PURE, lines(12))).toBe(0);
    expect(sizes(PURE, lines(13))).toBe(1);
    expect(sizes(PURE, `describe("a", () => {\n${lines(6)}});\n`)).toBe(0);
    expect(sizes(PURE, `describe.skipIf(x)("a", () => {\n${lines(6)}});\n`)).toBe(0);
  });

  it("has the limits of the conventions", () => {
    expect(LIMITS).toEqual({ functionLines: 70, fileLines: 400 });
  });
});

describe("the path check", () => {
  it.each([
    ["a home folder", `const a = "${"/ho"}me/ann/data.csv";`],
    ["another system's", `see ${"/Us"}ers/ann/x`],
    ["a drive", `"${"C:"}\\\\data"`],
    ["a temporary folder", `writeFile('${"/tm"}p/x')`],
  ])("catches %s", (_what, text) => {
    expect(checkPaths("docs/a.md", `first\n${text}`)).toMatchObject([{ line: 2, rule: "path" }]);
  });

  it.each(["src/home/a", "https://example.org/home/x", "a / root", "/usr/bin/env node"])(
    "lets %s pass",
    (text) => {
      expect(checkPaths("docs/a.md", text)).toEqual([]);
    },
  );
});

function found(path: string, text: string): Violation[] {
  return checkTidy([parseSource(path, `/** A module comment. */\n${text}`)]);
}

function rules(path: string, text: string): string[] {
  return found(path, text).map((violation) => violation.rule);
}

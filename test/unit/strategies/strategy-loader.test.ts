import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createStrategyLoader } from "../../../src/adapters/system/strategy-loader.ts";
import { Fault } from "../../../src/domain/fault.ts";

const root = mkdtempSync(join(tmpdir(), "assay-strategy-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function strategyText(weight: string, above = ""): string {
  return `import { defineStrategy } from "assay";
${above}
export const strategy = defineStrategy({
  name: "mine", version: "1", params: { n: { default: 5, min: 1, max: 9, integer: true } },
  columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.n) }),
  decide: (row): { weight: number } => ({ weight: ${weight} }),
});
`;
}

const load = (path: string) => createStrategyLoader(join(root, "mandate"))(path);
const weightOf = async (path: string) =>
  (await load(path)).strategy.decide({ close: 8, slow: 4 }, {});

async function faultOf(path: string): Promise<Fault> {
  const outcome = await load(path).then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof Fault) return outcome;
  throw new Error(`no fault: ${String(outcome)}`);
}

describe("the loader", () => {
  it("brings in a file and its relative imports, hashed by their path from the mandate", async () => {
    const half =
      'import { two } from "./deep/two.ts";\nexport const half = (x: number) => x / two;';
    write(
      "mandate/a.ts",
      strategyText("half(row.close)", 'import { half } from "../shared/half.ts";'),
    );
    write("shared/half.ts", half);
    write("shared/deep/two.ts", "export const two = 2;");
    const { strategy, files } = await load("./a.ts");
    expect(strategy.name).toBe("mine");
    expect(strategy.decide({ close: 8, slow: 4 }, {})).toEqual({ weight: 4 });
    expect(files.map((file) => file.path)).toEqual([
      "../shared/deep/two.ts",
      "../shared/half.ts",
      "a.ts",
    ]);
    expect(files[1].sha256).toBe(createHash("sha256").update(half).digest("hex"));
    expect(Object.isFrozen(strategy) && Object.isFrozen(strategy.params)).toBe(true);
  });

  it("never returns stale code: neither of the file nor of what it imports", async () => {
    write("mandate/b.ts", strategyText("k", 'import { k } from "./k.ts";'));
    write("mandate/k.ts", "export const k = 1;");
    expect(await weightOf("b.ts")).toEqual({ weight: 1 });
    write("mandate/k.ts", "export const k = 2;");
    expect(await weightOf("b.ts")).toEqual({ weight: 2 });
    write("mandate/b.ts", strategyText("k * 10", 'import { k } from "./k.ts";'));
    expect(await weightOf("b.ts")).toEqual({ weight: 20 });
    write("mandate/k.ts", "export const k = 1;");
    expect(await weightOf("b.ts")).toEqual({ weight: 10 });
  });

  it("takes circular imports, a byte-order mark and CRLF", async () => {
    write(
      "mandate/c.ts",
      strategyText("one()", 'import { one } from "./d.ts";\r\nexport const c = 1;'),
    );
    write("mandate/d.ts", '\uFEFFimport { c } from "./c.ts";\r\nexport const one = () => c;');
    expect(await weightOf("c.ts")).toEqual({ weight: 1 });
  });

  it("checks imported files the same way, and runs nothing before all are checked", async () => {
    write("mandate/e.ts", strategyText("x", 'import { x } from "./lib/e2.ts";'));
    write("mandate/lib/e2.ts", 'import { readFileSync } from "node:fs";\nexport const x = 1;');
    const fault = await faultOf("e.ts");
    expect(fault.kind).toBe("strategy");
    expect(fault.where).toBe("lib/e2.ts:1:1");
    expect(fault.message).toContain('"node:fs" is refused');
  });

  // Each reads as two harmless statements in one parser of TypeScript, and as an escape once the
  // types are gone: Node's own stripping joins or drops the lines.
  it.each([
    ["a const assertion", 'const c: any = id as const\n["constructor"];', ".constructor reaches"],
    [
      "an interface on the same line",
      'const c: any = id\ninterface X {} ["constructor"];',
      ".constructor reaches",
    ],
    [
      "a declaration that is dropped",
      "const list: number[] = [];\nfunction add(declare: number, x: number) {\n  declare\n  const list: number[] = [];\n  list.push(x);\n}",
      ".push() changes list",
    ],
  ])("checks what really runs: %s", async (_, above, message) => {
    write("mandate/g.ts", strategyText("1", `const id = (x: any): any => x;\n${above}`));
    const fault = await faultOf("g.ts");
    expect(fault.message).toContain(message);
    expect(fault.where).toMatch(/^g\.ts:\d+:\d+$/);
  });

  it("prints nothing of its own while it takes types off", async () => {
    const warnings: unknown[] = [];
    const note = (warning: unknown) => warnings.push(warning);
    process.on("warning", note);
    write("mandate/h.ts", strategyText("1"));
    await load("h.ts");
    await new Promise((done) => setImmediate(done));
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  it("says which file is missing and who asked for it", async () => {
    write("mandate/f.ts", strategyText("x", 'import { x } from "./gone.ts";'));
    expect((await faultOf("f.ts")).message).toBe(
      "strategy file gone.ts, imported by f.ts: there is no such file; paths are relative to the mandate",
    );
    expect((await faultOf("none.ts")).message).toMatch(/^strategy file none\.ts: there is no such/);
  });

  it.each([
    [
      "throws while loading",
      "export const strategy = null!.x;",
      /fails while loading: Cannot read/,
    ],
    [
      "imports a missing name",
      'import { zz } from "./k.ts";\nexport const strategy = zz;',
      /'\.\/k\.ts' does not provide an export named 'zz'/,
    ],
    ["is no object", "export const strategy = 3;", /strategy is not an object/],
    [
      "has no name",
      'export const strategy = { version: "1", params: {}, columns: () => ({}), decide: () => null };',
      /strategy\.name must be a text/,
    ],
    [
      "has no decide",
      'export const strategy = { name: "x", version: "1", params: {}, columns: () => ({}) };',
      /strategy\.decide must be a function/,
    ],
    [
      "has a misspelt key",
      'export const strategy = { name: "x", version: "1", parms: {}, params: {}, columns: () => ({}), decide: () => null };',
      /unknown key parms/,
    ],
    [
      "declares a bad range",
      strategyText("1").replace("default: 5", "default: 50"),
      /parameter n: expected finite numbers with min <= default <= max/,
    ],
    [
      "declares an odd answer",
      strategyText("1").replace("columns:", 'answers: "weights", columns:'),
      /strategy\.answers must be "forecast" or "target"/,
    ],
    [
      "declares forecasts with order types",
      strategyText("1").replace("columns:", 'answers: "forecast", orders: ["limit"], columns:'),
      /strategy\.answers is "forecast" and strategy\.orders asks for order types/,
    ],
    [
      "declares an odd order",
      strategyText("1").replace("columns:", 'orders: ["iceberg"], columns:'),
      /strategy\.orders must be a list/,
    ],
  ])("refuses a file that %s", async (_, text, message) => {
    write("mandate/g.ts", text);
    write("mandate/k.ts", "export const k = 1;");
    const fault = await faultOf("g.ts");
    expect(fault.kind).toBe("strategy");
    expect(`${fault.where} ${fault.message}`).toMatch(message);
    expect(`${fault.where} ${fault.message}`).not.toContain(root);
  });
});

/**
 * DESIGN section 4, enforced: the import table, no circles, no orphans; and the proof that each
 * check can fail, on houses built wrong on purpose.
 */
import { describe, expect, it } from "vitest";
import { checkCycles, checkOrphans } from "./check-graph.ts";
import { checkImports, placeOf } from "./check-imports.ts";
import { RULES } from "./import-table.ts";
import { ENTRY_POINTS, KEPT_ORPHANS } from "./ratchets.ts";
import { readSources, readText } from "./repository.ts";
import { parseSource, type SourceFile } from "./source-file.ts";
import { describeViolations } from "./violation.ts";

const DEPENDENCIES = ["zod", "yaml", "better-sqlite3"];

describe("this repository", () => {
  const files = readSources(["src", "tools", "bench", "test"]);
  const manifest: unknown = JSON.parse(readText("package.json"));

  it("obeys the import table", () => {
    expect(describeViolations(checkImports(files, dependenciesOf(manifest)))).toEqual([]);
  });

  it("has no circle of imports, type imports included", () => {
    expect(describeViolations(checkCycles(files))).toEqual([]);
  });

  it("has no file in src that no entry point reaches", () => {
    const entries = [...files.keys()].filter((path) => ENTRY_POINTS.some((e) => e.test(path)));
    expect(describeViolations(checkOrphans(files, entries, KEPT_ORPHANS))).toEqual([]);
  });

  it("was really read", () => {
    expect(files.size).toBeGreaterThan(40);
    expect([...files.values()].some((file) => file.references.length > 3)).toBe(true);
  });
});

describe("the import table", () => {
  it("gives every rule a reason and no room two rules", () => {
    expect(RULES.filter((rule) => rule.why.split(" ").length < 6)).toEqual([]);
    expect(new Set(RULES.map((rule) => rule.room)).size).toBe(RULES.length);
  });

  it("finds the room by the most exact rule", () => {
    expect(placeOf("src/portfolio/sizing/size.ts")?.room).toBe("src/portfolio/sizing");
    expect(placeOf("src/portfolio/shared.ts")?.room).toBe("src/portfolio");
    expect(placeOf("src/market/features/regime.ts")?.room).toBe("src/market");
    expect(placeOf("src/adapters/brokers/sim/x.ts")?.rule.room).toBe("src/adapters/brokers");
    expect(placeOf("vitest.config.ts")).toBeNull();
  });
});

describe("the import check catches", () => {
  it.each([
    ["a noun that looks upstairs", "src/domain/order.ts", `import "../engine/kernel.ts";`],
    ["base importing anything", "src/base/money.ts", `import "../domain/order.ts";`],
    ["a neighbour stage", "src/portfolio/sizing/size.ts", `import "../overlay/brake.ts";`],
    ["another pure room", "src/venue/fees.ts", `import "../records/ledger/fold.ts";`],
    ["a type of a neighbour", "src/venue/fees.ts", `import type { A } from "../market/bars.ts";`],
    ["an inline type import", "src/venue/fees.ts", `let a: import("../market/bars.ts").A;`],
    ["a re-export", "src/venue/fees.ts", `export * from "../market/bars.ts";`],
    ["a named re-export", "src/venue/fees.ts", `export { a } from "../market/bars.ts";`],
    ["a type re-export", "src/venue/fees.ts", `export type { A } from "../market/bars.ts";`],
    ["a dynamic import", "src/venue/fees.ts", `await import("../domain/order.ts");`],
    ["a computed import", "src/venue/fees.ts", `await import(name);`],
    ["a value of a port", "src/venue/fees.ts", `import { Wall } from "../ports/clock.ts";`],
    [
      "a mixed import of a port",
      "src/venue/fees.ts",
      `import { type A, B } from "../ports/clock.ts";`,
    ],
    ["Node in a pure room", "src/records/journal/chain.ts", `import "node:crypto";`],
    ["Node in the engine", "src/engine/kernel.ts", `import { readFileSync } from "node:fs";`],
    ["zod outside section.ts", "src/venue/fees.ts", `import { z } from "zod";`],
    ["a package in the engine", "src/engine/kernel.ts", `import "yaml";`],
    ["a deep package path", "src/domain/order.ts", `import "yaml/util";`],
    [
      "an adapter that computes",
      "src/adapters/storage/journal.ts",
      `import "../../engine/kernel.ts";`,
    ],
    ["an adapter with a stage", "src/adapters/storage/journal.ts", `import "../../venue/fees.ts";`],
    ["an app with a window", "src/apps/cli/run.ts", `import "../../adapters/charts/svg.ts";`],
    ["the engine with a window", "src/engine/kernel.ts", `import "../adapters/charts/svg.ts";`],
    ["src using a test", "src/apps/cli/main.ts", `import "../../../test/support/shared.ts";`],
    ["a tool using the product", "tools/self-test.ts", `import "../src/base/money.ts";`],
    ["a devDependency in src", "src/apps/cli/main.ts", `import "vitest";`],
    [
      "a window's value in the report",
      "src/apps/report/a.ts",
      `import "../../adapters/charts/svg.ts";`,
    ],
    [
      "a loader that imports",
      "src/adapters/system/strategy-loader.ts",
      `import "../../research/strategies/define.ts";`,
    ],
    [
      "another address",
      "src/adapters/system/strategy-loader.ts",
      `new URL("../../venue/fees.ts", import.meta.url);`,
    ],
    [
      "an address from elsewhere",
      "src/adapters/system/x.ts",
      `new URL("../../research/strategies/define.ts", import.meta.url);`,
    ],
    ["a file that is not there", "src/domain/order.ts", `import "./gone.ts";`],
    ["an ending left out", "src/domain/order.ts", `import "./target";`],
    ["a worker upstairs", "src/venue/fees.ts", `new URL("../market/bars.ts", import.meta.url);`],
    ["a folder without a rule", "src/misc/thing.ts", ``],
  ])("%s", (_what, path, text) => {
    expect(checkImports(house({ [path]: text }), DEPENDENCIES)).toHaveLength(1);
  });

  it("says who, where, what and why", () => {
    const text = `\nimport { fold } from "../records/ledger/fold.ts";`;
    const [violation] = checkImports(house({ "src/venue/fees.ts": text }), DEPENDENCIES);
    expect(violation).toMatchObject({ file: "src/venue/fees.ts", line: 2, rule: "imports" });
    expect(violation?.message).toContain("src/records/ledger");
    expect(violation?.message).toContain("must not see how orders were decided");
  });
});

describe("the import check allows", () => {
  it.each([
    ["a type of a port", "src/venue/fees.ts", `import type { A } from "../ports/clock.ts";`],
    ["types by name", "src/venue/fees.ts", `import { type A, type B } from "../ports/clock.ts";`],
    ["zod in a section", "src/venue/section.ts", `import { z } from "zod";`],
    ["yaml in the mandate", "src/mandate/read.ts", `import "yaml";`],
    ["a broker and the venue", "src/adapters/brokers/sim.ts", `import "../../venue/fees.ts";`],
    [
      "the composer and a window",
      "src/apps/cli/compose.ts",
      `import "../../adapters/charts/svg.ts";`,
    ],
    ["the engine in all rooms", "src/engine/run.ts", `import "../portfolio/overlay/brake.ts";`],
    ["a window beside it", "src/adapters/storage/journal.ts", `import "../charts/svg.ts";`],
    [
      "a window's type in the report",
      "src/apps/report/a.ts",
      `import type { A } from "../../adapters/charts/svg.ts";`,
    ],
    [
      "the address of `assay`",
      "src/adapters/system/strategy-loader.ts",
      `new URL("../../research/strategies/define.ts", import.meta.url);`,
    ],
    ["its own room", "src/records/ledger/lots.ts", `import "./fold.ts";`],
    ["an import in a comment", "src/venue/fees.ts", `// import "../market/bars.ts";`],
    ["an import in a string", "src/venue/fees.ts", `const a = 'import "../market/bars.ts"';`],
  ])("%s", (_what, path, text) => {
    expect(describeViolations(checkImports(house({ [path]: text }), DEPENDENCIES))).toEqual([]);
  });
});

describe("the circle check", () => {
  it("names the shortest path of a circle once", () => {
    const violations = checkCycles(
      house({
        "src/domain/a.ts": `import "./b.ts";`,
        "src/domain/b.ts": `import type { C } from "./c.ts";`,
        "src/domain/c.ts": `export { a } from "./a.ts"; import "./order.ts";`,
      }),
    );
    expect(describeViolations(violations)).toEqual([
      "src/domain/a.ts:1 [cycle] imports itself in a circle: src/domain/a.ts -> src/domain/b.ts" +
        " -> src/domain/c.ts -> src/domain/a.ts; move what both need below them",
    ]);
  });

  it("finds a file that imports itself, and two circles that touch", () => {
    const own = house({ "src/domain/a.ts": `import "./a.ts";` });
    expect(checkCycles(own)).toHaveLength(1);
    const touching = house({
      "src/domain/a.ts": `import "./b.ts"; import "./c.ts";`,
      "src/domain/b.ts": `import "./a.ts";`,
      "src/domain/c.ts": `import "./a.ts";`,
    });
    expect(checkCycles(touching)).toHaveLength(2);
  });

  it("lets a diamond pass", () => {
    const diamond = house({
      "src/domain/a.ts": `import "./b.ts"; import "./c.ts";`,
      "src/domain/b.ts": `import "./d.ts";`,
      "src/domain/c.ts": `import "./d.ts";`,
      "src/domain/d.ts": ``,
    });
    expect(checkCycles(diamond)).toEqual([]);
  });
});

describe("the orphan check", () => {
  const files = parsed({
    "src/apps/cli/main.ts": `import "./used.ts"; new Worker(new URL("./worker.ts", import.meta.url));`,
    "src/apps/cli/used.ts": `import type { T } from "./type-only.ts";`,
    "src/apps/cli/type-only.ts": ``,
    "src/apps/cli/worker.ts": ``,
    "src/apps/cli/tested.ts": ``,
    "test/unit/tested.test.ts": `import "../../src/apps/cli/tested.ts";`,
  });

  it("finds a file that only a test reaches", () => {
    const violations = checkOrphans(files, ["src/apps/cli/main.ts"]);
    expect(violations.map((one) => one.file)).toEqual(["src/apps/cli/tested.ts"]);
  });

  it("keeps an exception only as long as it is one", () => {
    const kept = new Map([["src/apps/cli/tested.ts", "reason"]]);
    expect(checkOrphans(files, ["src/apps/cli/main.ts"], kept)).toEqual([]);
    kept.set("src/apps/cli/used.ts", "reason");
    expect(checkOrphans(files, ["src/apps/cli/main.ts"], kept)).toHaveLength(1);
  });

  it("finds everything when the entry point is gone", () => {
    expect(checkOrphans(files, ["src/apps/cli/start.ts"])).toHaveLength(5);
  });
});

/** A house whose rooms exist, with the given files built in. */
function house(added: { readonly [path: string]: string }): Map<string, SourceFile> {
  const rooms = [
    "src/domain/order.ts",
    "src/domain/target.ts",
    "src/ports/clock.ts",
    "src/market/bars.ts",
    "src/venue/fees.ts",
    "src/portfolio/overlay/brake.ts",
    "src/records/ledger/fold.ts",
    "src/engine/kernel.ts",
    "src/adapters/charts/svg.ts",
    "src/research/strategies/define.ts",
    "src/base/money.ts",
    "test/support/shared.ts",
  ];
  return parsed({ ...Object.fromEntries(rooms.map((path) => [path, ""])), ...added });
}

function parsed(texts: { readonly [path: string]: string }): Map<string, SourceFile> {
  return new Map(Object.entries(texts).map(([path, text]) => [path, parseSource(path, text)]));
}

function dependenciesOf(manifest: unknown): string[] {
  if (typeof manifest !== "object" || manifest === null) throw new Error("package.json: no object");
  return ["dependencies", "optionalDependencies"].flatMap((field) =>
    Object.keys(Object.entries(manifest).find(([name]) => name === field)?.[1] ?? {}),
  );
}

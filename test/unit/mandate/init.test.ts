import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { initMandate } from "../../../src/apps/cli/init.ts";
import { strategyTypes } from "../../../src/apps/cli/strategy-types.ts";
import { mandateTemplate } from "../../../src/apps/cli/templates.ts";
import { SECTIONS } from "./sections.ts";

const root = mkdtempSync(join(tmpdir(), "assay-init-"));
afterAll(() => rmSync(root, { recursive: true }));

const FILES = [
  "assay.d.ts",
  "mandate.schema.json",
  "mandate.yaml",
  "package.json",
  "strategy.ts",
  "tsconfig.json",
];
const tsc = resolve(import.meta.dirname, "../../../node_modules/typescript/bin/tsc");

/** What the compiler says about a folder; "" when it is content. */
function typeErrors(directory: string): string {
  try {
    execFileSync(process.execPath, [tsc, "-p", directory], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe("initMandate", () => {
  it("writes a folder whose strategy type-checks, and whose types can refuse", () => {
    const directory = join(root, "deep", "My Fund: one");
    expect([...initMandate(directory, SECTIONS)].sort()).toEqual(FILES);
    expect(typeErrors(directory)).toBe("");
    const strategy = join(directory, "strategy.ts");
    const text = readFileSync(strategy, "utf8");
    for (const [good, bad] of [
      ["row.slow", "row.nope"],
      ["p.window", "p.widow"],
      ["weight: row", "size: row"],
    ]) {
      writeFileSync(strategy, text.replace(good, bad));
      expect(typeErrors(directory)).toMatch(/strategy\.ts\(\d+,\d+\): error TS/);
    }
  });

  it("writes a mandate that reads as YAML, named after the folder", () => {
    const directory = join(root, 'a "quoted" name');
    initMandate(directory, SECTIONS);
    const text = readFileSync(join(directory, "mandate.yaml"), "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./mandate.schema.json");
    expect(parse(text)).toMatchObject({
      assay: 1,
      name: 'a "quoted" name',
      profile: "plain",
      data: { kind: "simulated" },
    });
    expect(JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))).toEqual({
      name: "a-quoted-name",
      private: true,
      type: "module",
    });
  });

  it("shows how to read a CSV: the comments, taken as lines, are a mandate too", () => {
    const text = mandateTemplate("x");
    const simulated = /^ {2}kind: simulated\n.*\n.*\n/m;
    expect(text).toMatch(simulated);
    const real = parse(text.replace(simulated, "").replace(/^ {2}# /gm, "  ")) as { data: unknown };
    expect(real.data).toMatchObject({
      kind: "real",
      sources: [{ file: "./prices.csv", layout: "single", columns: { close: "Close" } }],
    });
  });

  it("overwrites nothing and lists what is there", () => {
    const directory = join(root, "taken");
    initMandate(directory, SECTIONS);
    for (const name of FILES.filter((name) => name !== "mandate.yaml" && name !== "strategy.ts")) {
      rmSync(join(directory, name));
    }
    writeFileSync(join(directory, "strategy.ts"), "mine");
    expect(() => initMandate(directory, SECTIONS)).toThrow(
      "taken already has mandate.yaml, strategy.ts; nothing was written",
    );
    expect(readdirSync(directory).sort()).toEqual(["mandate.yaml", "strategy.ts"]);
    expect(readFileSync(join(directory, "strategy.ts"), "utf8")).toBe("mine");
  });

  it("leaves nothing behind where it cannot write", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => initMandate(join(root, "file", "inner"), SECTIONS)).toThrow(
      "cannot be written (a part of the path is a file, not a folder)",
    );
    // A name longer than the file system takes, below a folder that had to be made first.
    expect(() => initMandate(join(root, "made", "x".repeat(300)), SECTIONS)).toThrow(
      "nothing was left behind",
    );
    expect(existsSync(join(root, "made", "x".repeat(300)))).toBe(false);
  });
});

describe("strategyTypes", () => {
  it("refuses sources that hold code", () => {
    for (const code of ["export function f() {}", "const x = 1;", "export class A {}"]) {
      expect(() => strategyTypes([`/** About. */\nexport type A = 1;\n${code}\n`])).toThrow(
        "invariant 8",
      );
    }
  });
});

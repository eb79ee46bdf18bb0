/**
 * First starts with the real npm, in copies of this checkout's launcher and lockfile: two at
 * once, killed at many moments, and through `npm start`. Needs npm and a registry or its cache.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const KILLS = 12;

const made: string[] = [];

/** The launcher, the real lockfile, and a program that proves that the native packages load. */
function copy(): string {
  const base = mkdtempSync(join(tmpdir(), "assay soak "));
  made.push(base);
  const root = join(base, "a check out");
  mkdirSync(join(root, "src/apps/cli"), { recursive: true });
  for (const name of ["assay", "package.json", "package-lock.json", ".npmrc"]) {
    copyFileSync(join(ROOT, name), join(root, name));
  }
  const program = [
    `import Database from "better-sqlite3";`,
    `import { parseSync } from "oxc-parser";`,
    `import "@duckdb/node-api";`,
    `new Database(":memory:").exec("select 1");`,
    `parseSync("a.ts", "let a: number;");`,
    `console.log("works", process.version, process.argv.slice(2).join(" "));`,
  ];
  writeFileSync(join(root, "src/apps/cli/main.ts"), program.join("\n"));
  return root;
}

afterEach(() => {
  for (const base of made.splice(0)) rmSync(base, { recursive: true, force: true });
});

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** In a process group of its own, so that a test can kill npm and all its children too. */
function launch(root: string, file: string, args: readonly string[]): ChildProcess {
  return spawn(file, args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

function end(child: ChildProcess): Promise<Ended> {
  const words = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (words.stdout += chunk.toString("utf8")));
  child.stderr?.on("data", (chunk: Buffer) => (words.stderr += chunk.toString("utf8")));
  return new Promise((settle, reject) => {
    child.on("error", reject);
    child.on("close", (code) => settle({ code, ...words }));
  });
}

const start = (root: string, ...args: string[]): Promise<Ended> =>
  end(launch(root, "./assay", args));

describe("a first start with the real npm", () => {
  it("does not hurt another one of the same moment", async () => {
    const root = copy();
    const both = await Promise.all([start(root, "one"), start(root, "two")]);
    expect(both.map(({ code, stdout }) => ({ code, stdout }))).toEqual([
      { code: 0, stdout: expect.stringMatching(/^works v24.* one\n$/) },
      { code: 0, stdout: expect.stringMatching(/^works v24.* two\n$/) },
    ]);
    const words = both.map((one) => one.stderr).join("");
    expect(words.match(/installing packages \.\.\. done/g)).toHaveLength(1);
  });

  it("works through npm start, on whatever Node npm runs", async () => {
    const root = copy();
    const { code, stdout } = await end(launch(root, "npm", ["start"]));
    expect(code).toBe(0);
    expect(stdout).toContain(`run ${root}/examples/simulated`);
  });

  it(`heals after SIGKILL at ${KILLS} moments`, async () => {
    const whole = await timeOf(copy());
    let interrupted = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const root = copy();
      const child = launch(root, "./assay", []);
      const ended = end(child);
      await pause((whole * kill) / (KILLS + 1));
      if (child.pid === undefined) throw new Error("the launcher did not start");
      if (child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      if ((await ended).code !== 0) interrupted += 1;
      const healed = await start(root, "again");
      expect(healed, `kill ${kill}`).toMatchObject({ code: 0 });
      expect(healed.stdout).toMatch(/^works v24.* again\n$/);
      expect(existsSync(join(root, "node_modules/.assay-stamp"))).toBe(true);
      rmSync(root, { recursive: true });
    }
    expect(interrupted).toBeGreaterThan(KILLS / 2);
  });

  it("waits for an npm that outlived its killed launcher", async () => {
    const root = copy();
    const child = launch(root, "./assay", []);
    const ended = end(child);
    await pause(1500);
    child.kill("SIGKILL");
    const next = await start(root, "next");
    await ended;
    expect(next).toMatchObject({ code: 0, stdout: expect.stringMatching(/^works v24.* next\n$/) });
    expect(next.stderr).toContain("another start is installing the packages, waiting");
  });
});

async function timeOf(root: string): Promise<number> {
  const begun = performance.now();
  expect(await start(root)).toMatchObject({ code: 0 });
  return performance.now() - begun;
}

function pause(ms: number): Promise<void> {
  return new Promise((settle) => {
    setTimeout(settle, ms);
  });
}

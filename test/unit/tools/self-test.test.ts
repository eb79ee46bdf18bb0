/** The self-test's own arithmetic: a runner that counts wrongly makes every green a guess. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Machine, OUTSIDE_TOOLS, onPath, provideTools } from "../../../tools/outside-tools.ts";
import { pythonWith } from "../../../tools/python.ts";
import { command, outcomeOf, type StepResult } from "../../../tools/step.ts";
import { lastLine, totalsOf } from "../../../tools/summary.ts";
import { countReport } from "../../../tools/vitest-report.ts";

const file = (status: string, tests: readonly string[]): object => ({
  name: "a.test.ts",
  status,
  assertionResults: tests.map((one, index) => ({ status: one, fullName: `test ${index}` })),
});

describe("vitest's report", () => {
  it("is counted test by test", () => {
    const report = {
      testResults: [file("passed", ["passed", "passed"]), file("failed", ["failed"])],
    };
    expect(countReport(report)).toEqual({ passed: 2, failed: 1, skipped: [] });
  });

  it.each(["skipped", "pending", "todo", "disabled"])("names a test that is %s", (status) => {
    const counts = countReport({ testResults: [file("passed", ["passed", status])] });
    expect(counts).toEqual({ passed: 1, failed: 0, skipped: ["a.test.ts > test 1"] });
  });

  it("counts a file that failed before its first test, and an afterAll that failed", () => {
    expect(countReport({ testResults: [file("failed", [])] }).failed).toBe(1);
    expect(countReport({ testResults: [file("failed", ["passed"])] }).failed).toBe(1);
  });

  it.each([null, {}, { testResults: 1 }, { testResults: [{}] }, { testResults: [null] }])(
    "is refused in another shape: %j",
    (report) => {
      expect(() => countReport(report)).toThrow(TypeError);
    },
  );
});

describe("the totals", () => {
  const step = (parts: Partial<StepResult>): StepResult => ({
    name: "a",
    seconds: 1,
    failed: false,
    output: "",
    ...parts,
  });

  it("add tests, failed steps and everything skipped", () => {
    const totals = totalsOf([
      step({ skipped: ["hledger"] }),
      step({ failed: true }),
      step({ failed: true, passedTests: 10, failedTests: 2, skipped: ["x", "y"] }),
      step({ passedTests: 5, failedTests: 0 }),
    ]);
    expect(totals).toEqual({ passed: 15, failed: 3, skipped: 3 });
    expect(lastLine(totals)).toBe("15 passed, 3 failed, 3 skipped");
  });

  it("count a step that is red without a red test", () => {
    expect(totalsOf([step({ failed: true, passedTests: 4, failedTests: 0 })]).failed).toBe(1);
  });
});

describe("a command", () => {
  it("keeps both streams, its exit code, and its end by a signal", async () => {
    const both = await command("sh", ["-c", "echo out; echo err >&2; exit 3"]);
    expect(both.code).toBe(3);
    expect(both.output.split("\n").toSorted()).toEqual(["", "err", "out"]);
    const killed = await command("sh", ["-c", "kill -9 $$"]);
    expect(killed).toMatchObject({ code: null, output: expect.stringContaining("SIGKILL") });
  });

  it("that cannot be started has failed", async () => {
    const none = await command("no-such-program-anywhere", []);
    expect(none).toMatchObject({ code: null, output: expect.stringContaining("ENOENT") });
    const good = { code: 0, output: "fine" };
    expect(outcomeOf([good, none])).toEqual({ failed: true, output: none.output });
    expect(outcomeOf([good])).toEqual({ failed: false, output: "" });
  });

  it("finds the pinned Node first, whatever the system has", async () => {
    const { output } = await command("sh", ["-c", "node --version"]);
    expect(output.trim()).toBe(process.version);
  });
});

describe("the outside tools", () => {
  const machine = (present: string[], options: { root: boolean; code: number }) => {
    const calls: string[] = [];
    const asked: Machine = {
      has: (program) => present.includes(program),
      isRoot: options.root,
      run: async (name, args) => {
        calls.push([name, ...args.filter((word) => !word.startsWith("-o"))].join(" "));
        const tool = OUTSIDE_TOOLS.find((one) => one.debian === args.at(-1));
        if (options.code === 0 && tool !== undefined) present.push(tool.program);
        return { code: options.code, output: options.code === 0 ? "" : "no network" };
      },
    };
    return { asked, calls };
  };
  const all = OUTSIDE_TOOLS.map((tool) => tool.program);

  it("are used as they are when all are there", async () => {
    const { asked, calls } = machine([...all], { root: true, code: 0 });
    expect(await provideTools(asked)).toEqual({ missing: [], reason: "" });
    expect(calls).toEqual([]);
  });

  it("are installed by root, updating once, only what is missing", async () => {
    const { asked, calls } = machine(["apt-get", "hledger"], { root: true, code: 0 });
    expect((await provideTools(asked)).missing).toEqual([]);
    expect(calls).toEqual([
      "apt-get -qq update",
      "apt-get -qq install -y --no-install-recommends beancount",
      "apt-get -qq install -y --no-install-recommends python3-sklearn",
      "apt-get -qq install -y --no-install-recommends python3-scipy",
      "apt-get -qq install -y --no-install-recommends chromium",
    ]);
  });

  it("are named when they cannot be installed", async () => {
    const offline = await provideTools(machine(["apt-get"], { root: true, code: 100 }).asked);
    expect(offline.missing).toHaveLength(OUTSIDE_TOOLS.length);
    expect(offline.reason).toContain("no network");
    const { asked, calls } = machine(["apt-get"], { root: false, code: 0 });
    expect((await provideTools(asked)).missing).toHaveLength(OUTSIDE_TOOLS.length);
    expect(calls).toEqual([]);
  });

  it("are found on a path by name, when they may be run", () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-path-"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "tool"), "#!/bin/sh\n");
    const path = `${join(folder, "none")}::${join(folder, "bin")}`;
    expect(onPath("tool", path)).toBe(false);
    chmodSync(join(folder, "bin", "tool"), 0o755);
    expect(onPath("tool", path)).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it("may be modules of Python, of whichever interpreter has them all", () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-python-"));
    const interpreter = (name: string, code: number): string => {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\n[ "$3 $4" = "one two" ] && exit ${code}\nexit 9\n`);
      chmodSync(path, 0o755);
      return path;
    };
    const absent = join(folder, "absent");
    const [without, having] = [interpreter("without", 1), interpreter("having", 0)];
    expect(pythonWith(["one", "two"], [absent, without, having])).toBe(having);
    expect(pythonWith(["one", "two"], [absent, without])).toBeNull();
    expect(pythonWith(["no_such_module_anywhere"])).toBeNull();
    rmSync(folder, { recursive: true });
  });
});

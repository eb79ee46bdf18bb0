/**
 * What `npm test` runs: every check of this checkout, one line each, and as the last line the
 * totals in plain form. `--soak` adds the long tests, `--only STEP` runs one step, `--fix` lets
 * the formatter write. ASSAY_REQUIRE_ALL=1 makes every skip a failure. Exit code 1 on a failure,
 * 64 on a word it does not know.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { provideTools, thisMachine } from "./outside-tools.ts";
import { scratchEnvironment } from "./scratch.ts";
import {
  type Finished,
  type Outcome,
  outcomeOf,
  packageScript,
  ROOT,
  runStep,
  type StepResult,
} from "./step.ts";
import { lastLine, totalsOf } from "./summary.ts";
import { countReport } from "./vitest-report.ts";

type Asked = { readonly soak: boolean; readonly fix: boolean; readonly only: readonly string[] };
type Step = { readonly name: string; readonly work: () => Promise<Outcome> };

const requireAll = process.env["ASSAY_REQUIRE_ALL"] === "1";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === null) return 64;
  const results: StepResult[] = [];
  for (const step of stepsOf(asked)) results.push(await runStep(step.name, step.work));
  const totals = totalsOf(results);
  process.stdout.write(`\n${lastLine(totals)}\n`);
  return totals.failed === 0 ? 0 : 1;
}

function parse(args: readonly string[]): Asked | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        soak: { type: "boolean", default: false },
        fix: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
      },
    });
    const names = allSteps(values).map((step) => step.name);
    const unknown = values.only.filter((name) => !names.includes(name));
    if (unknown.length === 0) return values;
    return refuse(`no step ${unknown.join(", ")}; the steps are ${names.join(", ")}`);
  } catch (error) {
    if (error instanceof TypeError) return refuse(error.message);
    throw error;
  }
}

function refuse(message: string): null {
  process.stderr.write(`assay self-test: ${message}\n`);
  return null;
}

function stepsOf(asked: Asked): readonly Step[] {
  const chosen = allSteps({ ...asked, soak: asked.soak || asked.only.includes("soak") });
  return chosen.filter((step) => asked.only.length === 0 || asked.only.includes(step.name));
}

function allSteps({ soak, fix }: { readonly soak: boolean; readonly fix: boolean }): Step[] {
  const format = ["check", "--error-on-warnings", ...(fix ? ["--write"] : [])];
  const one = (name: string, script: string, args: readonly string[]): Step => ({
    name,
    work: async () => outcomeOf([await packageScript(script, args)]),
  });
  const long = { name: "soak", work: () => vitest(["--config", "tools/soak.config.ts"]) };
  return [
    { name: "tools", work: tools },
    { name: "types", work: types },
    one("lint", "oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"]),
    one("format", "@biomejs/biome/bin/biome", format),
    one("knip", "knip/bin/knip.js", ["--no-progress", "--no-config-hints"]),
    { name: "vitest", work: () => vitest([]) },
    ...(soak ? [long] : []),
  ];
}

async function tools(): Promise<Outcome> {
  const { missing, reason } = await provideTools(thisMachine);
  const skipped = missing.map((tool) => `${tool.program}, which ${tool.use}: not installed`);
  return { failed: requireAll && missing.length > 0, output: reason, skipped };
}

async function types(): Promise<Outcome> {
  const check = (project: string): Promise<Finished> =>
    packageScript("typescript/bin/tsc", ["-p", project]);
  return outcomeOf(await Promise.all(["tsconfig.pure.json", "tsconfig.node.json"].map(check)));
}

async function vitest(args: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "assay-self-test-"));
  const file = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const command = ["run", ...reporters, ...args];
  const run = await packageScript("vitest/vitest.mjs", command, scratchEnvironment(process.env));
  const report = readReport(file);
  rmSync(folder, { recursive: true });
  return judgeTests(run, report);
}

/** vitest's own exit code counts too: an error outside any test fails the run and no test. */
function judgeTests(run: Finished, report: unknown): Outcome {
  if (report === null) return { failed: true, output: `${run.output}\nvitest left no report` };
  const { passed, failed, skipped } = countReport(report);
  const problems = [
    ...(run.code === 0 && failed === 0 ? [] : [run.output]),
    ...(passed + failed > 0 ? [] : ["no test ran"]),
    ...(requireAll && skipped.length > 0 ? ["ASSAY_REQUIRE_ALL=1, and tests were skipped"] : []),
  ];
  return {
    failed: problems.length > 0,
    output: problems.join("\n"),
    note: `${passed} tests passed`,
    passedTests: passed,
    failedTests: failed,
    skipped: skipped.map((name) => relative(ROOT, name)),
  };
}

function readReport(file: string): unknown {
  try {
    const report: unknown = JSON.parse(readFileSync(file, "utf8"));
    return report;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/**
 * One step of the self-test: a command that is run to its end, its words kept, and one aligned
 * line on standard output. A step that could not be started has failed like one that said no.
 */
import { spawn } from "node:child_process";
import { delimiter, dirname, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");

export type Outcome = {
  readonly failed: boolean;
  /** Shown in full when the step failed. */
  readonly output: string;
  /** A few words on the step's line. */
  readonly note?: string;
  readonly passedTests?: number;
  readonly failedTests?: number;
  /** Whatever was left out, by name: tests, tools. */
  readonly skipped?: readonly string[];
};

export type StepResult = Outcome & { readonly name: string; readonly seconds: number };

export async function runStep(name: string, work: () => Promise<Outcome>): Promise<StepResult> {
  process.stdout.write(name.padEnd(10));
  const begun = performance.now();
  const outcome = await work();
  const seconds = (performance.now() - begun) / 1000;
  const words = outcome.failed ? "FAILED" : "ok";
  const note = outcome.note === undefined ? "" : `  ${outcome.note}`;
  process.stdout.write(`${seconds.toFixed(1).padStart(7)} s  ${words}${note}\n`);
  for (const skipped of outcome.skipped ?? []) process.stdout.write(`  skipped: ${skipped}\n`);
  if (outcome.failed) process.stdout.write(`${outcome.output.trimEnd()}\n\n`);
  return { ...outcome, name, seconds };
}

export type Finished = { readonly code: number | null; readonly output: string };

/** Runs a command at the root with the pinned Node first on PATH, so a package's bin finds it. */
export function command(
  file: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<Finished> {
  const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, PATH: path, NO_COLOR: "1", ...environment };
  return new Promise((settle) => {
    const child = spawn(file, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => {
      settle({ code: null, output: `${file} could not be started: ${error.message}` });
    });
    child.on("close", (code, signal) => {
      const output = Buffer.concat(chunks).toString("utf8");
      settle({ code, output: signal === null ? output : `${output}\n${file} ended by ${signal}` });
    });
  });
}

/** Runs a package's own script: never through node_modules/.bin, whose shebang finds another Node. */
export function packageScript(
  script: string,
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<Finished> {
  return command(process.execPath, [resolve(ROOT, "node_modules", script), ...args], environment);
}

export function outcomeOf(runs: readonly Finished[]): Outcome {
  const bad = runs.filter((run) => run.code !== 0);
  return { failed: bad.length > 0, output: bad.map((run) => run.output).join("\n") };
}

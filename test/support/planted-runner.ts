/**
 * A program: runs mandates with faults planted in the source, one after another in one process. Of
 * each fault only the modules that reach a changed file are loaded anew; everything else, packages
 * included, is loaded once. Reads tasks as lines of JSON, answers each with one.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { runCommandLine } from "../../src/apps/cli/command-line.ts";
import type { FailureDocument, RunDocument } from "../../src/domain/run-document.ts";
import {
  importersOf,
  type Outcome,
  type PlantedTask,
  plantedSources,
  SRC,
} from "./planted-code.ts";

/** One task's changed sources by path, and every path that is loaded anew for it. */
type Anew = {
  readonly sources: ReadonlyMap<string, string>;
  readonly paths: ReadonlySet<string>;
};

type CommandLine = { readonly runCommandLine: typeof runCommandLine };

const [, , home] = process.argv;
const importers = importersOf();
const anew = new Map<string, Anew>();

/** The number of the task that a module belongs to; null: it is everybody's. */
const taskOf = (url: string): string | null => new URL(url).searchParams.get("task");

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const task = context.parentURL === undefined ? null : taskOf(context.parentURL);
    if (task === null || !found.url.startsWith("file:")) return found;
    const isAnew = anew.get(task)?.paths.has(fileURLToPath(found.url)) === true;
    return isAnew ? { ...found, url: `${found.url}?task=${task}` } : found;
  },
  load(url, context, next) {
    const task = url.startsWith("file:") ? taskOf(url) : null;
    const source = task === null ? undefined : anew.get(task)?.sources.get(fileURLToPath(url));
    if (source === undefined) return next(url, context);
    return { format: "module-typescript", source, shortCircuit: true };
  },
});

let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const outcome = await outcomeOf(JSON.parse(line) as PlantedTask, String(number++));
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

async function outcomeOf({ plants, mandate }: PlantedTask, task: string): Promise<Outcome> {
  const sources = plantedSources(plants);
  anew.set(task, { sources, paths: reaching([...sources.keys()]) });
  let printed = "";
  const stdout = { write: (text: string) => (printed += text) };
  const stderr = { write: () => undefined };
  const url = `${pathToFileURL(join(SRC, "apps/cli/command-line.ts")).href}?task=${task}`;
  const program = (await import(url)) as CommandLine;
  const environment = { ...process.env, ASSAY_HOME: home };
  const code = await program.runCommandLine(["run", mandate, "--json"], {
    stdout,
    stderr,
    environment,
  });
  const outcome = { code, ...statusIn(printed) };
  rmSync(join(home, "runs"), { recursive: true, force: true });
  return outcome;
}

/** From the printed document; from run.json when the run broke off; from the refusal else. */
function statusIn(printed: string): Omit<Outcome, "code"> {
  const document = JSON.parse(printed) as RunDocument & { error?: { message: string } };
  if (document.error === undefined) return { ...document, document };
  const runs = join(home, "runs");
  const [id = ""] = existsSync(runs) ? readdirSync(runs) : [];
  const file = join(runs, id, "run.json");
  if (existsSync(file)) {
    const { status, failure } = JSON.parse(readFileSync(file, "utf8")) as FailureDocument;
    return { status, failure, document: null };
  }
  const { message } = document.error;
  const invariant = Number(/invariant (\d+)/.exec(message)?.[1]);
  return { status: "refused", failure: { invariant, message }, document: null };
}

/** The files and whatever imports them, down to the entry. */
function reaching(files: readonly string[]): ReadonlySet<string> {
  const found = new Set(files);
  for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer);
  return found;
}

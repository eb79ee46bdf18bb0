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
import Database from "better-sqlite3";
import type { runCommandLine } from "../../src/apps/cli/command-line.ts";
import type { FailureDocument, RunDocument } from "../../src/domain/run-document.ts";
import { DAMAGES } from "./damages.ts";
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

/** What is drawn of a run says nothing of it that run.json does not, and takes longer than the run. */
const REPORT = pathToFileURL(join(SRC, "apps/report/report.ts")).href;
const NO_REPORT = 'export const renderReport = () => "<!doctype html>";';

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
    if (url === REPORT) return { format: "module", source: NO_REPORT, shortCircuit: true };
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

async function outcomeOf(given: PlantedTask, task: string): Promise<Outcome> {
  const { plants, mandate, after } = given;
  const sources = plantedSources(plants);
  anew.set(task, { sources, paths: reaching([...sources.keys()]) });
  const url = `${pathToFileURL(join(SRC, "apps/cli/command-line.ts")).href}?task=${task}`;
  const { runCommandLine: command } = (await import(url)) as CommandLine;
  const run = ["run", mandate, "--json"];
  const first = await spoken(command, run);
  try {
    if (after === undefined) return { ...first, ...recorded() };
    // What comes after a run that did not come to its end says nothing of the fault.
    if (first.code !== 0) return first;
    if ("run" in after) return await spoken(command, run);
    const folder = runFolder();
    DAMAGES[after.verifyAfter](folder);
    return await spoken(command, ["verify", folder, "--json"]);
  } finally {
    rmSync(join(home, "runs"), { recursive: true, force: true });
  }
}

type Command = CommandLine["runCommandLine"];

async function spoken(command: Command, argv: readonly string[]): Promise<Outcome> {
  let printed = "";
  const stdout = { write: (text: string) => (printed += text) };
  const stderr = { write: () => undefined };
  const environment = { ...process.env, ASSAY_HOME: home };
  const code = await command(argv, { stdout, stderr, environment });
  return { code, stages: [], kinds: [], terminals: [], ...statusIn(printed) };
}

type Printed = Partial<RunDocument> & {
  readonly error?: { readonly message: string };
  readonly findings?: readonly string[];
  readonly invariants?: readonly number[];
};

type Said = Pick<Outcome, "status" | "failure"> & Partial<Outcome>;

/** From the printed document; from run.json when the run broke off; from the refusal else. */
function statusIn(printed: string): Said {
  const document = JSON.parse(printed) as Printed;
  if (document.error !== undefined) return brokenOff(document.error.message);
  if (document.invariants !== undefined) {
    const [invariant = null] = document.invariants;
    const message = (document.findings ?? []).join("\n");
    return { status: "verified", failure: { invariant, message, check: "verify" } };
  }
  const { status = "", failure = null, stages = [] } = document;
  return { status, failure, stages };
}

function brokenOff(message: string): Said {
  const file = join(runFolder(), "run.json");
  const invariant = Number(/invariant (\d+)/.exec(message)?.[1]);
  const refused = { status: "refused", failure: { invariant, message, check: null } };
  if (!existsSync(file)) return refused;
  const { status, failure } = JSON.parse(readFileSync(file, "utf8")) as FailureDocument;
  // A record that was there before belongs to the run before.
  return failure === null ? refused : { status, failure: { ...failure, check: null } };
}

function runFolder(): string {
  const runs = join(home, "runs");
  const [id = ""] = existsSync(runs) ? readdirSync(runs).filter((name) => !name.includes(".")) : [];
  return join(runs, id);
}

/** What a finished record holds, for those who ask whether a healthy run has it all. */
function recorded(): Pick<Outcome, "kinds" | "terminals"> {
  const file = join(runFolder(), "journal.sqlite");
  if (!existsSync(file)) return { kinds: [], terminals: [] };
  const db = new Database(file, { readonly: true });
  try {
    const all = (sql: string) => db.prepare<[], string>(sql).pluck().all();
    return {
      kinds: all("SELECT DISTINCT json_extract(body, '$.kind') FROM entries"),
      terminals: all("SELECT DISTINCT state FROM terminals"),
    };
  } finally {
    db.close();
  }
}

/** The files and whatever imports them, down to the entry. */
function reaching(files: readonly string[]): ReadonlySet<string> {
  const found = new Set(files);
  for (const file of found) for (const importer of importers.get(file) ?? []) found.add(importer);
  return found;
}

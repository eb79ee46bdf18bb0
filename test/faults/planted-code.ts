/**
 * This checkout's source with a fault planted in it: what a careless edit would do, seen by the
 * run's own checks. A place that is not there exactly once is an error, so that a plant which no
 * longer plants cannot pass for a fault that was caught. Runs share two processes between them.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { StageRecord } from "../../src/domain/stage-record.ts";
import { ROOT } from "../support/example-runs.ts";
import type { After, Plant } from "./fault.ts";

export const SRC = join(ROOT, "src");

export type PlantedTask = {
  readonly plants: readonly Plant[];
  /** Path of the mandate's folder. */
  readonly mandate: string;
  readonly after?: After | undefined;
};

/** How a command ended, as the command line and run.json have it. */
export type Outcome = {
  readonly code: number;
  readonly status: string;
  readonly failure: {
    readonly invariant: number | null;
    readonly message: string;
    /** Which of the run's checks found it; null when the run broke off, or another command speaks. */
    readonly check: string | null;
  } | null;
  /** Of a run that came to its end. */
  readonly stages: readonly StageRecord[];
  /** Kinds of entries in the journal, and ends of signals, of a healthy run. */
  readonly kinds: readonly string[];
  readonly terminals: readonly string[];
};

export const planted = (file: string, was: string, becomes: string): Plant => ({
  file,
  was,
  becomes,
});

/** By absolute path: the source with its faults in it. */
export function plantedSources(plants: readonly Plant[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const { file, was, becomes } of plants) {
    const path = join(SRC, file);
    const parts = (sources.get(path) ?? readFileSync(path, "utf8")).split(was);
    if (parts.length !== 2) {
      throw new Error(`src/${file} has the planted place ${parts.length - 1} times: ${was}`);
    }
    sources.set(path, parts.join(becomes));
  }
  return sources;
}

/** A new folder, in memory where the system has such a place: a hundred journals wait for a disk. */
export function scratchFolder(prefix: string): string {
  const memory = "/dev/shm";
  return mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), prefix));
}

/** Runs each task; `folder` holds what they write. In the order of the tasks. */
export async function plantedRuns(
  folder: string,
  tasks: readonly PlantedTask[],
): Promise<readonly Outcome[]> {
  for (const { plants } of tasks) plantedSources(plants);
  const outcomes: Outcome[] = new Array<Outcome>(tasks.length);
  let next = 0;
  const worker = async (home: string): Promise<void> => {
    const runner = startRunner(home);
    for (let n = next++; n < tasks.length; n = next++) outcomes[n] = await runner.run(tasks[n]);
    runner.stop();
  };
  await Promise.all([worker(join(folder, "home-1")), worker(join(folder, "home-2"))]);
  return outcomes;
}

function startRunner(home: string): {
  readonly run: (task: PlantedTask) => Promise<Outcome>;
  readonly stop: () => void;
} {
  const program = join(import.meta.dirname, "planted-runner.ts");
  const child = spawn(process.execPath, [program, home], { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString("utf8")));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    run: async (task) => {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`the runner of planted code ended: ${errors}`);
      return JSON.parse(line.value) as Outcome;
    },
    stop: () => child.stdin.end(),
  };
}

/** Importers of every file of src, by path; imports of types alone load nothing. */
export function importersOf(): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>();
  for (const entry of readdirSync(SRC, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const file = join(entry.parentPath, entry.name);
    for (const specifier of importsIn(readFileSync(file, "utf8"))) {
      const target = resolve(dirname(file), specifier);
      importers.set(target, [...(importers.get(target) ?? []), file]);
    }
  }
  return importers;
}

function importsIn(source: string): readonly string[] {
  const statements = source.matchAll(/^(?:import|export)(?! type)[^;]*?from "(\.[^"]+)";/gm);
  const calls = source.matchAll(/\bimport\("(\.[^"]+)"\)/g);
  return [...statements, ...calls].map(([, specifier]) => specifier);
}

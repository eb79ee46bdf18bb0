/**
 * The examples as a person runs them: `./assay run DIR --json` in a child process, with ASSAY_HOME
 * in a temporary folder. Several test files look at the same runs, so the first that asks makes a
 * run and the others wait for it.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SHARED } from "./shared.ts";
import { SHARED_FOLDER } from "./shared-folder.ts";

export const ROOT = resolve(import.meta.dirname, "../..");

export type Example = {
  readonly name: string;
  /** It reads files of ../shared. */
  readonly real: boolean;
  /** Its strategies forecast and the portfolio's stages decide; else they trade targets directly. */
  readonly layered: boolean;
  readonly exitCode: number;
  readonly status: string;
};

const LAYERED: ReadonlySet<string> = new Set(["etf-trend", "simulated", "spx-signals"]);

const example = (name: string, status = "OK", exitCode = 0): Example => {
  return {
    name,
    real: name !== "simulated",
    layered: LAYERED.has(name),
    exitCode,
    status,
  };
};

/** Every folder of examples/ that ends in a sealed run; `corrupt` is refused before. */
export const EXAMPLES: readonly Example[] = [
  example("aapl-2014"),
  example("etf-buy-and-hold"),
  example("etf-equal-weight"),
  example("etf-trend"),
  example("simulated"),
  example("spx-ma-cross"),
  example("spx-pullback"),
  example("spx-signals"),
  example("wti-buy-and-hold", "RUINED", 8),
  example("wti-ma-cross"),
];

export const isHere = ({ real }: Example): boolean => !real || SHARED !== null;

export type Finished = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** `./assay ...` as a person types it; only ASSAY_HOME is set. */
export function assay(args: readonly string[], home: string): Promise<Finished> {
  return command(join(ROOT, "assay"), args, { ...process.env, ASSAY_HOME: home });
}

export function command(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Finished> {
  return new Promise((finish, fail) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => out.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => err.push(bytes));
    child.on("error", fail);
    child.on("close", (code) => {
      const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString("utf8");
      finish({ code, stdout: text(out), stderr: text(err) });
    });
  });
}

export type ExampleRun = {
  readonly home: string;
  readonly folder: string;
  readonly exitCode: number | null;
  readonly json: RunJson;
};

/** What `assay run --json` prints: the keys that the tests read. */
export type RunJson = {
  readonly run_id: string;
  readonly status: string;
  readonly failure: { readonly invariant: number | null; readonly message: string } | null;
  readonly pack_id: string;
  readonly journal_head: string;
  readonly journal_entries: number;
  readonly metrics: { readonly final_equity: number; readonly trades: number };
  readonly stages: readonly StageRow[];
  readonly system_intents: { readonly [name: string]: number };
  /** Null where strategies trade targets directly. */
  readonly layers: LayersJson | null;
  readonly signals: {
    readonly forecasts: number;
    readonly holds: number;
    readonly signals: number;
    readonly terminal: { readonly [state: string]: number };
  };
};

type StageRow = {
  readonly name: string;
  readonly kind: "stage" | "gate";
  readonly enabled: boolean;
  readonly reached: number;
  readonly evaluated: number;
  readonly applied: number;
  readonly bound: number;
  readonly warm_up: number;
};

type Change = { readonly date: string; readonly from: string; readonly to: string };

type LayersJson = {
  readonly decisions: number;
  readonly off_cycle: number;
  readonly sleeves: number;
  readonly overlay: {
    readonly mode: string;
    readonly applied: number;
    readonly warm_up: number;
    readonly bound: number;
    readonly bound_on: readonly string[];
    readonly regimes: { readonly [regime: string]: number };
    readonly transitions: readonly Change[];
  };
  readonly clamps: {
    readonly by_constraint: {
      readonly [name: string]: {
        readonly records: number;
        readonly first: string;
        readonly last: string;
      };
    };
  };
  readonly volatility_regime: { readonly [regime: string]: number } | null;
  readonly volatility_transitions: readonly Change[];
  readonly refused: {
    readonly [state: string]: {
      readonly signals: number;
      readonly days: number;
      readonly first: string;
      readonly last: string;
    };
  };
  readonly breakers: readonly (Change & { readonly rule: string })[];
};

export const exampleFolder = (name: string): string => join(ROOT, "examples", name);

/** Runs an example into its own home. Throws when the command line printed no document. */
export async function runInto(
  home: string,
  directory: string,
  more: readonly string[] = [],
): Promise<ExampleRun> {
  const { code, stdout, stderr } = await assay(["run", directory, "--json", ...more], home);
  const json = parsed(stdout);
  if (json === null) throw new Error(`assay run ${directory} ended with ${code}: ${stderr}`);
  return { home, folder: join(home, "runs", json.run_id), exitCode: code, json };
}

function parsed(stdout: string): RunJson | null {
  if (!stdout.includes('"run_id"')) return null;
  return JSON.parse(stdout) as RunJson;
}

/** The shared run of one example: made once for all test files of one vitest. */
export async function exampleRun(name: string): Promise<ExampleRun> {
  const place = join(sharedPlace(), name);
  const result = join(place, "result.json");
  if (claimed(place)) {
    const text = await runInto(join(place, "home"), exampleFolder(name)).then(
      (run) => JSON.stringify({ run }),
      (error: unknown) => JSON.stringify({ failed: String(error) }),
    );
    writeFileSync(`${result}.new`, text);
    renameSync(`${result}.new`, result);
  }
  for (let waited = 0; !existsSync(result); waited += 50) {
    if (waited > 60_000) throw new Error(`${name}: another test file never finished its run`);
    await sleep(50);
  }
  const found = JSON.parse(readFileSync(result, "utf8")) as { run?: ExampleRun; failed?: string };
  if (found.run === undefined) throw new Error(found.failed);
  return found.run;
}

/** Several at once, two at a time: each keeps one core busy. */
export async function exampleRuns(
  examples: readonly Example[],
): Promise<ReadonlyMap<string, ExampleRun>> {
  const runs = await inPairs(examples, ({ name }) => exampleRun(name));
  return new Map(examples.map(({ name }, n) => [name, runs[n]]));
}

export async function inPairs<A, B>(
  all: readonly A[],
  work: (one: A) => Promise<B>,
): Promise<readonly B[]> {
  const results: B[] = new Array<B>(all.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < all.length; n = next++) results[n] = await work(all[n]);
  };
  await Promise.all([worker(), worker()]);
  return results;
}

function sharedPlace(): string {
  const folder = process.env[SHARED_FOLDER];
  if (folder === undefined) throw new Error("vitest's globalSetup did not run");
  return folder;
}

function claimed(place: string): boolean {
  try {
    mkdirSync(place);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * A mandate made for being killed, and the hands that do it: starts the real command line as a
 * process of its own, ends it at a time or when a file appears, and reads from the folder alone in
 * which phase it died. Every instrument trades on every session, so that a run is as long as asked.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";

const MAIN = resolve(import.meta.dirname, "../../src/apps/cli/main.ts");

const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that goes when the test file ends. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-crash-"));
  made.push(folder);
  return folder;
}

export type Size = { readonly instruments: number; readonly sessions: number };

/** A folder with a mandate of this size; state goes where ASSAY_HOME says. */
export function mandateFolder({ instruments, sessions }: Size, seed = 7): string {
  const folder = join(freshFolder(), "mandate");
  mkdirSync(folder);
  writeFileSync(
    join(folder, "mandate.yaml"),
    [
      "assay: 1",
      "name: made to be killed",
      "profile: plain",
      `seed: ${seed}`,
      "account: { currency: USD, initial_equity: 100000000 }",
      "data:",
      "  kind: simulated",
      `  simulated: { instruments: ${instruments}, sessions: ${sessions}, start: 2010-01-04 }`,
      "strategies: [{ name: daily, file: daily.ts, instruments: all }]",
      "slippage: { bps: 2 }",
      "fees: { per_share: 0.005, minimum: 1 }",
      "financing: { debit_rate: 0.06, borrow_rate: 0.01 }",
      "",
    ].join("\n"),
  );
  writeFileSync(
    join(folder, "daily.ts"),
    [
      'import { defineStrategy } from "assay";',
      "export const strategy = defineStrategy({",
      '  name: "daily",',
      '  version: "1",',
      "  params: {},",
      "  columns: (m) => ({ price: m.close, mean: m.sma(m.close, 5) }),",
      "  decide: (row) => ({ weight: 0.01 * Math.min(1.5, Math.max(0.2, row.price / row.mean)) }),",
      "});",
      "",
    ].join("\n"),
  );
  return folder;
}

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Started = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

/** The command line with this home; `shell` may put words before the program (ulimit). */
export function start(home: string, args: readonly string[], shell: string | null = null): Started {
  const words = [process.execPath, MAIN, ...args];
  const [file, ...rest] =
    shell === null ? words : ["/bin/sh", "-c", `${shell}; exec "$@"`, "sh", ...words];
  const child = spawn(file, rest, {
    env: { ...process.env, ASSAY_HOME: home, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
  const ended = new Promise<Ended>((settle, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => settle({ code, signal, ...said }));
  });
  return { child, ended };
}

export function assay(home: string, ...args: readonly string[]): Promise<Ended> {
  return start(home, args).ended;
}

/** The same command line without a process of its own: where nothing is killed. */
export async function inProcess(home: string, ...args: readonly string[]): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  const code = await runCommandLine(args, {
    stdout: { write: (text: string) => (said.stdout += text) },
    stderr: { write: (text: string) => (said.stderr += text) },
    environment: { ASSAY_HOME: home },
  });
  return { code, signal: null, ...said };
}

/** Ends one process `afterMs` after its start; false when it was done before. */
export async function killAfter(started: Started, afterMs: number): Promise<boolean> {
  const timer = setTimeout(() => started.child.kill("SIGKILL"), afterMs);
  const { signal } = await started.ended;
  clearTimeout(timer);
  return signal === "SIGKILL";
}

/** Ends one process as soon as `isNow` says so; false when it never did. */
export async function killWhen(started: Started, isNow: () => boolean): Promise<boolean> {
  const timer = setInterval(() => {
    if (isNow()) started.child.kill("SIGKILL");
  }, 1);
  const { signal } = await started.ended;
  clearInterval(timer);
  return signal === "SIGKILL";
}

/** What `assay run --json` printed. */
export type RunJson = {
  readonly run_id: string;
  readonly status: string;
  readonly journal_head: string;
  readonly journal_entries: number;
  readonly findings: readonly string[];
};

export function runJson({ code, stdout, stderr }: Ended): RunJson {
  if (code !== 0) throw new Error(`the run ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as RunJson;
}

export function runFolder(home: string): string {
  const names = existsSync(join(home, "runs")) ? readdirSync(join(home, "runs")) : [];
  const [name] = names.filter((each) => /^[0-9a-f]{32}$/.test(each));
  return join(home, "runs", name ?? "none");
}

/** Everything a finished run may be compared by: sha256 of each file that people read. */
export function fingerprint(home: string): { readonly [file: string]: string } {
  const folder = runFolder(home);
  const files = ["HEAD", "run.json", "report.html"].concat(
    readdirSync(join(folder, "artifacts")).map((name) => join("artifacts", name)),
  );
  return Object.fromEntries(
    files.sort().map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(folder, file)))
        .digest("hex"),
    ]),
  );
}

export type Head = { readonly seq: number; readonly isFinished: boolean };

/** The HEAD file, whatever moment it is read at; null without one. */
export function headOf(home: string): Head | null {
  const path = join(runFolder(home), "HEAD");
  if (!existsSync(path)) return null;
  const { seq, documents } = JSON.parse(readFileSync(path, "utf8")) as {
    seq: number;
    documents?: object;
  };
  return { seq, isFinished: documents !== undefined };
}

/** Path -> when and how large, of everything under a home. */
export type Snapshot = ReadonlyMap<string, string>;

/** Read while a process adds and removes: what vanishes between two looks is not there. */
export function snapshot(home: string): Snapshot {
  const found = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const name of namesIn(join(home, folder))) {
      const path = join(folder, name);
      const stat = statSync(join(home, path), { bigint: true, throwIfNoEntry: false });
      if (stat === undefined) continue;
      found.set(path, `${stat.ino}/${stat.size}/${stat.mtimeNs}`);
      if (stat.isDirectory()) walk(path);
    }
  };
  walk("");
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

export type Phase =
  | "starting"
  | "pack build"
  | "sessions"
  /** Or starting, where entries are recorded: both leave the folder as it was. */
  | "comparing"
  | "artifacts"
  | "sealing"
  | "closing"
  | "rerun aside";

/** What a process was doing when it was killed, from what it changed since `before`. */
export function phaseOf(home: string, before: Snapshot, lastSeq: number): Phase {
  const after = snapshot(home);
  const names = [...after.keys()];
  const changed = (pattern: RegExp) =>
    names.some((name) => pattern.test(name) && before.get(name) !== after.get(name));
  const head = headOf(home);
  if (changed(/\.rerun/)) return "rerun aside";
  if (!names.some((name) => /^packs\/catalog\.jsonl$/.test(name))) {
    return names.some((name) => /^packs\/.*[0-9a-f]{12}/.test(name)) ? "pack build" : "starting";
  }
  if (head?.isFinished === true) return "closing";
  if (changed(/run\.json|report\.html/) || head?.seq === lastSeq) return "sealing";
  if (changed(/artifacts\/./)) return "artifacts";
  if (changed(/HEAD$/)) return "sessions";
  return head !== null && head.seq > 0 ? "comparing" : "starting";
}

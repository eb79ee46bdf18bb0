/**
 * The same job in Assay and in each peer, in turn and on the same bars, in one run: a process each,
 * warm, and one round of each after the other. Fills must be the same and the final equity equal to
 * half a cent per rounded amount, or the comparison fails: a ratio between different work is none.
 * Peers come from PyPI into a virtual environment below node_modules.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { randomWalk } from "../random-walk.ts";
import { type Comparison, comparisonLine } from "../results.ts";
import type { PeerJob } from "./job.ts";

type Run = {
  readonly fills: readonly (readonly [number, number, number])[];
  readonly equity: number;
};
type Opening = {
  readonly library: string;
  readonly version: string;
  readonly runs: readonly Run[];
};

type Peer = {
  readonly script: string;
  readonly fill: PeerJob["fill"];
  readonly differs: string;
};

const PEERS: readonly Peer[] = [
  {
    script: "backtesting_py.py",
    fill: "next_open",
    differs:
      "computes a few statistics more and a table of trades, which `run` always does; no rounding to cents",
  },
  {
    script: "vectorbt_run.py",
    fill: "next_open",
    differs:
      "no event loop: arrays of entries and exits in compiled code, all pairs in one call, four statistics; no rounding to cents",
  },
  {
    script: "backtrader_run.py",
    fill: "next_open",
    differs:
      "reads its data frame anew in each run; drawdown and Sharpe alone; no rounding to cents",
  },
  {
    script: "nautilus_run.py",
    fill: "same_close",
    differs:
      "a market order sent on a bar fills at that bar's close, so ours runs with fill same_close; its engine is set up anew in each run; accounts, order and position objects are kept, ours are counted",
  },
];

type Work = {
  readonly name: string;
  readonly bars: number;
  readonly frequency: PeerJob["frequency"];
  readonly spread: number;
  readonly pairs: PeerJob["pairs"];
  readonly rounds: number;
};

const WINDOWS = [5, 10, 20, 50, 100, 150];

const WORK: readonly Work[] = [
  {
    name: "1 run, 2,148 daily bars",
    bars: 2148,
    frequency: "1D",
    spread: 0.01,
    pairs: [[20, 100]],
    rounds: 7,
  },
  {
    name: "15 pairs of windows, 2,148 daily bars",
    bars: 2148,
    frequency: "1D",
    spread: 0.01,
    pairs: WINDOWS.flatMap((slow) =>
      WINDOWS.flatMap((fast) => (fast < slow ? [[fast, slow] as const] : [])),
    ),
    rounds: 5,
  },
  {
    name: "1 run, 50,000 one-minute bars",
    bars: 50_000,
    frequency: "1min",
    spread: 0.001,
    pairs: [[20, 100]],
    rounds: 5,
  },
];

const SEED = 5;
/** Longer than any window here. */
const FALLING_BARS = 200;

/**
 * The walk with a falling start, on which no pair is ever long: backtesting.py first asks one bar
 * later than the others, and so finds nothing to do there either.
 */
function barsOf({ bars, spread }: Work): Float64Array<ArrayBuffer> {
  const values = randomWalk(bars, SEED, spread);
  for (let row = 0; row < FALLING_BARS; row++) {
    const price = 100 + (FALLING_BARS - row) / 10;
    for (let column = 0; column < 4; column++) values[column * bars + row] = price;
  }
  return values;
}

export async function comparePeers(say: (line: string) => void): Promise<readonly Comparison[]> {
  const python = virtualEnvironment(say);
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-peers-"));
  const comparisons: Comparison[] = [];
  try {
    for (const work of WORK) {
      const file = join(folder, "bars.bin");
      writeFileSync(file, new Uint8Array(barsOf(work).buffer));
      for (const peer of PEERS) {
        const { bars, frequency, pairs } = work;
        const job: PeerJob = { file, bars, frequency, pairs, fill: peer.fill };
        comparisons.push(await compare(python, work, peer, job));
        say(comparisonLine(comparisons[comparisons.length - 1]));
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return comparisons;
}

async function compare(python: string, work: Work, peer: Peer, job: PeerJob): Promise<Comparison> {
  const here = import.meta.dirname;
  const argument = JSON.stringify(job);
  const them = await startWorker(python, [join(here, peer.script), argument]);
  const us = await startWorker(process.execPath, [join(here, "ours.ts"), argument]);
  try {
    const largestEquityDifference = requireSame(work, us.opening, them.opening);
    const theirs: number[] = [];
    const ours: number[] = [];
    for (let n = 0; n < work.rounds; n++) {
      theirs.push(await them.round());
      ours.push(await us.round());
    }
    return {
      job: work.name,
      library: them.opening.library,
      version: them.opening.version,
      theirs,
      ours,
      fills: us.opening.runs.reduce((sum, run) => sum + run.fills.length, 0),
      largestEquityDifference,
      differs: peer.differs,
    };
  } finally {
    them.end();
    us.end();
  }
}

/** Throws where a fill or an equity differs; gives the largest difference of the equities. */
function requireSame(work: Work, ours: Opening, theirs: Opening): number {
  let largest = 0;
  ours.runs.forEach((mine, n) => {
    const other = theirs.runs[n];
    const where = `${theirs.library}, ${work.name}, windows ${work.pairs[n].join("/")}`;
    const at = mine.fills.findIndex((fill, f) => String(fill) !== String(other.fills[f]));
    if (at >= 0 || mine.fills.length !== other.fills.length) {
      throw new Error(
        `${where}: fill ${Math.max(at, 0)} differs: ours ${String(mine.fills[at])} of ${mine.fills.length}, theirs ${String(other.fills[at])} of ${other.fills.length}`,
      );
    }
    const difference = Math.abs(mine.equity - other.equity);
    // Each fee, and the mark of what is held, is rounded here and not there.
    const allowed = 0.005 * (mine.fills.length + 1) + 1e-6;
    if (!(difference <= allowed)) {
      throw new Error(`${where}: final equity ${mine.equity} against ${other.equity}`);
    }
    largest = Math.max(largest, difference);
  });
  return largest;
}

type Worker = {
  readonly opening: Opening;
  readonly round: () => Promise<number>;
  readonly end: () => void;
};

async function startWorker(program: string, args: readonly string[]): Promise<Worker> {
  const child: ChildProcess = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr?.on("data", (bytes: Buffer) => (errors += bytes.toString("utf8")));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const answers = lines[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await answers.next();
    if (line.done === true) throw new Error(`${args[0]} ended: ${errors.slice(-2000)}`);
    return JSON.parse(line.value) as unknown;
  };
  const opening = (await next()) as Opening;
  return {
    opening,
    round: async () => {
      child.stdin?.write("go\n");
      return ((await next()) as { seconds: number }).seconds;
    },
    end: () => child.stdin?.end(),
  };
}

/** Path of its interpreter; made anew when the list of packages has changed. */
function virtualEnvironment(say: (line: string) => void): string {
  const requirements = join(import.meta.dirname, "requirements.txt");
  const folder = resolve(import.meta.dirname, "../../node_modules/.cache/assay-peers");
  const python = join(folder, "bin/python");
  const stamp = join(folder, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
  say("setting up the peers from PyPI: a few minutes, once");
  mkdirSync(folder, { recursive: true });
  must("python3", ["-m", "venv", folder]);
  must(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
  writeFileSync(stamp, wanted);
  return python;
}

function must(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status === 0) return;
  throw new Error(`${program} ${args.join(" ")} failed: ${error?.message ?? stderr}`);
}

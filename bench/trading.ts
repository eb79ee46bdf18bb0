/**
 * Trading days as a person rehearses them: `assay venue` and `assay trade` as two processes, over HTTP
 * through the official client, the limiter lifted, every write flushed to the disk. Enters: a made-up
 * market of 23 instruments, and the ETF year where its data lies beside the checkout; leaves: days per
 * second, one day from the start of a process to its artifacts, that day as a multiple of the venue's own
 * answers, and seeds per second of the simulation. Refuses to count a day that is not in metrics.csv.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Figure } from "./figure.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ASSAY = join(ROOT, "assay");
const ETF = { mandate: join(ROOT, "examples/etf-trend"), start: "2009-04-01", until: "2010-03-30" };
const ETF_DATA = join(ROOT, "../shared/data/equities/etf23-daily-close.csv");
const MADE_UP = { start: "2020-03-02", until: "2020-05-26" };
const SINGLE_DAYS = 5;
const SEEDS = 500;
const RAW_ANSWERS = 200;
const UNLIMITED = ["--requests-per-minute", "unlimited"];

export async function tradingFigures(): Promise<readonly Figure[]> {
  const figures = await withFolder(async (folder) => {
    const mandate = writeMandate(folder);
    return rehearsed(folder, { mandate, ...MADE_UP });
  });
  const year = existsSync(ETF_DATA) ? [await withFolder(yearOfFunds)] : [];
  return [...figures, ...year, ...simulated()];
}

/** Days in one process after another, then days with a process each. */
async function rehearsed(folder: string, terms: Terms): Promise<readonly Figure[]> {
  const venue = await startVenue(folder, terms);
  try {
    const { days, seconds } = follow(venue, terms.mandate, terms.until);
    const singles: number[] = [];
    const ratios: number[] = [];
    for (let day = 0; day < SINGLE_DAYS; day++) {
      const requests = requestsIn(venue);
      const ms = tradeMs(venue, terms.mandate, []);
      singles.push(ms);
      ratios.push(ms / ((requestsIn(venue) - requests) * (await rawMs(venue))));
    }
    return [
      {
        work: `${days} days on paper over HTTP, made-up market`,
        unit: "days/s",
        values: [days / seconds],
        better: "higher",
        needed: null,
        note: "23 instruments through all stages, assay trade --daemon against assay venue, both started for it; reconciled twice a day, every write flushed",
      },
      {
        work: "one day, process start to artifacts",
        unit: "ms",
        values: singles,
        better: "lower",
        needed: 2000,
        note: `the same account goes on: assay trade, once for each of ${SINGLE_DAYS} days, journal verified and newest day executed again`,
      },
      {
        work: "the same over the venue's own answers",
        unit: "times",
        values: ratios,
        better: "lower",
        needed: null,
        note: `a day's time over that of as many bare requests as it made, measured beside it, ${RAW_ANSWERS} of them`,
      },
    ];
  } finally {
    await stop(venue.process);
  }
}

async function yearOfFunds(folder: string): Promise<Figure> {
  const venue = await startVenue(folder, ETF);
  try {
    const { days, seconds } = follow(venue, ETF.mandate, ETF.until);
    return {
      work: `${days} days on paper over HTTP, 23 ETFs`,
      unit: "s",
      values: [seconds],
      better: "lower",
      needed: 60,
      note: "examples/etf-trend as a daemon trades it, from the start of its process to its exit",
    };
  } finally {
    await stop(venue.process);
  }
}

type Terms = { readonly mandate: string; readonly start: string; readonly until: string };

type Venue = {
  readonly process: ChildProcess;
  readonly url: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
};

async function startVenue(home: string, { mandate, start }: Terms): Promise<Venue> {
  const environment: NodeJS.ProcessEnv = { ...process.env, ASSAY_HOME: home };
  const child = spawn(ASSAY, ["venue", mandate, "--start", start, ...UNLIMITED], {
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let url = "";
  for await (const line of createInterface({ input: child.stdout })) {
    url ||= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? "";
    const exported = /^export (\w+)=(\S+)$/.exec(line);
    if (exported !== null) environment[exported[1]] = exported[2];
    if (exported?.[1].endsWith("SECRET") === true) break;
  }
  if (url === "") throw new Error("assay venue ended before it listened");
  return { process: child, url, home, environment };
}

function follow(venue: Venue, mandate: string, until: string) {
  const seconds = tradeMs(venue, mandate, ["--daemon", "--until", until]) / 1000;
  return { days: daysIn(venue), seconds };
}

function tradeMs(venue: Venue, mandate: string, more: readonly string[]): number {
  const before = daysIn(venue);
  const started = performance.now();
  const args = ["trade", mandate, "--venue", venue.url, ...UNLIMITED, ...more];
  const { status, stderr } = spawnSync(ASSAY, args, { env: venue.environment, encoding: "utf8" });
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(`assay trade ended with ${status}: ${stderr.slice(-2000)}`);
  if (daysIn(venue) === before) throw new Error("assay trade ended and no day is in metrics.csv");
  return ms;
}

function accountFile({ home }: Venue, name: string): string {
  return join(home, "accounts/paper", name);
}

function daysIn(venue: Venue): number {
  const path = accountFile(venue, "metrics.csv");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").length - 1 : 0;
}

/** What the account's own record of the wire holds. */
function requestsIn(venue: Venue): number {
  const folder = accountFile(venue, "wire");
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), "utf8").split("\n"),
  );
  return lines.filter((line) => line.includes('"channel":"rest"')).length;
}

/** One answer of the venue to nobody's client: a plain request on a connection that stays. */
async function rawMs({ url, environment }: Venue): Promise<number> {
  const headers = {
    "APCA-API-KEY-ID": environment["ASSAY_ALPACA_PAPER_KEY_ID"] ?? "",
    "APCA-API-SECRET-KEY": environment["ASSAY_ALPACA_PAPER_SECRET"] ?? "",
  };
  const started = performance.now();
  for (let n = 0; n < RAW_ANSWERS; n++) {
    const answer = await fetch(`${url}/v2/account`, { headers });
    if (!answer.ok) throw new Error(`the venue answered ${answer.status}: ${await answer.text()}`);
    await answer.text();
  }
  return (performance.now() - started) / RAW_ANSWERS;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  await ended;
}

/** By the wall and by the processor: the second holds on a machine that does other things too. */
function simulated(): readonly Figure[] {
  const script = join(ROOT, "test/simulation/simulate.ts");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, "--seeds", String(SEEDS), "--from", "1"],
    { encoding: "utf8" },
  );
  const rates = /\((\d+) seeds\/s, (\d+) of processor time\)/.exec(stdout);
  if (status !== 0 || rates === null) throw new Error(`the simulation: ${stdout}${stderr}`);
  const figure = (work: string, rate: string, needed: number | null): Figure => ({
    work,
    unit: "seeds/s",
    values: [Number(rate)],
    better: "higher",
    needed,
    note: `${SEEDS} seeds from 1 in one process, all faults, every checker`,
  });
  return [
    figure("simulated accounts, by the wall", rates[1], 100),
    figure("the same, by processor time", rates[2], null),
  ];
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "assay-trading-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeMandate(folder: string): string {
  const directory = join(folder, "mandate");
  mkdirSync(directory);
  const path = join(directory, "mandate.yaml");
  writeFileSync(path, MANDATE);
  return path;
}

const MANDATE = `assay: 1
name: a made-up market, traded by a bench
profile: etf-trend
account: { currency: USD, initial_equity: 10000000 }
data: { kind: simulated, simulated: { instruments: 23, sessions: 400, start: 2019-01-02 } }
strategies:
  - { name: trend, use: ts-momentum, params: { short: 0 }, instruments: all }
schedule: { decide: every_session }
execution: { fill: next_open }
slippage: { bps: 2 }
fees: { per_share: 0.005, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0 }
`;

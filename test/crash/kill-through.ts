/**
 * Kills `assay trade --daemon` so often, at moments drawn from a seed, and starts it again each time. What the
 * disk holds is judged after every kill, what the venue holds at the end.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DAY_MS, formatDate } from "../../src/base/instant.ts";
import { nextUint32, prngOf } from "../../src/base/prng.ts";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { verifyChain } from "../../src/records/journal/verify.ts";
import { violationsOf } from "../simulation/checkers/all.ts";
import { eachDayOnce } from "../simulation/checkers/days.ts";
import type { Disk } from "../simulation/disk.ts";
import { entriesOn, type Evidence, ofKind } from "../simulation/evidence.ts";
import { at } from "../support/market-fixture.ts";
import {
  accountFolder,
  diskOf,
  evidenceOf,
  type TradingBench,
  tradingBench,
} from "./trade-workbench.ts";
import { inProcess, killAfter, mandateFolder, type Started } from "./workbench.ts";

const SESSIONS = 700;
/** The market begins on 2010-01-04: half a year of history. */
const FROM = "2010-07-01";
const UNTIL = "2012-06-29";
/** One kill of four falls somewhere into the start, the others so long after the journal has moved. */
const START_MS = 1000;
const AFTER_MS = 600;

export type KilledThrough = {
  readonly kills: number;
  /** Kind of the last entry at each kill: where in a day it fell. */
  readonly phases: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  readonly days: number;
  /** As it stood at the end. */
  readonly evidence: Evidence;
};

export async function killedThrough({
  kills,
  seed,
}: {
  readonly kills: number;
  readonly seed: number;
}): Promise<KilledThrough> {
  const mandate = mandateFolder({ instruments: 3, sessions: SESSIONS });
  const bench = await tradingBench(mandate, FROM);
  const prng = prngOf(seed);
  const phases = new Map<string, number>();
  const violations: string[] = [];
  let killed = 0;
  try {
    while (killed < kills) {
      const draw = nextUint32(prng);
      const isEarly = draw % 4 === 0;
      const ms = Math.floor(draw / 4) % (isEarly ? START_MS : AFTER_MS);
      const started = bench.trade(UNTIL);
      if (!isEarly) await journalMoved(bench.home, started);
      if (!(await killAfter(started, ms))) break;
      killed++;
      const found = await judged(bench, phases);
      const when = isEarly ? "its start" : "the journal moved";
      violations.push(...found.map((text) => `kill ${killed}, ${ms} ms after ${when}: ${text}`));
    }
    violations.push(...(await finished({ bench, mandate })));
    const evidence = await evidenceOf(bench);
    violations.push(...sentencesOf(evidence));
    const days = ofKind(evidence.entries, "day_closed").length;
    return { kills: killed, phases, violations, days, evidence };
  } finally {
    await bench.close();
  }
}

export function sentencesOf(evidence: Evidence): readonly string[] {
  return violationsOf(evidence).map(({ checker, message }) => `${checker}: ${message}`);
}

type Killed = { readonly bench: TradingBench; readonly mandate: string };

/** Until HEAD is another one than before, or the process is gone. */
async function journalMoved(home: string, started: Started): Promise<void> {
  const head = () => {
    const path = join(accountFolder(home), "HEAD");
    return existsSync(path) ? statSync(path, { bigint: true }).mtimeNs : null;
  };
  const before = head();
  let gone = false;
  void started.ended.then(() => {
    gone = true;
  });
  while (!gone && head() === before) await sleep(5);
}

/** What a kill left: a chain that holds, as far as HEAD and further, and no day begun twice. */
async function judged(bench: TradingBench, phases: Map<string, number>): Promise<string[]> {
  const disk = await diskOf(bench.home);
  const last = entriesOn(disk).at(-1)?.payload.kind ?? "nothing";
  phases.set(last, (phases.get(last) ?? 0) + 1);
  const { rows, head } = disk;
  if (head === null) return rows.length === 0 ? [] : ["entries without a HEAD"];
  const end = rows.at(-1) ?? head;
  return [
    ...verifyChain(rows, { seq: end.seq, hash: end.hash }, sha256).map(({ message }) => message),
    ...(rows.length === 0 || isIn(disk, head) ? [] : [`HEAD ${head.seq} is not in the journal`]),
    ...daysTwice(disk),
  ];
}

function isIn({ rows }: Disk, head: { readonly seq: number; readonly hash: string }): boolean {
  return head.seq === 0 || rows[head.seq - 1]?.hash === head.hash;
}

function daysTwice(disk: Disk): readonly string[] {
  const nothing = { orders: [], positions: [], cashMinor: 0 };
  return eachDayOnce({
    disk,
    entries: entriesOn(disk),
    calls: [],
    venue: nothing,
    lives: [],
    disturbances: [],
    dates: [],
    replay: null,
  });
}

/** A normal start to a few days after the last kill; then every day is executed again. */
async function finished({ bench, mandate }: Killed): Promise<readonly string[]> {
  const opened = ofKind(entriesOn(await diskOf(bench.home)), "day_opened");
  const until = formatDate(at(opened.at(-1)?.date ?? FROM) + 5 * DAY_MS);
  const { code, stderr } = await bench.trade(until).ended;
  const verify = ["verify", mandate, "--account", "paper", "--replay"];
  const verified = await inProcess(bench.home, ...verify);
  return [
    ...(code === 0 ? [] : [`the last start ended with ${code}: ${stderr}`]),
    ...(verified.code === 0 ? [] : [`assay verify: ${verified.stdout}${verified.stderr}`]),
  ];
}

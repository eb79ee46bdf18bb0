/**
 * How fast one instrument runs through the kernel: a moving-average cross with orders at the next
 * open, fees, slippage, equity and every statistic, in the trial lane and in the audited lane with a
 * durable journal; a short history; a strategy file of a user's; and how the time grows with bars
 * and instruments. Rounds are few and long enough to see the collector's part.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JournalRules, openJournalStore } from "../src/adapters/storage/journal-store.ts";
import { sha256 } from "../src/adapters/system/hash.ts";
import { createStrategyLoader } from "../src/adapters/system/strategy-loader.ts";
import type { Strategy } from "../src/domain/strategy.ts";
import { createJournallingRecorder } from "../src/engine/journalling-recorder.ts";
import { createKernel, finishKernel, runSessions } from "../src/engine/kernel.ts";
import { buildPlan } from "../src/engine/plan.ts";
import type { PlanInput } from "../src/engine/plan-input.ts";
import { createTrace } from "../src/engine/trace.ts";
import { createTrialLane, type TrialLane } from "../src/engine/trial.ts";
import { buildWorld } from "../src/engine/world.ts";
import { ZERO_HASH } from "../src/records/journal/chain.ts";
import { terminalsInBody, verifyChain } from "../src/records/journal/verify.ts";
import { createJournalWriter } from "../src/records/journal/writer.ts";
import { maCross } from "../src/research/strategies/ma-cross.ts";
import type { Figure } from "./figure.ts";
import { randomWalk, stretchOfBars, walkPack } from "./random-walk.ts";
import { directSettings } from "./settings.ts";

const MILLION = 1_000_000;
const CONVENTIONS = { periodsPerYear: 252, riskFree: 0 };
const SESSIONS_PER_STEP = 64;
const ENTRIES_PER_BATCH = 5000;

type Params = { readonly [name: string]: number };

const CROSS: Params = {
  fast: 20,
  slow: 100,
  adx_window: 14,
  adx_min: 0,
  strength: 0.5,
  short: 0,
};

/** The README's, word for word. */
const USER_FILE = `// Long while the close is above its slow average, short while it is not.
import { defineStrategy } from "assay";

export const strategy = defineStrategy({
  name: "above-average",
  version: "1",
  params: {
    window: { default: 200, min: 2, max: 500, integer: true },
  },
  columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.window) }),
  decide: (row) => ({ strength: row.close > row.slow ? 1 : -1, confidence: 1 }),
});
`;

/** One instrument, or several with walks of their own, and one strategy on all of them. */
function inputOn(
  market: {
    readonly bars: number;
    readonly frequency: "1D" | "1min";
    readonly instruments?: number;
  },
  strategy: Strategy,
  params: Params,
): PlanInput {
  const { bars, frequency, instruments = 1 } = market;
  const times = stretchOfBars(bars, frequency);
  const spread = frequency === "1D" ? 0.01 : 0.001;
  const ids = Array.from({ length: instruments }, (_, n) => `WALK${n}`);
  const series = ids.map((id, n) => {
    const [one] = walkPack(randomWalk(bars, 11 + n, spread), times).series;
    return { ...one, instrument: { ...one.instrument, id } };
  });
  const world = buildWorld(
    { ...walkPack(new Float64Array(0), times), series },
    { currency: "USD", digits: 2 },
  );
  return {
    world,
    actions: [],
    uses: [{ name: "cross", strategy, params, codeHash: "bench", instruments: ids }],
    settings: directSettings({
      fill: "next_open",
      slippageBps: 0.01,
      feeBps: 0.01,
      rates: { debit_rate: 0.05, borrow_rate: 0.01 },
      gross: instruments,
    }),
    seed: 1,
    precomputed: [],
    sha256,
    sourceOf: () => "bench",
  };
}

type Timed = { readonly seconds: readonly number[]; readonly fills: number };

/** `paramsOf` by round: columns are computed anew where it never gives the same twice. */
function timed(
  lane: TrialLane,
  paramsOf: (round: number) => Params,
  {
    warm,
    rounds,
    each = 1,
  }: { readonly warm: number; readonly rounds: number; readonly each?: number },
): Timed {
  let fills = 0;
  for (let n = 0; n < warm; n++) lane.run(paramsOf(n));
  const seconds = Array.from({ length: rounds }, (_, n) => {
    const start = performance.now();
    for (let m = 0; m < each; m++) fills = lane.run(paramsOf(warm + n)).fills;
    return (performance.now() - start) / 1000 / each;
  });
  return { seconds, fills };
}

const laneOf = (input: PlanInput) => createTrialLane(input, CONVENTIONS);
const sameCross = () => CROSS;
/** No two rounds alike: 20 to 59 against 100 to 101. */
const newCross = (n: number): Params => ({
  ...CROSS,
  fast: 20 + (n % 40),
  slow: 100 + Math.floor(n / 40),
});
const cross = maCross as unknown as Strategy;

/** The compiler sees short histories first: it learns from calls, and a million bars are one. */
function warmedUp(input: PlanInput, params: Params): void {
  const short = { bars: 20_000, frequency: "1min" } as const;
  const lane = laneOf(inputOn(short, input.uses[0].strategy, params));
  for (let n = 0; n < 150; n++) lane.run(params);
}

function millionBars(): readonly Figure[] {
  const input = inputOn({ bars: MILLION, frequency: "1min" }, cross, CROSS);
  warmedUp(input, CROSS);
  const shared = timed(laneOf(input), sameCross, { warm: 3, rounds: 15 });
  const anew = timed(laneOf(input), newCross, { warm: 3, rounds: 15 });
  const figure = { unit: "bars/s", better: "higher", needed: 50e6 } as const;
  return [
    {
      ...figure,
      work: "MA cross, 1 M bars, trial lane, columns shared",
      values: shared.seconds.map((s) => MILLION / s),
      note: `${shared.fills} fills, fees, equity, drawdown and all statistics in each of 15 rounds; averages computed in the first one`,
    },
    {
      ...figure,
      work: "the same, averages of new lengths in each round",
      values: anew.seconds.map((s) => MILLION / s),
      note: `fast 23 to 37 against 100: what a sweep's first trial of a length costs`,
    },
  ];
}

async function auditedMillion(): Promise<Figure> {
  const input = inputOn({ bars: MILLION, frequency: "1min" }, cross, CROSS);
  const rounds = [];
  for (let n = 0; n < 4; n++) rounds.push(await auditedRun(input));
  return {
    work: "the same, audited lane, durable journal",
    unit: "bars/s",
    values: rounds.slice(1).map(({ seconds }) => MILLION / seconds),
    better: "higher",
    needed: 0.5e6,
    note: `${rounds[0].entries} journal entries, flushed to disk in batches of ${ENTRIES_PER_BATCH}; the same steps as a run's`,
  };
}

async function auditedRun(input: PlanInput): Promise<{ entries: number; seconds: number }> {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-kernel-"));
  const rules: JournalRules = { sha256, zeroHash: ZERO_HASH, verifyChain, terminalsInBody };
  const store = openJournalStore(folder, rules);
  try {
    const start = performance.now();
    const journal = createJournalWriter({ recorded: store.recorded, prefix: [], sha256 });
    const { world } = input;
    const { plan } = buildPlan(input);
    const trace = createTrace();
    const recorder = createJournallingRecorder({ world, plan, journal, sha256, trace });
    const k = createKernel(world, plan, recorder);
    const flush = async () => {
      const { rows, terminals } = journal.takeBatch();
      await store.append(rows, terminals);
    };
    for (let from = 0; from < MILLION; from += SESSIONS_PER_STEP) {
      runSessions(k, from, Math.min(MILLION, from + SESSIONS_PER_STEP));
      if (journal.buffered() >= ENTRIES_PER_BATCH) await flush();
    }
    finishKernel(k);
    await flush();
    return { entries: journal.head().seq, seconds: (performance.now() - start) / 1000 };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function daily(): Figure {
  const input = inputOn({ bars: 2148, frequency: "1D" }, cross, CROSS);
  const { seconds, fills } = timed(laneOf(input), newCross, { warm: 400, rounds: 40, each: 5 });
  return {
    work: "MA cross, 2,148 daily bars, all statistics",
    unit: "ms",
    values: seconds.map((s) => s * 1000),
    better: "lower",
    needed: 0.15,
    note: `${fills} fills in the last of 40 rounds of 5 trials; each round's averages are computed in its first trial or kept from an earlier one`,
  };
}

async function userFile(): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-strategy-"));
  try {
    writeFileSync(join(folder, "strategy.ts"), USER_FILE);
    const { strategy } = await createStrategyLoader(folder)("./strategy.ts");
    const input = inputOn({ bars: MILLION, frequency: "1min" }, strategy, { window: 200 });
    warmedUp(input, { window: 200 });
    const { seconds, fills } = timed(laneOf(input), (n) => ({ window: 200 + n }), {
      warm: 3,
      rounds: 9,
    });
    return {
      work: "the README's strategy file, 1 M bars, trial lane",
      unit: "bars/s",
      values: seconds.map((s) => MILLION / s),
      better: "higher",
      needed: 10e6,
      note: `${fills} fills, long and short, a new average in each round; loaded and checked as a run does`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Log-log slope of the best of five rounds, by least squares. */
function growth(): readonly Figure[] {
  const ofBars = [1e4, 1e5, 1e6, 1e7].map((bars) => ({ bars, instruments: 1 }));
  const ofInstruments = [1, 4, 16, 64].map((instruments) => ({ bars: 2e4, instruments }));
  const slopes = [ofBars, ofInstruments].map((sizes) =>
    slope(
      sizes.map(({ bars, instruments }): readonly [number, number] => {
        const weight = { ...CROSS, strength: 0.5 / instruments };
        const input = inputOn({ bars, frequency: "1min", instruments }, cross, weight);
        const rounds = { warm: bars > 1e6 ? 1 : 5, rounds: 5 };
        const { seconds } = timed(laneOf(input), (n) => ({ ...weight, fast: 20 + n }), rounds);
        return [bars * instruments, Math.min(...seconds)];
      }),
    ),
  );
  const figure = { unit: "log-log slope", better: "lower", needed: 1.05 } as const;
  return [
    {
      ...figure,
      work: "growth, 10^4 to 10^7 bars",
      values: [slopes[0]],
      note: "best of 5 rounds each",
    },
    {
      ...figure,
      work: "growth, 1 to 64 instruments",
      values: [slopes[1]],
      note: "20,000 bars of each, one strategy, one account; best of 5 rounds each",
    },
  ];
}

function slope(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([size, seconds]) => [Math.log(size), Math.log(seconds)]);
  const [x, y] = [0, 1].map((n) => logs.reduce((sum, log) => sum + log[n], 0) / logs.length);
  const covariance = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return covariance / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

export async function kernelFigures(): Promise<readonly Figure[]> {
  return [...millionBars(), await auditedMillion(), daily(), await userFile(), ...growth()];
}

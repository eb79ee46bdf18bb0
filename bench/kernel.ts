/**
 * How fast one instrument runs through the kernel: a moving-average cross with orders at the next
 * open, fees, slippage and equity over 1,000,000 bars, once with the null recorder and once with
 * the journalling one and its durable journal. Needed: 10 M and 0.3 M bars a second.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JournalRules, openJournalStore } from "../src/adapters/storage/journal-store.ts";
import { sha256 } from "../src/adapters/system/hash.ts";
import { nextNormal, prngOf } from "../src/base/prng.ts";
import type { Pack } from "../src/domain/pack.ts";
import { createCurves, type Curves } from "../src/engine/curves.ts";
import { createJournallingRecorder } from "../src/engine/journalling-recorder.ts";
import { createTrace } from "../src/engine/trace.ts";
import { createKernel, finishKernel, runSessions } from "../src/engine/kernel.ts";
import { buildPlan } from "../src/engine/plan.ts";
import type { Planned } from "../src/engine/plan-input.ts";
import { nullRecorder } from "../src/engine/recorder.ts";
import { buildWorld, type World } from "../src/engine/world.ts";
import { ZERO_HASH } from "../src/records/journal/chain.ts";
import { terminalsInBody, verifyChain } from "../src/records/journal/verify.ts";
import { createJournalWriter } from "../src/records/journal/writer.ts";
import { maCross } from "../src/research/strategies/ma-cross.ts";

const BARS = 1_000_000;
/** Rounds until the compiler has seen everything, and rounds that count. */
const WARM_UP = 5;
const ROUNDS = 15;
const MINUTE_MS = 60_000;

/** A random walk on a 0.01 grid with opens away from the last close. */
function randomWalk(): Pack<"SIMULATED"> {
  const prng = prngOf(11);
  const columns = Array.from({ length: 4 }, () => new Float64Array(BARS));
  const [open, high, low, close] = columns;
  let last = 100;
  for (let i = 0; i < BARS; i++) {
    open[i] = cents(last * (1 + 0.0003 * nextNormal(prng)));
    close[i] = cents(open[i] * (1 + 0.001 * nextNormal(prng)));
    high[i] = cents(Math.max(open[i], close[i]) * 1.0002);
    low[i] = cents(Math.min(open[i], close[i]) * 0.9998);
    // Pulled towards 100, so that a million bars neither vanish nor explode.
    last = close[i] + (100 - close[i]) * 0.0005;
  }
  const instrument = {
    id: "WALK",
    assetClass: "equity",
    currency: "USD",
    currencyDigits: 2,
    lot: 1,
    tick: 0.01,
    multiplier: 1,
    allowNonpositive: false,
    sector: null,
    calendar: null,
    initialMargin: null,
  } as const;
  const timesMs = Float64Array.from({ length: BARS }, (_, i) => i * MINUTE_MS);
  const series = { instrument, timesMs, open, high, low, close, volume: null, futures: null };
  return {
    id: "bench",
    kind: "SIMULATED",
    series: [series],
    actions: [],
    references: [],
    rights: ["simulated"],
  };
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}

function planOn(world: World): Planned {
  return buildPlan({
    world,
    actions: [],
    uses: [
      {
        name: "cross",
        strategy: maCross as unknown as Planned["variants"][number]["use"]["strategy"],
        params: { fast: 20, slow: 100, adx_window: 14, adx_min: 0, strength: 0.5, short: 0 },
        codeHash: "bench",
        instruments: ["WALK"],
      },
    ],
    settings: {
      initialEquity: 10_000_000,
      currency: "USD",
      currencyDigits: 2,
      layers: null,
      execution: { fill: "next_open" },
      slippage: { bps: 0.01, half_spread: 0, ticks: 0 },
      fees: { bps: 0.01, per_share: 0, per_contract: 0, minimum: 0 },
      financing: { debit_rate: 0.05, borrow_rate: 0.01 },
      limits: {
        gross: 1,
        net: null,
        symbol: null,
        sector: null,
        margin: null,
        positions: null,
        shorts: true,
        stop_cooldown_sessions: 0,
      },
      freshness: { max_age_sessions: 1 },
      schedule: { decide: "every_session", rebalance: "never" },
    },
    seed: 1,
    precomputed: [],
    sha256,
    sourceOf: () => "bench",
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Indicators are part of the work: the plan is made anew each time. */
function trialLane(world: World, curves: Curves): { fills: number; rate: number } {
  const start = performance.now();
  const k = createKernel(world, planOn(world).plan, nullRecorder, curves);
  runSessions(k, 0, BARS);
  finishKernel(k);
  const seconds = (performance.now() - start) / 1000;
  return { fills: k.state.fills.lots.length, rate: BARS / seconds };
}

async function auditedLane(world: World): Promise<{ entries: number; rate: number }> {
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-kernel-"));
  const rules: JournalRules = { sha256, zeroHash: ZERO_HASH, verifyChain, terminalsInBody };
  const store = openJournalStore(folder, rules);
  try {
    const start = performance.now();
    const journal = createJournalWriter({ recorded: store.recorded, prefix: [], sha256 });
    const { plan } = planOn(world);
    const recorder = createJournallingRecorder({
      world,
      plan,
      journal,
      sha256,
      trace: createTrace(),
    });
    const k = createKernel(world, plan, recorder);
    for (let from = 0; from < BARS; from += 512) {
      runSessions(k, from, Math.min(BARS, from + 512));
      if (journal.buffered() < 5000) continue;
      const { rows, terminals } = journal.takeBatch();
      await store.append(rows, terminals);
    }
    finishKernel(k);
    const { rows, terminals } = journal.takeBatch();
    await store.append(rows, terminals);
    const seconds = (performance.now() - start) / 1000;
    return { entries: journal.head().seq, rate: BARS / seconds };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rates in bars a second: medians of several warm rounds in one process. */
export async function benchKernel(): Promise<readonly string[]> {
  const world = buildWorld(randomWalk(), { currency: "USD", digits: 2 });
  const curves = createCurves(BARS, { offsetting: false, mixed: false });
  const rounds = Array.from({ length: WARM_UP + ROUNDS }, () => trialLane(world, curves));
  const trials = rounds.slice(WARM_UP);
  const audited = [];
  for (let n = 0; n < 3; n++) audited.push(await auditedLane(world));
  const trial = median(trials.map((t) => t.rate));
  const durable = median(audited.map((a) => a.rate));
  const millions = (rate: number) => `${(rate / 1e6).toFixed(2)} M bars/s`;
  return [
    `kernel, null recorder         ${millions(trial)}  (${trials[0].fills} fills; needed 10)`,
    `kernel, durable journal       ${millions(durable)}  (${audited[0].entries} entries; needed 0.3)`,
    `null / durable                ${(trial / durable).toFixed(1)} x`,
  ];
}

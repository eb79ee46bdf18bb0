/** A seeded market for sweeps, what a sweep of it is made of, and the audited twin of one trial. */
import { DAY_MS, formatDate } from "../../src/base/instant.ts";
import { nextNormal, prngOf } from "../../src/base/prng.ts";
import { sha256 } from "../../src/adapters/system/hash.ts";
import type { SweepOf } from "../../src/apps/cli/compose-sweep.ts";
import type { BacktestPack } from "../../src/domain/pack.ts";
import type { Strategy } from "../../src/domain/strategy.ts";
import { createJournallingRecorder } from "../../src/engine/journalling-recorder.ts";
import { createKernel } from "../../src/engine/kernel.ts";
import { buildPlan } from "../../src/engine/plan.ts";
import type { SweepJob } from "../../src/engine/sweep/job.ts";
import { ROW_LENGTH, writeRow } from "../../src/engine/sweep/trial-row.ts";
import { createTrace } from "../../src/engine/trace.ts";
import { windowMetrics } from "../../src/engine/window-metrics.ts";
import { buildWorld } from "../../src/engine/world.ts";
import { ZERO_HASH } from "../../src/records/journal/chain.ts";
import { createJournalWriter } from "../../src/records/journal/writer.ts";
import type { Params } from "../../src/research/strategies/columns.ts";
import {
  at,
  type Ohlc,
  packOf,
  runThrough,
  type Settings,
  settingsWith,
} from "./market-fixture.ts";

const START = at("2015-01-01");

/** Walks of that many days, in cents; the second instrument does not trade on every tenth day. */
export function walks(days: number, instruments: readonly string[]): BacktestPack {
  const market = instruments.map((id, which) => {
    const prng = prngOf(31 + which);
    const bars: { [date: string]: Ohlc } = {};
    let last = 100;
    for (let day = 0; day < days; day++) {
      const open = cents(last * (1 + 0.004 * nextNormal(prng)));
      const close = cents(open * (1 + 0.012 * nextNormal(prng)));
      last = close;
      if (which > 0 && day % 10 === 7) continue;
      const [high, low] = [Math.max(open, close) + 0.5, Math.min(open, close) - 0.5];
      bars[formatDate(START + day * DAY_MS)] = [open, cents(high), cents(low), close];
    }
    const split = { split: 2, on: formatDate(START + Math.floor(days / 2) * DAY_MS) } as const;
    return [id, { bars, actions: which > 0 ? [split] : [] }] as const;
  });
  return packOf(Object.fromEntries(market));
}

function cents(price: number): number {
  return Math.max(1, Math.round(price * 100)) / 100;
}

/** Everything costs something, so that a trial that forgot a cost differs. */
export const COSTLY: Settings = {
  initialEquity: 100_000,
  slippage: { bps: 3, half_spread: 0.01 },
  fees: { bps: 2, per_share: 0.005, minimum: 1 },
  financing: { debit_rate: 0.05, borrow_rate: 0.02 },
};

export function sweepOn(pack: BacktestPack, over: Partial<SweepOf> = {}): SweepOf {
  return {
    name: "swept",
    pack,
    reference: { kind: "built_in", name: "ma-cross" },
    instruments: pack.series.map(({ instrument }) => instrument.id),
    settings: settingsWith(COSTLY),
    seed: 1,
    precomputed: [],
    sources: {},
    conventions: { periodsPerYear: 252, riskFree: 0.01 },
    ...over,
  };
}

/** Pairs of windows, fast below slow; some long and short, some filtered by the trend's strength. */
export function pairs(count: number): Params[] {
  return Array.from({ length: count }, (_, n) => {
    const fast = 2 + (n % 7);
    return { fast, slow: fast + 3 + (n % 11), adx_min: n % 3 === 0 ? 15 : 0, short: n % 2 };
  });
}

/** The row of one trial as the audited lane makes it: plan, kernel and journal of its own. */
export function auditedRow({ terms }: SweepJob, strategy: Strategy, params: Params): Float64Array {
  const { pack, use, settings, conventions, seed, precomputed } = terms;
  const world = buildWorld(pack, { currency: settings.currency, digits: settings.currencyDigits });
  const { plan } = buildPlan({
    world,
    actions: pack.actions,
    uses: [{ ...use, strategy, params }],
    settings,
    seed,
    precomputed,
    sha256,
    sourceOf: (id) => id,
  });
  const recorded = { seq: 0, hash: ZERO_HASH };
  const journal = createJournalWriter({ recorded, prefix: [], sha256 });
  const recorder = createJournallingRecorder({
    world,
    plan,
    journal,
    sha256,
    trace: createTrace(),
  });
  const k = runThrough(createKernel(world, plan, recorder));
  const row = new Float64Array(ROW_LENGTH);
  writeRow(row, 0, {
    fills: k.state.fills.lots.length,
    finalNavMinor: k.state.navMinor,
    finalCashMinor: k.state.cashMinor,
    metrics: windowMetrics(k, conventions, plan.effectiveStart),
  });
  return row;
}

/** The first trial of which two tables differ in any bit; -1 for none. */
export function firstOtherTrial(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) return 0;
  const [x, y] = [a, b].map((rows) => new BigUint64Array(Float64Array.from(rows).buffer));
  const cell = x.findIndex((bits, n) => bits !== y[n]);
  return cell < 0 ? -1 : Math.floor(cell / ROW_LENGTH);
}

/**
 * How many trials two cores get through: every pair of a fast and a slow moving average on 2,148
 * daily bars, each a whole trial of the engine (orders at the next open, fees, slippage, equity at
 * every close, all statistics of the run document), on a warm pool. Beside it, in the same process,
 * the wall: a plain loop over typed arrays that knows one strategy, one instrument and no rules.
 */
import { cpus } from "node:os";
import { nextNormal, prngOf } from "../src/base/prng.ts";
import { sma } from "../src/base/indicators/sma.ts";
import { knownSeries } from "../src/base/indicators/series.ts";
import type { Pack } from "../src/domain/pack.ts";
import {
  inThisThread,
  openSweepPool,
  sweepJob,
  type SweepOf,
} from "../src/apps/cli/compose-sweep.ts";
import type { SweepJob } from "../src/engine/sweep/job.ts";
import { runSweep, type SweepPool } from "../src/engine/sweep/sweep.ts";
import { valueOf } from "../src/engine/sweep/trial-row.ts";
import type { Figure } from "./figure.ts";
import { stretchOfBars, walkPack } from "./random-walk.ts";
import { directSettings } from "./settings.ts";

const BARS = 2_148;
/** Windows 2 to this: 101,025 pairs, 217 M bar-cells. */
const LONGEST = 451;
const ROUNDS = 5;
const WARM_UP = 1;
const INITIAL = 10_000_000;
const BPS = 1;
/** Of equity: a gap at the open then never leaves a debit that owes interest. */
const STRENGTH = 0.95;

type Pair = { readonly fast: number; readonly slow: number };

function dailyWalk(): Pack<"SIMULATED"> {
  const prng = prngOf(17);
  const values = new Float64Array(4 * BARS);
  const [open, high, low, close] = [0, 1, 2, 3].map((n) =>
    values.subarray(n * BARS, (n + 1) * BARS),
  );
  let last = 100;
  for (let i = 0; i < BARS; i++) {
    open[i] = cents(last * (1 + 0.002 * nextNormal(prng)));
    close[i] = cents(open[i] * (1.0003 + 0.01 * nextNormal(prng)));
    high[i] = cents(Math.max(open[i], close[i]) * 1.002);
    low[i] = cents(Math.min(open[i], close[i]) * 0.998);
    last = close[i];
  }
  return walkPack(values, stretchOfBars(BARS, "1D"));
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}

function sweepOf(pack: Pack<"SIMULATED">): SweepOf {
  return {
    name: "pairs",
    pack,
    reference: { kind: "built_in", name: "ma-cross" },
    instruments: ["WALK"],
    settings: directSettings({
      fill: "next_open",
      slippageBps: BPS,
      feeBps: BPS,
      rates: { debit_rate: 0.05, borrow_rate: 0.01 },
      gross: 1,
    }),
    seed: 1,
    precomputed: [],
    sources: { WALK: "simulated market" },
    conventions: { periodsPerYear: 252, riskFree: 0 },
  };
}

function pairsUpTo(longest: number): readonly Pair[] {
  const pairs: Pair[] = [];
  for (let fast = 2; fast < longest; fast++) {
    for (let slow = fast + 1; slow <= longest; slow++) pairs.push({ fast, slow });
  }
  return pairs;
}

/**
 * The wall. Position by the cross, cash and equity in doubles, a fee on every trade, return, Sharpe
 * and drawdown in one pass; no cents, no order book, no gate, no lot, no reason. Sums what it found,
 * so that nothing of it can be left out by the compiler.
 */
function plainLoop(
  { open, close }: { readonly open: Float64Array; readonly close: Float64Array },
  averages: readonly Float64Array[],
  pairs: readonly Pair[],
): { readonly fills: number; readonly digest: number } {
  let fills = 0;
  let digest = 0;
  for (const pair of pairs) {
    const fast = averages[pair.fast];
    const slow = averages[pair.slow];
    let cash = INITIAL;
    let units = 0;
    let before = INITIAL;
    let high = INITIAL;
    let deepest = 0;
    let sum = 0;
    let squares = 0;
    for (let t = pair.slow; t < close.length; t++) {
      const isLong = fast[t - 1] > slow[t - 1];
      if (isLong !== units > 0) {
        const change = isLong ? Math.floor((before * STRENGTH) / close[t - 1]) : -units;
        const notional = change * open[t];
        cash -= notional + Math.abs(notional) * 1e-4 * (BPS + BPS);
        units += change;
        fills++;
      }
      const equity = cash + units * close[t];
      const change = equity / before - 1;
      sum += change;
      squares += change * change;
      if (equity > high) high = equity;
      const fall = 1 - equity / high;
      if (fall > deepest) deepest = fall;
      before = equity;
    }
    digest += before + deepest + sum / Math.sqrt(squares);
  }
  return { fills, digest };
}

/** Bar-cells a second, in millions. */
function rate(trials: number, startMs: number): number {
  return (trials * BARS) / 1e6 / ((performance.now() - startMs) / 1000);
}

async function sweepRate(job: SweepJob, pool: SweepPool): Promise<number> {
  const start = performance.now();
  await runSweep(job, { pool, progress: () => undefined });
  return rate(job.trials, start);
}

/** In turn, round by round, so that whatever else the machine does falls on all of them. */
export async function sweepFigures(): Promise<readonly Figure[]> {
  const pack = dailyWalk();
  const pairs = pairsUpTo(LONGEST);
  const { open, close } = pack.series[0];
  const averages = Array.from(
    { length: LONGEST + 1 },
    (_, window) => sma(knownSeries(close), Math.max(1, window)).values,
  );
  const sets = pairs.map((pair) => ({ ...pair, adx_min: 0, strength: STRENGTH }));
  const job = await sweepJob(sweepOf(pack), sets);
  const alone = await sweepJob(sweepOf(pack), sets.slice(0, sets.length / 2));
  const workers = Math.min(2, cpus().length);
  const pool = openSweepPool(workers);
  const rates: { sweep: number[]; single: number[]; wall: number[] } = {
    sweep: [],
    single: [],
    wall: [],
  };
  let fills = 0;
  try {
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      const sweep = await sweepRate(job, pool);
      const single = await sweepRate(alone, inThisThread());
      const start = performance.now();
      fills = plainLoop({ open: open as Float64Array, close }, averages, pairs).fills;
      const wall = rate(pairs.length, start);
      if (round < 0) continue;
      rates.sweep.push(sweep);
      rates.single.push(single);
      rates.wall.push(wall);
    }
  } finally {
    await pool.close();
  }
  return figuresOf(rates, { job, workers, wallFills: fills });
}

function figuresOf(
  rates: { readonly sweep: number[]; readonly single: number[]; readonly wall: number[] },
  { job, workers, wallFills }: { job: SweepJob; workers: number; wallFills: number },
): readonly Figure[] {
  let fills = 0;
  for (let trial = 0; trial < job.trials; trial++) fills += valueOf(job.rows, trial, "fills");
  const perTrial = (count: number) => (count / job.trials).toFixed(1);
  const unit = "M bar-cells/s";
  return [
    {
      work: `MA pairs x ${BARS} daily bars, ${workers} workers, warm pool`,
      unit,
      values: rates.sweep,
      better: "higher",
      needed: 200,
      note: `${job.trials} pairs (windows 2 to ${LONGEST}), ${perTrial(fills)} fills each; per trial: orders, gates, fees, slippage, cash and equity in cents at every close, and return, CAGR, volatility, Sharpe, Sortino, Calmar, drawdown, trades, turnover, costs`,
    },
    {
      work: `the same on one thread, half of the pairs`,
      unit,
      values: rates.single,
      better: "higher",
      needed: null,
      note: `the first ${Math.floor(job.trials / 2)} pairs, without a pool`,
    },
    {
      work: `the wall: a plain loop over the same pairs on one thread`,
      unit,
      values: rates.wall,
      better: "higher",
      needed: null,
      note: `${perTrial(wallFills)} fills each; position, cash, equity, return, Sharpe and drawdown in doubles: no cents, orders, gates or other statistics`,
    },
  ];
}

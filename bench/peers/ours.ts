/**
 * The peers' job in Assay, with the words of job.py: the trial lane is timed, its world made
 * before like the peers' frames; the fills and the equity come from the same kernel, walked once.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { sha256 } from "../../src/adapters/system/hash.ts";
import type { Pack } from "../../src/domain/pack.ts";
import { createKernel, finishKernel, runSessions } from "../../src/engine/kernel.ts";
import { buildPlan } from "../../src/engine/plan.ts";
import type { PlanInput } from "../../src/engine/plan-input.ts";
import { nullRecorder } from "../../src/engine/recorder.ts";
import { createTrialLane } from "../../src/engine/trial.ts";
import { buildWorld } from "../../src/engine/world.ts";
import { defineStrategy } from "../../src/research/strategies/define.ts";
import { stretchOfBars, walkPack } from "../random-walk.ts";
import { directSettings } from "../settings.ts";
import type { PeerJob } from "./job.ts";

const SHARES = 100;
/** These are job.py's. */
const MARGIN = 0.00001;
const WARM_UP_SECONDS = 1;
const ROUND_SECONDS = 0.3;

const cross = defineStrategy({
  name: "peer-cross",
  version: "1",
  params: {
    fast: { default: 20, min: 1, max: 1000, integer: true },
    slow: { default: 100, min: 2, max: 2000, integer: true },
  },
  columns: (m, p) => ({ fast: m.sma(m.close, p.fast), slow: m.sma(m.close, p.slow) }),
  decide: (row) => ({ units: row.fast - row.slow > MARGIN ? SHARES : 0 }),
});

const job = JSON.parse(process.argv[2]) as PeerJob;
const input = inputOf(job);
const CONVENTIONS = { periodsPerYear: 252, riskFree: 0 };

repeated(WARM_UP_SECONDS);
say({
  library: "Assay",
  version: process.versions.node,
  runs: job.pairs.map((pair) =>
    walked({ ...input, uses: [{ ...input.uses[0], params: paramsOf(pair) }] }),
  ),
});
for await (const _ of createInterface({ input: process.stdin })) {
  say({ seconds: repeated(ROUND_SECONDS) });
}

/** Mean seconds of one job, done again until so many seconds have passed. */
function repeated(atLeast: number): number {
  const start = performance.now();
  for (let done = 1; ; done++) {
    // A lane keeps averages from trial to trial; a new one computes them again, as the peers do.
    const lane = createTrialLane(input, CONVENTIONS);
    for (const pair of job.pairs) lane.run(paramsOf(pair));
    const passed = (performance.now() - start) / 1000;
    if (passed >= atLeast) return passed / done;
  }
}

function paramsOf([fast, slow]: readonly [number, number]): { fast: number; slow: number } {
  return { fast, slow };
}

function inputOf({ file, bars, frequency, fill }: PeerJob): PlanInput {
  const bytes = readFileSync(file);
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, 4 * bars);
  const pack: Pack<"SIMULATED"> = walkPack(values, stretchOfBars(bars, frequency));
  return {
    world: buildWorld(pack, { currency: "USD", digits: 2 }),
    actions: [],
    uses: [
      {
        name: "cross",
        strategy: cross as unknown as PlanInput["uses"][number]["strategy"],
        params: paramsOf(job.pairs[0]),
        codeHash: "bench",
        instruments: ["WALK"],
      },
    ],
    settings: directSettings({
      fill,
      slippageBps: 0,
      feeBps: 1,
      rates: { debit_rate: 0, borrow_rate: 0 },
      gross: 1,
    }),
    seed: 1,
    precomputed: [],
    sha256,
    sourceOf: () => "bench",
  };
}

function walked(one: PlanInput): { fills: readonly (readonly number[])[]; equity: number } {
  const k = createKernel(one.world, buildPlan(one).plan, nullRecorder);
  runSessions(k, 0, one.world.sessionsMs.length);
  finishKernel(k);
  const { session, lots, price } = k.state.fills;
  const fills = [...session.values()].map((row, n) => [row, lots.values()[n], price.values()[n]]);
  return { fills, equity: k.state.navMinor / 100 };
}

function say(words: object): void {
  process.stdout.write(`${JSON.stringify(words)}\n`);
}

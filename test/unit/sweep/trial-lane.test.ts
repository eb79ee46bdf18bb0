/**
 * What one trial hands to the next is memory, never a number: a kernel taken up again is the kernel
 * made anew, after any market, script and parameters; and so is its plan.
 */
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import type { Metrics } from "../../../src/domain/run-document.ts";
import type { Strategy } from "../../../src/domain/strategy.ts";
import {
  createKernel,
  finishKernel,
  restartKernel,
  runSessions,
} from "../../../src/engine/kernel.ts";
import { buildPlan } from "../../../src/engine/plan.ts";
import type { PlanInput } from "../../../src/engine/plan-input.ts";
import { nullRecorder } from "../../../src/engine/recorder.ts";
import type { Kernel, Plan } from "../../../src/engine/state.ts";
import { createTrialLane } from "../../../src/engine/trial.ts";
import { createTrialPlanner } from "../../../src/engine/trial-plan.ts";
import { createWindowMeter } from "../../../src/engine/window-meter.ts";
import { windowMetrics } from "../../../src/engine/window-metrics.ts";
import { buildWorld } from "../../../src/engine/world.ts";
import type { Params } from "../../../src/research/strategies/columns.ts";
import { defineStrategy } from "../../../src/research/strategies/define.ts";
import { maCross } from "../../../src/research/strategies/ma-cross.ts";
import { numbersOf, settingsWith } from "../../support/market-fixture.ts";
import { COSTLY, pairs, walks } from "../../support/sweep-fixture.ts";

const conventions = { periodsPerYear: 252, riskFree: 0.01 };

/** Limits, stops, both sides, other columns for other parameters, warm-ups of every length. */
const everything: Strategy = defineStrategy({
  name: "everything",
  version: "1",
  params: {
    window: { default: 5, min: 1, max: 50, integer: true },
    kind: { default: 0, min: 0, max: 3 },
  },
  orders: ["limit", "stop", "on_close"],
  columns: (m, p) => ({
    close: m.close,
    slow: m.sma(m.close, p.window),
    ...(p.kind === 2 ? { odd: m.div(m.close, m.sub(m.close, m.lag(m.close, p.window))) } : {}),
  }),
  decide: (row, p) => {
    if (p.kind === 0) return { weight: row.close > row.slow ? 0.9 : -0.7 };
    if (p.kind === 1 && row.close > row.slow) {
      return { weight: 0.5, entry: { limit: row.close * 0.995 }, stop: { distance: 2 } };
    }
    if (p.kind === 2) return { units: row.close > row.slow ? 40 : 0, entry: "on_close" };
    return p.kind === 3 ? null : { weight: 0, stop: { price: row.close * 0.9 } };
  },
});

const SETS: readonly Params[] = [0, 1, 2, 3, 0, 2, 1].map((kind, n) => ({
  kind,
  window: 2 + 6 * n,
}));

function inputOf(strategy: Strategy, ids: readonly string[], over = COSTLY): PlanInput {
  const pack = walks(160, ids);
  return {
    world: buildWorld(pack, { currency: "USD", digits: 2 }),
    actions: pack.actions,
    uses: [{ name: "one", strategy, params: {}, codeHash: "code", instruments: ids }],
    settings: settingsWith(over),
    seed: 1,
    precomputed: [],
    sha256,
    sourceOf: (id) => id,
  };
}

function planAnew(input: PlanInput, params: Params): Plan {
  return buildPlan({ ...input, uses: [{ ...input.uses[0], params }] }).plan;
}

function walk(k: Kernel): Kernel {
  runSessions(k, 0, k.world.sessionsMs.length);
  finishKernel(k);
  return k;
}

/** Everything but what calls back and the curves, which keep what they had until it is overwritten. */
function memoryOf({ state }: Kernel) {
  const { curves, fills, ...others } = state;
  const lengths = Object.entries(fills).map(([name, column]) => [name, column.length]);
  return structuredClone({ ...others, lengths, receivable: curves.receivable });
}

describe("a kernel taken up again", () => {
  it.each([
    ["one instrument", ["ONE"], COSTLY],
    ["two, gaps and a split", ["ONE", "TWO"], COSTLY],
    [
      "filled on the close that decided",
      ["ONE"],
      { ...COSTLY, execution: { fill: "same_close" as const } },
    ],
    ["ruined", ["ONE"], { ...COSTLY, limits: { gross: 40 } }],
  ])("is one made anew, before and after it runs: %s", (_, ids, over) => {
    const input = inputOf(everything, ids, over);
    const planner = createTrialPlanner(input);
    let k: Kernel | null = null;
    for (const params of SETS) {
      const anew = createKernel(input.world, planAnew(input, params), nullRecorder);
      const plan = planner.planFor(params);
      if (k === null) k = createKernel(input.world, plan, nullRecorder);
      else restartKernel(k);
      expect(memoryOf(k)).toStrictEqual(memoryOf(anew));
      expect(numbersOf(walk(k))).toEqual(numbersOf(walk(anew)));
      expect(memoryOf(k)).toStrictEqual(memoryOf(anew));
    }
  });

  it("would be seen to remember: a stop's session that is not forgotten", () => {
    const input = inputOf(everything, ["ONE"]);
    const k = createKernel(input.world, createTrialPlanner(input).planFor(SETS[0]), nullRecorder);
    const fresh = memoryOf(k);
    k.state.stoppedAt[0] = 3;
    expect(memoryOf(k)).not.toEqual(fresh);
  });
});

describe("a plan for other parameters", () => {
  it("is the plan made anew, ids included", () => {
    const input = inputOf(maCross, ["ONE", "TWO"]);
    const planner = createTrialPlanner(input);
    for (const given of pairs(8)) {
      const params = { adx_window: 14, strength: 1, ...given };
      const plain = ({ variants, ...terms }: Plan) => ({
        ...terms,
        variants: variants.map(
          ({ id, strategy, instrument, rowAt, warmup, start, ready, splitFactor }) => {
            return { id, strategy, instrument, rowAt, warmup, start, ready, splitFactor };
          },
        ),
      });
      expect(plain(planner.planFor(params))).toStrictEqual(plain(planAnew(input, params)));
    }
  });

  it("says where a forecast comes from, and refuses a target in its place", () => {
    const forecast = createTrialPlanner(inputOf(maCross, ["ONE"]))
      .planFor({
        fast: 2,
        slow: 5,
        adx_window: 3,
        adx_min: 0,
        strength: 0.5,
        short: 1,
      })
      .variants[0].forecast(40);
    expect(Math.abs(forecast?.strength ?? 0)).toBe(0.5);
    const target = createTrialPlanner(inputOf(everything, ["ONE"])).planFor(SETS[0]).variants[0];
    expect(() => target.forecast(40)).toThrow(/returned a target/);
  });

  it("refuses windows that are longer than the data, and goes on with shorter ones", () => {
    const lane = createTrialLane(inputOf(everything, ["ONE"]), conventions);
    const first = lane.run({ kind: 0, window: 3 });
    expect(() => lane.run({ kind: 0, window: 500 })).toThrow(/needs 500 bars/);
    expect(lane.run({ kind: 0, window: 3 })).toEqual(first);
  });
});

describe("the window meter", () => {
  const meter = (input: PlanInput, k: Kernel, from: number): [Metrics, Metrics] => [
    createWindowMeter(input.world, conventions)(k, from),
    windowMetrics(k, conventions, from),
  ];

  it("says what windowMetrics says, from every session on", () => {
    const input = inputOf(everything, ["ONE", "TWO"]);
    const k = walk(createKernel(input.world, planAnew(input, SETS[0]), nullRecorder));
    for (const from of [0, 1, 20, 100, 158, 159]) {
      const [fast, plain] = meter(input, k, from);
      expect(fast).toStrictEqual(plain);
    }
  });

  it("where the first session traded, and where a day has two sessions", () => {
    const traded = inputOf(everything, ["ONE"], { ...COSTLY, execution: { fill: "same_close" } });
    const k = walk(
      createKernel(traded.world, planAnew(traded, { kind: 0, window: 1 }), nullRecorder),
    );
    expect(k.state.curves.nav[0]).not.toBe(k.plan.initialEquityMinor);
    const [fast, plain] = meter(traded, k, 0);
    expect(fast).toStrictEqual(plain);
    const twice = { ...traded.world, sessionsMs: traded.world.sessionsMs.map((ms) => ms / 2) };
    const half = { ...traded, world: twice };
    const [a, b] = meter(half, { ...k, world: twice }, 0);
    expect(a).toStrictEqual(b);
    expect(a.sharpe).not.toBe(fast.sharpe);
  });
});

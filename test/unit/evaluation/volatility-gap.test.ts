/**
 * The volatility gap: a chain by hand, a twin that keeps money instead of weights, every stage
 * planted by itself, and what is not said.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextNormal, nextUniform, prngOf } from "../../../src/base/prng.ts";
import type { VolatilityParts } from "../../../src/domain/volatility-gap.ts";
import {
  type DecidedWeights,
  volatilityGap,
  type VolatilityGapInput,
} from "../../../src/research/evaluation/volatility-gap.ts";

const STAGES = ["unbounded", "believed", "permitted", "braked", "clamped", "passed"] as const;
type Stage = (typeof STAGES)[number];

/** Sample deviation x sqrt(252), in two passes and nothing else. */
function annual(returns: readonly number[]): number {
  const mean = returns.reduce((sum, r) => sum + r, 0) / returns.length;
  const squares = returns.reduce((sum, r) => sum + (r - mean) ** 2, 0);
  return Math.sqrt((squares / (returns.length - 1)) * 252);
}

/** One instrument, decided at every close: all stages, the positions and the account agree. */
function agreeing(returns: readonly number[], weight: number, target: number): VolatilityGapInput {
  const days = Float64Array.from(returns);
  const same = () => new Float64Array(days.length).fill(weight);
  let wealth = 1;
  return {
    target,
    from: 0,
    returns: [days],
    decided: {
      heldFrom: Int32Array.from(returns, (_, s) => s),
      delayed: false,
      unbounded: same(),
      believed: same(),
      permitted: same(),
      braked: same(),
      clamped: same(),
      passed: same(),
    },
    closedOut: { sessions: new Int32Array(0), instruments: new Int32Array(0) },
    held: same(),
    costs: new Float64Array(days.length),
    nav: days.map((r, s) => (s === 0 ? wealth : (wealth *= 1 + weight * r))),
  };
}

function scaled(
  input: VolatilityGapInput,
  factors: { readonly [stage in Stage | "held"]: number },
) {
  const panels = STAGES.map((name) => [name, input.decided[name].map((w) => w * factors[name])]);
  const decided = { ...input.decided, ...Object.fromEntries(panels) } as DecidedWeights;
  const held = input.held.map((w) => w * factors.held);
  const nav = Float64Array.from(input.nav);
  for (let s = 1; s < nav.length; s++)
    nav[s] = nav[s - 1] * (1 + held[s - 1] * input.returns[0][s]);
  return { ...input, decided, held, nav };
}

const RETURNS = [0, 0.01, -0.02, 0.03, -0.01, 0.015];

describe("by hand", () => {
  it("holds from the close of execution, and drifts until the next decision", () => {
    // Twice the account from the close of session 1 on, in one asset.
    // Session 2: 2 x -2 % = -4 %; the weight is then 2 x 0.98 / 0.96 = 49/24.
    // Session 3: 49/24 x 3 % = 6.125 %; then 49/24 x 1.03 / 1.06125.
    // Session 4 earns -1 % on that, and its close decides 1: session 5 earns 1.5 %.
    const two = agreeing(RETURNS, 1, 0.2);
    const gap = volatilityGap({
      ...two,
      decided: {
        heldFrom: Int32Array.of(1, 4),
        delayed: false,
        ...(Object.fromEntries(STAGES.map((name) => [name, Float64Array.of(2, 1)])) as {
          [stage in Stage]: Float64Array;
        }),
      },
    });
    const drifted = ((49 / 24) * 1.03) / 1.06125;
    const walked = [0, -0.04, 0.06125, drifted * -0.01, 0.015];
    // Session 1 earned nothing yet: it is not among the exposed.
    const exposed = annual(walked.slice(1));
    const realised = annual(RETURNS.slice(1));
    expect(gap.target).toBe(0.2);
    expect(gap.realised).toBeCloseTo(realised, 14);
    expect(gap.parts?.estimator_and_rebalance_lag).toBeCloseTo(exposed - 0.2, 13);
    expect(gap.parts?.unexposed).toBeCloseTo(annual(walked) - exposed, 13);
    expect(gap.parts?.buffer_and_rounding).toBeCloseTo(realised - annual(walked), 13);
    const rest = { target_bounds: 0, policy: 0, overlay: 0, clamps: 0, gates: 0, costs: 0 };
    expect(gap.parts).toMatchObject(rest);
    expect(gap.residual).toBeCloseTo(0, 14);
  });

  it("drifts through the session between decision and execution", () => {
    // Decided 2 at the close of session 1; session 2 loses 2 % before it is held: 2 x 0.98 of an
    // account that held nothing. Session 3 earns 1.96 x 3 %.
    const one = agreeing(RETURNS, 1, 0.2);
    const stages = Object.fromEntries(STAGES.map((name) => [name, Float64Array.of(2)]));
    const decided = { heldFrom: Int32Array.of(2), delayed: true, ...stages } as DecidedWeights;
    const gap = volatilityGap({ ...one, decided });
    const third = 1.96 * 0.03;
    const then = (1.96 * 1.03) / (1 + third);
    const fourth = then * -0.01;
    const fifth = ((then * 0.99) / (1 + fourth)) * 0.015;
    expect(gap.parts?.estimator_and_rebalance_lag).toBeCloseTo(
      annual([third, fourth, fifth]) - 0.2,
      14,
    );
  });

  it("counts costs by their spread, not by their sum", () => {
    const free = agreeing(RETURNS, 1, 0.2);
    const even = volatilityGap({ ...free, costs: new Float64Array(6).fill(0.001) });
    expect(even.parts?.costs).toBeCloseTo(0, 14);
    const costs = Float64Array.of(0, 0.01, 0, 0.02, 0, 0);
    const uneven = volatilityGap({ ...free, costs });
    const charged = RETURNS.slice(1).map((r, n) => r - costs[n + 1]);
    expect(uneven.parts?.costs).toBeCloseTo(annual(charged) - annual(RETURNS.slice(1)), 14);
    // The account of this input paid nothing: that is the residual's, with the other sign.
    expect(uneven.residual).toBeCloseTo(-(uneven.parts?.costs ?? 0), 14);
  });

  it("leaves to the residual what no layer did", () => {
    const input = agreeing(RETURNS, 1, 0.2);
    const nav = Float64Array.from(input.nav);
    nav[3] *= 1.05;
    const { residual, realised, parts } = volatilityGap({ ...input, nav });
    const earned = Array.from(nav, (v, s) => (s === 0 ? 0 : v / nav[s - 1] - 1)).slice(1);
    expect(realised).toBeCloseTo(annual(earned), 13);
    expect(residual).toBeCloseTo(annual(earned) - annual(RETURNS.slice(1)), 13);
    expect(parts?.costs).toBe(0);
  });

  it("starts after the window's first session", () => {
    const all = agreeing(RETURNS, 1, 0.2);
    const late = volatilityGap({ ...all, from: 2 });
    expect(late.realised).toBeCloseTo(annual(RETURNS.slice(3)), 14);
    expect(late.parts?.estimator_and_rebalance_lag).toBeCloseTo(annual(RETURNS.slice(3)) - 0.2, 14);
  });
});

describe("a stage planted by itself", () => {
  const PARTS: readonly (readonly [Stage | "held", keyof VolatilityParts])[] = [
    ["believed", "target_bounds"],
    ["permitted", "policy"],
    ["braked", "overlay"],
    ["clamped", "clamps"],
    ["passed", "gates"],
    ["held", "buffer_and_rounding"],
  ];

  it.each(PARTS)("half of it from %s on is all of %s", (stage, part) => {
    const order = [...STAGES, "held"] as const;
    const factors = Object.fromEntries(
      order.map((name, n) => [name, n >= order.indexOf(stage) ? 0.5 : 1]),
    ) as { [name in Stage | "held"]: number };
    const whole = annual(RETURNS.slice(1));
    const gap = volatilityGap(scaled(agreeing(RETURNS, 1, whole), factors));
    for (const [name, value] of Object.entries(gap.parts ?? {})) {
      expect(value, name).toBeCloseTo(name === part ? -whole / 2 : 0, 14);
    }
    expect(gap.residual).toBeCloseTo(0, 14);
    expect(gap.gap).toBeCloseTo(-whole / 2, 14);
  });

  it("with everything off and the volatility known beforehand nothing is left to explain", () => {
    const weight = 0.1 / annual(RETURNS.slice(1));
    const gap = volatilityGap(agreeing(RETURNS, weight, 0.1));
    expect(gap.realised).toBeCloseTo(0.1, 14);
    for (const value of Object.values(gap.parts ?? {})) expect(value).toBeCloseTo(0, 14);
    expect(gap.residual).toBeCloseTo(0, 14);
  });

  it("what a stop closed stays closed until the next decision, and is the gates'", () => {
    const input = agreeing(RETURNS, 1, 0.2);
    const once = Float64Array.of(1);
    const decided = {
      heldFrom: Int32Array.of(0),
      delayed: false,
      ...(Object.fromEntries(STAGES.map((name) => [name, once])) as {
        [stage in Stage]: Float64Array;
      }),
    };
    const closedOut = { sessions: Int32Array.of(2), instruments: Int32Array.of(0) };
    const { parts } = volatilityGap({ ...input, decided, closedOut });
    const stopped = annual([0.01, -0.02, 0, 0, 0]);
    expect(parts?.gates).toBeCloseTo(stopped - annual(RETURNS.slice(1)), 14);
  });
});

/** Panels, returns with gaps, stops, positions and an account from a seed; a window from 0 to 3. */
function randomInput(seed: number): VolatilityGapInput {
  const prng = prngOf(seed);
  const upTo = (n: number) => Math.floor(nextUniform(prng) * n);
  const sessions = 12 + upTo(30);
  const width = 1 + upTo(3);
  const wild = upTo(4) === 0 ? 0.6 : 0.02;
  const column = () =>
    Float64Array.from({ length: sessions }, (_, s) =>
      s === 0 || upTo(6) === 0 ? Number.NaN : Math.max(-0.95, wild * nextNormal(prng)),
    );
  const heldFrom: number[] = [];
  for (let s = 0; s < sessions + 2; s++) if (s === 1 || upTo(4) === 0) heldFrom.push(s);
  const panel = (rows: number) =>
    Float64Array.from({ length: rows * width }, () => (upTo(5) === 0 ? 0 : nextNormal(prng)));
  const stops = Array.from({ length: sessions }, (_, s) => s).filter(() => upTo(6) === 0);
  const nav = new Float64Array(sessions).fill(1000);
  for (let s = 1; s < sessions; s++) nav[s] = nav[s - 1] * (1 + 0.01 * nextNormal(prng));
  return {
    target: 0.05 + nextUniform(prng),
    from: upTo(4),
    returns: Array.from({ length: width }, column),
    decided: {
      heldFrom: Int32Array.from(heldFrom),
      delayed: upTo(2) === 0,
      ...(Object.fromEntries(STAGES.map((name) => [name, panel(heldFrom.length)])) as {
        [stage in Stage]: Float64Array;
      }),
    },
    closedOut: {
      sessions: Int32Array.from(stops),
      instruments: Int32Array.from(stops, () => upTo(width)),
    },
    held: panel(sessions),
    costs: Float64Array.from({ length: sessions }, () => 0.001 * nextUniform(prng)),
    nav,
  };
}

/**
 * The twin keeps money: an account of one unit at each decision, a value per instrument, the rest
 * in cash. What it earns on a session is the change of the account over the account before.
 */
function naiveEarned(input: VolatilityGapInput, stage: Stage): { earned: number; held: boolean }[] {
  const { returns, decided, closedOut } = input;
  const width = returns.length;
  let values = new Array<number>(width).fill(0);
  let cash = 1;
  return Array.from(input.nav, (_, s) => {
    const before = cash + values.reduce((a, b) => a + b, 0);
    const held = values.some((value) => value !== 0);
    values = values.map(
      (value, i) => value * (1 + (Number.isNaN(returns[i][s]) ? 0 : returns[i][s])),
    );
    const after = cash + values.reduce((a, b) => a + b, 0);
    const earned = after / before - 1;
    if (after <= 0) {
      values = values.map(() => 0);
      cash = 1;
    }
    const d = decided.heldFrom.indexOf(s);
    if (d >= 0) {
      const total = cash + values.reduce((a, b) => a + b, 0);
      // Bought in units at the close before for an account of `before`, or at this close.
      values = values.map((_, i) => {
        const weight = decided[stage][d * width + i];
        const r = Number.isNaN(returns[i][s]) ? 0 : returns[i][s];
        if (!decided.delayed) return weight * total;
        return after <= 0 ? 0 : weight * before * (1 + r);
      });
      cash = total - values.reduce((a, b) => a + b, 0);
    }
    for (const [n, at] of closedOut.sessions.entries()) {
      if (stage !== "passed" || at !== s) continue;
      const i = closedOut.instruments[n];
      cash += values[i];
      values[i] = 0;
    }
    return { earned, held };
  });
}

describe("of a random run", () => {
  it("every part is what the account in money says", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const input = randomInput(seed);
        const { returns, from, nav, costs, target } = input;
        const paths = STAGES.map((stage) => naiveEarned(input, stage).slice(from + 1));
        const exposed = paths[0].filter(({ held }) => held);
        const [unbounded, ...others] = paths.map((path) => annual(path.map((p) => p.earned)));
        const width = returns.length;
        const marked = Array.from(nav, (_, s) =>
          returns.reduce((sum, column, i) => {
            const r = column[s];
            return s === 0 || Number.isNaN(r) ? sum : sum + input.held[(s - 1) * width + i] * r;
          }, 0),
        );
        const chain = [
          target,
          annual(exposed.map(({ earned }) => earned)),
          unbounded,
          ...others,
          annual(marked.slice(from + 1)),
          annual(marked.map((r, s) => r - costs[s]).slice(from + 1)),
        ];
        const gap = volatilityGap(input);
        if (exposed.length < 2) {
          expect(gap.parts).toBeNull();
          return;
        }
        const parts = Object.values(gap.parts ?? {});
        expect(parts).toHaveLength(chain.length - 1);
        for (const [n, part] of parts.entries()) {
          const due = chain[n + 1] - chain[n];
          expect(Math.abs(part - due)).toBeLessThan(1e-9 * Math.max(1, ...chain));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("parts and residual add up to realised less target", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { parts, residual, gap, realised, target } = volatilityGap(randomInput(seed));
        if (parts === null) return;
        const sum = Object.values(parts).reduce((a, b) => a + b, 0);
        expect(gap).toBe((realised ?? Number.NaN) - target);
        expect(sum + (residual ?? Number.NaN)).toBeCloseTo(gap ?? Number.NaN, 12);
      }),
    );
  });

  it("says the same of the same run", () => {
    expect(volatilityGap(randomInput(7))).toEqual(volatilityGap(randomInput(7)));
  });
});

describe("is not said", () => {
  const input = agreeing(RETURNS, 1, 0.2);
  const unsaid = { target: 0.2, realised: null, gap: null, parts: null, residual: null };

  it.each([
    ["ruin", { nav: Float64Array.of(1, 1, 1, 0, 1, 1) }, /ruined at session 3/],
    ["one return", { from: 4 }, /1 return/],
    [
      "never exposed",
      { decided: { ...input.decided, unbounded: new Float64Array(6) } },
      /nothing was held/,
    ],
  ] as const)("after %s", (_, over, because) => {
    const gap = volatilityGap({ ...input, ...over });
    expect(gap).toMatchObject(unsaid);
    expect(gap.undefined_because).toMatch(because);
  });

  it("of panels that do not fit", () => {
    expect(() => volatilityGap({ ...input, held: new Float64Array(5) })).toThrow(/do not fit/);
    const decided = { ...input.decided, braked: new Float64Array(7) };
    expect(() => volatilityGap({ ...input, decided })).toThrow(/do not fit/);
    expect(() => volatilityGap({ ...input, from: 6 })).toThrow(/do not fit/);
  });
});

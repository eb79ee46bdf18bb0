/**
 * Why the volatility that came is not the one that was aimed at (spec portfolio, section 4), by
 * sequential counterfactuals. Enters: daily asset returns, the net weights after every stage of
 * every decision, the weights held at each close, costs and net asset value; leaves: annual
 * volatilities and their differences. Weights are fractions of net asset value.
 *
 * Counterfactual k trades the weights after stage k: from the close of the session of execution it
 * holds them, earns sum w r on each session after, and lets them drift, w (1 + r) / (1 + sum w r),
 * until the next decision's. Lots are fixed at the decision, so what executes a session later has
 * drifted through that session. An instrument without a return earned nothing. A day that loses
 * everything counts as it is, and then nothing is held until the next execution. vol_k = sample
 * deviation (ddof 1) x sqrt(252) of the returns after the window's first session. The chain:
 *
 *   target
 *   -> unbounded: weights x target / sigma without floors and caps,
 *      on the sessions on which it held something       estimator_and_rebalance_lag
 *   -> unbounded, on all sessions                       unexposed
 *   -> as targeted on the weights before policy         target_bounds
 *   -> as targeted on what policy left                  policy
 *   -> after the brake                                  overlay
 *   -> after the clamps                                 clamps
 *   -> what passed the gates, before rounding; nothing
 *      from where a stop or a breaker closed it         gates
 *   -> positions as held at each close                  buffer_and_rounding
 *   -> the same, less costs                             costs
 *   -> net asset value                                  the residual
 *
 * Each part is a difference of two neighbours. What is left to the residual: what fills earned
 * inside a session, what balances in other currencies gained or lost, rounding to minor units.
 * Nothing is said, with the reason, of ruin, of fewer than two returns, of a book never exposed.
 */
import { invariant } from "../../base/assert.ts";
import { sampleDeviation } from "../../base/statistics.ts";
import type { VolatilityGap, VolatilityParts } from "../../domain/volatility-gap.ts";
import { dailyReturns, firstRuin } from "./metrics.ts";

/** Net weights by decision x instrument, after each stage. */
export type DecidedWeights = {
  /** Session from whose close on a decision's weights are held, ascending; past the end: never. */
  readonly heldFrom: Int32Array;
  /** Whether that is the session after the decision. */
  readonly delayed: boolean;
  readonly unbounded: Float64Array;
  readonly believed: Float64Array;
  readonly permitted: Float64Array;
  readonly braked: Float64Array;
  readonly clamped: Float64Array;
  readonly passed: Float64Array;
};

/** Positions that no decision closed: a stop, a breaker. Ascending by session. */
export type ClosedOut = { readonly sessions: Int32Array; readonly instruments: Int32Array };

export type VolatilityGapInput = {
  /** Annual. */
  readonly target: number;
  /** First session of the window; its close is the starting wealth. */
  readonly from: number;
  /** Simple, in the account's currency, by instrument and session; NaN without a bar. */
  readonly returns: readonly Float64Array[];
  readonly decided: DecidedWeights;
  readonly closedOut: ClosedOut;
  /** By session x instrument, at the close. */
  readonly held: Float64Array;
  /** By session, as fractions of net asset value at the close before. */
  readonly costs: Float64Array;
  /** By session. */
  readonly nav: Float64Array;
};

const DAYS_PER_YEAR = 252;
const NO_CLOSES: ClosedOut = { sessions: new Int32Array(0), instruments: new Int32Array(0) };

export function volatilityGap(input: VolatilityGapInput): VolatilityGap {
  const { target, from, nav } = input;
  requireShapes(input);
  const ruin = firstRuin(nav);
  if (ruin !== null) return unsaid(target, `ruined at session ${ruin}: net asset value <= 0`);
  const returns = dailyReturns(nav).subarray(from + 1);
  if (returns.length < 2) {
    return unsaid(target, `${returns.length} return(s) in the window, at least 2 are needed`);
  }
  const realised = annual(returns);
  const chain = volatilities(input);
  if (chain === null) return unsaid(target, "nothing was held on two sessions of the window");
  const parts = differences(target, chain);
  const explained = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const gap = realised - target;
  return { target, realised, gap, parts, residual: gap - explained, undefined_because: null };
}

function unsaid(target: number, because: string): VolatilityGap {
  const nothing = { realised: null, gap: null, parts: null, residual: null };
  return { target, ...nothing, undefined_because: because };
}

function requireShapes({ returns, decided, held, costs, nav, from }: VolatilityGapInput): void {
  const { heldFrom, delayed: _, ...panels } = decided;
  const width = returns.length;
  const fits =
    Object.values(panels).every((panel) => panel.length === heldFrom.length * width) &&
    returns.every((column) => column.length === nav.length) &&
    held.length === nav.length * width &&
    costs.length === nav.length &&
    from >= 0 &&
    from < nav.length;
  invariant(fits, 21, () => {
    return `weights of ${heldFrom.length} decisions and ${nav.length} sessions x ${width} instruments do not fit together`;
  });
}

type Chain = {
  readonly exposed: number;
  readonly unbounded: number;
  readonly believed: number;
  readonly permitted: number;
  readonly braked: number;
  readonly clamped: number;
  readonly passed: number;
  readonly held: number;
  readonly charged: number;
};

/** Annual volatility of every counterfactual; null when the first one never held anything. */
function volatilities(input: VolatilityGapInput): Chain | null {
  const { decided, closedOut, from, costs } = input;
  const days = rowsOf(input.returns);
  const walk = (weights: Float64Array, closes: ClosedOut = NO_CLOSES) =>
    walkWeights(days, { decided, weights, closes });
  const first = walk(decided.unbounded);
  const unbounded = first.earned.subarray(from + 1);
  const exposed = unbounded.filter((_, n) => first.exposed[from + 1 + n] === 1);
  if (exposed.length < 2) return null;
  const volatility = (path: Walk) => annual(path.earned.subarray(from + 1));
  const held = heldReturns(days, input.held).subarray(from + 1);
  return {
    exposed: annual(exposed),
    unbounded: annual(unbounded),
    believed: volatility(walk(decided.believed)),
    permitted: volatility(walk(decided.permitted)),
    braked: volatility(walk(decided.braked)),
    clamped: volatility(walk(decided.clamped)),
    passed: volatility(walk(decided.passed, closedOut)),
    held: annual(held),
    charged: annual(held.map((earned, n) => earned - costs[from + 1 + n])),
  };
}

function differences(target: number, chain: Chain): VolatilityParts {
  return {
    estimator_and_rebalance_lag: chain.exposed - target,
    unexposed: chain.unbounded - chain.exposed,
    target_bounds: chain.believed - chain.unbounded,
    policy: chain.permitted - chain.believed,
    overlay: chain.braked - chain.permitted,
    clamps: chain.clamped - chain.braked,
    gates: chain.passed - chain.clamped,
    buffer_and_rounding: chain.held - chain.passed,
    costs: chain.charged - chain.held,
  };
}

function annual(returns: Float64Array): number {
  return sampleDeviation(returns) * Math.sqrt(DAYS_PER_YEAR);
}

/** Session x instrument, so that a session lies together in memory; nothing known earns nothing. */
type Days = { readonly sessions: number; readonly width: number; readonly values: Float64Array };

function rowsOf(returns: readonly Float64Array[]): Days {
  const width = returns.length;
  const sessions = returns[0].length;
  const values = new Float64Array(sessions * width);
  for (let i = 0; i < width; i++) {
    const column = returns[i];
    for (let s = 0; s < sessions; s++) {
      const r = column[s];
      if (!Number.isNaN(r)) values[s * width + i] = r;
    }
  }
  return { sessions, width, values };
}

type Walk = {
  /** By session, on what was held at the close before; and whether that was anything. */
  readonly earned: Float64Array;
  readonly exposed: Uint8Array;
};

function walkWeights(
  { sessions, width, values }: Days,
  {
    decided: { heldFrom, delayed },
    weights,
    closes,
  }: {
    readonly decided: Pick<DecidedWeights, "heldFrom" | "delayed">;
    readonly weights: Float64Array;
    readonly closes: ClosedOut;
  },
): Walk {
  const earned = new Float64Array(sessions);
  const exposed = new Uint8Array(sessions);
  const w = new Float64Array(width);
  let decision = 0;
  let close = 0;
  for (let s = 0; s < sessions; s++) {
    const at = s * width;
    let sum = 0;
    let gross = 0;
    for (let i = 0; i < width; i++) {
      sum += w[i] * values[at + i];
      gross += Math.abs(w[i]);
    }
    earned[s] = sum;
    exposed[s] = gross > 0 ? 1 : 0;
    const scale = sum > -1 ? 1 / (1 + sum) : 0;
    const executes = heldFrom[decision] === s;
    if (executes) {
      for (let i = 0; i < width; i++) w[i] = weights[decision * width + i];
      decision++;
    }
    if (!executes || delayed) {
      for (let i = 0; i < width; i++) w[i] *= (1 + values[at + i]) * scale;
    }
    for (; closes.sessions[close] === s; close++) w[closes.instruments[close]] = 0;
  }
  return { earned, exposed };
}

/** What was held at each close earns the next session's return. */
function heldReturns({ sessions, width, values }: Days, held: Float64Array): Float64Array {
  const earned = new Float64Array(sessions);
  for (let s = 1; s < sessions; s++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += held[(s - 1) * width + i] * values[s * width + i];
    earned[s] = sum;
  }
  return earned;
}

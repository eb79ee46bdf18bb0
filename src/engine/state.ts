/**
 * The flat state that one kernel mutates, and the plan it follows. Money is integer minor units in
 * doubles, quantities whole lots, prices raw. Both lanes use exactly this; only the recorder
 * differs.
 */
import type { Order } from "../domain/order.ts";
import type { TerminalState } from "../domain/refusal.ts";
import type { Target } from "../domain/target.ts";
import type { Limits } from "../execution/gates/limits.ts";
import type { FeeSchedule } from "../venue/fees.ts";
import type { MarketPhase, Slippage } from "../venue/fill-price.ts";
import type { Curves } from "./curves.ts";
import { type FillLog, createFillLog } from "./fill-log.ts";
import type { Recorder } from "./recorder.ts";
import type { Signal } from "./signal.ts";
import { type StageTally, createTally } from "./stage-tally.ts";
import type { World } from "./world.ts";

export type Variant = {
  readonly id: string;
  readonly strategy: string;
  readonly instrument: number;
  /** Row of the instrument's last bar at each session; null: the same index. */
  readonly rowAt: Int32Array | null;
  /** Asks the strategy at a row of its instrument; see research/strategies/decider.ts for `unchanged`. */
  readonly decide: (row: number, unchanged: number) => Target | null;
  /** First row past warm-up. */
  readonly warmup: number;
  /** 1 where every declared column is known; null: on every row past warm-up. */
  readonly ready: Uint8Array | null;
  /** Split factor at each row, adjusted = raw x factor; null: never split. */
  readonly splitFactor: Float64Array | null;
};

export type Plan = {
  readonly variants: readonly Variant[];
  readonly decideOn: Uint8Array;
  readonly rebalanceOn: Uint8Array;
  readonly sameClose: boolean;
  readonly marketPhase: MarketPhase;
  readonly slippage: Slippage;
  readonly fees: readonly FeeSchedule[];
  readonly debitRate: number;
  readonly borrowRate: number;
  readonly limits: Limits;
  readonly maxAgeSessions: number;
  readonly initialEquityMinor: number;
  /** First session of the evaluation window: every variant is past its warm-up. */
  readonly effectiveStart: number;
  readonly requiredGates: readonly string[];
};

export type Payment = {
  readonly instrument: number;
  readonly dueMs: number;
  readonly exDateMs: number;
  readonly amountMinor: number;
};

export type Counters = {
  forecasts: number;
  holds: number;
  signals: number;
  /** Rows past warm-up on which a column was unknown: no forecast was issued. */
  unknownRows: number;
  orders: number;
  stopsPlaced: number;
  stopsFilled: number;
  stopsCancelled: number;
  stopsExpired: number;
  /** Sessions x instruments marked at an earlier close for want of a bar. */
  staleMarks: number;
  readonly terminals: Map<TerminalState, number>;
};

export type Costs = { fees: number; slippage: number; financing: number; borrow: number };

export type KernelState = {
  session: number;
  cashMinor: number;
  receivableMinor: number;
  navMinor: number;
  hasShort: boolean;
  readonly lots: Float64Array;
  /** Lots as if every working order had filled, while one decision's orders are judged. */
  readonly scratchLots: Float64Array;
  readonly mark: Float64Array;
  readonly valueMinor: Float64Array;
  readonly lastBar: Int32Array;
  working: Order[];
  readonly stops: (Order | null)[];
  /** Session of each instrument's newest stop and how many it had then: the next one's generation. */
  readonly stopSession: Int32Array;
  readonly stopGeneration: Int32Array;
  readonly previousTarget: Float64Array;
  readonly previousKind: Uint8Array;
  readonly openSignals: Map<number, Signal>;
  payments: Payment[];
  readonly counters: Counters;
  readonly costs: Costs;
  ruinedAt: number | null;
  readonly tally: StageTally;
  readonly fills: FillLog;
  readonly curves: Curves;
  /** Fees, slippage, financing and borrow up to the close of the evaluation window's first session. */
  costsBeforeWindow: number;
};

/** `curves` may come from an earlier kernel of the same size: every session writes its own values. */
export function createState(world: World, plan: Plan, curves: Curves): KernelState {
  const n = world.instruments.length;
  return {
    session: -1,
    cashMinor: 0,
    receivableMinor: 0,
    navMinor: 0,
    hasShort: false,
    lots: new Float64Array(n),
    scratchLots: new Float64Array(n),
    mark: new Float64Array(n).fill(Number.NaN),
    valueMinor: new Float64Array(n),
    lastBar: new Int32Array(n).fill(-1),
    working: [],
    stops: new Array<Order | null>(n).fill(null),
    stopSession: new Int32Array(n).fill(-1),
    stopGeneration: new Int32Array(n),
    previousTarget: new Float64Array(plan.variants.length).fill(Number.NaN),
    previousKind: new Uint8Array(plan.variants.length),
    openSignals: new Map(),
    payments: [],
    counters: {
      forecasts: 0,
      holds: 0,
      signals: 0,
      unknownRows: 0,
      orders: 0,
      stopsPlaced: 0,
      stopsFilled: 0,
      stopsCancelled: 0,
      stopsExpired: 0,
      staleMarks: 0,
      terminals: new Map(),
    },
    costs: { fees: 0, slippage: 0, financing: 0, borrow: 0 },
    ruinedAt: null,
    tally: createTally(),
    fills: createFillLog(),
    curves,
    costsBeforeWindow: 0,
  };
}

export type Kernel = {
  readonly world: World;
  readonly plan: Plan;
  readonly state: KernelState;
  readonly recorder: Recorder;
};

/** Minor units. */
export function totalCosts({ costs }: KernelState): number {
  return costs.fees + costs.slippage + costs.financing + costs.borrow;
}

/**
 * The flat state that one kernel mutates, and the plan it follows. Money is integer minor units in
 * doubles, quantities whole lots, prices raw. Both lanes use exactly this; only the recorder
 * differs.
 */
import type { Forecast } from "../domain/forecast.ts";
import type { Order } from "../domain/order.ts";
import type { TerminalState, Verdict } from "../domain/refusal.ts";
import type { ExposureView } from "../execution/gates/exposure.ts";
import type { Safety } from "../execution/gates/pause.ts";
import type { Limits } from "../execution/gates/limits.ts";
import type { TargetDecider } from "../research/strategies/decider.ts";
import type { FeeSchedule } from "../venue/fees.ts";
import type { MarketPhase, Slippage } from "../venue/fill-price.ts";
import type { Book } from "./book.ts";
import type { Curves } from "./curves.ts";
import { type FillLog, createFillLog } from "./fill-log.ts";
import type { LayerPlan } from "./layers/plan.ts";
import { createLayerState, type LayerState } from "./layers/state.ts";
import type { Recorder } from "./recorder.ts";
import { createQuiet, type Quiet } from "./quiet/state.ts";
import type { Signal } from "./signal.ts";
import { createSleeveBook, type SleeveBook } from "./sleeves/book.ts";
import { OpenSignals } from "./open-signals.ts";
import {
  createTally,
  type OrderGateName,
  type SignalGateName,
  type StageCounts,
  type StageTally,
  type Wiring,
} from "./stage-tally.ts";
import type { World } from "./world.ts";

export type Variant = {
  readonly id: string;
  readonly strategy: string;
  readonly instrument: number;
  /** Row of the instrument's last bar at each session; null: the same index. */
  readonly rowAt: Int32Array | null;
  /** Asks the strategy at a row of its instrument; both: see research/strategies/decider.ts. */
  readonly decide: TargetDecider["decide"];
  readonly repeatsUntil: TargetDecider["repeatsUntil"];
  /** Asks for its forecast; refuses a strategy that answers with targets. */
  readonly forecast: (row: number) => Forecast | null;
  /** First row past warm-up, and its session. */
  readonly warmup: number;
  readonly start: number;
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
  /** What the mandate switched on. */
  readonly wiring: Wiring;
  readonly enabledGates: ReadonlySet<string>;
  readonly requiredGates: readonly string[];
  /** The portfolio stages; null: strategies' own targets are traded as they are. */
  readonly layers: LayerPlan | null;
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
  /** Decisions of the portfolio stages. */
  decisions: number;
  /** Positions carried into the next contract. */
  rolls: number;
  /** Positions closed by the breakers. */
  flattens: number;
  flattensFilled: number;
  flattensExpired: number;
  /** Wishes of opposite sleeves that met inside, and how many lots. */
  crosses: number;
  crossedLots: number;
  /** Sessions x instruments marked at an earlier close for want of a bar. */
  staleMarks: number;
  readonly terminals: Map<TerminalState, number>;
};

export type Costs = { fees: number; slippage: number; financing: number; borrow: number };

export type KernelState = {
  session: number;
  /** By currency, minor units of each; the account's own comes first. */
  readonly cash: Float64Array;
  readonly receivable: Float64Array;
  /** Units of the account's currency for one unit of each; 1 for its own. */
  readonly rate: Float64Array;
  /** By instrument: account minor units for one minor unit of its currency, unrounded. */
  readonly exposureRate: Float64Array;
  /** Scratch: one figure per currency while a book is valued. */
  readonly localMinor: Float64Array;
  /** All cash at the last close, in the account's currency. */
  cashMinor: number;
  receivableMinor: number;
  navMinor: number;
  hasShort: boolean;
  /** Futures: the value the last settlement paid up to, and fills since; minor units of the instrument. */
  readonly settledMinor: Float64Array;
  readonly unsettledMinor: Float64Array;
  readonly lots: Float64Array;
  /** Lots as if every working order had filled, while one decision's orders are judged. */
  readonly scratchLots: Float64Array;
  /** Made when it is first asked for. */
  book: Book | null;
  readonly mark: Float64Array;
  readonly valueMinor: Float64Array;
  readonly lastBar: Int32Array;
  working: Order[];
  readonly stops: (Order | null)[];
  /** Session of each instrument's newest stop and how many it had then: the next one's generation. */
  readonly stopSession: Int32Array;
  readonly stopGeneration: Int32Array;
  /** The same of flattenings: a person may ask again for what the venue did not do. */
  readonly flattenSession: Int32Array;
  readonly flattenGeneration: Int32Array;
  readonly previousTarget: Float64Array;
  readonly previousKind: Uint8Array;
  readonly quiet: Quiet;
  readonly openSignals: OpenSignals;
  payments: Payment[];
  readonly counters: Counters;
  readonly costs: Costs;
  ruinedAt: number | null;
  readonly tally: StageTally;
  readonly fills: FillLog;
  readonly curves: Curves;
  /** Fees, slippage, financing and borrow up to the close of the evaluation window's first session. */
  costsBeforeWindow: number;
  /** Session in which a protective stop last filled, by instrument; -1 never. */
  readonly stoppedAt: Int32Array;
  /** The plan's, with the gross limit that the volatility regime leaves. */
  limits: Limits;
  /** Null while every instrument belongs to one strategy (allocation direct). */
  readonly sleeves: SleeveBook | null;
  readonly layers: LayerState | null;
  /** Whether trading is open; null where nobody can close it. */
  safety: Safety | null;
};

/** `curves` may come from an earlier kernel of the same size: every session writes its own values. */
export function createState(world: World, plan: Plan, curves: Curves): KernelState {
  const n = world.instruments.length;
  return {
    session: -1,
    cash: new Float64Array(world.currencies.length),
    receivable: new Float64Array(world.currencies.length),
    rate: new Float64Array(world.currencies.length).fill(Number.NaN).fill(1, 0, 1),
    exposureRate: Float64Array.from(world.currencyOf, (c) => (c === 0 ? 1 : Number.NaN)),
    localMinor: new Float64Array(world.currencies.length),
    cashMinor: 0,
    receivableMinor: 0,
    navMinor: 0,
    hasShort: false,
    settledMinor: new Float64Array(n),
    unsettledMinor: new Float64Array(n),
    lots: new Float64Array(n),
    scratchLots: new Float64Array(n),
    book: null,
    mark: new Float64Array(n).fill(Number.NaN),
    valueMinor: new Float64Array(n),
    lastBar: new Int32Array(n).fill(-1),
    working: [],
    stops: new Array<Order | null>(n).fill(null),
    stopSession: new Int32Array(n).fill(-1),
    stopGeneration: new Int32Array(n),
    flattenSession: new Int32Array(n).fill(-1),
    flattenGeneration: new Int32Array(n),
    previousTarget: new Float64Array(plan.variants.length).fill(Number.NaN),
    previousKind: new Uint8Array(plan.variants.length),
    quiet: createQuiet(world, plan),
    openSignals: new OpenSignals(),
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
      decisions: 0,
      rolls: 0,
      flattens: 0,
      flattensFilled: 0,
      flattensExpired: 0,
      crosses: 0,
      crossedLots: 0,
      staleMarks: 0,
      terminals: new Map(),
    },
    costs: { fees: 0, slippage: 0, financing: 0, borrow: 0 },
    ruinedAt: null,
    tally: createTally(),
    fills: createFillLog(),
    curves,
    costsBeforeWindow: 0,
    limits: plan.limits,
    stoppedAt: new Int32Array(n).fill(-1),
    sleeves: plan.layers === null ? null : createSleeveBook(plan.variants.length, n),
    layers: plan.layers === null ? null : createLayerState(plan.layers, plan.initialEquityMinor),
    safety: null,
  };
}

/** What an order gate is asked about. */
export type JudgedOrder = {
  readonly k: Kernel;
  readonly order: Order;
  readonly view: ExposureView;
  readonly book: Book;
};

export type SignalGate = {
  readonly name: SignalGateName;
  readonly judge: (k: Kernel, signal: Signal, book: Book | null) => Verdict;
};

export type OrderGate = {
  readonly name: OrderGateName;
  readonly judge: (judged: JudgedOrder) => Verdict;
};

/** A gate that the mandate switched on, with the counts of what it did. */
export type Enabled<Gate> = Gate & { readonly counts: StageCounts };

export type Kernel = {
  readonly world: World;
  readonly plan: Plan;
  readonly state: KernelState;
  readonly recorder: Recorder;
  readonly signalGates: readonly Enabled<SignalGate>[];
  readonly orderGates: readonly Enabled<OrderGate>[];
};

/** Those of `gates` that are switched on, in their order. */
export function enabledOf<Gate extends SignalGate | OrderGate>(
  gates: readonly Gate[],
  { enabledGates }: Plan,
  { tally }: KernelState,
): readonly Enabled<Gate>[] {
  return gates
    .filter(({ name }) => enabledGates.has(name))
    .map((gate) => ({ ...gate, counts: tally.gates[gate.name] }));
}

/** Minor units. */
export function totalCosts({ costs }: KernelState): number {
  return costs.fees + costs.slippage + costs.financing + costs.borrow;
}

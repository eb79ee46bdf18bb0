/**
 * The state a trading day begins with, as text that is kept and hashed, and back again on that day's
 * world. Every field of the kernel's state is named here as kept or as made anew: a field that is added to
 * the state and forgotten here does not compile. Shadow returns are kept as the side of each day's return
 * and multiplied out on the pack the state is read with.
 */
import { invariant } from "../../base/assert.ts";
import { createCurves } from "../curves.ts";
import type { LayerState } from "../layers/state.ts";
import type { Signal } from "../signal.ts";
import { createState, type KernelState, type Plan } from "../state.ts";
import type { World } from "../world.ts";
import { decodeGraph, encodeGraph } from "./graph-codec.ts";
import type { LiveOrder } from "./live-order.ts";

type Fate = "kept" | "made";

/** `made`: scratch, what the world and the mandate give, and what only a run's report reads. */
const KERNEL: { readonly [field in keyof KernelState]: Fate } = {
  session: "kept",
  cash: "kept",
  receivable: "kept",
  rate: "kept",
  exposureRate: "kept",
  localMinor: "made",
  cashMinor: "kept",
  receivableMinor: "kept",
  navMinor: "kept",
  hasShort: "kept",
  settledMinor: "kept",
  unsettledMinor: "kept",
  lots: "kept",
  scratchLots: "made",
  book: "made",
  mark: "kept",
  valueMinor: "kept",
  lastBar: "kept",
  working: "kept",
  stops: "kept",
  stopSession: "kept",
  stopGeneration: "kept",
  flattenSession: "kept",
  flattenGeneration: "kept",
  previousTarget: "kept",
  previousKind: "kept",
  quiet: "made",
  openSignals: "made",
  payments: "kept",
  counters: "kept",
  costs: "kept",
  ruinedAt: "kept",
  tally: "made",
  fills: "made",
  curves: "made",
  costsBeforeWindow: "kept",
  stoppedAt: "kept",
  limits: "made",
  sleeves: "kept",
  layers: "made",
  safety: "made",
};

const LAYERS: { readonly [field in keyof LayerState]: Fate } = {
  plan: "made",
  strength: "kept",
  confidence: "kept",
  asked: "kept",
  direction: "kept",
  shadow: "made",
  active: "made",
  unbraked: "kept",
  today: "kept",
  overlay: "made",
  brake: "kept",
  brakeBefore: "kept",
  volatility: "kept",
  volatilityRegime: "kept",
  breaker: "kept",
  clamps: "kept",
  policyBefore: "kept",
  policyNext: "kept",
  policyBlind: "kept",
  budgetsAt: "kept",
  covariance: "kept",
  covarianceAt: "kept",
  heldTarget: "kept",
  highWaterMinor: "kept",
  lastDecision: "kept",
  sheet: "kept",
  daily: "made",
  boundSessions: "made",
  breakerChanges: "made",
  budgetNotes: "made",
  clampLog: "made",
};

/** What is taken up again: the kernel's state, the orders that are at a venue, whether a decision is due. */
export type TradingState = {
  readonly kernel: KernelState;
  readonly orders: Map<string, LiveOrder>;
  due: boolean;
  /** Net asset value at the last close and at the one before, for the day's profit; null before there was one. */
  closeNavMinor: number | null;
  previousNavMinor: number | null;
};

type Written = {
  readonly instruments: readonly string[];
  readonly variants: readonly string[];
  /** Sessions that the state has seen. */
  readonly sessions: number;
  readonly lastSessionMs: number;
  readonly kernel: Partial<KernelState>;
  readonly layers: Partial<LayerState> | null;
  /** What the brake remembers; its terms are the mandate's, which may be another by then. */
  readonly overlay: Omit<LayerState["overlay"], "terms"> | null;
  readonly shadow: Uint8Array | null;
  readonly active: Uint8Array | null;
  readonly openSignals: readonly Signal[];
  readonly orders: Map<string, LiveOrder>;
  readonly due: boolean;
  readonly closeNavMinor: number | null;
  readonly previousNavMinor: number | null;
};

export function encodeState(state: TradingState, world: World, plan: Plan): string {
  return encodeGraph(writtenOf(state, world, plan));
}

/** On a world that begins with the sessions the state has seen. */
export function decodeState(text: string, world: World, plan: Plan): TradingState {
  return stateFrom(decodeGraph(text) as Written, world, plan);
}

/**
 * What decoding its text on the other day's world would give, without the text: for a state that nobody goes on
 * with where it was.
 */
export function carryState(
  state: TradingState,
  from: { readonly world: World; readonly plan: Plan },
  to: { readonly world: World; readonly plan: Plan },
): TradingState {
  return stateFrom(writtenOf(state, from.world, from.plan), to.world, to.plan);
}

function writtenOf(state: TradingState, world: World, plan: Plan): Written {
  const { kernel } = state;
  const { layers } = kernel;
  const sessions = kernel.session + 1;
  return {
    instruments: world.instruments.map(({ id }) => id),
    variants: plan.variants.map(({ id }) => id),
    sessions,
    lastSessionMs: world.sessionsMs[kernel.session],
    kernel: picked(kernel, KERNEL),
    layers: layers === null ? null : picked(layers, LAYERS),
    overlay: layers === null ? null : rememberedOf(layers.overlay),
    shadow: layers === null ? null : sidesOf(layers, sessions),
    active: layers === null ? null : layers.active.slice(0, sessions * layers.direction.length),
    openSignals: [...kernel.openSignals.values()],
    orders: state.orders,
    due: state.due,
    closeNavMinor: state.closeNavMinor,
    previousNavMinor: state.previousNavMinor,
  };
}

function stateFrom(written: Written, world: World, plan: Plan): TradingState {
  requireSame(
    "instruments",
    written.instruments,
    world.instruments.map(({ id }) => id),
  );
  requireSame(
    "strategy variants",
    written.variants,
    plan.variants.map(({ id }) => id),
  );
  const last = world.sessionsMs[written.sessions - 1];
  invariant(
    last === written.lastSessionMs,
    20,
    `the state was left at session ${written.lastSessionMs}; the pack has ${last} in its place`,
  );
  const kernel = stateOn(world, plan);
  restore(kernel, written.kernel, KERNEL);
  for (const signal of written.openSignals) kernel.openSignals.add(signal);
  if (kernel.layers !== null) restoreLayers(kernel.layers, written);
  const { orders, due, closeNavMinor, previousNavMinor } = written;
  return { kernel, orders, due, closeNavMinor, previousNavMinor };
}

export function stateOn(world: World, plan: Plan): KernelState {
  const mixed = world.hasFutures || world.currencies.length > 1;
  const curves = createCurves(world.sessionsMs.length, {
    offsetting: world.instruments.length > 1,
    mixed,
  });
  return createState(world, plan, curves);
}

function restoreLayers(layers: LayerState, written: Written): void {
  invariant(written.layers !== null, 20, "the state was left without portfolio stages");
  restore(layers, written.layers, LAYERS);
  Object.assign(layers.overlay, written.overlay);
  const n = layers.direction.length;
  layers.active.set(written.active as Uint8Array);
  const { returns } = layers.plan.evidence;
  for (const [at, side] of (written.shadow as Uint8Array).entries()) {
    const r = returns[layers.plan.instrumentOf[at % n]][Math.floor(at / n)];
    layers.shadow[at] = shadowOf(side, r);
  }
}

function rememberedOf(overlay: LayerState["overlay"]): Written["overlay"] {
  const { terms: _, ...remembered } = overlay;
  return remembered;
}

/** 0 none, 1 nothing was earned, 2 with the market, 3 against it. */
function sidesOf({ shadow, plan, direction }: LayerState, sessions: number): Uint8Array {
  const n = direction.length;
  const { returns } = plan.evidence;
  const sides = new Uint8Array(sessions * n);
  for (let at = 0; at < sides.length; at++) {
    const value = shadow[at];
    if (value !== value) continue;
    const r = returns[plan.instrumentOf[at % n]][Math.floor(at / n)];
    sides[at] = [1, 2, 3].find((side) => Object.is(shadowOf(side, r), value)) ?? 9;
    invariant(sides[at] !== 9, 20, `a shadow return of ${value} is not the market's ${r}`);
  }
  return sides;
}

function shadowOf(side: number, r: number): number {
  if (side === 0) return Number.NaN;
  if (side === 1) return 0;
  return side === 2 ? r : -1 * r;
}

type Fates<T> = { readonly [field in keyof T]: Fate };

function picked<T extends object>(state: T, fates: Fates<T>): Partial<T> {
  const kept = Object.entries(state).filter(([field]) => fates[field as keyof T] === "kept");
  return Object.fromEntries(kept) as Partial<T>;
}

function restore<T extends object>(state: T, from: Partial<T>, fates: Fates<T>): void {
  for (const field of Object.keys(fates) as (keyof T)[]) {
    if (fates[field] !== "kept") continue;
    invariant(field in from, 20, `the state was left without ${String(field)}`);
    state[field] = from[field] as T[keyof T];
  }
}

function requireSame(what: string, was: readonly string[], is: readonly string[]): void {
  const same = was.length === is.length && was.every((id, at) => id === is[at]);
  invariant(
    same,
    19,
    () => `the account was left with other ${what}: ${was.join(", ")}; now ${is.join(", ")}`,
  );
}

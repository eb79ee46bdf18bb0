/**
 * What may go wrong at a venue, as data: a script of rules, each of one kind, with the moment it is
 * due and how often. One pure decider answers "what goes wrong now" for the server and for the
 * simulated broker alike. Chance is a hash of the script's seed, the rule and the moment's count, so
 * that the same script on the same calls fails in the same places.
 */
import { nextUniform, prngOf } from "../base/prng.ts";

/** Where a kind can strike. */
export type FaultPoint =
  /** A request arrives. */
  | "call"
  /** The stream is about to send a frame. */
  | "frame"
  /** The same, of an execution. */
  | "fill_frame"
  /** An order was accepted. */
  | "order"
  /** An execution was booked. */
  | "fill"
  /** The venue's time moved. */
  | "time";

export const FAULT_POINTS = {
  lost_ack: "call",
  error_before: "call",
  error_after: "call",
  timeout: "call",
  rate_limit: "call",
  replace_rejected: "call",
  stream_drop: "frame",
  stream_stall: "frame",
  duplicate_event: "frame",
  late_event: "frame",
  out_of_order: "frame",
  missed_fill: "fill_frame",
  partial_fill: "order",
  stuck_order: "order",
  late_position: "fill",
  duplicate_fill: "fill",
  price_bust: "fill",
  clock_skew: "time",
  halt: "time",
  cash_adjusted: "time",
  unasked_fill: "time",
  phantom_order: "time",
  position_changed: "time",
} as const satisfies { readonly [kind: string]: FaultPoint };

export type FaultKind = keyof typeof FAULT_POINTS;
export const FAULT_KINDS = Object.keys(FAULT_POINTS) as readonly FaultKind[];

/** What a request is about, in words that are no one protocol's. */
export const VENUE_CALLS = [
  "account",
  "clock",
  "sessions",
  "place",
  "replace",
  "cancel",
  "order",
  "orders",
  "positions",
  "activities",
  "bars",
] as const;
export type VenueCall = (typeof VENUE_CALLS)[number];

export type FaultRule = {
  readonly kind: FaultKind;
  /** Not before this instant; null: from the beginning. */
  readonly fromMs: number | null;
  /** Only at this call; null: at any that the kind can strike. */
  readonly call: VenueCall | null;
  /** Only at the n-th moment of its kind (from 1); null: at any. */
  readonly nth: number | null;
  /** 0..1; 1: whenever the rest holds. */
  readonly probability: number;
  /** How often at most. */
  readonly times: number;
  /** halt, unasked_fill, phantom_order, position_changed: which symbol; for the others it narrows. */
  readonly symbol: string | null;
  /** late_event, late_position, stream_stall, timeout, halt, clock_skew: how long. */
  readonly durationMs: number | null;
  /** unasked_fill, phantom_order, position_changed: signed units as decimal text. */
  readonly qty: string | null;
  /** unasked_fill, phantom_order, price_bust: price as decimal text. */
  readonly price: string | null;
  /** cash_adjusted: signed minor units. */
  readonly amountMinor: number | null;
  /** partial_fill: what part fills, 0..1. */
  readonly share: number | null;
};

export type FaultScript = { readonly seed: number; readonly rules: readonly FaultRule[] };

/** How often each rule has struck. */
export type FaultState = { readonly fired: readonly number[] };

/** One occasion: `count` is the how-manieth of its point (of its call, for calls), from 1. */
export type FaultMoment = {
  readonly point: FaultPoint;
  readonly call: VenueCall | null;
  readonly symbol: string | null;
  readonly count: number;
  readonly atMs: number;
};

export type DueFault = { readonly rule: FaultRule; readonly index: number };

export const NO_FAULTS: FaultScript = { seed: 0, rules: [] };

/** A rule of one kind with everything else left open: strikes once, as soon as it can. */
export function faultRule(kind: FaultKind, over: Partial<Omit<FaultRule, "kind">> = {}): FaultRule {
  return {
    kind,
    fromMs: null,
    call: null,
    nth: null,
    probability: 1,
    times: 1,
    symbol: null,
    durationMs: null,
    qty: null,
    price: null,
    amountMinor: null,
    share: null,
    ...over,
  };
}

export function freshFaultState(script: FaultScript): FaultState {
  return { fired: script.rules.map(() => 0) };
}

/** The first rule that strikes at this moment, or null. */
export function faultFor(
  script: FaultScript,
  state: FaultState,
  moment: FaultMoment,
): DueFault | null {
  for (let index = 0; index < script.rules.length; index++) {
    const due = dueRule(script, state, index, moment);
    if (due !== null) return due;
  }
  return null;
}

/** One rule by itself: due at this moment, or null. */
export function dueRule(
  script: FaultScript,
  state: FaultState,
  index: number,
  moment: FaultMoment,
): DueFault | null {
  const rule = script.rules[index];
  if (state.fired[index] >= rule.times || !suits(rule, moment)) return null;
  const isStruck = rule.probability >= 1 || chanceOf(script.seed, index, moment) < rule.probability;
  return isStruck ? { rule, index } : null;
}

/** The state after a fault was carried out. */
export function withFired(state: FaultState, { index }: DueFault): FaultState {
  return { fired: state.fired.map((times, i) => (i === index ? times + 1 : times)) };
}

function suits(rule: FaultRule, moment: FaultMoment): boolean {
  if (FAULT_POINTS[rule.kind] !== moment.point) return false;
  if (rule.fromMs !== null && moment.atMs < rule.fromMs) return false;
  if (rule.nth !== null && moment.count !== rule.nth) return false;
  if (rule.kind === "replace_rejected" && moment.call !== "replace") return false;
  if (rule.call !== null && moment.call !== rule.call) return false;
  // For what strikes an order the symbol narrows; for what needs one it says which.
  return rule.symbol === null || moment.symbol === null || rule.symbol === moment.symbol;
}

const POINT_NUMBERS: { readonly [point in FaultPoint]: number } = {
  call: 1,
  frame: 2,
  fill_frame: 6,
  order: 3,
  fill: 4,
  time: 5,
};

/** Uniform in [0, 1), a function of seed, rule and moment alone. */
function chanceOf(seed: number, index: number, { point, call, count }: FaultMoment): number {
  const place = VENUE_CALLS.indexOf(call as VenueCall) + 1;
  const words = [seed % 2 ** 32, index, POINT_NUMBERS[point] * 16 + place, count];
  let mixed = 0;
  for (const word of words) mixed = (Math.imul(mixed ^ word, 0x9e3779b1) ^ (mixed >>> 15)) >>> 0;
  return nextUniform(prngOf(mixed));
}

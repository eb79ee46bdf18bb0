/**
 * Keeps count of what a fault script needs to know and says what goes wrong now. Enters: moments of
 * the venue; leaves: rules that strike, each counted once it is handed out. The deciding itself is
 * src/venue/faults.ts, the same for this server and for the simulated broker.
 */
import {
  type FaultMoment,
  type FaultPoint,
  type FaultRule,
  type FaultScript,
  type FaultState,
  FAULT_POINTS,
  faultFor,
  freshFaultState,
  type VenueCall,
  withFired,
} from "../../venue/faults.ts";

export type FaultDesk = {
  script: FaultScript;
  state: FaultState;
  /** Moments so far: by point, calls by call. */
  readonly counts: Map<string, number>;
};

export type Occasion = {
  readonly point: FaultPoint;
  readonly call?: VenueCall;
  readonly symbol?: string;
  readonly atMs: number;
};

export function createFaultDesk(script: FaultScript): FaultDesk {
  return { script, state: freshFaultState(script), counts: new Map() };
}

/** Counts the occasion and names the rules that strike there, each once. */
export function strikes(desk: FaultDesk, { point, call, symbol, atMs }: Occasion): FaultRule[] {
  const key = call ?? point;
  const count = (desk.counts.get(key) ?? 0) + 1;
  desk.counts.set(key, count);
  if (desk.script.rules.length === 0) return [];
  const moment: FaultMoment = { point, call: call ?? null, symbol: symbol ?? null, count, atMs };
  const struck: FaultRule[] = [];
  // What has struck at this moment does not strike there again: the rest is asked without it.
  let left = desk.script;
  for (;;) {
    const due = faultFor(left, desk.state, moment);
    if (due === null) return struck;
    struck.push(due.rule);
    desk.state = withFired(desk.state, due);
    left = without(left, due.index);
  }
}

/** The script in which one rule can strike no more; the places of the others stay. */
function without(script: FaultScript, index: number): FaultScript {
  const rules = script.rules.map((rule, i) => (i === index ? { ...rule, times: 0 } : rule));
  return { ...script, rules };
}

/** One more rule, from now on. */
export function addRule(desk: FaultDesk, rule: FaultRule): void {
  desk.script = { ...desk.script, rules: [...desk.script.rules, rule] };
  desk.state = { fired: [...desk.state.fired, 0] };
}

/** The next instant after `nowMs` at which a rule of time comes due; infinity where none does. */
export function nextDueMs({ script, state }: FaultDesk, nowMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const [index, rule] of script.rules.entries()) {
    const { kind, fromMs, times } = rule;
    if (FAULT_POINTS[kind] !== "time" || fromMs === null || state.fired[index] >= times) continue;
    if (fromMs > nowMs && fromMs < next) next = fromMs;
  }
  return next;
}

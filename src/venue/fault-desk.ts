/**
 * Keeps count of what a fault script needs to know and says what goes wrong now. Enters: moments of
 * a venue; leaves: rules that strike, each counted once it is handed out. The deciding itself is
 * faults.ts, the same for the server and for the simulated broker.
 */
import {
  type FaultPoint,
  type FaultRule,
  type FaultScript,
  type FaultState,
  FAULT_POINTS,
  dueRule,
  freshFaultState,
  type VenueCall,
  withFired,
} from "./faults.ts";

export type FaultDesk = {
  script: FaultScript;
  state: FaultState;
  /** Moments so far: by point, calls by call. */
  readonly counts: Map<string, number>;
};

export type Occasion = {
  readonly point: FaultPoint;
  readonly call?: VenueCall | null;
  readonly symbol?: string | null;
  readonly atMs: number;
};

export function createFaultDesk(script: FaultScript): FaultDesk {
  return { script, state: freshFaultState(script), counts: new Map() };
}

/** Counts the occasion and names the rules that strike there, each once. */
export function strikes(
  desk: FaultDesk,
  { point, call = null, symbol = null, atMs }: Occasion,
): readonly FaultRule[] {
  const key = call ?? point;
  const count = (desk.counts.get(key) ?? 0) + 1;
  desk.counts.set(key, count);
  const { rules } = desk.script;
  if (rules.length === 0) return [];
  const struck: FaultRule[] = [];
  for (let index = 0; index < rules.length; index++) {
    const due = dueRule(desk.script, desk.state, index, { point, call, symbol, count, atMs });
    if (due === null) continue;
    struck.push(due.rule);
    desk.state = withFired(desk.state, due);
  }
  return struck;
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

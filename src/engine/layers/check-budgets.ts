/**
 * What allocation should have said, worked out again for the checks: the sleeves' shadow returns from
 * the forecasts that were written down and the daily returns, budgets from them where the mandate's
 * rhythm asks for new ones, and the weight of each belief. Uses nothing of the stage but the method
 * itself (portfolio/allocation), which has its own vectors. Fractions of net asset value, by variant.
 */
import { allocate } from "../../portfolio/allocation/allocate.ts";
import type { AllocationSettings } from "../../portfolio/allocation/section.ts";
import type { LayerPlan } from "./plan.ts";

/** The numbers that a decision begins with. */
export type Believed = {
  readonly session: number;
  readonly strength: Float64Array;
  readonly confidence: Float64Array;
};

export type DueWeights = {
  readonly budget: Float64Array;
  /** strength x confidence; NaN where nothing is known. */
  readonly belief: Float64Array;
  readonly allocated: Float64Array;
  /** What risk is measured on: the same, or at full strength. */
  readonly reference: Float64Array;
};

export type BudgetTwin = (at: Believed) => DueWeights;

export function createBudgetTwin(plan: LayerPlan): BudgetTwin {
  const n = plan.instrumentOf.length;
  const shadows = createShadows(plan);
  const rows = plan.riskTargeting?.lookback ?? 0;
  const column = () => new Float64Array(n);
  const due = { budget: column(), belief: column(), allocated: column(), reference: column() };
  let madeAt = -1;
  return (at) => {
    const { session, strength, confidence } = at;
    shadows.walkTo(session);
    if (madeAt < 0 || isMarked(plan.allocateFrom, madeAt, session)) {
      due.budget.set(budgetsAt(plan, shadows, session));
      madeAt = session;
    }
    shadows.believe(strength);
    for (let v = 0; v < n; v++) {
      const belief = strength[v] * confidence[v];
      const budget = belief === belief && isMeasured(plan, v, session, rows) ? due.budget[v] : 0;
      due.belief[v] = belief;
      due.allocated[v] = budget === 0 ? 0 : budget * belief;
      due.reference[v] =
        plan.riskTargeting?.reference === "full" ? budget * shadows.direction[v] : due.allocated[v];
    }
    return due;
  };
}

/** Whether a mark lies after `last`, up to `session`. */
export function isMarked(marks: Uint8Array, last: number, session: number): boolean {
  return marks.subarray(last + 1, session + 1).includes(1);
}

/** Enough daily returns before the decision for its risk to be measured. */
function isMeasured(
  { evidence, instrumentOf }: LayerPlan,
  v: number,
  session: number,
  rows: number,
) {
  const returns = evidence.returns[instrumentOf[v]];
  let known = 0;
  for (let s = Math.max(0, session - 2 * rows); s < session; s++) if (isKnown(returns[s])) known++;
  return known >= rows;
}

const isKnown = (value: number): boolean => Number.isFinite(value);

type Shadows = {
  /** Sign of the latest forecast that was not flat. */
  readonly direction: Float64Array;
  /** Session x variant. */
  readonly values: Float64Array;
  readonly active: Uint8Array;
  /** Fills in the sessions up to this one, with the beliefs of the last decision. */
  readonly walkTo: (session: number) => void;
  readonly believe: (strength: Float64Array) => void;
};

/** What each sleeve would have earned a day at full strength on its latest side. */
function createShadows({ evidence, instrumentOf }: LayerPlan): Shadows {
  const n = instrumentOf.length;
  const sessions = evidence.returns[0].length;
  const direction = new Float64Array(n);
  const latest = new Float64Array(n).fill(Number.NaN);
  const values = new Float64Array(sessions * n).fill(Number.NaN);
  const active = new Uint8Array(sessions * n);
  let next = 0;
  return {
    direction,
    values,
    active,
    walkTo: (session) => {
      for (; next <= session; next++) {
        for (let v = 0; v < n; v++) {
          if (direction[v] === 0) continue;
          const earned = evidence.returns[instrumentOf[v]][next];
          values[next * n + v] = Number.isNaN(earned) ? 0 : direction[v] * earned;
          active[next * n + v] = Number(latest[v] !== 0);
        }
      }
    },
    believe: (strength) => {
      latest.set(strength);
      for (let v = 0; v < n; v++) {
        if (Math.abs(strength[v]) > 0) direction[v] = Math.sign(strength[v]);
      }
    },
  };
}

/** From days strictly before the decision. */
function budgetsAt(plan: LayerPlan, shadows: Shadows, session: number): Float64Array {
  const { allocation, strategies, instrumentOf, evidence } = plan;
  const n = instrumentOf.length;
  const from = Math.max(0, session - daysOf(allocation));
  const ranges = evidence.allocationRange;
  return allocate(allocation, {
    strategies,
    shadow: { values: shadows.values.slice(from * n, session * n), rows: session - from },
    active: shadows.active.slice(from * n, session * n),
    atrFraction: Float64Array.from(instrumentOf, (i) => ranges?.[i][session] ?? Number.NaN),
  }).budget;
}

/** Trading days that a method looks back on. */
function daysOf({ method, sharpe, lookback_days: days }: AllocationSettings): number {
  if (method === "sharpe-proportional") return sharpe.lookback_days;
  return method === "inverse-volatility" || method === "erc" || method === "hrp" ? days : 0;
}

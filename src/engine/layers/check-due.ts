/** One decision with all that the checks of the portfolio's stages have worked out again for it. */
import type { Kernel } from "../state.ts";
import type { LayerTrace, SheetColumn } from "../trace.ts";
import type { DueScalar } from "./check-brake.ts";
import type { DueWeights } from "./check-budgets.ts";
import type { ClampsDue } from "./check-clamps.ts";
import type { DueRisk } from "./check-risk.ts";
import { grossOf, netInto } from "./evidence.ts";
import type { LayerState } from "./state.ts";

/** Two ways of working out one volatility differ by less than this part of a weight. */
const TOLERANCE = 1e-9;

export type Decision = LayerTrace["decisions"][number];

/** One decision's columns, by variant. */
export type Sheet = { readonly [name in SheetColumn]: Float64Array };

/** All that one decision is judged by. */
export type Due = {
  readonly k: Kernel;
  readonly layers: LayerState;
  readonly decision: Decision;
  readonly sheet: Sheet;
  readonly navMinor: number;
  readonly weights: DueWeights;
  readonly policyOn: readonly boolean[];
  readonly risk: DueRisk | null;
  readonly scalar: DueScalar;
  readonly clamps: ClampsDue;
};

/** Never more than the gross limit leaves after netting. */
export function factorDue({ layers, risk, decision }: Due, weights: Float64Array): number {
  const multiplier = risk?.multiplier ?? 1;
  const gross = grossOf(netOf(layers, weights));
  return risk !== null && gross * multiplier > decision.grossLimit
    ? decision.grossLimit / gross
    : multiplier;
}

/** By instrument. */
export function netOf({ plan }: LayerState, weights: Float64Array): Float64Array {
  const net = new Float64Array(plan.sleevesOf.length);
  netInto(weights, plan.instrumentOf, net);
  return net;
}

/** Two that are not known are the same. */
export function near(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Object.is(a, b);
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), TOLERANCE);
}

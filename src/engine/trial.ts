/**
 * The trial lane: one strategy on one world, run again and again with other parameters, nobody
 * listening. Enters: what a plan is made of, with one strategy whose parameters are only a
 * template; leaves, for each set of parameters: the final account and the statistics of the
 * evaluation window, those that an audited run of the same mandate writes into run.json. It is the
 * audited run's kernel; what one trial hands to the next is memory, never a number.
 */
import { invariant } from "../base/assert.ts";
import type { Metrics } from "../domain/run-document.ts";
import type { Params } from "../research/strategies/columns.ts";
import { createCurves, type Curves } from "./curves.ts";
import { createKernel, finishKernel, runSessions } from "./kernel.ts";
import { buildPlan } from "./plan.ts";
import type { PlanInput } from "./plan-input.ts";
import { nullRecorder } from "./recorder.ts";
import { type Conventions, windowMetrics } from "./window-metrics.ts";

export type TrialResult = {
  readonly fills: number;
  readonly finalNavMinor: number;
  readonly finalCashMinor: number;
  readonly metrics: Metrics;
};

export type TrialLane = { readonly run: (params: Params) => TrialResult };

export function createTrialLane(input: PlanInput, conventions: Conventions): TrialLane {
  invariant(input.uses.length === 1, 20, () => `a trial has ${input.uses.length} strategies`);
  const { world } = input;
  const [use] = input.uses;
  const sessions = world.sessionsMs.length;
  let curves: Curves | null = null;
  return {
    run: (params) => {
      const { plan } = buildPlan({ ...input, uses: [{ ...use, params }] });
      curves ??= createCurves(sessions, {
        offsetting: world.instruments.length > 1,
        mixed: world.hasFutures || world.currencies.length > 1,
      });
      const k = createKernel(world, plan, nullRecorder, curves);
      runSessions(k, 0, sessions);
      finishKernel(k);
      const { state } = k;
      return {
        fills: state.fills.lots.length,
        finalNavMinor: state.navMinor,
        finalCashMinor: state.cashMinor,
        metrics: windowMetrics(k, conventions, plan.effectiveStart),
      };
    },
  };
}

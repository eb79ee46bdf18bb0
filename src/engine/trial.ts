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
import { createKernel, finishKernel, restartKernel, runSessions } from "./kernel.ts";
import { buildPlan } from "./plan.ts";
import type { PlanInput } from "./plan-input.ts";
import { nullRecorder } from "./recorder.ts";
import type { Kernel } from "./state.ts";
import { createTrialPlanner } from "./trial-plan.ts";
import { createWindowMeter, type WindowMeter } from "./window-meter.ts";
import type { Conventions } from "./window-metrics.ts";

export type TrialResult = {
  readonly fills: number;
  readonly finalNavMinor: number;
  readonly finalCashMinor: number;
  readonly metrics: Metrics;
};

export type TrialLane = { readonly run: (params: Params) => TrialResult };

export function createTrialLane(input: PlanInput, conventions: Conventions): TrialLane {
  invariant(input.uses.length === 1, 20, () => `a trial has ${input.uses.length} strategies`);
  const { world, settings } = input;
  const isDirect = settings.layers === null && world.currencies.length === 1;
  const kernelOf = isDirect ? kernelAgain(input) : kernelAnew(input);
  const meter = createWindowMeter(world, conventions);
  return { run: (params) => runTrial(kernelOf(params), meter) };
}

function runTrial(k: Kernel, meter: WindowMeter): TrialResult {
  runSessions(k, 0, k.world.sessionsMs.length);
  finishKernel(k);
  const { state } = k;
  return {
    fills: state.fills.lots.length,
    finalNavMinor: state.navMinor,
    finalCashMinor: state.cashMinor,
    metrics: meter(k, k.plan.effectiveStart),
  };
}

/** Targets: one kernel and one plan for all trials, filled in again. */
function kernelAgain(input: PlanInput): (params: Params) => Kernel {
  const planner = createTrialPlanner(input);
  let k: Kernel | null = null;
  return (params) => {
    const plan = planner.planFor(params);
    if (k === null) k = createKernel(input.world, plan, nullRecorder);
    else restartKernel(k);
    return k;
  };
}

/** Forecasts through the portfolio's stages, whose evidence and memory are made anew. */
function kernelAnew(input: PlanInput): (params: Params) => Kernel {
  const { world } = input;
  const [use] = input.uses;
  let curves: Curves | null = null;
  return (params) => {
    const { plan } = buildPlan({ ...input, uses: [{ ...use, params }] });
    curves ??= createCurves(world.sessionsMs.length, {
      offsetting: world.instruments.length > 1,
      mixed: world.hasFutures || world.currencies.length > 1,
    });
    return createKernel(world, plan, nullRecorder, curves);
  };
}

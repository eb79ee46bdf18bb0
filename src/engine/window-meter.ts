/**
 * The statistics of one run after another on one world. Enters: a kernel that has run; leaves: what
 * windowMetrics says of it. Which sessions end a day is the world's matter and found once; where
 * every session does, the curve is read where it lies instead of being picked apart first.
 */
import type { Metrics } from "../domain/run-document.ts";
import { computeMetrics } from "../research/evaluation/metrics.ts";
import type { Kernel } from "./state.ts";
import {
  activityAfter,
  type Conventions,
  endsOfDays,
  ruinOf,
  windowMetrics,
} from "./window-metrics.ts";
import type { World } from "./world.ts";

export type WindowMeter = (k: Kernel, from: number) => Metrics;

export function createWindowMeter(world: World, conventions: Conventions): WindowMeter {
  const { sessionsMs } = world;
  const dayEnds = endsOfDays(sessionsMs);
  if (dayEnds.length < sessionsMs.length) {
    return (k, from) => windowMetrics(k, conventions, from, dayEnds);
  }
  const scratch = new Float64Array(sessionsMs.length);
  return (k, from) => {
    const { nav } = k.state.curves;
    // A deposit that the first session traded at once is a point of its own.
    if (from === 0 && nav[0] !== k.plan.initialEquityMinor) {
      return windowMetrics(k, conventions, from, dayEnds);
    }
    return computeMetrics({
      datesMs: sessionsMs.subarray(from),
      navMinor: nav.subarray(from),
      from: 0,
      to: nav.length - 1 - from,
      periodsPerYear: conventions.periodsPerYear,
      riskFree: conventions.riskFree,
      ...activityAfter(k, from),
      digits: world.currencies[0].digits,
      ruinedMs: ruinOf(k),
      scratch,
    });
  };
}

/**
 * Metrics of a window of a run, from the kernel's curves. A window's wealth starts at the close of
 * its first session, and what it traded and paid is what came after that close. The full run
 * starts at the deposit: where the first session already traded (same_close) the deposit is a
 * point of its own. Ratios are of daily returns, whatever the bars are: a day is its last session. Only the
 * drawdown is that of every session.
 */
import { dayNumber } from "../base/instant.ts";
import type { Metrics } from "../domain/run-document.ts";
import {
  computeMetrics,
  dailyReturns,
  type MetricsInput,
  withFallsOf,
} from "../research/evaluation/metrics.ts";
import { type Kernel, totalCosts } from "./state.ts";

export type Conventions = { readonly periodsPerYear: number; readonly riskFree: number };

/** `from` is the window's first session; it ends with the run. `dayEnds` is of the world: endsOfDays. */
export function windowMetrics(
  k: Kernel,
  conventions: Conventions,
  from: number,
  dayEnds: Int32Array = endsOfDays(k.world.sessionsMs),
): Metrics {
  const points = pointsFrom(dayEnds, from);
  const wealth = wealthAt(k, from, points);
  const { navMinor } = wealth;
  const daily = computeMetrics({
    ...wealth,
    from: 0,
    to: navMinor.length - 1,
    periodsPerYear: conventions.periodsPerYear,
    riskFree: conventions.riskFree,
    ...activityAfter(k, from),
    digits: k.world.currencies[0].digits,
    ruinedMs: ruinOf(k),
  });
  const { nav } = k.state.curves;
  return k.state.ruinedAt !== null || from + points.length === nav.length
    ? daily
    : withFallsOf(daily, { nav, from, start: navMinor[0] });
}

/** Every session's net asset value counts, also before the window and within a day. */
export function ruinOf({ state, world }: Kernel): number | null {
  return state.ruinedAt === null ? null : world.sessionsMs[state.ruinedAt];
}

/** The daily returns that the window's ratios are of; NaN from the day of ruin on. */
export function windowReturns(k: Kernel, from: number): Float64Array {
  const points = pointsFrom(endsOfDays(k.world.sessionsMs), from);
  const { datesMs, navMinor } = wealthAt(k, from, points);
  const returns = dailyReturns(navMinor);
  const ruined = ruinOf(k);
  if (ruined === null) return returns.subarray(1);
  return returns.map((r, n) => (datesMs[n] < ruined ? r : Number.NaN)).subarray(1);
}

/** Sessions at which a day ends. */
export function endsOfDays(sessionsMs: Float64Array): Int32Array {
  const ends = new Int32Array(sessionsMs.length);
  let count = 0;
  let day = dayNumber(sessionsMs[0]);
  for (let s = 0; s < sessionsMs.length; s++) {
    const next = s + 1 < sessionsMs.length ? dayNumber(sessionsMs[s + 1]) : null;
    if (next !== day) ends[count++] = s;
    if (next !== null) day = next;
  }
  return ends.slice(0, count);
}

/** The window's first session, which need not end a day, and the days that end after it. */
function pointsFrom(dayEnds: Int32Array, from: number): Int32Array {
  const first = dayEnds.findIndex((session) => session > from);
  const later = first < 0 ? 0 : dayEnds.length - first;
  const points = new Int32Array(1 + later);
  points[0] = from;
  if (first >= 0) points.set(dayEnds.subarray(first), 1);
  return points;
}

/** The deposit first where the full run's first session already traded. */
function wealthAt(
  { world, plan, state }: Kernel,
  from: number,
  points: Int32Array,
): { readonly datesMs: Float64Array; readonly navMinor: Float64Array } {
  const { nav } = state.curves;
  const before = from === 0 && nav[0] !== plan.initialEquityMinor ? 1 : 0;
  const datesMs = new Float64Array(before + points.length);
  const navMinor = new Float64Array(before + points.length);
  datesMs[0] = world.sessionsMs[from];
  navMinor[0] = plan.initialEquityMinor;
  for (let n = 0; n < points.length; n++) {
    datesMs[before + n] = world.sessionsMs[points[n]];
    navMinor[before + n] = nav[points[n]];
  }
  return { datesMs, navMinor };
}

/** What a window that starts at the close of `from` traded and paid; the full run from its deposit on. */
export function activityAfter(
  { state }: Kernel,
  from: number,
): Pick<MetricsInput, "trades" | "notionalMinorTotal" | "costsMinor"> {
  const { fills, costsBeforeWindow } = state;
  const before = from === 0 ? -1 : from;
  const at = fills.session.values();
  const notional = fills.traded.values();
  let trades = 0;
  let notionalMinorTotal = 0;
  for (let n = 0; n < at.length; n++) {
    if (at[n] <= before) continue;
    trades++;
    notionalMinorTotal += Math.abs(notional[n]);
  }
  return {
    trades,
    notionalMinorTotal,
    costsMinor: totalCosts(state) - (from === 0 ? 0 : costsBeforeWindow),
  };
}

/**
 * Metrics of a window of a run, from the kernel's curves. A window's wealth starts at the close of
 * its first session, and what it traded and paid is what came after that close. The full run
 * starts at the deposit: where the first session already traded (same_close) the deposit is a
 * point of its own. Ratios are of daily returns, whatever the bars are: a day is its last session. Only the
 * drawdown is that of every session.
 */
import { dayNumber } from "../base/instant.ts";
import type { Metrics } from "../domain/run-document.ts";
import { computeMetrics, dailyReturns, type MetricsInput } from "../research/evaluation/metrics.ts";
import { type Kernel, totalCosts } from "./state.ts";

export type Conventions = { readonly periodsPerYear: number; readonly riskFree: number };

/** `from` is the window's first session; it ends with the run. */
export function windowMetrics(k: Kernel, conventions: Conventions, from: number): Metrics {
  const days = lastOfEachDay(k.world.sessionsMs, from);
  const daily = metricsAt(k, conventions, { from, points: days });
  if (from + days.length === k.world.sessionsMs.length) return daily;
  // The deepest fall is that of the curve as it was, not of its days.
  const sessions = Array.from({ length: k.world.sessionsMs.length - from }, (_, n) => from + n);
  const { max_drawdown, calmar } = metricsAt(k, conventions, { from, points: sessions });
  return { ...daily, max_drawdown, calmar };
}

/** The daily returns that the window's ratios are of. */
export function windowReturns(k: Kernel, from: number): Float64Array {
  const { navMinor } = wealthAt(k, { from, points: lastOfEachDay(k.world.sessionsMs, from) });
  return dailyReturns(navMinor).subarray(1);
}

type Points = { readonly from: number; readonly points: readonly number[] };

function metricsAt(k: Kernel, conventions: Conventions, { from, points }: Points): Metrics {
  const wealth = wealthAt(k, { from, points });
  return computeMetrics({
    ...wealth,
    from: 0,
    to: wealth.navMinor.length - 1,
    periodsPerYear: conventions.periodsPerYear,
    riskFree: conventions.riskFree,
    ...activityAfter(k, from),
    digits: k.world.currencies[0].digits,
  });
}

/** The deposit first where the full run's first session already traded. */
function wealthAt(
  k: Kernel,
  { from, points }: Points,
): { readonly datesMs: Float64Array; readonly navMinor: Float64Array } {
  const { nav } = k.state.curves;
  const { sessionsMs } = k.world;
  const deposit = k.plan.initialEquityMinor;
  const before = from === 0 && nav[points[0]] !== deposit;
  const datesMs = points.map((s) => sessionsMs[s]);
  const navMinor = points.map((s) => nav[s]);
  return {
    datesMs: Float64Array.from(before ? [datesMs[0], ...datesMs] : datesMs),
    navMinor: Float64Array.from(before ? [deposit, ...navMinor] : navMinor),
  };
}

/** Sessions at which a day ends, `from` first. */
function lastOfEachDay(sessionsMs: Float64Array, from: number): number[] {
  const points = [from];
  for (let s = from + 1; s < sessionsMs.length; s++) {
    const next = s + 1 < sessionsMs.length ? dayNumber(sessionsMs[s + 1]) : null;
    if (next !== dayNumber(sessionsMs[s])) points.push(s);
  }
  return points;
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

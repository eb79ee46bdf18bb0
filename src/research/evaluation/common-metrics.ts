/**
 * Metrics of a run over a window that it may share with another. Enters: what the run says of
 * itself (run.json), its curve of net asset value and what it traded and paid, all in currency
 * units; leaves: the headline numbers. A window that is the run's own is answered with what the run
 * recorded; any other is computed anew by the engine's rules: wealth starts at the close of the
 * first day, and what was traded and paid is what came after it. How the run annualises is read
 * back from its recorded metrics. A number that cannot be is null with a reason.
 */
import { dayNumber, formatDate } from "../../base/instant.ts";
import { mean, sampleDeviation } from "../../base/statistics.ts";
import type { Metrics, RunDocument, Window } from "../../domain/run-document.ts";
import { computeMetrics, dailyReturns, type MetricsInput } from "./metrics.ts";

/** Trades and costs in the account's currency; a cost may come without a trade (financing). */
export type Activity = {
  readonly fillsMs: Float64Array;
  /** Signed notional of each fill. */
  readonly traded: Float64Array;
  readonly costsMs: Float64Array;
  readonly costs: Float64Array;
};

export type ComparedRun = {
  readonly document: RunDocument;
  /** The close of each session, ascending, and the net asset value there, in currency units. */
  readonly sessionsMs: Float64Array;
  readonly nav: Float64Array;
  /** Needed where the window is not the run's own; else, or where nobody can know it, the reason. */
  readonly activity: Activity | { readonly unknown: string };
};

/** The part that both windows have; `whole`: it begins where both runs begin, deposits included. */
export type CommonWindow = Window & { readonly whole: boolean };

export const METRIC_NAMES = [
  "total_return",
  "cagr",
  "annual_volatility",
  "sharpe",
  "sortino",
  "calmar",
  "max_drawdown",
  "trades",
  "turnover",
  "costs",
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

export type WindowMetrics = {
  readonly values: { readonly [name in MetricName]: number | null };
  readonly because: { readonly [name: string]: string };
};

type Conventions = Pick<MetricsInput, "periodsPerYear" | "riskFree">;

const NO_TERMS =
  "how the run annualises cannot be read back from its recorded metrics, which are undefined";
/** A recorded volatility over the deviation of the same returns is a whole number of periods but for rounding. */
const NEAR_WHOLE = 1e-6;
const LEAST_DEVIATION = 1e-12;

/** Whether the window is the run's own, so that its recorded metrics answer. */
export function isOwnWindow({ window: own }: RunDocument, window: CommonWindow): boolean {
  const { evaluation, full } = own;
  const startsWhole = evaluation.from === full.from;
  return (
    window.from === evaluation.from && window.to === evaluation.to && window.whole === startsWhole
  );
}

export function metricsOver(run: ComparedRun, window: CommonWindow): WindowMetrics {
  if (isOwnWindow(run.document, window)) return recorded(run.document.metrics);
  const conventions = conventionsOf(run);
  const daily = metricsAt(run, window, { points: lastOfEachDay(run.sessionsMs), conventions });
  const known = recorded(
    daily.sessions === run.sessionsMs.length
      ? daily.metrics
      : { ...daily.metrics, ...deepestFall(run, window, conventions) },
  );
  const unknown: { [name in MetricName]?: string } = {};
  if ("unknown" in run.activity) {
    for (const name of ["trades", "turnover", "costs"] as const)
      unknown[name] = run.activity.unknown;
  }
  if (conventions === null) {
    for (const name of ["annual_volatility", "sharpe", "sortino"] as const)
      unknown[name] = NO_TERMS;
  }
  return without(known, unknown);
}

/** Of every session, as it was, not of its days. */
function deepestFall(
  run: ComparedRun,
  window: CommonWindow,
  conventions: Conventions | null,
): Pick<Metrics, "max_drawdown" | "calmar"> {
  const points = Array.from(run.sessionsMs, (_, session) => session);
  const { max_drawdown, calmar } = metricsAt(run, window, { points, conventions }).metrics;
  return { max_drawdown, calmar };
}

function metricsAt(
  { document, sessionsMs, nav, activity }: ComparedRun,
  window: CommonWindow,
  given: { readonly points: readonly number[]; readonly conventions: Conventions | null },
): { readonly metrics: Metrics; readonly sessions: number } {
  const { points, conventions } = given;
  const deposit = document.metrics_full.start_equity;
  // Where the first session already traded, the deposit is a point of its own.
  const before = window.whole && nav[points[0]] !== deposit ? [deposit] : [];
  const shown = before.length === 0 ? points : [points[0], ...points];
  const datesMs = Float64Array.from(shown, (session) => sessionsMs[session]);
  const from = datesMs.findIndex((ms) => formatDate(ms) >= window.from);
  const to = datesMs.findLastIndex((ms) => formatDate(ms) <= window.to);
  const done = activityIn(activity, {
    afterMs: window.whole ? Number.NEGATIVE_INFINITY : datesMs[from],
    upToMs: datesMs[to],
  });
  const ruined = nav.findIndex((value) => value <= 0);
  const isRuined = ruined >= 0 && formatDate(sessionsMs[ruined]) <= window.to;
  const metrics = computeMetrics({
    datesMs,
    navMinor: Float64Array.from([...before, ...points.map((session) => nav[session])]),
    from,
    to,
    ...(conventions ?? { periodsPerYear: 1, riskFree: 0 }),
    trades: done.trades,
    notionalMinorTotal: done.notional,
    costsMinor: done.costs,
    // Points are days, and ruin may have come within one.
    ruinedMs: isRuined ? sessionsMs[ruined] : null,
    // Currency units all along: nothing is left to scale.
    digits: 0,
  });
  return { metrics, sessions: points.length };
}

function activityIn(
  activity: ComparedRun["activity"],
  { afterMs, upToMs }: { readonly afterMs: number; readonly upToMs: number },
): { trades: number; notional: number; costs: number } {
  const done = { trades: 0, notional: 0, costs: 0 };
  if ("unknown" in activity) return done;
  const { fillsMs, traded, costsMs, costs } = activity;
  for (let n = 0; n < fillsMs.length; n++) {
    if (fillsMs[n] <= afterMs || fillsMs[n] > upToMs) continue;
    done.trades += 1;
    done.notional += Math.abs(traded[n]);
  }
  for (let n = 0; n < costsMs.length; n++) {
    if (costsMs[n] > afterMs && costsMs[n] <= upToMs) done.costs += costs[n];
  }
  return done;
}

/** Sessions at which a day ends. */
export function lastOfEachDay(sessionsMs: Float64Array): number[] {
  const ends: number[] = [];
  for (let s = 0; s < sessionsMs.length; s++) {
    const isLast = s + 1 === sessionsMs.length;
    if (isLast || dayNumber(sessionsMs[s + 1]) !== dayNumber(sessionsMs[s])) ends.push(s);
  }
  return ends;
}

/** What the run's own numbers were made with: run.json does not say, its ratios do. */
function conventionsOf({ document, sessionsMs, nav }: ComparedRun): Conventions | null {
  const { annual_volatility: volatility, sharpe } = document.metrics;
  if (volatility === null || sharpe === null) return null;
  const days = lastOfEachDay(sessionsMs).filter(
    (session) => formatDate(sessionsMs[session]) >= document.window.evaluation.from,
  );
  const start = document.metrics.start_equity;
  const wealth = days.map((session) => nav[session]);
  const isWhole = document.window.evaluation.from === document.window.full.from;
  if (isWhole && wealth[0] !== start) wealth.unshift(start);
  const returns = dailyReturns(Float64Array.from(wealth)).subarray(1);
  const deviation = sampleDeviation(returns);
  if (!(deviation >= LEAST_DEVIATION)) return null;
  const periods = (volatility / deviation) ** 2;
  const periodsPerYear = Math.round(periods);
  if (periodsPerYear < 1 || Math.abs(periods - periodsPerYear) > NEAR_WHOLE * periodsPerYear) {
    return null;
  }
  const perPeriod = mean(returns) - (sharpe * deviation) / Math.sqrt(periodsPerYear);
  // Nobody writes a rate to more digits than these.
  return { periodsPerYear, riskFree: Math.round(perPeriod * periodsPerYear * 1e9) / 1e9 };
}

function recorded(metrics: Metrics): WindowMetrics {
  return {
    values: Object.fromEntries(
      METRIC_NAMES.map((name) => [name, metrics[name]]),
    ) as WindowMetrics["values"],
    because: metrics.undefined_because,
  };
}

function without(
  { values, because }: WindowMetrics,
  unknown: { readonly [name in MetricName]?: string },
): WindowMetrics {
  return {
    values: Object.fromEntries(
      METRIC_NAMES.map((name) => [name, unknown[name] === undefined ? values[name] : null]),
    ) as WindowMetrics["values"],
    because: { ...unknown, ...because },
  };
}

/**
 * Two runs side by side, on the part of their evaluation windows that both have. Enters: what each
 * run says of itself (run.json), its curve of net asset value in currency units and what it traded
 * and paid; leaves: the metrics of both with the difference B - A, the correlation of their daily
 * returns and the days on which these differ most. A window that is a run's own is answered with
 * the metrics the run recorded; any other is computed anew by the same rules. Refuses runs in
 * different currencies and windows without two common days, each with a sentence; a number that
 * cannot be is null with a reason.
 */
import { dayNumber, formatDate } from "../../base/instant.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { mean, sampleDeviation, sum } from "../../base/statistics.ts";
import type { Metrics, RunDocument, Window } from "../../domain/run-document.ts";
import { computeMetrics, dailyReturns } from "./metrics.ts";

/** Trades and costs in the account's currency; a cost may have no trade (financing, borrow). */
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
  /** Asked of a run that the window does not fit; else, or where it cannot be known, the reason. */
  readonly activity: Activity | { readonly unknown: string };
};

/** The part that both windows have; `whole`: it is the beginning of both runs, deposits included. */
export type CommonWindow = Window & { readonly whole: boolean };

const NAMES = [
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
export type MetricName = (typeof NAMES)[number];

export type MetricRow = {
  readonly name: MetricName;
  readonly a: number | null;
  readonly b: number | null;
  /** B - A. */
  readonly difference: number | null;
  /** Why a side is null. */
  readonly undefined_because: { readonly a?: string; readonly b?: string };
};

export type ReturnDifference = {
  readonly date: string;
  readonly a: number;
  readonly b: number;
  readonly difference: number;
};

export type Comparison = {
  readonly window: CommonWindow;
  readonly metrics: readonly MetricRow[];
  readonly correlation: {
    readonly value: number | null;
    readonly days: number;
    readonly undefined_because: string | null;
  };
  /** Largest first; days without a difference are none of them. */
  readonly largest: readonly ReturnDifference[];
};

const LARGEST = 10;
/** Below this a spread of returns is rounding, and a correlation with it means nothing. */
const LEAST_DEVIATION = 1e-12;

/** What the two runs can be compared on, or the sentence that says why nothing can. */
export function commonWindow(
  a: Omit<ComparedRun, "activity">,
  b: Omit<ComparedRun, "activity">,
): Result<CommonWindow, string> {
  const [left, right] = [a.document.window, b.document.window];
  const from = later(left.evaluation.from, right.evaluation.from);
  const to = earlier(left.evaluation.to, right.evaluation.to);
  const days = commonDays(a, b, { from, to }).length;
  if (days < 2) {
    const say = ({ evaluation }: RunDocument["window"]) => `${evaluation.from} to ${evaluation.to}`;
    return err(
      `the evaluation windows have ${days} common days, at least 2 are needed: A has ${say(left)}, B has ${say(right)}; run both on data of one period`,
    );
  }
  const whole = from === left.full.from && from === right.full.from;
  return ok({ from, to, sessions: days, whole });
}

/** Whether the window is the run's own, so that its recorded metrics answer. */
export function isOwnWindow({ window: own }: RunDocument, window: CommonWindow): boolean {
  const { evaluation, full } = own;
  const startsWhole = evaluation.from === full.from;
  return (
    window.from === evaluation.from && window.to === evaluation.to && window.whole === startsWhole
  );
}

export function compareRuns(a: ComparedRun, b: ComparedRun, window: CommonWindow): Comparison {
  const [ofA, ofB] = [metricsOver(a, window), metricsOver(b, window)];
  const days = commonDays(a, b, window);
  const returnsA = dailyReturns(Float64Array.from(days, (day) => a.nav[day.a]));
  const returnsB = dailyReturns(Float64Array.from(days, (day) => b.nav[day.b]));
  return {
    window,
    metrics: NAMES.map((name) => metricRow(name, ofA, ofB)),
    correlation: correlationOf(returnsA, returnsB),
    largest: largestDifferences(
      days.map(({ a: session }) => formatDate(a.sessionsMs[session])),
      returnsA,
      returnsB,
    ),
  };
}

type WindowMetrics = {
  readonly values: { readonly [name in MetricName]: number | null };
  readonly because: { readonly [name: string]: string };
};

function metricRow(name: MetricName, ofA: WindowMetrics, ofB: WindowMetrics): MetricRow {
  const [a, b] = [ofA.values[name], ofB.values[name]];
  return {
    name,
    a,
    b,
    difference: a === null || b === null ? null : b - a,
    undefined_because: {
      ...(a === null ? { a: ofA.because[name] } : {}),
      ...(b === null ? { b: ofB.because[name] } : {}),
    },
  };
}

/** As recorded where the window is the run's own, else computed by the rules of the engine. */
export function metricsOver(run: ComparedRun, window: CommonWindow): WindowMetrics {
  if (isOwnWindow(run.document, window)) return recorded(run.document.metrics);
  const conventions = conventionsOf(run);
  const { periodsPerYear, riskFree } = conventions ?? { periodsPerYear: 1, riskFree: 0 };
  const all = daysOf(run.sessionsMs);
  const deposit = run.document.metrics_full.start_equity;
  const base = window.whole && run.nav[all[0]] !== deposit;
  const datesMs = Float64Array.from(base ? [all[0], ...all] : all, (s) => run.sessionsMs[s]);
  const nav = Float64Array.from(all, (s) => run.nav[s]);
  const navMinor = base ? Float64Array.of(deposit, ...nav) : nav;
  const first = datesMs.findIndex((ms) => formatDate(ms) >= window.from);
  const last = datesMs.findLastIndex((ms) => formatDate(ms) <= window.to);
  const done = activityIn(run.activity, {
    after: window.whole ? Number.NEGATIVE_INFINITY : datesMs[first],
    upTo: datesMs[last],
  });
  const metrics = computeMetrics({
    datesMs,
    navMinor,
    from: first,
    to: last,
    periodsPerYear,
    riskFree,
    trades: done?.trades ?? 0,
    notionalMinorTotal: done?.notional ?? 0,
    costsMinor: done?.costs ?? 0,
    // Currency units all along: nothing is left to scale.
    digits: 0,
  });
  const known = recorded({ ...metrics, ...deepestFall(run, metrics, datesMs[first], datesMs[last]) });
  return without(known, {
    ...("unknown" in run.activity
      ? { trades: run.activity.unknown, turnover: run.activity.unknown, costs: run.activity.unknown }
      : {}),
    ...(conventions === null
      ? { annual_volatility: NO_TERMS, sharpe: NO_TERMS, sortino: NO_TERMS }
      : {}),
  });
}

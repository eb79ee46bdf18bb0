/**
 * Two runs side by side, on the part of their evaluation windows that both have. Enters: what each
 * run says of itself and its curve of net asset value; leaves: the metrics of both with the
 * difference B - A, the correlation of their daily returns, and the days on which these differ
 * most. Returns are taken between days that both runs have. Refuses windows with fewer than two
 * common days, with the sentence that says so.
 */
import { dayNumber, formatDate } from "../../base/instant.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { mean, sampleDeviation, sum } from "../../base/statistics.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import {
  type CommonWindow,
  type ComparedRun,
  lastOfEachDay,
  METRIC_NAMES,
  type MetricName,
  metricsOver,
  type WindowMetrics,
} from "./common-metrics.ts";
import { dailyReturns } from "./metrics.ts";

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
  /** B - A. */
  readonly difference: number;
};

export type Correlation = {
  readonly value: number | null;
  readonly days: number;
  readonly undefined_because: string | null;
};

export type Comparison = {
  readonly metrics: readonly MetricRow[];
  readonly correlation: Correlation;
  /** Largest first; a day without a difference is none of them. */
  readonly largest: readonly ReturnDifference[];
};

type Curve = Pick<ComparedRun, "document" | "sessionsMs" | "nav">;

const LARGEST = 10;
/** Below this a spread of returns is rounding, and a correlation with it means nothing. */
const LEAST_DEVIATION = 1e-12;

/** What the two can be compared on, or why nothing can. */
export function commonWindow(a: Curve, b: Curve): Result<CommonWindow, string> {
  const [left, right] = [a.document.window, b.document.window];
  const from =
    left.evaluation.from > right.evaluation.from ? left.evaluation.from : right.evaluation.from;
  const to = left.evaluation.to < right.evaluation.to ? left.evaluation.to : right.evaluation.to;
  const days = commonDays(a, b, { from, to }).length;
  if (days < 2) {
    const say = ({ evaluation }: RunDocument["window"]) => `${evaluation.from} to ${evaluation.to}`;
    return err(
      `the evaluation windows have ${days} days in common, at least 2 are needed: A has ${say(left)}, B has ${say(right)}; compare runs on data of one period`,
    );
  }
  return ok({
    from,
    to,
    sessions: days,
    whole: from === left.full.from && from === right.full.from,
  });
}

export function compareRuns(a: ComparedRun, b: ComparedRun, window: CommonWindow): Comparison {
  const [ofA, ofB] = [metricsOver(a, window), metricsOver(b, window)];
  const days = commonDays(a, b, window);
  const returnsA = dailyReturns(Float64Array.from(days, (day) => a.nav[day.a]));
  const returnsB = dailyReturns(Float64Array.from(days, (day) => b.nav[day.b]));
  const datesMs = Float64Array.from(days, (day) => a.sessionsMs[day.a]);
  return {
    metrics: METRIC_NAMES.map((name) => metricRow(name, ofA, ofB)),
    correlation: correlationOf(returnsA, returnsB),
    largest: largestDifferences(datesMs, returnsA, returnsB),
  };
}

/** The last session of each day in the window that both runs have, ascending. */
function commonDays(
  a: Curve,
  b: Curve,
  { from, to }: { readonly from: string; readonly to: string },
): readonly { readonly a: number; readonly b: number }[] {
  const ofDay = new Map(
    lastOfEachDay(b.sessionsMs).map((session) => [dayNumber(b.sessionsMs[session]), session]),
  );
  return lastOfEachDay(a.sessionsMs).flatMap((session) => {
    const date = formatDate(a.sessionsMs[session]);
    const other = ofDay.get(dayNumber(a.sessionsMs[session]));
    return other === undefined || date < from || date > to ? [] : [{ a: session, b: other }];
  });
}

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

/** Pearson's, of the days on which both returns exist. */
function correlationOf(a: Float64Array, b: Float64Array): Correlation {
  const isKnown = (_: number, i: number) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]);
  const [x, y] = [a.filter(isKnown), b.filter(isKnown)];
  const days = x.length;
  const undefinedBecause = (reason: string) => ({ value: null, days, undefined_because: reason });
  if (days < 2) return undefinedBecause(`${days} common daily return(s), at least 2 are needed`);
  const [sdX, sdY] = [sampleDeviation(x), sampleDeviation(y)];
  if (sdX < LEAST_DEVIATION || sdY < LEAST_DEVIATION) {
    const which = sdX < LEAST_DEVIATION ? (sdY < LEAST_DEVIATION ? "A and B" : "A") : "B";
    return undefinedBecause(
      `standard deviation of the returns of ${which} below ${LEAST_DEVIATION}`,
    );
  }
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = sum(x.map((value, i) => (value - meanX) * (y[i] - meanY))) / (days - 1);
  // Rounding may carry equal returns a hair beyond 1.
  const value = Math.max(-1, Math.min(1, covariance / (sdX * sdY)));
  return { value, days, undefined_because: null };
}

function largestDifferences(
  datesMs: Float64Array,
  a: Float64Array,
  b: Float64Array,
): readonly ReturnDifference[] {
  const order = Array.from(datesMs, (_, day) => day).filter((day) => Math.abs(b[day] - a[day]) > 0);
  order.sort((x, y) => Math.abs(b[y] - a[y]) - Math.abs(b[x] - a[x]) || x - y);
  return order.slice(0, LARGEST).map((day) => ({
    date: formatDate(datesMs[day]),
    a: a[day],
    b: b[day],
    difference: b[day] - a[day],
  }));
}

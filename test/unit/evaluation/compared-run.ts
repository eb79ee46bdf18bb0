/** Runs by hand for comparisons: a curve, what was traded, and run.json as the engine would write it. */
import { DAY_MS, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import type { Metrics, RunDocument } from "../../../src/domain/run-document.ts";
import type { Activity, ComparedRun } from "../../../src/research/evaluation/common-metrics.ts";
import { computeMetrics } from "../../../src/research/evaluation/metrics.ts";

export type Sketch = {
  readonly nav: readonly number[];
  /** Days since `start`; default 0, 1, 2 ... */
  readonly days?: readonly number[];
  readonly start?: string;
  /** Session at which the evaluation window begins. */
  readonly evaluationFrom?: number;
  readonly deposit?: number;
  readonly periodsPerYear?: number;
  readonly riskFree?: number;
  /** Session -> signed notionals. */
  readonly fills?: readonly { readonly session: number; readonly notional: number }[];
  readonly costs?: readonly { readonly session: number; readonly cost: number }[];
  /** Laid over what is recorded. */
  readonly metrics?: Partial<Metrics>;
};

export function sketched(sketch: Sketch): ComparedRun {
  const { nav, start = "2020-01-01", evaluationFrom = 0 } = sketch;
  const first = parseIsoDate(start) ?? Number.NaN;
  const days = sketch.days ?? nav.map((_, n) => n);
  const sessionsMs = Float64Array.from(days, (day) => first + day * DAY_MS);
  const activity: Activity = {
    fillsMs: Float64Array.from(sketch.fills ?? [], ({ session }) => sessionsMs[session]),
    traded: Float64Array.from(sketch.fills ?? [], ({ notional }) => notional),
    costsMs: Float64Array.from(sketch.costs ?? [], ({ session }) => sessionsMs[session]),
    costs: Float64Array.from(sketch.costs ?? [], ({ cost }) => cost),
  };
  const run = { sessionsMs, nav: Float64Array.from(nav), activity };
  const window = (from: number) => ({
    from: formatDate(sessionsMs[from]),
    to: formatDate(sessionsMs[nav.length - 1]),
    sessions: nav.length - from,
  });
  const document = {
    window: { full: window(0), evaluation: window(evaluationFrom) },
    metrics: { ...engineMetrics(run, sketch, evaluationFrom), ...sketch.metrics },
    metrics_full: engineMetrics(run, sketch, 0),
  };
  return { ...run, document: document as RunDocument };
}

/** As the engine's window-metrics does it: wealth at `from`, and what came after; the deposit first. */
function engineMetrics(
  { sessionsMs, nav, activity }: Omit<ComparedRun, "document">,
  sketch: Sketch,
  from: number,
): Metrics {
  if ("unknown" in activity) throw new Error("a sketch knows what it traded");
  const { deposit = nav[0], periodsPerYear = 252, riskFree = 0 } = sketch;
  const isDeposit = from === 0 && deposit !== nav[0];
  const base = isDeposit ? 1 : 0;
  const after = from === 0 ? Number.NEGATIVE_INFINITY : sessionsMs[from];
  const total = (at: Float64Array, values: Float64Array) =>
    values.reduce((sum, value, n) => sum + (at[n] > after ? Math.abs(value) : 0), 0);
  return computeMetrics({
    datesMs: Float64Array.from([...(isDeposit ? [sessionsMs[0]] : []), ...sessionsMs]),
    navMinor: Float64Array.from([...(isDeposit ? [deposit] : []), ...nav]),
    from: from === 0 ? 0 : from + base,
    to: nav.length - 1 + base,
    periodsPerYear,
    riskFree,
    trades: activity.fillsMs.filter((ms) => ms > after).length,
    notionalMinorTotal: total(activity.fillsMs, activity.traded),
    costsMinor: total(activity.costsMs, activity.costs),
    digits: 0,
  });
}

/** What the report draws beside run.json: one value per session, as the artifacts have them. */
import { minorToAmount } from "../base/money.ts";
import type { PortfolioSeries, ReportInput, RunDocument } from "../domain/run-document.ts";
import { dailyReturns, drawdowns } from "../research/evaluation/metrics.ts";
import { rollingVolatility } from "../research/evaluation/rolling-volatility.ts";
import { fractionsOfNav } from "./artifact-tables.ts";
import { grossCurve, netCurve } from "./curves.ts";
import type { LayerState } from "./layers/state.ts";
import { grossOfDecisions } from "./layers/tables.ts";
import type { Prepared } from "./prepare.ts";
import type { Kernel } from "./state.ts";
import type { Trace } from "./trace.ts";

type Source = {
  readonly document: RunDocument;
  readonly prepared: Prepared;
  readonly k: Kernel;
  readonly trace: Trace;
};

export function reportInput({
  document,
  prepared,
  k,
  trace,
}: Source): Omit<ReportInput, "mandate"> {
  const { curves, ruinedAt, layers } = k.state;
  const { nav } = curves;
  const { sessionsMs, currencies } = k.world;
  const { digits } = currencies[0];
  return {
    document,
    datesMs: sessionsMs,
    equity: nav.map((value) => minorToAmount(value, digits)),
    returns: dailyReturns(nav),
    drawdown: drawdowns(nav),
    grossExposure: fractionsOfNav(grossCurve(curves), nav),
    netExposure: fractionsOfNav(netCurve(curves), nav),
    rollingVolatility: rollingVolatility(sessionsMs, nav, prepared.periodsPerYear),
    portfolio: layers === null ? null : portfolioSeries(k, layers, trace),
    evaluationStart: prepared.planned.plan.effectiveStart,
    ruinedAt,
  };
}

function portfolioSeries(k: Kernel, layers: LayerState, { layers: trace }: Trace): PortfolioSeries {
  const { brake, breaker } = layers.daily;
  const sessions = k.world.sessionsMs.length;
  const delay = k.plan.sameClose ? 0 : 1;
  const decided = trace.decisions.map(({ session }) => session + delay);
  const held = (gross: Float64Array) => heldForward(decided, gross, sessions);
  return {
    targetedGross: held(grossOfDecisions(layers, trace, "targeted")),
    clampedGross: held(grossOfDecisions(layers, trace, "clamped")),
    regimes: brake.map((day) => day?.regime ?? "UNKNOWN"),
    scalar: Float64Array.from(brake, (day) => day?.scalar ?? Number.NaN),
    breakers: breaker,
  };
}

/** Each decision's figure from its session on, up to the next one's. */
function heldForward(
  from: readonly number[],
  values: Float64Array,
  sessions: number,
): Float64Array {
  const series = new Float64Array(sessions).fill(Number.NaN);
  for (const [d, start] of from.entries()) {
    if (start < sessions) series.fill(values[d], start, from[d + 1] ?? sessions);
  }
  return series;
}

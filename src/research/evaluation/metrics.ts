/**
 * What a curve of net asset value was worth (spec definitions, "Metrics" and "Ruin"). Enters: NAV
 * in minor units at each session's close; leaves: the headline numbers. The wealth at `from` is the
 * starting wealth, so a window of n sessions has n - 1 returns. Conventions:
 *
 *   volatility  sample standard deviation (ddof 1) x sqrt(periods a year)
 *   Sharpe      (mean - risk-free) / sd x sqrt(periods); the annual risk-free rate / periods each
 *   Sortino     the same over the downside deviation, taken over all returns
 *   CAGR        by calendar: ACT/365.25;  Calmar = CAGR / maximum drawdown
 *   turnover    sum of |notional| / mean NAV, per ACT/365.25 year
 *
 * A number that cannot be is null with a reason, never 0 or NaN. From the first NAV <= 0 on
 * nothing can be said of returns, so every ratio of a window that ends after it is null.
 */
import { invariant } from "../../base/assert.ts";
import { DAY_MS, formatDate } from "../../base/instant.ts";
import { minorToAmount } from "../../base/money.ts";
import type { Metrics } from "../../domain/run-document.ts";
import { type CurveStatistics, curveStatistics } from "./curve-statistics.ts";
import { deepestFall } from "./deepest-fall.ts";

export type MetricsInput = {
  /** One per session, with navMinor. */
  readonly datesMs: Float64Array;
  readonly navMinor: Float64Array;
  /** First and last index of the window, both included. */
  readonly from: number;
  readonly to: number;
  readonly periodsPerYear: number;
  /** Annual, 0.02 = 2 %. */
  readonly riskFree: number;
  /** Of the window: fills, the sum of their |notional|, and fees + slippage + financing + borrow. */
  readonly trades: number;
  readonly notionalMinorTotal: number;
  readonly costsMinor: number;
  readonly digits: number;
  /** Ruin that the points do not show: before the window, or within a day. */
  readonly ruinedMs?: number | null;
  /** Room for as many doubles as the window has points, where it is there already. */
  readonly scratch?: Float64Array;
};

const TOO_LARGE = "larger than a number can hold";

/** Below this a spread of returns is rounding, and a ratio over it means nothing. */
const LEAST_DEVIATION = 1e-12;

type Outcome = number | { readonly because: string };

export function computeMetrics(input: MetricsInput): Metrics {
  const { from, to, navMinor: all, digits } = input;
  invariant(
    from >= 0 && from <= to && to < all.length && all.length === input.datesMs.length,
    22,
    () => `metrics window ${from}..${to} does not lie in ${all.length} sessions`,
  );
  const nav = all.subarray(from, to + 1);
  const ratios = ratiosOf(input, nav);
  const undefinedBecause: { [metric: string]: string } = {};
  const known = (name: keyof typeof ratios): number | null => {
    const outcome = ratios[name];
    if (typeof outcome === "number" && Number.isFinite(outcome)) return outcome;
    undefinedBecause[name] = typeof outcome === "number" ? TOO_LARGE : outcome.because;
    return null;
  };
  return {
    start_equity: minorToAmount(nav[0], digits),
    final_equity: minorToAmount(nav[nav.length - 1], digits),
    total_return: known("total_return"),
    cagr: known("cagr"),
    annual_volatility: known("annual_volatility"),
    sharpe: known("sharpe"),
    sortino: known("sortino"),
    calmar: known("calmar"),
    max_drawdown: known("max_drawdown"),
    trades: input.trades,
    turnover: known("turnover"),
    costs: minorToAmount(input.costsMinor, digits),
    undefined_because: undefinedBecause,
  };
}

/**
 * The same where the curve had more points than those that the ratios are of: the bars within the
 * days. The deepest fall is that of the curve as it was, from `nav[from]` on and from `start` before.
 */
export function withFallsOf(
  metrics: Metrics,
  curve: { readonly nav: Float64Array; readonly from: number; readonly start: number },
): Metrics {
  const depth = deepestFall(curve.nav, curve.from, curve.start);
  // Ruin: nothing is said of the curve, and nothing is already.
  if (depth === null) return metrics;
  const { calmar: _, ...reasons } = metrics.undefined_because;
  const calmar = calmarOf(metrics.cagr ?? because(metrics.undefined_because["cagr"]), depth);
  if (typeof calmar === "number" && Number.isFinite(calmar)) {
    return { ...metrics, max_drawdown: depth, calmar, undefined_because: reasons };
  }
  const reason = typeof calmar === "number" ? TOO_LARGE : calmar.because;
  const undefined_because = { ...reasons, calmar: reason };
  return { ...metrics, max_drawdown: depth, calmar: null, undefined_because };
}

/** nav[i] / nav[i-1] - 1; NaN at the first and from the first NAV <= 0 on. */
export function dailyReturns(nav: Float64Array): Float64Array {
  const returns = new Float64Array(nav.length).fill(Number.NaN);
  const end = firstRuin(nav) ?? nav.length;
  for (let i = 1; i < end; i++) returns[i] = nav[i] / nav[i - 1] - 1;
  return returns;
}

/** nav / highest so far - 1, so 0 at a high; NaN from the first NAV <= 0 on. */
export function drawdowns(nav: Float64Array): Float64Array {
  const falls = new Float64Array(nav.length).fill(Number.NaN);
  const end = firstRuin(nav) ?? nav.length;
  let high = 0;
  for (let i = 0; i < end; i++) {
    if (nav[i] > high) high = nav[i];
    falls[i] = nav[i] / high - 1;
  }
  return falls;
}

/** Index of the first NAV <= 0, or null. */
export function firstRuin(nav: Float64Array): number | null {
  const index = nav.findIndex((value) => {
    invariant(Number.isFinite(value), 22, () => `a net asset value is ${value}`);
    return value <= 0;
  });
  return index < 0 ? null : index;
}

type RatioName =
  | "total_return"
  | "cagr"
  | "annual_volatility"
  | "sharpe"
  | "sortino"
  | "calmar"
  | "max_drawdown"
  | "turnover";

function ratiosOf(input: MetricsInput, nav: Float64Array): Record<RatioName, Outcome> {
  if (typeof input.ruinedMs === "number") return allUndefined(ruinedOn(input.ruinedMs));
  const perPeriod = input.riskFree / input.periodsPerYear;
  const scratch = input.scratch ?? new Float64Array(nav.length);
  const statistics = curveStatistics(nav, perPeriod, scratch);
  const ruin =
    statistics === null || input.from > 0
      ? firstRuin(input.navMinor.subarray(0, input.to + 1))
      : null;
  if (statistics === null || ruin !== null) {
    return allUndefined(ruinedOn(input.datesMs[ruin ?? input.from]));
  }
  const years = (input.datesMs[input.to] - input.datesMs[input.from]) / (365.25 * DAY_MS);
  const totalReturn = nav[nav.length - 1] / nav[0] - 1;
  const cagr: Outcome =
    years > 0 ? (1 + totalReturn) ** (1 / years) - 1 : because("the window has one session");
  const { deepestFall, meanValue } = statistics;
  return {
    total_return: totalReturn,
    cagr,
    ...riskRatios(statistics, nav.length - 1, input),
    calmar: calmarOf(cagr, deepestFall),
    max_drawdown: deepestFall,
    turnover:
      years > 0
        ? input.notionalMinorTotal / meanValue / years
        : because("the window has one session"),
  };
}

function riskRatios(
  { meanReturn, deviation, downside }: CurveStatistics,
  returns: number,
  input: MetricsInput,
): Pick<Record<RatioName, Outcome>, "annual_volatility" | "sharpe" | "sortino"> {
  if (returns < 2) {
    const reason = because(`${returns} return(s), at least 2 are needed`);
    return { annual_volatility: reason, sharpe: reason, sortino: reason };
  }
  const annual = Math.sqrt(input.periodsPerYear);
  const excess = meanReturn - input.riskFree / input.periodsPerYear;
  return {
    annual_volatility: deviation * annual,
    sharpe:
      deviation < LEAST_DEVIATION
        ? because(`standard deviation of returns below ${LEAST_DEVIATION}`)
        : (excess / deviation) * annual,
    sortino:
      downside < LEAST_DEVIATION
        ? because("no return below the risk-free rate")
        : (excess / downside) * annual,
  };
}

function calmarOf(cagr: Outcome, maxDrawdown: number): Outcome {
  if (typeof cagr !== "number") return cagr;
  return maxDrawdown < LEAST_DEVIATION ? because("no drawdown") : cagr / maxDrawdown;
}

function ruinedOn(ms: number): Outcome {
  return because(`ruined on ${formatDate(ms)}: net asset value <= 0`);
}

function allUndefined(reason: Outcome): Record<RatioName, Outcome> {
  return {
    total_return: reason,
    cagr: reason,
    annual_volatility: reason,
    sharpe: reason,
    sortino: reason,
    calmar: reason,
    max_drawdown: reason,
    turnover: reason,
  };
}

function because(reason: string): Outcome {
  return { because: reason };
}

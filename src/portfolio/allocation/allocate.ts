/**
 * How much of the portfolio each sleeve speaks for. Enters: the sleeves' daily shadow returns at
 * unit strength, which of their days were active, and their instruments' ranges; leaves: budgets
 * as fractions of capital, with the reason where a sleeve got none. Budgets of each method:
 *
 * - static, equal: by hand and alike; they read no history, so a sleeve may have its budget before
 *   its first return.
 * - inverse-volatility, erc, hrp: from the returns of the lookback.
 * - sharpe-proportional: from the annualised Sharpe ratios of active days, within bounds.
 * - atr-risk: from the instrument's range, each sleeve for itself, not normalised.
 *
 * A sleeve without enough history gets none; the others are allocated without it. A covariance
 * that cannot be estimated, or risk contributions that cannot be equal, give nobody a budget:
 * what is missing tightens (invariant 3). `direct` has no budgets and may not come here.
 */
import { invariant, unreachable } from "../../base/assert.ts";
import { type Covariance, estimateCovariance } from "../../base/covariance.ts";
import { atrRiskBudgets } from "./atr-risk.ts";
import { equalShares } from "./equal.ts";
import { riskParityShares } from "./erc.ts";
import { hierarchicalShares } from "./hrp.ts";
import { inverseVolatilityShares } from "./inverse-volatility.ts";
import type { AllocationSettings } from "./section.ts";
import { boundedShares } from "./sharpe-proportional.ts";
import { staticShares } from "./static.ts";
import { commonRows, type Judged, judgeSleeves, type ShadowWindow } from "./window.ts";

export type SleeveHistory = {
  /** The strategy's name of each sleeve. */
  readonly strategies: readonly string[];
  readonly shadow: {
    /** Row-major rows x sleeves, newest last; NaN where a sleeve has no history yet. */
    readonly values: Float64Array;
    readonly rows: number;
  };
  /** Rows x sleeves: 1 where the sleeve's forecast was not flat that day. */
  readonly active: Uint8Array;
  /** Wilder's average true range over price of the sleeve's instrument now; NaN: unknown. */
  readonly atrFraction: Float64Array;
};

export type Budgets = {
  /** >= 0 per sleeve. */
  readonly budget: Float64Array;
  /** Why a sleeve got none; null where it got one. */
  readonly reasons: readonly (string | null)[];
  /** What else is to be known: a clipped covariance, a bound that could not hold. */
  readonly note: string | null;
};

const TRADING_DAYS = 252;

export function allocate(settings: AllocationSettings, history: SleeveHistory): Budgets {
  checkShape(history);
  const { method } = settings;
  const { strategies } = history;
  invariant(method !== "direct", 8, "allocation.method direct trades targets: it has no budgets");
  switch (method) {
    case "static":
      return withReason(staticShares(settings.static, strategies), "its static weight is 0");
    case "equal":
      return withReason(equalShares(strategies.length), "");
    case "inverse-volatility":
    case "erc":
    case "hrp":
      return fromReturns(method, settings, history);
    case "sharpe-proportional":
      return fromSharpe(settings.sharpe, history);
    case "atr-risk": {
      const budget = atrRiskBudgets(history.atrFraction, settings.atr);
      return withReason(budget, "no average true range above zero is known for its instrument");
    }
    default:
      return unreachable(method);
  }
}

function checkShape({ strategies, shadow, active, atrFraction }: SleeveHistory): void {
  const cells = shadow.rows * strategies.length;
  invariant(
    shadow.values.length === cells &&
      active.length === cells &&
      atrFraction.length === strategies.length,
    7,
    () => `a sleeve history of ${strategies.length} sleeves and ${shadow.rows} rows is not whole`,
  );
}

/** Every sleeve without a budget is without it for the same reason. */
function withReason(budget: Float64Array, reason: string): Budgets {
  return {
    budget,
    reasons: Array.from(budget, (share) => (share > 0 ? null : reason)),
    note: null,
  };
}

function windowOf(
  { strategies, shadow }: SleeveHistory,
  days: number,
  counts: Uint8Array | null,
): ShadowWindow {
  const rows = Math.min(days, shadow.rows);
  const firstRow = shadow.rows - rows;
  return { values: shadow.values, counts, firstRow, rows, sleeves: strategies.length };
}

type FromReturns = "inverse-volatility" | "erc" | "hrp";

function fromReturns(
  method: FromReturns,
  settings: AllocationSettings,
  history: SleeveHistory,
): Budgets {
  // Read first: a run in which no sleeve ever gets this far has still honoured its keys.
  const { lookback_days: days, min_observations: least } = settings;
  const estimator = method === "inverse-volatility" ? null : settings.covariance;
  const window = windowOf(history, days, null);
  const judged = judgeSleeves(window, least);
  if (judged.chosen.length === 0) return refused(judged, "");
  if (estimator === null || method === "inverse-volatility") {
    const deviations = Float64Array.from(judged.chosen, (sleeve) => judged.deviations[sleeve]);
    return granted(judged, inverseVolatilityShares(deviations), null);
  }
  const returns = commonRows(window, judged.chosen);
  if (returns.rows < least) {
    const observed = `the ${returns.assets} sleeves with history share ${returns.rows} days`;
    return refused(judged, `${observed}, at least ${least} needed`);
  }
  const estimated = estimateCovariance(estimator, returns);
  if (!estimated.ok) {
    const { rule, observed, required } = estimated.error;
    const limit = `observed ${observed}, required ${required}`;
    return refused(judged, `covariance ${estimator}: ${rule}, ${limit}`);
  }
  return fromCovariance(method, judged, estimated.value);
}

function fromCovariance(method: "erc" | "hrp", judged: Judged, covariance: Covariance): Budgets {
  const { clipped } = covariance;
  const note = clipped === null ? null : `covariance ${clipped}`;
  for (let i = 0; i < covariance.assets; i++) {
    const variance = covariance.values[i * covariance.assets + i];
    if (!(variance > 0)) return refused(judged, `covariance: a variance of ${variance}`);
  }
  if (method === "hrp") return granted(judged, hierarchicalShares(covariance), note);
  const shares = riskParityShares(covariance, null);
  if (shares.ok) return granted(judged, shares.value, note);
  const { observed, limit } = shares.error;
  return refused(
    judged,
    `no equal risk contributions exist: sleeves hedge each other away; off by ${observed}, at most ${limit}`,
  );
}

function fromSharpe(settings: AllocationSettings["sharpe"], history: SleeveHistory): Budgets {
  const { lookback_days: days, min_observations: needed, floor } = settings;
  const { min_share: least, max_share: most } = settings;
  const judged = judgeSleeves(windowOf(history, days, history.active), needed);
  const count = judged.chosen.length;
  if (count === 0) return refused(judged, "");
  const scores = Float64Array.from(judged.chosen, (sleeve) => {
    const sharpe = (judged.means[sleeve] / judged.deviations[sleeve]) * Math.sqrt(TRADING_DAYS);
    return Math.max(floor, sharpe);
  });
  return granted(judged, boundedShares(scores, { least, most }), boundNote(count, least, most));
}

function boundNote(count: number, least: number, most: number): string | null {
  if (count * least > 1) {
    return `min_share ${least} for ${count} sleeves is more than 1: each gets 1/${count}`;
  }
  if (count * most < 1) {
    return `max_share ${most} for ${count} sleeves is less than 1: the rest stays unallocated`;
  }
  return null;
}

function granted(judged: Judged, shares: Float64Array, note: string | null): Budgets {
  const budget = new Float64Array(judged.reasons.length);
  const reasons = [...judged.reasons];
  for (let i = 0; i < shares.length; i++) {
    const sleeve = judged.chosen[i];
    budget[sleeve] = shares[i];
    if (shares[i] === 0) reasons[sleeve] = "its share came out as 0";
  }
  return { budget, reasons, note };
}

/** Nobody gets a budget: the sleeves that could be judged for `reason`, the others for their own. */
function refused({ reasons }: Judged, reason: string): Budgets {
  return {
    budget: new Float64Array(reasons.length),
    reasons: reasons.map((own) => own ?? reason),
    note: null,
  };
}

/**
 * What a run with portfolio stages adds to the report's input: stages that asked for leverage, a
 * brake that went through its regimes, breakers that fired, a volatility gap with its residual,
 * sleeves that earned the result. Round numbers that add up, so that a test can say what is shown.
 */
import { formatDate } from "../../src/base/instant.ts";
import type { LayersDocument } from "../../src/domain/layers-document.ts";
import type { LintResult } from "../../src/domain/lint-result.ts";
import type { BrakeRegime } from "../../src/domain/regime.ts";
import type { ResultParts } from "../../src/domain/result-parts.ts";
import type { PortfolioSeries } from "../../src/domain/run-document.ts";
import type { VolatilityGap } from "../../src/domain/volatility-gap.ts";

const CYCLE: readonly BrakeRegime[] = ["NORMAL", "NORMAL", "ELEVATED", "STRESS", "CRISIS"];

/** A new regime every thirty sessions, after the first sixty that know none. */
export function portfolioOf(gross: Float64Array): PortfolioSeries {
  const regimes = Array.from(
    gross,
    (_, s): BrakeRegime => (s < 60 ? "UNKNOWN" : CYCLE[Math.floor(s / 30) % CYCLE.length]),
  );
  const scalarOf = { UNKNOWN: 1, NORMAL: 1, ELEVATED: 0.8, STRESS: 0.5, CRISIS: 0.25 };
  return {
    targetedGross: gross.map((held, s) => (s < 20 ? Number.NaN : held + 0.25)),
    clampedGross: gross.map((held, s) => (s < 20 ? Number.NaN : held + 0.05)),
    regimes,
    scalar: Float64Array.from(regimes, (regime) => scalarOf[regime]),
    breakers: regimes.map((regime, s) =>
      regime === "CRISIS" ? (s % 30 < 10 ? "HALT" : "RAMPUP") : "NORMAL",
    ),
  };
}

export const GAP: VolatilityGap = {
  target: 0.1,
  realised: 0.0935,
  gap: -0.0065,
  parts: {
    estimator_and_rebalance_lag: 0.0021,
    unexposed: 0,
    target_bounds: -0.004,
    policy: -0.0012,
    overlay: -0.0033,
    clamps: -0.0008,
    gates: -0.0002,
    buffer_and_rounding: 0.0004,
    costs: 0,
  },
  residual: 0.0005,
  undefined_because: null,
};

export const LINTS: readonly LintResult[] = [
  {
    lint: "one_month",
    result: "found",
    weight: 0.2,
    observed: 0.61,
    limit: 0.5,
    unit: "share_of_result",
    evidence: "2008-10 made 61 % of the result",
  },
  {
    lint: "same_close",
    result: "found",
    weight: 0.5,
    observed: null,
    limit: null,
    unit: null,
    evidence: "orders filled at the close that decided them",
  },
  {
    lint: "capacity",
    result: "not_evaluated",
    weight: 0,
    observed: null,
    limit: null,
    unit: null,
    evidence: "the pack has no volume",
  },
  {
    lint: "turnover",
    result: "clear",
    weight: 0,
    observed: 4.37,
    limit: 52,
    unit: "times_a_year",
    evidence: "4.37 times the mean equity a year",
  },
];

/** Two sleeves and the interest; one cent is left over by rounding the lines. */
export function resultOf(deposit: number, final: number): ResultParts {
  const change = Math.round((final - deposit) * 100) / 100;
  const fees = 1482.5;
  const realised = Math.round((change + fees - 100) * 100) / 100;
  const line = (strategy: string, instrument: string, result: number) => ({
    strategy,
    instrument,
    currency: "USD",
    gains: result,
    costs: 0,
    rate: 1,
    result: Math.round(result * 100) / 100,
  });
  return {
    deposit,
    final,
    change,
    kinds: { realised, unrealised: 80, dividends: 30, fees, financing: 10, borrow: 0, fx: 0 },
    by: "sleeve",
    lines: [
      line("trend", "SX_ONE", change + 500),
      line("carry", "SX_TWO", -490.01),
      line("", "", -10),
    ],
  };
}

export function layersOf(datesMs: Float64Array): LayersDocument {
  const date = (s: number): string => formatDate(datesMs[Math.min(s, datesMs.length - 1)]);
  return {
    decisions: 240,
    off_cycle: 6,
    sleeves: 2,
    allocation: { method: "erc", mean_gross: 0.5, notes: {}, without_budget: [] },
    policy: { enabled: true, mean_gross: 0.45, bound: 12 },
    risk_targeting: {
      enabled: true,
      mean_gross: 1.4,
      target_vol: 0.1,
      status: { measured: 200, capped: 40 },
      mean_sigma: 0.07,
    },
    overlay: {
      mode: "compute",
      profile: "H",
      mean_gross: 1.3,
      applied: 236,
      warm_up: 4,
      bound: 90,
      bound_on: [date(120)],
      mean_scalar: 0.91,
      regimes: { UNKNOWN: 60, NORMAL: 100, ELEVATED: 50, STRESS: 40, CRISIS: 10 },
      transitions: [
        { date: date(60), from: "UNKNOWN", to: "NORMAL" },
        { date: date(120), from: "NORMAL", to: "STRESS" },
      ],
      transitions_per_year: 2,
    },
    clamps: {
      mean_gross: 1.2,
      by_constraint: { symbol: { records: 21, first: date(30), last: date(200) } },
    },
    volatility_regime: null,
    volatility_transitions: [],
    breakers: [
      {
        date: date(121),
        from: "NORMAL",
        to: "HALT",
        rule: "daily_loss",
        observed: 0.028,
        limit: 0.025,
      },
    ],
    netting: { nets: 900, crosses: 33, crossed_lots: 412.5 },
    refused: { REJECTED_BY_CASH: { signals: 17, days: 3, first: date(40), last: date(90) } },
    sizing: { inside_buffer: 210, rounding: 4 },
    sizing_unmoved: 55,
  };
}

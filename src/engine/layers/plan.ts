/**
 * What the portfolio stages follow in a run: each stage's terms, and the evidence that can be
 * computed before the first session, aligned on sessions. Everything here is fixed; what changes
 * from session to session is in layers/state.ts.
 */
import type { DailyReturns } from "../../base/frequency.ts";
import type { BreakerLevels } from "../../execution/gates/breakers.ts";
import type { HeatSettings, VolatilityRegimeSettings } from "../../execution/gates/section.ts";
import type { AllocationSettings } from "../../portfolio/allocation/section.ts";
import type { ClampSettings } from "../../portfolio/clamps/section.ts";
import type { PrecomputedDay } from "../../portfolio/overlay/precomputed.ts";
import type { OverlaySettings } from "../../portfolio/overlay/section.ts";
import type { RiskTargetingSettings } from "../../portfolio/risk-targeting/section.ts";
import type { SizingSettings } from "../../portfolio/sizing/section.ts";

export type LayerPlan = {
  /** Variants of each instrument, in the plan's order. */
  readonly sleevesOf: readonly (readonly number[])[];
  /** Instrument and strategy name of each variant. */
  readonly instrumentOf: Int32Array;
  readonly strategies: readonly string[];
  readonly allocation: AllocationSettings;
  /** Sessions from which on the next decision makes budgets, or the covariance, anew. */
  readonly allocateFrom: Uint8Array;
  readonly estimateFrom: Uint8Array;
  readonly policy: PolicyPlan | null;
  readonly riskTargeting: RiskTargetingSettings | null;
  readonly overlay: OverlaySettings;
  /** Only under `precomputed`: the named run's days. */
  readonly precomputed: readonly PrecomputedDay[];
  readonly clamps: ClampSettings;
  readonly sizing: SizingSettings;
  readonly breakers: BreakerLevels | null;
  readonly volatilityRegime: VolatilityRegimeSettings | null;
  readonly heat: HeatSettings;
  readonly correlation: {
    readonly limit: number | null;
    readonly days: number;
    readonly min_overlap: number;
  };
  readonly evidence: LayerEvidence;
  readonly seed: number;
};

export type PolicyPlan = {
  /** Of each variant; null: exempt. */
  readonly policyOf: readonly (string | null)[];
  /** 1, 0, NaN unknown; by session. */
  readonly stress: Float64Array;
  readonly stress99: Float64Array;
  readonly backwardation: Float64Array;
};

export type LayerEvidence = {
  /** Simple daily returns by instrument and session; NaN without a bar. */
  readonly returns: readonly DailyReturns[];
  /** Wilder ATR as a fraction of the price, by instrument and session; NaN unknown. */
  readonly atrFraction: readonly Float64Array[];
  /** Over allocation's own window; null unless it sizes by it. */
  readonly allocationRange: readonly Float64Array[] | null;
  /** The same where only closes exist: the standard deviation of daily returns. */
  readonly closeRange: readonly Float64Array[];
  /** Close of the volatility index on each session, NaN where it has none; null: there is no such series. */
  readonly volatilityIndex: Float64Array | null;
};

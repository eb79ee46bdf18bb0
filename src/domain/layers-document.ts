/** What the portfolio's stages did in a run, for run.json: counts, averages and dates. */
import type { TerminalState } from "./refusal.ts";
import type { BrakeRegime, VolatilityRegime } from "./regime.ts";

export type LayersDocument = {
  readonly decisions: number;
  /** Decisions that the brake asked for between two scheduled ones. */
  readonly off_cycle: number;
  readonly sleeves: number;
  readonly allocation: {
    readonly method: string;
    /** Mean sum of |weight| per instrument after this stage, over decisions; as in the stages below. */
    readonly mean_gross: number;
    /** What making budgets had to say, and how often: a clipped covariance, bounds that could not hold. */
    readonly notes: { readonly [note: string]: number };
    /** Sleeves without a budget at the last decision, with the reason. */
    readonly without_budget: readonly { readonly sleeve: string; readonly reason: string }[];
  };
  readonly policy: {
    readonly enabled: boolean;
    readonly mean_gross: number;
    /** Decisions at which it kept a wanted sleeve flat. */
    readonly bound: number;
  };
  readonly risk_targeting: {
    readonly enabled: boolean;
    readonly mean_gross: number;
    readonly target_vol: number | null;
    /** Decisions by status: measured, floored, capped, unavailable. */
    readonly status: { readonly [status: string]: number };
    /** Mean annual volatility of one unit of gross; null when never measured. */
    readonly mean_sigma: number | null;
  };
  readonly overlay: {
    readonly mode: string;
    readonly profile: string;
    readonly mean_gross: number;
    /** applied + warm_up = decisions. */
    readonly applied: number;
    readonly warm_up: number;
    readonly bound: number;
    /** Decisions at which the brake changed a weight. */
    readonly bound_on: readonly string[];
    /** Mean scalar of the decisions that applied one; null when none did. */
    readonly mean_scalar: number | null;
    /** Sessions in each regime. */
    readonly regimes: { readonly [regime in BrakeRegime]?: number };
    readonly transitions: readonly {
      readonly date: string;
      readonly from: BrakeRegime;
      readonly to: BrakeRegime;
    }[];
    readonly transitions_per_year: number;
  };
  readonly clamps: {
    readonly mean_gross: number;
    readonly by_constraint: {
      readonly [constraint: string]: {
        readonly records: number;
        readonly first: string;
        readonly last: string;
      };
    };
  };
  /** Sessions in each regime; null where it is off. */
  readonly volatility_regime: { readonly [regime in VolatilityRegime]?: number } | null;
  readonly volatility_transitions: readonly {
    readonly date: string;
    readonly from: VolatilityRegime;
    readonly to: VolatilityRegime;
  }[];
  readonly breakers: readonly {
    readonly date: string;
    readonly from: string;
    readonly to: string;
    readonly rule: string;
    readonly observed: number | null;
    readonly limit: number | null;
  }[];
  readonly netting: {
    readonly nets: number;
    readonly crosses: number;
    readonly crossed_lots: number;
  };
  /** Signals that ended with nothing traded, by the state they ended in: how many, on which days. */
  readonly refused: {
    readonly [state in TerminalState]?: {
      readonly signals: number;
      readonly days: number;
      readonly first: string;
      readonly last: string;
    };
  };
  /** Nets that were not traded to the wish, by what kept them, and those of them that stayed as they were. */
  readonly sizing: { readonly [cut: string]: number };
  readonly sizing_unmoved: number;
};

/**
 * Realised against target volatility, for run.json: annual volatilities, and the differences that
 * one more layer of the portfolio made. The sum of the parts and the residual is `gap`.
 */

/** In the order of the chain; each is what its layer added to the annual volatility, signed. */
export type VolatilityParts = {
  /** Unbounded targeting, while something was held: what was estimated against what came. */
  readonly estimator_and_rebalance_lag: number;
  /** Sessions on which nothing was wanted, or nothing could be measured. */
  readonly unexposed: number;
  /** The volatility floor, the gross floor and the gross cap. */
  readonly target_bounds: number;
  readonly policy: number;
  readonly overlay: number;
  readonly clamps: number;
  /** Refusals by gates or for want of a size, circuit breakers, protective stops. */
  readonly gates: number;
  readonly buffer_and_rounding: number;
  readonly costs: number;
};

export type VolatilityGap = {
  readonly target: number;
  /** Of net asset value over the evaluation window; null like all that needs it. */
  readonly realised: number | null;
  /** realised - target. */
  readonly gap: number | null;
  readonly parts: VolatilityParts | null;
  /** What no part explains; never assigned to one. */
  readonly residual: number | null;
  /** Why the numbers are null. */
  readonly undefined_because: string | null;
};

/** The states of the brake and of the volatility index. `UNKNOWN` is treated as the worst. */

export const BRAKE_REGIMES = ["UNKNOWN", "NORMAL", "ELEVATED", "STRESS", "CRISIS"] as const;
export type BrakeRegime = (typeof BRAKE_REGIMES)[number];

export const VOLATILITY_REGIMES = ["UNKNOWN", "LOW", "NORMAL", "HIGH", "CRISIS"] as const;
export type VolatilityRegime = (typeof VOLATILITY_REGIMES)[number];

/** RAMPUP trades at part of the size after a HALT or PANIC has cooled down. */
export const BREAKER_STATES = ["NORMAL", "HALT", "PANIC", "RAMPUP"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

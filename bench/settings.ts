/** What every measurement of targets runs under, but for its costs: no limit that would ever bind. */
import type { PlanInput } from "../src/engine/plan-input.ts";

/** Rates are annual, on debits and on borrowed shares. */
export function directSettings(terms: {
  readonly fill: PlanInput["settings"]["execution"]["fill"];
  readonly slippageBps: number;
  readonly feeBps: number;
  readonly rates: { readonly debit_rate: number; readonly borrow_rate: number };
  readonly gross: number;
}): PlanInput["settings"] {
  return {
    initialEquity: 10_000_000,
    currency: "USD",
    currencyDigits: 2,
    layers: null,
    execution: { fill: terms.fill },
    slippage: { bps: terms.slippageBps, half_spread: 0, ticks: 0 },
    fees: { bps: terms.feeBps, per_share: 0, per_contract: 0, minimum: 0 },
    financing: terms.rates,
    limits: {
      gross: terms.gross,
      net: null,
      symbol: null,
      sector: null,
      margin: null,
      positions: null,
      shorts: true,
      stop_cooldown_sessions: 0,
    },
    freshness: { max_age_sessions: 1 },
    schedule: { decide: "every_session", rebalance: "never" },
  };
}

/** Which stages and gates a mandate of forecasts switched on; the others are listed as not enabled. */
import type { GateName, StageName, Wiring } from "../stage-tally.ts";
import { ORDER_GATES, PORTFOLIO_STAGES, SIGNAL_GATES } from "../stage-tally.ts";
import { isEnabled } from "../stages/clamps.ts";
import type { LayerSettings } from "./settings.ts";

export function layerWiring(settings: LayerSettings): Wiring {
  const { policy, risk_targeting, overlay, breakers, heat, correlation } = settings;
  const stages: { readonly [name in StageName]: boolean } = {
    allocation: true,
    policy: policy.enabled,
    risk_targeting: risk_targeting.enabled,
    overlay: overlay.mode !== "off",
    clamps: isEnabled(settings.clamps),
    netting: true,
    sizing: true,
  };
  const gates: { readonly [name in Exclude<GateName, "pause">]: boolean } = {
    freshness: true,
    duplicate: true,
    policy: policy.enabled,
    correlation: correlation.limit !== null,
    breakers: breakers.enabled,
    heat: heat.limit !== null,
    volatility_regime: settings.volatility_regime.enabled,
    limits: true,
    cash: true,
  };
  return {
    stages: PORTFOLIO_STAGES.map((name) => ({ name, enabled: stages[name] })),
    // Nobody pauses a backtest: the gate comes with an account (plan.ts).
    gates: [...SIGNAL_GATES, ...ORDER_GATES].flatMap((name) =>
      name === "pause" ? [] : [{ name, enabled: gates[name] }],
    ),
  };
}

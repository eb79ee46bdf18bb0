/**
 * The mandate's section about the volatility target. The cap on gross exposure is limits.gross:
 * one key per limit. Refused: a gross floor above that cap, and one that no volatility can leave.
 */
import { z } from "zod";
import type { Section, SectionIssue } from "../../domain/section.ts";

const schema = z.strictObject({
  enabled: z.boolean(),
  target_vol: z.number().positive(),
  lookback: z.int().min(20),
  gross_floor: z.number().nonnegative(),
  vol_floor: z.number().positive(),
  reference: z.enum(["current", "full"]),
  update: z.enum(["every_rebalance", "monthly", "quarterly"]),
  estimator: z.enum(["ewma", "sample", "ledoit-wolf"]),
});

export type RiskTargetingSettings = z.infer<typeof schema>;

export const riskTargetingSection: Section<typeof schema> = {
  name: "risk_targeting",
  owner: "portfolio/risk-targeting",
  schema,
  describe: {
    enabled:
      "whether one factor for all weights aims at the target volatility; the largest gross is limits.gross",
    target_vol: "annual volatility aimed at (0.10 = 10 %)",
    lookback: "daily returns before the decision that the covariance is measured on",
    gross_floor: "least gross exposure as a fraction of net asset value, whatever the volatility",
    vol_floor:
      "lowest annual volatility believed of one unit of gross: what measures lower counts as this",
    reference:
      "current: weights at the strengths of the decision; full: at full strength, so weak forecasts take less risk",
    update:
      "when the volatility is measured anew: at every decision (every_rebalance), or at the first one of each month (monthly) or third month (quarterly)",
    estimator: "how the covariance is measured: ewma (lambda 0.94), sample or ledoit-wolf",
  },
  defaults: {
    enabled: false,
    target_vol: 0.1,
    lookback: 63,
    gross_floor: 0,
    vol_floor: 0.05,
    reference: "current",
    update: "every_rebalance",
    estimator: "ewma",
  },
  profiles: {
    plain: { enabled: false },
    "etf-trend": { enabled: true },
    "futures-layers": { enabled: true },
    "equity-signals": { enabled: false },
  },
  tags: {},
  probes: {
    // Breakers may count in the target: they must not go with it.
    enabled: { try: [{ toggle: true, with: { "breakers.enabled": { to: false } } }] },
    target_vol: { try: [{ times: 0.5 }, { times: 2 }] },
    lookback: { try: [{ times: 2 }, { times: 0.5 }, { plus: 10 }] },
    gross_floor: {
      try: [
        { inside: "gross", part: 0.9 },
        { inside: "gross", part: 0.6 },
      ],
    },
    vol_floor: { try: [{ times: 4 }, { times: 20 }] },
    reference: { needs: ["partial_strength"], try: [{ to: "full" }, { to: "current" }] },
    update: { try: [{ to: "quarterly" }, { to: "monthly" }, { to: "every_rebalance" }] },
    estimator: { try: [{ to: "sample" }, { to: "ledoit-wolf" }, { to: "ewma" }] },
  },
  inapplicable: ({ enabled }: RiskTargetingSettings): readonly string[] =>
    enabled ? [] : Object.keys(schema.shape).filter((key) => key !== "enabled"),
  check: (values: RiskTargetingSettings, mandate): readonly SectionIssue[] => {
    if (!values.enabled) return [];
    const { gross } = mandate["limits"] as { readonly gross: number };
    return floorIssues(values, gross);
  },
};

/**
 * Of vol_floor and limits.gross one always acts before the other can (target_vol / vol_floor is
 * the most the floor lets through), so that alone is no mistake in either.
 */
function floorIssues(values: RiskTargetingSettings, cap: number): readonly SectionIssue[] {
  const { target_vol: target, vol_floor: volFloor, gross_floor: floor } = values;
  if (floor > cap) {
    const message = `a least gross of ${floor} lies above the largest, limits.gross ${cap}; set it below, or 0`;
    return [{ path: ["gross_floor"], message }];
  }
  const most = target / volFloor;
  if (floor >= Math.min(most, cap)) {
    const message = `the target can never act: target_vol ${target} / vol_floor ${volFloor} asks for at most ${most} of gross (limits.gross ${cap}), and gross_floor ${floor} is never left; lower gross_floor, or raise target_vol`;
    return [{ path: ["gross_floor"], message }];
  }
  return [];
}

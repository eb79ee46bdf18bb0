/** All sections of a mandate, each from the room that owns it: adding a stage is adding a line. */
import type { Section } from "../domain/section.ts";
import {
  type BreakerSettings,
  breakersSection,
  type CorrelationSettings,
  correlationSection,
  type FreshnessSettings,
  freshnessSection,
  type HeatSettings,
  heatSection,
  type LimitSettings,
  limitsSection,
  type VolatilityRegimeSettings,
  volatilityRegimeSection,
} from "../execution/gates/section.ts";
import { type DataSettings, dataSection } from "../market/section.ts";
import { type AllocationSettings, allocationSection } from "../portfolio/allocation/section.ts";
import { type ClampSettings, clampsSection } from "../portfolio/clamps/section.ts";
import { type OverlaySettings, overlaySection } from "../portfolio/overlay/section.ts";
import { type PolicySettings, policySection } from "../portfolio/policy/section.ts";
import {
  type RiskTargetingSettings,
  riskTargetingSection,
} from "../portfolio/risk-targeting/section.ts";
import { type SizingSettings, sizingSection } from "../portfolio/sizing/section.ts";
import { type AccountSettings, accountSection } from "../records/ledger/section.ts";
import { type MetricsSettings, metricsSection } from "../research/evaluation/section.ts";
import { type StrategyEntry, strategiesSection } from "../research/strategies/section.ts";
import {
  type ExecutionSettings,
  executionSection,
  type FeeSettings,
  feesSection,
  type FinancingSettings,
  financingSection,
  type SlippageSettings,
  slippageSection,
} from "../venue/section.ts";
import { type ScheduleSettings, scheduleSection } from "./schedule/section.ts";

export const SECTIONS: readonly Section[] = [
  accountSection,
  dataSection,
  strategiesSection,
  allocationSection,
  policySection,
  riskTargetingSection,
  overlaySection,
  clampsSection,
  sizingSection,
  scheduleSection,
  executionSection,
  slippageSection,
  feesSection,
  financingSection,
  limitsSection,
  breakersSection,
  heatSection,
  correlationSection,
  volatilityRegimeSection,
  freshnessSection,
  metricsSection,
];

/** A resolved mandate as its readers see it. */
export type Mandate = {
  readonly assay: number;
  readonly name: string;
  readonly profile: string;
  readonly seed: number;
  readonly account: AccountSettings;
  readonly data: DataSettings;
  readonly strategies: readonly StrategyEntry[];
  readonly allocation: AllocationSettings;
  readonly policy: PolicySettings;
  readonly risk_targeting: RiskTargetingSettings;
  readonly overlay: OverlaySettings;
  readonly clamps: ClampSettings;
  readonly sizing: SizingSettings;
  readonly schedule: ScheduleSettings;
  readonly execution: ExecutionSettings;
  readonly slippage: SlippageSettings;
  readonly fees: FeeSettings;
  readonly financing: FinancingSettings;
  readonly limits: LimitSettings;
  readonly breakers: BreakerSettings;
  readonly heat: HeatSettings;
  readonly correlation: CorrelationSettings;
  readonly volatility_regime: VolatilityRegimeSettings;
  readonly freshness: FreshnessSettings;
  readonly metrics: MetricsSettings;
};

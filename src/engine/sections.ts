/** All sections of a mandate, each from the room that owns it: adding a stage is adding a line. */
import type { Section } from "../domain/section.ts";
import {
  type FreshnessSettings,
  freshnessSection,
  type LimitSettings,
  limitsSection,
} from "../execution/gates/section.ts";
import { type DataSettings, dataSection } from "../market/section.ts";
import { type AllocationSettings, allocationSection } from "../portfolio/allocation/section.ts";
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
  scheduleSection,
  executionSection,
  slippageSection,
  feesSection,
  financingSection,
  limitsSection,
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
  readonly schedule: ScheduleSettings;
  readonly execution: ExecutionSettings;
  readonly slippage: SlippageSettings;
  readonly fees: FeeSettings;
  readonly financing: FinancingSettings;
  readonly limits: LimitSettings;
  readonly freshness: FreshnessSettings;
  readonly metrics: MetricsSettings;
};

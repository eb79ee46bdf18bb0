/** What a plan is made of, and what is handed on beside it. */
import type { BarSeries } from "../domain/bar.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import type { Strategy } from "../domain/strategy.ts";
import type { FreshnessSettings, LimitSettings } from "../execution/gates/section.ts";
import type { PrecomputedDay } from "../portfolio/overlay/precomputed.ts";
import type { Sha256 } from "../ports/hash.ts";
import type {
  ExecutionSettings,
  FeeSettings,
  FinancingSettings,
  SlippageSettings,
} from "../venue/section.ts";
import type { LayerSettings } from "./layers/settings.ts";
import type { ScheduleSettings } from "./schedule/section.ts";
import type { Plan } from "./state.ts";
import type { World } from "./world.ts";

/** One strategy of the mandate, loaded, with complete parameters. */
export type StrategyUse = {
  readonly name: string;
  readonly strategy: Strategy;
  readonly params: { readonly [name: string]: number };
  readonly codeHash: string;
  readonly instruments: readonly string[];
};

export type PlanSettings = {
  readonly initialEquity: number;
  readonly currency: string;
  readonly currencyDigits: number;
  /** Null: allocation direct. */
  readonly layers: LayerSettings | null;
  readonly execution: ExecutionSettings;
  readonly slippage: SlippageSettings;
  readonly fees: FeeSettings;
  readonly financing: FinancingSettings;
  readonly limits: LimitSettings;
  readonly freshness: FreshnessSettings;
  readonly schedule: ScheduleSettings;
};

export type PlanInput = {
  /** Trading: signals pass the pause gate before every other. */
  readonly canPause?: boolean;
  readonly world: World;
  readonly actions: readonly CorporateAction[];
  readonly uses: readonly StrategyUse[];
  readonly settings: PlanSettings;
  readonly seed: number;
  /** The named run's brake, under overlay.mode precomputed; else empty. */
  readonly precomputed: readonly PrecomputedDay[];
  readonly sha256: Sha256;
  /** Where an instrument's bars come from, for messages. */
  readonly sourceOf: (instrument: string) => string;
};

/** A variant with what the look-ahead check needs to compute it again. */
export type PlannedVariant = {
  readonly use: StrategyUse;
  readonly series: BarSeries;
  readonly warmup: number;
};

export type Planned = {
  readonly plan: Plan;
  readonly variants: readonly PlannedVariant[];
};

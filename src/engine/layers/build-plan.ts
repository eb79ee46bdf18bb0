/**
 * The portfolio stages' plan: terms from the mandate, and all evidence that can be computed before
 * the first session. Refuses what a stage could not do its work on: bars that are not daily, a
 * reference series that the pack has not.
 */
import { dayNumber, formatInstant } from "../../base/instant.ts";
import { type DailyReturns, dailyReturns } from "../../base/frequency.ts";
import { Fault } from "../../domain/fault.ts";
import type { ReferenceSeries } from "../../domain/pack.ts";
import { breakerLevels } from "../../execution/gates/breakers.ts";
import { stressFeatures } from "../../market/features/stress.ts";
import { sessionReturns } from "../../market/features/returns.ts";
import { pickSessions } from "../schedule/rhythm.ts";
import { actionsOf, type VariantPlan } from "../plan-variant.ts";
import type { PlanInput } from "../plan-input.ts";
import type { World } from "../world.ts";
import type { LayerPlan, PolicyPlan } from "./plan.ts";
import { onDays } from "./on-days.ts";
import { averageRanges, deviations } from "./ranges.ts";
import type { LayerSettings } from "./settings.ts";

export function buildLayerPlan(
  input: PlanInput,
  settings: LayerSettings,
  variants: readonly VariantPlan[],
): LayerPlan {
  const { world } = input;
  requireDailyBars(world);
  if (settings.sizing.stop_atr !== null) requireStopColumns(input, variants);
  const returns = world.series.map((_, i) => returnsOf(input, i));
  const { allocation, risk_targeting: targeting, breakers, volatility_regime: regime } = settings;
  const isAtrRisk = allocation.method === "atr-risk";
  return {
    sleevesOf: sleevesOf(world, variants),
    instrumentOf: Int32Array.from(variants, ({ variant }) => variant.instrument),
    strategies: variants.map(({ variant }) => variant.strategy),
    allocation,
    allocateFrom: updates(allocation.update, world),
    estimateFrom: updates(targeting.enabled ? targeting.update : "every_rebalance", world),
    policy: settings.policy.enabled ? policyPlan(settings, world, variants) : null,
    riskTargeting: targeting.enabled ? targeting : null,
    overlay: settings.overlay,
    precomputed: input.precomputed,
    clamps: settings.clamps,
    sizing: settings.sizing,
    breakers: breakers.enabled ? breakerLevels(breakers, targeting.target_vol) : null,
    volatilityRegime: regime.enabled ? regime : null,
    heat: settings.heat,
    correlation: settings.correlation,
    evidence: {
      returns,
      atrFraction: averageRanges(input, settings.heat.atr_window),
      allocationRange: isAtrRisk ? averageRanges(input, allocation.atr.window) : null,
      closeRange: deviations(returns, settings.heat.volatility_days),
      volatilityIndex: regime.enabled
        ? closesOf(world, regime.reference, "volatility_regime.reference")
        : null,
    },
    seed: input.seed,
  };
}

function sleevesOf(world: World, variants: readonly VariantPlan[]): readonly (readonly number[])[] {
  const owners = world.instruments.map((): number[] => []);
  variants.forEach(({ variant }, v) => owners[variant.instrument].push(v));
  return owners;
}

/** Volatilities are annualised from days; two bars of one day would be taken for two days. */
function requireDailyBars({ sessionsMs }: World): void {
  for (let s = 1; s < sessionsMs.length; s++) {
    if (dayNumber(sessionsMs[s]) !== dayNumber(sessionsMs[s - 1])) continue;
    throw new Fault(
      "data",
      `two sessions lie on one day (${formatInstant(sessionsMs[s])}): the portfolio's stages measure daily returns; bring daily bars, or trade targets with allocation.method: direct`,
    );
  }
}

/** A stop fills inside a bar, and its distance is made of highs and lows. */
function requireStopColumns(
  { world, sourceOf }: PlanInput,
  variants: readonly VariantPlan[],
): void {
  for (const { variant } of variants) {
    const series = world.series[variant.instrument];
    for (const field of ["open", "high", "low"] as const) {
      if (series[field] !== null) continue;
      const { id } = series.instrument;
      throw new Fault(
        "data",
        `${sourceOf(id)} ${id}: sizing.stop_atr needs the column ${field}, which the data does not have; map it in data.sources, or set sizing.stop_atr: null`,
      );
    }
  }
}

function returnsOf({ world, actions, sourceOf }: PlanInput, i: number): DailyReturns {
  const series = world.series[i];
  const { id } = series.instrument;
  const values = sessionReturns({
    series,
    actions: actionsOf(actions, id),
    sessionOfRow: world.sessionOfRow[i],
    sessions: world.sessionsMs.length,
  });
  const checked = dailyReturns(values, world.sessionsMs);
  if (checked.ok) return checked.value;
  throw new Fault("data", `${sourceOf(id)} ${id}: ${checked.error.message}`);
}

/** Sessions from which on the next decision works anew. */
function updates(
  rhythm: "every_decision" | "every_rebalance" | "monthly" | "quarterly",
  { sessionsMs }: World,
): Uint8Array {
  if (rhythm === "every_decision" || rhythm === "every_rebalance") {
    return new Uint8Array(sessionsMs.length).fill(1);
  }
  const months = pickSessions("month_start", sessionsMs);
  if (rhythm === "monthly") return months;
  let seen = 0;
  return months.map((isStart) => (isStart === 1 && seen++ % 3 === 0 ? 1 : 0));
}

/** Features of the index are made of its own days, then looked up on the sessions' days. */
function policyPlan(
  { policy }: LayerSettings,
  world: World,
  variants: readonly VariantPlan[],
): PolicyPlan {
  const { volatility_index, series, term_structure } = policy;
  const index = indexOf(world, volatility_index, "policy.volatility_index");
  const features = stressFeatures({
    volatilityIndex: index.values,
    volOfVol:
      series === null ? null : onDays(indexOf(world, series, "policy.series"), index.timesMs),
    threeMonth:
      term_structure === null
        ? null
        : onDays(indexOf(world, term_structure, "policy.term_structure"), index.timesMs),
  });
  const onSessions = (values: Float64Array) =>
    onDays({ timesMs: index.timesMs, values }, world.sessionsMs);
  return {
    policyOf: variants.map(({ variant }) => policy.map[variant.strategy] ?? null),
    stress: onSessions(features.stress),
    stress99: onSessions(features.stress99),
    backwardation: onSessions(features.backwardation),
  };
}

function closesOf(world: World, id: string, key: string): Float64Array {
  return onDays(indexOf(world, id, key), world.sessionsMs);
}

function indexOf(world: World, id: string, key: string): ReferenceSeries {
  const series = world.references.find((r) => r.id === id && r.kind === "volatility_index");
  if (series !== undefined) return series;
  const known = world.references.filter((r) => r.kind === "volatility_index").map((r) => r.id);
  throw new Fault(
    "data",
    `${key}: the pack has no volatility index ${id} (it has ${known.join(", ") || "none"}); bring it in data.references`,
  );
}

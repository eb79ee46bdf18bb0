/**
 * The mandate's sections about the portfolio's stages, taken by them: every key that the other
 * values leave a reader is read here, once, into plain values for the stages to work on.
 */
import type { Section } from "../../domain/section.ts";
import type {
  BreakerSettings,
  CorrelationSettings,
  HeatSettings,
  VolatilityRegimeSettings,
} from "../../execution/gates/section.ts";
import type { AllocationSettings } from "../../portfolio/allocation/section.ts";
import type { ClampSettings } from "../../portfolio/clamps/section.ts";
import type { OverlaySettings } from "../../portfolio/overlay/section.ts";
import type { PolicySettings } from "../../portfolio/policy/section.ts";
import type { RiskTargetingSettings } from "../../portfolio/risk-targeting/section.ts";
import type { SizingSettings } from "../../portfolio/sizing/section.ts";

export type LayerSettings = {
  readonly allocation: AllocationSettings;
  readonly policy: PolicySettings;
  readonly risk_targeting: RiskTargetingSettings;
  readonly overlay: OverlaySettings;
  readonly clamps: ClampSettings;
  readonly sizing: SizingSettings;
  readonly breakers: BreakerSettings;
  readonly heat: HeatSettings;
  readonly correlation: CorrelationSettings;
  readonly volatility_regime: VolatilityRegimeSettings;
};

/** Sections that strategies' own targets have no use for. */
export const LAYER_SECTIONS: readonly (keyof LayerSettings)[] = [
  "policy",
  "risk_targeting",
  "overlay",
  "clamps",
  "sizing",
  "breakers",
  "heat",
  "correlation",
  "volatility_regime",
];

/** Plain values; a key that these values give no reader stays unread, and is read if asked for. */
export function takeSection<T extends object>(section: Section, values: T): T {
  const idle = section.inapplicable?.(values as never) ?? [];
  return copyApplicable(values, "", new Set(idle)) as T;
}

function copyApplicable(values: object, path: string, idle: ReadonlySet<string>): object {
  if (Array.isArray(values)) return values.map((item: unknown) => plain(item));
  const copy: object = {};
  for (const key of Object.keys(values)) {
    const at = path === "" ? key : `${path}.${key}`;
    const read = () => (values as { readonly [key: string]: unknown })[key];
    if (idle.has(at)) {
      Object.defineProperty(copy, key, { get: read, enumerable: true });
      continue;
    }
    const value = read();
    const isBranch = typeof value === "object" && value !== null;
    Object.defineProperty(copy, key, {
      value: isBranch ? copyApplicable(value, at, idle) : value,
      enumerable: true,
    });
  }
  return copy;
}

function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null ? copyApplicable(value, "", new Set()) : value;
}

/** The mandate's sections about gates: each limit has one key, read by every gate that needs it. */
import { z } from "zod";
import type { Section, SectionIssue } from "../../domain/section.ts";
import { breakerIssues } from "./breakers.ts";
import {
  BREAKER_PROBES,
  CORRELATION_PROBES,
  FRESHNESS_PROBES,
  HEAT_PROBES,
  LIMIT_PROBES,
  VOLATILITY_REGIME_PROBES,
} from "./probes.ts";

const fraction = z.number().positive();
const sessions = z.int().positive();

const limitsSchema = z.strictObject({
  gross: fraction,
  net: fraction.nullable(),
  symbol: fraction.nullable(),
  sector: fraction.nullable(),
  margin: fraction.max(1).nullable(),
  positions: z.int().positive().nullable(),
  shorts: z.boolean(),
  stop_cooldown_sessions: z.int().nonnegative(),
});
const freshnessSchema = z.strictObject({ max_age_sessions: z.int().nonnegative() });
const breakersSchema = z.strictObject({
  enabled: z.boolean(),
  daily_loss: fraction,
  halt: fraction,
  panic: fraction,
  unit: z.enum(["nav", "target_vol"]),
  halt_sessions: sessions,
  panic_sessions: sessions,
  rampup_scale: fraction.max(1),
  rampup_sessions: sessions,
});
const heatSchema = z.strictObject({
  limit: fraction.nullable(),
  atr_multiple: z.number().positive(),
  atr_window: z.int().min(2),
  volatility_days: z.int().min(2),
});
const correlationSchema = z.strictObject({
  limit: fraction.lt(1).nullable(),
  days: z.int().min(2),
  min_overlap: z.int().min(2),
});
const grossScale = z.number().min(0).max(1);
const volatilityRegimeSchema = z.strictObject({
  enabled: z.boolean(),
  reference: z.string().min(1),
  low: z.number().positive(),
  high: z.number().positive(),
  crisis: z.number().positive(),
  leave_factor: fraction.max(1),
  leave_closes: z.int().positive(),
  gross_scale: z.strictObject({
    low: grossScale,
    normal: grossScale,
    high: grossScale,
    crisis: grossScale,
  }),
});

export type LimitSettings = z.infer<typeof limitsSchema>;
export type FreshnessSettings = z.infer<typeof freshnessSchema>;
export type BreakerSettings = z.infer<typeof breakersSchema>;
export type HeatSettings = z.infer<typeof heatSchema>;
export type CorrelationSettings = z.infer<typeof correlationSchema>;
export type VolatilityRegimeSettings = z.infer<typeof volatilityRegimeSchema>;

export const limitsSection: Section<typeof limitsSchema> = {
  name: "limits",
  owner: "execution/gates",
  schema: limitsSchema,
  describe: {
    gross:
      "largest sum of |exposure| as a fraction of net asset value; the buying power of the cash gate",
    net: "largest |sum of exposure| as a fraction of net asset value; null: no limit of its own",
    symbol:
      "largest |exposure| in one instrument as a fraction of net asset value; null: the gross limit",
    sector:
      "largest sum of |exposure| in one sector as a fraction of net asset value; instruments in no sector count as one; null: no limit",
    margin:
      "largest sum of the initial margins of futures as a fraction of net asset value; null: 1",
    positions: "largest number of instruments held at once; null: no limit",
    shorts: "whether a position may be below zero",
    stop_cooldown_sessions:
      "sessions after a filled protective stop in which its instrument cannot grow; 0: none",
  },
  defaults: { sector: null, margin: null, stop_cooldown_sessions: 0 },
  profiles: {
    plain: { gross: 1, net: null, symbol: null, positions: null, shorts: true },
    "etf-trend": { gross: 1.5, net: null, symbol: null, positions: null, shorts: true },
    "futures-layers": { gross: 7, net: 2, symbol: null, positions: null, shorts: true },
    // Borrowing a single name is not modelled: a short in one is somebody's own decision.
    "equity-signals": { gross: 0.3, net: null, symbol: 0.1, positions: null, shorts: false },
  },
  tags: {},
  probes: LIMIT_PROBES,
  check: (values: LimitSettings): readonly SectionIssue[] => [
    ...(["net", "symbol", "sector"] as const).flatMap((key) => {
      const limit = values[key];
      if (limit === null || limit < values.gross) return [];
      return [
        {
          path: [key],
          message: `${limit} can never fire: limits.gross already holds every exposure to ${values.gross}; set it below limits.gross, or null`,
        },
      ];
    }),
    ...idleSymbol(values),
  ],
};

export const freshnessSection: Section<typeof freshnessSchema> = {
  name: "freshness",
  owner: "execution/gates",
  schema: freshnessSchema,
  describe: {
    max_age_sessions:
      "sessions since the instrument's last bar beyond which a decision on it is refused",
  },
  defaults: { max_age_sessions: 1 },
  profiles: {},
  tags: {},
  probes: FRESHNESS_PROBES,
  check: () => [],
};

export const breakersSection: Section<typeof breakersSchema> = {
  name: "breakers",
  owner: "execution/gates",
  schema: breakersSchema,
  describe: {
    enabled: "whether losses stop trading: HALT refuses what adds exposure, PANIC also flattens",
    daily_loss:
      "loss since the start of the day that halts, in `unit`; with target_vol: multiples of one day's sigma, target_vol / sqrt(252)",
    halt: "drawdown from the high-water mark that halts, in `unit`",
    panic: "drawdown from the high-water mark that flattens, in `unit`",
    unit: "nav: fractions of net asset value; target_vol: multiples of risk_targeting.target_vol",
    halt_sessions: "sessions a HALT lasts at least",
    panic_sessions: "sessions a PANIC lasts at least",
    rampup_scale: "part of the size traded in RAMPUP, after a HALT or PANIC",
    rampup_sessions: "sessions RAMPUP lasts at least",
  },
  defaults: {
    enabled: false,
    daily_loss: 0.02,
    halt: 0.08,
    panic: 0.1,
    unit: "nav",
    halt_sessions: 10,
    panic_sessions: 20,
    rampup_scale: 0.5,
    rampup_sessions: 5,
  },
  profiles: {
    "etf-trend": { enabled: true, daily_loss: 4, halt: 1.5, panic: 2, unit: "target_vol" },
    "futures-layers": { enabled: true, daily_loss: 4, halt: 1.5, panic: 2, unit: "target_vol" },
    "equity-signals": { enabled: true },
  },
  tags: {},
  probes: BREAKER_PROBES,
  inapplicable: ({ enabled }: BreakerSettings): readonly string[] =>
    enabled ? [] : Object.keys(breakersSchema.shape).filter((key) => key !== "enabled"),
  check: (values: BreakerSettings, mandate): readonly SectionIssue[] => {
    if (!values.enabled) return [];
    const targeting = mandate["risk_targeting"] as RiskTargeting | undefined;
    return breakerIssues(values, targeting?.enabled === true ? targeting.target_vol : null);
  },
};

export const heatSection: Section<typeof heatSchema> = {
  name: "heat",
  owner: "execution/gates",
  schema: heatSchema,
  describe: {
    limit:
      "largest sum of losses down to the stops as a fraction of net asset value; null: published, not enforced",
    atr_multiple:
      "where no stop works: the distance as a multiple of the average true range, or of a day's volatility where only closes exist",
    atr_window: "bars of Wilder's average true range",
    volatility_days: "days of the close volatility that stands in for the average true range",
  },
  defaults: { limit: null, atr_multiple: 3, atr_window: 14, volatility_days: 20 },
  profiles: { "equity-signals": { limit: 0.06 } },
  tags: {},
  probes: HEAT_PROBES,
  check: () => [],
};

export const correlationSection: Section<typeof correlationSchema> = {
  name: "correlation",
  owner: "execution/gates",
  schema: correlationSchema,
  describe: {
    limit:
      "largest correlation x sign x sign with another held instrument at which a position may grow; null: not enforced",
    days: "days of returns the correlation is measured over",
    min_overlap: "days both instruments must have, else the increase is refused",
  },
  defaults: { limit: null, days: 60, min_overlap: 45 },
  profiles: { "equity-signals": { limit: 0.7 } },
  tags: {},
  probes: CORRELATION_PROBES,
  inapplicable: ({ limit }: CorrelationSettings): readonly string[] =>
    limit === null ? ["days", "min_overlap"] : [],
  check: ({ limit, days, min_overlap: overlap }: CorrelationSettings): readonly SectionIssue[] => {
    if (limit === null || overlap <= days) return [];
    const message = `${overlap} days can never overlap within correlation.days, ${days}: every increase would be refused; set it to ${days} or less`;
    return [{ path: ["min_overlap"], message }];
  },
};

export const volatilityRegimeSection: Section<typeof volatilityRegimeSchema> = {
  name: "volatility_regime",
  owner: "execution/gates",
  schema: volatilityRegimeSchema,
  describe: {
    enabled: "whether a volatility index scales the gross limit",
    reference: "id of the index among the pack's reference series",
    low: "index points below which the regime is LOW",
    high: "index points above which the regime is HIGH",
    crisis: "index points above which the regime is CRISIS",
    leave_factor: "a regime is left downwards below this fraction of its level",
    leave_closes: "closes in a row that leaving takes",
    "gross_scale.low": "part of limits.gross that holds in LOW",
    "gross_scale.normal": "part of limits.gross that holds in NORMAL",
    "gross_scale.high": "part of limits.gross that holds in HIGH",
    "gross_scale.crisis": "part of limits.gross that holds in CRISIS",
  },
  defaults: {
    enabled: false,
    reference: "VIX",
    low: 15,
    high: 25,
    crisis: 35,
    leave_factor: 0.9,
    leave_closes: 3,
    gross_scale: { low: 1, normal: 1, high: 0.83, crisis: 0.67 },
  },
  profiles: { "equity-signals": { enabled: true } },
  tags: {},
  probes: VOLATILITY_REGIME_PROBES,
  inapplicable: ({ enabled }: VolatilityRegimeSettings): readonly string[] =>
    enabled ? [] : Object.keys(volatilityRegimeSchema.shape).filter((key) => key !== "enabled"),
  check: (values: VolatilityRegimeSettings): readonly SectionIssue[] =>
    values.enabled ? [...disorderedLevels(values), ...disorderedScales(values)] : [],
};

type RiskTargeting = { readonly enabled: boolean; readonly target_vol: number };

/** A sector holds its symbols: a symbol limit at or above the sector's decides nothing. */
function idleSymbol({ symbol, sector, gross }: LimitSettings): readonly SectionIssue[] {
  if (symbol === null || sector === null || symbol < sector || symbol >= gross) return [];
  const message = `${symbol} can never fire: limits.sector already holds every instrument of a sector to ${sector}; set it below limits.sector, or null`;
  return [{ path: ["symbol"], message }];
}

function disorderedLevels(values: VolatilityRegimeSettings): readonly SectionIssue[] {
  const pairs = [
    ["low", "high"],
    ["high", "crisis"],
  ] as const;
  return pairs.flatMap(([below, above]) => {
    if (values[below] < values[above]) return [];
    const message = `${values[above]} is not above volatility_regime.${below}, ${values[below]}: the regime between them could never be; raise it`;
    return [{ path: [above], message }];
  });
}

function disorderedScales({
  gross_scale: scale,
}: VolatilityRegimeSettings): readonly SectionIssue[] {
  const order = ["low", "normal", "high", "crisis"] as const;
  const issues = order.slice(1).flatMap((worse, i) => {
    const better = order[i];
    if (scale[worse] <= scale[better]) return [];
    const message = `${scale[worse]} leaves more exposure than gross_scale.${better}, ${scale[better]}, in a worse regime; set it to ${scale[better]} or less`;
    return [{ path: ["gross_scale", worse], message }];
  });
  if (issues.length > 0 || scale.crisis < 1) return issues;
  const message =
    "every scale is 1, so that no regime ever restricts anything; lower gross_scale.crisis, or set volatility_regime.enabled: false";
  return [{ path: ["gross_scale", "crisis"], message }];
}

/**
 * How each key of the gates' sections is shown to be alive: limits just inside what the run
 * observed, breakers and regimes made to fire on the drawdown and the index that the window has.
 */
import type { Companions, Probes, ProbeValue } from "../../domain/probe.ts";

/** Limits below the one on gross must stay below it, whatever it becomes. */
const GROSS_ALONE: Companions = {
  "limits.net": { to: null },
  "limits.symbol": { to: null },
  "limits.sector": { to: null },
};

export const LIMIT_PROBES: Probes = {
  gross: {
    try: [
      { inside: "gross", part: 0.95, with: GROSS_ALONE },
      { inside: "gross", part: 0.5, with: GROSS_ALONE },
    ],
  },
  net: {
    try: [
      { inside: "net", part: 0.95 },
      { inside: "net", part: 0.5 },
    ],
  },
  symbol: {
    try: [
      { inside: "symbol", part: 0.95, with: { "limits.sector": { to: null } } },
      { inside: "symbol", part: 0.5, with: { "limits.sector": { to: null } } },
    ],
  },
  sector: {
    try: [
      { inside: "sector", part: 0.95, with: { "limits.symbol": { to: null } } },
      { inside: "sector", part: 0.5, with: { "limits.symbol": { to: null } } },
    ],
  },
  margin: {
    needs: ["futures"],
    try: [
      { inside: "margin", part: 0.95 },
      { inside: "margin", part: 0.5 },
    ],
  },
  positions: {
    needs: ["several_instruments"],
    try: [
      { inside: "positions", part: 0.95 },
      { inside: "positions", part: 0.5 },
    ],
  },
  shorts: {
    needs: ["shorts"],
    try: [{ toggle: true }, { toggle: true, with: { "strategies.0.params.short": { to: 1 } } }],
  },
  stop_cooldown_sessions: {
    needs: ["stops_filled"],
    try: [{ plus: 20 }, { plus: 20, with: { "sizing.stop_atr": { to: 1 } } }, { to: 0 }],
  },
};

export const FRESHNESS_PROBES: Probes = {
  max_age_sessions: { needs: ["holes"], try: [{ to: 0 }, { plus: 20 }] },
};

/** Only the rule in question can fire: the others lie where nothing came. */
const QUIET: Companions = {
  "breakers.unit": { to: "nav" },
  "breakers.daily_loss": { to: 0.5 },
  "breakers.halt": { to: 0.9 },
  "breakers.panic": { to: 0.95 },
};
const HALTING: Companions = {
  ...QUIET,
  "breakers.daily_loss": { inside: "daily_loss", part: 1.01 },
  "breakers.halt": { inside: "drawdown", part: 0.6 },
};
/** A day's loss alone, where the worst day was nearly the whole drawdown. */
const SHOCKED: Companions = {
  ...QUIET,
  "breakers.daily_loss": { inside: "daily_loss", part: 0.7 },
};
const PANICKING: Companions = {
  ...QUIET,
  "breakers.daily_loss": { inside: "drawdown", part: 0.5 },
  "breakers.halt": { inside: "drawdown", part: 0.55 },
  "breakers.panic": { inside: "drawdown", part: 0.6 },
  // It must not start only where the book is flattened: refused, these could not stand alone.
  "clamps.throttle.enabled": { to: false },
};

const halted = (value: ProbeValue) => [
  { ...value, with: HALTING },
  { ...value, with: SHOCKED },
];

export const BREAKER_PROBES: Probes = {
  enabled: { needs: ["drawdown"], try: halted({ toggle: true }) },
  daily_loss: {
    needs: ["drawdown"],
    try: [
      { inside: "daily_loss", part: 0.9, with: QUIET },
      { inside: "daily_loss", part: 0.5, with: QUIET },
    ],
  },
  halt: {
    needs: ["drawdown"],
    try: [
      { inside: "drawdown", part: 0.9, with: HALTING },
      { inside: "drawdown", part: 0.7, with: HALTING },
      { to: 0.9, with: HALTING },
    ],
  },
  panic: {
    needs: ["drawdown"],
    try: [{ to: 0.95, with: PANICKING }],
  },
  unit: {
    // Without a volatility target nothing can be counted in it.
    refuses: true,
    needs: ["drawdown"],
    try: (["nav", "target_vol"] as const).map((unit) => ({
      to: unit,
      with: {
        "breakers.daily_loss": { to: 0.01 },
        "breakers.halt": { to: 0.02 },
        "breakers.panic": { to: 0.03 },
        // It must not start only where the book is flattened.
        "clamps.throttle.enabled": { to: false },
      },
    })),
  },
  halt_sessions: { needs: ["drawdown"], try: halted({ plus: 60 }) },
  panic_sessions: { needs: ["drawdown"], try: [{ plus: 60, with: PANICKING }] },
  rampup_scale: { needs: ["drawdown"], try: halted({ times: 0.2 }) },
  rampup_sessions: { needs: ["drawdown"], try: halted({ plus: 60 }) },
};

const HOT: Companions = { "heat.limit": { inside: "heat", part: 0.5 } };

export const HEAT_PROBES: Probes = {
  limit: {
    try: [
      { inside: "heat", part: 0.95 },
      { inside: "heat", part: 0.5 },
    ],
  },
  atr_multiple: { try: [{ times: 2, with: HOT }] },
  atr_window: {
    needs: ["bar_ranges"],
    try: [
      { times: 3, with: HOT },
      { times: 0.5, with: HOT },
    ],
  },
  volatility_days: {
    needs: ["closes_only"],
    try: [
      { times: 3, with: HOT },
      { times: 0.5, with: HOT },
    ],
  },
};

export const CORRELATION_PROBES: Probes = {
  limit: { needs: ["several_instruments"], try: [{ to: 0.3 }, { to: 0.05 }, { to: 0.95 }] },
  days: {
    needs: ["several_instruments"],
    try: [{ times: 2, with: { "correlation.limit": { to: 0.3 } } }, { times: 3 }],
  },
  min_overlap: {
    needs: ["several_instruments"],
    try: [{ to: 700, with: { "correlation.days": { to: 800 } } }],
  },
};

const scales = (low: number, normal: number, high: number, crisis: number): Companions => ({
  "volatility_regime.gross_scale.low": { to: low },
  "volatility_regime.gross_scale.normal": { to: normal },
  "volatility_regime.gross_scale.high": { to: high },
  "volatility_regime.gross_scale.crisis": { to: crisis },
});
/** Levels as parts of the index's highest close. */
const levels = (low: number, high: number, crisis: number): Companions => ({
  "volatility_regime.low": { inside: "volatility_index", part: low },
  "volatility_regime.high": { inside: "volatility_index", part: high },
  "volatility_regime.crisis": { inside: "volatility_index", part: crisis },
});
const STEEP = scales(1, 0.4, 0.1, 0.02);
const at = (part: number): ProbeValue => ({ inside: "volatility_index", part });

export const VOLATILITY_REGIME_PROBES: Probes = {
  enabled: {
    needs: ["volatility_index"],
    try: [{ toggle: true, with: { ...levels(0.2, 0.4, 0.6), ...scales(0.2, 0.2, 0.1, 0.1) } }],
  },
  reference: { refuses: true, try: [{ to: "PROBED" }] },
  low: { try: [{ ...at(0.6), with: { ...levels(0.3, 0.8, 0.9), ...STEEP } }] },
  high: { try: [{ ...at(0.4), with: { ...levels(0.2, 0.8, 0.9), ...STEEP } }] },
  crisis: { try: [{ ...at(0.4), with: { ...levels(0.2, 0.3, 0.95), ...STEEP } }] },
  leave_factor: { try: [{ to: 0.5, with: { ...levels(0.3, 0.5, 0.7), ...STEEP } }] },
  leave_closes: { try: [{ plus: 30, with: { ...levels(0.3, 0.5, 0.7), ...STEEP } }] },
  // In each, every session lies in the one regime.
  "gross_scale.low": {
    try: [{ to: 0.1, with: { ...levels(1.1, 1.2, 1.3), ...scales(1, 0.1, 0.1, 0.1) } }],
  },
  "gross_scale.normal": {
    try: [{ to: 0.1, with: { ...levels(0.01, 1.1, 1.2), ...scales(1, 1, 0.1, 0.1) } }],
  },
  "gross_scale.high": {
    try: [{ to: 0.1, with: { ...levels(0.01, 0.02, 1.1), ...scales(1, 1, 1, 0.1) } }],
  },
  "gross_scale.crisis": {
    try: [{ to: 0.1, with: { ...levels(0.01, 0.02, 0.03), ...scales(1, 1, 1, 0.9) } }],
  },
};

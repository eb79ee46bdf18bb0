/**
 * The regime of a volatility index (VIX), stepped at every close, and what it leaves of the gross
 * limit. Enters: the index's close in its own points; leaves: LOW, NORMAL, HIGH or CRISIS, and the
 * order gate on gross exposure (spec execution, "volatility regime").
 *
 * Upwards at once: NORMAL from `low`, HIGH above `high`, CRISIS above `crisis`. Downwards one band
 * at a time, each after `closes` closes in a row below `leave` x the level that band begins at.
 * A close that is missing (NaN, or no positive number) makes that session UNKNOWN, with the
 * tightest limits, and breaks the row; the band is remembered, so that a gap never loosens.
 */
import { invariant } from "../../base/assert.ts";
import type { Verdict } from "../../domain/refusal.ts";
import type { VolatilityRegime } from "../../domain/regime.ts";
import { type ExposureView, RELATIVE_TOLERANCE, reduces } from "./exposure.ts";
import type { Limits } from "./limits.ts";
import type { VolatilityRegimeSettings } from "./section.ts";

type VolatilityRegimeTerms = {
  readonly low: number;
  readonly high: number;
  readonly crisis: number;
  /** Fraction of a band's level below which a close counts towards leaving it. */
  readonly leave: number;
  readonly closes: number;
};

export type VolatilityRegimeState = {
  /** Index into BANDS; -1 before the first close. */
  band: number;
  /** Closes in a row that spoke for leaving it. */
  closes: number;
};

const BANDS = ["LOW", "NORMAL", "HIGH", "CRISIS"] as const;

export function volatilityRegimeTerms(settings: VolatilityRegimeSettings): VolatilityRegimeTerms {
  const { low, high, crisis, leave_factor: leave, leave_closes: closes } = settings;
  return { low, high, crisis, leave, closes };
}

export function newVolatilityRegime(): VolatilityRegimeState {
  return { band: -1, closes: 0 };
}

export function stepVolatilityRegime(
  terms: VolatilityRegimeTerms,
  state: VolatilityRegimeState,
  close: number,
): VolatilityRegime {
  if (!(close > 0 && close < Number.POSITIVE_INFINITY)) {
    state.closes = 0;
    return "UNKNOWN";
  }
  const band = bandOf(terms, close);
  if (band >= state.band) {
    state.band = band;
    state.closes = 0;
  } else if (close < terms.leave * levelOf(terms, state.band)) {
    state.closes++;
    if (state.closes >= terms.closes) {
      state.band--;
      state.closes = 0;
    }
  } else {
    state.closes = 0;
  }
  return BANDS[state.band];
}

/** The part of the gross limit that a regime leaves; UNKNOWN leaves the smallest. */
export function regimeScale(
  { gross_scale: scale }: Pick<VolatilityRegimeSettings, "gross_scale">,
  regime: VolatilityRegime,
): number {
  switch (regime) {
    case "LOW":
      return scale.low;
    case "NORMAL":
      return scale.normal;
    case "HIGH":
      return scale.high;
    case "CRISIS":
      return scale.crisis;
    case "UNKNOWN":
      return Math.min(scale.low, scale.normal, scale.high, scale.crisis);
  }
}

/** The limits that hold under a regime: gross alone is scaled, and never upwards. */
export function effectiveLimits(limits: Limits, scale: number): Limits {
  invariant(scale >= 0 && scale <= 1, 3, () => `a regime scales limits.gross by ${scale}`);
  return scale === 1 ? limits : { ...limits, gross: limits.gross * scale };
}

/**
 * Order gate: gross exposure after the order within what the regime leaves. `limits` are the
 * effective ones. Without a close of the index there is nothing to judge the part above them by.
 */
export function volatilityRegimeGate(
  view: ExposureView,
  regime: VolatilityRegime,
  limits: Limits,
): Verdict {
  const after = view.grossMinor - Math.abs(view.beforeMinor) + Math.abs(view.afterMinor);
  const gross = after / view.navMinor;
  const fits = view.navMinor > 0 && gross <= limits.gross * (1 + RELATIVE_TOLERANCE);
  const refused = regime === "UNKNOWN" ? "not_evaluated" : "fail";
  return {
    gate: "volatility_regime",
    limit: limits.gross,
    observed: Number.isFinite(gross) ? gross : null,
    result: reduces(view) || fits ? "pass" : refused,
    rule: `gross_${regime.toLowerCase()}`,
    unit: "fraction of NAV",
  };
}

function bandOf({ low, high, crisis }: VolatilityRegimeTerms, close: number): number {
  if (close > crisis) return 3;
  if (close > high) return 2;
  return close >= low ? 1 : 0;
}

/** Where a band begins. */
function levelOf({ low, high, crisis }: VolatilityRegimeTerms, band: number): number {
  return band === 3 ? crisis : band === 2 ? high : low;
}

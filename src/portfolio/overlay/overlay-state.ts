/**
 * The brake, stepped once per session (spec portfolio 5). Enters: the return of the unbraked
 * portfolio (weights before the overlay, marked daily, so that the brake does not feed on itself)
 * and the daily simple returns of the assets; leaves: measures, regime and scalar as of that close.
 *
 * A day on which the portfolio is flat changes nothing: regime, scalar, drawdown and windows are
 * carried, and observations count the days with exposure. Until 60 of them the regime is UNKNOWN.
 * What is read of a close may be applied from the next bar on; that lag is the caller's.
 */
import { invariant } from "../../base/assert.ts";
import type { BrakeRegime } from "../../domain/regime.ts";
import {
  nextRegime,
  regimeOf,
  type Signals,
  scoreOf,
  severityOf,
  stepDrawdownSignals,
  stepMarketSignals,
} from "./regime.ts";
import { type Correlations, meanCorrelations, newCorrelations } from "./mean-correlation.ts";
import {
  LONG,
  newReturnWindow,
  pushDay,
  type ReturnWindow,
  realisedVolatility,
  SHORT,
} from "./return-window.ts";
import { nextScalar, type OverlayTerms, targetOf, warmUpScalar } from "./scalar.ts";

/** As of one close. A measure that is not known, or does not apply, is NaN. */
export type OverlayDay = {
  readonly regime: BrakeRegime;
  /** Signals that are true; NaN while the regime is UNKNOWN. */
  readonly score: number;
  /** Annual. */
  readonly rvol20: number;
  readonly rvol60: number;
  readonly volAccel: number;
  /** Equity / its peak - 1. */
  readonly drawdown: number;
  /** Change of the drawdown over ten days. */
  readonly drawdownSlope10: number;
  readonly corr20: number;
  readonly corr60: number;
  readonly corrShock: number;
  readonly target: number;
  readonly scalar: number;
  /** Days with exposure so far. */
  readonly observations: number;
  /** Inside a warm-up that the mandate spares: the scalar of 1 is no judgement. */
  readonly warmUp: boolean;
  /** The worse regime that today entered. */
  readonly entered: "STRESS" | "CRISIS" | null;
};

export type OverlayState = {
  readonly terms: OverlayTerms;
  readonly window: ReturnWindow;
  readonly correlations: Correlations;
  readonly signals: Signals;
  /** Drawdowns of the last days, by observation modulo its length. */
  readonly drawdowns: Float64Array;
  equity: number;
  peak: number;
  observations: number;
  regime: BrakeRegime;
  /** Observations spent in `regime` so far. */
  daysInRegime: number;
  scalar: number;
  last: OverlayDay;
};

const SLOPE_DAYS = 10;

export function newOverlay(terms: OverlayTerms, assets: number): OverlayState {
  const scalar = warmUpScalar(terms);
  return {
    terms,
    window: newReturnWindow(assets),
    correlations: newCorrelations(assets),
    signals: { volatility: false, correlation: false, drawdown: false, worsening: false },
    drawdowns: new Float64Array(SLOPE_DAYS + 1),
    equity: 1,
    peak: 1,
    observations: 0,
    regime: "UNKNOWN",
    daysInRegime: 0,
    scalar,
    last: beforeExposure(terms),
  };
}

/** `unbrakedReturn` is NaN while the portfolio is flat, `assetReturns` where an asset has no bar. */
export function stepOverlay(
  state: OverlayState,
  day: { readonly unbrakedReturn: number; readonly assetReturns: Float64Array },
): OverlayDay {
  const { unbrakedReturn } = day;
  if (Number.isNaN(unbrakedReturn)) {
    if (state.last.entered !== null) state.last = { ...state.last, entered: null };
    return state.last;
  }
  invariant(Math.abs(unbrakedReturn) !== Infinity, 3, "the unbraked return is infinite");
  pushDay(state.window, unbrakedReturn, day.assetReturns);
  state.observations++;
  const drawdown = markDrawdown(state, unbrakedReturn);
  const slope = drawdownSlope(state, drawdown);
  stepDrawdownSignals(state.signals, drawdown, slope);
  state.last = state.observations < LONG ? warmingUp(state, drawdown, slope) : judged(state, slope);
  return state.last;
}

function markDrawdown(state: OverlayState, unbrakedReturn: number): number {
  // What has lost everything stays lost: a negative equity would grow on losses.
  state.equity = Math.max(0, state.equity * (1 + unbrakedReturn));
  state.peak = Math.max(state.peak, state.equity);
  const drawdown = state.equity / state.peak - 1;
  state.drawdowns[state.observations % state.drawdowns.length] = drawdown;
  return drawdown;
}

/** Observation 0 is the start, where the drawdown is 0. */
function drawdownSlope({ observations, drawdowns }: OverlayState, drawdown: number): number {
  if (observations < SLOPE_DAYS) return Number.NaN;
  return drawdown - drawdowns[(observations - SLOPE_DAYS) % drawdowns.length];
}

function warmingUp(state: OverlayState, drawdown: number, slope: number): OverlayDay {
  return {
    ...beforeExposure(state.terms),
    rvol20: realisedVolatility(state.window, SHORT),
    drawdown,
    drawdownSlope10: slope,
    observations: state.observations,
  };
}

function judged(state: OverlayState, slope: number): OverlayDay {
  const { terms, window, correlations, signals } = state;
  const rvol20 = realisedVolatility(window, SHORT);
  const rvol60 = realisedVolatility(window, LONG);
  const volAccel = rvol20 / rvol60;
  meanCorrelations(window, correlations);
  const corrShock = correlations.short - correlations.long;
  stepMarketSignals(
    signals,
    { value: volAccel, applies: rvol60 > 0 },
    { value: corrShock, applies: correlations.applies },
  );
  const drawdown = state.drawdowns[state.observations % state.drawdowns.length];
  const score = scoreOf(signals);
  const entered = enter(state, regimeOf(score, drawdown));
  const target = targetOf(terms.profile, state.regime);
  state.scalar = nextScalar(terms, target, state.scalar);
  return {
    regime: state.regime,
    score,
    rvol20,
    rvol60,
    volAccel,
    drawdown,
    drawdownSlope10: slope,
    corr20: correlations.short,
    corr60: correlations.long,
    corrShock,
    target,
    scalar: state.scalar,
    observations: state.observations,
    warmUp: false,
    entered,
  };
}

/** Moves to the next regime and says whether it is STRESS or CRISIS reached from a better one. */
function enter(state: OverlayState, today: BrakeRegime): OverlayDay["entered"] {
  const before = state.regime;
  state.regime = nextRegime(before, state.daysInRegime, today);
  state.daysInRegime = state.regime === before ? state.daysInRegime + 1 : 1;
  // Unbraked until now, the unknown was traded as if it were normal.
  const wasUnbraked = before === "UNKNOWN" && state.terms.duringWarmUp === "none";
  const severityBefore = wasUnbraked ? severityOf("NORMAL") : severityOf(before);
  if (severityOf(state.regime) <= severityBefore) return null;
  return state.regime === "STRESS" || state.regime === "CRISIS" ? state.regime : null;
}

function beforeExposure(terms: OverlayTerms): OverlayDay {
  const nothing = Number.NaN;
  const scalar = warmUpScalar(terms);
  return {
    regime: "UNKNOWN",
    score: nothing,
    rvol20: nothing,
    rvol60: nothing,
    volAccel: nothing,
    drawdown: 0,
    drawdownSlope10: nothing,
    corr20: nothing,
    corr60: nothing,
    corrShock: nothing,
    target: scalar,
    scalar,
    observations: 0,
    warmUp: terms.duringWarmUp === "none",
    entered: null,
  };
}

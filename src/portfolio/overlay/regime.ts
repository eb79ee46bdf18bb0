/**
 * Signals, score and regime of the brake (spec portfolio 5). Enters: today's measures; leaves: the
 * regime. Each signal is true from its enter level until its exit level, and the score counts those
 * that are true, so the exit levels are in every score. A worse regime is entered at once; a better
 * one after five days in the present one, if the score allows it then.
 *
 * A measure that should exist and is not known makes its signal true (invariant 3); one that does
 * not apply (the correlation of a single asset, the acceleration of a portfolio that does not move)
 * makes it false.
 */
import type { BrakeRegime } from "../../domain/regime.ts";

/** NaN together with `applies` is a measure that is not known. */
export type Measure = { readonly value: number; readonly applies: boolean };

/** Which signals are true; carried from day to day. */
export type Signals = {
  volatility: boolean;
  correlation: boolean;
  drawdown: boolean;
  worsening: boolean;
};

type Levels = { readonly enter: number; readonly exit: number };
const VOLATILITY: Levels = { enter: 1.3, exit: 1.15 };
const CORRELATION: Levels = { enter: 0.1, exit: 0.05 };
/** Falling measures: true at or below `enter`, until above `exit`. */
const DRAWDOWN: Levels = { enter: -0.1, exit: -0.06 };
const WORSENING: Levels = { enter: -0.06, exit: -0.03 };

const CRISIS_DRAWDOWN = -0.2;
const STRESS_DRAWDOWN = -0.12;
const CRISIS_SCORE = 3;
const STRESS_SCORE = 2;

/** A better regime needs this many days in the present one. */
export const DAYS_BEFORE_DOWNGRADE = 5;

export function stepDrawdownSignals(signals: Signals, drawdown: number, slope: number): void {
  signals.drawdown = drawdown <= (signals.drawdown ? DRAWDOWN.exit : DRAWDOWN.enter);
  signals.worsening = slope <= (signals.worsening ? WORSENING.exit : WORSENING.enter);
}

export function stepMarketSignals(signals: Signals, acceleration: Measure, shock: Measure): void {
  signals.volatility = rises(signals.volatility, acceleration, VOLATILITY);
  signals.correlation = rises(signals.correlation, shock, CORRELATION);
}

function rises(wasTrue: boolean, { value, applies }: Measure, levels: Levels): boolean {
  if (!applies) return false;
  return Number.isNaN(value) || value >= (wasTrue ? levels.exit : levels.enter);
}

export function scoreOf({ volatility, correlation, drawdown, worsening }: Signals): number {
  return Number(volatility) + Number(correlation) + Number(drawdown) + Number(worsening);
}

/**
 * What score and drawdown alone say. Volatility with correlation is a score of two, and with
 * worsening of three: the rules that name those signals are cases of the counts.
 */
export function regimeOf(score: number, drawdown: number): BrakeRegime {
  if (drawdown <= CRISIS_DRAWDOWN || score >= CRISIS_SCORE) return "CRISIS";
  if (drawdown <= STRESS_DRAWDOWN || score >= STRESS_SCORE) return "STRESS";
  return score >= 1 ? "ELEVATED" : "NORMAL";
}

/** `days` are those spent in `present` before today. */
export function nextRegime(present: BrakeRegime, days: number, today: BrakeRegime): BrakeRegime {
  if (present === "UNKNOWN" || severityOf(today) > severityOf(present)) return today;
  return days >= DAYS_BEFORE_DOWNGRADE ? today : present;
}

/** The unknown is the worst. */
export function severityOf(regime: BrakeRegime): number {
  switch (regime) {
    case "NORMAL":
      return 0;
    case "ELEVATED":
      return 1;
    case "STRESS":
      return 2;
    case "CRISIS":
      return 3;
    case "UNKNOWN":
      return 4;
  }
}

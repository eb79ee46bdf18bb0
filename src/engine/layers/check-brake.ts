/**
 * What the brake should have said, worked out again for the checks: the unbraked book marked day by
 * day from the weights that entered the overlay, its drawdown and its volatility from those returns
 * alone, and the scalar that the recorded regimes lead to. Leaves the first day on which the brake's
 * own record says something else, and the scalar that each decision was to apply.
 */
import { precomputedDay } from "../../portfolio/overlay/precomputed.ts";
import { overlayTerms } from "../../portfolio/overlay/section.ts";
import { nextScalar, targetOf, warmUpScalar } from "../../portfolio/overlay/scalar.ts";
import type { OverlayDay } from "../../portfolio/overlay/overlay-state.ts";
import type { World } from "../world.ts";
import type { LayerState } from "./state.ts";

/** Days with exposure before the brake judges, and that a volatility is measured over. */
const WARM_UP = 60;
const SHORT = 20;
const DAYS_PER_YEAR = 252;
const TOLERANCE = 1e-9;

/** What the book before the brake did up to a close, told apart from the brake's own record. */
export type BrakeTwin = {
  /** Walks to this close; what its record says differently, in words, or null. */
  readonly walkTo: (session: number) => string | null;
  /** Net weights by instrument from this decision on. */
  readonly decide: (net: Float64Array) => void;
};

export function createBrakeTwin(layers: LayerState): BrakeTwin {
  const { returns } = layers.plan.evidence;
  const weights = new Float64Array(returns.length);
  const earned: number[] = [];
  const book = { equity: 1, peak: 1 };
  let scalar = warmUpScalar(overlayTerms(layers.plan.overlay));
  let next = 0;
  const step = (s: number): string | null => {
    const isHeld = weights.some((weight) => weight !== 0);
    if (isHeld) {
      const move = markBook(weights, returns, s);
      earned.push(move);
      book.equity = Math.max(0, book.equity * (1 + move));
      book.peak = Math.max(book.peak, book.equity);
    }
    const day = layers.daily.brake[s];
    if (day === null) return "has no record of the day";
    if (isHeld) scalar = dueScalar(layers, day, scalar);
    return differenceOf(day, { earned, drawdown: book.equity / book.peak - 1, scalar });
  };
  return {
    walkTo: (session) => {
      for (; next <= session; next++) {
        const message = step(next);
        if (message !== null) return message;
      }
      return null;
    },
    decide: (net) => weights.set(net),
  };
}

/** What the book earned in a day; its weights drift with it. */
function markBook(weights: Float64Array, returns: readonly Float64Array[], s: number): number {
  const own = weights.map((_, i) => (Number.isNaN(returns[i][s]) ? 0 : returns[i][s]));
  const move = weights.reduce((sum, weight, i) => sum + weight * own[i], 0);
  if (move > -1) for (let i = 0; i < weights.length; i++) weights[i] *= (1 + own[i]) / (1 + move);
  return move;
}

function dueScalar({ plan }: LayerState, day: OverlayDay, before: number): number {
  const terms = overlayTerms(plan.overlay);
  if (day.observations < WARM_UP) return warmUpScalar(terms);
  return nextScalar(terms, targetOf(terms.profile, day.regime), before);
}

type Seen = {
  readonly earned: readonly number[];
  readonly drawdown: number;
  readonly scalar: number;
};

function differenceOf(day: OverlayDay, { earned, drawdown, scalar }: Seen): string | null {
  if (day.observations !== earned.length) {
    return `watched ${day.observations} days of a book that was exposed on ${earned.length}`;
  }
  if (!near(day.drawdown, drawdown)) {
    return `saw a drawdown of ${day.drawdown}, the unbraked book has ${drawdown}`;
  }
  if (!near(day.scalar, scalar)) {
    return `says a scalar of ${day.scalar}, its regime ${day.regime} leads to ${scalar}`;
  }
  if (earned.length < WARM_UP) return null;
  const volatility = deviation(earned.slice(-SHORT)) * Math.sqrt(DAYS_PER_YEAR);
  if (!near(day.rvol20, volatility)) {
    return `saw a volatility of ${day.rvol20}, the unbraked book has ${volatility}`;
  }
  return null;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b)) || Object.is(a, b);
}

export type DueScalar = {
  readonly scalar: number;
  /** It stands for a state of the brake that nobody has. */
  readonly isMissing: boolean;
};

/** The scalar of the close before a decision; 1 where the mandate applies none. */
export function scalarDue(layers: LayerState, { sessionsMs }: World, session: number): DueScalar {
  const { overlay, precomputed } = layers.plan;
  const missing = { scalar: targetOf(overlay.profile, "UNKNOWN"), isMissing: true };
  const yesterday = session === 0 ? null : layers.daily.brake[session - 1];
  switch (overlay.mode) {
    case "off":
      return { scalar: 1, isMissing: false };
    case "precomputed": {
      const found = precomputedDay(precomputed, sessionsMs[session - 1] ?? Number.NaN);
      return found.known ? { scalar: found.value.scalar, isMissing: false } : missing;
    }
    case "compute":
      if (yesterday !== null && yesterday.observations >= WARM_UP) {
        return { scalar: yesterday.scalar, isMissing: false };
      }
      return overlay.during_warm_up === "none" ? { scalar: 1, isMissing: false } : missing;
  }
}

/**
 * How long a run stayed in each of its states, and how often it changed: brake regimes, volatility
 * regimes, breaker states; and what the brake's scalar was. Enters: one value per session with its
 * time, and the window; leaves: counts and means over the window. Years are ACT/365.25, as for
 * turnover. A window of one day has no rate: null.
 */
import { DAY_MS, formatDate } from "../../base/instant.ts";
import type { Window } from "../../domain/run-document.ts";

export type StateStatistics = {
  /** State -> sessions, most first. */
  readonly sessions: { readonly [state: string]: number };
  readonly transitions: number;
  readonly transitions_per_year: number | null;
};

export type ScalarStatistics = {
  /** Over the sessions with a scalar; null when there are none. */
  readonly mean: number | null;
  readonly min: number | null;
  /** Share of these sessions with a scalar below 1. */
  readonly below_one: number | null;
  readonly sessions: number;
};

type Span = Pick<Window, "from" | "to">;

export function stateStatistics(
  datesMs: Float64Array,
  states: readonly string[],
  span: Span,
): StateStatistics {
  const inside = sessionsIn(datesMs, span);
  const counts = new Map<string, number>();
  let transitions = 0;
  inside.forEach((session, n) => {
    const state = states[session];
    counts.set(state, (counts.get(state) ?? 0) + 1);
    if (n > 0 && state !== states[inside[n - 1]]) transitions += 1;
  });
  const years =
    inside.length < 2
      ? 0
      : (datesMs[inside[inside.length - 1]] - datesMs[inside[0]]) / (365.25 * DAY_MS);
  return {
    sessions: Object.fromEntries([...counts].sort(mostFirst)),
    transitions,
    transitions_per_year: years > 0 ? transitions / years : null,
  };
}

export function scalarStatistics(
  datesMs: Float64Array,
  scalars: Float64Array,
  span: Span,
): ScalarStatistics {
  const known = sessionsIn(datesMs, span)
    .map((session) => scalars[session])
    .filter((scalar) => !Number.isNaN(scalar));
  const sessions = known.length;
  if (sessions === 0) return { mean: null, min: null, below_one: null, sessions };
  return {
    mean: known.reduce((total, scalar) => total + scalar, 0) / sessions,
    min: known.reduce((least, scalar) => Math.min(least, scalar), Number.POSITIVE_INFINITY),
    below_one: known.filter((scalar) => scalar < 1).length / sessions,
    sessions,
  };
}

function sessionsIn(datesMs: Float64Array, { from, to }: Span): number[] {
  const inside: number[] = [];
  for (let session = 0; session < datesMs.length; session++) {
    const date = formatDate(datesMs[session]);
    if (date >= from && date <= to) inside.push(session);
  }
  return inside;
}

function mostFirst([a, n]: [string, number], [b, m]: [string, number]): number {
  return m - n || (a < b ? -1 : 1);
}

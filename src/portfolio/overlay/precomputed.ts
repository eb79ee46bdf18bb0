/**
 * The brake of a named earlier run. Enters: the days of its regimes artifact, ascending; leaves:
 * the scalar of one date, or why there is none. A date it does not hold is not its neighbour's.
 */
import { formatDate } from "../../base/instant.ts";
import { type Evidence, known, unknown } from "../../domain/evidence.ts";
import type { BrakeRegime } from "../../domain/regime.ts";

export type PrecomputedDay = {
  readonly dateMs: number;
  readonly regime: BrakeRegime;
  readonly scalar: number;
};

export function precomputedScalar(
  days: readonly PrecomputedDay[],
  dateMs: number,
): Evidence<number> {
  const day = dayOf(days, dateMs);
  if (day === null) {
    return unknown(`the precomputed overlay has no day ${formatDate(dateMs)}`);
  }
  if (!(day.scalar >= 0 && day.scalar <= 1)) {
    return unknown(
      `the precomputed overlay says ${day.scalar} on ${formatDate(dateMs)}, outside [0, 1]`,
    );
  }
  return known(day.scalar);
}

function dayOf(days: readonly PrecomputedDay[], dateMs: number): PrecomputedDay | null {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle].dateMs < dateMs) low = middle + 1;
    else high = middle;
  }
  return low < days.length && days[low].dateMs === dateMs ? days[low] : null;
}

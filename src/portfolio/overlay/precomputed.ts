/**
 * The brake of a named earlier run. Enters: the days of its regimes artifact, ascending; leaves:
 * regime and scalar of one date, or why there are none. A date it does not hold is not its
 * neighbour's.
 */
import { formatDate } from "../../base/instant.ts";
import { type Evidence, known, unknown } from "../../domain/evidence.ts";
import type { BrakeRegime } from "../../domain/regime.ts";
import { severityOf } from "./regime.ts";

export type PrecomputedDay = {
  readonly dateMs: number;
  readonly regime: BrakeRegime;
  readonly scalar: number;
};

export function precomputedDay(
  days: readonly PrecomputedDay[],
  dateMs: number,
): Evidence<PrecomputedDay> {
  const day = dayOf(days, dateMs);
  if (day === null) {
    return unknown(`the precomputed overlay has no day ${formatDate(dateMs)}`);
  }
  if (!(day.scalar >= 0 && day.scalar <= 1)) {
    return unknown(
      `the precomputed overlay says ${day.scalar} on ${formatDate(dateMs)}, outside [0, 1]`,
    );
  }
  return known(day);
}

/** Whether the named run entered STRESS or CRISIS on one date, from something better on the other. */
export function precomputedUpgrade(
  days: readonly PrecomputedDay[],
  dateMs: number,
  beforeMs: number,
): boolean {
  const day = dayOf(days, dateMs);
  const before = dayOf(days, beforeMs);
  if (day === null || before === null) return false;
  if (day.regime !== "STRESS" && day.regime !== "CRISIS") return false;
  // Unbraked until then, the unknown was traded as if it were normal.
  const wasUnbraked = before.regime === "UNKNOWN" && before.scalar === 1;
  return severityOf(day.regime) > severityOf(wasUnbraked ? "NORMAL" : before.regime);
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

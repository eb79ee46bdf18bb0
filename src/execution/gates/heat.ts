/**
 * Heat: what the book loses if every position falls to its stop at once. Enters: signed lots, marks
 * and stops in price units, amounts in base-currency minor units; leaves: heat in minor units, and
 * the order gate on its share of net asset value (spec execution, "heat"). Where no stop works, the
 * distance is the given fraction of the price; where that is unknown as well the heat is NaN, and
 * the gate refuses what adds exposure.
 */
import type { Verdict } from "../../domain/refusal.ts";
import { RELATIVE_TOLERANCE } from "./exposure.ts";

export type HeatInput = {
  /** Signed. */
  readonly lots: number;
  readonly mark: number;
  /** Price of the working protective stop; null when there is none. */
  readonly stop: number | null;
  /** Distance as a fraction of the price that stands in for a stop; NaN when unknown. */
  readonly riskFraction: number;
  /** Base-currency minor units per lot and price unit. */
  readonly factor: number;
};

type HeatView = {
  readonly navMinor: number;
  /** Every position and working order as they would stand after this order; NaN when unknown. */
  readonly bookHeatMinor: number;
  readonly reduces: boolean;
};

/** Minor units, never below zero: a stop beyond the mark locks in a gain. NaN when unknown. */
export function positionHeat({ lots, mark, stop, riskFraction, factor }: HeatInput): number {
  if (lots === 0) return 0;
  if (stop !== null) return known(Math.max(0, lots * (mark - stop) * factor));
  // A fraction of a price below zero is a distance nobody measured.
  if (!(riskFraction >= 0)) return Number.NaN;
  return known(Math.abs(lots * mark) * riskFraction * factor);
}

/** Unknown heat is not evaluated, and so not passed. */
export function heatGate({ navMinor, bookHeatMinor, reduces }: HeatView, limit: number): Verdict {
  const heat = known(bookHeatMinor / navMinor);
  return {
    gate: "heat",
    limit,
    observed: Number.isNaN(heat) ? null : heat,
    result: resultOf({ navMinor, bookHeatMinor, reduces }, limit),
    rule: "heat",
    unit: "fraction of NAV",
  };
}

function resultOf(
  { navMinor, bookHeatMinor, reduces }: HeatView,
  limit: number,
): Verdict["result"] {
  if (reduces) return "pass";
  if (!Number.isFinite(bookHeatMinor) || !Number.isFinite(navMinor)) return "not_evaluated";
  if (navMinor <= 0) return "fail";
  return bookHeatMinor / navMinor <= limit * (1 + RELATIVE_TOLERANCE) ? "pass" : "fail";
}

function known(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/**
 * Sizing of one netted instrument: from what its sleeves want together, in fractions of lots, to
 * whole lots to hold. In this order: position buffer, lots, limit, minimum notional (spec
 * execution 2 and 3). Leaves the signed lots and what kept them from the wish, or the reason why no
 * size can be said: an unknown wish or full strength, a price at or below zero, too many lots.
 *
 * The buffer is a share of the position at full strength; a position outside
 * wish +- buffer trades to the nearer edge and no further (pysystemtrade's `trade_to_edge`). Unlike
 * there, a wish of exactly zero closes the whole position: nobody wants the rest, be it that policy
 * is off or that the evidence is missing, and a buffer around nothing would keep it for good. For
 * the same reason no close is too small for the minimum notional.
 */
import { invariant } from "../../base/assert.ts";
import { type Result, err, ok } from "../../base/result.ts";
import { MICRO_LOTS } from "../../domain/journal-entry.ts";
import type { Refusal } from "../../domain/refusal.ts";

type NetTerms = {
  /** Fraction of the full-strength position. */
  readonly buffer: number;
  /** Base currency. */
  readonly minNotional: number;
};

export type NetInput = {
  /** Sum of the sleeves' final quantities, signed. */
  readonly wantedLots: number;
  /** Signed whole lots; working orders as the caller counts them. */
  readonly heldLots: number;
  /** |position| at full strength. */
  readonly fullLots: number;
  /**
   * Most lots an increase may reach, either side: where a limit binds, rounding up would break it
   * and the gate would refuse the whole order. Null: none binds.
   */
  readonly mostLots: number | null;
  /** Base currency per lot; NaN when there is no price. */
  readonly lotNotional: number;
};

export type NetSizing = {
  /** Signed whole lots to hold. */
  readonly lots: number;
  /** The wish after scaling. */
  readonly ideal: number;
  /** What kept `lots` away from the wish; null when nothing but a fraction of a traded lot did. */
  readonly cutBy: "inside_buffer" | "rounding" | "limit" | "minimum_notional" | null;
  /** Half-width of the band, in lots. */
  readonly buffer: number;
};

/** Sleeves count in millionths of a lot: how far the sum of twenty may drift from what it means. */
const DRIFT = 10 / MICRO_LOTS;

export function sizeNet(terms: NetTerms, input: NetInput): Result<NetSizing, Refusal> {
  const { heldLots } = input;
  invariant(Number.isInteger(heldLots), 12, () => `${heldLots} held lots are not whole`);
  const ideal = input.wantedLots;
  if (Math.abs(ideal) <= DRIFT) return ok({ lots: 0, ideal, cutBy: null, buffer: 0 });
  const refusal = refusalOf(input, ideal);
  if (refusal !== null) return err(refusal);
  const buffer = terms.buffer * input.fullLots;
  const drift = driftOf(ideal);
  if (Math.abs(ideal - heldLots) <= drift) {
    return ok({ lots: heldLots, ideal, cutBy: null, buffer });
  }
  if (Math.abs(ideal - heldLots) <= buffer + drift) {
    return ok({ lots: heldLots, ideal, cutBy: "inside_buffer", buffer });
  }
  const nearest = nearestLots(heldLots < ideal ? ideal - buffer : ideal + buffer);
  const lots = withinLimit(nearest, heldLots, input.mostLots);
  const tooSmall = Math.abs(lots - heldLots) * input.lotNotional < terms.minNotional;
  if (tooSmall && lots !== heldLots && lots !== 0) {
    return ok({ lots: heldLots, ideal, cutBy: "minimum_notional", buffer });
  }
  return ok({ lots, ideal, cutBy: cutOf({ lots, nearest }, heldLots, ideal), buffer });
}

/** An increase stops at the limit; what is held above it is not this stage's to sell. */
function withinLimit(lots: number, heldLots: number, mostLots: number | null): number {
  if (mostLots === null || Math.abs(lots) <= mostLots) return lots;
  const isIncrease = lots * heldLots < 0 || Math.abs(lots) > Math.abs(heldLots);
  if (!isIncrease) return lots;
  const most = lots * heldLots > 0 ? Math.max(mostLots, Math.abs(heldLots)) : mostLots;
  return Math.sign(lots) * most + 0;
}

/** Refusal of a wish that is not nothing and cannot be sized. */
function refusalOf(input: NetInput, ideal: number): Refusal | null {
  if (!Number.isFinite(ideal)) return refuse("unknown_wish", ideal, 0, "lots");
  if (!(Math.abs(ideal) < Number.MAX_SAFE_INTEGER)) {
    return refuse("too_many_lots", Math.abs(ideal), Number.MAX_SAFE_INTEGER, "lots");
  }
  if (!(input.fullLots >= 0 && Number.isFinite(input.fullLots))) {
    return refuse("unknown_full_strength", input.fullLots, 0, "lots");
  }
  if (!(input.lotNotional > 0 && Number.isFinite(input.lotNotional))) {
    return refuse("non_positive_price", input.lotNotional, 0, "base currency per lot");
  }
  return null;
}

/** Where lots differ from the nearest to the wish, the buffer moved them; else the fraction is left. */
function cutOf(
  { lots, nearest }: { readonly lots: number; readonly nearest: number },
  heldLots: number,
  ideal: number,
): NetSizing["cutBy"] {
  if (lots !== nearest) return "limit";
  if (lots !== nearestLots(ideal)) return "inside_buffer";
  return lots === heldLots ? "rounding" : null;
}

/** To the nearest whole lot, ties toward zero; 2.9999999999999996 is 3. Never -0. */
function nearestLots(lots: number): number {
  const size = Math.abs(lots);
  const whole = Math.floor(size);
  const rounded = size - whole > 0.5 + driftOf(size) ? whole + 1 : whole;
  return lots < 0 ? 0 - rounded : rounded;
}

function driftOf(lots: number): number {
  // Beyond ten million lots a double's own steps are what is left to forgive.
  return Math.max(DRIFT, Math.abs(lots) * 1e-12);
}

function refuse(rule: string, observed: number, limit: number, unit: string): Refusal {
  const seen = Number.isFinite(observed) ? observed : null;
  return { state: "REJECTED_BY_SIZING", by: "sizing", rule, observed: seen, limit, unit };
}

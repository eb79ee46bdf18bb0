/**
 * What the order gates look at: the book as it would stand if every working order filled, earlier
 * orders of the same cycle included. Exposures are in minor units at the decision's prices.
 */

export type ExposureView = {
  readonly navMinor: number;
  /** Sum of |exposure| over instruments, working orders included, this order excluded. */
  readonly grossMinor: number;
  /** Signed sum. */
  readonly netMinor: number;
  /** Instruments with a position or a working order. */
  readonly positions: number;
  /** Signed exposure and lots of the order's instrument before the order, and after. */
  readonly beforeMinor: number;
  readonly afterMinor: number;
  readonly beforeLots: number;
  readonly afterLots: number;
  /**
   * Sum of |exposure| in the instrument's sector, its own included, this order excluded.
   * Instruments in no sector count as one, as they do for the clamp; null when unknown.
   */
  readonly sectorMinor: number | null;
  /** Initial margin reserved for futures before the order, and after; NaN when unknown. */
  readonly marginMinor: number;
  readonly afterMarginMinor: number;
  /** Sessions since a protective stop filled in this instrument; null when none did. */
  readonly sinceStop: number | null;
};

/** Costs are excluded from buying power; this is how far rounding may carry an exact 100 %. */
export const RELATIVE_TOLERANCE = 1e-9;

/** A reduction of |net position| that does not cross zero passes every exposure gate. */
export function reduces(view: ExposureView): boolean {
  return (
    Math.abs(view.afterLots) < Math.abs(view.beforeLots) && view.afterLots * view.beforeLots >= 0
  );
}

/**
 * The account at each close, in minor units. Fresh memory is the dearest part of a long run, so
 * only what cannot be derived is stored: dividends receivable once there is one, gross exposure
 * where several instruments can offset each other.
 */

export type Curves = {
  readonly nav: Float64Array;
  readonly cash: Float64Array;
  /** Null while nothing has ever been receivable. */
  receivable: Float64Array | null;
  /** Null for a single instrument: |net|. */
  readonly gross: Float64Array | null;
  /**
   * Signed exposure where it is not what is left of net asset value beside cash and receivables:
   * with futures, whose value is settled into cash. Null elsewhere.
   */
  readonly net: Float64Array | null;
};

/** `offsetting`: several instruments; `mixed`: futures or several currencies among them. */
export function createCurves(
  sessions: number,
  { offsetting, mixed }: { readonly offsetting: boolean; readonly mixed: boolean },
): Curves {
  return {
    nav: new Float64Array(sessions),
    cash: new Float64Array(sessions),
    receivable: null,
    gross: offsetting || mixed ? new Float64Array(sessions) : null,
    net: mixed ? new Float64Array(sessions) : null,
  };
}

export function receivableCurve({ nav, receivable }: Curves): Float64Array {
  return receivable ?? new Float64Array(nav.length);
}

/** Signed exposure of the positions. */
export function netCurve(curves: Curves): Float64Array {
  return curves.net ?? positionsCurve(curves);
}

/** What is neither cash nor receivable: the positions' part of net asset value. */
export function positionsCurve({ nav, cash, receivable }: Curves): Float64Array {
  return nav.map((value, s) => value - cash[s] - (receivable === null ? 0 : receivable[s]));
}

/** Sum of the positions' absolute values. */
export function grossCurve(curves: Curves): Float64Array {
  return curves.gross ?? netCurve(curves).map(Math.abs);
}

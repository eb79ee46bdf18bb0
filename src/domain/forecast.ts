/**
 * What a variant believes about an instrument at a decision: this bar's view. Allocation says how
 * much of the portfolio it speaks for; the size of a position is nobody's business here.
 */

export type Forecast = {
  /** In [-1, 1]: the sign is the direction, the size how strongly. */
  readonly strength: number;
  /** In [0, 1]; what is not known is 0. */
  readonly confidence: number;
};

/** What a clamp did to one number; the run keeps every one (artifact `clamps`). */

export type ClampRecord = {
  /** "symbol", "sector", "net", "gross", "drawdown_throttle", "cluster", "tail". */
  readonly constraint: string;
  /** Instrument, sector or cluster; "portfolio" for the whole. */
  readonly subject: string;
  /** Fractions of net asset value, in absolute size. */
  readonly before: number;
  readonly after: number;
  /** What was measured against which limit; observed is null where the evidence is missing. */
  readonly limit: number;
  readonly observed: number | null;
  readonly reason: string;
  readonly severity: "info" | "warning" | "critical";
};

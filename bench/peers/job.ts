/** The job of job.py, as both sides read it. */

export type PeerJob = {
  /** Raw little-endian doubles: open, high, low, close, one column after the other. */
  readonly file: string;
  readonly bars: number;
  /** What pandas calls it. */
  readonly frequency: "1D" | "1min";
  readonly pairs: readonly (readonly [number, number])[];
  /** Ours alone reads it: the peer fills where it fills. */
  readonly fill: "next_open" | "same_close";
};

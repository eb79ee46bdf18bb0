/** One measured figure: the work, every round's value in one unit, and what was asked of it. */

export type Figure = {
  /** A few words: "MA cross, 1 M bars, trial lane". */
  readonly work: string;
  readonly unit: string;
  /** One value per counted round, after warm-up. */
  readonly values: readonly number[];
  readonly better: "higher" | "lower";
  /** Null where nothing was asked. */
  readonly needed: number | null;
  /** What was done exactly: fills, rounds, threads; one sentence. */
  readonly note: string;
};

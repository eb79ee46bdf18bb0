/**
 * What one lint of `assay doctor` found in a run: not whether the record is true (the invariants
 * answer for that) but how far its result may be relied on.
 */

export type LintResult = {
  /** Its name: "zero_trades". */
  readonly lint: string;
  /** found: the run shows it. not_evaluated: nothing to judge by, and the evidence says what was missing. */
  readonly result: "found" | "clear" | "not_evaluated";
  /** How much a finding takes from the trust in the result, 0..1; 0 unless found. */
  readonly weight: number;
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string | null;
  /** One sentence with the numbers, the dates and the names that decided. */
  readonly evidence: string;
};

/**
 * What each stage and gate did in a run (invariant 1). Inert = enabled and (its inputs never there,
 * or not asked at every decision, signal or order that reached it, or not heeded); bound = 0 is
 * never inert.
 */

export type StageRecord = {
  readonly name: string;
  readonly kind: "stage" | "gate";
  readonly enabled: boolean;
  /** Its inputs were present. */
  readonly effective: boolean;
  /** It changed at least one number. */
  readonly binding: boolean;
  /** Decisions or orders that came to it, counted by the pipeline, not by the stage. */
  readonly reached: number;
  readonly evaluated: number;
  /** Results that were handed on and used. */
  readonly applied: number;
  readonly bound: number;
  /** Times a gate had nothing to judge by: each refused. reached = evaluated + not_evaluated. */
  readonly not_evaluated: number;
  /** Decisions that a declared warm-up spared: applied + warm_up = evaluated. */
  readonly warm_up: number;
  readonly inert_reason: string | null;
};

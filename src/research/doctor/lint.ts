/**
 * The shape of a lint, and the three things it can say. A lint's limit is a constant beside it with
 * a reason; `when` and `why` are the rows of docs/doctor.md.
 */
import type { LintResult } from "../../domain/lint-result.ts";
import type { Judged } from "./evidence.ts";

export type Lint = {
  readonly name: string;
  /** When it is found. */
  readonly when: string;
  /** Why that limit. */
  readonly why: string;
  readonly judge: (evidence: Judged) => Opinion;
};

/** A lint's result without its name. */
export type Opinion = Omit<LintResult, "lint">;

type Measured = {
  readonly observed: number | null;
  readonly limit: number | null;
  readonly unit: string | null;
};

const UNMEASURED: Measured = { observed: null, limit: null, unit: null };

/** `weight`: what it takes from the trust in the result, above 0 and up to 1. */
export function found(weight: number, evidence: string, measured: Measured = UNMEASURED): Opinion {
  return { result: "found", weight, ...measured, evidence };
}

export function clear(evidence: string, measured: Measured = UNMEASURED): Opinion {
  return { result: "clear", weight: 0, ...measured, evidence };
}

/** `missing`: what there was not, in a sentence. */
export function notEvaluated(missing: string): Opinion {
  return { result: "not_evaluated", weight: 0, ...UNMEASURED, evidence: missing };
}

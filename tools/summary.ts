/**
 * The totals of a self-test: tests by their own counts, a failed step that has no failed test as
 * one failure, and, when nothing may be left out, each step that skipped something as one.
 */
import type { StepResult } from "./step.ts";

export type Totals = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

export function totalsOf(results: readonly StepResult[]): Totals {
  const sum = (count: (result: StepResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    passed: sum((result) => result.passedTests ?? 0),
    failed: sum((result) => Math.max(result.failedTests ?? 0, result.failed ? 1 : 0)),
    skipped: sum((result) => result.skipped?.length ?? 0),
  };
}

/** The very last line: what a script reads. */
export function lastLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

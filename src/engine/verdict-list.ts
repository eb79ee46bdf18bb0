/**
 * The verdicts of one decision for its journal entry: many signals are judged alike, so each verdict
 * that differs is written once and named by its place.
 */
import type { Verdict } from "../domain/refusal.ts";

export class VerdictList {
  readonly list: Verdict[] = [];

  /** A decision has few that differ; comparing them is quicker than printing their numbers. */
  placeOf(verdict: Verdict): number {
    const place = this.list.findIndex((known) => sameVerdict(known, verdict));
    return place < 0 ? this.list.push(verdict) - 1 : place;
  }
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  return (
    a.rule === b.rule &&
    a.observed === b.observed &&
    a.limit === b.limit &&
    a.gate === b.gate &&
    a.result === b.result &&
    a.unit === b.unit
  );
}

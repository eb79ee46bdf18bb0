/**
 * Counts of what each stage and gate did. `reached` is counted by the pipeline before it hands a
 * decision or order on, the rest by what came back, so a stage that is no longer called shows.
 */
import type { StageRecord } from "../domain/stage-record.ts";

export const STAGES = ["sizing"] as const;
export const SIGNAL_GATES = ["freshness", "duplicate"] as const;
export const ORDER_GATES = ["limits", "cash"] as const;
export const REQUIRED_GATES: readonly string[] = [...SIGNAL_GATES, ...ORDER_GATES];

export type StageName =
  | (typeof STAGES)[number]
  | (typeof SIGNAL_GATES)[number]
  | (typeof ORDER_GATES)[number];

export type StageCounts = { reached: number; evaluated: number; applied: number; bound: number };
export type StageTally = { readonly [name in StageName]: StageCounts };

export function createTally(): StageTally {
  const zero = (): StageCounts => ({ reached: 0, evaluated: 0, applied: 0, bound: 0 });
  return {
    sizing: zero(),
    freshness: zero(),
    duplicate: zero(),
    limits: zero(),
    cash: zero(),
  };
}

export function stageRecords(tally: StageTally): readonly StageRecord[] {
  const stages = new Set<string>(STAGES);
  return (Object.keys(tally) as StageName[]).map((name) => {
    const { reached, evaluated, applied, bound } = tally[name];
    const inert =
      evaluated !== reached
        ? `evaluated at ${evaluated} of the ${reached} that reached it`
        : applied !== evaluated
          ? `${evaluated - applied} of its ${evaluated} results were not applied`
          : null;
    return {
      name,
      kind: stages.has(name) ? "stage" : "gate",
      enabled: true,
      effective: inert === null,
      binding: bound > 0,
      reached,
      evaluated,
      applied,
      bound,
      inert_reason: inert,
    };
  });
}

/** What a run's regimes artifact says of a window: the brake's scalar and the days in each state. */
import type { Window } from "../../domain/run-document.ts";
import { LAYER_ARTIFACTS } from "../../records/artifacts/registry.ts";
import { numbers, type Table, texts } from "../../research/evaluation/run-panels.ts";
import {
  type ScalarStatistics,
  scalarStatistics,
  type StateStatistics,
  stateStatistics,
} from "../../research/evaluation/state-statistics.ts";
import { type Recorded, readTable } from "./recorded-run.ts";

export type RunStates = {
  /** The scalar is computed whether or not it is applied. */
  readonly scalar: ScalarStatistics & { readonly applied: boolean };
  readonly brake: StateStatistics;
  /** Null where the gate is off, and nothing has a state. */
  readonly volatility_regime: StateStatistics | null;
  readonly breaker: StateStatistics | null;
};

/** Null for a run without portfolio stages. */
export function statesOf(run: Recorded, window: Window): RunStates | null {
  const table = readTable(run, LAYER_ARTIFACTS.regimes);
  if (table === null) return null;
  const dates = numbers(table, "date");
  const isOn = (stage: string) =>
    run.document.stages.some(({ name, enabled }) => name === stage && enabled);
  const ofGate = (stage: string, column: string) =>
    isOn(stage) ? stateStatistics(dates, states(table, column), window) : null;
  return {
    scalar: {
      ...scalarStatistics(dates, numbers(table, "scalar"), window),
      applied: isOn("overlay"),
    },
    brake: stateStatistics(dates, states(table, "regime"), window),
    volatility_regime: ofGate("volatility_regime", "volatility_regime"),
    breaker: ofGate("breakers", "breaker"),
  };
}

function states(table: Table, column: string): readonly string[] {
  return texts(table, column).map((state) => state ?? "UNKNOWN");
}

/** What a run's regimes artifact says of a window: the brake's scalar and the days in each state. */
import type { Window } from "../../domain/run-document.ts";
import { LAYER_ARTIFACTS } from "../../records/artifacts/registry.ts";
import {
  type ScalarStatistics,
  scalarStatistics,
  type StateStatistics,
  stateStatistics,
} from "../../research/evaluation/state-statistics.ts";
import { type Recorded, readColumns } from "./recorded-run.ts";

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
  const column = readColumns(run, LAYER_ARTIFACTS.regimes);
  if (column === null) return null;
  const dates = column("date") as Float64Array;
  const isOn = (stage: string) =>
    run.document.stages.some(({ name, enabled }) => name === stage && enabled);
  const over = (name: string) => {
    const states = (column(name) as readonly (string | null)[]).map((state) => state ?? "UNKNOWN");
    return stateStatistics(dates, states, window);
  };
  return {
    scalar: {
      ...scalarStatistics(dates, column("scalar") as Float64Array, window),
      applied: isOn("overlay"),
    },
    brake: over("regime"),
    volatility_regime: isOn("volatility_regime") ? over("volatility_regime") : null,
    breaker: isOn("breakers") ? over("breaker") : null,
  };
}

/** What a run's regimes artifact says of a window: the brake's scalar and the days in each state. */
import type { Window } from "../../domain/run-document.ts";
import { LAYER_ARTIFACTS } from "../../records/artifacts/registry.ts";
import {
  type ScalarStatistics,
  scalarStatistics,
  type StateStatistics,
  stateStatistics,
} from "../../research/evaluation/state-statistics.ts";
import { asInstants, asNumbers, type Recorded, readColumns } from "./recorded-run.ts";

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
  const names = ["date", "scalar", "regime", "volatility_regime", "breaker"];
  const columns = readColumns(run, LAYER_ARTIFACTS.regimes, names);
  if (columns === null) return null;
  const [date, scalar, regime, volatilityRegime, breaker] = columns;
  const dates = asInstants(date);
  const isOn = (stage: string) =>
    run.document.stages.some(({ name, enabled }) => name === stage && enabled);
  const over = (states: readonly (string | null)[]) =>
    stateStatistics(
      dates,
      states.map((state) => state ?? "UNKNOWN"),
      window,
    );
  return {
    scalar: {
      ...scalarStatistics(dates, asNumbers(scalar), window),
      applied: isOn("overlay"),
    },
    brake: over(regime),
    volatility_regime: isOn("volatility_regime") ? over(volatilityRegime) : null,
    breaker: isOn("breakers") ? over(breaker) : null,
  };
}

/**
 * What `import { defineStrategy } from "assay"` gives a strategy file: the identity function, with
 * the types that let an editor complete columns, parameters and targets. It computes nothing; the
 * definition is checked where it is loaded.
 */
import type { Column, Condition, ParameterSpec, Strategy } from "../../domain/strategy.ts";

export function defineStrategy<
  P extends Record<string, ParameterSpec>,
  C extends Record<string, Column | Condition>,
>(strategy: Strategy<P, C>): Strategy {
  // The row of a particular strategy is narrower than the row of any strategy; the engine hands
  // each strategy the row of its own columns, which the type of a registry cannot say.
  return strategy as unknown as Strategy;
}

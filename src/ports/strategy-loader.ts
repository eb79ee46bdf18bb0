/** The door through which a user's strategy file comes in. */
import type { Strategy } from "../domain/strategy.ts";

export type LoadedStrategy = {
  readonly strategy: Strategy;
  /** The file and every relative import, path relative to the mandate, for the code hash. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
};

/**
 * Reads, checks and imports one file. Throws Fault("strategy") with file:line for anything that
 * could look ahead or differ between two runs.
 */
export type StrategyLoader = (path: string) => Promise<LoadedStrategy>;

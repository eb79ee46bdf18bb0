/**
 * A sweep as plain data, so that it can be handed to another thread: the market, one strategy by
 * reference, the settings of the account, and a table of parameters with one row per trial. Columns
 * of numbers lie in shared memory and are never copied again. Refuses, before anything runs, an
 * empty list of parameters and every set that the strategy does not allow.
 */
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { Fault } from "../../domain/fault.ts";
import type { BacktestPack } from "../../domain/pack.ts";
import type { Strategy } from "../../domain/strategy.ts";
import type { PrecomputedDay } from "../../portfolio/overlay/precomputed.ts";
import type { Sha256 } from "../../ports/hash.ts";
import type { Params } from "../../research/strategies/columns.ts";
import { resolveParams } from "../../research/strategies/params.ts";
import type { PlanSettings, StrategyUse } from "../plan-input.ts";
import type { Conventions } from "../window-metrics.ts";
import { sharedColumns, sharedNumbers } from "./shared-memory.ts";
import { ROW_LENGTH } from "./trial-row.ts";

/** A function cannot cross a thread; each worker brings the strategy in by itself. */
export type StrategyReference =
  | { readonly kind: "built_in"; readonly name: string }
  /** `path` relative to `folder`, as a mandate writes it. */
  | { readonly kind: "file"; readonly folder: string; readonly path: string };

/** What every trial has in common. */
export type SweepTerms = {
  readonly pack: BacktestPack;
  readonly reference: StrategyReference;
  readonly use: Omit<StrategyUse, "strategy" | "params">;
  readonly settings: PlanSettings;
  readonly seed: number;
  readonly precomputed: readonly PrecomputedDay[];
  /** Where each instrument's bars come from, for messages. */
  readonly sources: { readonly [instrument: string]: string };
  readonly conventions: Conventions;
};

export type SweepJob = {
  /** Hash of the terms: a worker that has their lane already takes it up again. */
  readonly id: string;
  readonly terms: SweepTerms;
  readonly trials: number;
  /** Columns of `table`: every declared parameter. */
  readonly names: readonly string[];
  /** Shared; one row of parameters per trial. */
  readonly table: Float64Array;
  /** Shared; one row of results per trial, NaN while it has not run. */
  readonly rows: Float64Array;
};

/** `sets` may leave parameters out: the strategy's own default then stands. */
export function createJob(
  terms: SweepTerms,
  { strategy, sets, sha256 }: { strategy: Strategy; sets: readonly Params[]; sha256: Sha256 },
): SweepJob {
  if (sets.length === 0) {
    throw new Fault(
      "usage",
      `a sweep of ${terms.use.name} has no parameters; give at least one set`,
    );
  }
  const names = Object.keys(strategy.params);
  const table = sharedNumbers(sets.length * names.length);
  sets.forEach((set, trial) => {
    const params = resolveParams(strategy, set);
    if (!params.ok) {
      const wrong = params.error.map(({ path, message }) => `${path.join(".")}: ${message}`);
      throw new Fault("usage", `trial ${trial + 1} of ${sets.length}: ${wrong.join("; ")}`);
    }
    names.forEach((name, n) => {
      table[trial * names.length + n] = params.value[name];
    });
  });
  return {
    id: idOf(terms, sha256),
    terms: sharedColumns(terms),
    trials: sets.length,
    names,
    table,
    rows: sharedNumbers(sets.length * ROW_LENGTH).fill(Number.NaN),
  };
}

/** The parameters of one trial. */
export function paramsOf({ names, table }: SweepJob, trial: number): Params {
  const params: Record<string, number> = {};
  for (let n = 0; n < names.length; n++) params[names[n]] = table[trial * names.length + n];
  return params;
}

/** "fast 5, slow 20" */
export function paramsText(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** A pack is named by its content, so its name stands for it. */
function idOf({ pack, ...others }: SweepTerms, sha256: Sha256): string {
  return sha256(canonicalJson({ ...others, pack: pack.id } as unknown as Json));
}

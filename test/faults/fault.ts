/**
 * What a planted fault is: a small change of the wiring, on a mandate that is healthy without it, and
 * what must be said of it by the command that holds it. All of them stand in catalogue.ts.
 */
import type { DamageName } from "./damages.ts";
import type { MandateName } from "./mandates.ts";

export type Plant = {
  /** Path under src. */
  readonly file: string;
  readonly was: string;
  readonly becomes: string;
};

export type Fault = {
  /** In plain words; names the fault in docs/invariants.md. */
  readonly title: string;
  readonly on: MandateName;
  readonly plants: readonly Plant[];
  /** What is done with the finished run before the command that must speak; without it that is the run. */
  readonly after?: After;
  readonly invariant: number;
  readonly says: RegExp;
};

/** The same run again, which is compared with its record; or a record damaged, and verified. */
export type After = { readonly run: "again" } | { readonly verifyAfter: DamageName };

/** A mandate with some of its values changed, ready to run: what the door of a proof hands out. */
import type { Json } from "../../base/canonical-json.ts";
import type { Prepared } from "../prepare.ts";

/** `key` as the mandate spells it, dotted. */
export type Change = { readonly key: string; readonly value: Json };

/** A mandate with its changes, and the pack's newest sessions. */
export type Candidate = {
  readonly prepared: Prepared;
  /** What the quality checks said of the data. */
  readonly dataWarnings: readonly string[];
  /** Whole resolved values. */
  readonly values: { readonly [section: string]: unknown };
  /** Keys, with all below them, that these values give nobody to read. */
  readonly idle: readonly string[];
  /** Keys that somebody should have read and nobody did. */
  readonly lost: readonly string[];
  readonly rowsRejected: number;
  readonly hasZeroVolume: boolean;
};

/** Throws a Fault where the change is refused. */
export type Prepare = (changes: readonly Change[]) => Promise<Candidate>;

/**
 * What a run and its witness on another thread say to each other. Values cross between threads,
 * classes do not: errors are told by their parts and made again on the other side.
 */
import { InvariantError } from "../../base/assert.ts";
import type { ArtifactDeclaration, TableData } from "../../domain/artifact.ts";
import { Fault, type FaultKind } from "../../domain/fault.ts";
import type { BacktestPack } from "../../domain/pack.ts";
import type { Breach } from "../../engine/audit.ts";
import type { PrecomputedDay } from "../../portfolio/overlay/precomputed.ts";
import type { LoadedMandate } from "./compose.ts";

/** Handed over once, as the thread starts. */
export type Handover = {
  readonly loaded: Pick<LoadedMandate, "fileName" | "directory" | "home" | "resolved">;
  readonly pack: BacktestPack;
  readonly precomputed: readonly PrecomputedDay[];
  /** Of every variant's strategy: the thread must have loaded the same. */
  readonly codeHashes: readonly string[];
  readonly artifactsFolder: string;
};

export const ASKED_COLUMNS = ["session", "variant", "kind", "target", "confidence"] as const;
export type AskedArrays = { readonly [name in (typeof ASKED_COLUMNS)[number]]: Float64Array };

export type Question =
  | { readonly ask: "lookAhead"; readonly forecasts: AskedArrays }
  | {
      readonly ask: "readBack";
      readonly declaration: ArtifactDeclaration;
      readonly table: TableData;
    };

/** An error as it crosses between threads: classes do not. */
export type Told = {
  readonly message: string;
  readonly stack: string;
  readonly invariant: number | null;
  readonly fault: {
    readonly kind: FaultKind;
    readonly where: string | null;
    readonly details: readonly string[];
  } | null;
};

/** Answers come in the order of the questions. */
export type Answer =
  | { readonly ok: true; readonly breach: Breach | null }
  | { readonly ok: false; readonly error: Told };

export function told(error: unknown): Told {
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  return {
    message,
    stack,
    invariant: error instanceof InvariantError ? error.invariant : null,
    fault:
      error instanceof Fault
        ? { kind: error.kind, where: error.where, details: error.details }
        : null,
  };
}

export function revived({ message, stack, invariant, fault }: Told): Error {
  if (fault !== null) return new Fault(fault.kind, message, fault);
  if (invariant !== null) {
    return new InvariantError(invariant, message.slice(`invariant ${invariant}: `.length));
  }
  const error = new Error(message);
  error.stack = stack;
  return error;
}

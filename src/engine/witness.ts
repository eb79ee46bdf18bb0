/**
 * What is looked at a second time when a run's sessions are done: the strategies, asked again, and
 * the artifacts, read back from disk. Neither needs the kernel, so a caller may have them done
 * beside the checks by another thread; this one does them here. Enters: what the run was told and
 * what memory holds; leaves: a breach, or nothing.
 */
import type { ArtifactDeclaration, TableData } from "../domain/artifact.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import { assertReadBack } from "../records/artifacts/readback.ts";
import type { Breach } from "./audit.ts";
import { type AskedForecasts, checkLookAhead } from "./look-ahead.ts";
import type { Prepared } from "./prepare.ts";

export type Witness = {
  /** Invariant 20: asks the strategies again. */
  readonly lookAhead: (forecasts: AskedForecasts) => Promise<Breach | null>;
  /** Invariant 21: throws where the file does not say what memory holds. */
  readonly readBack: (declaration: ArtifactDeclaration, table: TableData) => Promise<void>;
};

export function createWitness(prepared: Prepared, artifacts: Pick<ArtifactStore, "read">): Witness {
  return {
    lookAhead: async (forecasts) => checkLookAhead(prepared, { forecasts }),
    readBack: async (declaration, table) =>
      assertReadBack(declaration, table, await artifacts.read(declaration.file)),
  };
}

/** The witness that the run was given; without one the run looks again itself. */
export function witnessOf(request: {
  readonly witness?: Witness;
  readonly prepared: Prepared;
  readonly artifacts: ArtifactStore;
}): Witness {
  return request.witness ?? createWitness(request.prepared, request.artifacts);
}

/**
 * A recorded run as it is compared: run.json, and artifacts checked against the hashes it lists.
 * What broke, was stopped or was altered is refused.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ArtifactDeclaration } from "../../domain/artifact.ts";
import { Fault } from "../../domain/fault.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import { decodeCsv } from "../../records/artifacts/csv-reader.ts";
import type { Table } from "../../research/evaluation/run-panels.ts";
import { artifactsFolder, type RunFolder, sha256 } from "./compose-records.ts";

export type Recorded = {
  readonly home: string;
  readonly folder: string;
  readonly document: RunDocument;
};

/** Fault("run") when it broke, ("data") when it is not at its end, ("verify") when it cannot be read. */
export function recordedRun(
  home: string,
  { name, folder, state, failure, document }: RunFolder,
): Recorded {
  if (state === "failed") {
    throw new Fault(
      "run",
      `run ${name} failed and has nothing to compare: ${failure ?? "no reason was kept"}`,
    );
  }
  if (state === "unfinished") {
    throw new Fault(
      "data",
      `run ${name} is not finished: it was stopped, or is at work; run its mandate again, then compare`,
    );
  }
  if (document === null) {
    throw new Fault(
      "verify",
      `run ${name} cannot be read; assay verify ${name} says what was changed`,
    );
  }
  if (document.failure !== null) {
    throw new Fault(
      "run",
      `run ${name} ended as ${document.status} and its numbers do not count: ${document.failure.message}`,
    );
  }
  return { home, folder, document };
}

/** Null when the run left none of that name. */
export function readTable(run: Recorded, declaration: ArtifactDeclaration): Table | null {
  const listed = run.document.artifacts.find(({ name }) => name === declaration.name);
  if (listed === undefined) return null;
  const bytes = bytesOf(join(artifactsFolder(run.folder), declaration.file), run);
  const observed = sha256(bytes);
  if (observed !== listed.sha256) {
    throw new Fault(
      "verify",
      `${declaration.file} of run ${run.document.run_id} was changed: its sha256 is ${observed}, run.json says ${listed.sha256}; restore it from a copy`,
    );
  }
  return { declaration, data: decodeCsv(declaration, bytes) };
}

function bytesOf(path: string, run: Recorded): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Fault(
      "data",
      `${path} of run ${run.document.run_id} cannot be read (${code}); assay verify says what is missing`,
      { cause },
    );
  }
}

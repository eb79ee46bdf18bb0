/**
 * A recorded run as it is compared: run.json, and artifacts checked against the hashes it lists.
 * What broke, was stopped or was altered is refused.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseIsoDate } from "../../base/instant.ts";
import type { ArtifactDeclaration } from "../../domain/artifact.ts";
import { Fault } from "../../domain/fault.ts";
import type { RunDocument } from "../../domain/run-document.ts";
import { type FileText, textColumns } from "../../research/evaluation/paths.ts";
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
export function readText(run: Recorded, declaration: ArtifactDeclaration): FileText | null {
  const bytes = checkedBytes(run, declaration);
  return bytes === null ? null : { declaration, text: new TextDecoder().decode(bytes) };
}

/** The columns of those names as texts; null when the run left no artifact of that name. */
export function readColumns(
  run: Recorded,
  declaration: ArtifactDeclaration,
  names: readonly string[],
): readonly (readonly (string | null)[])[] | null {
  const file = readText(run, declaration);
  return file === null ? null : textColumns(file, names);
}

/** Empty fields are NaN. */
export function asNumbers(texts: readonly (string | null)[]): Float64Array {
  return Float64Array.from(texts, (text) => (text === null ? Number.NaN : Number(text)));
}

/** Dates, or instants where a day has several sessions. */
export function asInstants(texts: readonly (string | null)[]): Float64Array {
  return Float64Array.from(texts, (text) => {
    const [date, time = "00:00:00Z"] = (text ?? "").split("T");
    const [hours, minutes, seconds] = time.slice(0, -1).split(":").map(Number);
    const midnight = parseIsoDate(date) ?? Number.NaN;
    return midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  });
}

export function hashOf({ document }: Recorded, { name }: ArtifactDeclaration): string | null {
  return document.artifacts.find((each) => each.name === name)?.sha256 ?? null;
}

/** Null when the run left none of that name. */
export function checkedBytes(run: Recorded, declaration: ArtifactDeclaration): Uint8Array | null {
  const listed = hashOf(run, declaration);
  if (listed === null) return null;
  const bytes = bytesOf(join(artifactsFolder(run.folder), declaration.file), run);
  const observed = sha256(bytes);
  const { run_id: id } = run.document;
  if (observed !== listed) {
    throw new Fault(
      "verify",
      `${declaration.file} of run ${id} was changed: its sha256 is ${observed}, run.json says ${listed}; restore it from a copy`,
    );
  }
  const header = `${declaration.columns.map((column) => column.name).join(",")}\n`;
  if (!Buffer.from(bytes).subarray(0, header.length).equals(Buffer.from(header))) {
    throw new Fault(
      "data",
      `${declaration.file} of run ${id} has other columns than this code writes: it was recorded by other code; run its mandate again, then compare`,
    );
  }
  return bytes;
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

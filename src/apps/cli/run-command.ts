/**
 * `assay run MANDATE`: from the mandate to a sealed run with its report. A run that was killed is
 * taken up where its journal ends; a finished one is run again aside and compared byte for byte.
 */
import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import { canonicalJson, type Json } from "../../base/canonical-json.ts";
import { InvariantError } from "../../base/assert.ts";
import { Fault } from "../../domain/fault.ts";
import type { FailureDocument, RunDocument } from "../../domain/run-document.ts";
import type { Progress } from "../../domain/progress.ts";
import { requireMandateKept } from "../../engine/check-plan.ts";
import { type RunIdentity, runId } from "../../engine/identity.ts";
import { type Prepared, prepareRun, requireAllKeysTaken } from "../../engine/prepare.ts";
import { executeRun, type RunResult } from "../../engine/run.ts";
import type { Mandate } from "../../engine/sections.ts";
import { dataWarnings } from "../../market/quality/findings.ts";
import { renderReport } from "../report/report.ts";
import {
  type FoundPack,
  type LoadedMandate,
  loadStrategies,
  originOf,
  packFor,
  requireBacktestPack,
  sourceOf,
  unreadKeys,
  usesOn,
} from "./compose.ts";
import {
  artifactsFolder,
  codeHashOf,
  loadCharts,
  openRunFolders,
  openRunStores,
  readSoundJournal,
  type RunFolders,
  runtimeName,
  sha256,
} from "./compose-records.ts";
import { precomputedOverlay } from "./precomputed-overlay.ts";
import { witnessFor } from "./witness.ts";

export type RunOutcome = {
  readonly document: RunDocument;
  readonly folder: string;
  /** What the start found and did: sentences for a person. */
  readonly findings: readonly string[];
  readonly found: FoundPack;
};

export type RunOptions = {
  readonly loaded: LoadedMandate;
  readonly progress: Progress;
  readonly nowMs: number;
  /** Use this stored pack instead of what the mandate's files say now. */
  readonly packId?: string;
};

export type Job = {
  readonly loaded: LoadedMandate;
  readonly prepared: Prepared;
  readonly identity: RunIdentity;
  readonly id: string;
  readonly dataWarnings: readonly string[];
  readonly progress: Progress;
};

export async function runMandate(options: RunOptions): Promise<RunOutcome> {
  const { job, found } = await prepareJob(options);
  const folders = openRunFolders(options.loaded.home);
  const swept = folders.sweepAsides();
  const findings = [...found.findings, ...swept];
  if (folders.isFinished(job.id)) {
    const { document, findings: repeated } = await repeat(job, folders);
    folders.touch(job.id);
    const folder = folders.folderOf(job.id);
    return { document, folder, findings: [...findings, ...repeated], found };
  }
  const folder = folders.folderOf(job.id);
  const { document, findings: recovered } = await recordIn(folder, job);
  return { document, folder, findings: [...findings, ...recovered], found };
}

/** Loads, checks and builds everything; nothing is written but the pack. */
export async function prepareJob(options: RunOptions): Promise<{ job: Job; found: FoundPack }> {
  const { loaded, progress } = options;
  const uses = await loadStrategies(loaded);
  const found = await packFor(options);
  const pack = requireBacktestPack(found.pack);
  const prepared = prepareRun({
    mandate: loaded.mandate,
    pack,
    uses: usesOn(loaded, pack, uses),
    sourceOf: sourceOf(loaded.mandate),
    precomputed: await precomputedOverlay(loaded),
    sha256,
  });
  requireAllKeysTaken(unreadKeys(loaded), loaded.mandate, (key) => originOf(loaded, key));
  // The plain values: looking at them here must not pass for somebody's reading them.
  requireMandateKept(loaded.resolved.values as unknown as Mandate, prepared);
  const identity: RunIdentity = {
    mandateHash: loaded.resolved.hash,
    packId: pack.id,
    codeHash: codeHashOf(uses),
    seed: prepared.seed,
    runtime: runtimeName(),
    mode: "backtest",
  };
  const id = runId(identity, sha256);
  const job = {
    loaded,
    prepared,
    identity,
    id,
    dataWarnings: dataWarnings(found.quality),
    progress,
  };
  return { job, found };
}

/** Records a run in a folder: new, or taken up after a crash. */
export async function recordIn(
  folder: string,
  job: Job,
): Promise<{ document: RunDocument; findings: readonly string[] }> {
  const { journal, documents, artifacts } = openRunStores(folder);
  const witness = witnessFor(job.loaded, job.prepared, artifactsFolder(folder));
  try {
    const result = await executeRun({
      prepared: job.prepared,
      dataWarnings: job.dataWarnings,
      identity: job.identity,
      runId: job.id,
      journal,
      artifacts,
      sha256,
      progress: job.progress,
      turn: setImmediate,
      ...(witness === null ? {} : { witness }),
    });
    await journal.recordDocuments({
      "run.json": await documents.write("run.json", documentBytes(result.document)),
      "report.html": await documents.write("report.html", await reportBytes(result, job)),
    });
    return { document: result.document, findings: journal.findings };
  } catch (error) {
    if (isFailedRun(error)) {
      await documents.write("run.json", documentBytes(failureDocument(job, error)));
    }
    throw isStrategyFault(error) ? failedRun(job, error) : error;
  } finally {
    await witness?.end();
    await journal.close();
  }
}

/** The run itself broke, as against a disk that was full or a journal that was locked. */
function isFailedRun(error: unknown): boolean {
  return error instanceof InvariantError || isStrategyFault(error);
}

function isStrategyFault(error: unknown): error is Fault {
  return error instanceof Fault && error.kind === "strategy";
}

/** A strategy that breaks while it runs fails the run; a file that is refused never ran. */
function failedRun(job: Job, cause: Fault): Fault {
  const kept = `run ${job.id} is kept as failed; correct the strategy and run again`;
  const { message, where } = cause;
  return new Fault("run", message, { where, details: [...cause.details, kept], cause });
}

/** Runs aside and compares: equal goes, different is kept beside the record (invariant 20). */
async function repeat(
  job: Job,
  folders: RunFolders,
): Promise<{ document: RunDocument; findings: readonly string[] }> {
  const settled = await settle(folders.folderOf(job.id));
  const aside = folders.createAside(job.id);
  const { document } = await recordIn(aside, job);
  const differing = folders.compareAside(job.id);
  const recorded = folders.find(job.id).document;
  const restored = folders.restoreMissing(job.id, differing);
  if (restored !== null) {
    folders.removeAside(job.id);
    const added = differing.length === 0 ? [] : [restored];
    return { document, findings: [...settled, ...added, "already recorded, identical"] };
  }
  if (recorded !== null && onlyPresentation(differing, document, recorded)) {
    await adoptDocuments(folders.folderOf(job.id), aside);
    folders.removeAside(job.id);
    const finding =
      "already recorded, identical; its report was written anew, because name, comments or places of values changed";
    return { document, findings: [...settled, finding] };
  }
  const seq = folders.differingEntry(job.id);
  const entry = seq === null ? "" : `, first in journal entry ${seq}`;
  const kept = folders.keepAside(job.id);
  throw new InvariantError(
    20,
    `run ${job.id} was recorded before with other bytes in ${differing.join(", ")}${entry}; both are kept, the new one in ${basename(kept)}. assay verify ${job.id} says whether the record was changed`,
  );
}

/** A finished record must hold before anything is compared with it, and be closed. */
async function settle(folder: string): Promise<readonly string[]> {
  const reader = readSoundJournal(folder);
  const isClosed = reader.findings.length === 0;
  reader.close();
  if (isClosed) return [];
  // Opening takes in the log that the killed process left, closing makes it one file.
  await openRunStores(folder).journal.close();
  return ["the process that finished this run ended before it closed the journal: closed now"];
}

/** The name, where values come from and what the source looked like are not identity: they may differ, the numbers may not. */
export function onlyPresentation(
  differing: readonly string[],
  now: RunDocument,
  recorded: RunDocument,
): boolean {
  const documents = ["HEAD", "report.html", "run.json"];
  const numbers = (document: RunDocument) =>
    canonicalJson({ ...document, name: "", data_warnings: [] } as unknown as Json);
  return differing.every((name) => documents.includes(name)) && numbers(now) === numbers(recorded);
}

async function adoptDocuments(folder: string, aside: string): Promise<void> {
  const from = openRunStores(aside);
  const to = openRunStores(folder);
  try {
    const hashes: { [name: string]: string } = {};
    for (const name of ["run.json", "report.html"]) {
      hashes[name] = await to.documents.write(name, await from.documents.read(name));
    }
    await to.journal.recordDocuments(hashes);
  } finally {
    await from.journal.close();
    await to.journal.close();
  }
}

function documentBytes(document: RunDocument | FailureDocument): Uint8Array {
  // Through JSON.stringify once: indented for people, keys in the order of the type.
  const text = JSON.stringify(JSON.parse(canonicalJson(document as unknown as Json)), null, 2);
  return new TextEncoder().encode(`${text}\n`);
}

async function reportBytes(result: RunResult, { loaded }: Job): Promise<Uint8Array> {
  const mandate = loaded.resolved.snapshot
    .filter((row) => row.tag !== "location")
    .map(({ key, value, origin }) => ({ key, value, origin }));
  return new TextEncoder().encode(renderReport({ ...result.report, mandate }, await loadCharts()));
}

function failureDocument(job: Job, error: unknown): FailureDocument {
  const { identity, prepared } = job;
  return {
    format_version: 1,
    run_id: job.id,
    status: "ERROR",
    failure: {
      invariant: error instanceof InvariantError ? error.invariant : null,
      message: error instanceof Error ? error.message : String(error),
    },
    mode: identity.mode,
    name: prepared.name,
    seed: identity.seed,
    mandate_hash: identity.mandateHash,
    pack: { id: identity.packId, kind: prepared.pack.kind },
    code_hash: identity.codeHash,
    runtime: identity.runtime,
  };
}

/**
 * One audited run, from the first session to the sealed journal: step through sessions, make the
 * entries durable in batches, check what was done, write the artifacts, read them back, seal. The
 * only waiting is on the ports. Leaves the run's document and what the report draws.
 */
import { InvariantError, invariant } from "../base/assert.ts";
import { formatInstant } from "../base/instant.ts";
import { type Result, settled, valueOf } from "../base/result.ts";
import type { ArtifactDeclaration, TableData, WrittenArtifact } from "../domain/artifact.ts";
import { JOURNAL_FORMAT_VERSION } from "../domain/journal-entry.ts";
import type { ReportInput, RunDocument } from "../domain/run-document.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { JournalStore } from "../ports/journal-store.ts";
import { encodeCsv } from "../records/artifacts/csv.ts";
import {
  LAYER_ARTIFACTS,
  type LayerArtifactName,
  RUN_ARTIFACTS,
  type RunArtifactName,
} from "../records/artifacts/registry.ts";
import { createJournalWriter, type JournalWriter } from "../records/journal/writer.ts";
import type { SleeveResult } from "../records/ledger/sleeves.ts";
import { artifactTables } from "./artifact-tables.ts";
import type { Breach } from "./audit.ts";
import { diagnoseRun } from "./doctor/run-evidence.ts";
import { layerTables } from "./layers/tables.ts";
import { createJournallingRecorder } from "./journalling-recorder.ts";
import { createKernel, finishKernel, runSessions } from "./kernel.ts";
import { auditRun } from "./run-audit.ts";
import type { RunRequest } from "./run-request.ts";
import { reportInput } from "./report-input.ts";
import { runDocument } from "./run-result.ts";
import type { Kernel } from "./state.ts";
import { createTrace, type Trace } from "./trace.ts";
import { type Witness, witnessOf } from "./witness.ts";

export type RunResult = {
  readonly document: RunDocument;
  readonly report: Omit<ReportInput, "mandate">;
};

/** Sessions between two looks at the buffer, and entries that make a batch worth a transaction. */
const SESSIONS_PER_STEP = 64;
const ENTRIES_PER_BATCH = 5000;

export async function executeRun(request: RunRequest): Promise<RunResult> {
  const { journal: store, sha256 } = request;
  const journal = createJournalWriter({
    recorded: store.recorded,
    prefix: store.rows(1),
    sha256,
  });
  try {
    return await auditedRun(request, journal);
  } catch (error) {
    // What was recorded up to the failure is evidence; it is kept, not sealed.
    if (error instanceof InvariantError && error.invariant === 20) throw error;
    await flush(store, journal);
    throw error;
  }
}

async function auditedRun(request: RunRequest, journal: JournalWriter): Promise<RunResult> {
  const { prepared, journal: store } = request;
  const trace = createTrace();
  const k = await walkSessions(request, journal, trace);
  // Before anything is written of it: what the checks find is the run's status, not its end.
  const { breach, sleeves, closed, entries } = await auditRun(request, k, trace);
  const doctor = diagnoseRun({ prepared, k, trace, breach, entries });
  const written = await writeArtifacts(request, declaredTables(k, trace, sleeves)).catch(
    (error: unknown) => {
      throw explained(breach, error);
    },
  );
  journal.emit(lastInstant(k), {
    kind: "sealed",
    artifacts: written.map(({ name, sha256, rows }) => ({ name, sha256, rows })),
  });
  journal.finish();
  await flush(store, journal);
  const { seq, hash } = journal.head();
  const document = runDocument({
    request,
    k,
    trace,
    breach,
    closed,
    doctor,
    artifacts: written,
    journal: { entries: seq, head: hash },
  });
  requireTradesOfOk(document);
  return { document, report: reportInput({ document, prepared, k, trace }) };
}

/** Invariant 18, by what was written down: a run that is said to be OK has traded. */
function requireTradesOfOk({ status, artifacts }: RunDocument): void {
  const fills = artifacts.find(({ name }) => name === RUN_ARTIFACTS.fills.name)?.rows ?? 0;
  invariant(status !== "OK" || fills > 0, 18, "a run without a single fill is said to be OK");
}

/** Where the checks had found something already, that is why the artifacts cannot be written. */
function explained(breach: Breach | null, error: unknown): unknown {
  if (breach === null || !(error instanceof InvariantError)) return error;
  return new InvariantError(breach.invariant, `${breach.message}; then ${error.message}`);
}

/** From the first session to the last, every entry durable at the end of it. */
export async function walkSessions(
  request: RunRequest,
  journal: JournalWriter,
  trace: Trace,
): Promise<Kernel> {
  const { prepared, sha256, identity } = request;
  const { world, planned } = prepared;
  journal.emit(formatInstant(world.sessionsMs[0]), {
    kind: "run_started",
    format_version: JOURNAL_FORMAT_VERSION,
    mandate_hash: identity.mandateHash,
    pack_id: identity.packId,
    seed: identity.seed,
    mode: identity.mode,
    lot_method: prepared.lotMethod,
  });
  const recorder = createJournallingRecorder({
    world,
    plan: planned.plan,
    journal,
    sha256,
    trace,
  });
  const k = createKernel(world, planned.plan, recorder);
  const sessions = world.sessionsMs.length;
  for (let from = 0; from < sessions; from += SESSIONS_PER_STEP) {
    const to = Math.min(sessions, from + SESSIONS_PER_STEP);
    runSessions(k, from, to);
    if (journal.buffered() >= ENTRIES_PER_BATCH) await flush(request.journal, journal);
    request.progress(to, sessions, "run");
    await request.turn();
  }
  finishKernel(k);
  await flush(request.journal, journal);
  return k;
}

async function flush(store: JournalStore, journal: JournalWriter): Promise<void> {
  const { rows, terminals } = journal.takeBatch();
  if (rows.length > 0) await store.append(rows, terminals);
}

function lastInstant(k: Kernel): string {
  return formatInstant(k.world.sessionsMs[k.world.sessionsMs.length - 1]);
}

/**
 * Each file is written, read back from disk and compared with memory (invariant 21). The disk works
 * on one while the next is encoded; nothing is left at work when this ends, however it ends.
 */
async function writeArtifacts(
  request: RunRequest,
  tables: readonly DeclaredTable[],
): Promise<readonly WrittenArtifact[]> {
  const { progress, turn } = request;
  const witness = witnessOf(request);
  const works: Promise<Result<WrittenArtifact, unknown>>[] = [];
  for (const one of tables) {
    progress(works.length, tables.length, "write artifacts");
    await turn();
    works.push(settled(writeArtifact(request.artifacts, witness, one)));
  }
  const written = (await Promise.all(works)).map(valueOf);
  progress(tables.length, tables.length, "write artifacts");
  return written;
}

async function writeArtifact(
  artifacts: ArtifactStore,
  witness: Witness,
  { declaration, table }: DeclaredTable,
): Promise<WrittenArtifact> {
  const { name, file } = declaration;
  const sha256 = await artifacts.write(file, encodeCsv(declaration, table));
  await witness.readBack(declaration, table);
  return { name, file, sha256, rows: table.rows };
}

type DeclaredTable = { readonly declaration: ArtifactDeclaration; readonly table: TableData };

function declaredTables(
  k: Kernel,
  trace: Trace,
  sleeves: readonly SleeveResult[],
): readonly DeclaredTable[] {
  const tables = artifactTables(k, trace);
  const names = Object.keys(RUN_ARTIFACTS) as RunArtifactName[];
  const every = names.map((name) => ({ declaration: RUN_ARTIFACTS[name], table: tables[name] }));
  const { layers } = k.state;
  if (layers === null) return every;
  const more = layerTables(k, layers, trace.layers, sleeves);
  const layerNames = Object.keys(LAYER_ARTIFACTS) as LayerArtifactName[];
  return [
    ...every,
    ...layerNames.map((name) => ({ declaration: LAYER_ARTIFACTS[name], table: more[name] })),
  ];
}

/**
 * One audited run, from the first session to the sealed journal: step through sessions, make the
 * entries durable in batches, check what was done, write the artifacts, read them back, seal. The
 * only waiting is on the ports. Leaves the run's document and what the report draws.
 */
import { InvariantError } from "../base/assert.ts";
import { formatInstant } from "../base/instant.ts";
import { type Result, settled, valueOf } from "../base/result.ts";
import type { ArtifactDeclaration, TableData, WrittenArtifact } from "../domain/artifact.ts";
import { Fault } from "../domain/fault.ts";
import { JOURNAL_FORMAT_VERSION } from "../domain/journal-entry.ts";
import type { ReportInput, RunDocument } from "../domain/run-document.ts";
import type { JournalStore } from "../ports/journal-store.ts";
import { encodeCsv } from "../records/artifacts/csv.ts";
import {
  LAYER_ARTIFACTS,
  type LayerArtifactName,
  RUN_ARTIFACTS,
  type RunArtifactName,
} from "../records/artifacts/registry.ts";
import { decodeBody, kindOfBody } from "../records/journal/chain.ts";
import { createJournalWriter, type JournalWriter } from "../records/journal/writer.ts";
import type { LedgerEntry } from "../records/ledger/fold.ts";
import type { SleeveResult } from "../records/ledger/sleeves.ts";
import { artifactTables } from "./artifact-tables.ts";
import { type Breach, checkBooks, checkConservation, checkStages } from "./audit.ts";
import { diagnoseRun } from "./doctor/run-evidence.ts";
import { checkGates } from "./layers/check-gates.ts";
import { checkLayers } from "./layers/check-layers.ts";
import { checkNettings } from "./layers/check-nettings.ts";
import { layerTables } from "./layers/tables.ts";
import { createJournallingRecorder } from "./journalling-recorder.ts";
import { createKernel, finishKernel, runSessions } from "./kernel.ts";
import { checkMoney } from "./check-money.ts";
import { checkHeld, checkShares } from "./sleeves/check-shares.ts";
import { checkSizing } from "./check-sizing.ts";
import type { RunRequest } from "./run-request.ts";
import { reportInput, runDocument } from "./run-result.ts";
import { stageRecords } from "./stage-tally.ts";
import type { Kernel } from "./state.ts";
import { createTrace, type Trace } from "./trace.ts";
import { witnessOf } from "./witness.ts";

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
  const { breach, sleeves, entries } = await audit(request, k, trace);
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
    doctor,
    artifacts: written,
    journal: { entries: seq, head: hash },
  });
  return { document, report: reportInput(document, prepared, k) };
}

/** Where the checks had found something already, that is why the artifacts cannot be written. */
function explained(breach: Breach | null, error: unknown): unknown {
  if (breach === null || !(error instanceof InvariantError)) return error;
  return new InvariantError(breach.invariant, `${breach.message}; then ${error.message}`);
}

async function walkSessions(
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

/** Each file is written, read back from disk and compared with memory (invariant 21). */
async function writeArtifacts(
  request: RunRequest,
  tables: readonly DeclaredTable[],
): Promise<readonly WrittenArtifact[]> {
  const { artifacts, progress, turn } = request;
  const witness = witnessOf(request);
  const written: WrittenArtifact[] = [];
  const readBacks: Promise<Result<void, unknown>>[] = [];
  for (const { declaration, table } of tables) {
    progress(written.length, tables.length, "write artifacts");
    await turn();
    const sha256 = await artifacts.write(declaration.file, encodeCsv(declaration, table));
    readBacks.push(settled(witness.readBack(declaration, table)));
    written.push({
      name: declaration.name,
      file: declaration.file,
      sha256,
      rows: table.rows,
    });
  }
  for (const readBack of readBacks) valueOf(await readBack);
  progress(tables.length, tables.length, "write artifacts");
  return written;
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

type Audited = {
  readonly breach: Breach | null;
  readonly sleeves: readonly SleeveResult[];
  /** The journal's, less its orders. */
  readonly entries: readonly LedgerEntry[];
};

/** In the order of what a failure would explain: the first breach is the run's. */
async function audit(request: RunRequest, k: Kernel, trace: Trace): Promise<Audited> {
  const { prepared, journal, progress, turn } = request;
  const entries = recordedEntries(journal);
  const decisions = entries.filter(({ payload }) => payload.kind === "decision");
  let sleeves: readonly SleeveResult[] = [];
  const lookAhead = settled(witnessOf(request).lookAhead(trace.forecasts));
  const checks: readonly (() => Breach | null | Promise<Breach | null>)[] = [
    () => checkStages(stageRecords(k.state.tally, k.plan.wiring)),
    () => checkMoney(k, trace),
    () => checkLayers(k, trace.layers, decisions),
    () => checkConservation(k, journal.terminalCounts()),
    () => checkNettings(k, trace.layers, decisions),
    () => checkGates(k, trace, decisions),
    () => checkShares(k, trace, entries),
    // The fractions of sleeves are sized on the net, which checkNettings has looked at.
    () => (k.state.layers === null ? checkSizing(prepared.world, decisions) : null),
    () =>
      foldable(() => {
        const books = checkBooks(k, entries, prepared.lotMethod);
        ({ sleeves } = books);
        return books.breach ?? checkHeld(k, sleeves);
      }),
    async () => valueOf(await lookAhead),
  ];
  for (const [n, check] of checks.entries()) {
    progress(n, checks.length, "check the run");
    await turn();
    const breach = await check();
    if (breach !== null) return { breach, sleeves, entries };
  }
  progress(checks.length, checks.length, "check the run");
  return { breach: null, sleeves, entries };
}

/** What the store holds and a check reads: orders were noted when they were made. */
function recordedEntries(journal: JournalStore): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const { body } of journal.rows(1)) {
    if (kindOfBody(body) !== "order") entries.push(decodeBody(body));
  }
  return entries;
}

/** A lot method that cannot choose (strict) is the mandate's, and the run's failure all the same. */
function foldable(check: () => Breach | null): Breach | null {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { invariant: 11, status: "BREAK", message: error.message };
  }
}

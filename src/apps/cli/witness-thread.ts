/**
 * The thread behind apps/cli/witness.ts. It prepares the run once more from what it is handed, and
 * answers questions one after the other, in their order. A strategy file that is not the one that
 * the run loaded is refused (invariant 20).
 */
import { parentPort, workerData } from "node:worker_threads";
import { invariant, InvariantError } from "../../base/assert.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { type Prepared, prepareRun } from "../../engine/prepare.ts";
import type { Mandate } from "../../engine/sections.ts";
import { createWitness, type Witness } from "../../engine/witness.ts";
import { type LoadedMandate, loadStrategies, sourceOf, usesOn } from "./compose.ts";
import { openArtifacts, sha256 } from "./compose-records.ts";
import {
  type Answer,
  type AskedArrays,
  type Handover,
  type Question,
  told,
} from "./witness-messages.ts";

const handover = workerData as Handover;

async function prepared(): Promise<Prepared> {
  const { pack, precomputed, codeHashes } = handover;
  const mandate = handover.loaded.resolved.values as unknown as Mandate;
  const loaded: LoadedMandate = { ...handover.loaded, mandate, unread: () => [], tables: noTables };
  const uses = usesOn(loaded, pack, await loadStrategies(loaded));
  const run = prepareRun({ mandate, pack, uses, sourceOf: sourceOf(mandate), precomputed, sha256 });
  const { variants } = run.planned;
  invariant(
    variants.length === codeHashes.length &&
      variants.every(({ use }, v) => use.codeHash === codeHashes[v]),
    20,
    "a strategy file was changed after the run had loaded it",
  );
  return run;
}

function noTables(): never {
  throw new InvariantError(20, "a witness looks at the pack that the run had, and reads no other");
}

/** Begun at once, while the run walks its sessions; a failure is told to whoever asks first. */
const witness: Promise<Result<Witness, unknown>> = prepared()
  .then((run) => createWitness(run, openArtifacts(handover.artifactsFolder)))
  .then(ok, err);

async function answer(question: Question): Promise<Answer> {
  try {
    const made = await witness;
    if (!made.ok) throw made.error;
    const { lookAhead, readBack } = made.value;
    if (question.ask === "lookAhead") {
      return { ok: true, breach: await lookAhead(columns(question.forecasts)) };
    }
    await readBack(question.declaration, question.table);
    return { ok: true, breach: null };
  } catch (error) {
    return { ok: false, error: told(error) };
  }
}

function columns(arrays: AskedArrays): Parameters<Witness["lookAhead"]>[0] {
  const column = (values: Float64Array) => ({ values: () => values });
  return {
    session: column(arrays.session),
    variant: column(arrays.variant),
    kind: column(arrays.kind),
    target: column(arrays.target),
    confidence: column(arrays.confidence),
  };
}

let last: Promise<unknown> = Promise.resolve();
parentPort?.on("message", (question: Question) => {
  last = last.then(async () => parentPort?.postMessage(await answer(question)));
});

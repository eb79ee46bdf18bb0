/**
 * A run's witness on a thread of its own: it loads the strategies and prepares the run by itself,
 * from the mandate's values and the pack that it is handed, while this thread walks the sessions.
 * What it finds is what a witness on this thread finds, failures included. Small runs, and machines
 * of one processor, have theirs on this thread: starting another takes longer than their work.
 */
import { availableParallelism } from "node:os";
import { type ResourceLimits, Worker } from "node:worker_threads";
import { Fault } from "../../domain/fault.ts";
import type { TableData } from "../../domain/artifact.ts";
import type { Breach } from "../../engine/audit.ts";
import type { Prepared } from "../../engine/prepare.ts";
import type { Witness } from "../../engine/witness.ts";
import type { LoadedMandate } from "./compose.ts";
import {
  type Answer,
  ASKED_COLUMNS,
  type AskedArrays,
  type Handover,
  type Question,
  revived,
} from "./witness-messages.ts";

/** Forecasts that could be asked for, from which on a second thread is the quicker way. */
const WORTH_A_THREAD = 50_000;

export type ThreadWitness = Witness & { readonly end: () => Promise<unknown> };

/** Null where the run is better off without. */
export function witnessFor(
  loaded: LoadedMandate,
  prepared: Prepared,
  artifactsFolder: string,
): ThreadWitness | null {
  const { variants } = prepared.planned;
  const asked = variants.length * prepared.world.sessionsMs.length;
  if (asked < WORTH_A_THREAD || availableParallelism() < 2) return null;
  return startWitness(loaded, prepared, artifactsFolder);
}

export function startWitness(
  loaded: LoadedMandate,
  prepared: Prepared,
  artifactsFolder: string,
  /** As much memory as this process may have, where nothing is said. */
  resourceLimits: ResourceLimits = {},
): ThreadWitness {
  const { pack, planned } = prepared;
  const { fileName, directory, home, resolved } = loaded;
  const workerData: Handover = {
    loaded: { fileName, directory, home, resolved },
    pack,
    precomputed: planned.plan.layers?.precomputed ?? [],
    codeHashes: planned.variants.map(({ use }) => use.codeHash),
    artifactsFolder,
  };
  const worker = new Worker(new URL("./witness-thread.ts", import.meta.url), {
    workerData,
    resourceLimits,
  });
  const ask = questions(worker);
  return {
    lookAhead: (forecasts) =>
      ask({
        ask: "lookAhead",
        forecasts: Object.fromEntries(
          ASKED_COLUMNS.map((name) => [name, forecasts[name].values().slice()]),
        ) as AskedArrays,
      }),
    readBack: async (declaration, table) => {
      await ask({ ask: "readBack", declaration, table: apart(table) });
    },
    end: () => worker.terminate(),
  };
}

type Waiting = {
  readonly resolve: (breach: Breach | null) => void;
  readonly reject: (error: Error) => void;
};

function questions(worker: Worker): (question: Question) => Promise<Breach | null> {
  const waiting: Waiting[] = [];
  let dead: Error | null = null;
  const fail = (error: Error) => {
    dead ??= error;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on("message", (answer: Answer) => {
    const question = waiting.shift();
    if (answer.ok) question?.resolve(answer.breach);
    else question?.reject(revived(answer.error));
  });
  worker.on("error", (cause: NodeJS.ErrnoException) => fail(lostBy(cause)));
  worker.on("exit", () => fail(new Error("the thread that looks again has ended")));
  return (question) => {
    if (dead !== null) return Promise.reject(dead);
    return new Promise((resolve, reject) => {
      // Throws where it cannot be told: then nobody waits for its answer.
      worker.postMessage(question);
      waiting.push({ resolve, reject });
    });
  };
}

/** A machine that is too small is not our mistake; whatever else ends the thread is. */
function lostBy(cause: NodeJS.ErrnoException): Error {
  if (cause.code !== "ERR_WORKER_OUT_OF_MEMORY") return cause;
  return new Fault(
    "run",
    "the thread that asks the strategies again and reads the artifacts back ran out of memory, so the run is not sealed; run it again with more, such as NODE_OPTIONS=--max-old-space-size=8192, or with fewer sessions: what is recorded is taken up again",
    { cause },
  );
}

/** A view would take along all of the memory that it looks at. */
function apart({ rows, columns }: TableData): TableData {
  return {
    rows,
    columns: columns.map((column) => (ArrayBuffer.isView(column) ? column.slice(0, rows) : column)),
  };
}

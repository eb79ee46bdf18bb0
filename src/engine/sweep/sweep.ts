/**
 * Many trials over few workers. Enters: a job and a pool; leaves: one row per trial in the order of
 * the parameters, whatever worker ran it, however the list was cut. Trials share nothing but
 * columns that nobody writes to, so the rows are the same bits with any number of workers. Of
 * several failing trials the first in the list is reported, by the strategy's own message and with
 * its parameters.
 */
import type { Progress } from "../../domain/progress.ts";
import type { WorkerPool } from "../../ports/worker-pool.ts";
import { type ChunkAnswer, type ChunkTask, errorOf } from "./chunk.ts";
import { paramsOf, paramsText, type SweepJob } from "./job.ts";

export type SweepPool = WorkerPool<ChunkTask, ChunkAnswer>;

export type SweepOptions = {
  readonly pool: SweepPool;
  /** Told after every chunk. */
  readonly progress: Progress;
  /** Asked before every chunk; what has begun is finished. */
  readonly isStopped?: () => boolean;
  /** Trials handed out at once; without it, a sixteenth of a worker's share. */
  readonly chunk?: number;
};

export type SweepResult = {
  /** Trials that ran: all, unless the sweep was stopped. Rows of the others are NaN. */
  readonly done: number;
  /** On shared memory; see trial-row.ts. */
  readonly rows: Float64Array;
};

/** Enough chunks that the last ones keep every worker busy, few enough that messages do not show. */
const CHUNKS_PER_WORKER = 16;

/** Runs every trial; throws the failure of the first trial that fails, once nothing is at work. */
export async function runSweep(job: SweepJob, options: SweepOptions): Promise<SweepResult> {
  const { pool, progress, isStopped = () => false } = options;
  const share = Math.ceil(job.trials / (pool.workers * CHUNKS_PER_WORKER));
  const chunk = options.chunk ?? share;
  let next = 0;
  let done = 0;
  const failures: NonNullable<ChunkAnswer["failure"]>[] = [];
  let isLost = false;
  const work = async (): Promise<void> => {
    while (next < job.trials && failures.length === 0 && !isLost && !isStopped()) {
      const from = next;
      next = Math.min(job.trials, from + chunk);
      const answer = await pool.run({ job, from, to: next }).catch((cause: unknown) => {
        isLost = true;
        throw cause;
      });
      done += answer.done;
      if (answer.failure !== null) failures.push(answer.failure);
      progress(done, job.trials, "trials");
    }
  };
  // Chunks go out in order and each that went out is waited for: no earlier failure can be missed.
  const ends = await Promise.allSettled(Array.from({ length: pool.workers }, work));
  requireHealthy(job, failures);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return { done, rows: job.rows };
}

function requireHealthy(
  job: SweepJob,
  failures: readonly NonNullable<ChunkAnswer["failure"]>[],
): void {
  if (failures.length === 0) return;
  const order = (trial: number | null) => trial ?? -1;
  const { trial, failure } = failures.toSorted((a, b) => order(a.trial) - order(b.trial))[0];
  throw errorOf(
    failure,
    trial === null
      ? ""
      : ` (trial ${trial + 1} of ${job.trials}: ${paramsText(paramsOf(job, trial))})`,
  );
}

/** Wires a sweep: its job from loaded strategies, its pool of threads or this thread alone. */
import { sha256 } from "../../adapters/system/hash.ts";
import { openWorkerPool } from "../../adapters/system/worker-pool.ts";
import type { ChunkAnswer, ChunkTask } from "../../engine/sweep/chunk.ts";
import {
  createJob,
  type StrategyReference,
  type SweepJob,
  type SweepTerms,
} from "../../engine/sweep/job.ts";
import type { SweepPool } from "../../engine/sweep/sweep.ts";
import type { Params } from "../../research/strategies/columns.ts";
import { strategyAt } from "./compose-strategy.ts";
import { runChunk } from "./compose-sweep-worker.ts";

/** Everything but what the strategy's reference says by itself. */
export type SweepOf = Omit<SweepTerms, "use"> & {
  readonly name: string;
  readonly reference: StrategyReference;
  readonly instruments: readonly string[];
};

/** Loads and checks the strategy, and every set of parameters against it. */
export async function sweepJob(of: SweepOf, sets: readonly Params[]): Promise<SweepJob> {
  const { name, instruments, ...terms } = of;
  const { strategy, codeHash } = await strategyAt(of.reference, null);
  const use = { name, codeHash, instruments };
  return createJob({ ...terms, use }, { strategy, sets, sha256 });
}

/** Threads that stay warm from one sweep to the next, until the pool is closed. */
export function openSweepPool(workers: number): SweepPool & { readonly threads: () => number } {
  return openWorkerPool<ChunkTask, ChunkAnswer>({
    module: new URL("./compose-sweep-worker.ts", import.meta.url),
    entry: "runChunk",
    workers,
  });
}

/** The same without threads: what the pool is held against. */
export function inThisThread(): SweepPool {
  return { workers: 1, run: runChunk, close: () => Promise.resolve() };
}

/**
 * A warm pool of threads over piscina. Enters: the address of a module and the name of the function
 * in it that takes a task; the threads start at once, load the module and stay. A thread that waits
 * keeps no process alive. Refuses fewer than one worker.
 */
import { Piscina } from "piscina";
import { invariant } from "../../base/assert.ts";
import type { WorkerPool } from "../../ports/worker-pool.ts";

export type WorkerPoolOptions = {
  readonly module: URL;
  /** An exported function of the module: (task) => answer, or a promise of it. */
  readonly entry: string;
  readonly workers: number;
};

/**
 * Young objects are what a trial makes; with Node's default of 16 MB per half-space collections
 * come so often that they copy what would have died a moment later.
 */
const YOUNG_MB = 64;

export function openWorkerPool<Task, Answer>(
  options: WorkerPoolOptions,
): WorkerPool<Task, Answer> & { readonly threads: () => number } {
  const { module, entry, workers } = options;
  invariant(
    Number.isSafeInteger(workers) && workers >= 1,
    20,
    () => `a pool of ${workers} workers: it needs at least one`,
  );
  const pool = new Piscina<Task, Answer>({
    filename: module.href,
    name: entry,
    minThreads: workers,
    maxThreads: workers,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  return {
    workers,
    run: (task) => pool.run(task),
    close: () => pool.destroy(),
    threads: () => pool.threads.length,
  };
}

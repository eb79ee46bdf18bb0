/**
 * The door to other cores. What goes in and comes out is copied as plain data; typed arrays over a
 * SharedArrayBuffer are not copied, both sides see the same memory. Work that fails hands its
 * failure back as an answer: an error that crosses a thread loses its class.
 */
export type WorkerPool<Task, Answer> = {
  /** How many tasks can be at work at once. */
  readonly workers: number;
  /** Rejects when the worker itself is lost: out of memory, or the pool closed under it. */
  readonly run: (task: Task) => Promise<Answer>;
  /** Ends every worker at once, whatever it is doing; afterwards none is left. */
  readonly close: () => Promise<void>;
};

/**
 * What a daemon has under way. Every task has a name and an end that somebody hears of; settle()
 * resolves when none is left, those included that were started meanwhile. Signals of the system
 * become one promise: the first asks for a clean stop, a second one is left to whoever had it before.
 */
import type { EventEmitter } from "node:events";

export type Tasks = {
  /** Takes over the promise: its failure is reported under this name, and nowhere else. */
  start(name: string, work: Promise<unknown>): void;
  /** Names of what has not ended, in the order of starting. */
  running(): readonly string[];
  /** Throws where a failure could not be reported. */
  settle(): Promise<void>;
};

export type ReportFailure = (name: string, error: unknown) => void | Promise<void>;

export function createTasks(report: ReportFailure): Tasks {
  const under = new Map<Promise<void>, string>();
  const unreported: unknown[] = [];
  async function followed(name: string, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      await reported(name, error);
    }
  }
  async function reported(name: string, error: unknown): Promise<void> {
    try {
      await report(name, error);
    } catch (failure) {
      unreported.push(error, failure);
    }
  }
  return {
    start(name, work) {
      const task = followed(name, work).finally(() => under.delete(task));
      under.set(task, name);
    },
    running: () => [...under.values()],
    async settle() {
      while (under.size > 0) await Promise.all(under.keys());
      if (unreported.length === 0) return;
      throw new AggregateError(unreported.splice(0), "failures of tasks could not be reported");
    },
  };
}

export type StopSignal = {
  /** Resolves with the signal's name; never rejects. */
  readonly stopped: Promise<StopName>;
  /** What came, if anything did. */
  readonly received: () => StopName | null;
  /** Gives the signals back. */
  readonly release: () => void;
};

export type StopName = "SIGINT" | "SIGTERM";
const STOP_NAMES: readonly StopName[] = ["SIGINT", "SIGTERM"];

type Listener = (...args: unknown[]) => void;

/** `source` is the process. While it listens, nobody else hears of these signals. */
export function listenForStop(source: EventEmitter): StopSignal {
  let resolve: (name: StopName) => void = () => undefined;
  const stopped = new Promise<StopName>((done) => {
    resolve = done;
  });
  const before = STOP_NAMES.map((name) => [name, source.rawListeners(name) as Listener[]] as const);
  const own = STOP_NAMES.map((name) => [name, () => arrived(name)] as const);
  let received: StopName | null = null;
  let listening = true;
  function release(): void {
    if (!listening) return;
    listening = false;
    for (const [name, listener] of own) source.removeListener(name, listener);
    for (const [name, listeners] of before) {
      for (const listener of listeners) source.on(name, listener);
    }
  }
  function arrived(name: StopName): void {
    received = name;
    // A person who asks twice wants it at once: the second goes the way it went before.
    release();
    resolve(name);
  }
  for (const [name, listeners] of before) {
    for (const listener of listeners) source.removeListener(name, listener);
  }
  for (const [name, listener] of own) source.on(name, listener);
  return { stopped, received: () => received, release };
}

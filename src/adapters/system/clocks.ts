/**
 * The wall's clock behind ports/clock.ts. It waits in short naps and looks again after each, so that
 * a computer that slept or a clock that was set is noticed; it never says "reached" early. A local
 * venue's clock is venue-clock.ts. Milliseconds since the epoch, UTC.
 */
import { settled } from "../../base/result.ts";
import type { Clock } from "../../ports/clock.ts";

/** Timers stand still while a computer sleeps: so late at most is its waking noticed. */
const NAP_MS = 1000;

export type WallSource = {
  readonly nowMs: () => number;
  /** Calls back after about so many milliseconds; returns what takes it back. */
  readonly after: (ms: number, call: () => void) => () => void;
};

const SYSTEM: WallSource = {
  nowMs: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export function createWallClock(source: WallSource = SYSTEM): Clock {
  return {
    nowMs: async () => source.nowMs(),
    waitUntil: (ms, wake) =>
      new Promise((resolve) => {
        let cancelNap = (): void => undefined;
        let unsubscribe = (): void => undefined;
        const end = (how: "reached" | "woken"): void => {
          cancelNap();
          unsubscribe();
          resolve(how);
        };
        const look = (): void => {
          const left = ms - source.nowMs();
          if (left <= 0) end("reached");
          else cancelNap = source.after(Math.min(left, NAP_MS), look);
        };
        if (wake !== undefined) unsubscribe = onceSettled(wake, () => end("woken"));
        look();
      }),
  };
}

/** One subscription for each promise, however often a daemon waits for the same one. */
const waiting = new WeakMap<Promise<unknown>, Set<() => void>>();

function onceSettled(promise: Promise<unknown>, call: () => void): () => void {
  let calls = waiting.get(promise);
  if (calls === undefined) {
    const all = new Set<() => void>();
    calls = all;
    waiting.set(promise, all);
    // Settled either way is awake; who made the promise hears of its failure.
    void settled(promise).then(() => {
      waiting.delete(promise);
      for (const each of all) each();
    });
  }
  const own = calls;
  own.add(call);
  return () => void own.delete(call);
}

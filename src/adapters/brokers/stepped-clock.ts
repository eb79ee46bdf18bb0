/**
 * Time that stands until somebody waits for it: each wait moves it from one thing that happens to the
 * next, so that whoever waits can be woken on the way. No timer, no wall clock. Milliseconds, UTC.
 */
import type { Clock } from "../../ports/clock.ts";

export type SteppedTime = {
  readonly nowMs: () => number;
  /** When something happens next; null: never again. */
  readonly nextMs: () => number | null;
  /** What happens on the way has been delivered when it returns, or resolves. */
  readonly advanceTo: (ms: number) => void | Promise<void>;
};

export function createSteppedClock(time: SteppedTime): Clock {
  return {
    nowMs: async () => time.nowMs(),
    async waitUntil(ms, wake) {
      let isAwake = false;
      // Settled either way is awake; a failure stays its maker's to hear of.
      const watched = wake?.then(
        () => {
          isAwake = true;
        },
        () => {
          isAwake = true;
        },
      );
      // One turn of the queue, so that a waker that has settled is seen.
      const look = () =>
        watched === undefined ? undefined : Promise.race([watched, Promise.resolve()]);
      await look();
      while (!isAwake && time.nowMs() < ms) {
        const next = time.nextMs();
        const until = next === null || next > ms ? ms : next;
        await time.advanceTo(Math.max(until, time.nowMs() + 1));
        await look();
      }
      return isAwake ? "woken" : "reached";
    },
  };
}

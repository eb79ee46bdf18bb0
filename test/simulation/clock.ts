/**
 * The process's clock: the venue's, plus what is wrong with ours. Waiting moves the venue, step by step
 * of its own day, so that whoever waits can be woken by what happens on the way. A jump changes the
 * reading and not the venue.
 */
import type { Clock } from "../../src/ports/clock.ts";
import type { Life } from "./life.ts";
import type { ClockTrouble } from "./scenario.ts";

export type VenueTime = {
  nowMs(): number;
  /** When something happens next at the venue; null: never again. */
  nextMs(): number | null;
  /** Delivers what happens on the way. */
  advanceTo(ms: number): void;
};

export type SkewedClock = {
  /** For one life; how wrong it is goes on from life to life. */
  of(life: Life): Clock;
};

export function createClock(venue: VenueTime, trouble: ClockTrouble): SkewedClock {
  let offset = trouble.skewMs;
  let readings = 0;
  const read = (): number => {
    readings++;
    for (const { reading, byMs } of trouble.jumps) if (reading === readings) offset += byMs;
    return venue.nowMs() + offset;
  };
  return {
    of: (life) => ({
      async nowMs() {
        await life.moment("reading the clock");
        return read();
      },
      async waitUntil(ms, wake) {
        await life.moment("before waiting");
        let woken = false;
        // Both ends of it: a wait whose waker fails has failed.
        const watched = wake?.then(() => {
          woken = true;
        });
        while (!woken && venue.nowMs() + offset < ms) {
          const next = venue.nextMs() ?? Number.POSITIVE_INFINITY;
          venue.advanceTo(Math.min(ms - offset, Math.max(next, venue.nowMs() + 1)));
          await life.moment("while waiting");
          // One turn, so that a waker that has just been called is seen.
          await Promise.race([watched, Promise.resolve()]);
        }
        return woken ? "woken" : "reached";
      },
    }),
  };
}

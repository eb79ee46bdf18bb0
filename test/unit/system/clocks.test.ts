/** The wall clock through sleeps, jumps and wakings. */
import { describe, expect, it } from "vitest";
import { createWallClock, type WallSource } from "../../../src/adapters/system/clocks.ts";

/** Time that a test moves: timers run on `steady`, the wall may be set apart from it. */
class FakeWall implements WallSource {
  steady = 0;
  offset = 1_000_000;
  timers: { at: number; call: () => void }[] = [];
  readonly nowMs = () => this.steady + this.offset;
  readonly after = (ms: number, call: () => void) => {
    const timer = { at: this.steady + ms, call };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((each) => each !== timer));
  };
  async run(ms: number): Promise<void> {
    const until = this.steady + ms;
    for (;;) {
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.steady = next.at;
      this.timers = this.timers.filter((each) => each !== next);
      next.call();
      await settle();
    }
    this.steady = until;
    await settle();
  }
}

const settle = () => new Promise((done) => setImmediate(done));

function watched(promise: Promise<string>): { end: string | null } {
  const seen: { end: string | null } = { end: null };
  void promise.then((end) => (seen.end = end));
  return seen;
}

describe("the wall clock", () => {
  it("is the system's, and never early on it", async () => {
    const clock = createWallClock();
    const before = Date.now();
    const until = (await clock.nowMs()) + 15;
    expect(await clock.waitUntil(until)).toBe("reached");
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    expect(until).toBeGreaterThanOrEqual(before + 15);
  });

  it("waits to the millisecond, and not at all for what is past", async () => {
    const wall = new FakeWall();
    const clock = createWallClock(wall);
    expect(await clock.waitUntil(wall.nowMs())).toBe("reached");
    const wait = watched(clock.waitUntil(wall.nowMs() + 3_600_500));
    await wall.run(3_600_499);
    expect(wait.end).toBeNull();
    await wall.run(1);
    expect(wait.end).toBe("reached");
    expect(wall.timers).toEqual([]);
  });

  it("notices within a second that the computer slept", async () => {
    const wall = new FakeWall();
    const wait = watched(createWallClock(wall).waitUntil(wall.nowMs() + 8 * 3_600_000));
    await wall.run(5000);
    wall.offset += 9 * 3_600_000;
    await wall.run(1000);
    expect(wait.end).toBe("reached");
  });

  it("is not early where the clock is set back, or a timer fires early", async () => {
    const wall = new FakeWall();
    const until = wall.nowMs() + 2500;
    const wait = watched(createWallClock(wall).waitUntil(until));
    await wall.run(2000);
    wall.offset -= 60_000;
    await wall.run(60_499);
    expect(wait.end).toBeNull();
    await wall.run(1);
    expect(wait.end).toBe("reached");
    const early = new FakeWall();
    const after = early.after;
    const hasty: WallSource = {
      nowMs: early.nowMs,
      after: (ms, call) => after(Math.max(1, ms - 1), call),
    };
    const second = watched(createWallClock(hasty).waitUntil(early.nowMs() + 10));
    await early.run(9);
    expect(second.end).toBeNull();
  });

  it("is woken by a promise that settles either way, and leaves no timer", async () => {
    const wall = new FakeWall();
    const clock = createWallClock(wall);
    for (const settledWake of [Promise.resolve(1), Promise.reject(new Error("lost"))]) {
      expect(await clock.waitUntil(wall.nowMs() + 5000, settledWake)).toBe("woken");
    }
    let wake = (): void => undefined;
    const stop = new Promise<void>((resolve) => (wake = resolve));
    const waits = [1, 2, 3].map((n) => watched(clock.waitUntil(wall.nowMs() + n * 5000, stop)));
    await wall.run(5000);
    expect(waits.map(({ end }) => end)).toEqual(["reached", null, null]);
    wake();
    await settle();
    expect(waits.map(({ end }) => end)).toEqual(["reached", "woken", "woken"]);
    expect(wall.timers).toEqual([]);
    expect(await clock.waitUntil(wall.nowMs() + 1, stop)).toBe("woken");
  });
});

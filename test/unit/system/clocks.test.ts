/** The wall clock through sleeps, jumps and wakings; the stepped clock against a small venue of this machine. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import {
  createSteppedClock,
  createWallClock,
  type WallSource,
} from "../../../src/adapters/system/clocks.ts";
import { Secret } from "../../../src/adapters/system/secret.ts";

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
      ...early,
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

const KEY = new Secret("KEY-ID");
const SECRET = new Secret("THE-SECRET");

type Venue = {
  readonly url: string;
  nowMs: number;
  /** Statuses of the next answers; 200 when it is empty. */
  readonly faults: (number | "drop")[];
  readonly asked: string[];
  frames: number;
  stuck: boolean;
};

async function startVenue(): Promise<Venue> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      venue.asked.push(`${request.method} ${request.url}`);
      const fault = venue.faults.shift();
      if (fault === "drop") return void request.socket.destroy();
      const { headers } = request;
      const isKnown =
        headers["apca-api-key-id"] === "KEY-ID" && headers["apca-api-secret-key"] === "THE-SECRET";
      const status = fault ?? (isKnown ? 200 : 401);
      if (status === 200 && request.method === "POST" && !venue.stuck) {
        venue.nowMs = Date.parse(JSON.parse(Buffer.concat(chunks).toString()).advance_to);
        for (const socket of sockets.clients) {
          for (let n = 0; n < venue.frames; n++) socket.send(Buffer.from(`frame ${n}`));
        }
      }
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ timestamp: stamp(venue.nowMs), message: "for THE-SECRET" }));
    });
  });
  const sockets = new WebSocketServer({ server });
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  onTestFinished(
    () =>
      new Promise<void>((closed) => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
        server.close(() => closed());
      }),
  );
  const { port } = server.address() as AddressInfo;
  const venue: Venue = {
    url: `http://127.0.0.1:${port}`,
    nowMs: Date.UTC(2010, 2, 4, 14, 30),
    faults: [],
    asked: [],
    frames: 0,
    stuck: false,
  };
  return venue;
}

/** New York in winter, with the nanoseconds that a venue prints. */
function stamp(ms: number): string {
  return `${new Date(ms - 5 * 3_600_000).toISOString().slice(0, -1)}456789-05:00`;
}

describe("the stepped clock", () => {
  const clockOf = ({ url }: Venue, timeoutMs = 2000) =>
    createSteppedClock({ url, keyId: KEY, secret: SECRET, timeoutMs });

  it("reads the venue's time, and moves it by waiting", async () => {
    const venue = await startVenue();
    const clock = clockOf(venue);
    const start = Date.UTC(2010, 2, 4, 14, 30);
    expect(await clock.nowMs()).toBe(start);
    expect(await clock.waitUntil(start + 90_061_007)).toBe("reached");
    expect(venue.nowMs).toBe(start + 90_061_007);
    expect(await clock.nowMs()).toBe(start + 90_061_007);
  });

  it("does not move it for what is past, or when woken before", async () => {
    const venue = await startVenue();
    const clock = clockOf(venue);
    expect(await clock.waitUntil(venue.nowMs)).toBe("reached");
    expect(await clock.waitUntil(venue.nowMs + 1000, Promise.resolve())).toBe("woken");
    expect(await clock.waitUntil(venue.nowMs + 1000, Promise.reject(new Error("x")))).toBe("woken");
    expect(venue.asked.filter((line) => line.startsWith("POST"))).toEqual([]);
    const never = new Promise(() => undefined);
    expect(await clock.waitUntil(venue.nowMs + 1000, never)).toBe("reached");
  });

  it("has reached it when what the venue sent on the way has arrived", async () => {
    const venue = await startVenue();
    const socket = new WebSocket(venue.url.replace("http", "ws"));
    onTestFinished(() => socket.terminate());
    const seen: string[] = [];
    socket.on("message", (frame) => void seen.push(String(frame)));
    await new Promise((open) => void socket.once("open", open));
    venue.frames = 40;
    const clock = clockOf(venue);
    for (let step = 1; step <= 5; step++) {
      await clock.waitUntil(venue.nowMs + 1000);
      expect(seen).toHaveLength(40 * step);
    }
  });

  it("asks again where no answer came, and then says so", async () => {
    const venue = await startVenue();
    venue.faults.push(503, "drop", 429);
    expect(await clockOf(venue).nowMs()).toBe(venue.nowMs);
    venue.faults.push(500, 500, 500, 500);
    await expect(clockOf(venue).nowMs()).rejects.toMatchObject({
      name: "BrokerUnavailable",
      message: `${venue.url}/v2/clock answered 500`,
    });
  });

  it("does not ask again where it is refused, and shows no credentials", async () => {
    const venue = await startVenue();
    const other = new Secret("WRONG-KEY");
    const clock = createSteppedClock({ url: venue.url, keyId: other, secret: SECRET });
    const error: Error = await clock.nowMs().then(
      () => new Error("answered"),
      (refusal: Error) => refusal,
    );
    expect(error).toMatchObject({ name: "BrokerRefused", code: "401" });
    expect(venue.asked).toHaveLength(1);
    expect(inspect(error, { depth: 9 })).not.toMatch(/WRONG-KEY|THE-SECRET/);
  });

  it("says of a venue that does not move that it is not a stepped one", async () => {
    const venue = await startVenue();
    venue.stuck = true;
    await expect(clockOf(venue).waitUntil(venue.nowMs + 1000)).rejects.toThrow(
      /was told to go to 2010-03-04T14:30:01.000Z and stands at 2010-03-04T14:30:00.000Z/,
    );
  });
});

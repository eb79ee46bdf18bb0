/** A local venue's clock, against a small venue of this machine: stepped, running by itself, faulty. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { Secret } from "../../../src/adapters/system/secret.ts";
import { createVenueClock } from "../../../src/adapters/system/venue-clock.ts";

const KEY = new Secret("KEY-ID");
const SECRET = new Secret("THE-SECRET");
const START = Date.UTC(2010, 2, 4, 14, 30);
const END = START + 10 * 86_400_000;

type Venue = {
  readonly url: string;
  nowMs: number;
  /** What its clock is off by. */
  skewMs: number;
  speed: "step" | number | null;
  /** It is looked at so often before it moves by itself. */
  readonly moves: number[];
  /** Statuses of the next answers; 200 when it is empty. */
  readonly faults: (number | "drop" | "text")[];
  readonly asked: string[];
};

async function startVenue(): Promise<Venue> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      venue.asked.push(`${request.method} ${request.url}`);
      const fault = venue.faults.shift();
      if (fault === "drop") return void request.socket.destroy();
      if (fault === "text") return void response.end("<html>");
      const [status, body] =
        typeof fault === "number"
          ? [fault, {}]
          : answer(venue, request, String(Buffer.concat(chunks)));
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  onTestFinished(
    () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  );
  const venue: Venue = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nowMs: START,
    skewMs: 0,
    speed: "step",
    moves: [],
    faults: [],
    asked: [],
  };
  return venue;
}

function answer(
  venue: Venue,
  { headers, method, url }: IncomingMessage,
  body: string,
): [number, object] {
  const isKnown =
    headers["apca-api-key-id"] === "KEY-ID" && headers["apca-api-secret-key"] === "THE-SECRET";
  if (!isKnown) return [401, { message: `${String(headers["apca-api-key-id"])} is not known` }];
  if (url === "/v2/clock") return [200, { timestamp: stamp(venue.nowMs + venue.skewMs) }];
  if (method === "POST") {
    const ms = Date.parse(JSON.parse(body).advance_to);
    if (ms > END) return [422, { message: "the pack ends" }];
    venue.nowMs = Math.max(venue.nowMs, ms);
  } else {
    venue.nowMs += venue.moves.shift() ?? 0;
  }
  return [200, { now: stamp(venue.nowMs), last: stamp(END), speed: venue.speed }];
}

/** New York in winter, with the nanoseconds that a venue prints. */
function stamp(ms: number): string {
  return `${new Date(ms - 5 * 3_600_000).toISOString().slice(0, -1)}456789-05:00`;
}

const clockOf = ({ url }: Venue) => createVenueClock({ url, keyId: KEY, secret: SECRET });

describe("a stepped venue", () => {
  it("tells its time, and is moved by being waited for, with one request", async () => {
    const venue = await startVenue();
    const clock = clockOf(venue);
    expect(await clock.nowMs()).toBe(START);
    expect(await clock.waitUntil(START + 90_061_007)).toBe("reached");
    expect(venue.nowMs).toBe(START + 90_061_007);
    expect(await clock.nowMs()).toBe(START + 90_061_007);
    venue.asked.length = 0;
    await clock.waitUntil(START + 90_061_008);
    expect(venue.asked).toEqual(["POST /assay/v1/clock"]);
  });

  it("is not moved back, nor by who is woken before", async () => {
    const venue = await startVenue();
    const clock = clockOf(venue);
    expect(await clock.waitUntil(START - 1)).toBe("reached");
    expect(venue.nowMs).toBe(START);
    expect(await clock.waitUntil(START + 1000, Promise.resolve())).toBe("woken");
    expect(await clock.waitUntil(START + 1000, Promise.reject(new Error("x")))).toBe("woken");
    expect(venue.nowMs).toBe(START);
    const never = new Promise(() => undefined);
    expect(await clock.waitUntil(START + 1000, never)).toBe("reached");
    expect(venue.nowMs).toBe(START + 1000);
  });

  it("is stepped to the instant though its clock is off, to either side", async () => {
    const venue = await startVenue();
    const clock = clockOf(venue);
    for (const [step, skewMs] of [-60_000, 60_000].entries()) {
      venue.skewMs = skewMs;
      const until = START + (step + 1) * 1000;
      expect(await clock.waitUntil(until)).toBe("reached");
      expect(venue.nowMs).toBe(until);
      expect(await clock.nowMs()).toBe(until + skewMs);
    }
  });

  it("that comes to the end of its pack refuses, once and for all", async () => {
    const venue = await startVenue();
    await expect(clockOf(venue).waitUntil(END + 1)).rejects.toMatchObject({
      name: "BrokerRefused",
      code: "422",
      message: expect.stringContaining("the pack ends"),
    });
    expect(venue.asked.filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });
});

describe("a venue that runs by itself", () => {
  it("is looked at until it is there, and not told to move", async () => {
    const venue = await startVenue();
    venue.speed = 3_600_000;
    // The first look asks for its speed.
    venue.moves.push(0, 0, 30_000, 29_999, 1, 77);
    expect(await clockOf(venue).waitUntil(START + 60_000)).toBe("reached");
    expect(venue.nowMs).toBe(START + 60_000);
    expect(venue.asked.every((line) => line === "GET /assay/v1/status")).toBe(true);
  });

  it("is not waited for beyond the end of its pack", async () => {
    const venue = await startVenue();
    venue.speed = 1;
    await expect(clockOf(venue).waitUntil(END + 1)).rejects.toMatchObject({
      name: "BrokerRefused",
      message: expect.stringContaining("goes up to 2010-03-14T14:30:00.000Z, not to 2010-03-14T14"),
    });
  });

  it("wakes who waits for it", async () => {
    const venue = await startVenue();
    venue.speed = 1;
    const wake = new Promise((resolve) => void setTimeout(resolve, 10));
    expect(await clockOf(venue).waitUntil(START + 3_600_000, wake)).toBe("woken");
  });
});

describe("a venue with faults", () => {
  it("is asked again where no answer came, and then that is said", async () => {
    const venue = await startVenue();
    venue.faults.push(503, "drop", 429);
    expect(await clockOf(venue).nowMs()).toBe(START);
    venue.faults.push("text");
    expect(await clockOf(venue).nowMs()).toBe(START);
    venue.faults.push(500, 500, 500, 500);
    await expect(clockOf(venue).nowMs()).rejects.toMatchObject({
      name: "BrokerUnavailable",
      message: `${venue.url}/v2/clock answered 500`,
    });
  });

  it("is not asked again where it refuses us, and no credentials are shown", async () => {
    const venue = await startVenue();
    const other = new Secret("WRONG-KEY");
    const clock = createVenueClock({ url: venue.url, keyId: other, secret: SECRET });
    const error: Error = await clock.nowMs().then(
      () => new Error("answered"),
      (refusal: Error) => refusal,
    );
    expect(error).toMatchObject({ name: "BrokerRefused", code: "401" });
    expect(error.message).toContain("[secret] is not known");
    expect(venue.asked).toHaveLength(1);
    expect(inspect(error, { depth: 9 })).not.toMatch(/WRONG-KEY|THE-SECRET/);
  });

  it("that does not say how its time runs is not guessed at", async () => {
    const venue = await startVenue();
    venue.speed = null;
    await expect(clockOf(venue).waitUntil(START + 1)).rejects.toThrow(
      "/assay/v1/status does not say how the venue's time runs",
    );
  });
});

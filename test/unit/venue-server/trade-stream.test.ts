/** The trade_updates stream as it is on the wire: who may listen, what is said to whom. */
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import type { RunningVenue } from "../../../src/apps/venue-server/start-venue.ts";
import { ask, CREDENTIALS, startFixture, stepTo } from "../../support/venue-fixture.ts";

const running: RunningVenue[] = [];
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await Promise.all(running.splice(0).map((venue) => venue.close()));
});

async function connected(path = "/stream") {
  const venue = await startFixture();
  running.push(venue);
  const socket = new WebSocket(`${venue.streamUrl.replace("/stream", "")}${path}`);
  sockets.push(socket);
  const waiting: ((frame: unknown) => void)[] = [];
  const frames: unknown[] = [];
  socket.on("message", (data) => {
    const frame: unknown = JSON.parse((data as Buffer).toString());
    const next = waiting.shift();
    if (next === undefined) frames.push(frame);
    else next(frame);
  });
  const opened = new Promise<void>((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
  });
  /** The next frame that comes. */
  const read = () =>
    frames.length > 0
      ? Promise.resolve(frames.shift())
      : new Promise<unknown>((resolve) => waiting.push(resolve));
  const say = (message: unknown) => {
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
    return read();
  };
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await opened;
  return { venue, socket, say, read, closed, frames };
}

const { keyId, secret } = CREDENTIALS;
const listenFor = (...streams: string[]) => ({ action: "listen", data: { streams } });

describe("the stream of trade updates", () => {
  it.each([
    [{ action: "authenticate", data: { key_id: keyId, secret_key: secret } }],
    [{ action: "auth", key: keyId, secret }],
  ])("lets %j in", async (message) => {
    const { say } = await connected();
    expect(await say(message)).toEqual({
      stream: "authorization",
      data: { status: "authorized", action: "authenticate" },
    });
    expect(await say(listenFor("trade_updates"))).toEqual({
      stream: "listening",
      data: { streams: ["trade_updates"] },
    });
  });

  it("turns wrong keys away and closes", async () => {
    const { say, closed } = await connected();
    expect(await say({ action: "auth", key: keyId, secret: "wrong" })).toMatchObject({
      data: { status: "unauthorized" },
    });
    expect(await closed).toBe(1008);
  });

  it("tells nothing to who has not shown keys, or listens to something else", async () => {
    const { say, venue, frames } = await connected();
    expect(await say(listenFor("trade_updates"))).toEqual({
      stream: "authorization",
      data: { status: "unauthorized", action: "listen" },
    });
    await say({ action: "auth", key: keyId, secret });
    expect(await say(listenFor("account_updates"))).toEqual({
      stream: "listening",
      data: { streams: [] },
    });
    const order = { symbol: "AAA", qty: "1", side: "buy", type: "market", time_in_force: "day" };
    await ask(venue, "POST", "/v2/orders", order);
    await stepTo(venue, "2024-01-10T15:00:00Z");
    expect(frames).toEqual([]);
  });

  it("complains about what it cannot read, and goes on", async () => {
    const { say } = await connected();
    for (const message of ["{", "7", '{"action":"dance"}']) {
      expect(await say(message)).toMatchObject({ action: "error" });
    }
    expect(await say({ action: "auth", key: keyId, secret })).toMatchObject({
      data: { status: "authorized" },
    });
  });

  it("prints an execution with its order", async () => {
    const { say, read, venue } = await connected();
    await say({ action: "auth", key: keyId, secret });
    await say(listenFor("trade_updates"));
    const order = { symbol: "AAA", qty: "3", side: "sell", type: "market", time_in_force: "opg" };
    const answer = await ask(venue, "POST", "/v2/orders", order);
    expect(await read()).toMatchObject({ stream: "trade_updates", data: { event: "accepted" } });
    await stepTo(venue, "2024-01-10T15:00:00Z");
    await read();
    expect(await read()).toEqual({
      stream: "trade_updates",
      data: {
        event: "fill",
        timestamp: "2024-01-10T14:30:00Z",
        execution_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        price: "105.5",
        qty: "3",
        position_qty: "-3",
        order: {
          ...(answer.body as object),
          status: "filled",
          updated_at: "2024-01-10T14:30:00Z",
          filled_at: "2024-01-10T14:30:00Z",
          filled_qty: "3",
          filled_avg_price: "105.5",
        },
      },
    });
  });

  it("is at one address", async () => {
    await expect(connected("/v2/sip")).rejects.toThrow(/404/);
  });
});

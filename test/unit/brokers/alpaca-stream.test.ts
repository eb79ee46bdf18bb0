import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import type { VenueEvent } from "../../../src/domain/venue-report.ts";
import { BrokerRefused, BrokerUnavailable, type Broker } from "../../../src/ports/broker.ts";
import {
  type ScriptedVenue,
  adapterAt,
  frame,
  greet,
  orderBody,
  startScripted,
} from "./scripted-venue.ts";

let venue: ScriptedVenue;
let broker: Broker;
let events: VenueEvent[];
let frames: unknown[];

beforeEach(async () => {
  venue = await startScripted(() => ({ status: 500 }));
  frames = [];
  venue.onFrame = (socket, said) => {
    frames.push(said);
    greet(socket, said);
  };
  ({ broker } = await adapterAt(venue.url));
  events = [];
});
afterEach(async () => {
  await broker.close();
  await venue.close();
});

const open = () => broker.stream((event) => events.push(event));
const sockets = () => [...venue.sockets.clients] as WebSocket[];

/** Waits until so many events have been told, however long the machine takes. */
async function told(count: number): Promise<readonly VenueEvent[]> {
  while (events.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
  return events;
}

const update = (event: string, fields: object = {}, order: object = {}) => ({
  stream: "trade_updates",
  data: {
    event,
    timestamp: "2026-11-23T14:30:00.000000001Z",
    order: orderBody({ status: "filled", filled_qty: "10", ...order }),
    ...fields,
  },
});
const FILL = { execution_id: "e-1", price: "612.34", qty: "10", position_qty: "10" };

describe("the stream of trade updates", () => {
  it("proves the keys, listens, and then is there", async () => {
    await open();
    expect(frames).toMatchObject([
      { action: "authenticate" },
      { action: "listen", data: { streams: ["trade_updates"] } },
    ]);
    expect(events).toEqual([{ kind: "connected" }]);
  });

  it("tells a fill with its execution, exact and in the venue's words", async () => {
    await open();
    frame(sockets()[0], update("fill", FILL));
    expect((await told(2))[1]).toMatchObject({
      kind: "fill",
      fill: {
        executionId: "e-1",
        venueOrderId: "61e69015-8549-4bfd-b9c3-01e75843f47d",
        clientOrderId: "assay-0001",
        symbol: "SPY",
        side: "buy",
        qty: "10",
        price: "612.34",
        cumulativeQty: "10",
        at: "2026-11-23T14:30:00.000000001Z",
        raw: { event: "fill" },
      },
      order: { status: "filled" },
    });
  });

  it("tells every other event as one of the order, twice where it came twice", async () => {
    await open();
    const names = ["accepted", "new", "canceled", "canceled", "replaced", "a_new_word"];
    for (const name of names) frame(sockets()[0], update(name));
    const list = (await told(1 + names.length)).slice(1);
    expect(list.map((event) => (event.kind === "order" ? event.event : event.kind))).toEqual(names);
  });

  it("says that it was lost, and that it is back, and hears again", async () => {
    await open();
    sockets()[0].close(1012, "restart");
    await told(3);
    frame(sockets().at(-1) as WebSocket, update("fill", FILL));
    expect((await told(4)).map(({ kind }) => kind)).toEqual([
      "connected",
      "disconnected",
      "connected",
      "fill",
    ]);
    expect(events[1]).toEqual({
      kind: "disconnected",
      reason: "the stream closed (1012, restart)",
    });
  });

  it("says once that it was lost, however often it fails to come back", async () => {
    await open();
    let refusals = 0;
    const welcome = venue.onFrame;
    venue.onFrame = (socket, said) => {
      if (refusals++ < 3) socket.terminate();
      else welcome(socket, said);
    };
    sockets()[0].terminate();
    await told(3);
    expect(events.map(({ kind }) => kind)).toEqual(["connected", "disconnected", "connected"]);
    expect(refusals).toBeGreaterThan(3);
  });

  it.each<[string, unknown]>([
    ["is not JSON", "{"],
    ["has no order", { stream: "trade_updates", data: { event: "fill" } }],
    ["has a fill without a price", update("fill", { ...FILL, price: null })],
    ["has a fill without its execution", update("fill", { ...FILL, execution_id: undefined })],
    ["reports an error", { action: "error", data: { error_message: "internal error" } }],
  ])("calls a frame that %s a loss, so that the day reconciles", async (_, bad) => {
    await open();
    frame(sockets()[0], bad);
    frame(sockets()[0], update("fill", FILL));
    expect((await told(4)).map(({ kind }) => kind)).toEqual([
      "connected",
      "disconnected",
      "connected",
      "fill",
    ]);
  });

  it("does not mind a stream that it did not ask for", async () => {
    await open();
    frame(sockets()[0], { stream: "account_updates", data: {} });
    frame(sockets()[0], update("fill", FILL));
    expect((await told(2)).map(({ kind }) => kind)).toEqual(["connected", "fill"]);
  });

  it("does not begin with keys that the venue refuses", async () => {
    venue.onFrame = (socket) =>
      frame(socket, { stream: "authorization", data: { status: "unauthorized" } });
    const refusal = open();
    await expect(refusal).rejects.toBeInstanceOf(BrokerRefused);
    await expect(refusal).rejects.toThrow(/refused the keys: HTTP 401, "unauthorized"/);
    expect(events).toEqual([]);
  });

  it("says so when the keys are refused later, and is not opened again", async () => {
    await open();
    venue.onFrame = (socket) =>
      frame(socket, { stream: "authorization", data: { status: "unauthorized" } });
    sockets()[0].terminate();
    await told(3);
    expect(events[2]).toMatchObject({
      kind: "disconnected",
      reason: expect.stringMatching(/refused the keys.*it is not opened again$/) as string,
    });
  });

  it("that never listens is unavailable", async () => {
    venue.onFrame = () => undefined;
    const { broker: hasty } = await adapterAt(venue.url, { timeoutMs: 50 });
    const refusal = hasty.stream(() => undefined);
    await expect(refusal).rejects.toBeInstanceOf(BrokerUnavailable);
    await expect(refusal).rejects.toThrow(/stream: no answer from .*did not say that it listens/);
  });

  it("tells nothing once it is closed, and leaves no socket", async () => {
    const stream = await open();
    const [socket] = sockets();
    const gone = new Promise((resolve) => socket.on("close", resolve));
    const closing = stream.close();
    frame(socket, update("fill", FILL));
    await closing;
    await gone;
    await stream.close();
    expect(events).toEqual([{ kind: "connected" }]);
    expect(sockets()).toEqual([]);
  });

  it("that is still being opened is closed with the broker", async () => {
    const opening = open();
    await broker.close();
    await opening;
    while (sockets().length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(events.length).toBeLessThanOrEqual(1);
  });

  it("puts every frame that came on the tape, and none that was sent", async () => {
    const { broker: taped, heard } = await adapterAt(venue.url);
    const stream = await taped.stream(() => undefined);
    await stream.close();
    expect(heard.map(({ channel, action, sent }) => [channel, action, sent])).toEqual([
      ["stream", "received", null],
      ["stream", "received", null],
      ["stream", "closed", null],
    ]);
  });
});

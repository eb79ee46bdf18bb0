/** What a fault script does over the wire: each kind planted, each seen by a client. */
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import type { RunningVenue } from "../../../src/apps/venue-server/start-venue.ts";
import { type FaultKind, type FaultRule, faultRule } from "../../../src/venue/faults.ts";
import { ask, CREDENTIALS, startFixture, stepTo } from "../../support/venue-fixture.ts";

const running: RunningVenue[] = [];
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await Promise.all(running.splice(0).map((venue) => venue.close()));
});

async function venueWith(...rules: FaultRule[]): Promise<RunningVenue> {
  const venue = await startFixture({ faults: { seed: 3, rules } });
  running.push(venue);
  return venue;
}

const planted = (kind: FaultKind, over: Partial<Omit<FaultRule, "kind">> = {}) =>
  venueWith(faultRule(kind, over));

type Told = { readonly event: string; readonly execution_id?: string; readonly order: object };

/** Everything the stream says, from the moment it listens; and whether it was cut. */
async function listen(venue: RunningVenue) {
  const told: Told[] = [];
  const socket = new WebSocket(venue.streamUrl);
  sockets.push(socket);
  const state = { told, cut: false, binary: true };
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => {
      state.cut = true;
    });
    socket.on("open", () => {
      const { keyId, secret } = CREDENTIALS;
      socket.send(
        JSON.stringify({ action: "authenticate", data: { key_id: keyId, secret_key: secret } }),
      );
    });
    socket.on("message", (data, binary) => {
      state.binary &&= binary;
      const frame = JSON.parse((data as Buffer).toString());
      if (frame.stream === "authorization") {
        socket.send(JSON.stringify({ action: "listen", data: { streams: ["trade_updates"] } }));
      } else if (frame.stream === "listening") resolve();
      else told.push(frame.data);
    });
  });
  return state;
}

const order = (id: string, over: object = {}) => ({
  symbol: "AAA",
  qty: "10",
  side: "buy",
  type: "market",
  time_in_force: "opg",
  client_order_id: id,
  ...over,
});
const place = (venue: RunningVenue, id: string, over: object = {}) =>
  ask(venue, "POST", "/v2/orders", order(id, over));
const find = (venue: RunningVenue, id: string) =>
  ask(venue, "GET", `/v2/orders:by_client_order_id?client_order_id=${id}`);

const EARLY = "2024-01-10T13:00:00Z";
const OPENED = "2024-01-10T15:00:00Z";
const CLOSED = "2024-01-10T21:30:00Z";

describe("a request that goes wrong", () => {
  it("lost_ack: the connection is cut after the order was taken", async () => {
    const venue = await planted("lost_ack", { call: "place" });
    await expect(place(venue, "a")).rejects.toThrow(/fetch failed/);
    expect((await find(venue, "a")).status).toBe(200);
    expect((await place(venue, "b")).status).toBe(200);
  });

  it("error_before and error_after: 500, without the order and with it", async () => {
    const venue = await venueWith(
      faultRule("error_before", { call: "place", nth: 1 }),
      faultRule("error_after", { call: "place", nth: 2 }),
    );
    expect(await place(venue, "a")).toMatchObject({ status: 500, body: { code: 50010000 } });
    expect((await find(venue, "a")).status).toBe(404);
    expect((await place(venue, "b")).status).toBe(500);
    expect((await find(venue, "b")).status).toBe(200);
  });

  it("timeout: no answer, then the connection is cut; the order is there", async () => {
    const venue = await planted("timeout", { call: "place", durationMs: 30 });
    await expect(place(venue, "a")).rejects.toThrow(/fetch failed/);
    expect((await find(venue, "a")).status).toBe(200);
  });

  it("rate_limit: 429, and nothing was done", async () => {
    const venue = await planted("rate_limit", { call: "place" });
    expect(await place(venue, "a")).toMatchObject({ status: 429, body: { code: 42910000 } });
    expect((await find(venue, "a")).status).toBe(404);
  });

  it("replace_rejected: accepted, and rejected by the stream afterwards", async () => {
    const venue = await planted("replace_rejected");
    await stepTo(venue, OPENED);
    const stream = await listen(venue);
    const limit = { type: "limit", limit_price: "50", time_in_force: "day" };
    const first = (await place(venue, "a", limit)).body as { readonly id: string };
    const replaced = await ask(venue, "PATCH", `/v2/orders/${first.id}`, { limit_price: "51" });
    expect(replaced.status).toBe(200);
    await stepTo(venue, CLOSED);
    expect(stream.told.map(({ event }) => event)).toContain("order_replace_rejected");
  });
});

describe("a stream that goes wrong", () => {
  async function fillWith(...rules: FaultRule[]) {
    const venue = await venueWith(...rules);
    await stepTo(venue, EARLY);
    const stream = await listen(venue);
    await place(venue, "a");
    await stepTo(venue, OPENED);
    return { venue, stream, events: stream.told.map(({ event }) => event) };
  }

  it("is sound without a fault, in binary frames", async () => {
    const { events, stream } = await fillWith();
    expect(events).toEqual(["accepted", "new", "fill"]);
    expect(stream.binary).toBe(true);
  });

  it("duplicate_event", async () => {
    const { events, stream } = await fillWith(faultRule("duplicate_event", { nth: 3 }));
    expect(events).toEqual(["accepted", "new", "fill", "fill"]);
    expect(stream.told[2]).toEqual(stream.told[3]);
  });

  it("missed_fill: the activity has it, the stream has not", async () => {
    const { events, venue } = await fillWith(faultRule("missed_fill"));
    expect(events).toEqual(["accepted", "new"]);
    expect((await ask(venue, "GET", "/v2/account/activities")).body).toHaveLength(1);
  });

  it("out_of_order", async () => {
    const { events } = await fillWith(faultRule("out_of_order", { nth: 2 }));
    expect(events).toEqual(["accepted", "fill", "new"]);
  });

  it("late_event: when the venue's time has come", async () => {
    const { events, stream, venue } = await fillWith(
      faultRule("late_event", { nth: 3, durationMs: 3_600_000 }),
    );
    expect(events).toEqual(["accepted", "new"]);
    await stepTo(venue, "2024-01-10T15:29:59Z");
    expect(stream.told).toHaveLength(2);
    await stepTo(venue, "2024-01-10T15:30:00Z");
    expect(stream.told.map(({ event }) => event)).toEqual(["accepted", "new", "fill"]);
  });

  it("stream_drop: cut, and what happened is not told again", async () => {
    const { venue, stream } = await fillWith(faultRule("stream_drop", { nth: 2 }));
    expect(stream.cut).toBe(true);
    expect(stream.told.map(({ event }) => event)).toEqual(["accepted"]);
    const again = await listen(venue);
    await stepTo(venue, CLOSED);
    expect(again.told).toEqual([]);
  });

  it("stream_stall: silent for a while, though the connection stands", async () => {
    const { venue, stream, events } = await fillWith(
      faultRule("stream_stall", { nth: 2, durationMs: 7_200_000 }),
    );
    expect(events).toEqual(["accepted"]);
    expect(stream.cut).toBe(false);
    await stepTo(venue, CLOSED);
    await place(venue, "b");
    await stepTo(venue, "2024-01-11T15:00:00Z");
    expect(stream.told.map(({ event }) => event)).toEqual(["accepted", "accepted", "new", "fill"]);
  });
});

describe("a venue that goes wrong", () => {
  const account = async (venue: RunningVenue) =>
    (await ask(venue, "GET", "/v2/account")).body as { readonly cash: string };

  it("partial_fill: a part now, and the rest is not filled at the auction", async () => {
    const venue = await planted("partial_fill", { share: 0.4 });
    await stepTo(venue, EARLY);
    await place(venue, "a", { time_in_force: "day" });
    await stepTo(venue, OPENED);
    expect((await find(venue, "a")).body).toMatchObject({
      status: "partially_filled",
      filled_qty: "4",
    });
  });

  it("late_position: positions show the old figures for ten seconds", async () => {
    const venue = await planted("late_position");
    await stepTo(venue, EARLY);
    await place(venue, "a");
    await stepTo(venue, "2024-01-10T14:30:05Z");
    expect((await find(venue, "a")).body).toMatchObject({ status: "filled" });
    expect((await ask(venue, "GET", "/v2/positions")).body).toEqual([]);
    expect((await ask(venue, "GET", "/v2/positions/AAA")).status).toBe(404);
    await stepTo(venue, "2024-01-10T14:30:10Z");
    expect((await ask(venue, "GET", "/v2/positions")).body).toMatchObject([{ qty: "10" }]);
  });

  it("stuck_order: neither fills nor goes", async () => {
    const venue = await planted("stuck_order");
    await stepTo(venue, EARLY);
    const { id } = (await place(venue, "a")).body as { readonly id: string };
    expect((await ask(venue, "DELETE", `/v2/orders/${id}`)).status).toBe(204);
    await stepTo(venue, CLOSED);
    expect((await find(venue, "a")).body).toMatchObject({ status: "pending_cancel" });
  });

  it("duplicate_fill and price_bust are in the activities", async () => {
    const venue = await venueWith(
      faultRule("duplicate_fill", { nth: 1 }),
      faultRule("price_bust", { nth: 2, price: "1.25" }),
    );
    await stepTo(venue, EARLY);
    await place(venue, "a");
    await place(venue, "b", { symbol: "BBB" });
    await stepTo(venue, OPENED);
    const rows = (await ask(venue, "GET", "/v2/account/activities?direction=asc")).body as {
      readonly id: string;
      readonly symbol: string;
      readonly price: string;
    }[];
    const doubled = rows.filter(({ symbol }) => symbol === "AAA");
    expect(new Set(doubled.map(({ id }) => id.split("::")[1])).size).toBe(1);
    expect(doubled).toHaveLength(2);
    expect(rows.find(({ symbol }) => symbol === "BBB")?.price).toBe("1.25");
  });

  it("cash, positions, phantom orders and fills nobody asked for come at their hour", async () => {
    const fromMs = Date.parse("2024-01-10T18:00:00Z");
    const of = { fromMs, symbol: "CCC" };
    const venue = await venueWith(
      faultRule("cash_adjusted", { fromMs, amountMinor: -12_345 }),
      faultRule("position_changed", { ...of, symbol: "BBB", qty: "2" }),
      faultRule("unasked_fill", { ...of, qty: "-3", price: "40" }),
      faultRule("phantom_order", { ...of, qty: "5", price: "10" }),
    );
    await stepTo(venue, "2024-01-10T17:59:59Z");
    expect((await account(venue)).cash).toBe("100000.00");
    await stepTo(venue, CLOSED);
    expect((await account(venue)).cash).toBe("99996.55");
    expect((await ask(venue, "GET", "/v2/positions")).body).toMatchObject([
      { symbol: "BBB", qty: "2", side: "long" },
      { symbol: "CCC", qty: "-3", side: "short" },
    ]);
    expect((await ask(venue, "GET", "/v2/orders")).body).toMatchObject([
      { symbol: "CCC", qty: "5", limit_price: "10", status: "new" },
    ]);
    const [fill] = (await ask(venue, "GET", "/v2/account/activities/FILL")).body as object[];
    expect(fill).toMatchObject({ transaction_time: "2024-01-10T18:00:00Z", qty: "3" });
  });

  it("halt: orders wait until it is over", async () => {
    const venue = await planted("halt", { symbol: "AAA", durationMs: 24 * 3_600_000 });
    await stepTo(venue, EARLY);
    await place(venue, "a", { time_in_force: "gtc" });
    await stepTo(venue, CLOSED);
    expect((await find(venue, "a")).body).toMatchObject({ filled_qty: "0" });
    await stepTo(venue, "2024-01-11T21:30:00Z");
    expect((await find(venue, "a")).body).toMatchObject({ status: "filled" });
  });

  it("clock_skew: the clock is wrong, time itself is not", async () => {
    const venue = await planted("clock_skew", { durationMs: -90_000 });
    await stepTo(venue, OPENED);
    const clock = (await ask(venue, "GET", "/v2/clock")).body as { readonly timestamp: string };
    expect(clock.timestamp).toBe("2024-01-10T09:58:30-05:00");
    expect((await ask(venue, "GET", "/assay/v1/status")).body).toMatchObject({
      now: "2024-01-10T15:00:00Z",
    });
  });
});

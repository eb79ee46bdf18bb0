/**
 * The Alpaca adapter against the local venue, over real sockets: what one says, the other means. Beside
 * the numbered cards that every broker passes, this is what only the wire can break: ids of executions,
 * lost acknowledgements, a stream that drops, splits and dividends as activities.
 */
import { afterEach, describe, expect, it } from "vitest";
import { createAlpacaTables } from "../../src/adapters/providers/alpaca-tables.ts";
import { createAlpacaBroker } from "../../src/adapters/brokers/alpaca/broker.ts";

import type { VenueEvent } from "../../src/domain/venue-report.ts";
import type { Broker } from "../../src/ports/broker.ts";
import { buildContent } from "../../src/market/build.ts";
import { tableRequests } from "../../src/market/sources/requests.ts";
import type { ProviderSettings } from "../../src/market/sources/section.ts";
import type { ProviderRequest } from "../../src/ports/table-source.ts";
import { packOf } from "../support/market-fixture.ts";
import { settings } from "../unit/market/fixture.ts";
import { type FaultKind, faultRule, type FaultRule } from "../../src/venue/faults.ts";
import {
  CREDENTIALS,
  type FixtureOptions,
  rising,
  startFixture,
  withVolume,
} from "../support/venue-fixture.ts";
import { approvedOrder } from "../unit/brokers/scripted-venue.ts";

const at = (text: string) => Date.parse(text);
const BEFORE_OPEN = at("2024-01-10T13:00:00Z");
const AFTER_OPEN = at("2024-01-10T15:00:00Z");
const AFTER_CLOSE = at("2024-01-10T21:30:00Z");

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function open(options: FixtureOptions = {}) {
  const venue = await startFixture(options);
  stops.push(venue.close);
  const broker = await createAlpacaBroker({
    ...CREDENTIALS,
    environment: "paper",
    venueUrl: venue.url,
    requestsPerMinute: "unlimited",
    tape: () => undefined,
    timeoutMs: 20_000,
  });
  stops.push(broker.close);
  return { venue, broker };
}

const faults = (kind: FaultKind, over: Partial<FaultRule> = {}): FixtureOptions => ({
  faults: { seed: 1, rules: [faultRule(kind, over)] },
});

const order = (clientOrderId: string, qty: string, side: "buy" | "sell" = "buy") =>
  approvedOrder({ clientOrderId, symbol: "AAA", qty, side, timeInForce: "opg" });

async function heard(broker: Broker) {
  const events: VenueEvent[] = [];
  await broker.stream((event) => events.push(event));
  const until = async (count: number) => {
    while (events.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
    return events.map((event) => (event.kind === "order" ? event.event : event.kind));
  };
  return { events, until };
}

describe("Alpaca's adapter and the local venue", () => {
  it("agree on account, clock and calendar", async () => {
    const { venue, broker } = await open();
    await venue.advanceTo(BEFORE_OPEN);
    expect(await broker.account()).toEqual({
      accountId: "00000000-0000-4000-8000-000000000001",
      currency: "USD",
    });
    expect(await broker.clock()).toEqual({
      nowMs: BEFORE_OPEN,
      isOpen: false,
      nextOpenMs: at("2024-01-10T14:30:00Z"),
      nextCloseMs: at("2024-01-10T21:00:00Z"),
    });
    const sessions = await broker.sessions("2024-01-12", "2024-01-16");
    expect(sessions).toEqual(
      ["2024-01-12", "2024-01-16"].map((date) => ({
        date,
        openMs: at(`${date}T14:30:00Z`),
        closeMs: at(`${date}T21:00:00Z`),
      })),
    );
  });

  it("name one execution alike on the stream and among the activities", async () => {
    const { venue, broker } = await open();
    await venue.advanceTo(BEFORE_OPEN);
    const { events, until } = await heard(broker);
    const placed = await broker.place(order("one", "10"));
    expect(placed).toMatchObject({ kind: "acknowledged", order: { status: "working", qty: "10" } });
    await venue.advanceTo(AFTER_OPEN);
    expect(await until(4)).toEqual(["connected", "accepted", "new", "fill"]);

    const { activities, cursor } = await broker.activitiesSince(null);
    const [streamed] = events.flatMap((event) => (event.kind === "fill" ? [event.fill] : []));
    expect(activities).toMatchObject([
      {
        kind: "fill",
        executionId: streamed.executionId,
        venueOrderId: streamed.venueOrderId,
        qty: "10",
        cumulativeQty: "10",
        price: streamed.price,
        at: streamed.at,
      },
    ]);
    expect(streamed).toMatchObject({ clientOrderId: "one", price: "105.5", side: "buy" });
    expect((await broker.activitiesSince(cursor)).cursor).toBe(cursor);
    expect(await broker.orderByClientId("one")).toMatchObject({
      status: "filled",
      filledQty: "10",
    });
    expect(await broker.snapshot()).toMatchObject({
      cash: [{ currency: "USD", amount: "98945.00" }],
      positions: [{ symbol: "AAA", qty: "10", averagePrice: "105.5" }],
      openOrders: [],
    });
  });

  it("cancel, and know what cannot be cancelled", async () => {
    const { venue, broker } = await open();
    await venue.advanceTo(BEFORE_OPEN);
    const placed = await broker.place(order("one", "10"));
    if (placed.kind !== "acknowledged") throw new Error(`the order was ${placed.kind}`);
    const { venueOrderId } = placed.order;
    expect((await broker.snapshot()).openOrders.map((each) => each.clientOrderId)).toEqual(["one"]);
    expect(await broker.cancel(venueOrderId)).toEqual({ kind: "requested" });
    expect(await broker.orderByClientId("one")).toMatchObject({ status: "cancelled" });
    expect(await broker.cancel(venueOrderId)).toMatchObject({ kind: "not_cancelable" });
    expect(await broker.cancel("00000000-0000-4000-8000-00000000dead")).toMatchObject({
      kind: "not_cancelable",
    });
    expect(await broker.orderByClientId("two")).toBe(null);
  });

  it("refuse what the venue refuses, in the venue's words", async () => {
    const { venue, broker } = await open({ rules: { buyingPowerMultiplier: 1 } });
    await venue.advanceTo(BEFORE_OPEN);
    expect(await broker.place(order("one", "10000000"))).toMatchObject({
      kind: "rejected",
      code: "40310000",
    });
    expect(await broker.orderByClientId("one")).toBe(null);
  });

  it("do not double an order that is sent again", async () => {
    const { venue, broker } = await open();
    await venue.advanceTo(BEFORE_OPEN);
    const first = await broker.place(order("one", "10"));
    const again = await broker.place(order("one", "10"));
    expect(again).toMatchObject({ kind: "acknowledged" });
    if (first.kind !== "acknowledged" || again.kind !== "acknowledged") return;
    expect(again.order.venueOrderId).toBe(first.order.venueOrderId);
    expect((await broker.snapshot()).openOrders.length).toBe(1);
  });

  it.each<[FaultKind, Partial<FaultRule>, boolean]>([
    ["lost_ack", { call: "place" }, true],
    ["error_after", { call: "place" }, true],
    ["error_before", { call: "place" }, false],
    ["rate_limit", { call: "place" }, false],
  ])(
    "call an order unknown after %s, and find out whether it is there",
    async (kind, over, there) => {
      const { venue, broker } = await open(faults(kind, over));
      await venue.advanceTo(BEFORE_OPEN);
      expect(await broker.place(order("one", "10"))).toMatchObject({ kind: "unknown" });
      const found = await broker.orderByClientId("one");
      expect(found?.clientOrderId ?? null).toBe(there ? "one" : null);
    },
  );

  it("read through trouble that passes", async () => {
    const { venue, broker } = await open(faults("error_before", { call: "account" }));
    await venue.advanceTo(BEFORE_OPEN);
    expect((await broker.account()).currency).toBe("USD");
  });

  it("lose the stream, come back, and have missed nothing that activities tell", async () => {
    const { venue, broker } = await open(faults("stream_drop", { nth: 3 }));
    await venue.advanceTo(BEFORE_OPEN);
    const { until } = await heard(broker);
    await broker.place(order("one", "10"));
    await venue.advanceTo(AFTER_OPEN);
    const kinds = await until(5);
    expect(kinds.slice(0, 3)).toEqual(["connected", "accepted", "new"]);
    expect(kinds).toContain("disconnected");
    expect(kinds.at(-1)).toBe("connected");
    const { activities } = await broker.activitiesSince(null);
    expect(activities.map(({ kind }) => kind)).toEqual(["fill"]);
  });

  it("tell splits and dividends as what they are", async () => {
    const listings = {
      AAA: rising(100, [
        { split: 4, on: "2024-01-12" },
        { dividend: 0.25, on: "2024-01-16", paid: "2024-01-17" },
      ]),
    };
    const { venue, broker } = await open({ listings });
    await venue.advanceTo(BEFORE_OPEN);
    await broker.place(order("one", "10"));
    await venue.advanceTo(AFTER_CLOSE);
    const { cursor } = await broker.activitiesSince(null);
    await venue.advanceTo(at("2024-01-18T22:00:00Z"));
    const { activities } = await broker.activitiesSince(cursor);
    const told = activities.filter(({ kind }) => kind !== "fill");
    expect(told).toMatchObject([
      { kind: "split", symbol: "AAA", date: "2024-01-12", qtyAfter: "40", ratio: 4 },
      { kind: "cash", cause: "dividend", symbol: "AAA", amount: "10.00", date: "2024-01-17" },
    ]);
    expect((await broker.snapshot()).positions).toMatchObject([{ symbol: "AAA", qty: "40" }]);
  });

  it("do not agree on other keys", async () => {
    const { venue } = await open();
    const stranger = await createAlpacaBroker({
      keyId: "PKSTRANGER",
      secret: "another",
      environment: "paper",
      venueUrl: venue.url,
      tape: () => undefined,
      timeoutMs: 20_000,
    });
    const refused = { name: "BrokerRefused", message: expect.stringContaining("other keys") };
    await expect(stranger.account()).rejects.toMatchObject(refused);
    await expect(stranger.stream(() => undefined)).rejects.toMatchObject(refused);
    expect(await stranger.place(order("one", "10"))).toMatchObject({ kind: "rejected" });
  });
});

describe("market data of the local venue as a source of bars", () => {
  /** As the fixture's, with a volume on every bar: Alpaca's have one. */
  async function market() {
    const listings = {
      AAA: rising(100, [
        { split: 4, on: "2024-01-12" },
        { dividend: 0.25, on: "2024-01-16", paid: "2024-01-17" },
      ]),
      BBB: rising(200, [{ split: 0.5, on: "2024-01-08" }]),
    };
    const venue = await startFixture({ listings, volumes: true });
    stops.push(venue.close);
    const tables = createAlpacaTables(() => ({
      ...CREDENTIALS,
      environment: "paper",
      venueUrl: venue.url,
      tape: () => undefined,
      timeoutMs: 20_000,
    }));
    const { series, actions } = packOf(listings);
    return { venue, tables, series: withVolume(series), actions };
  }

  it("gives back the pack that is replayed, up to the last session that has closed", async () => {
    const { venue, tables, series, actions } = await market();
    await venue.advanceTo(at("2024-01-18T18:00:00Z"));
    const source: ProviderSettings = {
      provider: "alpaca",
      symbols: ["AAA", "BBB"],
      feed: "sip",
      from: "2024-01-02",
      rights: "test",
    };
    const data = settings({ sources: [source] });
    const read = await Promise.all(
      tableRequests(data).map(({ request }) => tables(request as ProviderRequest)),
    );
    const { content } = buildContent(data, { tables: read.map(({ table }) => table), seed: 1 });
    const until = at("2024-01-17");
    const upTo = (one: (typeof series)[number]) => one.timesMs.filter((ms) => ms <= until).length;
    for (const [k, { timesMs, open, high, low, close, volume }] of content.series.entries()) {
      const count = upTo(series[k]);
      const cut = (values: Float64Array | null) => [...(values ?? [])].slice(0, count);
      expect(count).toBe(11);
      expect(
        [timesMs, open, high, low, close, volume].map((values) => [...(values ?? [])]),
      ).toEqual(
        [
          series[k].timesMs,
          series[k].open,
          series[k].high,
          series[k].low,
          series[k].close,
          series[k].volume,
        ].map(cut),
      );
    }
    expect(content.actions).toEqual(
      [...actions].sort(
        (a, b) => a.exDateMs - b.exDateMs || (a.instrument < b.instrument ? -1 : 1),
      ),
    );
  });
});

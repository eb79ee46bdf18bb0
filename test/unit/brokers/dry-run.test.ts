/**
 * The dry-run broker beyond the cards: intents before anything else, state that outlives the process,
 * sessions whose bars are not known yet under the wall's clock, and not one socket.
 */
import net from "node:net";
import { describe, expect, it, vi } from "vitest";
import {
  createDryRun,
  type DryRunIntent,
  type DryRunMarket,
  type DryRunOptions,
} from "../../../src/adapters/brokers/dry-run.ts";
import { canonicalJson, type Json } from "../../../src/base/canonical-json.ts";
import type { VenueEvent } from "../../../src/domain/venue-report.ts";
import { approved, CARD_SESSIONS, CARD_TERMS } from "../../support/card-market.ts";

const [, , FIRST, SECOND] = CARD_SESSIONS;
const HOUR = 3_600_000;

/** What outlives the process. */
type Disk = { text: string | null; readonly intents: DryRunIntent[]; saves: number };
const blank = (): Disk => ({ text: null, intents: [], saves: 0 });

function optionsOn(disk: Disk, over: Partial<DryRunOptions> = {}): DryRunOptions {
  const { costs, rules: _, series, actions, firstDate, ...terms } = CARD_TERMS;
  const { fees, debitRate, borrowRate } = costs;
  return {
    terms: { ...terms, fees, debitRate, borrowRate },
    series,
    actions,
    firstDate,
    sessions: CARD_SESSIONS,
    store: {
      load: async () => (disk.text === null ? null : (JSON.parse(disk.text) as Json)),
      save: async (state) => {
        disk.text = canonicalJson(state);
        disk.saves++;
      },
    },
    intend: async (intent) => void disk.intents.push(intent),
    wall: null,
    ...over,
  };
}

/** Bars up to and with a date. */
function marketUntil(date: string): DryRunMarket {
  const untilMs = Date.parse(date);
  const series = CARD_TERMS.series.map((one) => {
    const rows = one.timesMs.filter((ms) => ms <= untilMs).length;
    const head = (column: Float64Array | null) => column?.slice(0, rows) ?? null;
    const [open, high, low, volume] = [one.open, one.high, one.low, one.volume].map(head);
    const [timesMs, close] = [one.timesMs.slice(0, rows), one.close.slice(0, rows)];
    return { ...one, timesMs, close, open, high, low, volume };
  });
  return { series, actions: CARD_TERMS.actions };
}

/** A wall that a test sets. */
function wallAt(ms: number) {
  const wall = {
    ms,
    nowMs: async () => wall.ms,
    waitUntil: async (until: number) => {
      wall.ms = Math.max(wall.ms, until);
      return "reached" as const;
    },
  };
  return wall;
}

describe("intents", () => {
  it("are recorded once for each order, and for each cancellation", async () => {
    const disk = blank();
    const { broker } = await createDryRun(optionsOn(disk));
    const order = approved({ symbol: "AA" });
    const placed = await broker.place(order);
    await broker.place(order);
    const venueOrderId = placed.kind === "acknowledged" ? placed.order.venueOrderId : "";
    await broker.cancel(venueOrderId);
    expect(disk.intents.map(({ kind }) => kind)).toEqual(["place", "cancel"]);
    expect(disk.intents[0]).toMatchObject({ at: "2024-01-10T00:00:00.000Z", order });
  });

  it("come first: where one cannot be recorded, nothing happens", async () => {
    const disk = blank();
    const intend = () => Promise.reject(new Error("the disk is full"));
    const { broker } = await createDryRun(optionsOn(disk, { intend }));
    const order = approved({ symbol: "AA" });
    await expect(broker.place(order)).rejects.toThrow(/disk is full/);
    expect(await broker.orderByClientId(order.clientOrderId)).toBeNull();
  });
});

describe("a restart", () => {
  it("finds orders, fills, positions and cash where they were", async () => {
    const disk = blank();
    const first = await createDryRun(optionsOn(disk));
    const order = approved({ symbol: "AA" });
    await first.broker.place(order);
    const second = await createDryRun(optionsOn(disk));
    expect(await second.broker.orderByClientId(order.clientOrderId)).toMatchObject({
      status: "working",
    });
    await second.clock.waitUntil(FIRST.openMs + HOUR);
    const [told, third] = [await second.broker.snapshot(), await createDryRun(optionsOn(disk))];
    const found = await third.broker.snapshot();
    expect({ ...found, at: null }).toEqual({ ...told, at: null });
    expect(found.positions).toMatchObject([{ symbol: "AA", qty: "10", averagePrice: "101.6015" }]);
    expect(await third.broker.activitiesSince(null)).toEqual(
      await second.broker.activitiesSince(null),
    );
  });

  it("keeps what happened before anybody is told", async () => {
    const disk = blank();
    const { broker, clock } = await createDryRun(optionsOn(disk));
    const kept: boolean[] = [];
    await broker.stream((event: VenueEvent) => {
      if (event.kind === "fill") kept.push(disk.text?.includes(event.fill.executionId) === true);
    });
    await broker.place(approved({ symbol: "AA" }));
    await clock.waitUntil(FIRST.openMs);
    expect(kept).toEqual([true]);
  });
});

describe("under the wall's clock", () => {
  it("a session trades once its bars are known, and the calendar goes on meanwhile", async () => {
    const disk = blank();
    const wall = wallAt(FIRST.openMs - HOUR);
    const before = marketUntil("2024-01-09");
    const { broker, learn } = await createDryRun(optionsOn(disk, { ...before, wall }));
    const order = approved({ symbol: "AA" });
    await broker.place(order);
    wall.ms = FIRST.openMs + HOUR;
    expect(await broker.clock()).toMatchObject({ isOpen: true, nextCloseMs: FIRST.closeMs });
    wall.ms = FIRST.closeMs + HOUR;
    expect(await broker.orderByClientId(order.clientOrderId)).toMatchObject({ status: "working" });
    const heard: VenueEvent[] = [];
    await broker.stream((event) => void heard.push(event));
    await learn(marketUntil(FIRST.date));
    expect(await broker.orderByClientId(order.clientOrderId)).toMatchObject({ status: "filled" });
    expect(heard.map(({ kind }) => kind)).toEqual(["connected", "order", "fill"]);
    expect(await broker.clock()).toMatchObject({ isOpen: false, nextOpenMs: SECOND.openMs });
    // Started again with the bars it has learnt, it is where it was.
    const again = await createDryRun(optionsOn(disk, { ...marketUntil(FIRST.date), wall }));
    expect(await again.broker.activitiesSince(null)).toEqual(await broker.activitiesSince(null));
  });

  it("says where its sessions end", async () => {
    const wall = wallAt(CARD_SESSIONS[11].closeMs + HOUR);
    const { broker } = await createDryRun(optionsOn(blank(), { wall }));
    await expect(broker.clock()).rejects.toThrow(/sessions of this dry run end before/);
  });
});

describe("sockets", () => {
  it("are not opened: a whole session through every method", async () => {
    const connect = vi.spyOn(net.Socket.prototype, "connect");
    const fetching = vi.spyOn(globalThis, "fetch");
    try {
      const { broker, clock } = await createDryRun(optionsOn(blank()));
      await broker.account();
      await broker.sessions("2024-01-01", "2024-02-01");
      const stream = await broker.stream(() => undefined);
      await broker.place(approved({ symbol: "AA" }));
      await clock.waitUntil(FIRST.closeMs + HOUR);
      await Promise.all([broker.clock(), broker.snapshot(), broker.activitiesSince(null)]);
      await stream.close();
      await broker.close();
      expect([connect.mock.calls, fetching.mock.calls]).toEqual([[], []]);
      // The spy itself would see one.
      new net.Socket()
        .connect({ port: 9, host: "127.0.0.1" })
        .on("error", () => undefined)
        .destroy();
      expect(connect).toHaveBeenCalledTimes(1);
    } finally {
      connect.mockRestore();
      fetching.mockRestore();
    }
  });
});

/** Cards of an order's way: put, known or unknown, refused, cancelled, filled in its auction, ended. */
import { expect } from "vitest";
import { type Broker, BrokerRefused } from "../../src/ports/broker.ts";
import { faultRule } from "../../src/venue/faults.ts";
import { approved, CARD_SESSIONS } from "../support/card-market.ts";
import {
  type Card,
  card,
  limitFarBelow,
  acknowledged,
  unknownThen,
  listen,
  until,
  positions,
  fills,
  priced,
} from "./card-room.ts";
const [, , FIRST, SECOND] = CARD_SESSIONS;
const MINUTE = 60_000;
const EARLY = FIRST.openMs - 60 * MINUTE;

export const ORDER_CARDS: readonly Card[] = [
  card(1, "says whose account it is, in which currency, the same each time", async ({ broker }) => {
    const account = await broker.account();
    expect(account.currency).toBe("USD");
    expect(account.accountId).toMatch(/\S/);
    expect(await broker.account()).toEqual(account);
    expect((await broker.snapshot()).accountId).toBe(account.accountId);
    expect(broker.averaging).toBe("weighted_average");
  }),
  card(2, "refuses keys it does not know", async ({ stranger }) => {
    const broker = await (stranger as () => Promise<Broker>)();
    await expect(broker.account()).rejects.toThrow(BrokerRefused);
    await broker.close();
  }),
  card(3, "tells the time, and when it opens and closes next", async ({ broker, clock }) => {
    await clock.waitUntil(EARLY);
    const before = await broker.clock();
    expect(before).toEqual({
      nowMs: EARLY,
      isOpen: false,
      nextOpenMs: FIRST.openMs,
      nextCloseMs: FIRST.closeMs,
    });
    await clock.waitUntil(FIRST.openMs + MINUTE);
    const { isOpen, nextOpenMs, nextCloseMs } = await broker.clock();
    expect({ isOpen, nextOpenMs, nextCloseMs }).toEqual({
      isOpen: true,
      nextOpenMs: SECOND.openMs,
      nextCloseMs: FIRST.closeMs,
    });
  }),
  card(4, "lists the sessions between two dates, both inclusive", async ({ broker }) => {
    const found = await broker.sessions("2024-01-11", "2024-01-17");
    const wanted = ["2024-01-11", "2024-01-12", "2024-01-16", "2024-01-17"];
    expect(found.map(({ date }) => date)).toEqual(wanted);
    expect(found[0]).toEqual(CARD_SESSIONS[3]);
    expect(await broker.sessions("2024-01-13", "2024-01-15")).toEqual([]);
  }),
  card(5, "acknowledges an order under our id, exactly as it was put", async (room) => {
    const order = approved({ symbol: "AA", qty: "17" });
    const placed = await acknowledged(room, order);
    expect(placed).toMatchObject({
      clientOrderId: order.clientOrderId,
      symbol: "AA",
      side: "buy",
      qty: "17",
      filledQty: "0",
      status: "working",
    });
    expect(placed.submittedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(await room.broker.orderByClientId(order.clientOrderId)).toMatchObject({
      venueOrderId: placed.venueOrderId,
      status: "working",
    });
  }),
  card(6, "has one order for one client id, however often it is put", async (room) => {
    const order = approved({ symbol: "AA" });
    const first = await acknowledged(room, order);
    const second = await room.broker.place(order);
    expect(second.kind).toBe("acknowledged");
    if (second.kind === "acknowledged") {
      expect(second.order.venueOrderId).toBe(first.venueOrderId);
    }
    expect((await room.broker.snapshot()).openOrders).toHaveLength(1);
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect((await positions(room))["AA"]).toBe("10");
  }),
  card(7, "says null of an order it does not know", async ({ broker }) => {
    expect(await broker.orderByClientId("never-sent")).toBeNull();
  }),
  card(8, "does not know what became of an order whose answer was lost, and finds it", (room) =>
    unknownThen(room, faultRule("lost_ack", { call: "place" }), "there"),
  ),
  card(9, "the same where the venue failed after it had the order", (room) =>
    unknownThen(room, faultRule("error_after", { call: "place" }), "there"),
  ),
  card(10, "the same where it failed before: the order is not there", (room) =>
    unknownThen(room, faultRule("error_before", { call: "place" }), "absent"),
  ),
  card(11, "the same where no answer comes", (room) =>
    unknownThen(room, faultRule("timeout", { call: "place" }), "there"),
  ),
  card(12, "the same where it was asked too often: the order is not there", (room) =>
    unknownThen(room, faultRule("rate_limit", { call: "place" }), "absent"),
  ),
  card(13, "is refused with the venue's code, words and body, and leaves nothing", async (room) => {
    const order = approved({ symbol: "NOSUCH" });
    const outcome = await room.broker.place(order);
    expect(outcome.kind).toBe("rejected");
    if (outcome.kind === "rejected") {
      expect(outcome.code).toBe("42210000");
      expect(outcome.message).toContain("NOSUCH");
      expect(outcome.raw).toMatchObject({ message: outcome.message });
    }
    expect(await room.broker.orderByClientId(order.clientOrderId)).toBeNull();
    expect((await room.broker.snapshot()).openOrders).toEqual([]);
  }),
  card(14, "cancels: asked for, then told, then ended", async (room) => {
    const heard = await listen(room);
    const order = approved({ symbol: "AA" });
    const { venueOrderId } = await acknowledged(room, order);
    expect(await room.broker.cancel(venueOrderId)).toEqual({ kind: "requested" });
    await until(() =>
      heard.some((one) => one.kind === "order" && one.order.status === "cancelled"),
    );
    expect(await room.broker.orderByClientId(order.clientOrderId)).toMatchObject({
      status: "cancelled",
      filledQty: "0",
    });
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    expect(await positions(room)).toEqual({});
  }),
  card(15, "cannot cancel what has ended, or what it does not know", async (room) => {
    const { venueOrderId } = await acknowledged(room, approved({ symbol: "AA" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect((await room.broker.cancel(venueOrderId)).kind).toBe("not_cancelable");
    const nobody = await room.broker.cancel("00000000-0000-4000-8000-000000000000");
    expect(nobody.kind).toBe("not_cancelable");
  }),
  card(16, "an id stays used after its order was cancelled", async (room) => {
    const order = approved({ symbol: "AA" });
    const { venueOrderId } = await acknowledged(room, order);
    await room.broker.cancel(venueOrderId);
    const again = await room.broker.place(order);
    expect(again).toMatchObject({
      kind: "acknowledged",
      order: { venueOrderId, status: "cancelled" },
    });
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect(await positions(room)).toEqual({});
  }),
  card(17, "lists the orders that work, and no other", async (room) => {
    const kept = await acknowledged(room, limitFarBelow("AA"));
    const other = await acknowledged(room, limitFarBelow("BB"));
    await room.broker.cancel(other.venueOrderId);
    const { openOrders } = await room.broker.snapshot();
    expect(openOrders.map((one) => one.venueOrderId)).toEqual([kept.venueOrderId]);
  }),
  card(18, "an order for the opening auction fills at the open", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", timeInForce: "opg" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect(await fills(room)).toMatchObject([
      { symbol: "AA", side: "buy", qty: "10", price: priced(room, 101.5, 1), cumulativeQty: "10" },
    ]);
  }),
  card(19, "an order for the closing auction fills at the close", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", timeInForce: "cls" }));
    await room.clock.waitUntil(FIRST.closeMs - MINUTE);
    expect(await fills(room)).toEqual([]);
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    expect(await fills(room)).toMatchObject([{ qty: "10", price: priced(room, 102, 1) }]);
  }),
  card(20, "a day order that nothing reaches expires with its session", async (room) => {
    const order = limitFarBelow("AA");
    await acknowledged(room, order);
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    const ended = await room.broker.orderByClientId(order.clientOrderId);
    expect(ended).toMatchObject({ status: "expired", filledQty: "0" });
    expect((await room.broker.snapshot()).openOrders).toEqual([]);
  }),
  card(
    21,
    "a limit good till cancelled outlives its session, and fills at its limit",
    async (room) => {
      // The second session opens at 102.50 and ranges down to 101.50.
      const limit = { type: "limit", timeInForce: "gtc", limitPrice: "100.75" } as const;
      const order = approved({ symbol: "AA", ...limit });
      await acknowledged(room, order);
      await room.clock.waitUntil(FIRST.closeMs + MINUTE);
      expect(await fills(room)).toMatchObject([{ price: "100.75" }]);
    },
  ),
  card(22, "a stop fills at its price within the range", async (room) => {
    await acknowledged(room, approved({ symbol: "AA" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    const stop = { type: "stop", timeInForce: "gtc", side: "sell", stopPrice: "100.75" } as const;
    await acknowledged(room, approved({ symbol: "AA", ...stop }));
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    expect((await fills(room))[1]).toMatchObject({
      side: "sell",
      price: priced(room, 100.75, -1),
    });
    expect(await positions(room)).toEqual({});
  }),
];

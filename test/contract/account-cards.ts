/** Cards of what the account shows: positions, cash, activities, the stream, and troubles of the venue. */
import { expect } from "vitest";
import type { VenueEvent } from "../../src/domain/venue-report.ts";
import { BrokerUnavailable } from "../../src/ports/broker.ts";
import { faultRule } from "../../src/venue/faults.ts";
import { approved, CARD_SESSIONS, CASH_CENTS } from "../support/card-market.ts";
import {
  type Card,
  card,
  acknowledged,
  spoilt,
  listen,
  until,
  after,
  positions,
  activities,
  fills,
  isCash,
  priced,
  centsOf,
  movedCents,
} from "./card-room.ts";
const [, , FIRST, SECOND] = CARD_SESSIONS;
const MINUTE = 60_000;
const EARLY = FIRST.openMs - 60 * MINUTE;

export const ACCOUNT_CARDS: readonly Card[] = [
  card(23, "positions are signed, and what is flat is not listed", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", qty: "7" }));
    await acknowledged(room, approved({ symbol: "BB", qty: "3", side: "sell" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect(await positions(room)).toEqual({ AA: "7", BB: "-3" });
    await acknowledged(room, approved({ symbol: "BB", qty: "3", timeInForce: "cls" }));
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    expect(await positions(room)).toEqual({ AA: "7" });
  }),
  card(24, "the average price is weighted by quantity, and a sale leaves it", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", qty: "30" }));
    await acknowledged(room, approved({ symbol: "AA", qty: "10", timeInForce: "cls" }));
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    await acknowledged(room, approved({ symbol: "AA", qty: "5", side: "sell" }));
    await room.clock.waitUntil(SECOND.openMs + MINUTE);
    const [position] = (await room.broker.snapshot()).positions;
    expect(position.qty).toBe("35");
    const average = (30 * Number(priced(room, 101.5, 1)) + 10 * Number(priced(room, 102, 1))) / 40;
    expect(Number(position.averagePrice)).toBeCloseTo(average, 9);
  }),
  card(25, "cash is exact to the cent: what was paid, and the commission", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", qty: "33" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    const paid = Math.round(33 * Number(priced(room, 101.5, 1)) * 100);
    const { cash } = await room.broker.snapshot();
    expect(cash.map(({ currency }) => currency)).toEqual(["USD"]);
    expect(centsOf(cash[0].amount)).toBe(CASH_CENTS - paid - 33);
  }),
  card(26, "activities say everything that moved cash", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", qty: "1200" }));
    await acknowledged(room, approved({ symbol: "BB", qty: "10", side: "sell" }));
    await room.clock.waitUntil(CARD_SESSIONS[9].closeMs + MINUTE);
    const all = await activities(room);
    let cents = CASH_CENTS;
    for (const one of all) cents += movedCents(one);
    const { cash } = await room.broker.snapshot();
    expect(centsOf(cash[0].amount)).toBe(cents);
    const causes = new Set(all.map((one) => (one.kind === "cash" ? one.cause : one.kind)));
    expect([...causes].toSorted()).toEqual(["dividend", "fee", "fill", "interest", "split"]);
  }),
  card(27, "a dividend names its share and is paid on its day", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", qty: "40" }));
    await room.clock.waitUntil(CARD_SESSIONS[8].openMs + MINUTE);
    const paid = (await activities(room)).filter(isCash("dividend"));
    expect(paid).toMatchObject([{ symbol: "AA", date: "2024-01-19" }]);
    expect(centsOf(paid[0].amount)).toBe(2000);
  }),
  card(28, "a split says what is held after it", async (room) => {
    await acknowledged(room, approved({ symbol: "BB", qty: "15" }));
    await room.clock.waitUntil(CARD_SESSIONS[8].openMs + MINUTE);
    const splits = (await activities(room)).filter((one) => one.kind === "split");
    expect(splits).toMatchObject([{ symbol: "BB", qtyAfter: "30", date: "2024-01-19" }]);
    expect(splits[0].ratio).toBe(2);
    const [position] = (await room.broker.snapshot()).positions;
    expect(position.qty).toBe("30");
    const bought = Number(priced(room, 201.5, 1));
    expect(Number(position.averagePrice)).toBeCloseTo(bought / 2, 9);
  }),
  card(
    29,
    "activities after a cursor: nothing is skipped, nothing new comes of nothing",
    async (room) => {
      await acknowledged(room, approved({ symbol: "AA" }));
      await acknowledged(room, approved({ symbol: "BB" }));
      await room.clock.waitUntil(FIRST.openMs + MINUTE);
      const first = await room.broker.activitiesSince(null);
      expect(first.activities.length).toBeGreaterThanOrEqual(4);
      const still = await room.broker.activitiesSince(first.cursor);
      expect(still.cursor).toBe(first.cursor);
      const known = new Set(first.activities.map(({ activityId }) => activityId));
      expect(still.activities.filter(({ activityId }) => !known.has(activityId))).toEqual([]);
      await acknowledged(room, approved({ symbol: "AA", timeInForce: "cls" }));
      await room.clock.waitUntil(FIRST.closeMs + MINUTE);
      const later = await room.broker.activitiesSince(first.cursor);
      const all = (await activities(room)).map(({ activityId }) => activityId);
      const seen = [...known, ...later.activities.map(({ activityId }) => activityId)];
      expect([...new Set(seen)]).toEqual(all);
    },
  ),
  card(30, "reads on over many pages in the order of booking", async (room) => {
    // 130 fills and as many fees: more than one page of any venue.
    for (let n = 0; n < 130; n++) await acknowledged(room, approved({ symbol: "AA", qty: "1" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    const all = await activities(room);
    expect(all.filter(({ kind }) => kind === "fill")).toHaveLength(130);
    expect(new Set(all.map(({ activityId }) => activityId)).size).toBe(260);
    expect((await positions(room))["AA"]).toBe("130");
  }),
  card(31, "the stream names an execution as the activities do", async (room) => {
    const heard = await listen(room);
    const order = approved({ symbol: "AA" });
    const { venueOrderId } = await acknowledged(room, order);
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    await until(() => heard.some(({ kind }) => kind === "fill"));
    const [told] = heard.filter((one) => one.kind === "fill");
    const [booked] = await fills(room);
    expect(told.fill.clientOrderId).toBe(order.clientOrderId);
    expect(told.order).toMatchObject({ venueOrderId, status: "filled", filledQty: "10" });
    for (const key of ["executionId", "venueOrderId", "symbol", "side", "qty", "price"] as const) {
      expect(told.fill[key], key).toBe(booked[key]);
    }
    expect(told.fill.cumulativeQty).toBe("10");
  }),
  card(32, "a part of an order fills, then the rest of it expires", async (room) => {
    const heard = await listen(room);
    await spoilt(room, faultRule("partial_fill", { share: 0.3 }));
    const order = approved({ symbol: "AA" });
    await acknowledged(room, order);
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    expect(await fills(room)).toMatchObject([{ qty: "3", cumulativeQty: "3" }]);
    const ended = await room.broker.orderByClientId(order.clientOrderId);
    expect(ended).toMatchObject({ status: "expired", filledQty: "3" });
    await until(() => heard.some((one) => one.kind === "order" && one.order.status === "expired"));
  }),
  card(
    33,
    "a stream that breaks off comes back and says so; activities know what it missed",
    async (room) => {
      const heard = await listen(room);
      await acknowledged(room, approved({ symbol: "AA" }));
      await until(() => heard.some(({ kind }) => kind === "order"));
      await spoilt(room, faultRule("stream_drop"));
      await room.clock.waitUntil(FIRST.openMs + MINUTE);
      await until(() => heard.some(({ kind }) => kind === "disconnected"));
      await until(
        () => heard.at(-1)?.kind === "connected" || after(heard, "disconnected", "connected"),
      );
      expect(await fills(room)).toHaveLength(1);
      const before = heard.length;
      await acknowledged(room, approved({ symbol: "AA", timeInForce: "cls" }));
      await room.clock.waitUntil(FIRST.closeMs + MINUTE);
      await until(() => heard.slice(before).some(({ kind }) => kind === "fill"));
    },
  ),
  card(34, "an execution the stream never told of is in the activities", async (room) => {
    const heard = await listen(room);
    await spoilt(room, faultRule("missed_fill"));
    await acknowledged(room, approved({ symbol: "AA" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect(await fills(room)).toHaveLength(1);
    expect(heard.filter(({ kind }) => kind === "fill")).toEqual([]);
  }),
  card(35, "an execution told twice has one id", async (room) => {
    const heard = await listen(room);
    await acknowledged(room, approved({ symbol: "AA" }));
    await until(() => heard.some(({ kind }) => kind === "order"));
    await spoilt(room, faultRule("duplicate_event", { times: 9 }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    await until(() => heard.filter(({ kind }) => kind === "fill").length === 2);
    const ids = heard.flatMap((one) => (one.kind === "fill" ? [one.fill.executionId] : []));
    expect(new Set(ids).size).toBe(1);
  }),
  card(36, "a question without an answer is no answer, and may be asked again", async (room) => {
    const { broker } = room;
    await acknowledged(room, approved({ symbol: "AA" }));
    // As often as an adapter may ask by itself before it gives up.
    await spoilt(room, faultRule("error_before", { call: "positions", times: 20 }));
    await expect(broker.snapshot()).rejects.toThrow(BrokerUnavailable);
    for (let n = 0; n < 20; n++) {
      const settled = await broker.snapshot().then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(BrokerUnavailable);
          return false;
        },
      );
      if (settled) break;
    }
    expect((await broker.snapshot()).openOrders).toHaveLength(1);
  }),
  card(37, "fractions keep their nine decimals", async (room) => {
    const qty = "0.123456789";
    await acknowledged(room, approved({ symbol: "AA", qty, timeInForce: "day" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect((await fills(room))[0].qty).toBe(qty);
    expect(await positions(room)).toEqual({ AA: qty });
  }),
  card(38, "a quantity or a price that is none is refused", async (room) => {
    for (const qty of ["0", "-3", "1.0000000001", "ten"]) {
      const outcome = await room.broker.place(approved({ symbol: "AA", qty }));
      expect(outcome.kind, qty).toBe("rejected");
    }
    const outcome = await room.broker.place(
      approved({ symbol: "AA", type: "limit", timeInForce: "day", limitPrice: null }),
    );
    expect(outcome.kind).toBe("rejected");
    expect((await room.broker.snapshot()).openOrders).toEqual([]);
  }),
  card(39, "a snapshot carries the venue's time", async ({ broker, clock }) => {
    await clock.waitUntil(EARLY);
    const { at } = await broker.snapshot();
    expect(Date.parse(at)).toBe(EARLY);
    expect(at).toMatch(/Z$/);
  }),
  card(40, "what crosses zero is two orders, and the closing one goes first", async (room) => {
    await acknowledged(room, approved({ symbol: "AA", qty: "6" }));
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    const opening = approved({ symbol: "AA", qty: "4", side: "sell" });
    await acknowledged(room, approved({ symbol: "AA", qty: "6", side: "sell" }));
    await acknowledged(room, opening);
    await room.clock.waitUntil(SECOND.openMs + MINUTE);
    expect(await positions(room)).toEqual({ AA: "-4" });
    const [, first, second] = await fills(room);
    expect([first.qty, second.qty]).toEqual(["6", "4"]);
  }),
  card(41, "a stream that was closed tells nothing more", async (room) => {
    const heard: VenueEvent[] = [];
    const stream = await room.broker.stream((event) => void heard.push(event));
    await stream.close();
    const before = heard.length;
    await acknowledged(room, approved({ symbol: "AA" }));
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    expect(heard.slice(before).filter(({ kind }) => kind === "fill" || kind === "order")).toEqual(
      [],
    );
  }),
  card(42, "an order that came too late for its auction waits for the next", async (room) => {
    await room.clock.waitUntil(FIRST.openMs + MINUTE);
    await acknowledged(room, approved({ symbol: "AA" }));
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    expect(await fills(room)).toEqual([]);
    await room.clock.waitUntil(SECOND.openMs + MINUTE);
    expect(await fills(room)).toMatchObject([{ price: priced(room, 102.5, 1) }]);
  }),
  card(43, "a stuck order stays open, whatever is asked", async (room) => {
    await spoilt(room, faultRule("stuck_order"));
    const { venueOrderId } = await acknowledged(room, approved({ symbol: "AA" }));
    expect((await room.broker.cancel(venueOrderId)).kind).toBe("requested");
    await room.clock.waitUntil(FIRST.closeMs + MINUTE);
    const { openOrders } = await room.broker.snapshot();
    expect(openOrders).toMatchObject([{ venueOrderId, status: "working", filledQty: "0" }]);
  }),
  card(44, "positions may lag behind a fill; activities do not", async (room) => {
    await spoilt(room, faultRule("late_position", { durationMs: 10_000 }));
    await acknowledged(room, approved({ symbol: "AA" }));
    await room.clock.waitUntil(FIRST.openMs + 5000);
    expect(await fills(room)).toHaveLength(1);
    expect(await positions(room)).toEqual({});
    await room.clock.waitUntil(FIRST.openMs + 11_000);
    expect(await positions(room)).toEqual({ AA: "10" });
  }),
  card(45, "an answer to a cancellation may be lost as well", async (room) => {
    const order = approved({ symbol: "AA" });
    const { venueOrderId } = await acknowledged(room, order);
    await spoilt(room, faultRule("lost_ack", { call: "cancel" }));
    expect((await room.broker.cancel(venueOrderId)).kind).toBe("unknown");
    const found = await room.broker.orderByClientId(order.clientOrderId);
    expect(found?.status).toBe("cancelled");
  }),
];

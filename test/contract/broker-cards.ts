/**
 * The numbered cards that every broker passes (ports/broker.ts). A card is one function over a venue that
 * was just opened on the cards' market (test/support/card-market.ts), before the session of 10 January.
 * Prices are those of the bars, moved against us by `slippage` where the broker says so. A card that
 * cannot apply to an adapter is named in `without`, with the reason, and stands so in the report.
 */
import { describe, expect, it } from "vitest";
import { parseDecimal, toScaledInteger } from "../../src/base/decimal.ts";
import type { VenueActivity, VenueEvent, VenueOrder } from "../../src/domain/venue-report.ts";
import { type Broker, BrokerRefused, BrokerUnavailable } from "../../src/ports/broker.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { FaultRule } from "../../src/venue/faults.ts";
import { faultRule } from "../../src/venue/faults.ts";
import { approved, CARD_SESSIONS, CASH_CENTS } from "../support/card-market.ts";

export type CardVenue = {
  readonly broker: Broker;
  /** Steps the venue; what happens on the way has been told when it resolves. */
  readonly clock: Clock;
  /** One more rule of the venue's fault script; null: nothing can be spoilt here. */
  readonly spoil: ((rule: FaultRule) => Promise<void> | void) | null;
  /** The same venue with keys it does not know; null: it has no keys. */
  readonly stranger: (() => Promise<Broker>) | null;
  readonly close: () => Promise<void>;
};

export type CardSubject = {
  readonly name: string;
  readonly open: () => Promise<CardVenue>;
  /** Part of the price that is paid away: 0.001 for dry-run. */
  readonly slippage: number;
  /** Number of a card -> why it cannot apply. */
  readonly without: { readonly [number: number]: string };
};

type Room = CardVenue & { readonly slippage: number };

export type Card = {
  readonly number: number;
  readonly title: string;
  readonly play: (room: Room) => Promise<void>;
};

const [, , FIRST, SECOND] = CARD_SESSIONS;
const MINUTE = 60_000;
const EARLY = FIRST.openMs - 60 * MINUTE;

const card = (number: number, title: string, play: Card["play"]): Card => ({ number, title, play });

export const CARDS: readonly Card[] = [
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

/** Plays every card that applies, each on a venue of its own, and names the others with their reasons. */
export function playCards(subject: CardSubject): void {
  const { without } = subject;
  const left = Object.entries(without).map(([number, reason]) => `${number} (${reason})`);
  const applicable = CARDS.filter(({ number }) => without[number] === undefined);
  describe(`broker cards: ${subject.name}`, () => {
    it.each(applicable)("card $number: $title", async ({ play }) => {
      await expect(playOn(subject, play)).resolves.toBeUndefined();
    });
    it(`leaves out ${left.length === 0 ? "no card" : `cards ${left.join(", ")}`}`, () => {
      expect(new Set(CARDS.map(({ number }) => number)).size).toBe(CARDS.length);
      expect(applicable.length + left.length).toBe(CARDS.length);
    });
  });
}

async function playOn(subject: CardSubject, play: Card["play"]): Promise<void> {
  const venue = await subject.open();
  try {
    await play({ ...venue, slippage: subject.slippage });
  } finally {
    await venue.close();
  }
}

function limitFarBelow(symbol: string) {
  return approved({ symbol, type: "limit", timeInForce: "day", limitPrice: "1" });
}

async function acknowledged(
  { broker }: Room,
  order: Parameters<Broker["place"]>[0],
): Promise<VenueOrder> {
  const outcome = await broker.place(order);
  if (outcome.kind !== "acknowledged") throw new Error(JSON.stringify(outcome));
  return outcome.order;
}

async function spoilt({ spoil }: Room, rule: FaultRule): Promise<void> {
  if (spoil === null) throw new Error("nothing can be spoilt here: the card does not apply");
  await spoil(rule);
}

async function unknownThen(room: Room, rule: FaultRule, found: "there" | "absent"): Promise<void> {
  await spoilt(room, rule);
  const order = approved({ symbol: "AA" });
  const outcome = await room.broker.place(order);
  expect(outcome.kind).toBe("unknown");
  const known = await room.broker.orderByClientId(order.clientOrderId);
  if (found === "there") expect(known).toMatchObject({ status: "working", qty: "10" });
  else expect(known).toBeNull();
  // Sent again under its id, it is there once.
  await acknowledged(room, order);
  expect((await room.broker.snapshot()).openOrders).toHaveLength(1);
}

async function listen({ broker }: Room): Promise<VenueEvent[]> {
  const heard: VenueEvent[] = [];
  await broker.stream((event) => void heard.push(event));
  return heard;
}

const PATIENCE_MS = 3000;

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isTrue()) {
    if (performance.now() > deadline) expect.fail("it did not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function after(heard: readonly VenueEvent[], first: string, then: string): boolean {
  const at = heard.findIndex(({ kind }) => kind === first);
  return at >= 0 && heard.slice(at).some(({ kind }) => kind === then);
}

async function positions({ broker }: Room): Promise<{ readonly [symbol: string]: string }> {
  const { positions: held } = await broker.snapshot();
  return Object.fromEntries(held.map(({ symbol, qty }) => [symbol, qty]));
}

/** Every activity there is, each once, as one reader after the other would get them. */
async function activities({ broker }: Room): Promise<readonly VenueActivity[]> {
  const found = new Map<string, VenueActivity>();
  let cursor: string | null = null;
  for (;;) {
    const page = await broker.activitiesSince(cursor);
    for (const one of page.activities) found.set(one.activityId, one);
    if (page.cursor === cursor) return [...found.values()];
    cursor = page.cursor;
  }
}

async function fills(room: Room) {
  return (await activities(room)).filter((one) => one.kind === "fill");
}

function isCash(cause: string) {
  return (one: VenueActivity): one is Extract<VenueActivity, { kind: "cash" }> =>
    one.kind === "cash" && one.cause === cause;
}

/** The price after slippage, as the shortest text of the double. */
function priced({ slippage }: Room, price: number, side: 1 | -1): string {
  return String(
    slippage === 0 ? price : price + (side * Math.abs(price) * slippage * 10_000) / 10_000,
  );
}

function centsOf(amount: string): number {
  const value = parseDecimal(amount);
  if (value === null) throw new Error(`${amount} is no amount`);
  expect(value.scale, `${amount} has more than cents`).toBeLessThanOrEqual(2);
  return Number(toScaledInteger(value, 2));
}

function movedCents(one: VenueActivity): number {
  if (one.kind === "split") return 0;
  if (one.kind === "cash") return centsOf(one.amount);
  const side = one.side === "buy" ? -1 : 1;
  return side * Math.round(Number(one.qty) * Number(one.price) * 100);
}

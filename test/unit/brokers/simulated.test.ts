/**
 * The simulated broker beyond the cards: time that is stepped by waiting, what latency and a stream's
 * troubles do to the order of things, and faults of the venue itself as a client sees them.
 */
import { describe, expect, it } from "vitest";
import {
  createSimulatedVenue,
  type SimulatedOptions,
} from "../../../src/adapters/brokers/simulated.ts";
import type { VenueEvent } from "../../../src/domain/venue-report.ts";
import { createExchange } from "../../../src/venue/exchange/exchange.ts";
import { faultRule, type FaultRule } from "../../../src/venue/faults.ts";
import { approved, CARD_SESSIONS, CARD_TERMS } from "../../support/card-market.ts";

const FIRST = CARD_SESSIONS[2];
const MINUTE = 60_000;

async function venueWith(rules: readonly FaultRule[], over: Partial<SimulatedOptions> = {}) {
  const exchange = createExchange({ ...CARD_TERMS, sessions: CARD_SESSIONS });
  const venue = createSimulatedVenue({ exchange, faults: { seed: 1, rules }, ...over });
  const broker = venue.connect();
  const heard: VenueEvent[] = [];
  await broker.stream((event) => void heard.push(event));
  const said = () =>
    heard.map((one) => {
      if (one.kind === "fill") return `fill ${one.fill.symbol}`;
      return one.kind === "order" ? `${one.event} ${one.order.symbol}` : one.kind;
    });
  return { venue, broker, heard, said };
}

describe("time", () => {
  it("stands until somebody waits, and stops where the waiting is woken", async () => {
    const { venue, broker } = await venueWith([]);
    await broker.place(approved({ symbol: "AA" }));
    const start = venue.time.nowMs();
    expect(await venue.clock.nowMs()).toBe(start);
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await broker.stream((event) => {
      if (event.kind === "fill") wake();
    });
    expect(await venue.clock.waitUntil(FIRST.closeMs, woken)).toBe("woken");
    expect(venue.time.nowMs()).toBe(FIRST.openMs);
    expect(await venue.clock.waitUntil(FIRST.closeMs)).toBe("reached");
    expect(await venue.clock.waitUntil(FIRST.openMs)).toBe("reached");
    expect(venue.time.nowMs()).toBe(FIRST.closeMs);
  });

  it("is woken by a failure as well, and says at once what settled before", async () => {
    const { venue } = await venueWith([]);
    const failed = Promise.reject(new Error("told elsewhere"));
    expect(await venue.clock.waitUntil(FIRST.closeMs, failed)).toBe("woken");
    expect(venue.time.nowMs()).toBeLessThan(FIRST.openMs);
  });

  it("passes while requests travel", async () => {
    const { venue, broker } = await venueWith([], { latencyMs: 250 });
    const start = venue.time.nowMs();
    await broker.account();
    await broker.place(approved({ symbol: "AA" }));
    expect(venue.time.nowMs() - start).toBe(500);
  });

  it("is told wrong by a clock that is off; the venue lives by the right one", async () => {
    const { venue, broker } = await venueWith([faultRule("clock_skew", { durationMs: -7000 })]);
    await venue.clock.waitUntil(FIRST.openMs - MINUTE);
    expect((await broker.clock()).nowMs).toBe(FIRST.openMs - MINUTE - 7000);
    expect(Date.parse((await broker.snapshot()).at)).toBe(FIRST.openMs - MINUTE - 7000);
  });
});

describe("the stream", () => {
  const both = async (rules: readonly FaultRule[]) => {
    const found = await venueWith(rules);
    await found.broker.place(approved({ symbol: "AA" }));
    await found.broker.place(approved({ symbol: "BB" }));
    return found;
  };
  const AT_OPEN = { fromMs: FIRST.openMs };

  it("tells everything in order where nothing is wrong with it", async () => {
    const { venue, said } = await both([]);
    await venue.clock.waitUntil(FIRST.openMs);
    expect(said()).toEqual([
      ...["connected", "accepted AA", "accepted BB"],
      ...["new AA", "new BB", "fill AA", "fill BB"],
    ]);
  });

  it("tells late, and after the one that follows", async () => {
    const late = await both([faultRule("late_event", { ...AT_OPEN, durationMs: 5000 })]);
    await late.venue.clock.waitUntil(FIRST.openMs);
    expect(late.said().slice(3)).toEqual(["new BB", "fill AA", "fill BB"]);
    await late.venue.clock.waitUntil(FIRST.openMs + 5000);
    expect(late.said().slice(6)).toEqual(["new AA"]);
    const swapped = await both([faultRule("out_of_order", AT_OPEN)]);
    await swapped.venue.clock.waitUntil(FIRST.openMs);
    expect(swapped.said().slice(3)).toEqual(["new BB", "new AA", "fill AA", "fill BB"]);
  });

  it("is silent for a while, or until it is opened anew", async () => {
    const { venue, broker, said } = await both([faultRule("stream_stall", AT_OPEN)]);
    await venue.clock.waitUntil(FIRST.closeMs);
    expect(said()).toHaveLength(3);
    const again: VenueEvent[] = [];
    await broker.stream((event) => void again.push(event));
    await broker.place(approved({ symbol: "AA" }));
    expect(again.map(({ kind }) => kind)).toEqual(["connected", "order"]);
  });

  it("breaks off, loses what happens meanwhile, and comes back", async () => {
    const { venue, said } = await both([
      faultRule("stream_drop", { ...AT_OPEN, durationMs: 9000 }),
    ]);
    await venue.clock.waitUntil(FIRST.openMs + 8999);
    expect(said().slice(3)).toEqual(["disconnected"]);
    await venue.clock.waitUntil(FIRST.openMs + 9000);
    expect(said().slice(3)).toEqual(["disconnected", "connected"]);
  });
});

describe("the venue's own troubles", () => {
  it("come at their instant, in the middle of a wait", async () => {
    const { venue, broker } = await venueWith([
      faultRule("cash_adjusted", { fromMs: FIRST.openMs + 5, amountMinor: -250 }),
      faultRule("unasked_fill", { fromMs: FIRST.openMs + 6, symbol: "BB", qty: "2", price: "201" }),
      faultRule("phantom_order", {
        fromMs: FIRST.openMs + 7,
        symbol: "AA",
        qty: "-1",
        price: "999",
      }),
      faultRule("position_changed", { fromMs: FIRST.openMs + 8, symbol: "AA", qty: "4" }),
    ]);
    await venue.clock.waitUntil(FIRST.openMs);
    const before = await broker.snapshot();
    expect([before.positions, before.openOrders]).toEqual([[], []]);
    await venue.clock.waitUntil(FIRST.openMs + MINUTE);
    const { cash, positions, openOrders } = await broker.snapshot();
    expect(cash[0].amount).toBe("99595.48");
    expect(positions.map(({ symbol, qty }) => `${qty} ${symbol}`)).toEqual(["4 AA", "2 BB"]);
    expect(openOrders).toMatchObject([{ symbol: "AA", side: "sell", status: "working" }]);
  });

  it("a duplicate and a bust strike the execution as it is booked", async () => {
    const { venue, broker } = await venueWith([
      faultRule("duplicate_fill", { symbol: "AA" }),
      faultRule("price_bust", { symbol: "BB", price: "200" }),
    ]);
    await broker.place(approved({ symbol: "AA" }));
    await broker.place(approved({ symbol: "BB" }));
    await venue.clock.waitUntil(FIRST.openMs);
    const { activities } = await broker.activitiesSince(null);
    const fills = activities.flatMap((one) =>
      one.kind === "fill" ? [`${one.symbol} ${one.price}`] : [],
    );
    expect(fills).toEqual(["AA 101.5", "BB 200", "AA 101.5"]);
  });

  it("a halt holds orders back for as long as it lasts", async () => {
    const rule = faultRule("halt", { symbol: "AA", durationMs: 24 * 60 * MINUTE });
    const { venue, broker } = await venueWith([rule]);
    await broker.place(
      approved({ symbol: "AA", type: "limit", limitPrice: "500", timeInForce: "gtc" }),
    );
    await venue.clock.waitUntil(FIRST.openMs - 8 * 60 * MINUTE);
    await venue.clock.waitUntil(FIRST.closeMs);
    expect((await broker.snapshot()).positions).toEqual([]);
    await venue.clock.waitUntil(CARD_SESSIONS[3].openMs);
    expect((await broker.snapshot()).positions).toHaveLength(1);
  });

  it("a rule that does not say what its kind needs is refused where it strikes", async () => {
    const { venue } = await venueWith([faultRule("unasked_fill", { fromMs: FIRST.openMs })]);
    await expect(venue.clock.waitUntil(FIRST.closeMs)).rejects.toThrow(/unasked_fill needs symbol/);
  });
});

/** The simulated broker plays the cards; brokers that do what none may do are caught by them. */
import { describe, expect, it } from "vitest";
import { createSimulatedVenue } from "../../src/adapters/brokers/simulated.ts";
import type { Broker } from "../../src/ports/broker.ts";
import { createExchange } from "../../src/venue/exchange/exchange.ts";
import { CARD_SESSIONS, CARD_TERMS } from "../support/card-market.ts";
import { CARDS, playCards, playOn } from "./broker-cards.ts";
import type { CardSubject } from "./card-room.ts";

const subject = (change: (broker: Broker) => Partial<Broker> = () => ({})): CardSubject => ({
  name: "simulated",
  slippage: 0,
  without: { 2: "it has no keys" },
  open: async () => {
    const exchange = createExchange({ ...CARD_TERMS, sessions: CARD_SESSIONS });
    const venue = createSimulatedVenue({ exchange });
    const sound = venue.connect();
    const broker = { ...sound, ...change(sound) };
    return {
      broker,
      clock: venue.clock,
      spoil: venue.addFault,
      stranger: null,
      close: () => broker.close(),
    };
  },
});

playCards(subject());

let made = 0;

/** What is wrong with it, a card that must catch it, how it is made. */
const PLANTED: readonly [string, number, (broker: Broker) => Partial<Broker>][] = [
  [
    "a new id for each attempt",
    6,
    ({ place }) => ({
      place: (order) => place({ ...order, clientOrderId: `${order.clientOrderId}-${++made}` }),
    }),
  ],
  [
    "a blind retry",
    8,
    ({ place }) => ({
      place: async (order) => {
        const outcome = await place(order);
        return outcome.kind === "unknown" ? place(order) : outcome;
      },
    }),
  ],
  [
    "an unknown outcome taken for a refusal",
    11,
    ({ place }) => ({
      place: async (order) => {
        const outcome = await place(order);
        if (outcome.kind !== "unknown") return outcome;
        return { kind: "rejected", code: "0", message: outcome.reason, raw: null };
      },
    }),
  ],
  [
    "a cancellation that is always said to be under way",
    15,
    ({ cancel }) => ({
      cancel: async (id) => {
        await cancel(id);
        return { kind: "requested" };
      },
    }),
  ],
  [
    "positions without their sign",
    23,
    ({ snapshot }) => ({
      snapshot: async () => {
        const found = await snapshot();
        const positions = found.positions.map((p) => ({ ...p, qty: p.qty.replace("-", "") }));
        return { ...found, positions };
      },
    }),
  ],
  [
    "cash that went through a float of few digits",
    25,
    ({ snapshot }) => ({
      snapshot: async () => {
        const found = await snapshot();
        const cash = found.cash.map((c) => ({ ...c, amount: Number(c.amount).toPrecision(5) }));
        return { ...found, cash };
      },
    }),
  ],
  [
    "activities of the first page alone",
    30,
    ({ activitiesSince }) => ({
      activitiesSince: async (cursor) =>
        cursor === null ? activitiesSince(null) : { activities: [], cursor },
    }),
  ],
  [
    "another id of an execution on the stream",
    31,
    ({ stream }) => ({
      stream: (listener) =>
        stream((event) =>
          listener(
            event.kind === "fill"
              ? { ...event, fill: { ...event.fill, executionId: `s-${event.fill.executionId}` } }
              : event,
          ),
        ),
    }),
  ],
  ["an outage taken for an empty account", 36, ({ snapshot }) => ({ snapshot: emptyOn(snapshot) })],
  [
    "fractions cut to two decimals",
    37,
    ({ place }) => ({
      place: (order) => place({ ...order, qty: String(Math.round(Number(order.qty) * 100) / 100) }),
    }),
  ],
];

function emptyOn(snapshot: Broker["snapshot"]): Broker["snapshot"] {
  return () =>
    snapshot().catch((error: Error) => ({
      at: error.name,
      accountId: "",
      cash: [],
      positions: [],
      openOrders: [],
    }));
}

describe("the cards", () => {
  it.each(PLANTED)("catch %s by card %d", async (_, number, change) => {
    const card = CARDS.find((one) => one.number === number);
    await expect(playOn(subject(change), card!.play)).rejects.toBeInstanceOf(Error);
    await expect(playOn(subject(), card!.play)).resolves.toBeUndefined();
  });
});

/**
 * The wire between the day and a broker, as the harness sees it: every call is a moment at which the
 * process may be killed, before the venue has it and after it has it and has answered. Placings and
 * lookups are written down with what came back and with how much was on the disk.
 */
import type { Broker, BrokerStream } from "../../src/ports/broker.ts";
import { BrokerUnavailable } from "../../src/ports/broker.ts";
import type { BrokerCall, CallAnswer } from "./evidence.ts";
import type { Life } from "./life.ts";

export type Wire = {
  readonly life: Life;
  readonly calls: BrokerCall[];
  /** Entries on the disk now. */
  readonly durable: () => number;
  readonly venueNowMs: () => number;
  readonly tell: ((line: string) => void) | null;
};

export function overTheWire(broker: Broker, wire: Wire): Broker {
  const { life } = wire;
  const passing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    await life.moment(`before ${what}`);
    const answer = await work();
    await life.moment(`after ${what}`);
    return answer;
  };
  return {
    name: broker.name,
    averaging: broker.averaging,
    account: () => passing("asking whose account it is", () => broker.account()),
    clock: () => passing("asking the venue's time", () => broker.clock()),
    sessions: (from, to) => passing("asking for sessions", () => broker.sessions(from, to)),
    place: (order) =>
      noted(wire, "place", order.clientOrderId, async (answered) => {
        const outcome = await passing(`sending ${short(order.clientOrderId)}`, () =>
          broker.place(order),
        );
        answered(outcome.kind);
        return outcome;
      }),
    cancel: (id) => passing(`cancelling ${short(id)}`, () => broker.cancel(id)),
    orderByClientId: (id) =>
      noted(wire, "lookup", id, async (answered) => {
        const order = await passing(`looking up ${short(id)}`, () => broker.orderByClientId(id));
        answered(order === null ? "none" : "found");
        return order;
      }),
    snapshot: () => passing("taking a snapshot", () => broker.snapshot()),
    activitiesSince: (cursor) =>
      passing("asking for activities", () => broker.activitiesSince(cursor)),
    stream: (listener) =>
      passing("opening the stream", async (): Promise<BrokerStream> => {
        // Nobody is left to hear what comes for a dead process.
        const stream = await broker.stream((event) => {
          if (life.death() === null) listener(event);
        });
        return { close: () => passing("closing the stream", () => stream.close()) };
      }),
    close: () => passing("leaving the venue", () => broker.close()),
  };
}

/** Writes the call down as one that nobody lived to hear the answer of, until there is one. */
async function noted<T>(
  { calls, life, durable, venueNowMs, tell }: Wire,
  call: BrokerCall["call"],
  clientOrderId: string,
  work: (answered: (answer: CallAnswer) => void) => Promise<T>,
): Promise<T> {
  const about = { life: life.number, call, clientOrderId, durable: durable(), atMs: venueNowMs() };
  const place = calls.push({ ...about, answer: "died" }) - 1;
  const answered = (answer: CallAnswer) => {
    calls[place] = { ...about, answer };
    tell?.(`${call} ${short(clientOrderId)}: ${answer}`);
  };
  try {
    return await work(answered);
  } catch (error) {
    if (error instanceof BrokerUnavailable) answered("unavailable");
    throw error;
  }
}

export function short(id: string): string {
  return id.slice(0, 10);
}

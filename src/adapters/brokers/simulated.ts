/**
 * A broker in this process, over a local exchange whose time is stepped by whoever waits: for tests and
 * for simulation. A fault script spoils requests, the stream and the venue itself, and so does latency:
 * each request takes so long of the venue's time. Nothing here sleeps, so days pass as fast as they can
 * be reckoned. What a fault leaves unknown is said to be unknown, as over a wire.
 */
import type { Approved } from "../../domain/order.ts";
import type { BrokerOrder } from "../../domain/venue-report.ts";
import { type Broker, BrokerUnavailable, type PlaceOutcome } from "../../ports/broker.ts";
import type { Clock } from "../../ports/clock.ts";
import {
  addRule,
  createFaultDesk,
  type FaultDesk,
  nextDueMs,
  strikes,
} from "../../venue/fault-desk.ts";
import { type FaultRule, type FaultScript, NO_FAULTS, type VenueCall } from "../../venue/faults.ts";
import { takeEvents } from "../../venue/exchange/exchange.ts";
import { strikeFill, strikeOrder, strikeTime } from "../../venue/exchange/fault-acts.ts";
import { orderByClientId } from "../../venue/exchange/orders.ts";
import { advanceTo, clockOf, nextStepMs } from "../../venue/exchange/sessions.ts";
import type { Exchange } from "../../venue/exchange/state.ts";
import {
  activitiesAt,
  cancelAt,
  lookUpAt,
  placeAt,
  sessionsIn,
  snapshotAt,
} from "./exchange-answers.ts";
import { createSimulatedStream, type SimulatedStream } from "./simulated-stream.ts";
import { createSteppedClock, type SteppedTime } from "./stepped-clock.ts";

export type SimulatedOptions = {
  readonly exchange: Exchange;
  readonly faults?: FaultScript;
  /** Of the venue's time, for each request. */
  readonly latencyMs?: number;
};

export type SimulatedVenue = {
  readonly exchange: Exchange;
  readonly time: SteppedTime & { readonly advanceTo: (ms: number) => void };
  readonly clock: Clock;
  /** One more client; each has its own streams, the venue and its troubles are one. */
  readonly connect: () => Broker;
  readonly addFault: (rule: FaultRule) => void;
};

type Venue = {
  readonly x: Exchange;
  readonly desk: FaultDesk;
  readonly stream: SimulatedStream;
  readonly latencyMs: number;
  skewMs: number;
};

export function createSimulatedVenue(options: SimulatedOptions): SimulatedVenue {
  const { exchange: x } = options;
  const desk = createFaultDesk(options.faults ?? NO_FAULTS);
  const stream = createSimulatedStream(desk, () => x.state.nowMs);
  const venue: Venue = { x, desk, stream, latencyMs: options.latencyMs ?? 0, skewMs: 0 };
  const time = {
    nowMs: () => x.state.nowMs,
    nextMs: () => nextMs(venue),
    advanceTo: (ms: number) => moveTo(venue, ms),
  };
  return {
    exchange: x,
    time,
    clock: createSteppedClock(time),
    connect: () => brokerOf(venue),
    addFault: (rule) => addRule(desk, rule),
  };
}

function nextMs({ x, desk, stream }: Venue): number | null {
  const { nowMs } = x.state;
  const step = nextStepMs(x) ?? Number.POSITIVE_INFINITY;
  const next = Math.min(step, nextDueMs(desk, nowMs), stream.nextDueMs());
  return Number.isFinite(next) ? next : null;
}

/** From one thing that happens to the next, so that what strikes a fill strikes it when it is booked. */
function moveTo(venue: Venue, ms: number): void {
  const { x, desk, stream } = venue;
  for (;;) {
    const next = Math.min(ms, nextMs(venue) ?? Number.POSITIVE_INFINITY);
    advanceTo(x, next);
    for (const rule of strikes(desk, { point: "time", atMs: x.state.nowMs })) {
      if (rule.kind === "clock_skew") venue.skewMs = rule.durationMs ?? 0;
      else strikeTime(x, rule);
    }
    tellEvents(venue);
    stream.release();
    if (next >= ms) return;
  }
}

function tellEvents({ x, desk, stream }: Venue): void {
  for (const event of takeEvents(x)) {
    if (event.kind === "fill") {
      const { symbol } = event.order;
      for (const rule of strikes(desk, { point: "fill", symbol, atMs: event.atMs })) {
        strikeFill(x, event.execution, rule);
      }
    }
    stream.tell(event);
  }
}

function brokerOf(venue: Venue): Broker {
  const { x, stream } = venue;
  const { accountId, currency, sessions } = x.options;
  const closers = new Set<() => void>();
  return {
    name: "simulated",
    averaging: "weighted_average",
    account: () => read(venue, "account", () => ({ accountId, currency })),
    clock: () =>
      read(venue, "clock", () => {
        const clock = clockOf(x);
        return { ...clock, nowMs: clock.nowMs + venue.skewMs };
      }),
    sessions: (from, to) => read(venue, "sessions", () => sessionsIn(sessions, from, to)),
    place: async (order) => place(venue, order),
    cancel: async (venueOrderId) => {
      const symbol = x.orderById.get(venueOrderId)?.symbol ?? null;
      const answer = command(venue, { call: "cancel", symbol }, () => cancelAt(x, venueOrderId));
      return "unknown" in answer ? { kind: "unknown", reason: answer.unknown } : answer.known;
    },
    orderByClientId: (id) => read(venue, "order", () => lookUpAt(x, id)),
    snapshot: () => read(venue, "positions", () => snapshotAt(x, x.state.nowMs + venue.skewMs)),
    activitiesSince: (cursor) => read(venue, "activities", () => activitiesAt(x, cursor)),
    stream: async (listener) => {
      const close = stream.listen(listener);
      closers.add(close);
      return {
        close: async () => {
          closers.delete(close);
          close();
        },
      };
    },
    close: async () => {
      for (const close of closers) close();
      closers.clear();
    },
  };
}

function place(venue: Venue, order: Approved<BrokerOrder>): PlaceOutcome {
  const { x, desk } = venue;
  const { symbol, clientOrderId } = order;
  const answer = command(venue, { call: "place", symbol }, () => {
    const known = orderByClientId(x, clientOrderId) !== null;
    const outcome = placeAt(x, order);
    const placed = known ? null : orderByClientId(x, clientOrderId);
    if (placed !== null) {
      for (const rule of strikes(desk, { point: "order", symbol, atMs: x.state.nowMs })) {
        strikeOrder(x, placed, rule);
      }
    }
    return outcome;
  });
  return "unknown" in answer ? { kind: "unknown", reason: answer.unknown } : answer.known;
}

type Answer<T> = { readonly known: T } | { readonly unknown: string };

/** A question: without a readable answer nothing may be concluded. */
async function read<T>(venue: Venue, call: VenueCall, work: () => T): Promise<T> {
  const answer = command(venue, { call, symbol: null }, work);
  if ("unknown" in answer) throw new BrokerUnavailable(`${call}: ${answer.unknown}`);
  return answer.known;
}

/** One request: it travels, it may be spoilt before or after the venue has acted on it. */
function command<T>(
  venue: Venue,
  { call, symbol }: { readonly call: VenueCall; readonly symbol: string | null },
  work: () => T,
): Answer<T> {
  const { x, desk, latencyMs } = venue;
  if (latencyMs > 0) moveTo(venue, x.state.nowMs + latencyMs);
  const trouble = strikes(desk, { point: "call", call, symbol, atMs: x.state.nowMs }).at(0) ?? null;
  if (trouble?.kind === "error_before") return { unknown: "HTTP 500 before it was acted on" };
  if (trouble?.kind === "rate_limit") return { unknown: "HTTP 429, too many requests" };
  const known = work();
  tellEvents(venue);
  switch (trouble?.kind) {
    case "lost_ack":
      return { unknown: "the socket closed before the answer" };
    case "error_after":
      return { unknown: "HTTP 500 after it was acted on" };
    case "timeout":
      moveTo(venue, x.state.nowMs + (trouble.durationMs ?? 0));
      return { unknown: "no answer in time" };
    default:
      return { known };
  }
}

/**
 * Orders on their way out: what the core has ordered is placed, what it has taken back is cancelled, and an
 * outcome nobody knows is looked up by the order's own id before anything else. An order is never sent a
 * second time unless the venue has answered that it does not know it (spec execution, 3).
 */
import { invariant } from "../../base/assert.ts";
import { inTerms } from "../../execution/gates/approval.ts";
import { pauseGate } from "../../execution/gates/pause.ts";
import { ticketOf } from "../../execution/orders/ticket.ts";
import { BrokerUnavailable } from "../../ports/broker.ts";
import { alert, type Desk, flush, incident, look, record } from "./desk.ts";
import { isOpenAtVenue, type LiveOrder } from "./live-order.ts";
import { venueOffsetMs } from "./two-clocks.ts";
import { settleOpenOrders } from "./settle-orders.ts";
import { settleOrder } from "./venue-sync.ts";

/** Until when an order for the session's auction may be sent, in ms since the epoch. */
export type Window = { readonly cutoffMs: number };

/** The same by our clock, and the latest that it has shown. */
type Auction = { readonly cutoffMs: number; latestMs: number };

/** Cancels first, then what is new; journalled before it leaves (invariant 10). */
export async function sendOrders(desk: Desk, window: Window): Promise<void> {
  await sendOnce(desk, window, false);
  // A stop that is being cancelled holds for a moment what is to be closed.
  const { patience } = desk.ports;
  const areHeld = () => ordersOf(desk).some((live) => isHeldUp(desk, live));
  for (let looks = 0; looks < patience.looks && areHeld(); looks++) {
    await patience.wait();
    await settleOpenOrders(desk);
    await sendOnce(desk, window, false);
  }
  if (areHeld()) await sendOnce(desk, window, true);
}

function isHeldUp(desk: Desk, live: LiveOrder): boolean {
  return live.order.purpose === "flatten" && live.state === "created" && waits(desk, live);
}

/** `insists`: what flattens waits for no cancelling any more, the venue has the word. */
async function sendOnce(desk: Desk, window: Window, insists: boolean): Promise<void> {
  await flush(desk);
  for (const live of ordersOf(desk)) {
    if (isTakenBack(desk, live) || isInTheWay(desk, live, window)) await cancelOrder(desk, live);
  }
  const unsent = () =>
    ordersOf(desk).filter((live) => isUnsent(desk, live) || (insists && isHeldUp(desk, live)));
  const offsetMs = unsent().length === 0 ? 0 : await venueOffsetMs(desk);
  const auction = {
    cutoffMs: window.cutoffMs - Math.max(0, offsetMs ?? 0),
    latestMs: desk.nowMs,
  };
  for (const live of unsent()) {
    // Without the venue's time only what has no auction to miss may go.
    if (offsetMs === null && live.order.price === null) {
      if (live.state === "unknown") await asked(desk, live);
      continue;
    }
    await sendOrder(desk, live, auction);
    await flush(desk);
  }
  await pauseOnCounts(desk);
}

function isUnsent(desk: Desk, live: LiveOrder): boolean {
  return live.state === "unknown" || (live.state === "created" && !waits(desk, live));
}

/** The kill switch that counts: it closed trading by itself, and stays until a person opens it. */
async function pauseOnCounts(desk: Desk): Promise<void> {
  const { safety } = desk.core.view;
  if (safety.pause !== null) return;
  const { result, rule, observed, limit, unit } = pauseGate(safety, null);
  const cause = COUNTED[rule];
  if (result === "pass" || cause === undefined) return;
  const message = `${rule}: observed ${observed}, limit ${limit} ${unit}`;
  record(desk, { kind: "paused", cause, message, operator: null });
  await flush(desk);
  await alert(desk, "critical", `paused: ${cause}`, message);
}

const COUNTED: { readonly [rule: string]: string } = {
  consecutive_failures: "failures",
  reject_rate: "rejects",
};

/** Every order whose place at the venue is not known: what another process left behind, and lost answers. */
export async function resolveOrders(desk: Desk): Promise<void> {
  for (const live of ordersOf(desk)) {
    const isKnown = live.state === "created" && desk.fresh.has(live.id);
    if (isKnown || (live.state !== "created" && live.state !== "unknown")) continue;
    await asked(desk, live);
  }
  await flush(desk);
}

/** After the session: what the venue answers it never had is given up. */
export async function giveUpUnsent(desk: Desk): Promise<void> {
  for (const live of ordersOf(desk)) {
    if (live.state !== "created" && live.state !== "unknown") continue;
    if ((await asked(desk, live)) !== "not_there") continue;
    if (live.order.purpose === "stop" && live.state === "created") continue;
    withdraw(desk, live, "its session is over, and the venue never had it");
  }
  await flush(desk);
}

function ordersOf({ core }: Desk): readonly LiveOrder[] {
  return [...(core.day?.state.orders.values() ?? [])];
}

/** The kernel has ended it and the venue may still work it. */
function isTakenBack({ cancelled }: Desk, live: LiveOrder): boolean {
  return !live.order.working && isOpenAtVenue(live) && !cancelled.has(live.id);
}

/** A stop may hold the shares that a flattening is to sell: it goes where that one may. */
function isInTheWay(desk: Desk, live: LiveOrder, { cutoffMs }: Window): boolean {
  if (live.order.purpose !== "stop" || !isOpenAtVenue(live) || live.cancelRequested) return false;
  return besides(desk, live).some(
    (other) =>
      other.order.purpose === "flatten" &&
      closedTo(desk, other) === null &&
      (other.evenPaused || desk.nowMs < cutoffMs),
  );
}

/** What else may be at work in its instrument. */
function besides(desk: Desk, { id, order }: LiveOrder): readonly LiveOrder[] {
  return ordersOf(desk).filter(
    (other) =>
      other.id !== id && other.order.instrument === order.instrument && isOpenAtVenue(other),
  );
}

/**
 * Crossing zero closes first: no venue lets the other side open while this one is held. And what is being
 * flattened is not sold a second time beside it.
 */
function waits(desk: Desk, live: LiveOrder): boolean {
  const { order } = live;
  const held = desk.core.day?.kernel.state.lots[order.instrument] ?? 0;
  // What it takes the place of may still fill: both would be more than was approved.
  if (besides(desk, live).some((other) => !other.order.working)) return order.purpose !== "flatten";
  if (order.purpose === "open") return held * order.side < 0;
  // A venue lets nothing else sell what an order that is being cancelled still holds.
  if (order.purpose === "flatten") return besides(desk, live).some((one) => one.cancelRequested);
  if (order.purpose !== "close") return false;
  return besides(desk, live).some((other) => other.order.purpose === "flatten");
}

async function sendOrder(desk: Desk, live: LiveOrder, auction: Auction): Promise<void> {
  if (!desk.fresh.has(live.id) || live.state === "unknown") {
    const found = await asked(desk, live);
    if (found !== "not_there") return;
  }
  const closed = closedTo(desk, live);
  if (closed !== null) {
    // What protects a position waits for trading to open: nothing would place it again.
    if (live.order.purpose !== "stop") withdraw(desk, live, closed);
    return;
  }
  if (isSplitting(desk, live)) {
    withdraw(desk, live, "its instrument splits before the auction");
    incident(desk, "warning", "split_ahead", {
      subject: live.id,
      message: `order ${live.id} of ${live.lots} ${live.instrument} was not sent: ${live.instrument} splits before the auction, and it is sized for the units before; the next decision sizes it anew`,
    });
    return;
  }
  if (await isLate(desk, live, auction)) {
    withdraw(desk, live, "its auction had passed before it could be sent");
    incident(desk, "warning", "too_late", {
      subject: live.id,
      message: `order ${live.id} of ${live.lots} ${live.instrument} was not sent: its auction had passed`,
    });
    return;
  }
  await place(desk, live, true);
}

/** An order is sized in today's units; nobody can say that a venue resizes what waits over a split. */
function isSplitting({ core }: Desk, { instrument, order }: LiveOrder): boolean {
  return order.price === null && core.day?.prepared.splitting?.has(instrument) === true;
}

/** A look-up that may fail: the order then stays unknown, and nothing follows. */
async function asked(desk: Desk, live: LiveOrder): Promise<"there" | "not_there" | "no_answer"> {
  try {
    return (await lookUp(desk, live)) ? "there" : "not_there";
  } catch (error) {
    if (!(error instanceof BrokerUnavailable)) throw error;
    incident(desk, "warning", "venue_unavailable", {
      subject: live.id,
      message: `order ${live.id} could not be looked up: ${error.message}`,
    });
    return "no_answer";
  }
}

/** True when the venue knows it; then nothing is sent. Throws BrokerUnavailable where nobody can say. */
async function lookUp(desk: Desk, live: LiveOrder): Promise<boolean> {
  const found = await desk.ports.broker.orderByClientId(live.id);
  if (found === null) {
    desk.fresh.add(live.id);
    return false;
  }
  settleOrder(desk, live, found);
  return true;
}

async function place(desk: Desk, live: LiveOrder, mayRepeat: boolean): Promise<void> {
  const { core, ports } = desk;
  const { day } = core;
  invariant(day !== null, 10, "an order is sent and no day is open");
  const { instruments } = day.prepared.world;
  const { id, lot, tick, allowNonpositive } = instruments[live.order.instrument];
  const ticket = ticketOf(live.order, {
    clientOrderId: live.id,
    symbol: id,
    lotSize: lot,
    tick,
    allowNonpositive,
    // A person who closes everything waits for no auction: most of a day venues take no order for one.
    marketPhase: live.evenPaused ? "any" : day.prepared.planned.plan.marketPhase,
  });
  if (!ticket.ok) {
    record(desk, refusal(live, ticket.error.code, ticket.error.message));
    return;
  }
  // From here on its fate is unknown until the venue has answered.
  desk.fresh.delete(live.id);
  const outcome = await ports.broker.place(inTerms(live.order, ticket.value));
  switch (outcome.kind) {
    case "acknowledged":
      settleOrder(desk, live, outcome.order);
      return;
    case "rejected":
      record(desk, refusal(live, outcome.code, outcome.message));
      return;
    case "unknown":
      await resolveUnknown(desk, live, outcome.reason, mayRepeat);
  }
}

function refusal(live: LiveOrder, code: string, message: string) {
  return { kind: "order_refused", order_id: live.id, code, message } as const;
}

/**
 * Looked up at once; where the venue answers that it has never heard of it, it is sent once more under the
 * same id, which the venue takes but once.
 */
async function resolveUnknown(
  desk: Desk,
  live: LiveOrder,
  reason: string,
  mayRepeat: boolean,
): Promise<void> {
  record(desk, { kind: "order_unknown", order_id: live.id, reason });
  await flush(desk);
  incident(desk, "warning", "order_unknown", {
    subject: live.id,
    message: `nobody knows what became of order ${live.id} of ${live.lots} ${live.instrument}: ${reason}; it is looked up by its id`,
  });
  const found = await asked(desk, live);
  if (found === "not_there" && mayRepeat && closedTo(desk, live) === null) {
    await place(desk, live, false);
  }
}

function withdraw(desk: Desk, live: LiveOrder, reason: string): void {
  record(desk, { kind: "order_withdrawn", order_id: live.id, reason });
}

/** Why nothing of this kind may leave now; null: it may. */
function closedTo({ core }: Desk, live: LiveOrder): string | null {
  if (live.evenPaused) return null;
  const { result, rule } = pauseGate(core.view.safety, null);
  return result === "pass" ? null : `trading is closed: ${rule}`;
}

/**
 * Orders that wait in the book have no auction to miss. Each sending takes its time, and a clock that is set
 * back meanwhile brings no auction back.
 */
async function isLate(
  desk: Desk,
  { order, evenPaused }: LiveOrder,
  auction: Auction,
): Promise<boolean> {
  auction.latestMs = Math.max(auction.latestMs, await look(desk));
  return order.price === null && !evenPaused && auction.latestMs >= auction.cutoffMs;
}

async function cancelOrder(desk: Desk, live: LiveOrder): Promise<void> {
  if (live.state === "created" && desk.fresh.has(live.id)) {
    withdraw(desk, live, "it was taken back before it was sent");
    return;
  }
  if (live.venueOrderId === null && !(await lookUp(desk, live))) {
    withdraw(desk, live, "it was taken back, and the venue never heard of it");
    return;
  }
  const { venueOrderId } = live;
  if (venueOrderId === null || !isOpenAtVenue(live)) return;
  if (!live.cancelRequested) {
    record(desk, { kind: "cancel_requested", order_id: live.id, venue_order_id: venueOrderId });
    await flush(desk);
  }
  desk.cancelled.add(live.id);
  // Whatever it answers, what counts is what the order is found to be: now, by the stream or at the day's end.
  await desk.ports.broker.cancel(venueOrderId);
  await asked(desk, live);
}

/**
 * Time and events of the venue. Whatever moves the exchange goes through here, so that its events are
 * told and its faults carried out in the same order whoever asked. Enters: instants, accepted orders;
 * leaves: frames on the stream.
 */
import { takeEvents } from "../../venue/exchange/exchange.ts";
import { advanceTo, nextStepMs } from "../../venue/exchange/sessions.ts";
import type { ExchangeEvent, ExchangeOrder } from "../../venue/exchange/state.ts";
import { actOnFill, actOnOrder, actOnTime } from "./fault-acts.ts";
import { nextDueMs, strikes } from "./fault-desk.ts";
import { nowMs, type Venue } from "./venue.ts";

/**
 * Walks to an instant, from one thing that happens to the next, so that what strikes a fill strikes it
 * when it is booked. A fault of the script that is due on the way is a stop as well.
 */
export function moveTo(venue: Venue, ms: number): void {
  for (;;) {
    const step = nextStepMs(venue.exchange) ?? Number.POSITIVE_INFINITY;
    const next = Math.min(ms, step, nextDueMs(venue.desk, nowMs(venue)));
    advanceTo(venue.exchange, next);
    for (const rule of strikes(venue.desk, { point: "time", atMs: nowMs(venue) })) {
      actOnTime(venue, rule);
    }
    tellEvents(venue);
    if (next >= ms) return;
  }
}

/** Tells what happened; executions are where some faults strike. */
export function tellEvents(venue: Venue): void {
  for (const event of takeEvents(venue.exchange)) {
    venue.frames.tell(event);
    if (event.kind === "fill") strikeFill(venue, event);
  }
  venue.frames.release(nowMs(venue));
}

function strikeFill(venue: Venue, event: Extract<ExchangeEvent, { kind: "fill" }>): void {
  const { symbol } = event.order;
  for (const rule of strikes(venue.desk, { point: "fill", symbol, atMs: event.atMs })) {
    actOnFill(venue, event, rule);
  }
}

/** An order was accepted: what the script does to it is done, its events are told. */
export function orderAccepted(venue: Venue, { id, symbol }: ExchangeOrder): void {
  for (const rule of strikes(venue.desk, { point: "order", symbol, atMs: nowMs(venue) })) {
    actOnOrder(venue, id, rule);
  }
  tellEvents(venue);
}

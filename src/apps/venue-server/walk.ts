/**
 * Time and events of the venue. Whatever moves the exchange goes through here, so that its events are
 * told and its faults carried out in the same order whoever asked. Enters: instants, accepted orders;
 * leaves: frames on the stream.
 */
import { takeEvents } from "../../venue/exchange/exchange.ts";
import { strikeFill, strikeOrder, strikeTime } from "../../venue/exchange/fault-acts.ts";
import { advanceTo, nextStepMs } from "../../venue/exchange/sessions.ts";
import type { ExchangeEvent, ExchangeOrder } from "../../venue/exchange/state.ts";
import { nextDueMs, strikes } from "../../venue/fault-desk.ts";
import { nowMs, type Venue } from "./venue.ts";

/**
 * Walks to an instant, from one thing that happens to the next, so that what strikes a fill strikes it
 * when it is booked. A fault of the script that is due on the way is a stop as well.
 */
export function moveTo(venue: Venue, ms: number): void {
  const { exchange, desk } = venue;
  for (;;) {
    const step = nextStepMs(exchange) ?? Number.POSITIVE_INFINITY;
    const next = Math.min(ms, step, nextDueMs(desk, nowMs(venue)), venue.frames.nextDueMs());
    advanceTo(exchange, next);
    for (const rule of strikes(desk, { point: "time", atMs: nowMs(venue) })) {
      if (rule.kind === "clock_skew") venue.delays.skewMs = rule.durationMs ?? 0;
      else strikeTime(exchange, rule);
    }
    tellEvents(venue);
    if (next >= ms) return;
  }
}

/** Tells what happened; executions are where some faults strike. */
export function tellEvents(venue: Venue): void {
  for (const event of takeEvents(venue.exchange)) {
    if (event.kind === "fill") strikeExecution(venue, event);
    venue.frames.tell(event);
  }
  venue.frames.release(nowMs(venue));
}

function strikeExecution(
  { exchange, desk }: Venue,
  { order, execution, atMs }: Extract<ExchangeEvent, { kind: "fill" }>,
): void {
  for (const rule of strikes(desk, { point: "fill", symbol: order.symbol, atMs })) {
    strikeFill(exchange, execution, rule);
  }
}

/** An order was accepted: what the script does to it is done, its events are told. */
export function orderAccepted(venue: Venue, order: ExchangeOrder): void {
  const { symbol } = order;
  for (const rule of strikes(venue.desk, { point: "order", symbol, atMs: nowMs(venue) })) {
    strikeOrder(venue.exchange, order, rule);
  }
  tellEvents(venue);
}

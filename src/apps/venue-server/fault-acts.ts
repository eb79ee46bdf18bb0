/**
 * What each kind of fault does, once it strikes: to a request, to an order just accepted, to an
 * execution just booked, to the venue as time moves. Enters: a rule and where it struck; leaves:
 * acts on the exchange, or what is wrong with the request. Faults of frames are in frames.ts.
 */
import {
  adjustCash,
  bustPrice,
  cutNextFill,
  delayPositions,
  fillUnasked,
  haltSymbol,
  placePhantom,
  rejectNextReplace,
  repeatFill,
  resumeSymbol,
  stickOrder,
} from "../../venue/exchange/acts.ts";
import type { ExchangeEvent } from "../../venue/exchange/state.ts";
import type { FaultRule, VenueCall } from "../../venue/faults.ts";
import { type CallFault, rateLimited } from "./app.ts";
import { strikes } from "./fault-desk.ts";
import { Refused } from "./refusal.ts";
import type { Venue } from "./venue.ts";

/** A position is late by so much where the rule does not say. */
const LATE_POSITION_MS = 10_000;
/** Longer than any client waits. */
const SILENCE_MS = 600_000;

/** The first that decides what becomes of the request; those that only prepare it are carried out. */
export function callFault(venue: Venue, call: VenueCall, symbol: string | null): CallFault {
  const where = symbol === null ? {} : { symbol };
  const atMs = venue.exchange.state.nowMs;
  const rules = strikes(venue.desk, { point: "call", call, ...where, atMs });
  let fault: CallFault = { kind: "none" };
  for (const rule of rules) {
    if (rule.kind === "replace_rejected") rejectNextReplace(venue.exchange);
    else if (fault.kind === "none") fault = faultOf(rule);
  }
  return fault;
}

function faultOf(rule: FaultRule): CallFault {
  switch (rule.kind) {
    case "lost_ack":
      return { kind: "cut", handled: true };
    case "error_before":
      return { kind: "refuse", refusal: internal(), handled: false };
    case "error_after":
      return { kind: "refuse", refusal: internal(), handled: true };
    case "timeout":
      return { kind: "silence", handled: true, wallMs: rule.durationMs ?? SILENCE_MS };
    case "rate_limit":
      return { kind: "refuse", refusal: rateLimited(), handled: false };
    default:
      return { kind: "none" };
  }
}

function internal(): Refused {
  return new Refused(500, 50010000, "internal server error occurred");
}

export function actOnOrder({ exchange }: Venue, orderId: string, rule: FaultRule): void {
  if (rule.kind === "stuck_order") stickOrder(exchange, orderId);
  if (rule.kind === "partial_fill") cutNextFill(exchange, orderId, rule.share ?? 0.5);
}

export function actOnFill(
  { exchange }: Venue,
  { execution }: Extract<ExchangeEvent, { kind: "fill" }>,
  rule: FaultRule,
): void {
  switch (rule.kind) {
    case "late_position":
      delayPositions(exchange, rule.durationMs ?? LATE_POSITION_MS);
      return;
    case "duplicate_fill":
      repeatFill(exchange, execution.executionId, false);
      return;
    case "price_bust":
      if (rule.price !== null) bustPrice(exchange, execution.executionId, rule.price);
      return;
    default:
      return;
  }
}

export function actOnTime(venue: Venue, rule: FaultRule): void {
  const { exchange } = venue;
  const { symbol, qty, price, durationMs, amountMinor } = rule;
  switch (rule.kind) {
    case "clock_skew":
      venue.delays.skewMs = durationMs ?? 0;
      return;
    case "halt":
      if (symbol === null) return;
      haltSymbol(exchange, symbol, { refuses: false, untilMs: null });
      if (durationMs !== null) {
        const over = { symbol, atMs: exchange.state.nowMs + durationMs };
        venue.delays.resumes = [...venue.delays.resumes, over];
      }
      return;
    case "cash_adjusted":
      if (amountMinor !== null) adjustCash(exchange, amountMinor, true);
      return;
    case "unasked_fill":
      if (symbol !== null && qty !== null && price !== null) {
        fillUnasked(exchange, symbol, qty, price);
      }
      return;
    case "phantom_order":
      if (symbol !== null && qty !== null && price !== null) {
        placePhantom(exchange, symbol, qty, price);
      }
      return;
    default:
      return;
  }
}

/** Symbols whose halt is over trade again. */
export function resumeDue({ exchange, delays }: Venue): void {
  const { nowMs } = exchange.state;
  for (const { symbol, atMs } of delays.resumes) {
    if (atMs <= nowMs) resumeSymbol(exchange, symbol);
  }
  delays.resumes = delays.resumes.filter(({ atMs }) => atMs > nowMs);
}

/**
 * What each kind of fault does, once it strikes: to an order just accepted, to an execution just
 * booked, to the venue as time moves. Enters: a rule and where it struck; leaves: acts on the
 * exchange. Faults of requests are in call-faults.ts, those of frames in frames.ts.
 */
import {
  adjustCash,
  bustPrice,
  changePosition,
  cutNextFill,
  delayPositions,
  fillUnasked,
  haltSymbol,
  placePhantom,
  repeatFill,
  stickOrder,
} from "../../venue/exchange/acts.ts";
import type { ExchangeEvent } from "../../venue/exchange/state.ts";
import type { FaultRule } from "../../venue/faults.ts";
import type { Venue } from "./venue.ts";

/** A position is late by so much where the rule does not say. */
const LATE_POSITION_MS = 10_000;

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
  const { exchange, delays } = venue;
  const { symbol, qty, price, durationMs, amountMinor } = rule;
  switch (rule.kind) {
    case "clock_skew":
      delays.skewMs = durationMs ?? 0;
      return;
    case "cash_adjusted":
      if (amountMinor !== null) adjustCash(exchange, amountMinor, true);
      return;
    case "halt": {
      const untilMs = durationMs === null ? null : exchange.state.nowMs + durationMs;
      if (symbol !== null) haltSymbol(exchange, symbol, { refuses: false, untilMs });
      return;
    }
    case "position_changed":
      if (symbol !== null && qty !== null) changePosition(exchange, symbol, qty);
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

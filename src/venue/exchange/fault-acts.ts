/**
 * What each kind of fault does to the exchange once it strikes: to an order just accepted, to an
 * execution just booked, to the venue as time moves. Faults of requests and of the stream are the
 * business of whoever carries those. Refuses, loudly, a rule that does not say what its kind needs.
 */
import { Fault } from "../../domain/fault.ts";
import type { FaultRule } from "../faults.ts";
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
} from "./acts.ts";
import type { Exchange, ExchangeOrder, FillActivity } from "./state.ts";

/** A position is late by so much where the rule does not say. */
const LATE_POSITION_MS = 10_000;

export function strikeOrder(x: Exchange, { id }: ExchangeOrder, rule: FaultRule): void {
  if (rule.kind === "stuck_order") stickOrder(x, id);
  if (rule.kind === "partial_fill") cutNextFill(x, id, rule.share ?? 0.5);
}

export function strikeFill(
  x: Exchange,
  { executionId }: Readonly<FillActivity>,
  rule: FaultRule,
): void {
  if (rule.kind === "late_position") delayPositions(x, rule.durationMs ?? LATE_POSITION_MS);
  if (rule.kind === "duplicate_fill") repeatFill(x, executionId, false);
  if (rule.kind === "price_bust") bustPrice(x, executionId, needed(rule, "price"));
}

/** A skewed clock is the carrier's to show. */
export function strikeTime(x: Exchange, rule: FaultRule): void {
  switch (rule.kind) {
    case "halt":
      return haltSymbol(x, needed(rule, "symbol"), {
        refuses: false,
        untilMs: rule.durationMs === null ? null : x.state.nowMs + rule.durationMs,
      });
    case "cash_adjusted":
      return adjustCash(x, needed(rule, "amountMinor"), true);
    case "unasked_fill":
      return fillUnasked(x, needed(rule, "symbol"), needed(rule, "qty"), needed(rule, "price"));
    case "phantom_order":
      placePhantom(x, needed(rule, "symbol"), needed(rule, "qty"), needed(rule, "price"));
      return;
    case "position_changed":
      return changePosition(x, needed(rule, "symbol"), needed(rule, "qty"));
    default:
      return;
  }
}

function needed<Key extends "symbol" | "qty" | "price" | "amountMinor">(
  rule: FaultRule,
  key: Key,
): NonNullable<FaultRule[Key]> {
  const value = rule[key];
  if (value === null) throw new Fault("usage", `fault ${rule.kind} needs ${key}`);
  return value as NonNullable<FaultRule[Key]>;
}

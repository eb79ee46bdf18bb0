/**
 * Everything that changes a venue, as data: orders, time, faults planted, acts of the venue itself.
 * Each is carried out here, whoever asked for it, and kept in the log where there is one: a venue that
 * was killed carries the same acts out again and is where it was. What is refused leaves no trace.
 */
import { ok, type Result, valueOf } from "../../base/result.ts";
import {
  adjustCash,
  bustPrice,
  changePosition,
  fillUnasked,
  haltSymbol,
  placePhantom,
  rejectNextReplace,
  repeatFill,
  resumeSymbol,
  stickOrder,
} from "../../venue/exchange/acts.ts";
import { cancelOrder, submitOrder } from "../../venue/exchange/orders.ts";
import { replaceOrder } from "../../venue/exchange/replace.ts";
import type { OrderRequest, ReplaceRequest, VenueRefusal } from "../../venue/exchange/requests.ts";
import type { Exchange, ExchangeOrder } from "../../venue/exchange/state.ts";
import type { FaultRule } from "../../venue/faults.ts";
import type { ActEntry, VenueAct, OwnAct } from "./act-log.ts";
import { addRule } from "../../venue/fault-desk.ts";
import { paceMs } from "./pace.ts";
import { nowMs, type Venue } from "./venue.ts";
import { moveTo, orderAccepted, tellEvents } from "./walk.ts";

export function place(venue: Venue, request: OrderRequest): Result<ExchangeOrder, VenueRefusal> {
  return kept(venue, { kind: "place", request }, () => {
    const order = submitOrder(venue.exchange, request);
    if (order.ok) orderAccepted(venue, order.value);
    return order;
  });
}

export function replace(
  venue: Venue,
  id: string,
  request: ReplaceRequest,
): Result<ExchangeOrder, VenueRefusal> {
  return kept(venue, { kind: "replace", id, request }, () => {
    const order = replaceOrder(venue.exchange, id, request);
    if (order.ok) tellEvents(venue);
    return order;
  });
}

export function cancel(venue: Venue, id: string): Result<ExchangeOrder, VenueRefusal> {
  return kept(venue, { kind: "cancel", id }, () => {
    const order = cancelOrder(venue.exchange, id);
    if (order.ok) tellEvents(venue);
    return order;
  });
}

/** Steps the venue's time to an instant; one that has passed changes nothing. */
export function stepTo(venue: Venue, ms: number): void {
  moveTo(venue, Math.max(ms, nowMs(venue)));
  kept(venue, { kind: "move" }, () => ok(null));
}

/** Time that runs by itself is brought up to the wall's; kept where a session began or ended with it. */
export function keepUp(venue: Venue): void {
  const wanted = paceMs(venue.pace, venue.wallMs());
  if (wanted === null || wanted <= nowMs(venue)) return;
  const { state } = venue.exchange;
  const before = `${state.session} ${state.step}`;
  moveTo(venue, wanted);
  if (`${state.session} ${state.step}` !== before) kept(venue, { kind: "move" }, () => ok(null));
}

export function plantFault(venue: Venue, rule: FaultRule): void {
  kept(venue, { kind: "fault", rule }, () => {
    addRule(venue.desk, rule);
    // What is due at once strikes at once.
    moveTo(venue, nowMs(venue));
    return ok(null);
  });
}

export function rejectReplace(venue: Venue): void {
  kept(venue, { kind: "reject_next_replace" }, () => {
    rejectNextReplace(venue.exchange);
    return ok(null);
  });
}

/** Throws Fault where it names what is not there. */
export function actAlone(venue: Venue, own: OwnAct): void {
  kept(venue, { kind: "own", own }, () => {
    perform(venue.exchange, own);
    tellEvents(venue);
    return ok(null);
  });
}

/** Carries out again what the log says, on a venue that has just been made. */
export function carryOutAgain(venue: Venue, entries: readonly ActEntry[]): void {
  for (const { at, counts, act } of entries) {
    moveTo(venue, Math.max(at, nowMs(venue)));
    for (const [name, count] of Object.entries(counts)) venue.desk.counts.set(name, count);
    again(venue, act);
  }
}

function again(venue: Venue, act: VenueAct): void {
  switch (act.kind) {
    case "place":
      valueOf(place(venue, act.request));
      return;
    case "replace":
      valueOf(replace(venue, act.id, act.request));
      return;
    case "cancel":
      valueOf(cancel(venue, act.id));
      return;
    case "fault":
      return plantFault(venue, act.rule);
    case "own":
      return actAlone(venue, act.own);
    case "reject_next_replace":
      return rejectReplace(venue);
    case "move":
      return;
  }
}

function kept<T>(
  venue: Venue,
  act: VenueAct,
  carryOut: () => Result<T, VenueRefusal>,
): Result<T, VenueRefusal> {
  const { log, desk } = venue;
  const counts = log === null ? {} : Object.fromEntries(desk.counts);
  const done = carryOut();
  if (done.ok) log?.append({ at: nowMs(venue), counts, act });
  return done;
}

function perform(exchange: Exchange, own: OwnAct): void {
  switch (own.act) {
    case "adjust_cash":
      return adjustCash(exchange, own.minor, own.silent);
    case "fill_unasked":
      return fillUnasked(exchange, own.symbol, own.qty, own.price);
    case "place_phantom":
      return void placePhantom(exchange, own.symbol, own.qty, own.price);
    case "change_position":
      return changePosition(exchange, own.symbol, own.qty);
    case "bust_price":
      return bustPrice(exchange, own.execution_id, own.price);
    case "repeat_fill":
      return repeatFill(exchange, own.execution_id, own.booked);
    case "stick_order":
      return stickOrder(exchange, own.order_id);
    case "halt":
      return haltSymbol(exchange, own.symbol, { refuses: own.refuses, untilMs: null });
    case "resume":
      return resumeSymbol(exchange, own.symbol);
  }
}

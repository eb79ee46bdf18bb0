/**
 * From what the venue says to facts. The stream tells first and may lose, repeat and reorder; activities are
 * the record. An execution is booked once, by its own id, whichever of them brought it.
 */
import { invariant } from "../../base/assert.ts";
import { formatDecimal, multiply, parseDecimal, toScaledInteger } from "../../base/decimal.ts";
import type { Break } from "../../domain/reconciliation.ts";
import type { VenueOrderEnd } from "../../domain/trading-entry.ts";
import type {
  VenueActivity,
  VenueEvent,
  VenueFill,
  VenueOrder,
  VenueOrderStatus,
} from "../../domain/venue-report.ts";
import { isExpected } from "./book-fact.ts";
import type { OpenDay } from "./open-day.ts";
import { type Desk, incident, record } from "./desk.ts";
import { isOpenAtVenue, type LiveOrder } from "./live-order.ts";

/** Books what the stream has brought since the last look; true when a connection was lost meanwhile. */
export function takeEvents(desk: Desk): boolean {
  let lost = false;
  for (const event of desk.events.splice(0)) {
    if (event.kind === "disconnected") {
      desk.listening = false;
      incident(desk, "warning", "stream_lost", {
        subject: `${desk.nowMs}`,
        message: `the venue's stream broke off: ${event.reason}; what it said meanwhile is read from the activities`,
      });
    }
    if (event.kind === "connected" && !desk.listening) lost = true;
    if (event.kind === "fill") takeFill(desk, event.fill, "stream");
    if (event.kind === "order") takeStatus(desk, event);
  }
  return lost;
}

/** True when it is booked now, false when it was before, null when no order of ours is known by it. */
export function takeFill(
  desk: Desk,
  fill: VenueFill,
  source: "stream" | "activity",
): boolean | null {
  const { core } = desk;
  const { day } = core;
  if (core.view.executions.has(fill.executionId)) return false;
  const live = day === null ? null : orderOf(day, fill);
  if (day === null || live === null) return null;
  const fact = {
    kind: "venue_fill",
    order_id: live.id,
    venue_order_id: fill.venueOrderId,
    execution_id: fill.executionId,
    instrument: live.instrument,
    qty: fill.qty,
    price: fill.price,
    cumulative_qty: fill.cumulativeQty,
    executed_at: fill.at,
    source,
  } as const;
  if (fill.symbol !== live.instrument) return null;
  if (live.venueOrderId === null) acknowledge(desk, live, fill.venueOrderId);
  const expected = isExpected(day, fact);
  record(desk, fact);
  if (!expected) {
    incident(desk, "critical", "stray_fill", {
      subject: fill.executionId,
      message: `execution ${fill.executionId} of ${fill.qty} ${fill.symbol} came for order ${live.id}, which no longer wanted it: it is booked, and trading is paused`,
    });
    pauseFor(desk, "stray_fill", `an execution came for order ${live.id}, which had ended`);
  }
  return true;
}

export function pauseFor(desk: Desk, cause: string, message: string): void {
  if (desk.core.view.safety.pause !== null) return;
  record(desk, { kind: "paused", cause, message, operator: null });
}

export function acknowledge(desk: Desk, live: LiveOrder, venueOrderId: string): void {
  record(desk, {
    kind: "order_acknowledged",
    order_id: live.id,
    venue_order_id: venueOrderId,
  });
}

function takeStatus(desk: Desk, { order }: Extract<VenueEvent, { kind: "order" }>): void {
  const live = desk.core.day?.state.orders.get(order.clientOrderId ?? "");
  if (live !== undefined) settleOrder(desk, live, order);
}

/**
 * What the venue says has become of an order. Its end is booked only when every execution it counts is: the
 * others are on their way, by stream or by activity.
 */
export function settleOrder(desk: Desk, live: LiveOrder, report: VenueOrder): void {
  if (live.venueOrderId === null) acknowledge(desk, live, report.venueOrderId);
  if (!isOpenAtVenue(live) || !isAllBooked(desk, live, report)) return;
  const isShort = report.status === "filled";
  const end = isShort ? "cancelled" : END_OF[report.status];
  if (end === null) return;
  if (isShort) {
    incident(desk, "critical", "order_resized", {
      subject: live.id,
      message: `order ${live.id} was for ${live.lots} lots of ${live.instrument}, and the venue calls it filled with ${report.filledQty} units: was there a split?`,
    });
  }
  record(desk, {
    kind: "venue_order_ended",
    order_id: live.id,
    venue_order_id: report.venueOrderId,
    end,
    filled_qty: report.filledQty,
  });
}

const END_OF: { readonly [status in VenueOrderStatus]: VenueOrderEnd | null } = {
  working: null,
  partially_filled: null,
  filled: null,
  cancelled: "cancelled",
  expired: "expired",
  rejected: "rejected",
  replaced: "replaced",
};

export function isAllBooked(desk: Desk, live: LiveOrder, { filledQty }: VenueOrder): boolean {
  const { day } = desk.core;
  invariant(day !== null, 10, "an order is asked about and no day is open");
  const { lot } = day.prepared.world.instruments[live.order.instrument];
  const booked = multiply(exact(String(live.filledLots)), exact(String(lot)));
  return formatDecimal(booked) === formatDecimal(exact(filledQty));
}

function exact(text: string) {
  const decimal = parseDecimal(text);
  invariant(decimal !== null, 22, `"${text}" is not a number`);
  return decimal;
}

function orderOf({ state }: OpenDay, fill: VenueFill): LiveOrder | null {
  if (fill.clientOrderId !== null) return state.orders.get(fill.clientOrderId) ?? null;
  for (const live of state.orders.values()) {
    if (live.venueOrderId === fill.venueOrderId) return live;
  }
  return null;
}

export type Synced = {
  /** Since the last reconciliation that passed. */
  readonly activities: readonly VenueActivity[];
  readonly cursor: string | null;
};

/**
 * Reads the venue's record since the last PASS and books what is new in it. `missed` takes the executions
 * that a listening stream should have told of, and did not.
 */
export async function readActivities(
  desk: Desk,
  { listened, missed }: { readonly listened: boolean; readonly missed: Break[] },
): Promise<Synced> {
  const synced = await venueRecord(desk, desk.core.view.cursor);
  for (const activity of synced.activities) takeActivity(desk, activity, { listened, missed });
  return synced;
}

/** The venue's record from a cursor on; nothing is booked. */
export async function venueRecord(
  { ports }: Pick<Desk, "ports">,
  from: string | null,
): Promise<Synced> {
  const activities: VenueActivity[] = [];
  let cursor = from;
  for (;;) {
    const page = await ports.broker.activitiesSince(cursor);
    activities.push(...page.activities);
    if (page.cursor === cursor) return { activities, cursor };
    cursor = page.cursor;
  }
}

function takeActivity(
  desk: Desk,
  activity: VenueActivity,
  { listened, missed }: { readonly listened: boolean; readonly missed: Break[] },
): void {
  if (desk.core.view.adoptedActivities.has(activity.activityId)) return;
  switch (activity.kind) {
    case "fill":
      if (takeFill(desk, activity, "activity") === true) noteLate(desk, activity, listened, missed);
      return;
    case "cash":
      takeCash(desk, activity);
      return;
    case "split":
      takeSplit(desk, activity);
  }
}

/** Booked with its venue id and an incident, once; where the stream listened, a break as well. */
function noteLate(desk: Desk, fill: VenueFill, listened: boolean, missed: Break[]): void {
  const { executionId, qty, symbol, side } = fill;
  const what = `execution ${executionId}, ${side} ${qty} ${symbol}`;
  const why = listened
    ? "the stream was listening and never told of it"
    : "nobody was listening when it happened";
  incident(desk, listened ? "critical" : "warning", "missed_fill", {
    subject: executionId,
    message: `${what} was found in the venue's activities: ${why}; it is booked`,
  });
  if (!listened) return;
  missed.push({
    code: "MISSED_FILL",
    subject: executionId,
    ours: null,
    theirs: side === "buy" ? qty : `-${qty}`,
    unit: "units",
    message: `${what} is in the venue's record and ${why}: it is booked from there, look into the stream before you resume`,
  });
}

function takeCash(desk: Desk, activity: Extract<VenueActivity, { kind: "cash" }>): void {
  const { core, terms } = desk;
  if (core.view.activities.has(activity.activityId)) return;
  const amount = exact(activity.amount);
  const minor = toScaledInteger(amount, terms.currencyDigits);
  if (
    minor * 10n ** BigInt(amount.scale) !==
    amount.coefficient * 10n ** BigInt(terms.currencyDigits)
  ) {
    incident(desk, "warning", "below_a_cent", {
      subject: activity.activityId,
      message: `activity ${activity.activityId} moves ${activity.amount} ${terms.currency}: it is booked rounded to minor units, and many of them would show as a CASH break`,
    });
  }
  record(desk, {
    kind: "venue_cash",
    activity_id: activity.activityId,
    cause: activity.cause,
    date: activity.date,
    instrument: activity.symbol,
    currency: terms.currency,
    amount_minor: Number(minor),
    description: activity.description,
  });
}

function takeSplit(desk: Desk, activity: Extract<VenueActivity, { kind: "split" }>): void {
  const { core } = desk;
  const { day } = core;
  if (core.view.activities.has(activity.activityId) || day === null) return;
  const { world } = day.prepared;
  const i = world.indexOf.get(activity.symbol);
  if (i === undefined) return;
  const after = exact(activity.qtyAfter);
  const lot = exact(String(world.instruments[i].lot));
  const top = after.coefficient * 10n ** BigInt(lot.scale);
  record(desk, {
    kind: "venue_split",
    activity_id: activity.activityId,
    date: activity.date,
    instrument: activity.symbol,
    ratio: activity.ratio,
    lots_after: Number(top / (lot.coefficient * 10n ** BigInt(after.scale))),
  });
}

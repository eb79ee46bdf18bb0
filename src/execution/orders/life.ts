/**
 * The life of one order at a venue, as a table: which fact may follow in which state. Facts are the
 * account's journal's, in its order; a stream may repeat and reorder, so a fill may come before the
 * acknowledgement and after the end, and an acknowledgement after both. Refused is what cannot be:
 * more filled than was ordered, one execution twice, a second end, a second venue order.
 *
 *   created -> submitted -> acknowledged -> partially_filled -> filled
 *      |           |              \-------------\-> cancelled, expired, rejected
 *      \-----------\-> unknown -> (looked up) acknowledged, or absent: created again, same id
 *
 * Quantities are unsigned whole lots. An order's number rises only after an ended predecessor.
 */
import { unreachable } from "../../base/assert.ts";
import { err, ok, type Result } from "../../base/result.ts";

export const ORDER_STATES = [
  "created",
  "submitted",
  "acknowledged",
  "partially_filled",
  "filled",
  "cancelled",
  "rejected",
  "expired",
  "unknown",
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export type OrderLife = {
  readonly orderId: string;
  readonly lots: number;
  readonly generation: number;
  readonly state: OrderState;
  readonly venueOrderId: string | null;
  readonly filledLots: number;
  readonly executionIds: readonly string[];
  readonly cancelRequested: boolean;
  /** What the venue said was filled when it ended; more than `filledLots` while executions are missing. */
  readonly endedLots: number | null;
};

export type OrderFact =
  | { readonly kind: "submitted" }
  | { readonly kind: "acknowledged"; readonly venueOrderId: string }
  /** Sent, and no answer that could be read. */
  | { readonly kind: "unknown" }
  /** Looked up: the venue does not know it, so the same order may be sent again. */
  | { readonly kind: "absent" }
  | { readonly kind: "refused" }
  | { readonly kind: "cancel_requested" }
  | { readonly kind: "fill"; readonly executionId: string; readonly lots: number }
  | {
      readonly kind: "ended";
      /** `replaced` ends this order; the new one has a life of its own. */
      readonly end: "cancelled" | "expired" | "rejected" | "replaced";
      readonly filledLots: number;
    }
  /** Given up before the venue had it. */
  | { readonly kind: "withdrawn" }
  /** A split: what is left to fill, in new lots, and new units for each old one. */
  | { readonly kind: "resized"; readonly restLots: number; readonly ratio: number };

export type ImpossibleStep = {
  readonly code:
    | "wrong_state"
    | "already_ended"
    | "other_venue_order"
    | "duplicate_execution"
    | "overfilled"
    | "fewer_filled_than_booked"
    | "not_whole_lots";
  readonly message: string;
};

type Step = Result<OrderLife, ImpossibleStep>;

const ENDED: ReadonlySet<OrderState> = new Set(["filled", "cancelled", "rejected", "expired"]);
/** A ratio such as 1/3 is a rounded double; a whole result may come out this much short. */
const RATIO_NOISE = 1 + 1e-12;
/** States in which nobody has said that the venue has it. */
const BEFORE: ReadonlySet<OrderState> = new Set(["created", "submitted", "unknown"]);

export function newOrder(orderId: string, lots: number, generation: number): OrderLife {
  return {
    orderId,
    lots,
    generation,
    state: "created",
    venueOrderId: null,
    filledLots: 0,
    executionIds: [],
    cancelRequested: false,
    endedLots: null,
  };
}

export function isEnded({ state }: Pick<OrderLife, "state">): boolean {
  return ENDED.has(state);
}

export function stepOrder(life: OrderLife, fact: OrderFact): Step {
  switch (fact.kind) {
    case "submitted":
      return life.state === "created" ? moved(life, "submitted") : refused(life, fact);
    case "acknowledged":
      return acknowledged(life, fact);
    case "unknown":
      // The stream was quicker than the lost answer: then the outcome is known.
      return ok(BEFORE.has(life.state) ? { ...life, state: "unknown" } : life);
    case "absent":
      return life.state === "unknown" ? moved(life, "created") : refused(life, fact);
    case "refused":
      return BEFORE.has(life.state) ? moved(life, "rejected") : refused(life, fact);
    case "withdrawn":
      return BEFORE.has(life.state) ? moved(life, "cancelled") : refused(life, fact);
    case "cancel_requested":
      return isEnded(life) || life.venueOrderId === null
        ? refused(life, fact)
        : ok({ ...life, cancelRequested: true });
    case "fill":
      return filled(life, fact);
    case "ended":
      return ended(life, fact);
    case "resized":
      return isEnded(life) ? refused(life, fact) : ok(resized(life, fact));
    default:
      return unreachable(fact);
  }
}

/** The number of the next order with the same purpose: 0, or one more than an ended predecessor's. */
export function nextGeneration(predecessor: OrderLife | null): Result<number, ImpossibleStep> {
  if (predecessor === null) return ok(0);
  if (isEnded(predecessor)) return ok(predecessor.generation + 1);
  const { orderId, state } = predecessor;
  const message = `order ${orderId} is ${state}: another in its place could be filled beside it`;
  return err({ code: "wrong_state", message });
}

/** Late, repeated or after a fill: the venue's id is learnt, the state does not go back. */
function acknowledged(
  life: OrderLife,
  { venueOrderId }: Extract<OrderFact, { kind: "acknowledged" }>,
): Step {
  if (life.venueOrderId !== null && life.venueOrderId !== venueOrderId) {
    const message = `order ${life.orderId} is acknowledged as ${venueOrderId}, after ${life.venueOrderId}: the venue has it twice`;
    return err({ code: "other_venue_order", message });
  }
  const wasRefused = life.state === "rejected" && life.venueOrderId === null;
  if (wasRefused) return refused(life, { kind: "acknowledged", venueOrderId });
  const state = BEFORE.has(life.state) ? "acknowledged" : life.state;
  return ok({ ...life, state, venueOrderId });
}

/** Late fills of an ended order count as far as its quantity goes; the end stays what it was. */
function filled(life: OrderLife, fill: Extract<OrderFact, { kind: "fill" }>): Step {
  const { orderId, lots, executionIds } = life;
  const { executionId } = fill;
  if (!(Number.isSafeInteger(fill.lots) && fill.lots > 0)) {
    const message = `execution ${executionId} of order ${orderId} is not of whole lots, at least one`;
    return err({ code: "not_whole_lots", message });
  }
  if (executionIds.includes(executionId)) {
    const message = `execution ${executionId} of order ${orderId} is booked already`;
    return err({ code: "duplicate_execution", message });
  }
  const filledLots = life.filledLots + fill.lots;
  if (filledLots > lots) {
    const message = `execution ${executionId} fills order ${orderId} to ${filledLots} of ${lots} lots`;
    return err({ code: "overfilled", message });
  }
  const open = filledLots === lots ? "filled" : "partially_filled";
  const state = isEnded(life) ? life.state : open;
  return ok({ ...life, state, filledLots, executionIds: [...executionIds, executionId] });
}

function ended(life: OrderLife, { end, filledLots }: Extract<OrderFact, { kind: "ended" }>): Step {
  const { orderId, lots } = life;
  if (!(Number.isSafeInteger(filledLots) && filledLots >= 0)) {
    const message = `order ${orderId} ended with part of a lot filled`;
    return err({ code: "not_whole_lots", message });
  }
  if (isEnded(life)) return refused(life, { kind: "ended", end, filledLots });
  if (filledLots < life.filledLots) {
    const message = `order ${orderId} ended with ${filledLots} lots filled, of which ${life.filledLots} are booked`;
    return err({ code: "fewer_filled_than_booked", message });
  }
  if (filledLots > lots) {
    const message = `order ${orderId} ended with ${filledLots} of ${lots} lots filled`;
    return err({ code: "overfilled", message });
  }
  return ok({ ...life, state: end === "replaced" ? "cancelled" : end, endedLots: filledLots });
}

/** What was filled before counts in the new lots too, whole ones. */
function resized(
  life: OrderLife,
  { restLots, ratio }: Extract<OrderFact, { kind: "resized" }>,
): OrderLife {
  const filledLots = Math.trunc(life.filledLots * ratio * RATIO_NOISE);
  return { ...life, filledLots, lots: filledLots + restLots };
}

function moved(life: OrderLife, state: OrderState): Step {
  return ok({ ...life, state });
}

function refused(life: OrderLife, fact: OrderFact): Step {
  const { orderId, state } = life;
  const code = isEnded(life) ? "already_ended" : "wrong_state";
  return err({ code, message: `order ${orderId} is ${state}: it cannot be ${words(fact)} now` });
}

function words(fact: OrderFact): string {
  switch (fact.kind) {
    case "ended":
      return fact.end;
    case "absent":
      return "unknown to the venue";
    case "cancel_requested":
      return "asked to be cancelled";
    default:
      return fact.kind;
  }
}

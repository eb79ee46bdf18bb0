/**
 * The lives of all orders of an account, told by its journal alone: every entry about an order is one
 * step of its life (life.ts), and what cannot be is named. A witness of whoever sends orders: it shares
 * no state with it, so a doubled order, an execution booked twice or a second end shows here whatever
 * the sender believed. Entries come in seq order from the account's first on; quantities of the venue
 * are text and become whole lots by the instrument's lot size. Never throws over what an entry says.
 */
import { decimalOf, parseDecimal } from "../../base/decimal.ts";
import type { OpenedOrder } from "../../domain/journal-entry.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import {
  isEnded,
  newOrder,
  nextGeneration,
  type OrderFact,
  type OrderLife,
  stepOrder,
} from "./life.ts";

export type OrderLives = {
  /** Null, or what cannot be, in words that name the entry. */
  readonly apply: (entry: AccountEntry) => string | null;
  readonly lives: ReadonlyMap<string, OrderLife>;
};

type State = {
  readonly lives: Map<string, OrderLife>;
  /** Order -> its instrument. */
  readonly instruments: Map<string, string>;
  /** Instrument, decision, purpose and leg -> the order that has that place now. */
  readonly places: Map<string, string>;
  readonly lotSizeOf: (instrument: string) => number;
};

export function createOrderLives(lotSizeOf: (instrument: string) => number): OrderLives {
  const state: State = { lives: new Map(), instruments: new Map(), places: new Map(), lotSizeOf };
  return {
    lives: state.lives,
    apply: ({ seq, at, payload }) => {
      const found = applied(state, at, payload);
      return found === null ? null : `entry ${seq} (${payload.kind}): ${found}`;
    },
  };
}

function applied(state: State, at: string, payload: AccountPayload): string | null {
  switch (payload.kind) {
    case "order":
      return opened(state, at, payload);
    case "split": {
      const { ratio } = payload;
      const found = payload.orders.map(({ order_id, lots }) =>
        step(state, order_id, { kind: "resized", restLots: Math.abs(lots), ratio }),
      );
      return found.find((each) => each !== null) ?? null;
    }
    case "order_ended":
      return endedByUs(state, payload);
    default: {
      const fact = factOf(state, payload);
      return fact === null || !("order_id" in payload) ? null : step(state, payload.order_id, fact);
    }
  }
}

/** What an entry says of one order; null where it says nothing of any. */
function factOf(state: State, payload: AccountPayload): OrderFact | null {
  switch (payload.kind) {
    case "order_acknowledged":
      return { kind: "acknowledged", venueOrderId: payload.venue_order_id };
    case "order_unknown":
      return { kind: "unknown" };
    case "order_refused":
      return { kind: "refused" };
    case "order_withdrawn":
      return { kind: "withdrawn" };
    case "cancel_requested":
      return { kind: "cancel_requested" };
    case "venue_fill": {
      const lots = lotsOf(state, payload.order_id, payload.qty);
      return { kind: "fill", executionId: payload.execution_id, lots };
    }
    case "venue_order_ended": {
      const filledLots = lotsOf(state, payload.order_id, payload.filled_qty);
      return { kind: "ended", end: payload.end, filledLots };
    }
    default:
      return null;
  }
}

/** An id that is there already is one order sent twice; a higher number needs an ended predecessor. */
function opened(
  { lives, instruments, places }: State,
  at: string,
  order: OpenedOrder,
): string | null {
  const { order_id: id, instrument, purpose, leg, generation, lots } = order;
  if (lives.has(id)) return `order ${id} is there already`;
  const place = [at, instrument, purpose, leg].join(" ");
  const predecessor = lives.get(places.get(place) ?? "") ?? null;
  lives.set(id, newOrder(id, Math.abs(lots), generation));
  instruments.set(id, instrument);
  places.set(place, id);
  const next = nextGeneration(predecessor);
  if (!next.ok) return next.error.message;
  return next.value === generation
    ? null
    : `order ${id} has number ${generation} in its place, where ${next.value} comes next`;
}

/** The pipeline ends what the venue ended before it, and what never reached the venue. */
function endedByUs(
  state: State,
  { order_id: id, end }: Extract<AccountPayload, { readonly kind: "order_ended" }>,
): string | null {
  const life = state.lives.get(id);
  if (life === undefined) return unheardOf(id);
  if (isEnded(life)) return null;
  const venueEnd = end === "expired" || end === "non_positive_price" ? "expired" : "cancelled";
  return step(state, id, { kind: "ended", end: venueEnd, filledLots: life.filledLots });
}

function step({ lives }: State, id: string, fact: OrderFact): string | null {
  const life = lives.get(id);
  if (life === undefined) return unheardOf(id);
  const next = stepOrder(life, fact);
  if (!next.ok) return next.error.message;
  lives.set(id, next.value);
  return null;
}

function unheardOf(id: string): string {
  return `order ${id} was never opened`;
}

/** NaN where the text is no number or no whole lots: stepOrder refuses it. */
function lotsOf({ instruments, lotSizeOf }: State, orderId: string, text: string): number {
  const qty = parseDecimal(text);
  const instrument = instruments.get(orderId);
  if (qty === null || instrument === undefined) return Number.NaN;
  const lot = decimalOf(lotSizeOf(instrument));
  const top = qty.coefficient * 10n ** BigInt(lot.scale);
  const bottom = lot.coefficient * 10n ** BigInt(qty.scale);
  return top % bottom === 0n ? Number(top / bottom) : Number.NaN;
}

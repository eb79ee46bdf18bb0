/**
 * Our side of a reconciliation, from the journal alone: positions and cash of the ledger, average prices
 * folded from our own executions, the orders we have at work, the executions booked since the last PASS.
 */
import { invariant } from "../../base/assert.ts";
import {
  add,
  type Decimal,
  decimalOf,
  formatDecimal,
  multiply,
  parseDecimal,
} from "../../base/decimal.ts";
import type { AccountEntry, AccountPayload } from "../../domain/trading-entry.ts";
import type { AveragingMethod } from "../../domain/venue-report.ts";
import { type Average, FLAT, stepAverage } from "../../execution/reconciliation/average.ts";
import type { OurBooks, OurFill, OurOrder } from "../../execution/reconciliation/sides.ts";
import { createOrderLives, type OrderLives } from "../../execution/orders/lives.ts";
import type { Ledger } from "../../records/ledger/fold.ts";
import type { AccountView } from "./account.ts";
import { endsWithSession, isOpenAtVenue, type LiveOrder } from "./live-order.ts";

type Of<K extends AccountPayload["kind"]> = Extract<AccountPayload, { kind: K }>;

/** What the ledger does not keep and reconciliation asks for. */
export type Bookings = {
  readonly averages: Map<string, Average>;
  /** Since the last reconciliation that passed, in the order in which they were booked. */
  recent: OurFill[];
  readonly earlier: Set<string>;
  /** The execution whose booking comes next. */
  pending: Of<"venue_fill"> | null;
  /** The lives of all orders by the journal alone: a witness of whoever sends them. */
  lives: OrderLives | null;
  /** What it found that cannot be, in words that name the entry. */
  readonly impossible: string[];
};

export function newBookings(): Bookings {
  return {
    averages: new Map(),
    recent: [],
    earlier: new Set(),
    pending: null,
    lives: null,
    impossible: [],
  };
}

export type LotSizes = (instrument: string) => { readonly lot: number; readonly digits: number };

export function foldBookings(
  bookings: Bookings,
  entry: AccountEntry,
  sizes: LotSizes,
  method: AveragingMethod,
): void {
  bookings.lives ??= createOrderLives((instrument) => sizes(instrument).lot);
  const impossible = bookings.lives.apply(entry);
  if (impossible !== null) bookings.impossible.push(impossible);
  const { payload } = entry;
  switch (payload.kind) {
    case "venue_fill":
      bookings.pending = payload;
      return;
    case "fill":
      noteFill(bookings, payload, sizes, method);
      return;
    case "position_adopted":
      takeAverage(bookings, payload, sizes(payload.instrument).lot);
      return;
    case "split":
      step(bookings, payload.instrument, method, {
        kind: "split",
        qtyAfter: formatDecimal(unitsOf(payload.lots_after, sizes(payload.instrument).lot)),
      });
      return;
    case "reconciled":
      if (payload.result === "PASS") settleRecent(bookings);
      return;
    case "record_adopted":
      settleRecent(bookings);
      return;
    default:
      return;
  }
}

/** They agree with the venue's record, or a person has taken its word: they are compared no more. */
function settleRecent(bookings: Bookings): void {
  for (const { executionId } of bookings.recent) bookings.earlier.add(executionId);
  bookings.recent = [];
}

/** What is adopted comes at the venue's average of all of it: from here on that is ours too. */
function takeAverage(
  { averages }: Bookings,
  { instrument, lots, price }: Of<"position_adopted">,
  lot: number,
): void {
  const before = parseDecimal(averages.get(instrument)?.qty ?? "0");
  invariant(before !== null, 11, `an average of ${instrument} without a quantity`);
  const qty = formatDecimal(add(before, unitsOf(lots, lot)));
  averages.set(instrument, qty === "0" ? FLAT : { qty, price: formatDecimal(decimalOf(price)) });
}

function noteFill(
  bookings: Bookings,
  fill: Of<"fill">,
  sizes: LotSizes,
  method: AveragingMethod,
): void {
  const { pending } = bookings;
  invariant(pending !== null, 11, `order ${fill.order_id} was filled and no venue said so`);
  bookings.pending = null;
  const { lot, digits } = sizes(fill.instrument);
  step(bookings, fill.instrument, method, {
    kind: "trade",
    qty: formatDecimal(unitsOf(fill.lots, lot)),
    price: pending.price,
  });
  bookings.recent.push({
    executionId: pending.execution_id,
    orderId: fill.order_id,
    venueOrderId: pending.venue_order_id,
    instrument: fill.instrument,
    lots: fill.lots,
    lotSize: lot,
    price: pending.price,
    currency: fill.currency,
    cashMinor: 0 - fill.notional_minor - fill.fee_minor,
    digits,
  });
}

function step(
  { averages }: Bookings,
  instrument: string,
  method: AveragingMethod,
  next: Parameters<typeof stepAverage>[1],
): void {
  averages.set(instrument, stepAverage(averages.get(instrument) ?? FLAT, next, method));
}

function unitsOf(lots: number, lot: number): Decimal {
  return multiply(decimalOf(lots), decimalOf(lot));
}

export function ourBooks(
  from: {
    readonly ledger: Ledger;
    readonly bookings: Bookings;
    readonly view: AccountView;
    readonly orders: Iterable<LiveOrder>;
    readonly currency: string;
    readonly digits: number;
  },
  sizes: LotSizes,
  /** When an order good for one session must have ended; null where that lies ahead. */
  endOf: (live: LiveOrder) => number | null,
): OurBooks {
  const { ledger, bookings, view, orders } = from;
  return {
    positions: [...ledger.positions].map(([instrument, { lots }]) => ({
      instrument,
      lots,
      lotSize: sizes(instrument).lot,
      averagePrice: bookings.averages.get(instrument)?.price ?? null,
    })),
    cash: [
      {
        currency: from.currency,
        minor: ledger.cashOf(from.currency),
        digits: from.digits,
        unpostedFeesMinor: 0,
      },
    ],
    orders: [...orders].map((live) => ourOrder(live, sizes(live.instrument).lot, endOf(live))),
    fills: bookings.recent,
    earlierExecutions: bookings.earlier,
    bookedActivities: view.activities,
  };
}

function ourOrder(live: LiveOrder, lotSize: number, endMs: number | null): OurOrder {
  const { id, venueOrderId, instrument, lots, filledLots, cancelRequested } = live;
  return {
    orderId: id,
    venueOrderId,
    instrument,
    lots,
    filledLots,
    lotSize,
    state: stateOf(live),
    expectedEndMs: endsWithSession(live) ? endMs : null,
    cancelRequested,
  };
}

function stateOf(live: LiveOrder): OurOrder["state"] {
  if (!isOpenAtVenue(live)) return "ended";
  if (live.state === "created" || live.state === "unknown") return live.state;
  return live.filledLots > 0 ? "partially_filled" : "acknowledged";
}

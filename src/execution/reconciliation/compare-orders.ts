/**
 * Working orders both ways, by our own id. What works at the venue and we do not know is a phantom;
 * what should have ended and works on, or works for us alone, is stuck. Ours that were never sent are
 * no difference. Executions are compared apart (compare-fills.ts): an order that missed ones complete
 * is not stuck as well.
 */
import { formatDecimal } from "../../base/decimal.ts";
import type { Break } from "../../domain/reconciliation.ts";
import type { VenueFill, VenueOrder } from "../../domain/venue-report.ts";
import { filledWith } from "./compare-fills.ts";
import {
  isLess,
  isSame,
  type OurOrder,
  type OurSide,
  readDecimal,
  signed,
  type TheirSide,
  unitsOf,
} from "./sides.ts";

export type ComparedOrders = {
  readonly breaks: readonly Break[];
  readonly warnings: readonly string[];
  readonly compared: number;
};

export function compareOrders(
  ours: OurSide,
  theirs: TheirSide,
  terms: { readonly nowMs: number; readonly missed: readonly VenueFill[] },
): ComparedOrders {
  const breaks: Break[] = [];
  const warnings: string[] = [];
  const waiting = new Map(ours.orders.map((order) => [order.orderId, order]));
  const byVenueId = new Map(
    ours.orders.flatMap((order) =>
      order.venueOrderId === null ? [] : [[order.venueOrderId, order] as const],
    ),
  );
  let compared = 0;
  for (const report of theirs.snapshot.openOrders.filter(isAtWork)) {
    compared++;
    const order = waiting.get(report.clientOrderId ?? "") ?? byVenueId.get(report.venueOrderId);
    const isOurs = order !== undefined && waiting.delete(order.orderId);
    if (!isOurs) breaks.push(phantom(report, "which our books do not know"));
    else {
      breaks.push(...matchedBreaks(order, report, terms));
      if (order.venueOrderId === null) warnings.push(unacknowledged(order, report));
    }
  }
  for (const order of waiting.values()) {
    if (order.state !== "ended") compared++;
    breaks.push(...absentBreaks(order, terms.missed));
  }
  return { breaks, warnings, compared };
}

function isAtWork({ status }: VenueOrder): boolean {
  return status === "working" || status === "partially_filled";
}

function matchedBreaks(
  order: OurOrder,
  report: VenueOrder,
  { nowMs, missed }: { readonly nowMs: number; readonly missed: readonly VenueFill[] },
): readonly Break[] {
  const { orderId, venueOrderId, instrument, lots, lotSize, state, expectedEndMs } = order;
  if (venueOrderId !== null && venueOrderId !== report.venueOrderId) {
    return [phantom(report, `while our order ${orderId} was acknowledged as ${venueOrderId}`)];
  }
  const quantity = unitsOf(lots, lotSize);
  const there = signed(report.side, readDecimal(report.qty, `the quantity of order ${orderId}`));
  const [ours, theirs] = [formatDecimal(quantity), formatDecimal(there)];
  if (state === "ended") return [phantom(report, `while our order ${orderId} has ended`)];
  const found: Break[] = [];
  if (instrument !== report.symbol || !isSame(quantity, there)) {
    const message = `order ${orderId} was placed for ${ours} ${instrument}, the venue works ${theirs} ${report.symbol}`;
    found.push({ code: "QUANTITY", subject: orderId, ours, theirs, unit: "units", message });
  }
  const filled = filledWith(order, missed);
  const filledThere = readDecimal(report.filledQty, `the filled quantity of order ${orderId}`);
  if (!isSame(filled, filledThere)) found.push(filledBreak(order, filled, filledThere));
  if (expectedEndMs !== null && nowMs >= expectedEndMs) {
    found.push(stuck(order, "works at the venue after the close it was good for"));
  } else if (order.cancelRequested) {
    found.push(stuck(order, "works at the venue though it was asked to cancel it"));
  }
  return found;
}

/** Ours alone. */
function absentBreaks(order: OurOrder, missed: readonly VenueFill[]): readonly Break[] {
  const isComplete = !isLess(
    filledWith(order, missed),
    unitsOf(Math.abs(order.lots), order.lotSize),
  );
  if (isComplete) return [];
  switch (order.state) {
    case "created":
    case "ended":
      return [];
    case "submitted":
    case "unknown":
      return [stuck(order, "was sent, nobody knows what came of it, and it does not work there")];
    case "acknowledged":
    case "partially_filled":
      return [stuck(order, "was acknowledged and does not work at the venue")];
  }
}

function filledBreak(
  { orderId, instrument }: OurOrder,
  filled: ReturnType<typeof unitsOf>,
  there: ReturnType<typeof unitsOf>,
): Break {
  const [ours, theirs] = [formatDecimal(filled), formatDecimal(there)];
  return {
    code: "MISSED_FILL",
    subject: orderId,
    ours,
    theirs,
    unit: "units",
    message: `of order ${orderId} in ${instrument} ${ours} are filled by our books and the venue's record, ${theirs} by its order`,
  };
}

function phantom(
  { venueOrderId, clientOrderId, symbol, side, qty }: VenueOrder,
  why: string,
): Break {
  return {
    code: "PHANTOM_ORDER",
    subject: clientOrderId ?? venueOrderId,
    ours: null,
    theirs: formatDecimal(signed(side, readDecimal(qty, `the quantity of order ${venueOrderId}`))),
    unit: "units",
    message: `the venue works an order to ${side} ${qty} ${symbol} (${venueOrderId}), ${why}`,
  };
}

function stuck(order: OurOrder, why: string): Break {
  const { orderId, instrument, lots, filledLots, lotSize } = order;
  const left = Math.sign(lots) * (Math.abs(lots) - filledLots);
  return {
    code: "STUCK_ORDER",
    subject: orderId,
    ours: formatDecimal(unitsOf(left, lotSize)),
    theirs: null,
    unit: "units",
    message: `order ${orderId} in ${instrument} ${why}: have the venue end it, or say how it ended; what it says is booked`,
  };
}

function unacknowledged({ orderId }: OurOrder, { venueOrderId }: VenueOrder): string {
  return `order ${orderId} works at the venue as ${venueOrderId}, which our books have not acknowledged`;
}

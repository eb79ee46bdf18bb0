/**
 * Executions both ways, by the venue's own id. What the venue's record holds and we did not book was
 * missed; what we booked and it does not hold is named by the same code with nothing on their side.
 * One id on two activities, one booked twice, and more filled than was ordered are duplicates: every
 * one of them would be money that did not move. The same activity read twice is not.
 */
import { add, type Decimal, formatDecimal } from "../../base/decimal.ts";
import type { Break } from "../../domain/reconciliation.ts";
import type { VenueActivity, VenueFill } from "../../domain/venue-report.ts";
import {
  isLess,
  isSame,
  type OurFill,
  type OurSide,
  readDecimal,
  signed,
  type TheirSide,
  unitsOf,
  ZERO,
} from "./sides.ts";

type FillActivity = Extract<VenueActivity, { readonly kind: "fill" }>;

export type ComparedFills = {
  readonly breaks: readonly Break[];
  readonly compared: number;
  /** Theirs that we did not book, each execution once. */
  readonly missed: readonly VenueFill[];
  /** Symbols of which some execution differs. */
  readonly differing: ReadonlySet<string>;
};

export function compareFills(ours: OurSide, theirs: TheirSide): ComparedFills {
  const { executions, breaks } = reported(theirs);
  const booked = new Map<string, OurFill>();
  for (const fill of ours.fills) {
    if (booked.has(fill.executionId) || ours.earlierExecutions.has(fill.executionId)) {
      breaks.push(bookedTwice(fill));
    } else booked.set(fill.executionId, fill);
  }
  const missed: VenueFill[] = [];
  for (const [id, fill] of executions) {
    const own = booked.get(id);
    if (own !== undefined) breaks.push(...contentBreaks(own, fill));
    else if (!ours.earlierExecutions.has(id)) missed.push(fill);
  }
  breaks.push(...missed.map(missedBreak));
  for (const [id, fill] of booked) if (!executions.has(id)) breaks.push(unconfirmed(fill));
  breaks.push(...overfilled(ours, missed));
  const symbolOf = new Map<string, string>([
    ...ours.fills.map((f): [string, string] => [f.executionId, f.instrument]),
    ...[...executions.values()].map((f): [string, string] => [f.executionId, f.symbol]),
    ...ours.orders.map((o): [string, string] => [o.orderId, o.instrument]),
  ]);
  const differing = new Set(breaks.map(({ subject }) => symbolOf.get(subject) ?? subject));
  const compared = new Set([...booked.keys(), ...executions.keys()]).size;
  return { breaks, compared, missed, differing };
}

/** Each execution of the venue's record once, and a break for each id that two activities carry. */
function reported({ activities }: TheirSide): {
  readonly executions: ReadonlyMap<string, VenueFill>;
  readonly breaks: Break[];
} {
  const executions = new Map<string, FillActivity>();
  const breaks: Break[] = [];
  const told = new Set<string>();
  for (const activity of activities) {
    if (activity.kind !== "fill") continue;
    const first = executions.get(activity.executionId);
    if (first === undefined) executions.set(activity.executionId, activity);
    else if (first.activityId !== activity.activityId || !isSameFill(first, activity)) {
      const { executionId, activityId, symbol } = activity;
      // A record that is read twice holds its duplicates twice.
      const content = `${activityId} ${signedText(activity)} ${symbol} ${activity.price}`;
      if (told.has(content)) continue;
      told.add(content);
      breaks.push({
        code: "DUPLICATE_FILL",
        subject: executionId,
        ours: null,
        theirs: signedText(activity),
        unit: "units",
        message: `the venue reports execution ${executionId} of ${symbol} in two activities, ${first.activityId} and ${activityId}: ask it which one holds`,
      });
    }
  }
  return { executions, breaks };
}

function contentBreaks(own: OurFill, fill: VenueFill): readonly Break[] {
  const { executionId: subject, instrument } = own;
  const found: Break[] = [];
  const ours = unitsOf(own.lots, own.lotSize);
  const theirs = signedQty(fill);
  if (!isSame(ours, theirs) || instrument !== fill.symbol) {
    found.push({
      code: "QUANTITY",
      subject,
      ours: formatDecimal(ours),
      theirs: formatDecimal(theirs),
      unit: "units",
      message: `execution ${subject} is booked as ${formatDecimal(ours)} ${instrument}, the venue says ${formatDecimal(theirs)} ${fill.symbol}`,
    });
  }
  const price = readDecimal(own.price, `our price of execution ${subject}`);
  if (!isSame(price, readDecimal(fill.price, `the price of execution ${subject}`))) {
    found.push({
      code: "AVERAGE_PRICE",
      subject,
      ours: own.price,
      theirs: fill.price,
      unit: "price",
      message: `execution ${subject} of ${instrument} is booked at ${own.price}, the venue says ${fill.price}`,
    });
  }
  return found;
}

function missedBreak(fill: VenueFill): Break {
  const { executionId, symbol, price, at } = fill;
  return {
    code: "MISSED_FILL",
    subject: executionId,
    ours: null,
    theirs: signedText(fill),
    unit: "units",
    message: `the venue executed ${signedText(fill)} ${symbol} at ${price} on ${at} (${executionId}), which is not in our books`,
  };
}

function unconfirmed({ executionId, instrument, lots, lotSize, orderId }: OurFill): Break {
  const ours = formatDecimal(unitsOf(lots, lotSize));
  return {
    code: "MISSED_FILL",
    subject: executionId,
    ours,
    theirs: null,
    unit: "units",
    message: `we booked execution ${executionId} of ${ours} ${instrument} (order ${orderId}), which the venue's record does not hold`,
  };
}

function bookedTwice({ executionId, instrument, lots, lotSize }: OurFill): Break {
  return {
    code: "DUPLICATE_FILL",
    subject: executionId,
    ours: formatDecimal(unitsOf(lots, lotSize)),
    theirs: null,
    unit: "units",
    message: `execution ${executionId} of ${instrument} stands in our books twice`,
  };
}

/** Booked and missed executions of an order together against its quantity. */
function overfilled(ours: OurSide, missed: readonly VenueFill[]): readonly Break[] {
  return ours.orders.flatMap((order): readonly Break[] => {
    const quantity = unitsOf(Math.abs(order.lots), order.lotSize);
    const filled = filledWith(order, missed);
    if (!isLess(quantity, filled)) return [];
    return [
      {
        code: "DUPLICATE_FILL",
        subject: order.orderId,
        ours: formatDecimal(quantity),
        theirs: formatDecimal(filled),
        unit: "units",
        message: `order ${order.orderId} is for ${formatDecimal(quantity)} ${order.instrument}, its executions add up to ${formatDecimal(filled)}`,
      },
    ];
  });
}

/** Units filled of an order once the missed executions are booked too. */
export function filledWith(
  order: OurSide["orders"][number],
  missed: readonly VenueFill[],
): Decimal {
  let filled = unitsOf(order.filledLots, order.lotSize);
  for (const fill of missed) {
    const isOfOrder =
      fill.clientOrderId === order.orderId || fill.venueOrderId === order.venueOrderId;
    if (isOfOrder) filled = add(filled, readDecimal(fill.qty, `a fill of ${order.orderId}`));
  }
  return filled;
}

function isSameFill(a: VenueFill, b: VenueFill): boolean {
  return a.symbol === b.symbol && a.price === b.price && signedText(a) === signedText(b);
}

function signedQty({ side, qty, executionId }: VenueFill): Decimal {
  return signed(side, readDecimal(qty, `the quantity of execution ${executionId}`));
}

function signedText(fill: VenueFill): string {
  return formatDecimal(add(ZERO, signedQty(fill)));
}

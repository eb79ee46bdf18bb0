/** Working orders and executions: every difference planted by itself. */
import { describe, expect, it } from "vitest";
import type { VenueActivity } from "../../../src/domain/venue-report.ts";
import { reconcile } from "../../../src/execution/reconciliation/reconcile.ts";
import {
  type OurBooks,
  type OurOrder,
  ourSide,
  theirSide,
  type VenueReport,
} from "../../../src/execution/reconciliation/sides.ts";
import {
  booksOf,
  codesOf,
  fillActivity,
  NOW_MS,
  OPTIONS,
  PLAN,
  reported,
  reportOf,
  venueOrder,
} from "./reconciliation-sides.ts";

const OURS = booksOf(PLAN);

function withActivities(...more: VenueActivity[]): VenueReport {
  const report = reportOf(PLAN);
  return { ...report, activities: [...report.activities, ...more] };
}

function withOrder(id: string, change: Partial<OurOrder>, books = booksOf(PLAN)): OurBooks {
  const orders = books.orders.map((o) => (o.orderId === id ? { ...o, ...change } : o));
  return { ...books, orders };
}

describe("orders", () => {
  const stray = venueOrder({ id: "stray", symbol: "SPY", lots: 1, filled: 0 });
  const orders = (...openOrders: VenueReport["snapshot"]["openOrders"]) =>
    reported(() => ({ openOrders }));
  const [one, two] = PLAN.orders.map((o) => venueOrder(o));
  it.each<[string, OurBooks, VenueReport, readonly string[]]>([
    ["of the venue alone", OURS, orders(one, two, stray), ["PHANTOM_ORDER stray"]],
    [
      "that the venue made itself",
      OURS,
      orders(one, two, { ...stray, clientOrderId: null }),
      ["PHANTOM_ORDER v-stray"],
    ],
    [
      "twice under one id",
      OURS,
      orders(one, two, { ...one, venueOrderId: "v-again" }),
      ["PHANTOM_ORDER o-1"],
    ],
    [
      "replaced under our id",
      OURS,
      orders({ ...one, venueOrderId: "v-new" }, two),
      ["PHANTOM_ORDER o-1"],
    ],
    [
      "that we say has ended",
      withOrder("o-1", { state: "ended" }),
      orders(one, two),
      ["PHANTOM_ORDER o-1"],
    ],
    ["acknowledged and gone", OURS, orders(two), ["STUCK_ORDER o-1"]],
    ["partly filled and gone", OURS, orders(one), ["STUCK_ORDER o-2"]],
    [
      "sent, and nobody knows",
      withOrder("o-1", { state: "unknown", venueOrderId: null }),
      orders(two),
      ["STUCK_ORDER o-1"],
    ],
    [
      "sent without an answer",
      withOrder("o-1", { state: "submitted", venueOrderId: null }),
      orders(two),
      ["STUCK_ORDER o-1"],
    ],
    ["never sent", withOrder("o-1", { state: "created", venueOrderId: null }), orders(two), []],
    ["ended on both sides", withOrder("o-1", { state: "ended" }), orders(two), []],
    ["known by the venue's id alone", OURS, orders({ ...one, clientOrderId: null }, two), []],
    [
      "past its close",
      withOrder("o-1", { expectedEndMs: NOW_MS }),
      orders(one, two),
      ["STUCK_ORDER o-1"],
    ],
    ["good till cancelled", withOrder("o-1", { expectedEndMs: null }), orders(one, two), []],
    [
      "asked to be cancelled, still there",
      withOrder("o-1", { cancelRequested: true }),
      orders(one, two),
      ["STUCK_ORDER o-1"],
    ],
    ["for another quantity", OURS, orders({ ...one, qty: "11" }, two), ["QUANTITY o-1"]],
    ["on the other side", OURS, orders({ ...one, side: "sell" }, two), ["QUANTITY o-1"]],
    ["for another symbol", OURS, orders({ ...one, symbol: "TLT" }, two), ["QUANTITY o-1"]],
    [
      "filled further than we know",
      OURS,
      orders(one, { ...two, filledQty: "3" }),
      ["MISSED_FILL o-2"],
    ],
    [
      "filled less than we know",
      OURS,
      orders(one, { ...two, filledQty: "1" }),
      ["MISSED_FILL o-2"],
    ],
  ])("%s", (_, books, report, codes) => {
    expect(codesOf(books, report)).toEqual(codes);
  });

  it("at the venue before we read the answer are a warning", () => {
    const books = withOrder("o-1", { state: "unknown", venueOrderId: null });
    const { result, warnings } = reconcile(ourSide(books), theirSide(reportOf(PLAN)), OPTIONS);
    expect(result).toBe("PASS");
    expect(warnings).toEqual([
      "order o-1 works at the venue as v-o-1, which our books have not acknowledged",
    ]);
  });

  it("that missed executions complete are not stuck as well", () => {
    const rest = fillActivity(
      { id: "x-9", symbol: "SPY", lots: 10, cents: 1 },
      { venueOrderId: "v-o-1" },
    );
    const report = { ...orders(two), activities: [...reportOf(PLAN).activities, rest] };
    expect(codesOf(OURS, report)).toEqual(["MISSED_FILL x-9"]);
  });
});

describe("executions", () => {
  const extra = fillActivity({ id: "x-9", symbol: "SPY", lots: 1, cents: 100 });
  it.each<[string, OurBooks, VenueReport, readonly string[]]>([
    ["of the venue alone", OURS, withActivities(extra), ["MISSED_FILL x-9"]],
    [
      "of ours alone",
      OURS,
      { ...reportOf(PLAN), activities: [] },
      ["MISSED_FILL x-1", "MISSED_FILL x-2"],
    ],
    [
      "in two activities",
      OURS,
      withActivities(fillActivity(PLAN.fills[0], { activityId: "act-again" })),
      ["DUPLICATE_FILL x-1"],
    ],
    [
      "changed under one activity",
      OURS,
      withActivities(fillActivity(PLAN.fills[0], { qty: "4" })),
      ["DUPLICATE_FILL x-1"],
    ],
    [
      "of another quantity",
      OURS,
      {
        ...reportOf(PLAN),
        activities: [fillActivity(PLAN.fills[0], { qty: "4" }), fillActivity(PLAN.fills[1])],
      },
      ["QUANTITY x-1"],
    ],
    [
      "on the other side",
      OURS,
      {
        ...reportOf(PLAN),
        activities: [fillActivity(PLAN.fills[0], { side: "sell" }), fillActivity(PLAN.fills[1])],
      },
      ["QUANTITY x-1"],
    ],
    [
      "of another symbol",
      OURS,
      {
        ...reportOf(PLAN),
        activities: [fillActivity(PLAN.fills[0], { symbol: "TLT" }), fillActivity(PLAN.fills[1])],
      },
      ["QUANTITY x-1"],
    ],
    [
      "booked twice",
      { ...OURS, fills: [...OURS.fills, { ...OURS.fills[0] }] },
      reportOf(PLAN),
      ["DUPLICATE_FILL x-1"],
    ],
    [
      "booked again",
      { ...OURS, earlierExecutions: new Set(["x-old", "x-1"]) },
      reportOf(PLAN),
      ["DUPLICATE_FILL x-1"],
    ],
  ])("%s", (_, books, report, codes) => {
    expect(codesOf(books, report)).toEqual(codes);
  });

  it("above an order's quantity are duplicates, whether it still works or has ended", () => {
    const more = fillActivity(
      { id: "x-9", symbol: "SPY", lots: 1, cents: 1 },
      { venueOrderId: "v-o-1" },
    );
    const books = withOrder("o-1", { state: "ended", filledLots: 10 });
    const report = {
      ...reported((s) => ({ openOrders: s.openOrders.slice(1) })),
      activities: [...reportOf(PLAN).activities, more],
    };
    expect(codesOf(books, report)).toEqual(["MISSED_FILL x-9", "DUPLICATE_FILL o-1"]);
    const overbooked = withOrder("o-1", { state: "ended", filledLots: 11 });
    expect(codesOf(overbooked, { ...report, activities: reportOf(PLAN).activities })).toEqual([
      "DUPLICATE_FILL o-1",
    ]);
  });
});

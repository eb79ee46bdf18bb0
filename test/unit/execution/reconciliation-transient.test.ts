/** What is only late: the venue shows an earlier moment of our own executions, and asking again is worth while. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reconcile } from "../../../src/execution/reconciliation/reconcile.ts";
import {
  ourSide,
  theirSide,
  type VenueReport,
} from "../../../src/execution/reconciliation/sides.ts";
import { isTransient } from "../../../src/execution/reconciliation/transient.ts";
import {
  booksOf,
  fillActivity,
  OPTIONS,
  PLAN,
  type Plan,
  reported,
  reportOf,
} from "./reconciliation-sides.ts";

const OURS = booksOf(PLAN);

function verdictOf(report: VenueReport, recent = OURS.fills, books = OURS): boolean {
  return isTransient(reconcile(ourSide(books), theirSide(report), OPTIONS), recent);
}

/** The plan as the venue saw it before its last `late` executions. */
function before(plan: Plan, late: number): Plan {
  const fills = plan.fills.slice(plan.fills.length - late);
  return {
    ...plan,
    positions: plan.positions.map((p) => ({
      ...p,
      lots: p.lots - fills.reduce((sum, f) => sum + (f.symbol === p.symbol ? f.lots : 0), 0),
    })),
    cashCents: plan.cashCents + fills.reduce((sum, f) => sum + f.lots * f.cents, 0),
    fills: plan.fills.slice(0, plan.fills.length - late),
  };
}

describe("late is", () => {
  it("positions, cash and record before the last executions", () => {
    for (const late of [1, 2]) expect(verdictOf(reportOf(before(PLAN, late)))).toBe(true);
  });

  it("any number of the last executions of any plan", () => {
    const fills = fc.array(
      fc.record({
        symbol: fc.constantFrom("SPY", "TLT"),
        lots: fc.integer({ min: -9, max: 9 }).filter((n) => n !== 0),
        cents: fc.integer({ min: 1, max: 99_999 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(fills, fc.nat(), (list, n) => {
        const plan = { ...PLAN, fills: list.map((f, i) => ({ ...f, id: `x-${i}` })) };
        const late = 1 + (n % list.length);
        const books = booksOf(plan);
        expect(verdictOf(reportOf(before(plan, late)), books.fills, books)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("an order that the venue has not yet counted our execution to", () => {
    const of = OURS.fills[1];
    const recent = [{ ...of, orderId: "o-2", lots: -2 }];
    const report = reported(({ openOrders }) => ({
      openOrders: openOrders.map((o) => (o.clientOrderId === "o-2" ? { ...o, filledQty: "0" } : o)),
    }));
    expect(verdictOf(report, recent)).toBe(true);
    expect(verdictOf(report, [{ ...of, orderId: "o-2", lots: -1 }])).toBe(false);
  });
});

describe("not late is", () => {
  const extra = fillActivity({ id: "x-9", symbol: "SPY", lots: 1, cents: 100 });
  it.each<[string, VenueReport]>([
    ["what agrees already", reportOf(PLAN)],
    [
      "another quantity",
      reported(({ positions }) => ({
        positions: positions.map((p) => (p.symbol === "SPY" ? { ...p, qty: "38" } : p)),
      })),
    ],
    [
      "a position nothing was traded in",
      reported(({ positions }) => ({ positions: positions.filter((p) => p.symbol !== "BTC") })),
    ],
    ["other cash", reported(() => ({ cash: [{ currency: "USD", amount: "1.00" }] }))],
    ["no cash", reported(() => ({ cash: [] }))],
    [
      "an execution we did not book",
      { ...reportOf(PLAN), activities: [...reportOf(PLAN).activities, extra] },
    ],
    [
      "a phantom order",
      reported(({ openOrders }) => ({
        openOrders: [
          ...openOrders,
          { ...openOrders[0], clientOrderId: "stray", venueOrderId: "v" },
        ],
      })),
    ],
    ["a stuck one", reported(({ openOrders }) => ({ openOrders: openOrders.slice(1) }))],
  ])("%s", (_, report) => {
    expect(verdictOf(report)).toBe(false);
  });

  it("an execution of long ago that the record does not hold", () => {
    const report = { ...reportOf(PLAN), activities: [] };
    expect(verdictOf(report)).toBe(true);
    expect(verdictOf(report, OURS.fills.slice(1))).toBe(false);
  });

  it("one late figure beside one that is not", () => {
    const late = reportOf(before(PLAN, 1));
    expect(verdictOf({ ...late, activities: [...late.activities, extra] })).toBe(false);
  });
});

/** Any plan: equal sides agree, and one falsified figure is found by its code and no other. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BREAK_CODES, type BreakCode } from "../../../src/domain/reconciliation.ts";
import type { VenueReport } from "../../../src/execution/reconciliation/sides.ts";
import {
  booksOf,
  codesOf,
  fillActivity,
  PLAN,
  type Plan,
  reported,
  reportOf,
  units,
  venueOrder,
} from "./reconciliation-sides.ts";

const plans: fc.Arbitrary<Plan> = fc
  .record({
    lots: fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 3, maxLength: 3 }),
    cashCents: fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
    orders: fc.array(fc.tuple(fc.integer({ min: 2, max: 50 }), fc.boolean(), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    }),
    fills: fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.boolean()), {
      minLength: 1,
      maxLength: 4,
    }),
    cents: fc.integer({ min: 1, max: 5_000_000 }),
  })
  .map(({ lots, cashCents, orders, fills, cents }) => {
    const symbols = ["SPY", "TLT", "BTC"];
    const signed = (n: number, isShort: boolean) => (isShort ? -n : n);
    return {
      positions: symbols.map((symbol, i) => ({ symbol, lots: lots[i], cents: cents + i })),
      cashCents,
      orders: orders.map(([n, isShort, isPartial], i) => ({
        id: `o-${i}`,
        symbol: symbols[i % 3],
        lots: signed(n, isShort),
        filled: isPartial ? 1 : 0,
      })),
      fills: fills.map(([n, isShort], i) => ({
        id: `x-${i}`,
        symbol: symbols[i % 3],
        lots: signed(n, isShort),
        cents: cents + 7 * i,
      })),
    };
  });

/** One figure of the venue's report changed, and the code that must come of it; null where the plan has no such figure. */
const PERTURBATIONS: readonly {
  readonly what: string;
  readonly change: (
    plan: Plan,
    n: number,
  ) => { readonly report: VenueReport; readonly code: BreakCode; readonly subject: string } | null;
}[] = [
  {
    what: "a position's quantity",
    change: (plan, n) => {
      const { symbol, lots } = plan.positions[n % 3];
      const report = reported(
        (s) => ({
          positions: [
            ...s.positions.filter((p) => p.symbol !== symbol),
            { symbol, qty: units(symbol, lots + n), averagePrice: "1", raw: null },
          ],
        }),
        plan,
      );
      const code =
        lots === 0 ? "MISSING_POSITION" : lots + n === 0 ? "PHANTOM_POSITION" : "QUANTITY";
      return { report, code, subject: symbol };
    },
  },
  {
    what: "a position left out",
    change: (plan, n) => {
      const { symbol, lots } = plan.positions[n % 3];
      if (lots === 0) return null;
      const report = reported(
        (s) => ({ positions: s.positions.filter((p) => p.symbol !== symbol) }),
        plan,
      );
      return { report, code: "PHANTOM_POSITION", subject: symbol };
    },
  },
  {
    what: "cash",
    change: (plan, n) => ({
      report: reported(
        () => ({
          cash: [
            {
              currency: "USD",
              amount: ((plan.cashCents + (n % 2 === 0 ? 1 : -1) * (n + 1)) / 100).toFixed(2),
            },
          ],
        }),
        plan,
      ),
      code: "CASH",
      subject: "USD",
    }),
  },
  {
    what: "an order left out",
    change: (plan, n) => {
      const { id } = plan.orders[n % plan.orders.length];
      const report = reported(
        (s) => ({ openOrders: s.openOrders.filter((o) => o.clientOrderId !== id) }),
        plan,
      );
      return { report, code: "STUCK_ORDER", subject: id };
    },
  },
  {
    what: "an order nobody sent",
    change: (plan, n) => ({
      report: reported(
        (s) => ({
          openOrders: [
            ...s.openOrders,
            venueOrder({ ...plan.orders[n % plan.orders.length], id: "stray" }),
          ],
        }),
        plan,
      ),
      code: "PHANTOM_ORDER",
      subject: "stray",
    }),
  },
  {
    what: "an order's filled quantity",
    change: (plan, n) => {
      const { id, symbol, filled } = plan.orders[n % plan.orders.length];
      const filledQty = units(symbol, filled + n);
      const report = reported(
        (s) => ({
          openOrders: s.openOrders.map((o) => (o.clientOrderId === id ? { ...o, filledQty } : o)),
        }),
        plan,
      );
      return { report, code: "MISSED_FILL", subject: id };
    },
  },
  {
    what: "an execution nobody booked",
    change: (plan, n) => {
      const report = reportOf(plan);
      const extra = fillActivity({ id: "x-new", symbol: "SPY", lots: n, cents: 5 });
      return {
        report: { ...report, activities: [...report.activities, extra] },
        code: "MISSED_FILL",
        subject: "x-new",
      };
    },
  },
  {
    what: "an execution left out",
    change: (plan, n) => {
      const { id } = plan.fills[n % plan.fills.length];
      const report = reportOf(plan);
      const activities = report.activities.filter((a) => a.kind !== "fill" || a.executionId !== id);
      return { report: { ...report, activities }, code: "MISSED_FILL", subject: id };
    },
  },
  {
    what: "an execution twice",
    change: (plan, n) => {
      const fill = plan.fills[n % plan.fills.length];
      const report = reportOf(plan);
      const again = fillActivity(fill, { activityId: "act-again" });
      return {
        report: { ...report, activities: [...report.activities, again] },
        code: "DUPLICATE_FILL",
        subject: fill.id,
      };
    },
  },
  {
    what: "an execution's quantity",
    change: (plan, n) =>
      falsified(plan, n, "QUANTITY", ({ symbol, lots }) => ({
        qty: units(symbol, Math.abs(lots) + n),
      })),
  },
  {
    what: "an execution's price",
    change: (plan, n) =>
      falsified(plan, n, "AVERAGE_PRICE", ({ cents }) => ({
        price: ((cents + n) / 100).toFixed(4),
      })),
  },
];

function falsified(
  plan: Plan,
  n: number,
  code: BreakCode,
  over: (fill: Plan["fills"][number]) => Parameters<typeof fillActivity>[1],
) {
  const changed = plan.fills[n % plan.fills.length];
  const activities = plan.fills.map((f) => fillActivity(f, f === changed ? over(f) : {}));
  return { report: { ...reportOf(plan), activities }, code, subject: changed.id };
}

describe("any plan", () => {
  it("passes where the sides agree", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(codesOf(booksOf(plan), reportOf(plan))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(PERTURBATIONS)("fails by its code alone when $what is falsified", ({ change }) => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 40 }), (plan, n) => {
        const planted = change(plan, n);
        fc.pre(planted !== null);
        const { report, code, subject } = planted;
        expect(codesOf(booksOf(plan), report)).toEqual([`${code} ${subject}`]);
      }),
      { numRuns: 60 },
    );
  });

  it("meets every code", () => {
    const met = new Set(
      PERTURBATIONS.flatMap(({ change }) =>
        [1, 2, 3, 7, 40].flatMap((n) => {
          const plan = {
            ...PLAN,
            positions: [
              { symbol: "SPY", lots: n === 3 ? 0 : 5, cents: 1 },
              ...PLAN.positions.slice(1),
            ],
          };
          return change(plan, n)?.code ?? [];
        }),
      ),
    );
    expect(BREAK_CODES.filter((code) => !met.has(code))).toEqual([]);
  });
});

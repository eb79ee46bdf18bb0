/**
 * Two sides that agree, made apart from one plan: our books in lots and minor units, the venue's report
 * in text, written with plain number formatting and none of the comparison's code.
 */
import type {
  TradeSide,
  VenueActivity,
  VenueFill,
  VenueOrder,
  VenueSnapshot,
} from "../../../src/domain/venue-report.ts";
import { reconcile } from "../../../src/execution/reconciliation/reconcile.ts";
import {
  type OurBooks,
  type OurFill,
  type OurOrder,
  ourSide,
  theirSide,
  type VenueReport,
} from "../../../src/execution/reconciliation/sides.ts";

export const NOW_MS = 1_700_000_000_000;
export const OPTIONS = { nowMs: NOW_MS, averageTolerance: "0.0001" } as const;

export type Plan = {
  /** Lots of a thousandth for the last symbol, of one for the others. */
  readonly positions: readonly { readonly symbol: string; readonly lots: number; cents: number }[];
  readonly cashCents: number;
  readonly orders: readonly {
    readonly id: string;
    readonly symbol: string;
    readonly lots: number;
    readonly filled: number;
  }[];
  readonly fills: readonly {
    readonly id: string;
    readonly symbol: string;
    readonly lots: number;
    readonly cents: number;
  }[];
};

export const PLAN: Plan = {
  positions: [
    { symbol: "SPY", lots: 40, cents: 45_012 },
    { symbol: "TLT", lots: -7, cents: 9_130 },
    { symbol: "BTC", lots: 1234, cents: 3_000_050 },
  ],
  cashCents: 12_345_678,
  orders: [
    { id: "o-1", symbol: "SPY", lots: 10, filled: 0 },
    { id: "o-2", symbol: "TLT", lots: -5, filled: 2 },
  ],
  fills: [
    { id: "x-1", symbol: "SPY", lots: 3, cents: 45_000 },
    { id: "x-2", symbol: "TLT", lots: -2, cents: 9_125 },
  ],
};

export function lotSizeOf(symbol: string): number {
  return symbol === "BTC" ? 0.001 : 1;
}

export function booksOf(plan: Plan): OurBooks {
  return {
    positions: plan.positions.map(({ symbol, lots, cents }) => ({
      instrument: symbol,
      lots,
      lotSize: lotSizeOf(symbol),
      averagePrice: lots === 0 ? null : text(cents / 100),
    })),
    cash: [{ currency: "USD", minor: plan.cashCents, digits: 2, unpostedFeesMinor: 0 }],
    orders: plan.orders.map(
      (o): OurOrder => ({
        orderId: o.id,
        venueOrderId: `v-${o.id}`,
        instrument: o.symbol,
        lots: o.lots,
        filledLots: o.filled,
        lotSize: lotSizeOf(o.symbol),
        state: o.filled === 0 ? "acknowledged" : "partially_filled",
        expectedEndMs: NOW_MS + 1,
        cancelRequested: false,
      }),
    ),
    fills: plan.fills.map((f): OurFill => {
      const lotSize = lotSizeOf(f.symbol);
      return {
        executionId: f.id,
        orderId: `of-${f.id}`,
        venueOrderId: `v-of-${f.id}`,
        instrument: f.symbol,
        lots: f.lots,
        lotSize,
        price: text(f.cents / 100),
        currency: "USD",
        cashMinor: 0 - Math.round(f.lots * lotSize * f.cents),
        digits: 2,
      };
    }),
    earlierExecutions: new Set(["x-old"]),
    bookedActivities: new Set(["a-0"]),
  };
}

export function reportOf(plan: Plan): VenueReport {
  const snapshot: VenueSnapshot = {
    at: "2023-11-14T22:13:20Z",
    accountId: "acc",
    cash: [{ currency: "USD", amount: (plan.cashCents / 100).toFixed(2) }],
    positions: plan.positions
      .filter(({ lots }) => lots !== 0)
      .map(({ symbol, lots, cents }) => ({
        symbol,
        qty: units(symbol, lots),
        averagePrice: text(cents / 100),
        raw: null,
      })),
    openOrders: plan.orders.map((o) => venueOrder(o)),
  };
  return { snapshot, activities: plan.fills.map((f) => fillActivity(f)) };
}

export function venueOrder(o: Plan["orders"][number], over: Partial<VenueOrder> = {}): VenueOrder {
  return {
    venueOrderId: `v-${o.id}`,
    clientOrderId: o.id,
    symbol: o.symbol,
    side: sideOf(o.lots),
    qty: units(o.symbol, Math.abs(o.lots)),
    filledQty: units(o.symbol, o.filled),
    status: o.filled === 0 ? "working" : "partially_filled",
    submittedAt: "2023-11-14T14:00:00Z",
    raw: null,
    ...over,
  };
}

export function fillActivity(
  f: Plan["fills"][number],
  over: Partial<VenueFill & { activityId: string }> = {},
): VenueActivity {
  return {
    kind: "fill",
    activityId: `act-${f.id}`,
    executionId: f.id,
    venueOrderId: `v-of-${f.id}`,
    clientOrderId: null,
    symbol: f.symbol,
    side: sideOf(f.lots),
    qty: units(f.symbol, Math.abs(f.lots)),
    price: text(f.cents / 100),
    cumulativeQty: units(f.symbol, Math.abs(f.lots)),
    at: "2023-11-14T14:30:00Z",
    raw: null,
    ...over,
  };
}

export function reported(
  change: (snapshot: VenueSnapshot) => Partial<VenueSnapshot>,
  plan = PLAN,
): VenueReport {
  const report = reportOf(plan);
  return { ...report, snapshot: { ...report.snapshot, ...change(report.snapshot) } };
}

/** The codes that come of two sides, with their subjects. */
export function codesOf(books: OurBooks, report: VenueReport): readonly string[] {
  const { breaks } = reconcile(ourSide(books), theirSide(report), OPTIONS);
  return breaks.map(({ code, subject }) => `${code} ${subject}`);
}

export function units(symbol: string, lots: number): string {
  return lotSizeOf(symbol) === 1 ? String(lots) : (lots / 1000).toFixed(6);
}

function sideOf(lots: number): TradeSide {
  return lots > 0 ? "buy" : "sell";
}

function text(value: number): string {
  return value.toFixed(4);
}

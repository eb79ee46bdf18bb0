/** Every break code with its planted case, one figure at a time; and nothing where the sides agree. */
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../../src/base/assert.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { VenueActivity, VenuePosition } from "../../../src/domain/venue-report.ts";
import { notRun, reconcile } from "../../../src/execution/reconciliation/reconcile.ts";
import {
  type OurBooks,
  type OurSide,
  ourSide,
  theirSide,
  type TheirSide,
  type VenueReport,
} from "../../../src/execution/reconciliation/sides.ts";
import { breakLines } from "../../../src/execution/reconciliation/words.ts";
import {
  booksOf,
  codesOf,
  fillActivity,
  OPTIONS,
  PLAN,
  type Plan,
  reported,
  reportOf,
  venueOrder,
} from "./reconciliation-sides.ts";

function withPosition(symbol: string, change: Partial<VenuePosition>): VenueReport {
  return reported(({ positions }) => ({
    positions: positions.map((p) => (p.symbol === symbol ? { ...p, ...change } : p)),
  }));
}

function withActivities(...more: VenueActivity[]): VenueReport {
  const report = reportOf(PLAN);
  return { ...report, activities: [...report.activities, ...more] };
}

const OURS = booksOf(PLAN);
const CASH_MOVED: VenueActivity = {
  kind: "cash",
  activityId: "a-1",
  date: "2023-11-14",
  cause: "fee",
  symbol: null,
  amount: "-1.23",
  description: "TAF",
  raw: null,
};
const SPLIT: VenueActivity = {
  kind: "split",
  activityId: "a-2",
  date: "2023-11-14",
  symbol: "SPY",
  qtyAfter: "80",
  ratio: 2,
  raw: null,
};

describe("equal sides", () => {
  it("pass, with everything counted", () => {
    expect(reconcile(ourSide(OURS), theirSide(reportOf(PLAN)), OPTIONS)).toEqual({
      result: "PASS",
      breaks: [],
      warnings: [],
      compared: { positions: 3, currencies: 1, orders: 2, fills: 2 },
    });
  });

  it("pass with text of other shape, flat positions, repeated activities and ended venue orders", () => {
    const report = reportOf(PLAN);
    const { snapshot, activities } = report;
    const positions = [
      ...snapshot.positions.map((p) => ({
        ...p,
        qty: `${p.qty}${p.qty.includes(".") ? "0" : ".0"}`,
      })),
      { symbol: "OLD", qty: "0", averagePrice: "0", raw: null },
    ];
    const orders = [
      ...snapshot.openOrders,
      venueOrder({ ...PLAN.orders[0], id: "gone" }, { status: "filled" }),
    ];
    const old = fillActivity({ id: "x-old", symbol: "SPY", lots: 1, cents: 100 });
    const repeated = [old, ...activities, activities[0], { ...CASH_MOVED, activityId: "a-0" }];
    const same = { snapshot: { ...snapshot, positions, openOrders: orders }, activities: repeated };
    expect(
      codesOf(
        {
          ...OURS,
          positions: [
            ...OURS.positions,
            { instrument: "FLAT", lots: 0, lotSize: 1, averagePrice: null },
          ],
        },
        same,
      ),
    ).toEqual([]);
  });
});

describe("positions", () => {
  it.each<[string, VenueReport, readonly string[]]>([
    [
      "gone at the venue",
      reported(({ positions }) => ({ positions: positions.slice(1) })),
      ["PHANTOM_POSITION SPY"],
    ],
    ["zero at the venue", withPosition("SPY", { qty: "0" }), ["PHANTOM_POSITION SPY"]],
    [
      "of the venue alone",
      reported(({ positions }) => ({
        positions: [...positions, { symbol: "XLE", qty: "-3", averagePrice: "80", raw: null }],
      })),
      ["MISSING_POSITION XLE"],
    ],
    ["off by one share", withPosition("SPY", { qty: "41" }), ["QUANTITY SPY"]],
    ["off by one lot of a thousandth", withPosition("BTC", { qty: "1.2340001" }), ["QUANTITY BTC"]],
    ["on the other side", withPosition("TLT", { qty: "7" }), ["QUANTITY TLT"]],
    [
      "named twice",
      reported(({ positions }) => ({ positions: [...positions, positions[0]] })),
      ["QUANTITY SPY"],
    ],
    ["split at the venue alone", withActivities(SPLIT), ["QUANTITY a-2"]],
  ])("%s", (_, report, codes) => {
    expect(codesOf(OURS, report)).toEqual(codes);
  });

  it("that we forgot are the venue's alone", () => {
    const positions = OURS.positions.filter(({ instrument }) => instrument !== "TLT");
    expect(codesOf({ ...OURS, positions }, reportOf(PLAN))).toEqual(["MISSING_POSITION TLT"]);
    const flat = OURS.positions.map((p) =>
      p.instrument === "TLT" ? { ...p, lots: 0, averagePrice: null } : p,
    );
    expect(codesOf({ ...OURS, positions: flat }, reportOf(PLAN))).toEqual(["MISSING_POSITION TLT"]);
  });
});

describe("average price", () => {
  const moved = withPosition("SPY", { averagePrice: "450.1202" });

  it("over identical executions is only said", () => {
    const { result, breaks, warnings } = reconcile(ourSide(OURS), theirSide(moved), OPTIONS);
    expect([result, breaks]).toEqual(["PASS", []]);
    expect(warnings).toEqual(["SPY cost us 450.1200 on average, the venue says 450.1202"]);
  });

  it("within what a venue prints is nothing", () => {
    const near = withPosition("SPY", { averagePrice: "450.1201" });
    expect(reconcile(ourSide(OURS), theirSide(near), OPTIONS).warnings).toEqual([]);
  });

  it("over differing executions is a break", () => {
    const activities = [fillActivity(PLAN.fills[0], { price: "449" }), fillActivity(PLAN.fills[1])];
    expect(codesOf(OURS, { ...moved, activities })).toEqual([
      "AVERAGE_PRICE SPY",
      "AVERAGE_PRICE x-1",
    ]);
    // Of another symbol it says nothing.
    const tlt = [fillActivity(PLAN.fills[0]), fillActivity(PLAN.fills[1], { price: "1" })];
    expect(codesOf(OURS, { ...moved, activities: tlt })).toEqual(["AVERAGE_PRICE x-2"]);
  });

  it("that we cannot say is said to be unknown", () => {
    const positions = OURS.positions.map((p) => ({ ...p, averagePrice: null }));
    const { result, warnings } = reconcile(
      ourSide({ ...OURS, positions }),
      theirSide(reportOf(PLAN)),
      OPTIONS,
    );
    expect(result).toBe("PASS");
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(/an unknown price/);
  });
});

describe("cash", () => {
  const cash = (amount: string) => reported(() => ({ cash: [{ currency: "USD", amount }] }));
  const fees = (unpostedFeesMinor: number): OurBooks => ({
    ...OURS,
    cash: [{ ...OURS.cash[0], unpostedFeesMinor }],
  });

  it.each<[string, OurBooks, VenueReport, readonly string[]]>([
    ["a cent less is equal", OURS, cash("123456.77"), []],
    ["a cent more is equal", OURS, cash("123456.79"), []],
    ["two cents less is not", OURS, cash("123456.76"), ["CASH USD"]],
    ["a little more than a cent is not", OURS, cash("123456.7901"), ["CASH USD"]],
    ["fees to come may be missing", fees(150), cash("123455.27"), []],
    ["but no more than those", fees(150), cash("123455.26"), ["CASH USD"]],
    ["and never the other way", fees(150), cash("123456.80"), ["CASH USD"]],
    [
      "a currency of the venue alone",
      OURS,
      reported((s) => ({ cash: [...s.cash, { currency: "EUR", amount: "1" }] })),
      ["CASH EUR"],
    ],
    [
      "a currency of ours alone",
      { ...OURS, cash: [...OURS.cash, { ...OURS.cash[0], currency: "EUR" }] },
      reportOf(PLAN),
      ["CASH EUR"],
    ],
    ["no cash at the venue", OURS, reported(() => ({ cash: [] })), ["CASH USD"]],
    ["one currency twice", OURS, reported((s) => ({ cash: [...s.cash, ...s.cash] })), ["CASH USD"]],
    ["money the venue moved and we did not book", OURS, withActivities(CASH_MOVED), ["CASH a-1"]],
    ["read twice, said once", OURS, withActivities(CASH_MOVED, { ...CASH_MOVED }), ["CASH a-1"]],
  ])("%s", (_, books, report, codes) => {
    expect(codesOf(books, report)).toEqual(codes);
  });
});

describe("results", () => {
  const nothing: Plan = { positions: [], cashCents: 0, orders: [], fills: [] };
  const noBooks: OurBooks = { ...booksOf(nothing), cash: [] };
  const noReport = reported(() => ({ cash: [] }), nothing);

  it("nothing on both sides is EMPTY, no answer is NOT_RUN", () => {
    expect(reconcile(ourSide(noBooks), theirSide(noReport), OPTIONS).result).toBe("EMPTY");
    expect(notRun("the venue did not answer")).toMatchObject({
      result: "NOT_RUN",
      warnings: ["the venue did not answer"],
    });
  });

  it("cash alone passes; anything without cash does not", () => {
    expect(reconcile(ourSide(booksOf(nothing)), theirSide(reportOf(nothing)), OPTIONS).result).toBe(
      "PASS",
    );
    const held = reconcile(
      ourSide({ ...OURS, cash: [] }),
      theirSide(reported(() => ({ cash: [] }))),
      OPTIONS,
    );
    expect([held.result, held.breaks.map(({ code }) => code)]).toEqual(["FAIL", ["CASH"]]);
  });

  it("a number nobody can read is no report", () => {
    expect(() => codesOf(OURS, withPosition("SPY", { qty: "many" }))).toThrow(Fault);
    expect(() => codesOf(OURS, withPosition("SPY", { qty: "many" }))).toThrow(
      /SPY is reported as "many"/,
    );
  });
});

describe("a side compared with itself", () => {
  const ours = ourSide(OURS);
  const theirs = theirSide(reportOf(PLAN));
  it.each<[string, unknown, unknown]>([
    ["our books twice", ours, ours],
    ["the report twice", theirs, theirs],
    ["sides swapped", theirs, ours],
    ["a side that nobody made", OURS, theirs],
    [
      "the venue's rows within our books",
      ourSide({ ...OURS, cash: theirs.snapshot.cash as never }),
      theirs,
    ],
  ])("%s stops with invariant 17", (_, a, b) => {
    try {
      reconcile(a as OurSide, b as TheirSide, OPTIONS);
    } catch (error) {
      expect(error).toBeInstanceOf(InvariantError);
      expect(error).toMatchObject({ invariant: 17 });
      return;
    }
    expect.fail("it was compared");
  });
});

it("breaks are said in aligned lines", () => {
  const report = reported(({ positions }) => ({
    positions: positions.map((p) => (p.symbol === "SPY" ? { ...p, qty: "41" } : p)).slice(0, 2),
    cash: [{ currency: "USD", amount: "1" }],
  }));
  const lines = breakLines(reconcile(ourSide(OURS), theirSide(report), OPTIONS));
  expect(lines).toEqual([
    "reconciliation FAIL: 3 breaks; compared 3 positions, 1 currency, 2 orders, 2 fills",
    "  PHANTOM_POSITION  BTC  ours 1.234      theirs none  units",
    "    our books hold 1.234 BTC, the venue holds none; look for an execution, a split or a transfer that one side did not book",
    "  QUANTITY          SPY  ours 40         theirs 41    units",
    "    our books hold 40 SPY, the venue holds 41; look for an execution, a split or a transfer that one side did not book",
    "  CASH              USD  ours 123456.78  theirs 1     USD",
    "    our books hold 123456.78 USD, the venue 1: 123455.78 apart",
  ]);
});

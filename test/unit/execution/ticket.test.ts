/** An order in a venue's terms: type and time by the table, quantities exact, prices on the grid. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { valueOf } from "../../../src/base/result.ts";
import type { Order, OrderType } from "../../../src/domain/order.ts";
import { approveReduction, inTerms } from "../../../src/execution/gates/approval.ts";
import { qtyText, ticketOf, type TicketTerms } from "../../../src/execution/orders/ticket.ts";

const ORDER: Order = {
  ordinal: 7,
  instrument: 0,
  session: 0,
  purpose: "open",
  leg: 0,
  generation: 0,
  side: 1,
  type: "market",
  lots: 3,
  price: null,
  timeInForce: "day",
  working: true,
  signals: [],
};
const TERMS: TicketTerms = {
  clientOrderId: "id",
  symbol: "SPY",
  lotSize: 1,
  tick: 0.01,
  allowNonpositive: false,
  marketPhase: "open",
};

/** Approved as what it would reduce: how it came by its approval is not this room's business. */
function ticket(order: Partial<Order>, terms: Partial<TicketTerms> = {}) {
  const whole: Order = { ...ORDER, ...order };
  return ticketOf(approveReduction(whole, 0 - whole.side * whole.lots), { ...TERMS, ...terms });
}
const placed = (...given: Parameters<typeof ticket>) => valueOf(ticket(...given));

describe("type and time in force", () => {
  it.each<[OrderType, "open" | "close", "day" | "gtc", string]>([
    ["market", "open", "day", "market opg"],
    ["market", "close", "day", "market cls"],
    ["market", "open", "gtc", "market opg"],
    ["on_open", "close", "day", "market opg"],
    ["on_close", "open", "day", "market cls"],
    ["limit", "open", "day", "limit day"],
    ["limit", "close", "gtc", "limit gtc"],
    ["stop", "open", "day", "stop day"],
    ["stop", "close", "gtc", "stop gtc"],
  ])("%s, market at the %s, %s: %s", (type, marketPhase, timeInForce, expected) => {
    const order = placed({ type, timeInForce, price: 10 }, { marketPhase });
    expect(`${order.type} ${order.timeInForce}`).toBe(expected);
    expect(order.limitPrice).toBe(type === "limit" ? "10" : null);
    expect(order.stopPrice).toBe(type === "stop" ? "10" : null);
  });

  it("the whole ticket, under the approval of its order", () => {
    const approved = approveReduction({ ...ORDER, side: -1, type: "limit", price: 99.999 }, 3);
    const broker = inTerms(approved, valueOf(ticketOf(approved, TERMS)));
    expect(broker).toEqual({
      clientOrderId: "id",
      symbol: "SPY",
      side: "sell",
      qty: "3",
      type: "limit",
      timeInForce: "day",
      limitPrice: "100",
      stopPrice: null,
    });
  });
});

describe("quantities", () => {
  it.each<[number, number, string]>([
    [3, 1, "3"],
    [3, 0.1, "0.3"],
    [7, 0.000000001, "0.000000007"],
    [123456789, 0.001, "123456.789"],
    [2, 100, "200"],
  ])("%d lots of %d are %s", (lots, lotSize, text) => {
    expect(placed({ lots }, { lotSize }).qty).toBe(text);
    expect(qtyText(lots, lotSize)).toBe(text);
  });

  it.each([0, -1, 1.5, Number.NaN])("of %d lots stop with invariant 12", (lots) => {
    const approved = approveReduction({ ...ORDER }, -3);
    approved.lots = lots;
    expect(() => ticketOf(approved, TERMS)).toThrow(/invariant 12: .* a venue takes whole lots/);
  });
});

describe("prices", () => {
  it.each<["limit" | "stop", 1 | -1, number, number | null, string]>([
    ["limit", 1, 95.30999755859375, 0.01, "95.3"],
    ["limit", -1, 95.30999755859375, 0.01, "95.31"],
    ["stop", -1, 95.30000001, 0.01, "95.31"],
    ["stop", 1, 95.30999755859375, 0.01, "95.3"],
    ["limit", 1, 95.31, 0.01, "95.31"],
    ["limit", -1, 95.31, 0.01, "95.31"],
    ["limit", 1, 0.12345, 0.0001, "0.1234"],
    ["limit", 1, 4501.1, 0.25, "4501"],
    ["limit", -1, 4501.1, 0.25, "4501.25"],
    ["limit", 1, 95.30999755859375, null, "95.30999755859375"],
    ["limit", 1, 1e-7, null, "0.0000001"],
  ])("a %s of side %d at %d on a grid of %d is %s", (type, side, price, tick, text) => {
    const order = placed({ type, side, price }, { tick });
    expect(order.limitPrice ?? order.stopPrice).toBe(text);
  });

  it("that the grid leaves at nothing are refused, unless the instrument takes them", () => {
    expect(ticket({ type: "limit", price: 0.004 })).toEqual({
      ok: false,
      error: {
        code: "price_off_grid",
        observed: 0.004,
        limit: 0.01,
        unit: "price",
        message: "the limit price 0.004 of order 7 leaves nothing above zero on SPY's grid of 0.01",
      },
    });
    expect(ticket({ type: "stop", price: -1 }, { tick: null })).toMatchObject({ ok: false });
    expect(placed({ type: "limit", price: -36.985 }, { allowNonpositive: true }).limitPrice).toBe(
      "-36.99",
    );
  });

  it.each([null, Number.NaN, Number.POSITIVE_INFINITY])(
    "a limit at %d stops with invariant 12",
    (price) => {
      expect(() => ticket({ type: "limit", price })).toThrow(
        /invariant 12: order 7 is a limit order at/,
      );
    },
  );

  it("lie on the grid, less than a tick away, never worse than was decided", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 1e5, noNaN: true }),
        fc.constantFrom(0.01, 0.05, 0.25, 0.0001),
        fc.constantFrom(1 as const, -1 as const),
        (price, tick, side) => {
          const text = placed({ type: "limit", side, price }, { tick }).limitPrice as string;
          const onGrid = Number(text);
          expect(Math.abs(onGrid / tick - Math.round(onGrid / tick))).toBeLessThan(1e-6);
          expect(Math.abs(onGrid - price)).toBeLessThan(tick);
          expect(side === 1 ? onGrid <= price : onGrid >= price).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

import { describe, expect, it } from "vitest";
import { parseSpeed, paceMs } from "../../../src/apps/venue-server/pace.ts";
import { admit, createRateLimit } from "../../../src/apps/venue-server/rate-limit.ts";
import { readOrder, readReplace } from "../../../src/apps/venue-server/order-request.ts";
import { Refused } from "../../../src/apps/venue-server/refusal.ts";
import { dateOf, parseInstant, printInstant } from "../../../src/apps/venue-server/request.ts";
import { moneyText, quantityText } from "../../../src/apps/venue-server/shapes.ts";

describe("instants in requests", () => {
  it.each([
    ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000Z"],
    ["2024-01-02T03:04:05.123456789Z", "2024-01-02T03:04:05.123Z"],
    ["2024-01-02T03:04:05-05:00", "2024-01-02T08:04:05.000Z"],
    ["2024-01-02T23:30:00+05:30", "2024-01-02T18:00:00.000Z"],
  ])("%s", (text, utc) => {
    expect(parseInstant(text)).toBe(Date.parse(utc));
  });

  it.each([
    "2024-01-02",
    "2024-02-30T00:00:00Z",
    "2024-01-02T24:00:00Z",
    "2024-01-02T00:00:00",
    "2024-01-02T00:00:00+24:00",
    "now",
  ])("%s is none", (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it("print without a fraction where there is none, and dates are read as written", () => {
    expect(printInstant(Date.parse("2024-01-02T03:04:05Z"))).toBe("2024-01-02T03:04:05Z");
    expect(printInstant(Date.parse("2024-01-02T03:04:05.050Z"))).toBe("2024-01-02T03:04:05.050Z");
    expect(dateOf({ d: "2024-01-02T23:59:00-05:00" }, "d")).toBe(Date.parse("2024-01-02"));
  });
});

describe("numbers in answers", () => {
  it("are exact text", () => {
    expect(quantityText(1_500_000_000n)).toBe("1.5");
    expect(quantityText(-1n)).toBe("-0.000000001");
    expect([moneyText(-150, 2), moneyText(7, 2), moneyText(0, 2), moneyText(12, 0)]).toEqual([
      "-1.50",
      "0.07",
      "0.00",
      "12",
    ]);
  });
});

describe("requests per minute", () => {
  it("are counted in windows of wall time", () => {
    const limit = createRateLimit(2);
    const t = 1_000_000;
    expect(admit(limit, t)).toEqual({
      admitted: true,
      limit: 2,
      remaining: 1,
      resetSeconds: 1060,
    });
    expect(admit(limit, t + 59_000)).toMatchObject({ admitted: true, remaining: 0 });
    expect(admit(limit, t + 59_999)).toMatchObject({ admitted: false, remaining: 0 });
    expect(admit(limit, t + 60_000)).toMatchObject({ admitted: true, remaining: 1 });
    // A wall clock that was set back does not lock anybody out.
    expect(admit(limit, t - 3_600_000)).toMatchObject({ admitted: true, remaining: 1 });
  });
});

describe("the pace of a venue", () => {
  it("is a step or a factor", () => {
    expect(parseSpeed("step")).toEqual({ kind: "step" });
    expect(parseSpeed("3600")).toEqual({ kind: "factor", factor: 3600 });
    expect(["0", "-1", "fast", "1e3", ""].map(parseSpeed)).toEqual([null, null, null, null, null]);
    const pace = { venueStartMs: 1000, wallStartMs: 50, lastMs: 5000 };
    expect(paceMs({ ...pace, speed: { kind: "step" } }, 90)).toBeNull();
    const running = { ...pace, speed: { kind: "factor", factor: 10 } as const };
    expect([20, 50, 90, 9999].map((wall) => paceMs(running, wall))).toEqual([
      1000, 1000, 1400, 5000,
    ]);
  });
});

describe("the body of an order", () => {
  const order = { symbol: "SPY", side: "buy", qty: "1.50", type: "market", time_in_force: "day" };
  const of = (over: object) => readOrder({ ...order, ...over }, () => "made-up");
  const refusal = (body: unknown): [number, number, string] => {
    try {
      readOrder(body, () => "made-up");
    } catch (error) {
      if (error instanceof Refused) return [error.http, error.code, error.message];
      throw error;
    }
    throw new Error("it was accepted");
  };

  it("is read whole, numbers as the text they print as", () => {
    expect(of({ qty: 0.1, client_order_id: "mine", extended_hours: false })).toEqual({
      clientOrderId: "mine",
      symbol: "SPY",
      side: "buy",
      qty: "0.1",
      type: "market",
      timeInForce: "day",
      limitPrice: null,
      stopPrice: null,
      legs: null,
    });
    expect(of({}).clientOrderId).toBe("made-up");
    expect(of({}).qty).toBe("1.5");
    expect(
      of({
        type: "limit",
        limit_price: "10.50",
        order_class: "bracket",
        take_profit: { limit_price: "12" },
        stop_loss: { stop_price: "9", limit_price: null },
      }),
    ).toMatchObject({
      limitPrice: "10.5",
      legs: {
        takeProfit: { limitPrice: "12" },
        stopLoss: { stopPrice: "9", limitPrice: null },
      },
    });
  });

  it.each<[object, number, RegExp]>([
    [{ notional: "10" }, 400, /only one of qty or notional/],
    [{ qty: null, notional: "10" }, 422, /notional is not supported/],
    [{ qty: null }, 422, /qty or notional is required/],
    [{ qty: "1e2" }, 400, /qty is not a number/],
    [{ qty: "many" }, 400, /qty is not a number: many/],
    [{ qty: true }, 400, /qty is not a number/],
    [{ side: undefined }, 422, /side is required/],
    [{ side: "hold" }, 422, /invalid side: hold/],
    [{ symbol: "" }, 422, /symbol is required/],
    [{ symbol: 7 }, 400, /symbol must be text/],
    [{ type: "trailing_stop" }, 422, /invalid type: trailing_stop/],
    [{ trail_price: "1" }, 422, /trail_price is not supported/],
    [{ time_in_force: "fok" }, 422, /invalid time_in_force: fok/],
    [{ limit_price: "1" }, 422, /market orders require no limit_price/],
    [{ type: "limit" }, 422, /limit orders require limit_price/],
    [{ type: "stop" }, 422, /stop orders require stop_price/],
    [{ type: "stop_limit", stop_price: "1" }, 422, /stop_limit orders require limit_price/],
    [{ extended_hours: true }, 422, /extended_hours is not supported/],
    [{ extended_hours: "yes" }, 400, /extended_hours must be/],
    [{ order_class: "oco" }, 422, /order_class oco is not supported/],
    [{ order_class: "bracket" }, 422, /bracket orders require/],
    [{ order_class: "oto" }, 422, /oto orders require/],
    [{ take_profit: { limit_price: "1" } }, 422, /simple orders take no take_profit/],
    [{ order_class: "oto", take_profit: { price: "1" } }, 400, /take_profit holds .*price/],
    [{ legs: [{}] }, 422, /multi-leg/],
    [{ position_intent: "sell_to_open" }, 422, /position_intent sell_to_open does not match/],
    [{ advanced_instructions: { algorithm: "VWAP" } }, 422, /advanced_instructions is not/],
    [{ quantity: "1" }, 400, /the body holds what is not known: quantity/],
  ])("%j is refused", (over, http, message) => {
    const [status, code, said] = refusal({ ...order, ...over });
    expect([status, said]).toEqual([http, expect.stringMatching(message)]);
    expect(code).toBe(http === 400 ? 40010000 : 42210000);
  });

  it("that is none is refused", () => {
    for (const body of [undefined, null, "text", [order]]) expect(refusal(body)[0]).toBe(400);
  });

  it("of a replacement leaves out what stays", () => {
    expect(readReplace({ qty: "3", limit_price: 10.25 })).toEqual({
      clientOrderId: null,
      qty: "3",
      timeInForce: null,
      limitPrice: "10.25",
      stopPrice: null,
    });
    expect(() => readReplace({ trail: "1" })).toThrow(/trail is not supported/);
    expect(() => readReplace({ side: "sell" })).toThrow(/not known: side/);
  });
});

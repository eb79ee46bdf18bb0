/** What the exchange refuses, with the documented status, code and words; and what it takes all the same. */
import { describe, expect, it } from "vitest";
import { haltSymbol } from "../../../../src/venue/exchange/acts.ts";
import { cancelOrder } from "../../../../src/venue/exchange/orders.ts";
import type { OrderRequest } from "../../../../src/venue/exchange/requests.ts";
import { advanceTo } from "../../../../src/venue/exchange/sessions.ts";
import { ALPACA_RULES, type VenueRules } from "../../../../src/venue/exchange/terms.ts";
import {
  closeOf,
  exchangeOf,
  HOUR,
  openOf,
  put,
  refusedBy,
} from "../../../support/exchange-fixture.ts";
import type { Listing } from "../../../support/market-fixture.ts";

const DATES = ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04"];
const flat = (price: number): Listing => ({
  bars: Object.fromEntries(
    DATES.map((date) => [date, [price, price + 1, price - 1, price] as const]),
  ),
});
const market = { A: flat(100), B: flat(0.5) };
const under = (rules: Partial<VenueRules>) => exchangeOf({ market, rules });
/** After the first session, so that prices are known; ten of A are held. */
function holding(rules: Partial<VenueRules> = {}) {
  const x = under(rules);
  put(x, { qty: "10" });
  advanceTo(x, closeOf(DATES[0]) + HOUR);
  return x;
}

describe("client order ids", () => {
  it("are unique for ever, also after their order was cancelled", () => {
    const x = under({});
    const { id } = put(x, { clientOrderId: "mine" });
    const words = { http: 422, code: 40010001, message: "client_order_id must be unique" };
    expect(refusedBy(x, { clientOrderId: "mine" })).toMatchObject(words);
    cancelOrder(x, id);
    expect(refusedBy(x, { clientOrderId: "mine" })).toMatchObject(words);
  });

  it("have 1 to 128 characters", () => {
    const x = under({});
    put(x, { clientOrderId: "i".repeat(128) });
    for (const clientOrderId of ["", "i".repeat(129)]) {
      expect(refusedBy(x, { clientOrderId })).toMatchObject({ http: 422 });
    }
  });
});

describe("an order by itself", () => {
  const rows: [string, Partial<OrderRequest>, RegExp][] = [
    ["an unknown symbol", { symbol: "ZZZ" }, /could not find asset "ZZZ"/],
    ["no quantity", { qty: "0" }, /qty must be > 0/],
    ["less than none", { qty: "-1" }, /qty must be > 0/],
    ["ten decimals", { qty: "1.0000000001" }, /at most 9 decimals/],
    ["no number", { qty: "ten" }, /at most 9 decimals/],
    ["a limit without its price", { type: "limit" }, /require a limit price/],
    ["a market order with one", { limitPrice: "1" }, /must not have a limit price/],
    ["a stop without its price", { type: "stop" }, /require a stop price/],
    ["a stop-limit with one of two", { type: "stop_limit", stopPrice: "1" }, /require a limit/],
    ["a price that is none", { type: "limit", limitPrice: "1e" }, /is not a price/],
    [
      "a stop in an auction",
      { type: "stop", stopPrice: "9", timeInForce: "opg" },
      /time_in_force opg/,
    ],
    [
      "an immediate stop",
      { type: "stop", stopPrice: "9", timeInForce: "ioc" },
      /time_in_force ioc/,
    ],
    [
      "a bracket without legs",
      { legs: { takeProfit: null, stopLoss: null } },
      /take_profit or stop_loss/,
    ],
    [
      "a bracket of fractions",
      { qty: "0.5", legs: { takeProfit: { limitPrice: "120" }, stopLoss: null } },
      /must be simple/,
    ],
    [
      "a bracket in an auction",
      { timeInForce: "cls", legs: { takeProfit: { limitPrice: "120" }, stopLoss: null } },
      /day or gtc/,
    ],
    [
      "a stop above the profit",
      {
        legs: {
          takeProfit: { limitPrice: "120" },
          stopLoss: { stopPrice: "121", limitPrice: null },
        },
      },
      /either side/,
    ],
  ];
  it.each(rows)("%s is refused", (_, order, message) => {
    const { http, code, message: words } = refusedBy(under({}), order);
    expect({ http, code }).toEqual({ http: 422, code: 42210000 });
    expect(words).toMatch(message);
  });
});

describe("rules that may be switched on", () => {
  it("prices lie on the grid of cents, of hundredths of a cent below 1.00", () => {
    const limit = { type: "limit", side: "buy" } as const;
    const words = /sub-penny increment does not fulfill minimum pricing criteria/;
    const strict = under({ pennyGrid: true });
    expect(refusedBy(strict, { ...limit, limitPrice: "100.001" }).message).toMatch(words);
    expect(refusedBy(strict, { ...limit, symbol: "B", limitPrice: "0.50001" }).message).toMatch(
      words,
    );
    put(strict, { ...limit, limitPrice: "100.01" });
    put(strict, { ...limit, symbol: "B", limitPrice: "0.5001" });
    put(under({}), { ...limit, limitPrice: "100.001" });
  });

  it("fractions are day orders at market, and never short", () => {
    const strict = under({ fractional: "day_market" });
    put(strict, { qty: "0.123456789" });
    const half = { qty: "0.5" } as const;
    expect(refusedBy(strict, { ...half, timeInForce: "gtc" }).message).toMatch(/must be DAY/);
    const limit = { ...half, type: "limit", limitPrice: "90" } as const;
    expect(refusedBy(strict, limit).message).toMatch(/market orders/);
    expect(refusedBy(strict, { ...half, side: "sell" }).message).toMatch(/cannot be sold short/);
    put(under({}), { ...half, timeInForce: "gtc" });
  });

  it("buying power is equity times the multiplier, less what is held and what works", () => {
    const x = under({ buyingPowerMultiplier: 1 });
    advanceTo(x, closeOf(DATES[0]) + HOUR);
    put(x, { qty: "60" });
    const refused = refusedBy(x, { qty: "41" });
    expect(refused).toMatchObject({
      http: 403,
      code: 40310000,
      message: "insufficient buying power",
    });
    expect(refused.extra).toEqual({ buying_power: "4000.00", cost_basis: "4100.00" });
    put(x, { qty: "40" });
    expect(refusedBy(x, { qty: "1" }).http).toBe(403);
  });

  it("a short sale takes 3 % more than it brings", () => {
    const x = under({ buyingPowerMultiplier: 1 });
    advanceTo(x, closeOf(DATES[0]) + HOUR);
    expect(refusedBy(x, { qty: "98", side: "sell" }).http).toBe(403);
    put(x, { qty: "97", side: "sell" });
  });

  it("shorts may be forbidden", () => {
    const x = under({ shorting: false });
    expect(refusedBy(x, { side: "sell" })).toMatchObject({ http: 403, code: 40310000 });
  });

  it("what is held for one order cannot be sold by another", () => {
    const x = holding({ holdings: "reserved" });
    const first = put(x, {
      side: "sell",
      qty: "6",
      type: "stop",
      stopPrice: "90",
      timeInForce: "gtc",
    });
    expect(refusedBy(x, { side: "sell", qty: "5" })).toEqual({
      http: 403,
      code: 40310000,
      message: "insufficient qty available for order (requested: 5, available: 4)",
      extra: {
        available: "4",
        existing_qty: "10",
        held_for_orders: "6",
        related_orders: [first.id],
        symbol: "A",
      },
    });
    put(x, { side: "sell", qty: "4" });
    cancelOrder(x, first.id);
    put(x, { side: "sell", qty: "6" });
  });

  it("where stops stand apart, they hold nothing, and what is beyond the rest opens the other side", () => {
    const x = holding();
    put(x, { side: "sell", type: "stop", stopPrice: "90", timeInForce: "gtc" });
    expect(put(x, { side: "sell" }).intent).toBe("close");
    expect(put(x, { side: "sell" }).intent).toBe("open");
    const partly = exchangeOf({ market });
    put(partly, { qty: "10" });
    advanceTo(partly, closeOf(DATES[0]) + HOUR);
    expect(refusedBy(partly, { side: "sell", qty: "11" }).message).toMatch(/available: 10/);
  });

  it("two of ours that could trade with each other are a wash", () => {
    const x = holding({ washTrades: "refused" });
    put(x, { side: "sell", qty: "5", type: "limit", limitPrice: "105", timeInForce: "gtc" });
    const words = /potential wash trade detected. use complex orders/;
    expect(refusedBy(x, {}).message).toMatch(words);
    const limit = { type: "limit" } as const;
    expect(refusedBy(x, { ...limit, limitPrice: "105" })).toMatchObject({
      http: 403,
      code: 40310000,
    });
    put(x, { ...limit, limitPrice: "104.99" });
    put(x, { symbol: "B" });
  });

  it("long and short are not opened at once", () => {
    const x = under({ holdings: "reserved" });
    put(x, { side: "sell" });
    expect(refusedBy(x).message).toBe("cannot open a long buy while a short sell order is open");
  });

  it("an order is worth a dollar at least", () => {
    const x = under({ minimumNotionalMinor: 100 });
    advanceTo(x, closeOf(DATES[0]) + HOUR);
    expect(refusedBy(x, { symbol: "B", qty: "1" })).toMatchObject({
      http: 403,
      message: "cost basis must be >= minimal amount of order 1",
    });
    put(x, { symbol: "B", qty: "2" });
  });

  it("a buy stop becomes a stop-limit: 4 % above below 50, else 2.5 %", () => {
    const x = under({ buyStopLimit: true });
    const stop = { type: "stop", timeInForce: "gtc" } as const;
    expect(put(x, { ...stop, stopPrice: "110" })).toMatchObject({
      type: "stop_limit",
      limitPrice: 112.75,
    });
    const cheap = put(x, { ...stop, symbol: "B", stopPrice: "10" });
    expect(cheap).toMatchObject({ type: "stop_limit", limitPrice: 10.4 });
    expect(put(x, { ...stop, side: "sell", stopPrice: "90" }).type).toBe("stop");
  });

  it("auction orders have their hours", () => {
    const MINUTE = 60_000;
    const x = under({ auctionWindows: true });
    const [first, second] = DATES;
    const taken = (timeInForce: "opg" | "cls") => {
      const before = x.state.orders.length;
      try {
        put(x, { timeInForce });
      } catch (error) {
        expect(String(error)).toMatch(/not accepted at this time/);
      }
      return x.state.orders.length > before;
    };
    const hours: [number, boolean, boolean][] = [
      [openOf(first) - 3 * MINUTE, true, true],
      [openOf(first) - 2 * MINUTE, false, true],
      [openOf(first) + MINUTE, false, true],
      [closeOf(first) - 11 * MINUTE, false, true],
      [closeOf(first) - 10 * MINUTE, false, false],
      [closeOf(first) + HOUR, false, false],
      [openOf(first) + 9.5 * HOUR, true, true],
      [openOf(second) - 2 * MINUTE, false, true],
    ];
    for (const [ms, opg, cls] of hours) {
      advanceTo(x, ms);
      expect([taken("opg"), taken("cls")], new Date(ms).toISOString()).toEqual([opg, cls]);
    }
  });

  it("a halted symbol takes orders and fills none, or takes none", () => {
    const x = under({});
    put(x, { timeInForce: "gtc" });
    haltSymbol(x, "A", { refuses: false, untilMs: null });
    advanceTo(x, closeOf(DATES[0]));
    expect(x.state.activities).toEqual([]);
    haltSymbol(x, "A", { refuses: true, untilMs: closeOf(DATES[1]) });
    expect(refusedBy(x)).toMatchObject({ http: 422, code: 42210000 });
    advanceTo(x, closeOf(DATES[2]));
    expect(x.state.activities).toHaveLength(1);
  });

  it("all of them together are a paper account, which knows no cost without a price", () => {
    const x = under(ALPACA_RULES);
    expect(refusedBy(x)).toMatchObject({ http: 403, message: "no price of A is known yet" });
    const later = exchangeOf({ market, rules: ALPACA_RULES, firstDate: DATES[1] });
    put(later, { qty: "10", timeInForce: "opg" });
    advanceTo(later, closeOf(DATES[1]) + HOUR);
    expect(later.state.positions.map(({ qtyNano }) => qtyNano)).toEqual([10_000_000_000n]);
  });
});

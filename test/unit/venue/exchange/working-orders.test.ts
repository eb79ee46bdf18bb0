/** What becomes of orders that work: stops, stop-limits, brackets, replacements, late ones, their ends. */
import { describe, expect, it } from "vitest";
import { rejectNextReplace } from "../../../../src/venue/exchange/acts.ts";
import { takeEvents } from "../../../../src/venue/exchange/exchange.ts";
import { cancelOrder } from "../../../../src/venue/exchange/orders.ts";
import { replaceOrder } from "../../../../src/venue/exchange/replace.ts";
import { advanceTo, clockOf } from "../../../../src/venue/exchange/sessions.ts";
import type { Exchange } from "../../../../src/venue/exchange/state.ts";
import {
  closeOf,
  exchangeOf,
  fillsOf,
  HOUR,
  openOf,
  put,
} from "../../../support/exchange-fixture.ts";
import { type Ohlc, runMarket } from "../../../support/market-fixture.ts";

const DATES = ["2021-03-01", "2021-03-02", "2021-03-03"];

/** One share: a bar for each session. */
function trading(...bars: readonly (Ohlc | number)[]): Exchange {
  const listed = Object.fromEntries(bars.map((bar, n) => [DATES[n], bar]));
  return exchangeOf({ market: { A: { bars: listed } } });
}

const day = (x: Exchange, n: number): readonly string[] => {
  advanceTo(x, closeOf(DATES[n]) + HOUR);
  return fillsOf(x);
};

const BRACKET = {
  takeProfit: { limitPrice: "110" },
  stopLoss: { stopPrice: "95", limitPrice: null },
} as const;

describe("a stop-limit", () => {
  const order = { type: "stop_limit", stopPrice: "105", timeInForce: "gtc" } as const;

  it("fills at its stop where its limit allows", () => {
    const x = trading([100, 108, 99, 104]);
    put(x, { ...order, limitPrice: "106" });
    expect(day(x, 0)).toEqual(["buy 10 at 105"]);
  });

  it("waits at its limit once it is triggered beyond it", () => {
    const x = trading([100, 104, 99, 103], [112, 114, 109, 113], [110, 111, 105.5, 108]);
    put(x, { ...order, limitPrice: "106" });
    expect([day(x, 0), day(x, 1), day(x, 2)]).toEqual([[], [], ["buy 10 at 106"]]);
  });

  it("never pays more than its limit for slippage", () => {
    const x = exchangeOf({
      market: { A: { bars: { [DATES[0]]: [100, 108, 99, 104] } } },
      costs: { slippage: { bps: 100, halfSpread: 0, ticks: 0 } },
    });
    put(x, { ...order, limitPrice: "105.5" });
    expect(day(x, 0)).toEqual(["buy 10 at 105.5"]);
  });
});

describe("a bracket", () => {
  it("holds its legs until the entry has filled, then one ends the other", () => {
    const x = trading([100, 102, 98, 101], [101, 111, 100, 109]);
    const entry = put(x, { timeInForce: "gtc", legs: BRACKET });
    const legs = entry.legIds.map((id) => x.orderById.get(id));
    expect(entry.orderClass).toBe("bracket");
    expect(legs.map((leg) => leg?.status)).toEqual(["held", "held"]);
    expect(day(x, 0)).toEqual(["buy 10 at 100"]);
    expect(legs.map((leg) => leg?.status)).toEqual(["new", "new"]);
    expect(day(x, 1)).toEqual(["sell 10 at 110"]);
    expect(legs.map((leg) => leg?.status)).toEqual(["filled", "canceled"]);
    expect(x.working).toEqual([]);
  });

  it("takes the stop where one bar reaches both", () => {
    const x = trading([100, 111, 94, 101]);
    put(x, { timeInForce: "gtc", legs: BRACKET });
    expect(day(x, 0)).toEqual(["buy 10 at 100", "sell 10 at 95"]);
  });

  it("lets its legs go when the entry is cancelled or expires", () => {
    const x = trading([100, 102, 98, 101]);
    const limit = { type: "limit", limitPrice: "97" } as const;
    const cancelled = put(x, { ...limit, legs: BRACKET });
    cancelOrder(x, cancelled.id);
    const expired = put(x, { ...limit, legs: { ...BRACKET, takeProfit: null } });
    expect(expired.orderClass).toBe("oto");
    expect(day(x, 0)).toEqual([]);
    expect(x.state.orders.map(({ status }) => status)).toEqual([
      ...["canceled", "canceled", "canceled"],
      ...["expired", "canceled"],
    ]);
  });

  it("cancels both legs when one is cancelled", () => {
    const x = trading([100, 102, 98, 101], [101, 111, 100, 109]);
    const entry = put(x, { timeInForce: "gtc", legs: BRACKET });
    day(x, 0);
    cancelOrder(x, entry.legIds[1]);
    expect(day(x, 1)).toEqual([]);
  });

  it("fills entry and stop of one bar as the backtest does", () => {
    const bars: { [date: string]: Ohlc } = {
      [DATES[0]]: [100, 101, 99, 100],
      [DATES[1]]: [100, 101, 94, 96],
    };
    const wishes = {
      [DATES[0]]: { units: 10, entry: { limit: 98 }, stop: { price: 95 }, timeInForce: "gtc" },
    } as const;
    const kernel = runMarket({ A: { bars, wishes } }).fills;
    const x = exchangeOf({ market: { A: { bars } } });
    day(x, 0);
    const limit = { type: "limit", limitPrice: "98", timeInForce: "gtc" } as const;
    put(x, { ...limit, legs: { ...BRACKET, takeProfit: null } });
    expect(day(x, 1)).toEqual(
      kernel.map(({ lots, price }) => `${lots > 0 ? "buy" : "sell"} ${Math.abs(lots)} at ${price}`),
    );
    expect(kernel).toHaveLength(2);
  });
});

describe("an order that came after the open", () => {
  /** Ten minutes into the first session. */
  function late(bar: Ohlc): Exchange {
    const x = trading(bar, [200, 201, 199, 200]);
    put(x, { qty: "10" });
    advanceTo(x, openOf(DATES[0]) + 600_000);
    fillsOf(x);
    return x;
  }

  it("trades at the close where it is at market", () => {
    const x = late([100, 110, 90, 105]);
    put(x, {});
    expect(day(x, 0)).toEqual(["buy 10 at 105"]);
  });

  it("knows nothing of the range: a limit fills only where the close is beyond it, at its limit", () => {
    const limit = { type: "limit", timeInForce: "gtc" } as const;
    const touched = late([100, 110, 90, 105]);
    put(touched, { ...limit, limitPrice: "95" });
    expect(day(touched, 0)).toEqual([]);
    const beyond = late([100, 110, 90, 94]);
    put(beyond, { ...limit, limitPrice: "95" });
    expect(day(beyond, 0)).toEqual(["buy 10 at 95"]);
  });

  it("takes part in the range where it is a stop", () => {
    const x = late([100, 110, 90, 105]);
    put(x, { type: "stop", side: "sell", stopPrice: "95", timeInForce: "gtc" });
    expect(day(x, 0)).toEqual(["sell 10 at 95"]);
  });

  it("is cancelled at once where it must fill immediately: there is no price between auctions", () => {
    const x = late([100, 110, 90, 105]);
    expect(put(x, { timeInForce: "ioc" })).toMatchObject({ status: "canceled", filledNano: 0n });
    expect(day(x, 0)).toEqual([]);
  });
});

describe("a replacement", () => {
  function working(): { readonly x: Exchange; readonly id: string } {
    const x = trading([100, 102, 98, 101], [101, 103, 90, 95]);
    const { id } = put(x, { type: "limit", limitPrice: "80", timeInForce: "gtc" });
    advanceTo(x, openOf(DATES[0]) + 600_000);
    takeEvents(x);
    return { x, id };
  }
  const change = {
    clientOrderId: null,
    qty: null,
    timeInForce: null,
    limitPrice: null,
    stopPrice: null,
  } as const;

  it("takes the old one's place under a new id; both name each other", () => {
    const { x, id } = working();
    const result = replaceOrder(x, id, { ...change, limitPrice: "92", qty: "4" });
    const next = result.ok ? result.value : null;
    expect(x.orderById.get(id)).toMatchObject({ status: "replaced", replacedBy: next?.id });
    expect(next).toMatchObject({ replaces: id, limitPrice: 92, status: "new" });
    expect(takeEvents(x).map(({ event }) => event)).toEqual(["replaced", "new"]);
    expect([day(x, 0), day(x, 1)]).toEqual([[], ["buy 4 at 92"]]);
  });

  it("is refused while the order is only accepted, has ended, is unknown, or would be none", () => {
    const waiting = trading([100, 102, 98, 101]);
    const { id: accepted } = put(waiting, { type: "limit", limitPrice: "80" });
    expect(replaceOrder(waiting, accepted, change)).toMatchObject({
      error: { http: 422, code: 42210000 },
    });
    const { x, id } = working();
    expect(replaceOrder(x, "nobody", change)).toMatchObject({
      error: { http: 404, code: 40410000 },
    });
    expect(replaceOrder(x, id, { ...change, qty: "0" })).toMatchObject({ error: { http: 422 } });
    expect(replaceOrder(x, id, { ...change, stopPrice: "3" })).toMatchObject({
      error: { http: 422 },
    });
    cancelOrder(x, id);
    expect(replaceOrder(x, id, change)).toMatchObject({ error: { http: 422 } });
  });

  it("may be rejected after it was said yes to: the old one works on", () => {
    const { x, id } = working();
    rejectNextReplace(x);
    const result = replaceOrder(x, id, { ...change, limitPrice: "92" });
    expect(result).toMatchObject({ ok: true, value: { status: "accepted", replaces: id } });
    expect(takeEvents(x)).toMatchObject([{ event: "order_replace_rejected", order: { id } }]);
    expect(x.orderById.get(id)?.status).toBe("new");
    expect(x.state.orders[1].status).toBe("rejected");
    expect([day(x, 0), day(x, 1)]).toEqual([[], []]);
  });
});

describe("time", () => {
  it("tells the next open and close, in and between sessions, and beyond the last", () => {
    const x = trading([100, 102, 98, 101], [101, 103, 90, 95]);
    const told = (ms: number) => {
      advanceTo(x, ms);
      const { isOpen, nextOpenMs, nextCloseMs } = clockOf(x);
      return [isOpen, nextOpenMs, nextCloseMs];
    };
    const [first, second] = DATES;
    expect(told(openOf(first) - 1)).toEqual([false, openOf(first), closeOf(first)]);
    expect(told(openOf(first))).toEqual([true, openOf(second), closeOf(first)]);
    expect(told(closeOf(first))).toEqual([false, openOf(second), closeOf(second)]);
    const [isOpen, nextOpenMs] = told(closeOf(second));
    expect([isOpen, Number(nextOpenMs) > closeOf(second)]).toEqual([false, true]);
  });

  it("does not go back", () => {
    const x = trading([100, 102, 98, 101]);
    advanceTo(x, closeOf(DATES[0]));
    advanceTo(x, openOf(DATES[0]));
    expect(x.state.nowMs).toBe(closeOf(DATES[0]));
  });

  it("trades close-only series at the close alone", () => {
    const x = exchangeOf({ market: { A: { bars: { [DATES[0]]: 100, [DATES[1]]: 101 } } } });
    put(x, { timeInForce: "opg" });
    put(x, { timeInForce: "cls", qty: "3" });
    expect(day(x, 0)).toEqual(["buy 3 at 100"]);
  });

  it("ends a good-till-cancelled order after its days, where it has days", () => {
    const listed = { [DATES[0]]: [100, 101, 99, 100], [DATES[2]]: [100, 101, 99, 100] } as const;
    const x = exchangeOf({ market: { A: { bars: listed } }, rules: { gtcDays: 2 } });
    const order = put(x, { type: "limit", limitPrice: "50", timeInForce: "gtc" });
    expect(order.expiresMs).toBe(order.submittedMs + 48 * HOUR);
    day(x, 0);
    expect(order.status).toBe("new");
    day(x, 2);
    expect(order.status).toBe("expired");
  });

  it("takes no price that is no price", () => {
    const listed = { [DATES[0]]: [5, 6, 4, 5], [DATES[1]]: [5, 6, 4, 5] } as const;
    const x = exchangeOf({
      market: { A: { bars: listed } },
      costs: { slippage: { bps: 0, halfSpread: 7, ticks: 0 } },
    });
    const order = put(x, { side: "sell" });
    expect(day(x, 0)).toEqual([]);
    expect(order).toMatchObject({ status: "expired", reason: "non_positive_price" });
  });
});

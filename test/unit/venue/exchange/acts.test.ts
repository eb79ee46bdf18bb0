/** What an exchange does that nobody asked for: each act, and what a client can see of it. */
import { describe, expect, it } from "vitest";
import { accountOf, positionsOf } from "../../../../src/venue/exchange/account.ts";
import {
  adjustCash,
  bustPrice,
  changePosition,
  cutNextFill,
  delayPositions,
  fillUnasked,
  placePhantom,
  repeatFill,
  stickOrder,
} from "../../../../src/venue/exchange/acts.ts";
import { activitiesAfter } from "../../../../src/venue/exchange/activities.ts";
import { takeEvents } from "../../../../src/venue/exchange/exchange.ts";
import { cancelOrder, workingOrders } from "../../../../src/venue/exchange/orders.ts";
import { advanceTo } from "../../../../src/venue/exchange/sessions.ts";
import type { Exchange, FillActivity } from "../../../../src/venue/exchange/state.ts";
import {
  closeOf,
  exchangeOf,
  fillsOf,
  HOUR,
  openOf,
  put,
} from "../../../support/exchange-fixture.ts";

const [FIRST, SECOND] = ["2021-03-01", "2021-03-02"];
const small = () =>
  exchangeOf({
    market: { A: { bars: { [FIRST]: [100, 102, 98, 101], [SECOND]: [110, 112, 108, 111] } } },
  });

/** Ten are bought at 100 at the first open. */
function holding(): { readonly x: Exchange; readonly fill: FillActivity } {
  const x = small();
  put(x);
  advanceTo(x, openOf(FIRST) + HOUR);
  takeEvents(x);
  return { x, fill: x.state.activities[0] as FillActivity };
}

const positions = (x: Exchange) => positionsOf(x).map((p) => [p.symbol, p.qty, p.averagePrice]);
const types = (x: Exchange) => x.state.activities.map(({ type }) => type);

describe("acts", () => {
  it("cash is adjusted in silence, or with a word", () => {
    const x = small();
    adjustCash(x, -1234, true);
    expect([x.state.cashMinor, types(x)]).toEqual([998_766, []]);
    adjustCash(x, 1234, false);
    expect([x.state.cashMinor, types(x)]).toEqual([1_000_000, ["JNLC"]]);
  });

  it("a fill nobody asked for is an order, an execution and a position", () => {
    const x = small();
    fillUnasked(x, "A", "-3", "99.5");
    expect(fillsOf(x)).toEqual(["sell 3 at 99.5"]);
    expect(positions(x)).toEqual([["A", "-3", "99.5"]]);
    expect(x.state.cashMinor).toBe(1_000_000 + 29_850);
    expect(x.state.orders).toMatchObject([{ status: "filled" }]);
    expect(workingOrders(x)).toEqual([]);
  });

  it("a phantom order works like any other", () => {
    const x = small();
    const { id } = placePhantom(x, "A", "5", "99");
    expect(workingOrders(x).map((order) => order.id)).toEqual([id]);
    advanceTo(x, closeOf(FIRST));
    expect(fillsOf(x)).toEqual(["buy 5 at 99"]);
  });

  it("a position changes without a trade", () => {
    const { x } = holding();
    changePosition(x, "A", "-4");
    expect(positions(x)).toEqual([["A", "6", "100"]]);
    expect(types(x)).toEqual(["FILL"]);
  });

  it("a busted price moves cash and average as if it had always been so", () => {
    const { x, fill } = holding();
    bustPrice(x, fill.executionId, "99.25");
    expect(positions(x)).toEqual([["A", "10", "99.25"]]);
    expect(x.state.cashMinor).toBe(1_000_000 - 99_250);
    expect(x.state.activities).toMatchObject([{ type: "FILL", id: fill.id, price: 99.25 }]);
  });

  it("a repeated fill is one execution in two activities; booked twice only where it says so", () => {
    const { x, fill } = holding();
    repeatFill(x, fill.executionId, false);
    const [first, second] = x.state.activities;
    expect(second).toMatchObject({ type: "FILL", executionId: fill.executionId });
    expect(second.id).not.toBe(first.id);
    expect(activitiesAfter(x, first.id, 9)).toEqual([second]);
    expect(positions(x)).toEqual([["A", "10", "100"]]);
    repeatFill(x, fill.executionId, true);
    expect(positions(x)).toEqual([["A", "20", "100"]]);
    expect(x.state.cashMinor).toBe(1_000_000 - 200_000);
  });

  it("a stuck order neither fills nor ends, and its cancellation stays pending", () => {
    const x = small();
    const { id } = put(x, { timeInForce: "day" });
    stickOrder(x, id);
    expect(cancelOrder(x, id)).toMatchObject({ ok: true, value: { status: "pending_cancel" } });
    advanceTo(x, closeOf(SECOND) + HOUR);
    expect(workingOrders(x)).toMatchObject([{ id, status: "pending_cancel" }]);
    expect(types(x)).toEqual([]);
  });

  it("a fill is cut: the rest waits where the order may, and ends where it may not", () => {
    const x = small();
    const gtc = put(x, { type: "limit", limitPrice: "110", timeInForce: "gtc" });
    const opg = put(x, { timeInForce: "opg" });
    cutNextFill(x, gtc.id, 0.35);
    cutNextFill(x, opg.id, 0.7);
    advanceTo(x, openOf(FIRST));
    expect(fillsOf(x)).toEqual(["buy 3 at 100", "buy 7 at 100"]);
    expect([gtc.status, opg.status]).toEqual(["partially_filled", "expired"]);
    advanceTo(x, closeOf(FIRST));
    expect(fillsOf(x)).toEqual(["buy 7 at 110"]);
    expect(gtc.status).toBe("filled");
  });

  it("positions are shown late; the account and the activities are not", () => {
    const { x } = holding();
    advanceTo(x, closeOf(FIRST) + HOUR);
    put(x, { side: "sell", qty: "4" });
    advanceTo(x, openOf(SECOND));
    delayPositions(x, 10_000);
    expect(positions(x)).toEqual([["A", "10", "100"]]);
    expect([types(x), accountOf(x).longMinor]).toEqual([["FILL", "FILL"], 66_000]);
    advanceTo(x, openOf(SECOND) + 9999);
    expect(positions(x)).toEqual([["A", "10", "100"]]);
    advanceTo(x, openOf(SECOND) + 10_000);
    expect(positions(x)).toEqual([["A", "6", "100"]]);
  });

  it("refuses what there is not", () => {
    const { x } = holding();
    expect(() => fillUnasked(x, "ZZZ", "1", "1")).toThrow(/no symbol ZZZ/);
    expect(() => fillUnasked(x, "A", "0", "1")).toThrow(/no quantity/);
    expect(() => changePosition(x, "ZZZ", "1")).toThrow(/no symbol ZZZ/);
    expect(() => changePosition(small(), "A", "1")).toThrow(/no price of A is known yet/);
    expect(() => placePhantom(x, "A", "1", "cheap")).toThrow(/no price/);
    expect(() => bustPrice(x, "nobody", "1")).toThrow(/no execution nobody/);
    expect(() => repeatFill(x, "nobody", false)).toThrow(/no execution nobody/);
    expect(() => stickOrder(x, "nobody")).toThrow(/no order nobody/);
    expect(() => cutNextFill(x, "nobody", 1)).toThrow(/no order nobody/);
  });
});

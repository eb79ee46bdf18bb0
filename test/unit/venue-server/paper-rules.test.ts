/** The rules of paper accounts as they reach a client: statuses, codes, fields, times. */
import { afterEach, describe, expect, it } from "vitest";
import type { RunningVenue } from "../../../src/apps/venue-server/start-venue.ts";
import { ALPACA_RULES } from "../../../src/venue/exchange/terms.ts";
import { ask, startFixture, stepTo } from "../../support/venue-fixture.ts";

const running: RunningVenue[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((venue) => venue.close()));
});

async function paper(): Promise<RunningVenue> {
  const venue = await startFixture({ rules: { ...ALPACA_RULES, partialFillChance: 0 } });
  running.push(venue);
  return venue;
}

let named = 0;
const order = (over: object) => ({
  symbol: "AAA",
  qty: "10",
  side: "buy",
  type: "market",
  time_in_force: "day",
  client_order_id: `order-${++named}`,
  ...over,
});
const place = (venue: RunningVenue, over: object = {}) =>
  ask(venue, "POST", "/v2/orders", order(over));

const OPENED = "2024-01-10T15:00:00Z";

describe("a paper account", () => {
  it.each<[object, number, number, RegExp]>([
    [{ type: "limit", limit_price: "10.001" }, 422, 42210000, /sub-penny increment/],
    [{ qty: "99999" }, 403, 40310000, /insufficient buying power/],
    [{ qty: "0.0000000001" }, 422, 42210000, /qty/],
    [{ qty: "0.001" }, 403, 40310000, /cost basis must be >= minimal amount of order 1/],
    [{ qty: "1.5", time_in_force: "gtc" }, 422, 42210000, /fractional orders must be DAY orders/],
    [{ qty: "1.5", side: "sell" }, 422, 42210000, /fractional orders cannot be sold short/],
    [{ qty: "-1" }, 422, 42210000, /qty must be > 0/],
    [{ client_order_id: "x".repeat(129) }, 422, 42210000, /no more than 128/],
    [{ symbol: "NOPE" }, 422, 42210000, /could not find asset/],
  ])("refuses %j", async (over, status, code, message) => {
    const venue = await paper();
    await stepTo(venue, OPENED);
    const refused = await place(venue, over);
    expect(refused).toMatchObject({ status, body: { code } });
    expect((refused.body as { readonly message: string }).message).toMatch(message);
  });

  it("says what is held for orders, and which", async () => {
    const venue = await paper();
    await place(venue);
    await stepTo(venue, OPENED);
    const stop = { side: "sell", type: "stop", stop_price: "90", time_in_force: "gtc" };
    const { id } = (await place(venue, stop)).body as { readonly id: string };
    expect(await place(venue, { side: "sell" })).toMatchObject({
      status: 403,
      body: {
        code: 40310000,
        message: expect.stringMatching(/insufficient qty available for order/),
        available: "0",
        existing_qty: "10",
        held_for_orders: "10",
        related_orders: [id],
        symbol: "AAA",
      },
    });
    expect((await ask(venue, "GET", "/v2/positions/AAA")).body).toMatchObject({
      qty: "10",
      qty_available: "0",
    });
  });

  it("sees a wash trade coming", async () => {
    const venue = await paper();
    await place(venue);
    await stepTo(venue, OPENED);
    await place(venue, { side: "sell", type: "limit", limit_price: "500", time_in_force: "gtc" });
    expect(await place(venue)).toMatchObject({
      status: 403,
      body: { message: expect.stringMatching(/potential wash trade detected/) },
    });
  });

  it("takes auction orders in their hours alone", async () => {
    const venue = await paper();
    const tried = async (instant: string, timeInForce: string) => {
      await stepTo(venue, instant);
      return (await place(venue, { time_in_force: timeInForce })).status;
    };
    expect(await tried("2024-01-10T14:27:00Z", "opg")).toBe(200);
    expect(await tried("2024-01-10T14:28:00Z", "opg")).toBe(422);
    expect(await tried("2024-01-10T20:49:00Z", "cls")).toBe(200);
    expect(await tried("2024-01-10T20:50:00Z", "cls")).toBe(422);
    expect(await tried("2024-01-10T23:59:00Z", "opg")).toBe(422);
    expect(await tried("2024-01-11T00:00:00Z", "opg")).toBe(200);
    expect(await tried("2024-01-11T00:00:01Z", "cls")).toBe(200);
  });

  it("queues day orders that come after the close, and ends what nobody filled", async () => {
    const venue = await paper();
    await stepTo(venue, "2024-01-10T22:00:00Z");
    const late = (await place(venue)).body as { readonly id: string };
    expect(late).toMatchObject({ status: "accepted" });
    const limit = (await place(venue, { type: "limit", limit_price: "5", symbol: "BBB" })).body as {
      readonly id: string;
    };
    await stepTo(venue, "2024-01-11T21:30:00Z");
    expect((await ask(venue, "GET", `/v2/orders/${late.id}`)).body).toMatchObject({
      status: "filled",
      filled_at: "2024-01-11T14:30:00Z",
    });
    expect((await ask(venue, "GET", `/v2/orders/${limit.id}`)).body).toMatchObject({
      status: "expired",
      expired_at: "2024-01-11T21:00:00Z",
      filled_at: null,
      filled_avg_price: null,
    });
  });

  it("ends gtc orders after ninety days, and makes a buy stop a stop-limit", async () => {
    const venue = await paper();
    await stepTo(venue, OPENED);
    const stop = (price: string, symbol: string) =>
      place(venue, { symbol, type: "stop", stop_price: price, time_in_force: "gtc" });
    expect((await stop("200", "AAA")).body).toMatchObject({
      type: "stop_limit",
      limit_price: "205",
      expires_at: "2024-04-09T15:00:00Z",
    });
    expect((await stop("49", "CCC")).body).toMatchObject({ limit_price: "50.96" });
  });

  it("counts the filters of the list of orders", async () => {
    const venue = await paper();
    const ids: string[] = [];
    for (const [n, symbol] of ["AAA", "BBB", "AAA", "CCC", "BBB"].entries()) {
      const limit = { type: "limit", limit_price: "9", time_in_force: "gtc", symbol };
      ids.push(((await place(venue, limit)).body as { readonly id: string }).id);
      await stepTo(venue, `2024-01-10T15:0${n}:00Z`);
    }
    await ask(venue, "DELETE", `/v2/orders/${ids[1]}`);
    const listed = async (query: string) => {
      const { body } = await ask(venue, "GET", `/v2/orders?${query}`);
      return (body as { readonly id: string }[]).map(({ id }) => ids.indexOf(id));
    };
    expect(await listed("")).toEqual([4, 3, 2, 0]);
    expect(await listed("status=closed")).toEqual([1]);
    expect(await listed("status=all&direction=asc")).toEqual([0, 1, 2, 3, 4]);
    expect(await listed("status=all&limit=2")).toEqual([4, 3]);
    expect(await listed("symbols=AAA,CCC")).toEqual([3, 2, 0]);
    expect(await listed("side=sell")).toEqual([]);
    expect(await listed("asset_class=crypto")).toEqual([]);
    expect(await listed("status=all&after=2024-01-10T15:00:00Z")).toEqual([4, 3, 2]);
    expect(await listed("status=all&until=2024-01-10T15:01:00Z")).toEqual([1, 0]);
    expect(await listed(`status=all&before_order_id=${ids[2]}`)).toEqual([1, 0]);
    expect(await listed(`status=all&after_order_id=${ids[1]}`)).toEqual([4, 3, 2]);
    expect(await listed(`status=open&before_order_id=${ids[1]}`)).toEqual([0]);
    expect(await listed(`status=open&after_order_id=${ids[1]}`)).toEqual([4, 3, 2]);
    const both = `before_order_id=${ids[0]}&after_order_id=${ids[1]}`;
    expect((await ask(venue, "GET", `/v2/orders?${both}`)).status).toBe(422);
    expect((await ask(venue, "GET", "/v2/orders?before_order_id=nobody")).status).toBe(422);
  });
});

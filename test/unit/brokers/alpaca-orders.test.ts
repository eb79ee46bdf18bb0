import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Broker } from "../../../src/ports/broker.ts";
import {
  type Asked,
  type Scripted,
  type ScriptedVenue,
  adapterAt,
  approvedOrder,
  orderBody,
  startScripted,
} from "./scripted-venue.ts";

let venue: ScriptedVenue;
let broker: Broker;
/** For the venue that never answers. */
let impatient: Broker;
let answer: (asked: Asked) => Scripted;

beforeAll(async () => {
  venue = await startScripted((asked) => answer(asked));
  ({ broker } = await adapterAt(venue.url, { requestsPerMinute: "unlimited" }));
  ({ broker: impatient } = await adapterAt(venue.url, { timeoutMs: 150 }));
});
afterAll(() => venue.close());
beforeEach(() => {
  venue.asked.length = 0;
});

const posts = () => venue.asked.filter(({ method }) => method === "POST");
const refusal = (status: number, code: number, message: string): Scripted => ({
  status,
  body: { code, message },
});

describe("placing an order at Alpaca", () => {
  it("sends the terms once, every number as the text it was given", async () => {
    answer = () => ({ status: 200, body: orderBody({ qty: "0.100000001" }) });
    const placed = await broker.place(
      approvedOrder({
        qty: "0.100000001",
        type: "stop_limit",
        timeInForce: "gtc",
        limitPrice: "95.10",
        stopPrice: "0.0001",
      }),
    );
    expect(posts().map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      [
        "/v2/orders",
        {
          client_order_id: "assay-0001",
          symbol: "SPY",
          side: "buy",
          qty: "0.100000001",
          type: "stop_limit",
          time_in_force: "gtc",
          limit_price: "95.10",
          stop_price: "0.0001",
        },
      ],
    ]);
    expect(placed).toMatchObject({
      kind: "acknowledged",
      order: {
        venueOrderId: "61e69015-8549-4bfd-b9c3-01e75843f47d",
        clientOrderId: "assay-0001",
        qty: "0.100000001",
        filledQty: "0",
        status: "working",
        submittedAt: "2026-11-20T21:05:00.123456789Z",
      },
    });
  });

  it.each([
    [400, 40010000, "qty and notional are mutually exclusive"],
    [401, 40110000, "unauthorized"],
    [403, 40310000, "insufficient buying power"],
    [404, 40410000, "asset not found"],
    [422, 42210000, "sub-penny increment does not fulfill minimum pricing criteria"],
  ])(
    "calls HTTP %i with a code of Alpaca's rejected, its body kept",
    async (status, code, message) => {
      answer = () => refusal(status, code, message);
      const placed = await broker.place(approvedOrder());
      expect(placed).toMatchObject({ kind: "rejected", code: String(code), raw: { message } });
      expect(JSON.stringify(placed)).toContain(message);
      expect(posts().length).toBe(1);
    },
  );

  it.each<[string, Scripted]>([
    ["429", refusal(429, 42910000, "rate limit exceeded")],
    ["500", refusal(500, 50010000, "internal server error occurred")],
    ["502 of a proxy", { status: 502, body: "<html>bad gateway</html>" }],
    ["504", { status: 504 }],
    ["408", refusal(408, 40810000, "request timeout")],
    ["403 that is not Alpaca's", { status: 403, body: "<html>blocked by a proxy</html>" }],
    ["200 without JSON", { status: 200, body: "OK" }],
    ["200 cut off", { status: 200, body: '{"id":"61e6' }],
    ["200 without what is needed", { status: 200, body: orderBody({ status: undefined }) }],
    ["200 about another order", { status: 200, body: orderBody({ client_order_id: "other" }) }],
    ["dropped socket", "drop"],
    ["no answer in time", "hang"],
  ])("calls %s unknown, and does not send again", async (_, scripted) => {
    answer = () => scripted;
    const sender = scripted === "hang" ? impatient : broker;
    const placed = await sender.place(approvedOrder());
    expect(placed).toEqual({ kind: "unknown", reason: expect.stringMatching(/./) });
    expect(venue.asked.length).toBe(1);
  });

  it("acknowledges an order whose id is used already by what the venue holds", async () => {
    answer = ({ method }) =>
      method === "POST"
        ? refusal(422, 40010001, "client_order_id must be unique")
        : { status: 200, body: orderBody({ status: "filled", filled_qty: "10" }) };
    expect(await broker.place(approvedOrder())).toMatchObject({
      kind: "acknowledged",
      order: { status: "filled", filledQty: "10" },
    });
    expect(venue.asked.map(({ method, path, query }) => [method, path, query.toString()])).toEqual([
      ["POST", "/v2/orders", ""],
      ["GET", "/v2/orders:by_client_order_id", "client_order_id=assay-0001"],
    ]);
  });

  it.each<[string, Scripted, string, string]>([
    ["cannot be looked up", "drop", "client_order_id must be unique", "unknown"],
    [
      "is not there after all",
      refusal(404, 40410000, "order not found"),
      "client_order_id must be unique",
      "unknown",
    ],
    [
      "is not there, and the fault is another",
      refusal(404, 40410000, "order not found"),
      "qty must be > 0",
      "rejected",
    ],
    ["is hidden by a proxy", { status: 404, body: "nothing here" }, "qty must be > 0", "unknown"],
  ])("concludes nothing else when the order %s", async (_, looked, message, kind) => {
    answer = ({ method }) => (method === "POST" ? refusal(422, 40010001, message) : looked);
    expect(await broker.place(approvedOrder())).toMatchObject({ kind });
    expect(posts().length).toBe(1);
  });
});

describe("an order of Alpaca", () => {
  it.each([
    ["new", "0", "working"],
    ["held", "0", "working"],
    ["pending_cancel", "3", "partially_filled"],
    ["partially_filled", "3", "partially_filled"],
    ["done_for_day", "0", "working"],
    ["filled", "10", "filled"],
    ["canceled", "3", "cancelled"],
    ["expired", "0", "expired"],
    ["rejected", "0", "rejected"],
    ["replaced", "0", "replaced"],
  ])("that is %s with %s filled is %s", async (status, filled_qty, expected) => {
    answer = () => ({ status: 200, body: orderBody({ status, filled_qty }) });
    expect((await broker.orderByClientId("assay-0001"))?.status).toBe(expected);
  });

  it("is null when the venue says so in its own words, and unavailable in a proxy's", async () => {
    answer = () => refusal(404, 40410000, "order not found");
    expect(await broker.orderByClientId("assay-0001")).toBe(null);
    answer = () => ({ status: 404, body: "<html>not found</html>" });
    await expect(broker.orderByClientId("assay-0001")).rejects.toThrow(/assay-0001.*HTTP 404/);
  });

  it.each([
    ["a status that nobody knows", { status: "melted" }, /status is "melted", expected one of new/],
    ["no filled quantity", { filled_qty: null }, /filled_qty is null, expected a text/],
    ["a quantity in words", { qty: "ten" }, /qty is "ten", expected a decimal/],
    ["several legs", { order_class: "mleg" }, /has several legs/],
  ])("with %s is not read", async (_, fields, message) => {
    answer = () => ({ status: 200, body: orderBody(fields) });
    await expect(broker.orderByClientId("assay-0001")).rejects.toThrow(message);
  });

  it("for an amount of money has as quantity what it filled", async () => {
    answer = () => ({
      status: 200,
      body: orderBody({ qty: null, notional: "500.00", filled_qty: "1.5", status: "new" }),
    });
    expect(await broker.orderByClientId("assay-0001")).toMatchObject({ qty: "1.5" });
  });

  it("keeps a number without quotes as it was written", async () => {
    answer = () => ({
      status: 200,
      body: JSON.stringify(orderBody()).replace('"qty":"10"', '"qty":123456789012345678.10'),
    });
    expect((await broker.orderByClientId("assay-0001"))?.qty).toBe("123456789012345678.10");
  });
});

describe("cancelling at Alpaca", () => {
  it.each<[string, Scripted, unknown]>([
    ["204", { status: 204 }, { kind: "requested" }],
    [
      "422",
      refusal(422, 42210000, 'order is already in "filled" state'),
      { kind: "not_cancelable", message: 'order is already in "filled" state' },
    ],
    ["404", refusal(404, 40410000, "order not found"), { kind: "not_cancelable" }],
    ["429", refusal(429, 42910000, "rate limit exceeded"), { kind: "unknown" }],
    ["500", refusal(500, 50010000, "internal"), { kind: "unknown" }],
    ["404 of a proxy", { status: 404, body: "gone" }, { kind: "unknown" }],
    ["dropped socket", "drop", { kind: "unknown" }],
    ["no answer in time", "hang", { kind: "unknown" }],
  ])("%s", async (_, scripted, outcome) => {
    answer = () => scripted;
    const sender = scripted === "hang" ? impatient : broker;
    expect(await sender.cancel("61e69015")).toMatchObject(outcome as object);
    expect(venue.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "DELETE /v2/orders/61e69015",
    ]);
  });

  it("throws where the keys may not", async () => {
    answer = () => refusal(401, 40110000, "unauthorized");
    await expect(broker.cancel("61e69015")).rejects.toMatchObject({ name: "BrokerRefused" });
  });
});

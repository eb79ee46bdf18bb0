/**
 * The official client against the venue, unmodified: its hosts are replaced where it fetches, its
 * stream has the venue's address, and nothing else is told to it.
 */
import {
  AuthError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ValidationError,
  values,
} from "@alpacahq/alpaca-trade-api";
import { afterEach, describe, expect, it } from "vitest";
import type { RunningVenue } from "../../../src/apps/venue-server/start-venue.ts";
import {
  clientOf,
  CREDENTIALS,
  type FixtureOptions,
  startFixture,
  stepTo,
} from "../../support/venue-fixture.ts";

const running: RunningVenue[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((venue) => venue.close()));
});

async function venueWith(options: FixtureOptions = {}) {
  const venue = await startFixture(options);
  running.push(venue);
  const alpaca = clientOf(venue);
  return { venue, alpaca, trading: alpaca.trading };
}

const BEFORE_OPEN = "2024-01-10T13:00:00Z";
const AFTER_OPEN = "2024-01-10T15:00:00Z";
const AFTER_CLOSE = "2024-01-10T21:30:00Z";

describe("the official client", () => {
  it("reads account, clock, calendar and assets", async () => {
    const { venue, trading } = await venueWith();
    await stepTo(venue, BEFORE_OPEN);
    const account = await trading.account.getAccount();
    expect(account).toMatchObject({
      id: "00000000-0000-4000-8000-000000000001",
      status: "ACTIVE",
      currency: "USD",
      cash: "100000.00",
      equity: "100000.00",
      tradingBlocked: false,
    });
    expect(account).not.toHaveProperty("pattern_day_trader");
    const clock = await trading.clock.legacyClock();
    expect(clock.isOpen).toBe(false);
    expect(clock.timestamp.toISOString()).toBe("2024-01-10T13:00:00.000Z");
    expect(clock.nextOpen.toISOString()).toBe("2024-01-10T14:30:00.000Z");
    const days = await trading.calendar.legacyCalendar({
      start: new Date("2024-01-12"),
      end: new Date("2024-01-16"),
    });
    expect(
      days.map(({ date, open, close }) => [date.toISOString().slice(0, 10), open, close]),
    ).toEqual([
      ["2024-01-12", "09:30", "16:00"],
      ["2024-01-16", "09:30", "16:00"],
    ]);
    const assets = await trading.assets.getV2Assets();
    expect(assets.map(({ symbol }) => symbol)).toEqual(["AAA", "BBB", "CCC"]);
    const byId = await trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: assets[1].id });
    expect(byId.symbol).toBe("BBB");
    const check = await trading.validateConnection();
    expect(check.ok).toBe(true);
  });

  it("places an order, sees it fill, and reads the same execution everywhere", async () => {
    const { venue, alpaca, trading } = await venueWith();
    await stepTo(venue, BEFORE_OPEN);
    const updates = trading.stream({ url: venue.streamUrl });
    const seen: string[] = [];
    const executions: string[] = [];
    updates.onTradeUpdate((update) => {
      seen.push(update.event);
      if (update.executionId !== undefined) executions.push(update.executionId);
    });
    const listening = new Promise((resolve) => updates.on("subscription", resolve));
    updates.onConnect(() => updates.subscribeTradeUpdates());
    updates.connect();
    await listening;

    const placed = await trading.orders.market({
      symbol: "AAA",
      qty: 10,
      side: "buy",
      timeInForce: "opg",
      clientOrderId: "one",
    });
    expect(placed).toMatchObject({
      clientOrderId: "one",
      status: "accepted",
      qty: "10",
      filledQty: "0",
    });
    await stepTo(venue, AFTER_OPEN);
    expect(seen).toEqual(["accepted", "new", "fill"]);
    const order = await trading.orders.getOrderByClientOrderId({ clientOrderId: "one" });
    expect(order).toMatchObject({ id: placed.id, status: "filled", filledAvgPrice: "105.5" });
    expect(order.filledAt?.toISOString()).toBe("2024-01-10T14:30:00.000Z");
    const [fill] = await trading.collectActivities();
    expect(fill).toMatchObject({
      activityType: "FILL",
      qty: "10",
      price: "105.5",
      orderId: placed.id,
    });
    expect(String(fill.id).split("::")[1]).toBe(executions[0]);
    const positions = await trading.positions.getAllOpenPositions();
    expect(positions).toMatchObject([
      { symbol: "AAA", qty: "10", side: "long", avgEntryPrice: "105.5", currentPrice: "105.5" },
    ]);
    updates.disconnect();
    expect(alpaca).toBeDefined();
  });

  it("gets its own classes of errors, each with the request's id", async () => {
    const { trading } = await venueWith({ rules: { buyingPowerMultiplier: 1 } });
    await trading.orders.market({ symbol: "AAA", qty: 1, side: "buy", clientOrderId: "twice" });
    const failures: [() => Promise<unknown>, new (...args: never[]) => Error, number, number][] = [
      [
        () => trading.orders.market({ symbol: "AAA", qty: 1, side: "buy", clientOrderId: "twice" }),
        ValidationError,
        422,
        40010001,
      ],
      [
        () => trading.orders.market({ symbol: "AAA", qty: 1e7, side: "buy" }),
        PermissionError,
        403,
        40310000,
      ],
      [() => trading.orders.getOrderByOrderID({ orderId: "nobody" }), NotFoundError, 404, 40410000],
      [
        () => trading.orders.getOrderByClientOrderId({ clientOrderId: "no" }),
        NotFoundError,
        404,
        40410000,
      ],
      [
        () => trading.positions.getOpenPosition({ symbolOrAssetId: "AAA" }),
        NotFoundError,
        404,
        40410000,
      ],
      [
        () => trading.orders.market({ symbol: "ZZZ", qty: 1, side: "buy" }),
        ValidationError,
        422,
        42210000,
      ],
      [() => trading.portfolioHistory.getAccountPortfolioHistory(), NotFoundError, 404, 40410000],
    ];
    for (const [failing, kind, status, code] of failures) {
      const error = await failing().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({
        status,
        code,
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    }
  });

  it("is not let in with other keys", async () => {
    const { venue } = await venueWith();
    const wrong = clientOf(venue, { keyId: CREDENTIALS.keyId, secret: "guessed" });
    await expect(wrong.trading.account.getAccount()).rejects.toBeInstanceOf(AuthError);
    const live = clientOf(venue, { keyId: "AKLIVE", secret: "guessed" });
    await expect(live.trading.account.getAccount()).rejects.toMatchObject({
      status: 401,
      code: 40110000,
      message: expect.stringContaining("a live account's key on a paper account"),
    });
    const stream = wrong.trading.stream({ url: venue.streamUrl, reconnect: false });
    stream.connect();
    expect(await stream.whenAuthenticated()).toMatchObject({ authenticated: false });
    stream.disconnect();
  });

  it("is slowed down by 429, which it retries for reads alone", async () => {
    const { trading } = await venueWith({ requestsPerMinute: 2 });
    await trading.account.getAccount();
    await trading.account.getAccount();
    await expect(trading.account.getAccount()).rejects.toBeInstanceOf(RateLimitError);
    const error: unknown = await trading.orders
      .market({ symbol: "AAA", qty: 1, side: "buy" })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      status: 429,
      code: 42910000,
      rateLimit: { limit: 2, remaining: 0 },
    });
  });

  it("replaces and cancels", async () => {
    const { venue, trading } = await venueWith();
    await stepTo(venue, AFTER_OPEN);
    const first = await trading.orders.limit({
      symbol: "AAA",
      qty: 5,
      side: "buy",
      limitPrice: 50,
    });
    const next = await trading.orders.patchOrderByOrderId({
      orderId: String(first.id),
      patchOrderRequest: { qty: "7", limitPrice: "51" },
    });
    expect(next).toMatchObject({ qty: "7", limitPrice: "51", replaces: first.id, status: "new" });
    const old = await trading.orders.getOrderByOrderID({ orderId: String(first.id) });
    expect(old).toMatchObject({ status: "replaced", replacedBy: next.id });
    await trading.orders.deleteOrderByOrderID({ orderId: String(next.id) });
    await expect(
      trading.orders.deleteOrderByOrderID({ orderId: String(next.id) }),
    ).rejects.toMatchObject({ status: 422, code: 42210000 });
    await trading.orders.limit({ symbol: "BBB", qty: 1, side: "buy", limitPrice: 9 });
    const all = await trading.orders.deleteAllOrders();
    expect(all.map(({ status }) => status)).toEqual([200]);
    expect(await trading.orders.getAllOrders({ status: "open" })).toEqual([]);
    expect(await trading.orders.getAllOrders({ status: "closed" })).toHaveLength(3);
  });

  it("places a bracket and reads it with its legs", async () => {
    const { venue, trading } = await venueWith();
    await stepTo(venue, BEFORE_OPEN);
    const placed = await trading.orders.bracket({
      symbol: "AAA",
      qty: 4,
      side: "buy",
      limitPrice: 105,
      timeInForce: "gtc",
      takeProfit: { limitPrice: 120 },
      stopLoss: { stopPrice: 90 },
    });
    expect(placed.orderClass).toBe("bracket");
    expect(placed.legs).toHaveLength(2);
    await stepTo(venue, AFTER_CLOSE);
    const nested = await trading.orders.getAllOrders({ status: "all", nested: true });
    expect(nested.map(({ status }) => status)).toEqual(["filled"]);
    expect(nested[0].legs?.map(({ type, status }) => [type, status])).toEqual([
      ["limit", "new"],
      ["stop", "new"],
    ]);
  });

  it("closes what is held, one or all", async () => {
    const { venue, trading } = await venueWith();
    await stepTo(venue, BEFORE_OPEN);
    await trading.orders.market({ symbol: "AAA", qty: 8, side: "buy" });
    await trading.orders.market({ symbol: "BBB", qty: 3, side: "sell" });
    await stepTo(venue, AFTER_CLOSE);
    const half = await trading.positions.deleteOpenPosition({
      symbolOrAssetId: "AAA",
      percentage: 25,
    });
    expect(half).toMatchObject({ side: "sell", qty: "2", type: "market", timeInForce: "day" });
    await trading.orders.deleteAllOrders();
    const closed = await trading.positions.deleteAllOpenPositions({ cancelOrders: true });
    expect(
      closed.map(({ symbol, status, body }) => [symbol, status, body?.side, body?.qty]),
    ).toEqual([
      ["AAA", 200, "sell", "8"],
      ["BBB", 200, "buy", "3"],
    ]);
    await stepTo(venue, "2024-01-11T21:30:00Z");
    expect(await trading.positions.getAllOpenPositions()).toEqual([]);
  });

  it("pages through activities and bars", async () => {
    const { venue, alpaca, trading } = await venueWith();
    await stepTo(venue, BEFORE_OPEN);
    for (let n = 0; n < 7; n++) {
      await trading.orders.market({ symbol: "AAA", qty: n + 1, side: "buy" });
    }
    await stepTo(venue, AFTER_CLOSE);
    const newestFirst = await trading.collectActivities({ pageSize: 3 });
    expect(newestFirst.map((row) => row["qty"])).toEqual(["7", "6", "5", "4", "3", "2", "1"]);
    const oldestFirst = await trading.collectActivities({ pageSize: 2, direction: "asc" });
    expect(oldestFirst.map(({ id }) => id)).toEqual(newestFirst.map(({ id }) => id).reverse());
    const bars = await alpaca.marketData.getStockBars({
      symbols: "AAA,BBB",
      timeframe: values.TimeFrame.Day,
      start: new Date("2024-01-02"),
      end: new Date("2024-01-31"),
      limit: 3,
    });
    expect(Object.keys(bars)).toEqual(["AAA", "BBB"]);
    expect(bars["AAA"].map(({ close }) => close)).toEqual([100, 101, 102, 103, 104, 105, 106]);
  });

  it("submits and waits for the end", async () => {
    const { venue, trading } = await venueWith({ speed: { kind: "factor", factor: 500_000 } });
    const stream = trading.stream({ url: venue.streamUrl });
    stream.connect();
    const order = { type: "market", symbol: "CCC", qty: 2, side: "buy" } as const;
    const filled = await trading.submitAndWait(
      { ...order, clientOrderId: "waited" },
      { timeoutMs: 20_000, stream },
    );
    expect(filled).toMatchObject({ status: "filled", clientOrderId: "waited" });
    stream.disconnect();
  });
});

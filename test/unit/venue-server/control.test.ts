/** The control door, the doors' rules, and a venue that was killed and started again. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openActLog } from "../../../src/apps/venue-server/act-log.ts";
import type { RunningVenue } from "../../../src/apps/venue-server/start-venue.ts";
import { faultRule } from "../../../src/venue/faults.ts";
import { stateOf } from "../../../src/venue/exchange/exchange.ts";
import {
  ask,
  CREDENTIALS,
  type FixtureOptions,
  startFixture,
  stepTo,
} from "../../support/venue-fixture.ts";

const running: RunningVenue[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((venue) => venue.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function venueWith(options: FixtureOptions = {}): Promise<RunningVenue> {
  const venue = await startFixture(options);
  running.push(venue);
  return venue;
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "venue-"));
  folders.push(folder);
  return join(folder, "venue.log");
}

const clock = (venue: RunningVenue, body: unknown) => ask(venue, "POST", "/assay/v1/clock", body);

describe("the doors", () => {
  it("let nobody in without credentials, the control door included", async () => {
    const venue = await venueWith();
    for (const path of ["/v2/account", "/assay/v1/status", "/nowhere"]) {
      const response = await fetch(`${venue.url}${path}`);
      expect([response.status, await response.json()]).toEqual([
        401,
        { code: 40110000, message: "request is not authorized" },
      ]);
    }
  });

  it("answer what is not there, what is not JSON and what is not asked for so", async () => {
    const venue = await venueWith();
    expect(await ask(venue, "GET", "/v2/watchlists")).toMatchObject({
      status: 404,
      body: { code: 40410000 },
    });
    const response = await fetch(`${venue.url}/v2/orders`, {
      method: "POST",
      headers: {
        "APCA-API-KEY-ID": CREDENTIALS.keyId,
        "APCA-API-SECRET-KEY": CREDENTIALS.secret,
        "content-type": "application/json",
      },
      body: "{not json",
    });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 40010000 }]);
    expect(await ask(venue, "GET", "/v2/account?verbose=true")).toMatchObject({
      status: 400,
      body: { message: "unexpected parameter(s): verbose" },
    });
    expect(await ask(venue, "GET", "/v2/orders?status=opne")).toMatchObject({ status: 400 });
    expect(await ask(venue, "GET", "/v2/orders?limit=501")).toMatchObject({ status: 400 });
  });

  it("carry a request id and what is left of the minute, which control does not use up", async () => {
    const venue = await venueWith({ requestsPerMinute: 2 });
    await ask(venue, "GET", "/assay/v1/status");
    const { headers } = await ask(venue, "GET", "/v2/clock");
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get("x-ratelimit-limit")).toBe("2");
    expect(headers.get("x-ratelimit-remaining")).toBe("1");
    expect(Number(headers.get("x-ratelimit-reset"))).toBeGreaterThan(1_700_000_000);
    await ask(venue, "GET", "/v2/clock");
    expect((await ask(venue, "GET", "/v2/clock")).status).toBe(429);
    expect((await ask(venue, "GET", "/assay/v1/status")).status).toBe(200);
  });
});

describe("the clock", () => {
  it("stands until it is stepped, never goes back, and ends with the pack", async () => {
    const venue = await venueWith();
    await stepTo(venue, "2024-01-10T15:00:00Z");
    expect((await clock(venue, { advance_to: "2024-01-10T14:00:00Z" })).body).toEqual({
      now: "2024-01-10T15:00:00Z",
    });
    expect(await clock(venue, { advance_to: "2024-03-01T00:00:00Z" })).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining("goes up to 2024-02-03T05:00:00Z") },
    });
    for (const body of [{}, { advance_to: "later" }, { advance_to: 5 }, { to: "x" }]) {
      expect((await clock(venue, body)).status).toBe(400);
    }
  });

  it("that runs by itself is not stepped, and keeps to the wall's", async () => {
    let wall = 1_000_000;
    const venue = await venueWith({
      speed: { kind: "factor", factor: 3600 },
      wallMs: () => wall,
    });
    expect((await ask(venue, "GET", "/assay/v1/status")).body).toMatchObject({
      speed: 3600,
      now: "2024-01-10T00:00:00Z",
    });
    wall += 15_000;
    expect((await ask(venue, "GET", "/v2/clock")).body).toMatchObject({
      timestamp: "2024-01-10T10:00:00-05:00",
      is_open: true,
    });
    expect((await clock(venue, { advance_to: "2024-01-11T00:00:00Z" })).status).toBe(422);
  });
});

describe("faults added while it runs", () => {
  it("strike, and acts are carried out at once", async () => {
    const venue = await venueWith();
    const planted = await ask(venue, "POST", "/assay/v1/faults", {
      faults: [
        { kind: "rate_limit", call: "account" },
        { kind: "cash_adjusted", amount: "-1.5" },
      ],
      acts: [{ act: "fill_unasked", symbol: "AAA", qty: "3", price: "100" }],
    });
    expect(planted).toMatchObject({ status: 200, body: { faults: 2, acts: 1 } });
    expect((await ask(venue, "GET", "/v2/account")).status).toBe(429);
    expect((await ask(venue, "GET", "/v2/account")).body).toMatchObject({ cash: "99698.50" });
    expect((await ask(venue, "GET", "/assay/v1/status")).body).toMatchObject({
      faults: [
        { kind: "rate_limit", struck: 1 },
        { kind: "cash_adjusted", struck: 1 },
      ],
    });
  });

  it.each([
    [{}, /needs faults or acts/],
    [{ faults: [{ kind: "lost" }] }, /faults\.0: kind/],
    [{ faults: [{ kind: "halt" }] }, /halt needs symbol/],
    [{ acts: [{ act: "explode" }] }, /acts\.0/],
    [{ acts: [{ act: "adjust_cash", amount: "1", silent: true, why: "x" }] }, /why/],
    [{ acts: [{ act: "bust_price", execution_id: "none", price: "1" }] }, /no execution none/],
    [{ acts: [{ act: "change_position", symbol: "ZZZ", qty: "1" }] }, /no symbol ZZZ/],
  ])("%j is refused", async (body, message) => {
    const venue = await venueWith();
    const refused = await ask(venue, "POST", "/assay/v1/faults", body);
    expect(refused.status).toBe(422);
    expect((refused.body as { readonly message: string }).message).toMatch(message);
  });
});

describe("a venue that was killed", () => {
  const order = (n: number) => ({
    symbol: ["AAA", "BBB", "CCC"][n % 3],
    qty: String(n + 1),
    side: n % 4 === 3 ? "sell" : "buy",
    type: n % 5 === 4 ? "limit" : "market",
    ...(n % 5 === 4 ? { limit_price: "60" } : {}),
    time_in_force: n % 5 === 4 ? "gtc" : "day",
    client_order_id: `order-${n}`,
  });

  async function live(venue: RunningVenue): Promise<void> {
    for (const [day, date] of ["2024-01-10", "2024-01-11", "2024-01-12"].entries()) {
      for (let n = 0; n < 4; n++) await ask(venue, "POST", "/v2/orders", order(day * 4 + n));
      await stepTo(venue, `${date}T16:00:00Z`);
      await stepTo(venue, `${date}T21:30:00Z`);
    }
    const open = (await ask(venue, "GET", "/v2/orders")).body as { readonly id: string }[];
    await ask(venue, "DELETE", `/v2/orders/${open[0].id}`);
    await ask(venue, "POST", "/assay/v1/faults", {
      faults: [
        { kind: "position_changed", symbol: "CCC", qty: "2", nth: 30 },
        { kind: "halt", symbol: "AAA" },
      ],
      acts: [{ act: "adjust_cash", amount: "7", silent: false }],
    });
    await stepTo(venue, "2024-01-16T21:30:00Z");
  }

  const faults = {
    seed: 4,
    rules: [
      faultRule("partial_fill", { share: 0.5, probability: 0.5, times: 9 }),
      faultRule("late_position", { nth: 2 }),
      faultRule("cash_adjusted", {
        fromMs: Date.parse("2024-01-11T18:00:00Z"),
        amountMinor: 3,
      }),
    ],
  };

  it("goes on where it was, to the last digit", async () => {
    const state = { path: temporary(), title: { name: "one" } };
    const first = await venueWith({ faults, state });
    await live(first);
    const before = stateOf(first.exchange);
    const second = await venueWith({ faults, state });
    expect(stateOf(second.exchange)).toEqual(before);
    const third = await venueWith({ faults, state });
    expect(stateOf(third.exchange)).toEqual(before);
    expect((await ask(third, "POST", "/v2/orders", order(2))).body).toMatchObject({
      code: 40010001,
    });
  });

  it("goes on in time as well, where time runs by itself", async () => {
    const state = { path: temporary(), title: { name: "one" } };
    let wall = 5_000_000;
    const options = { state, speed: { kind: "factor", factor: 3600 }, wallMs: () => wall } as const;
    const first = await venueWith(options);
    await ask(first, "POST", "/v2/orders", order(0));
    wall += 40_000;
    await ask(first, "GET", "/v2/clock");
    expect(first.nowMs()).toBe(Date.parse("2024-01-11T16:00:00Z"));
    const before = stateOf(first.exchange);
    await first.close();
    wall += 999_000;
    const second = await venueWith(options);
    expect(stateOf(second.exchange)).toEqual(before);
    wall += 1000;
    await ask(second, "GET", "/v2/clock");
    expect(second.nowMs()).toBe(Date.parse("2024-01-11T17:00:00Z"));
  });

  it("drops a line that the kill cut short: nobody was told of it", async () => {
    const state = { path: temporary(), title: { name: "one" } };
    const first = await venueWith({ state });
    await ask(first, "POST", "/v2/orders", order(0));
    await ask(first, "POST", "/v2/orders", order(1));
    await first.close();
    truncateSync(state.path, readFileSync(state.path).length - 10);
    const second = await venueWith({ state });
    expect([...second.exchange.orderByClientId.keys()]).toEqual(["order-0"]);
    await ask(second, "POST", "/v2/orders", order(1));
    const third = await venueWith({ state });
    expect([...third.exchange.orderByClientId.keys()]).toEqual(["order-0", "order-1"]);
  });

  it("takes no other venue's log", () => {
    const path = temporary();
    openActLog(path, { seed: 1 }).close();
    expect(() => openActLog(path, { seed: 2 })).toThrow(
      /the state of another venue.*"seed":1.*"seed":2/,
    );
    writeFileSync(path, "something else\n");
    expect(() => openActLog(path, { seed: 1 })).toThrow(/the state of another venue/);
  });
});

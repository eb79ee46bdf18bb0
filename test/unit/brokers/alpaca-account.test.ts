import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createAlpacaBroker } from "../../../src/adapters/brokers/alpaca/broker.ts";
import { answerOf, refusedBy } from "../../../src/adapters/brokers/alpaca/errors.ts";
import { BrokerRefused, BrokerUnavailable, type Broker } from "../../../src/ports/broker.ts";
import {
  type Asked,
  KEY_ID,
  SECRET,
  type Scripted,
  type ScriptedVenue,
  adapterAt,
  approvedOrder,
  orderBody,
  startScripted,
} from "./scripted-venue.ts";

let venue: ScriptedVenue;
let broker: Broker;
let answer: (asked: Asked) => Scripted;

beforeAll(async () => {
  venue = await startScripted((asked) => answer(asked));
  ({ broker } = await adapterAt(venue.url, { requestsPerMinute: "unlimited" }));
});
afterAll(() => venue.close());
beforeEach(() => {
  venue.asked.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const ACCOUNT = { id: "a-1", status: "ACTIVE", currency: "USD", cash: "98765.4321098765432109" };
const CLOCK = {
  timestamp: "2026-11-20T09:30:00.123456789-05:00",
  is_open: true,
  next_open: "2026-11-23T09:30:00-05:00",
  next_close: "2026-11-20T16:00:00-05:00",
};
const POSITIONS = [
  { symbol: "SPY", qty: "0.123456789", side: "long", avg_entry_price: "612.3333333333333333" },
  { symbol: "TLT", qty: "-7", side: "short", avg_entry_price: "90.1" },
  { symbol: "IEF", qty: "7", side: "short", avg_entry_price: "95" },
];

function world(fields: { readonly account?: object; readonly orders?: unknown } = {}) {
  return ({ path }: Asked): Scripted => {
    switch (path) {
      case "/v2/account":
        return { status: 200, body: { ...ACCOUNT, ...fields.account } };
      case "/v2/clock":
        return { status: 200, body: CLOCK };
      case "/v2/positions":
        return { status: 200, body: POSITIONS };
      case "/v2/orders":
        return { status: 200, body: fields.orders ?? [] };
      default:
        return { status: 404, body: { code: 40410000, message: `no ${path}` } };
    }
  };
}

describe("the account at Alpaca", () => {
  it("is who it says, without the fields that were removed in July 2026", async () => {
    answer = world();
    expect(await broker.account()).toEqual({ accountId: "a-1", currency: "USD" });
    const [{ headers }] = venue.asked;
    expect(headers["apca-api-key-id"]).toBe(KEY_ID);
    expect(headers["apca-api-secret-key"]).toBe(SECRET);
  });

  it.each([
    [{ status: "ACCOUNT_CLOSED" }, /may not trade: status ACCOUNT_CLOSED;/],
    [{ trading_blocked: true }, /may not trade: trading_blocked;/],
    [{ account_blocked: true, trading_blocked: true }, /account_blocked, trading_blocked/],
  ])("that is %o is refused", async (account, message) => {
    answer = world({ account });
    const refusal = broker.account();
    await expect(refusal).rejects.toBeInstanceOf(BrokerRefused);
    await expect(refusal).rejects.toThrow(message);
  });

  it("may be one that exists on paper alone", async () => {
    answer = world({ account: { status: "PAPER_ONLY", trading_blocked: false } });
    expect((await broker.account()).accountId).toBe("a-1");
  });

  it("has a clock in any offset and to the nanosecond", async () => {
    answer = world();
    expect(await broker.clock()).toEqual({
      nowMs: Date.parse("2026-11-20T14:30:00.123Z"),
      isOpen: true,
      nextOpenMs: Date.parse("2026-11-23T14:30:00Z"),
      nextCloseMs: Date.parse("2026-11-20T21:00:00Z"),
    });
  });

  it("has sessions at New York's hours, summer and winter, and only those asked for", async () => {
    answer = () => ({
      status: 200,
      body: [
        { date: "2026-03-09", open: "09:30", close: "16:00" },
        { date: "2026-03-06", open: "09:30", close: "13:00", session_open: "0400" },
        { date: "2026-03-10", open: "09:30", close: "16:00" },
      ],
    });
    expect(await broker.sessions("2026-03-06", "2026-03-09")).toEqual([
      {
        date: "2026-03-06",
        openMs: Date.parse("2026-03-06T14:30:00Z"),
        closeMs: Date.parse("2026-03-06T18:00:00Z"),
      },
      {
        date: "2026-03-09",
        openMs: Date.parse("2026-03-09T13:30:00Z"),
        closeMs: Date.parse("2026-03-09T20:00:00Z"),
      },
    ]);
    const [{ query }] = venue.asked;
    expect([query.get("start")?.slice(0, 10), query.get("end")?.slice(0, 10)]).toEqual([
      "2026-03-06",
      "2026-03-09",
    ]);
  });
});

describe("a snapshot of the account", () => {
  it("holds cash, signed positions and prices as the exact text that came", async () => {
    answer = world({ orders: [orderBody()] });
    const { cash, positions, openOrders, at, accountId } = await broker.snapshot();
    expect({ at, accountId, cash }).toEqual({
      at: "2026-11-20T14:30:00.123456789Z",
      accountId: "a-1",
      cash: [{ currency: "USD", amount: "98765.4321098765432109" }],
    });
    expect(positions.map(({ symbol, qty, averagePrice }) => [symbol, qty, averagePrice])).toEqual([
      ["SPY", "0.123456789", "612.3333333333333333"],
      ["TLT", "-7", "90.1"],
      ["IEF", "-7", "95"],
    ]);
    expect(openOrders.map(({ clientOrderId }) => clientOrderId)).toEqual(["assay-0001"]);
  });

  it("is read again when an order filled while it was read", async () => {
    let reads = 0;
    answer = (asked) => {
      if (asked.path !== "/v2/orders") return world()(asked);
      reads++;
      return { status: 200, body: reads === 1 ? [orderBody()] : [] };
    };
    expect((await broker.snapshot()).openOrders).toEqual([]);
    const cashReads = venue.asked.filter(({ path }) => path === "/v2/account").length;
    expect({ reads, cashReads }).toEqual({ reads: 2, cashReads: 2 });
  });

  it("is not given while orders keep changing", async () => {
    let filled = 0;
    answer = (asked) =>
      asked.path === "/v2/orders"
        ? { status: 200, body: [orderBody({ filled_qty: String(filled++) })] }
        : world()(asked);
    await expect(broker.snapshot()).rejects.toThrow(/orders changed while it was read, 3 times/);
  });

  it("has every open order, however many pages they are", async () => {
    const all = Array.from({ length: 1203 }, (_, i) =>
      orderBody({ id: `order-${i}`, client_order_id: `assay-${i}` }),
    );
    answer = (asked) => {
      if (asked.path !== "/v2/orders") return world()(asked);
      const { query } = asked;
      const before = query.get("before_order_id");
      const end = before === null ? all.length : all.findIndex(({ id }) => id === before);
      const start = Math.max(0, end - Number(query.get("limit")));
      return { status: 200, body: all.slice(start, end).reverse() };
    };
    const { openOrders } = await broker.snapshot();
    expect(openOrders.map(({ venueOrderId }) => venueOrderId)).toEqual(all.map(({ id }) => id));
  });
});

describe("asking Alpaca", () => {
  it("is repeated after 429 and 5xx, by the client, and then unavailable", async () => {
    const headers = { "Retry-After": "0" };
    const answers: Scripted[] = [
      { status: 429, body: { code: 42910000, message: "rate limit exceeded" }, headers },
      { status: 503, body: "<html>", headers },
      { status: 200, body: ACCOUNT },
    ];
    answer = () => answers[venue.asked.length - 1];
    expect((await broker.account()).accountId).toBe("a-1");
    expect(venue.asked.length).toBe(3);

    venue.asked.length = 0;
    answer = () => answers[0];
    const refusal = broker.account();
    await expect(refusal).rejects.toBeInstanceOf(BrokerUnavailable);
    await expect(refusal).rejects.toThrow(
      /account: 127.0.0.1:\d+ answered HTTP 429 \(42910000\).*wait a minute/,
    );
    expect(venue.asked.length).toBe(3);
  });

  it("is repeated after a dropped socket", async () => {
    answer = () => (venue.asked.length === 1 ? "drop" : { status: 200, body: ACCOUNT });
    expect((await broker.account()).accountId).toBe("a-1");
  });

  it.each<[string, Scripted, RegExp]>([
    [
      "not JSON",
      { status: 200, body: "<html>" },
      /account: the answer of .* cannot be read \(expected JSON, got "<html>"/,
    ],
    ["cut off", { status: 200, body: '{"id":"a' }, /cannot be read/],
    ["without cash", { status: 200, body: { id: "a", currency: "USD" } }, /cash is absent/],
    ["a list", { status: 200, body: [] }, /the account is not an object: \[\]/],
  ])("and hearing what is %s is unavailable", async (_, scripted, message) => {
    answer = () => scripted;
    const refusal = broker.account();
    await expect(refusal).rejects.toBeInstanceOf(BrokerUnavailable);
    await expect(refusal).rejects.toThrow(message);
  });

  it("an address where nothing listens says host, port, cause and what to do", async () => {
    const gone = await startScripted(() => "drop");
    await gone.close();
    const { broker: lonely } = await adapterAt(gone.url, { timeoutMs: 200 });
    const port = new URL(gone.url).port;
    const message = new RegExp(
      `account: no answer from 127.0.0.1:${port} \\(connect ECONNREFUSED 127.0.0.1:${port}\\); see whether the venue is running`,
    );
    const refusal = lonely.account();
    await expect(refusal).rejects.toBeInstanceOf(BrokerUnavailable);
    await expect(refusal).rejects.toThrow(message);
    await expect(lonely.stream(() => undefined)).rejects.toThrow(
      new RegExp(`stream: no answer from 127.0.0.1:${port} \\(connect ECONNREFUSED`),
    );
  });
});

describe("the limiter", () => {
  /** Timers stand still; sockets do not. */
  async function askedAfter(count: number, limit: { requestsPerMinute?: number | "unlimited" }) {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
    answer = world();
    const { broker: limited } = await adapterAt(venue.url, { ...limit, timeoutMs: 0 });
    const all = Promise.all(Array.from({ length: count }, () => limited.clock()));
    const settle = async (count: number) => {
      for (let turn = 0; turn < 20_000 && venue.asked.length < count; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      // Room for one that should not come.
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      return venue.asked.length;
    };
    return { settle, all };
  }

  it("lets 200 a minute through unless told otherwise, and each next one when its time has come", async () => {
    const { settle, all } = await askedAfter(203, {});
    expect(await settle(200)).toBe(200);
    vi.advanceTimersByTime(299);
    expect(await settle(200)).toBe(200);
    vi.advanceTimersByTime(1);
    expect(await settle(201)).toBe(201);
    vi.advanceTimersByTime(600);
    expect(await settle(203)).toBe(203);
    await all;
  });

  it("keeps to less when less is asked for", async () => {
    const { settle, all } = await askedAfter(62, { requestsPerMinute: 60 });
    expect(await settle(60)).toBe(60);
    vi.advanceTimersByTime(1_000);
    expect(await settle(61)).toBe(61);
    vi.advanceTimersByTime(200_000);
    await all;
  });

  it("is lifted for a venue on this machine", async () => {
    const { settle, all } = await askedAfter(203, { requestsPerMinute: "unlimited" });
    expect(await settle(203)).toBe(203);
    await all;
  });

  it.each(["unlimited", 201, 0, Number.NaN] as const)(
    "is not %s for Alpaca itself",
    async (asked) => {
      const refusal = createAlpacaBroker({
        keyId: KEY_ID,
        secret: SECRET,
        environment: "paper",
        requestsPerMinute: asked,
        tape: () => undefined,
        timeoutMs: 1_000,
      });
      await expect(refusal).rejects.toThrow(/requests a minute: Alpaca permits 200/);
    },
  );
});

describe("keys and secrets", () => {
  const everySecret = [KEY_ID, SECRET, encodeURIComponent(SECRET), JSON.stringify(SECRET)];
  const shown = (value: unknown) => inspect(value, { depth: 9, showHidden: true });

  function expectNothingShown(texts: readonly string[]) {
    for (const text of texts) {
      for (const secret of everySecret) {
        expect(text.includes(secret) || text.includes(secret.replaceAll('"', ""))).toBe(false);
      }
    }
  }

  it("are not on the tape, nor in any message, not even where the venue says them back", async () => {
    const echo = { code: 40110000, message: `no account of ${KEY_ID} with ${SECRET}` };
    answer = () => ({ status: 401, body: echo, headers: { "X-Request-ID": KEY_ID } });
    const { broker: watched, heard } = await adapterAt(venue.url, { timeoutMs: 150 });
    const errors: unknown[] = [];
    const keep = (error: unknown) => errors.push(error);
    await watched.account().catch(keep);
    await watched.snapshot().catch(keep);
    await watched.cancel(`x${SECRET}`).catch(keep);
    await watched.orderByClientId(KEY_ID).catch(keep);
    errors.push(await watched.place(approvedOrder({ symbol: SECRET })));
    venue.onFrame = (socket) => socket.close(1008, `no keys ${KEY_ID}`);
    await watched.stream(() => undefined).catch(keep);
    await watched.close();

    expect(errors.length).toBe(6);
    expect(heard.length).toBeGreaterThan(5);
    expect(heard.some(({ received }) => received?.includes("[secret]") === true)).toBe(true);
    const texts = [
      ...errors.map((error) => `${String(error)} ${shown(error)} ${(error as Error).stack ?? ""}`),
      ...heard.map(shown),
    ];
    expectNothingShown(texts);
  });

  it("would be found if they were there", () => {
    expect(() => expectNothingShown([`a text with ${KEY_ID}`])).toThrow(
      /expected true to be false/,
    );
  });

  it.each([
    ["paper", "live", "api.alpaca.markets"],
    ["live", "paper", "paper-api.alpaca.markets"],
  ] as const)("of a %s account on the %s address are called that", (keyForm, environment, host) => {
    const place = { environment, local: null, keyForm, redact: (text: string) => text };
    const answer401 = answerOf(401, '{"code":40110000,"message":"unauthorized"}', place.redact);
    const { message, code } = refusedBy(place, answer401);
    expect(code).toBe("40110000");
    expect(message).toContain(`${host} refused the keys: HTTP 401 (40110000), "unauthorized". `);
    expect(message).toContain(`The key id has the form of a ${keyForm} account's. `);
    expect(message).toContain(`bring keys of the ${environment} account`);
  });

  it.each([401, 403])(
    "refused with %i by a venue on this machine are its own affair",
    async (status) => {
      answer = () => ({ status, body: { message: "forbidden." } });
      const refusal = broker.account();
      await expect(refusal).rejects.toBeInstanceOf(BrokerRefused);
      await expect(refusal).rejects.toThrow(/was started with other keys/);
      await expect(refusal).rejects.toMatchObject({ code: String(status) });
    },
  );

  it.each([
    ["", SECRET, /^no key id for Alpaca's paper account;/],
    [KEY_ID, "", /^no secret for Alpaca's paper account;/],
    ["", "", /^no key id and no secret for/],
  ])("that are missing are refused before anything is asked", async (keyId, secret, message) => {
    await expect(adapterAt(venue.url, { keyId, secret })).rejects.toThrow(message);
    expect(venue.asked).toEqual([]);
  });

  it.each([
    "http://192.168.1.10:8080",
    "https://127.0.0.1:8080",
    "http://localhost.example.com:80",
    "http://127.0.0.1@example.com",
    "127.0.0.1:8080",
    "",
  ])("are not sent to %s", async (url) => {
    await expect(adapterAt(url)).rejects.toThrow(/is not on this machine; only http:\/\/127.0.0.1/);
  });
});

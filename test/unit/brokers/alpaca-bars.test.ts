import { afterEach, describe, expect, it } from "vitest";
import { createAlpacaTables } from "../../../src/adapters/providers/alpaca-tables.ts";
import { buildContent } from "../../../src/market/build.ts";
import { preparePack } from "../../../src/market/prepare.ts";
import { tableRequests } from "../../../src/market/sources/requests.ts";
import type { ProviderSettings } from "../../../src/market/sources/section.ts";
import { checkSource } from "../../../src/market/sources/section.ts";
import type { ProviderRequest } from "../../../src/ports/table-source.ts";
import { settings } from "../market/fixture.ts";
import { type Asked, KEY_ID, SECRET, type Scripted, startScripted } from "./scripted-venue.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

type Bar = { readonly symbol: string; readonly t: string; readonly c: string };

const bar = (symbol: string, date: string, c: string): Bar => ({
  symbol,
  t: `${date}T05:00:00Z`,
  c,
});

const BARS = [
  bar("IEF", "2026-01-05", "95.10"),
  bar("IEF", "2026-01-06", "95.2"),
  bar("SPY", "2026-01-05", "690.12345678901234567"),
  bar("SPY", "2026-01-06", "691"),
  bar("SPY", "2026-01-07", "692"),
];

type World = {
  readonly bars?: readonly Bar[];
  readonly actions?: object;
  readonly now?: string;
  readonly pageSize?: number;
  readonly answer?: (asked: Asked) => Scripted | null;
};

/** Pages of two bars, numbers without quotes: as text, because a double cannot hold one of them. */
function pageOf(bars: readonly Bar[], query: URLSearchParams, size: number): string {
  const from = Number(query.get("page_token") ?? "0");
  const page = bars.slice(from, from + size);
  const lists = [...new Set(page.map(({ symbol }) => symbol))].map((symbol) => {
    const list = page
      .filter((one) => one.symbol === symbol)
      .map(
        ({ t, c }) => `{"t":"${t}","o":${c},"h":${c},"l":${c},"c":${c},"v":100,"n":1,"vw":${c}}`,
      );
    return `"${symbol}":[${list.join(",")}]`;
  });
  const next = from + size < bars.length ? `"${from + size}"` : "null";
  return `{"bars":{${lists.join(",")}},"next_page_token":${next}}`;
}

async function serve({
  bars = BARS,
  actions = {},
  now = "2026-01-08T12:00:00-05:00",
  ...world
}: World) {
  const venue = await startScripted((asked) => {
    const special = world.answer?.(asked) ?? null;
    if (special !== null) return special;
    switch (asked.path) {
      case "/v2/clock":
        return {
          status: 200,
          body: { timestamp: now, is_open: true, next_open: now, next_close: now },
        };
      case "/v2/calendar":
        return {
          status: 200,
          body: ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"].map((date) => ({
            date,
            open: "09:30",
            close: "16:00",
          })),
        };
      case "/v2/stocks/bars":
        return { status: 200, body: pageOf(bars, asked.query, world.pageSize ?? 2) };
      default:
        return { status: 200, body: { corporate_actions: actions, next_page_token: null } };
    }
  });
  stops.push(venue.close);
  const tables = createAlpacaTables(() => ({
    keyId: KEY_ID,
    secret: SECRET,
    environment: "paper",
    venueUrl: venue.url,
    tape: () => undefined,
    timeoutMs: 20_000,
  }));
  return { venue, read: (over: Partial<ProviderRequest> = {}) => tables({ ...REQUEST, ...over }) };
}

const REQUEST: ProviderRequest = {
  provider: "alpaca",
  symbols: ["SPY", "IEF"],
  feed: "sip",
  fromDate: "2026-01-05",
  toDate: null,
};

const SOURCE: ProviderSettings = {
  provider: "alpaca",
  symbols: ["SPY", "IEF"],
  feed: "sip",
  from: "2026-01-05",
  rights: "Alpaca market data, own use",
};

const ACTIONS = {
  cash_dividends: [
    {
      symbol: "SPY",
      rate: 1.75,
      ex_date: "2026-01-06",
      payable_date: "2026-01-30",
      special: false,
    },
  ],
  forward_splits: [{ symbol: "IEF", new_rate: 2, old_rate: 1, ex_date: "2026-01-06" }],
};

describe("bars asked from Alpaca", () => {
  it("come raw and daily, page by page until the token is null, each number as it was written", async () => {
    const { venue, read } = await serve({});
    const { table, facts } = await read();
    const column = (name: string) => table.columns.get(name)?.values;
    expect(column("symbol")).toEqual(["IEF", "IEF", "SPY", "SPY", "SPY"]);
    expect(column("date")).toEqual(BARS.map(({ t }) => t.slice(0, 10)));
    expect(column("close")).toEqual(BARS.map(({ c }) => c));
    expect(column("volume")).toEqual(["100", "100", "100", "100", "100"]);
    const asked = venue.asked.filter(({ path }) => path === "/v2/stocks/bars");
    expect(asked.map(({ query }) => query.get("page_token"))).toEqual([null, "2", "4"]);
    expect(Object.fromEntries(asked[0].query)).toEqual({
      symbols: "SPY,IEF",
      timeframe: "1Day",
      start: "2026-01-05T05:00:00.000Z",
      end: "2026-01-07T05:00:00.000Z",
      limit: "10000",
      adjustment: "raw",
      feed: "sip",
    });
    expect(facts).toMatchObject({
      file: `alpaca sip from ${new URL(venue.url).host}`,
      member: null,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(JSON.stringify(facts)).not.toContain(KEY_ID);
  });

  it("leave out the session that has not closed, and what lies after the day asked for", async () => {
    const { venue, read } = await serve({ bars: [...BARS, bar("SPY", "2026-01-08", "700")] });
    expect((await read()).table.rows).toBe(5);
    expect((await read({ toDate: "2026-01-06" })).table.rows).toBe(4);
    expect((await read({ toDate: "2030-01-01" })).table.rows).toBe(5);
    const ends = venue.asked.filter(({ path }) => path === "/v2/stocks/bars");
    expect(ends.at(-1)?.query.get("end")).toBe("2026-01-07T05:00:00.000Z");
  });

  it("bring dividends with their pay date, and splits, on their ex-dates", async () => {
    const { read } = await serve({ actions: ACTIONS });
    const { table } = await read();
    const cells = (name: string) => table.columns.get(name)?.values;
    expect(cells("dividend")).toEqual(["", "", "", "1.75", ""]);
    expect(cells("pay_date")).toEqual(["", "", "", "2026-01-30", ""]);
    expect(cells("split")).toEqual(["", "2", "", "", ""]);
  });

  it.each([
    ["reverse_splits", { new_rate: 1, old_rate: 4 }, "0.25"],
    ["stock_dividends", { rate: 0.05 }, "1.05"],
  ])("call one of %s a split", async (list, terms, split) => {
    const row = { symbol: "IEF", ex_date: "2026-01-06", ...terms };
    const { read } = await serve({ actions: { [list]: [row] } });
    expect((await read()).table.columns.get("split")?.values).toEqual(["", split, "", "", ""]);
  });

  it("do not mind a change of name, and actions of others or of other days", async () => {
    const far = { symbol: "SPY", rate: 1, ex_date: "2026-01-09" };
    const other = { symbol: "QQQ", rate: 1, ex_date: "2026-01-06" };
    const { read } = await serve({
      actions: {
        cash_dividends: [far, other],
        name_changes: [{ old_symbol: "SPY", new_symbol: "SPX" }],
        spin_offs: [{ source_symbol: "QQQ", new_symbol: "Q", ex_date: "2026-01-06" }],
      },
    });
    expect((await read()).table.columns.get("dividend")?.values.every((cell) => cell === "")).toBe(
      true,
    );
  });

  it.each<[string, World, RegExp]>([
    [
      "a symbol without a bar",
      { bars: BARS.slice(2) },
      /^alpaca sip: no bar of IEF from 2026-01-05 on;/,
    ],
    ["two bars of a day", { bars: [...BARS, BARS[4]] }, /SPY 2026-01-07 has two bars/],
    [
      "no session yet",
      { now: "2026-01-05T12:00:00-05:00" },
      /no session from 2026-01-05 on has closed/,
    ],
    [
      "a dividend on a day without a bar",
      { actions: { cash_dividends: [{ symbol: "IEF", rate: 1, ex_date: "2026-01-07" }] } },
      /IEF has a dividend of 1 on 2026-01-07 and no bar that day/,
    ],
    [
      "two dividends on one day",
      { actions: { cash_dividends: [ACTIONS.cash_dividends[0], ACTIONS.cash_dividends[0]] } },
      /SPY has two of dividend on 2026-01-06 \(1.75 and 1.75\)/,
    ],
    [
      "a spin-off",
      { actions: { spin_offs: [{ source_symbol: "SPY", ex_date: "2026-01-06" }] } },
      /SPY has one of spin_offs on 2026-01-06, which bars, dividends and splits cannot say/,
    ],
    [
      "a split by nothing",
      {
        actions: {
          forward_splits: [{ symbol: "IEF", new_rate: 2, old_rate: 0, ex_date: "2026-01-06" }],
        },
      },
      /cannot be read \(the rates of a split are not above zero/,
    ],
    [
      "a bar without a close",
      {
        answer: ({ path }) =>
          path === "/v2/stocks/bars"
            ? {
                status: 200,
                body: { bars: { SPY: [{ t: "2026-01-05T05:00:00Z", o: 1, h: 1, l: 1, v: 1 }] } },
              }
            : null,
      },
      /bars: the answer of .* cannot be read \(c is absent/,
    ],
    [
      "pages without end",
      {
        answer: ({ path }) =>
          path === "/v2/stocks/bars"
            ? { status: 200, body: { bars: {}, next_page_token: "again" } }
            : null,
      },
      /the pages of bars go round in a circle/,
    ],
    [
      "a feed that is not paid for",
      {
        answer: ({ path }) =>
          path === "/v2/stocks/bars"
            ? {
                status: 403,
                body: { message: "subscription does not permit querying recent SIP data" },
              }
            : null,
      },
      /does not give these bars to this account .*; set feed: iex, or take the subscription/,
    ],
    [
      "other keys",
      { answer: () => ({ status: 401, body: { code: 40110000, message: "unauthorized" } }) },
      /refused the keys: HTTP 401/,
    ],
  ])("are refused with %s", async (_, world, message) => {
    const { read } = await serve(world);
    const refusal = read();
    await expect(refusal).rejects.toMatchObject({ name: "Fault", kind: "data" });
    await expect(refusal).rejects.toThrow(message);
  });

  it("ask for no keys before a source needs them", async () => {
    let asked = 0;
    const tables = createAlpacaTables(() => {
      asked++;
      return { keyId: "", secret: "", environment: "paper", tape: () => undefined, timeoutMs: 1 };
    });
    expect(asked).toBe(0);
    await expect(tables(REQUEST)).rejects.toThrow(/no key id and no secret for Alpaca's paper/);
    expect(asked).toBe(1);
  });
});

describe("a source that is asked", () => {
  it("becomes a pack: raw closes, dividend and split, rights", async () => {
    const { read } = await serve({ actions: ACTIONS });
    const data = settings({ sources: [SOURCE], to: "2026-01-07" });
    const [{ name, request }] = tableRequests(data);
    expect(name).toBe("alpaca sip");
    expect(request).toEqual({ ...REQUEST, toDate: "2026-01-07" });
    const { table } = await read(request as ProviderRequest);
    const { content } = buildContent(data, { tables: [table], seed: 1 });
    expect(
      content.series.map(({ instrument, timesMs }) => [instrument.id, timesMs.length]),
    ).toEqual([
      ["IEF", 2],
      ["SPY", 3],
    ]);
    expect(content.actions).toMatchObject([
      { kind: "split", instrument: "IEF" },
      { kind: "dividend", instrument: "SPY" },
    ]);
    expect(content.rights).toEqual([SOURCE.rights]);
  });

  it("becomes a SIMULATED pack of a lineage of its own when a venue on this machine replayed it", async () => {
    const { read } = await serve({});
    const put: unknown[] = [];
    const prepare = (isRehearsed: boolean) =>
      preparePack({
        data: settings({ sources: [SOURCE] }),
        seed: 1,
        lineage: "asked",
        nowMs: 0,
        progress: () => undefined,
        tables: async (request) => ({ ...(await read(request as ProviderRequest)), isRehearsed }),
        store: {
          catalog: () => Promise.resolve([]),
          get: () => Promise.reject(new Error("unused")),
          provenance: () => Promise.reject(new Error("unused")),
          put: (content, _, { lineage }) => {
            put.push([content.kind, lineage]);
            return Promise.reject(new Error("stored"));
          },
        },
      });
    expect((await read()).isRehearsed).toBe(true);
    await expect(prepare(true)).rejects.toThrow("stored");
    await expect(prepare(false)).rejects.toThrow("stored");
    expect(put).toEqual([
      ["SIMULATED", "asked-rehearsed"],
      ["REAL", "asked"],
    ]);
  });

  it.each<[Partial<ProviderSettings>, string]>([
    [{ symbols: ["SPY", "SPY"] }, "SPY is listed twice"],
    [{ symbols: ["spy"] }, "spy is not a symbol as Alpaca writes it, for example SPY or BRK.B"],
    [{ from: "2026-02-30" }, "there is no day 2026-02-30"],
  ])("is refused with %o", (over, message) => {
    expect(
      checkSource({ ...SOURCE, ...over }, ["sources", 0]).map((issue) => issue.message),
    ).toEqual([message]);
  });

  it("is asked for by the order of the mandate's lists, references last", () => {
    const file = {
      file: "bars.csv",
      layout: "single",
      instrument: "AAA",
      date: { column: "date", format: "YYYY-MM-DD" },
      columns: { close: "close" },
      rights: "own",
    } as const;
    const vix = {
      id: "VIX",
      kind: "volatility_index",
      file: "vix.csv",
      column: "v",
      rights: "own",
    } as const;
    const data = settings({ sources: [file, SOURCE], references: [{ ...vix, date: file.date }] });
    expect(tableRequests(data).map(({ name }) => name)).toEqual([
      "bars.csv",
      "alpaca sip",
      "vix.csv",
    ]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bar, barsOfOne, barsPage } from "../../../src/apps/venue-server/bars.ts";
import { marketOf, type VenueMarket } from "../../../src/apps/venue-server/market.ts";
import { type Listing, packOf } from "../../support/market-fixture.ts";

const dates = ["2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12", "2024-03-13"];

function listing(base: number): Listing {
  const bars = Object.fromEntries(
    dates.map((date, n) => [date, [base + n, base + n + 2, base + n - 2, base + n + 1] as const]),
  );
  return { bars };
}

function marketWith(listings: { readonly [id: string]: Listing }): VenueMarket {
  const pack = packOf(listings);
  return marketOf(pack.series, pack.actions);
}

const AFTER = Date.parse("2024-03-14T12:00:00Z");
const three = marketWith({ AAA: listing(100), BBB: listing(200), CCC: listing(300) });
const whole = { timeframe: "1Day", start: "2024-03-01", end: "2024-03-31" };

/** Every page, asked for one after the other, as a client does. */
function allPages(
  query: object,
  market = three,
  nowMs = AFTER,
): readonly (readonly [string, Bar])[] {
  const rows: (readonly [string, Bar])[] = [];
  let token: string | null = null;
  do {
    const page = barsPage(
      market,
      { ...query, ...(token === null ? {} : { page_token: token }) },
      nowMs,
    );
    for (const [symbol, bars] of Object.entries(page.bars)) {
      for (const bar of bars) rows.push([symbol, bar]);
    }
    token = page.next_page_token;
  } while (token !== null);
  return rows;
}

describe("daily bars", () => {
  it("carry the pack's prices, stamped at New York's midnight on both sides of the clock's change", () => {
    const { bars, next_page_token } = barsPage(three, { ...whole, symbols: "AAA" }, AFTER);
    expect(next_page_token).toBeNull();
    expect(bars["AAA"].map(({ t }) => t)).toEqual([
      "2024-03-07T05:00:00Z",
      "2024-03-08T05:00:00Z",
      "2024-03-11T04:00:00Z",
      "2024-03-12T04:00:00Z",
      "2024-03-13T04:00:00Z",
    ]);
    expect(bars["AAA"][0]).toEqual({
      t: "2024-03-07T05:00:00Z",
      o: 100,
      h: 102,
      l: 98,
      c: 101,
      v: 1,
    });
  });

  it("count the limit over all symbols, so that a page may hold the first symbol alone", () => {
    const query = { ...whole, symbols: "CCC,AAA,BBB" };
    const first = barsPage(three, { ...query, limit: "5" }, AFTER);
    expect(Object.keys(first.bars)).toEqual(["AAA"]);
    expect(first.next_page_token).not.toBeNull();
    const second = barsPage(
      three,
      { ...query, limit: "7", page_token: first.next_page_token },
      AFTER,
    );
    expect(Object.entries(second.bars).map(([symbol, bars]) => [symbol, bars.length])).toEqual([
      ["BBB", 5],
      ["CCC", 2],
    ]);
  });

  it("are the same whatever the page's size and order", () => {
    const every = allPages({ ...whole, symbols: "AAA,BBB,CCC" });
    expect(every.length).toBe(15);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 17 }), fc.boolean(), (limit, descending) => {
        const rows = allPages({
          ...whole,
          symbols: "AAA,BBB,CCC",
          limit: String(limit),
          sort: descending ? "desc" : "asc",
        });
        const sorted = descending
          ? ["AAA", "BBB", "CCC"].flatMap((id) => every.filter(([s]) => s === id).reverse())
          : every;
        expect(rows).toEqual(sorted);
      }),
      { numRuns: 40 },
    );
  });

  it("include the end, and take an instant as it is", () => {
    const query = { symbols: "AAA", timeframe: "1Day" };
    const days = (start: string, end: string) =>
      allPages({ ...query, start, end }).map(([, { t }]) => t.slice(0, 10));
    expect(days("2024-03-08", "2024-03-11")).toEqual(["2024-03-08", "2024-03-11"]);
    expect(days("2024-03-08T05:00:00Z", "2024-03-11T04:00:00Z")).toEqual([
      "2024-03-08",
      "2024-03-11",
    ]);
    expect(days("2024-03-08T05:00:01Z", "2024-03-11T03:59:59Z")).toEqual([]);
  });

  it("of a session are not known before it has closed", () => {
    const until = (now: string) =>
      allPages({ ...whole, symbols: "AAA" }, three, Date.parse(now)).length;
    expect(until("2024-03-07T20:59:59Z")).toBe(0);
    expect(until("2024-03-07T21:00:00Z")).toBe(1);
    expect(until("2024-03-11T19:59:59Z")).toBe(2);
    expect(until("2024-03-11T20:00:00Z")).toBe(3);
  });

  it("leave out a symbol and a field that the pack does not have", () => {
    const closeOnly = marketWith({ X: { bars: { "2024-03-07": 10, "2024-03-08": 11 } } });
    const { bars } = barsPage(closeOnly, { ...whole, symbols: "X,NOPE" }, AFTER);
    expect(bars).toEqual({
      X: [
        { t: "2024-03-07T05:00:00Z", c: 10, v: 1 },
        { t: "2024-03-08T05:00:00Z", c: 11, v: 2 },
      ],
    });
  });

  it("of one symbol have their own shape", () => {
    const page = barsOfOne(three, "BBB", { ...whole, limit: "2" }, AFTER);
    expect([page.symbol, page.bars.length]).toEqual(["BBB", 2]);
    const next = barsOfOne(three, "BBB", { ...whole, page_token: page.next_page_token }, AFTER);
    expect([next.bars.length, next.next_page_token]).toEqual([3, null]);
  });
});

describe("adjusted bars", () => {
  const market = marketWith({
    S: {
      ...listing(100),
      actions: [
        { dividend: 2, on: "2024-03-11", paid: "2024-03-13" },
        { split: 4, on: "2024-03-12" },
      ],
    },
  });
  const closes = (adjustment: string, now = AFTER) =>
    allPages({ ...whole, symbols: "S", adjustment }, market, now).map(([, { c }]) => c);

  it("divide by splits, take off dividends, or both", () => {
    expect(closes("raw")).toEqual([101, 102, 103, 104, 105]);
    expect(closes("split")).toEqual([101 / 4, 102 / 4, 103 / 4, 104, 105]);
    const factor = 1 - 2 / 102;
    expect(closes("dividend")).toEqual([101 * factor, 102 * factor, 103, 104, 105]);
    const all = [(101 / 4) * factor, (102 / 4) * factor, 103 / 4, 104, 105];
    for (const [n, close] of closes("all").entries()) expect(close).toBeCloseTo(all[n], 12);
    expect(closes("split,dividend")).toEqual(closes("all"));
  });

  it("know no action before its day", () => {
    expect(closes("all", Date.parse("2024-03-09T12:00Z"))).toEqual([101, 102]);
    expect(closes("split", Date.parse("2024-03-11T22:00Z"))).toEqual([101, 102, 103]);
    // On the ex-date itself they are adjusted before its session opens.
    expect(closes("split", Date.parse("2024-03-12T12:00Z"))).toEqual([101 / 4, 102 / 4, 103 / 4]);
  });
});

describe("a request for bars is refused", () => {
  it.each([
    [{ timeframe: "1Day" }, /symbols is required/],
    [{ symbols: "AAA" }, /timeframe is required/],
    [{ symbols: "AAA", timeframe: "1Min" }, /invalid timeframe: 1Min; .* 1Day/],
    [{ symbols: "A A", timeframe: "1Day" }, /invalid symbol\(s\): A A/],
    [{ symbols: "AAA", timeframe: "1Day", limit: "10001" }, /invalid limit: 10001/],
    [{ symbols: "AAA", timeframe: "1Day", limit: "0" }, /invalid limit/],
    [{ symbols: "AAA", timeframe: "1Day", start: "yesterday" }, /invalid start: yesterday/],
    [{ symbols: "AAA", timeframe: "1Day", start: "2024-02-30" }, /invalid start/],
    [{ ...whole, symbols: "AAA", end: "2024-02-01" }, /end should not be before start/],
    [{ ...whole, symbols: "AAA", adjustment: "half" }, /invalid adjustment: half/],
    [{ ...whole, symbols: "AAA", adjustment: "raw,split" }, /invalid adjustment/],
    [{ ...whole, symbols: "AAA", feed: "otc" }, /invalid feed: otc/],
    [{ ...whole, symbols: "AAA", currency: "EUR" }, /invalid currency: EUR/],
    [{ ...whole, symbols: "AAA", page_token: "zzz" }, /invalid page_token/],
    [
      { ...whole, symbols: "AAA", symbol: "AAA" },
      /unexpected parameter\(s\): symbol; did you mean/,
    ],
    [{ ...whole, symbols: ["AAA", "BBB"] }, /symbols is given more than once/],
  ])("%j", (query, message) => {
    expect(() => barsPage(three, query, AFTER)).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { actionsPage } from "../../../src/apps/venue-server/corporate-actions.ts";
import { marketOf } from "../../../src/apps/venue-server/market.ts";
import { rising } from "../../support/venue-fixture.ts";
import { packOf } from "../../support/market-fixture.ts";

const PACK = packOf({
  AAA: rising(100, [
    { split: 4, on: "2024-01-12" },
    { dividend: 0.25, on: "2024-01-16", paid: "2024-01-17" },
  ]),
  BBB: rising(200, [
    { split: 0.5, on: "2024-01-08" },
    { dividend: 0.5, on: "2024-01-16", paid: "2024-01-20" },
  ]),
});
const MARKET = marketOf(PACK.series, PACK.actions);
const NOW = Date.parse("2024-01-16T18:00:00Z");
const ALL = { start: "2024-01-01", end: "2024-01-31" };

const asked = (query: object, nowMs = NOW) => actionsPage(MARKET, { ...ALL, ...query }, nowMs);

describe("corporate actions of the venue", () => {
  it("are the pack's, by kind and ascending", () => {
    expect(asked({})).toEqual({
      corporate_actions: {
        cash_dividends: [
          expect.objectContaining({ symbol: "AAA", rate: 0.25, payable_date: "2024-01-17" }),
          expect.objectContaining({ symbol: "BBB", rate: 0.5, payable_date: "2024-01-20" }),
        ],
        forward_splits: [expect.objectContaining({ symbol: "AAA", new_rate: 4, old_rate: 1 })],
        reverse_splits: [expect.objectContaining({ symbol: "BBB", ex_date: "2024-01-08" })],
      },
      next_page_token: null,
    });
  });

  it("of a later day are not known yet", () => {
    const { corporate_actions: lists } = asked({}, Date.parse("2024-01-12T15:00:00Z"));
    expect(Object.keys(lists)).toEqual(["forward_splits", "reverse_splits"]);
  });

  it("come by symbol, kind, range and direction", () => {
    const names = (query: object) => Object.keys(asked(query).corporate_actions);
    expect(names({ symbols: "AAA" })).toEqual(["cash_dividends", "forward_splits"]);
    expect(names({ types: "reverse_split,name_change" })).toEqual(["reverse_splits"]);
    expect(names({ end: "2024-01-10" })).toEqual(["reverse_splits"]);
    expect(names({ symbols: "ZZZ" })).toEqual([]);
    const { cash_dividends: newest } = asked({ sort: "desc" }).corporate_actions;
    expect(newest.map((row) => row["symbol"])).toEqual(["BBB", "AAA"]);
  });

  it("come page by page, none twice and none left out", () => {
    const seen: string[] = [];
    let token: string | null = null;
    do {
      const page = asked({ limit: "1", ...(token === null ? {} : { page_token: token }) });
      for (const [list, rows] of Object.entries(page.corporate_actions)) {
        for (const row of rows) seen.push(`${list} ${String(row["symbol"])}`);
      }
      token = page.next_page_token;
    } while (token !== null);
    expect(seen).toEqual([
      "cash_dividends AAA",
      "cash_dividends BBB",
      "forward_splits AAA",
      "reverse_splits BBB",
    ]);
  });

  it.each([
    [{ types: "gift" }, /invalid types: gift/],
    [{ page_token: "x" }, /invalid page_token/],
    [{ cusips: "1" }, /unexpected parameter\(s\): cusips/],
    [{ limit: "1001" }, /invalid limit/],
  ])("refuse %o", (query, message) => {
    expect(() => asked(query)).toThrow(message);
  });
});

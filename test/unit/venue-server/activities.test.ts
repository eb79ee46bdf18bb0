/** What was booked, as a client lists it: kinds, filters, pages, the same record from either end. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activityList } from "../../../src/apps/venue-server/activity-list.ts";
import type { RunningVenue } from "../../../src/apps/venue-server/start-venue.ts";
import { ask, rising, startFixture, stepTo } from "../../support/venue-fixture.ts";

let venue: RunningVenue;

/** Three days with fills, a dividend, a split, a correction. */
beforeAll(async () => {
  venue = await startFixture({
    listings: {
      AAA: rising(100, [
        { dividend: 0.5, on: "2024-01-11", paid: "2024-01-12" },
        { split: 3, on: "2024-01-12" },
      ]),
      BBB: rising(200),
    },
  });
  await ask(venue, "POST", "/v2/orders", { ...order, qty: "10", symbol: "AAA" });
  await stepTo(venue, "2024-01-10T22:00:00Z");
  await ask(venue, "POST", "/v2/orders", { ...order, qty: "2", symbol: "BBB" });
  await stepTo(venue, "2024-01-12T22:00:00Z");
  await ask(venue, "POST", "/assay/v1/faults", {
    acts: [{ act: "adjust_cash", amount: "-12.34", silent: false }],
  });
});
afterAll(() => venue.close());

const order = { side: "buy", type: "market", time_in_force: "day" };
type Row = { readonly id: string; readonly activity_type: string };
const listed = (query: object, kind: string | null = null) =>
  activityList(venue.exchange, kind, query as never) as unknown as readonly Row[];
const kinds = (query: object, kind: string | null = null) =>
  listed(query, kind).map(({ activity_type: type }) => type);

describe("account activities", () => {
  it("hold money, shares and fills in the broker's words", () => {
    expect(kinds({ direction: "asc" })).toEqual(["FILL", "FILL", "SPLIT", "DIV", "JNLC"]);
    expect(listed({ direction: "asc" })).toMatchObject([
      { symbol: "AAA", qty: "10", price: "105.5", side: "buy", cum_qty: "10", leaves_qty: "0" },
      { symbol: "BBB", order_status: "filled", transaction_time: "2024-01-11T14:30:00Z" },
      {
        symbol: "AAA",
        activity_sub_type: "FSPLIT",
        qty: "20",
        old_qty: "10",
        new_qty: "30",
        old_rate: "1",
        new_rate: "3",
        net_amount: "0",
        status: "executed",
      },
      {
        symbol: "AAA",
        activity_sub_type: "CDIV",
        qty: "10",
        per_share_amount: "0.5",
        net_amount: "5.00",
        date: "2024-01-12",
      },
      { net_amount: "-12.34", currency: "USD", created_at: "2024-01-12T22:00:00Z" },
    ]);
  });

  it("are filtered by kind, category and date", () => {
    expect(kinds({ activity_types: "DIV,SPLIT" })).toEqual(["DIV", "SPLIT"]);
    expect(kinds({}, "FILL")).toEqual(["FILL", "FILL"]);
    expect(kinds({}, "INT")).toEqual([]);
    expect(kinds({ category: "trade_activity" })).toEqual(["FILL", "FILL"]);
    expect(kinds({ category: "non_trade_activity" })).toEqual(["JNLC", "DIV", "SPLIT"]);
    expect(kinds({ date: "2024-01-11" })).toEqual(["FILL"]);
    expect(kinds({ date: "2024-01-12T00:00:00.000Z" })).toEqual(["JNLC", "DIV", "SPLIT"]);
    expect(kinds({ after: "2024-01-11T14:30:00Z" })).toEqual(["JNLC", "DIV", "SPLIT"]);
    expect(kinds({ until: "2024-01-11T14:30:00Z" })).toEqual(["FILL"]);
  });

  it("read in pages of any size, from either end, are the whole record once", () => {
    const whole = listed({ direction: "asc" });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.boolean(), (size, ascending) => {
        const rows: Row[] = [];
        const query = { direction: ascending ? "asc" : "desc", page_size: String(size) };
        let page = listed(query);
        while (page.length > 0) {
          rows.push(...page);
          page = listed({ ...query, page_token: rows[rows.length - 1].id });
        }
        expect(ascending ? rows : rows.reverse()).toEqual(whole);
      }),
    );
  });

  it.each([
    [{ page_size: "101" }, null, /invalid page_size: 101/],
    [{ page_token: "nothing" }, null, /invalid page_token: nothing/],
    [{ activity_types: "FILLS" }, null, /invalid activity type: FILLS/],
    [{}, "BONUS", /invalid activity type: BONUS/],
    [{ activity_types: "FILL", category: "trade_activity" }, null, /mutually exclusive/],
    [{ activity_types: "FILL" }, "FILL", /unexpected parameter/],
    [{ date: "2024-01-11", after: "2024-01-10" }, null, /date cannot be used with/],
  ])("refuse %j of %s", (query, kind, message) => {
    expect(() => listed(query, kind)).toThrow(message);
  });
});

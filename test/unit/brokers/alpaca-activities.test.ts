import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDate } from "../../../src/base/instant.ts";
import { activitiesOf } from "../../../src/adapters/brokers/alpaca/activities.ts";
import type { Body } from "../../../src/adapters/brokers/alpaca/body.ts";
import type { Broker } from "../../../src/ports/broker.ts";
import { type Asked, type ScriptedVenue, adapterAt, startScripted } from "./scripted-venue.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2026-11-02T14:30:00Z");

type Row = { readonly [key: string]: string };

/** A booked row and when it came into being; `after` filters by the latter, ids sort by the former. */
type Booked = { readonly createdMs: number; readonly row: Row };

function fill(n: number, createdMs: number): Booked {
  const at = new Date(createdMs).toISOString();
  return {
    createdMs,
    row: {
      id: `${stampOf(createdMs)}::fill-${String(n).padStart(4, "0")}`,
      activity_type: "FILL",
      transaction_time: at,
      type: "fill",
      price: "612.3400000000000001",
      qty: "3",
      cum_qty: "3",
      side: "buy",
      symbol: "SPY",
      order_id: `order-${n}`,
    },
  };
}

/** Booked on a date before, at the start of that day: it sorts before the fills that were there first. */
function fee(n: number, createdMs: number, daysBefore: number): Booked {
  const bookedMs = Math.floor((createdMs - daysBefore * 24 * HOUR_MS) / 86_400_000) * 86_400_000;
  return {
    createdMs,
    row: {
      id: `${stampOf(bookedMs)}::fee-${String(n).padStart(4, "0")}`,
      activity_type: "FEE",
      date: formatDate(bookedMs),
      created_at: new Date(createdMs).toISOString(),
      net_amount: "-0.01",
      description: "TAF fee",
    },
  };
}

function stampOf(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:TZ.]/g, "");
}

let venue: ScriptedVenue;
let broker: Broker;
let booked: readonly Booked[] = [];

/** As the venue lists: by id, `after` by creation, `page_token` the last id seen. */
function listed({ query }: Asked): readonly Row[] {
  const after = query.get("after");
  const afterMs = after === null ? Number.NEGATIVE_INFINITY : Date.parse(after);
  const token = query.get("page_token") ?? "";
  return booked
    .filter(({ createdMs, row }) => createdMs > afterMs && row["id"] > token)
    .map(({ row }) => row)
    .sort((a, b) => (a["id"] < b["id"] ? -1 : 1))
    .slice(0, Number(query.get("page_size")));
}

beforeAll(async () => {
  venue = await startScripted((asked) => ({ status: 200, body: listed(asked) }));
  ({ broker } = await adapterAt(venue.url, { requestsPerMinute: "unlimited" }));
});
afterAll(() => venue.close());

describe("activities since a cursor", () => {
  it("are all there from the account's beginning, page by page, in the venue's order", async () => {
    booked = Array.from({ length: 250 }, (_, n) => fill(n, START_MS + n * 60_000));
    venue.asked.length = 0;
    const { activities, cursor } = await broker.activitiesSince(null);
    expect(activities.map(({ activityId }) => activityId)).toEqual(
      booked.map(({ row }) => row["id"]),
    );
    expect(venue.asked.map(({ query }) => query.get("page_token"))).toEqual([
      null,
      booked[99].row["id"],
      booked[199].row["id"],
    ]);
    expect(venue.asked.every(({ query }) => query.get("direction") === "asc")).toBe(true);
    const again = await broker.activitiesSince(cursor);
    expect(again.cursor).toBe(cursor);
  });

  it("of an account without any leave the cursor where it was", async () => {
    booked = [];
    expect(await broker.activitiesSince(null)).toEqual({ activities: [], cursor: null });
    const cursor = "2026-11-20/20261120143000000::x";
    expect(await broker.activitiesSince(cursor)).toEqual({ activities: [], cursor });
  });

  it("miss nothing: what is created late and booked early comes all the same", async () => {
    const step = fc.record({
      hours: fc.integer({ min: 0, max: 40 }),
      fees: fc.integer({ min: 0, max: 3 }),
      back: fc.integer({ min: 0, max: 5 }),
      fills: fc.integer({ min: 0, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const all: Booked[] = [];
        const seen = new Set<string>();
        let nowMs = START_MS;
        let cursor: string | null = null;
        for (const { hours, fees, back, fills } of steps) {
          nowMs += hours * HOUR_MS;
          for (let k = 0; k < fills; k++) all.push(fill(all.length, nowMs + k));
          for (let k = 0; k < fees; k++) all.push(fee(all.length, nowMs, back));
          booked = [...all];
          const page = await broker.activitiesSince(cursor);
          for (const { activityId } of page.activities) seen.add(activityId);
          cursor = page.cursor;
          // The naive twin knows everything that was ever booked.
          expect([...seen].sort()).toEqual(all.map(({ row }) => row["id"]).sort());
        }
      }),
      { numRuns: 40 },
    );
  });

  it("would miss a late fee if they went on from the last id: the planted fault", async () => {
    const first = fill(0, START_MS + 6 * HOUR_MS);
    const late = fee(1, START_MS + 7 * HOUR_MS, 1);
    booked = [first, late];
    const query = new URLSearchParams({ page_size: "100", page_token: first.row["id"] });
    expect(listed({ query } as Asked)).toEqual([]);
    booked = [first];
    const { cursor } = await broker.activitiesSince(null);
    booked = [first, late];
    const { activities } = await broker.activitiesSince(cursor);
    expect(activities.map(({ activityId }) => activityId)).toContain(late.row["id"]);
  });

  it("end, even where a venue ignores the page token", async () => {
    const page = Array.from({ length: 100 }, (_, n) => fill(n, START_MS + n).row);
    const stubborn = await startScripted(() => ({ status: 200, body: page }));
    const { broker: patient } = await adapterAt(stubborn.url);
    expect((await patient.activitiesSince(null)).activities.length).toBe(100);
    expect(stubborn.asked.length).toBe(2);
    await stubborn.close();
  });

  it("of a place that is none are refused", async () => {
    await expect(broker.activitiesSince("yesterday")).rejects.toThrow(/is not a place in/);
  });

  it("with one that cannot be read are unavailable, none of them dropped", async () => {
    booked = [
      fill(0, START_MS),
      { ...fill(1, START_MS + 1), row: { id: "x", activity_type: "FILL" } },
    ];
    await expect(broker.activitiesSince(null)).rejects.toThrow(
      /cannot be read \(order_id is absent/,
    );
  });
});

const cash = (fields: Body): Body => ({
  id: "20261120000000000::nta-1",
  date: "2026-11-20",
  net_amount: "1.02",
  ...fields,
});

describe("what an activity is", () => {
  it("a fill, named by what follows the double colon, exact and in UTC", () => {
    const row = {
      ...fill(7, START_MS).row,
      id: "20261120143000000::fill-0007",
      side: "sell_short",
      transaction_time: "2026-11-20T09:30:00.1234567-05:00",
    };
    expect(activitiesOf([row])).toEqual([
      {
        kind: "fill",
        activityId: row.id,
        executionId: "fill-0007",
        venueOrderId: "order-7",
        clientOrderId: null,
        symbol: "SPY",
        side: "sell",
        qty: "3",
        price: "612.3400000000000001",
        cumulativeQty: "3",
        at: "2026-11-20T14:30:00.1234567Z",
        raw: row,
      },
    ]);
  });

  it.each(["plain-id", "20261120::"])(
    "a fill by its whole id where the form is another: %s",
    (id) => {
      expect(activitiesOf([{ ...fill(7, START_MS).row, id }])[0]).toMatchObject({
        executionId: id,
      });
    },
  );

  it.each([
    ["FEE", "fee"],
    ["CFEE", "fee"],
    ["INT", "interest"],
    ["INTNRA", "interest"],
    ["DIV", "dividend"],
    ["DIVNRA", "dividend"],
    ["DIVFT", "dividend"],
    ["CSD", "transfer"],
    ["CSW", "transfer"],
    ["JNLC", "transfer"],
    ["JNL", "transfer"],
    ["MA", "other"],
    ["OPASN", "other"],
    ["SOMETHING_NEW", "other"],
  ])("%s is %s, with its amount", (activity_type, cause) => {
    expect(activitiesOf([cash({ activity_type, symbol: "T" })])).toMatchObject([
      { kind: "cash", cause, amount: "1.02", symbol: "T", date: "2026-11-20" },
    ]);
  });

  it("shares that moved without money are told with no amount and in words", () => {
    const row = { activity_type: "SPIN", symbol: "T", qty: "12", net_amount: null };
    expect(activitiesOf([cash(row)])).toMatchObject([
      {
        kind: "cash",
        cause: "other",
        symbol: "T",
        amount: "0",
        description: "SPIN; 12 shares; no amount of money was named",
      },
    ]);
  });

  it("what the venue cancelled is told and not booked", () => {
    const row = { activity_type: "DIV", status: "canceled", symbol: "T" };
    expect(activitiesOf([cash(row)])).toMatchObject([
      { amount: "0", description: "DIV; cancelled by the venue, so nothing is booked" },
    ]);
  });

  it("an amount that is no number is not read", () => {
    expect(() => activitiesOf([cash({ activity_type: "FEE", net_amount: "a lot" })])).toThrow(
      /net_amount is "a lot"/,
    );
  });
});

describe("a split", () => {
  const split = (id: string, fields: Body): Body => ({
    id,
    activity_type: "SPLIT",
    date: "2026-11-20",
    symbol: "T",
    net_amount: "0",
    ...fields,
  });

  it("that names both holdings is one", () => {
    const row = split("s1", {
      qty: "30",
      old_qty: "10",
      new_qty: "40",
      old_rate: "1",
      new_rate: "4",
    });
    expect(activitiesOf([row])).toEqual([
      {
        kind: "split",
        activityId: "s1",
        date: "2026-11-20",
        symbol: "T",
        qtyAfter: "40",
        ratio: 4,
        raw: row,
      },
    ]);
  });

  it("has the ratio of its rates where a fraction was paid out", () => {
    const row = split("s1", { old_qty: "10", new_qty: "3", old_rate: "3", new_rate: "1" });
    expect(activitiesOf([row])).toMatchObject([{ qtyAfter: "3", ratio: 1 / 3 }]);
  });

  it.each([
    ["long, forward", "FSPLIT", "-10", "40", "40", 4],
    ["long, reverse", "RSPLIT", "-40", "10", "10", 0.25],
    ["short, forward", "FSPLIT", "10", "-40", "-40", 4],
    ["short, reverse", "RSPLIT", "40", "-10", "-10", 0.25],
    ["of no kind", "", "-10", "40", "40", 4],
  ])("of two siblings is told once: %s", (_, activity_sub_type, out, into, qtyAfter, ratio) => {
    const rows = [
      split("s1", { activity_sub_type, qty: out, group_id: "g" }),
      cash({ activity_type: "FEE" }),
      split("s2", { activity_sub_type, qty: into, group_id: "g" }),
    ];
    expect(activitiesOf(rows)).toMatchObject([
      { kind: "cash" },
      { kind: "split", activityId: "s2", symbol: "T", qtyAfter, ratio },
    ]);
    expect(activitiesOf(rows.toReversed())).toMatchObject([
      { kind: "split", activityId: "s2", qtyAfter, ratio },
      { kind: "cash" },
    ]);
  });

  it.each<[string, readonly Body[]]>([
    ["one quantity", [split("s1", { qty: "30" })]],
    ["two of one sign", [split("s1", { qty: "30" }), split("s2", { qty: "10" })]],
    [
      "three rows",
      [split("s1", { qty: "-1" }), split("s2", { qty: "2" }), split("s3", { qty: "2" })],
    ],
    ["no quantity", [split("s1", {})]],
    ["a holding of nothing", [split("s1", { old_qty: "0", new_qty: "4" })]],
    [
      "a rate of nothing",
      [split("s1", { old_qty: "1", new_qty: "4", old_rate: "1", new_rate: "0" })],
    ],
  ])("that cannot be told from %s does not vanish", (_, rows) => {
    const told = activitiesOf(rows);
    expect(told.map(({ kind, activityId }) => [kind, activityId])).toEqual(
      rows.map(({ id }) => ["cash", id]),
    );
  });
});

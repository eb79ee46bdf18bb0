/** How an order ended is told from what was recorded of it, not from what usually ends one. */
import { expect, it } from "vitest";
import { orderPath } from "../../../src/apps/explain/order-path.ts";
import type { Entry, EntryOf } from "../../../src/apps/explain/record.ts";
import { endText } from "../../../src/apps/explain/signal-answer.ts";
import { type Market, soundRun } from "../../support/market-fixture.ts";

const BOOKS = { currency: "USD", digits: 2, of: () => [] };

function endsIn(market: Market): readonly string[] {
  const entries: readonly Entry[] = soundRun(market).entries as readonly Entry[];
  return entries
    .filter((entry): entry is EntryOf<"order"> => entry.payload.kind === "order")
    .map((opened) => endText(orderPath(opened, entries, BOOKS)));
}

it("an order of which a split leaves no whole lot is cancelled by the split", () => {
  const market: Market = {
    A: {
      bars: {
        "2021-03-01": [100, 101, 99, 100],
        "2021-03-02": [100, 101, 99, 100],
        "2021-03-03": [1000, 1010, 990, 1000],
      },
      wishes: { "2021-03-01": { units: 5, entry: { limit: 90 }, timeInForce: "gtc" } },
      actions: [{ split: 0.1, on: "2021-03-03" }],
    },
  };
  expect(endsIn(market)).toEqual([
    "its limit order at 90 of 2021-03-01 was cancelled on 2021-03-03: the split of that date left no whole lot of it",
  ]);
});

it("an entry that waits when a stop has closed its position is cancelled with it", () => {
  const market: Market = {
    A: {
      bars: {
        "2021-03-01": [100, 101, 99, 100],
        "2021-03-02": [100, 101, 99, 100],
        "2021-03-03": [100, 101, 99, 100],
        "2021-03-04": [94, 96, 93, 95],
      },
      wishes: {
        "2021-03-01": { units: 5, stop: { price: 95 } },
        "2021-03-02": { units: 8, entry: { limit: 80 }, timeInForce: "gtc", stop: { price: 95 } },
      },
    },
  };
  expect(endsIn(market)).toContain(
    "its limit order at 80 of 2021-03-02 was cancelled on 2021-03-04: the position it belonged to was closed first",
  );
});

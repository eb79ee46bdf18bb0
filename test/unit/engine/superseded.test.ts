/**
 * What happens to working orders when the wish behind them changes, or the position they belong to
 * is gone. NAV starts at 10 000.00.
 */
import { describe, expect, it } from "vitest";
import type { Target } from "../../../src/domain/target.ts";
import { entriesOf, type Ohlc, soundRun } from "../../support/market-fixture.ts";

const DAYS = ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04", "2021-03-05"];
const [MON, TUE, WED] = DAYS;

function days(...bars: Ohlc[]): { [date: string]: Ohlc } {
  return Object.fromEntries(DAYS.map((date, n) => [date, bars[Math.min(n, bars.length - 1)]]));
}

const flat: Ohlc = [100, 101, 99, 100];
const bid = (weight: number, stop: number): Target => ({
  weight,
  entry: { limit: 90 },
  stop: { distance: stop },
  timeInForce: "gtc",
});

describe("the same size under other terms", () => {
  it("is no duplicate: the new stop replaces the waiting order", () => {
    const wishes = { [MON]: bid(0.5, 5), [TUE]: bid(0.5, 7) };
    const run = soundRun(
      { A: { bars: days(flat, flat, flat, [98, 98, 88, 89], flat), wishes } },
      { schedule: { rebalance: "every_session" } },
    );
    const [first, second, stop] = entriesOf(run, "order");
    expect([first.purpose, second.purpose]).toEqual(["open", "open"]);
    expect(stop).toMatchObject({ purpose: "stop", price: 83 });
  });

  it("is a duplicate when entry, stop and time in force are the same", () => {
    const wishes = { [MON]: bid(0.5, 5), [TUE]: bid(0.5, 5) };
    const run = soundRun(
      { A: { bars: days(flat), wishes } },
      { schedule: { rebalance: "every_session" } },
    );
    expect(run.terminals).toContain("REJECTED_BY_DUPLICATE");
    expect(entriesOf(run, "order").filter(({ purpose }) => purpose === "open")).toHaveLength(1);
  });
});

it("a wish that a gate refuses still takes the earlier wish's order off the market", () => {
  // Long was bid for on Monday; short is wanted on Tuesday and not allowed.
  const run = soundRun(
    {
      A: {
        bars: days(flat, flat, flat, [95, 95, 85, 88]),
        wishes: { [MON]: bid(0.5, 5), [TUE]: { weight: -0.5 } },
      },
    },
    { limits: { shorts: false } },
  );
  expect(run.terminals.toSorted()).toEqual(["EXPIRED", "REJECTED_BY_RISK_LIMIT"]);
  expect(run.fills).toHaveLength(0);
});

it("a stop that flattens the position takes the orders that would have added to it", () => {
  // 50 lots at 100 with a stop at 95; 10 more are bid for at 94.5. Thursday's bar reaches both.
  const wishes: { [date: string]: Target } = {
    [MON]: { weight: 0.5, stop: { price: 95 } },
    [TUE]: { weight: 0.6, entry: { limit: 94.5 }, timeInForce: "gtc" },
  };
  const run = soundRun({ A: { bars: days(flat, flat, flat, [98, 98, 94, 96]), wishes } });
  expect(run.fills.map(({ lots }) => lots)).toEqual([50, -50]);
  expect(run.terminals.toSorted()).toEqual(["EXECUTED", "EXPIRED"]);
  expect(entriesOf(run, "order_ended").at(-1)).toMatchObject({ end: "cancelled" });
});

it("a dividend is per unit, whatever the contract multiplier", () => {
  const run = soundRun({
    A: {
      bars: days(flat),
      wishes: { [MON]: { units: 3 } },
      actions: [{ dividend: 0.5, on: WED, paid: WED }],
      instrument: { multiplier: 10 },
    },
  });
  expect(entriesOf(run, "dividend")[0].amount_minor).toBe(150);
});

it("the same wish after a split is still the same wish", () => {
  // The strategy's prices are split-adjusted: 90 before and after; the venue's limit is 45 then.
  const run = soundRun(
    {
      A: {
        bars: days(flat, flat, [50, 50.5, 49.5, 50]),
        wishes: { [MON]: bid(0.5, 5), [TUE]: bid(0.5, 5), [WED]: bid(0.5, 5) },
        actions: [{ split: 2, on: WED }],
      },
    },
    { schedule: { rebalance: "every_session" } },
  );
  expect(entriesOf(run, "order").filter(({ purpose }) => purpose === "open")).toHaveLength(1);
  expect(run.terminals.filter((state) => state === "REJECTED_BY_DUPLICATE")).toHaveLength(2);
});

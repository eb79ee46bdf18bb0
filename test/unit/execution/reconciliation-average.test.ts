/** Averages as the venue keeps them, beside a twin that holds every share by itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AverageStep,
  FLAT,
  foldAverage,
  stepAverage,
} from "../../../src/execution/reconciliation/average.ts";

const fold = (steps: readonly AverageStep[]) => foldAverage(steps, "weighted_average");
const trade = (qty: string, price: string): AverageStep => ({ kind: "trade", qty, price });

describe("the weighted average", () => {
  it.each<[string, AverageStep[], string, string | null]>([
    ["begins at the first price", [trade("10", "100")], "10", "100"],
    ["mixes an increase in", [trade("10", "100"), trade("30", "104")], "40", "103"],
    ["is left alone by a reduction", [trade("10", "100"), trade("-4", "250")], "6", "100"],
    ["is none when flat", [trade("10", "100"), trade("-10", "1")], "0", null],
    ["starts anew across zero", [trade("10", "100"), trade("-15", "90")], "-5", "90"],
    ["mixes shorts alike", [trade("-1", "10"), trade("-2", "13")], "-3", "12"],
    ["reduces a short alike", [trade("-3", "12"), trade("1", "99")], "-2", "12"],
    ["keeps twelve decimals", [trade("1", "1"), trade("2", "2")], "3", "1.666666666667"],
    [
      "is exact for fractions",
      [trade("0.001", "30000.5"), trade("0.003", "30001.5")],
      "0.004",
      "30001.25",
    ],
    ["is divided by a split", [trade("10", "100"), { kind: "split", qtyAfter: "40" }], "40", "25"],
    [
      "is multiplied by a reverse one",
      [trade("-10", "3"), { kind: "split", qtyAfter: "-1" }],
      "-1",
      "30",
    ],
    [
      "is none where a split leaves nothing",
      [trade("3", "3"), { kind: "split", qtyAfter: "0" }],
      "0",
      null,
    ],
  ])("%s", (_, steps, qty, price) => {
    expect(fold(steps)).toEqual({ qty, price });
  });

  it("knows nothing of a split of nothing", () => {
    expect(stepAverage(FLAT, { kind: "split", qtyAfter: "0" }, "weighted_average")).toEqual(FLAT);
  });

  it("agrees with a twin in doubles", () => {
    const trades = fc.array(
      fc.tuple(
        fc.integer({ min: -20, max: 20 }).filter((n) => n !== 0),
        fc.integer({ min: 1, max: 99_999 }),
      ),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(trades, (list) => {
        const { qty, price } = fold(
          list.map(([n, cents]) => trade(String(n), (cents / 100).toFixed(2))),
        );
        const [held, mean] = naive(list);
        expect(Number(qty)).toBe(held);
        if (held === 0) expect(price).toBeNull();
        else expect(Number(price)).toBeCloseTo(mean, 6);
      }),
      { numRuns: 200 },
    );
  });
});

/** One share after another: each opening adds its price to the mean, each closing takes a share at the mean. */
function naive(trades: readonly (readonly [number, number])[]): readonly [number, number] {
  let held = 0;
  let mean = 0;
  for (const [lots, cents] of trades) {
    for (let i = 0; i < Math.abs(lots); i++) {
      const one = Math.sign(lots);
      if (held * one < 0) held += one;
      else {
        mean = (Math.abs(held) * mean + cents / 100) / (Math.abs(held) + 1);
        held += one;
      }
    }
  }
  return [held, mean];
}

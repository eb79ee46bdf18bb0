/** What counts as moved: to the bit, and apart what was done from what is only said. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasMoved, movedBetween } from "../../../src/engine/prove/moved.ts";
import type { Outcome } from "../../../src/engine/prove/outcome.ts";

const BASE: Outcome = {
  status: "OK",
  navMinor: Float64Array.of(100, 101, Number.NaN),
  cashMinor: Float64Array.of(100, 1, 1),
  finalEquity: 1.01,
  fills: ["2020-01-02 A 1", "2020-01-02 A 1", "2020-01-03 B -2"],
  counts: new Map([["EXECUTED", 3]]),
  costs: new Map([["fees", 5]]),
  bound: new Map([["stage sizing", 2]]),
  said: new Map([["metrics.sharpe", "1"]]),
};

describe("two outcomes", () => {
  it("the same have not moved, unknown values included", () => {
    const moved = movedBetween(BASE, { ...BASE, navMinor: BASE.navMinor.slice() });
    expect(hasMoved(moved)).toBe(false);
    expect(moved).toMatchObject({ traded: false, booked: false, fills: 0, counts: [], said: [] });
  });

  it("a bit of equity is booked, a bit of cash alone is traded", () => {
    const navMinor = Float64Array.of(100, 101 + 2 ** -46, Number.NaN);
    const cashMinor = Float64Array.of(100, 1, -0);
    expect(movedBetween(BASE, { ...BASE, navMinor })).toMatchObject({ traded: true, booked: true });
    expect(movedBetween(BASE, { ...BASE, cashMinor })).toMatchObject({
      traded: true,
      booked: false,
    });
  });

  it("another number of sessions is another outcome", () => {
    expect(movedBetween(BASE, { ...BASE, navMinor: Float64Array.of(100, 101) }).booked).toBe(true);
  });

  it("how signals end, and costs, are traded", () => {
    const counts = new Map([
      ["EXECUTED", 2],
      ["REJECTED_BY_HEAT", 1],
    ]);
    const moved = movedBetween(BASE, { ...BASE, counts });
    expect(moved).toMatchObject({ traded: true, booked: false });
    expect(moved.counts).toEqual([
      { name: "EXECUTED", from: 3, to: 2 },
      { name: "REJECTED_BY_HEAT", from: 0, to: 1 },
    ]);
    const costs = new Map([["fees", 6]]);
    expect(movedBetween(BASE, { ...BASE, costs }).traded).toBe(true);
  });

  it("what a stage bound, metrics and the status are said, not traded", () => {
    const bound = movedBetween(BASE, { ...BASE, bound: new Map([["stage sizing", 3]]) });
    expect([bound.traded, hasMoved(bound)]).toEqual([false, true]);
    const said = movedBetween(BASE, {
      ...BASE,
      status: "ZERO_TRADES",
      said: new Map([["metrics.sharpe", "2"]]),
    });
    expect([said.traded, hasMoved(said)]).toEqual([false, true]);
    expect(said.said).toEqual(["status", "metrics.sharpe"]);
  });

  it("fills are counted as their symmetric difference, repeats included", () => {
    const line = fc.constantFrom("a", "b", "c");
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (before, after) => {
        const count = (list: readonly string[], one: string) =>
          list.filter((other) => other === one).length;
        const expected = ["a", "b", "c"].reduce(
          (sum, one) => sum + Math.abs(count(before, one) - count(after, one)),
          0,
        );
        const moved = movedBetween({ ...BASE, fills: before }, { ...BASE, fills: after });
        expect(moved.fills).toBe(expected);
      }),
    );
  });
});

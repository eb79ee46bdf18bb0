/** Heat: the loss down to the stops, worked by hand, and the gate with what it does not know. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heatGate, type HeatInput, positionHeat } from "../../../src/execution/gates/heat.ts";

const heat = (over: Partial<HeatInput>) =>
  positionHeat({ lots: 10, mark: 100, stop: null, riskFraction: 0.06, factor: 100, ...over });

describe("one position", () => {
  it.each([
    // 10 shares at 100.00, stop at 94.00: 60.00.
    ["long above its stop", { stop: 94 }, 6000],
    ["long, its stop beyond the mark: a gain is no heat", { stop: 106 }, 0],
    ["long at its stop", { stop: 100 }, 0],
    ["short below its stop", { lots: -10, stop: 106 }, 6000],
    ["short, its stop beyond the mark", { lots: -10, stop: 94 }, 0],
    // No stop: 6 % (3 x an average true range of 2.00) of 1 000.00.
    ["long without a stop", {}, 6000],
    ["short without a stop", { lots: -10 }, 6000],
    ["a stop is read although the range is unknown", { stop: 94, riskFraction: Number.NaN }, 6000],
    // 2 contracts of 50 per point, 20 points to the stop, in cents.
    ["a future", { lots: 2, mark: 4000, stop: 3980, factor: 5000 }, 200_000],
    ["a short future at a negative price", { lots: -1, mark: -37, stop: -30, factor: 1000 }, 7000],
    ["no stop, at a price that is known not to move", { riskFraction: 0 }, 0],
    ["nothing held, whatever is unknown", { lots: 0, mark: Number.NaN }, 0],
  ])("%s", (_, over, expected) => {
    expect(heat(over)).toBeCloseTo(expected, 6);
  });

  it.each([
    ["no stop and no range", { riskFraction: Number.NaN }],
    ["no mark", { mark: Number.NaN }],
    ["no mark but a stop", { mark: Number.NaN, stop: 94 }],
    ["a stop that is no price", { stop: Number.NaN }],
    ["no rate of exchange", { factor: Number.NaN }],
    ["a fraction of a price below zero", { riskFraction: -0.06 }],
    ["a fraction of nothing", { mark: 0, riskFraction: Number.POSITIVE_INFINITY }],
  ])("is unknown, and not zero, with %s", (_, over) => {
    expect(heat(over)).toBeNaN();
  });

  it("is what the book loses when the price goes to the stop", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (lots, mark, stop) => {
          const gain = (stop - mark) * lots * 100;
          expect(heat({ lots, mark, stop })).toBe(gain < 0 ? -gain : 0);
        },
      ),
    );
  });
});

describe("the gate", () => {
  const judge = (bookHeatMinor: number, over = {}) =>
    heatGate({ navMinor: 100_000, bookHeatMinor, reduces: false, ...over }, 0.06);

  it.each([
    [0, "pass"],
    [6000, "pass"],
    [6000 * (1 + 0.9e-9), "pass"],
    [6000 * (1 + 1.1e-9), "fail"],
    [9000, "fail"],
    [Number.NaN, "not_evaluated"],
    [Number.POSITIVE_INFINITY, "not_evaluated"],
  ])("a book heat of %d of 100 000 at 6 %%: %s", (bookHeatMinor, result) => {
    const verdict = judge(bookHeatMinor);
    expect(verdict).toMatchObject({ gate: "heat", rule: "heat", result, limit: 0.06 });
    const seen = Number.isFinite(bookHeatMinor) ? bookHeatMinor / 100_000 : null;
    expect(verdict.observed).toBe(seen);
  });

  it.each([0, -1])("refuses increases at a net asset value of %d", (navMinor) => {
    expect(judge(0, { navMinor }).result).toBe("fail");
    expect(judge(10, { navMinor }).result).toBe("fail");
    expect(judge(10, { navMinor: Number.NaN }).result).toBe("not_evaluated");
  });
});

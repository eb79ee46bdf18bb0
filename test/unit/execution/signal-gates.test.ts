/** Correlation and policy: who is refused, who passes, and what is said of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { correlationGate, type HeldOther } from "../../../src/execution/gates/correlation.ts";
import { policyGate } from "../../../src/execution/gates/policy.ts";

const other = (instrument: string, side: 1 | -1, rho: number): HeldOther => ({
  instrument,
  side,
  rho,
});
const judge = (others: readonly HeldOther[], side: 1 | -1 = 1, reduces = false) =>
  correlationGate({ side, reduces, others }, 0.7);

describe("correlation", () => {
  it("passes where nothing else is held", () => {
    expect(judge([])).toEqual({
      gate: "correlation",
      result: "pass",
      rule: "held_instrument",
      observed: null,
      limit: 0.7,
      unit: "correlation",
    });
  });

  it.each([
    [1, 1, 0.7, "pass"],
    [1, 1, 0.700_001, "fail"],
    [-1, -1, 0.8, "fail"],
    // A hedge: the same pair on opposite sides.
    [1, -1, 0.8, "pass"],
    [-1, 1, 0.8, "pass"],
    // Opposites on opposite sides are the same bet.
    [1, -1, -0.8, "fail"],
    [1, 1, -0.8, "pass"],
  ] as const)("side %d against a held %d with rho %d: %s", (side, held, rho, result) => {
    expect(judge([other("SPY", held, rho)], side)).toMatchObject({
      result,
      observed: rho * side * held,
      unit: "correlation with SPY",
    });
  });

  it("names the most alike of several", () => {
    expect(judge([other("A", 1, 0.71), other("B", 1, 0.95), other("C", 1, 0.2)])).toMatchObject({
      result: "fail",
      observed: 0.95,
      unit: "correlation with B",
    });
  });

  it("does not pass what overlaps too little, although all known ones would", () => {
    expect(judge([other("A", 1, 0.1), other("NEW", -1, Number.NaN)])).toEqual({
      gate: "correlation",
      result: "not_evaluated",
      rule: "insufficient_overlap",
      observed: null,
      limit: 0.7,
      unit: "correlation with NEW",
    });
  });

  it("names the first by name where several are as much alike, or unknown", () => {
    const alike = [other("B", 1, 0.9), other("A", -1, -0.9), other("C", 1, 0.9)];
    const blind = [other("B", 1, Number.NaN), other("A", 1, Number.NaN), other("C", 1, 0.1)];
    for (const [others, by] of [
      [alike, "held_instrument"],
      [blind, "insufficient_overlap"],
    ] as const) {
      expect(judge(others)).toMatchObject({ rule: by, unit: "correlation with A" });
    }
  });

  it("says no rather than unknown where it knows enough to say no", () => {
    expect(judge([other("NEW", 1, Number.NaN), other("A", 1, 0.9)])).toMatchObject({
      result: "fail",
      rule: "held_instrument",
      observed: 0.9,
    });
  });

  it("does not depend on the order of the held ones", () => {
    const rho = fc.constantFrom(-0.9, -0.2, 0, 0.7, 0.71, 0.9, Number.NaN);
    const side = fc.constantFrom<1 | -1>(1, -1);
    const held = fc.uniqueArray(
      fc.record({ instrument: fc.constantFrom("A", "B", "C", "D", "E"), side, rho }),
      {
        selector: (o) => o.instrument,
      },
    );
    const shuffled = held.chain((others) =>
      fc.tuple(
        fc.constant(others),
        fc.shuffledSubarray(others, { minLength: others.length, maxLength: others.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, side, ([others, mixed], wanted) => {
        expect(judge(mixed, wanted)).toEqual(judge(others, wanted));
        // The rule in words: every known pair within the limit, and no unknown one.
        const passes = others.every((o) => o.rho * o.side * wanted <= 0.7);
        expect(judge(others, wanted).result === "pass").toBe(passes);
      }),
    );
  });
});

describe("policy", () => {
  const off = {
    on: false,
    reason: "volatility-of-volatility stress",
    reduces: false,
    wanted: true,
  };

  it("refuses what the stage keeps flat, with the stage's reason", () => {
    expect(policyGate(off)).toEqual({
      gate: "policy",
      result: "fail",
      rule: "volatility-of-volatility stress",
      observed: 0,
      limit: 1,
      unit: "policy",
    });
  });

  it.each([
    ["on", { on: true }, "on"],
    ["off, and the sleeve leaves its position", { reduces: true }, off.reason],
    ["off, and nothing was wanted", { wanted: false }, off.reason],
  ])("passes: %s", (_, over, rule) => {
    expect(policyGate({ ...off, ...over })).toMatchObject({ result: "pass", rule });
  });
});

/**
 * Every lint over planted evidence: a run in which nothing is wrong is clear of it, one thing spoilt
 * turns it on with its number, evidence taken away leaves it not evaluated and never clear.
 */
import { describe, expect, it } from "vitest";
import { diagnose, LINTS, undiagnosed } from "../../../src/research/doctor/diagnose.ts";
import type { Evidence } from "../../../src/research/doctor/evidence.ts";
import { healthy, resultOf, SESSIONS } from "./evidence.ts";
import {
  fewer,
  held,
  manyFills,
  MARGINED,
  MISSING,
  PLANTS,
  volumes,
  warmUp,
  withMandate,
} from "./plants.ts";

it("finds nothing in a run in which nothing is wrong", () => {
  const results = diagnose(healthy());
  expect(results.map(({ lint, result }) => [lint, result])).toEqual(
    LINTS.map(({ name }) => [name, "clear"]),
  );
  expect(results.every(({ weight }) => weight === 0)).toBe(true);
});

it("has a plant for every lint", () => {
  expect(new Set(PLANTS.map(({ lint }) => lint))).toEqual(new Set(LINTS.map(({ name }) => name)));
});

describe.for(PLANTS)("$lint: $title", ({ lint, over, says, observed }) => {
  it("is found", () => {
    const result = resultOf(lint, over(healthy()));
    expect(result.result).toBe("found");
    expect(result.evidence).toMatch(says);
    expect(result.weight).toBeGreaterThan(0);
    expect(result.weight).toBeLessThanOrEqual(1);
    if (observed !== undefined) expect(result.observed).toBeCloseTo(observed, 6);
  });
});

describe.for(MISSING)("$lint: $title", ({ lint, over, says }) => {
  it("is not evaluated", () => {
    const result = resultOf(lint, over(healthy()));
    expect(result).toMatchObject({
      result: "not_evaluated",
      weight: 0,
      observed: null,
      limit: null,
    });
    expect(result.evidence).toMatch(says);
  });
});

describe("at their limits", () => {
  it.for([
    ["too_few_observations", fewer(30)],
    ["too_few_observations", () => ({ evaluationStart: SESSIONS - 252, ...manyFills() })],
    ["too_many_parameters", withMandate({ strategies: [{ name: "a", parameters: 7 }] })],
    ["warm_up_dependence", warmUp({ differing: 10 })],
    ["warm_up_dependence", warmUp({ recursive: [], asked: 0, differing: 0, worst: null })],
    [
      "margin_breach",
      (h: Evidence) => ({
        instruments: MARGINED,
        positions: held(0, 10),
        ...withMandate({ marginLimit: 0.1 })(h),
      }),
    ],
    ["capacity", volumes(new Float64Array(SESSIONS).fill(2000))],
    [
      "margin_breach",
      ({ navMinor }: Evidence) => ({ cashMinor: navMinor.map((nav) => -nav / 101) }),
    ],
  ] as const)("%s is clear", ([lint, over]) => {
    expect(resultOf(lint, over(healthy()))).toMatchObject({ result: "clear", weight: 0 });
  });
});

it("puts findings first, the heaviest of them first", () => {
  const results = diagnose(
    healthy({ sameClose: true, targetVolatility: null, ...fewer(29)(healthy()) }),
  );
  expect(results.slice(0, 2).map(({ lint }) => lint)).toEqual([
    "same_close",
    "too_few_observations",
  ]);
  expect(results.at(-1)).toMatchObject({ lint: "volatility_off_target", result: "not_evaluated" });
});

it("does not hold a number that is none against a limit", () => {
  const { fills } = healthy();
  const tradedMinor = fills.tradedMinor.map(() => Number.MAX_VALUE);
  expect(resultOf("turnover", { fills: { ...fills, tradedMinor } })).toMatchObject({
    result: "not_evaluated",
    evidence: "its number is Infinity, which nothing can be held against",
  });
});

it("says of a run whose numbers cannot be read that no lint could look", () => {
  const results = undiagnosed("it broke");
  expect(results.map(({ lint, result, evidence }) => [lint, result, evidence])).toEqual(
    LINTS.map(({ name }) => [name, "not_evaluated", "it broke"]),
  );
});

/** Where the circuit breakers' levels come from, and which of them can never fire. */
import { describe, expect, it } from "vitest";
import {
  breakerIssues,
  breakerLevels,
  breakersGate,
  rampupScale,
} from "../../../src/execution/gates/breakers.ts";

const SPANS = { haltSessions: 10, panicSessions: 20, rampupScale: 0.5, rampupSessions: 5 };

describe("levels", () => {
  const terms = {
    daily_loss: 4,
    halt: 1.5,
    panic: 2,
    unit: "target_vol" as const,
    halt_sessions: 10,
    panic_sessions: 20,
    rampup_scale: 0.5,
    rampup_sessions: 5,
  };

  it("are multiples of the target volatility, the daily one of a day's sigma", () => {
    const levels = breakerLevels(terms, 0.1);
    expect(levels.halt).toBeCloseTo(0.15, 14);
    expect(levels.panic).toBe(0.2);
    // 4 x 10 % / sqrt(252) = 2.5198 %
    expect(levels.dailyLoss).toBeCloseTo(0.0251976, 7);
    expect(breakerIssues(terms, 0.1)).toEqual([]);
  });

  it("are fractions of net asset value as they stand with unit nav", () => {
    const nav = { ...terms, unit: "nav" as const, daily_loss: 0.02, halt: 0.08, panic: 0.1 };
    expect(breakerLevels(nav, Number.NaN)).toEqual({
      ...SPANS,
      dailyLoss: 0.02,
      halt: 0.08,
      panic: 0.1,
    });
    expect(breakerIssues(nav, null)).toEqual([]);
  });

  it.each([
    [{ panic: 1.5 }, 0.1, "halt", /0\.15 of .* can never fire: breakers\.panic flattens at 0\.15;/],
    [{ panic: 1.2 }, 0.1, "halt", /0\.15 .*panic flattens at 0\.12/],
    [{ panic: 2 }, 0.5, "panic", /^1 of net asset value can never fire before everything/],
    [{ daily_loss: 24 }, 0.1, "daily_loss", /0\.15118\d+ .*breakers\.halt, 0\.15, fires first/],
    // At the very same level the drawdown is named, and the day's loss never.
    [
      { unit: "nav" as const, daily_loss: 0.08, halt: 0.08, panic: 0.1 },
      null,
      "daily_loss",
      /^0\.08 of net asset value in a day can never fire/,
    ],
    [{}, null, "unit", /risk targeting is off; set unit: nav/],
  ])("that can never fire are refused: %o at a target of %s", (over, target, path, message) => {
    const issues = breakerIssues({ ...terms, ...over }, target);
    expect(issues).toHaveLength(1);
    expect(issues[0].path).toEqual([path]);
    expect(issues[0].message).toMatch(message);
  });
});

describe("the gate", () => {
  it.each([
    ["NORMAL", false, "pass"],
    ["RAMPUP", false, "pass"],
    ["HALT", false, "fail"],
    ["PANIC", false, "fail"],
    ["HALT", true, "pass"],
    ["PANIC", true, "pass"],
  ] as const)("%s, reducing %s: %s", (state, reduces, result) => {
    expect(breakersGate(state, reduces)).toEqual({
      gate: "breakers",
      result,
      rule: state.toLowerCase(),
      observed: null,
      limit: null,
      unit: "state",
    });
  });

  it("scales sizes in RAMPUP alone", () => {
    const scales = (["NORMAL", "HALT", "PANIC", "RAMPUP"] as const).map((state) =>
      rampupScale(state, { ...SPANS, dailyLoss: 0.05, halt: 0.1, panic: 0.2 }),
    );
    expect(scales).toEqual([1, 1, 1, 0.5]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fault } from "../../../src/domain/fault.ts";
import type { DeclaredOrder } from "../../../src/domain/strategy.ts";
import {
  asTarget,
  declaresTargets,
  isForecast,
} from "../../../src/research/strategies/forecast.ts";
import { checkAnswer } from "../../../src/research/strategies/target-check.ts";

const all: readonly DeclaredOrder[] = ["limit", "stop", "on_open", "on_close"];
const check = (value: unknown, orders: readonly DeclaredOrder[] = all) =>
  checkAnswer(value, { name: "mine", orders });

describe("a target", () => {
  it.each([
    [null],
    [{ weight: 1 }],
    [{ weight: -0.5 }],
    [{ units: 0 }],
    [{ weight: 1, entry: "market" }],
    [{ weight: 1, entry: "on_open", timeInForce: "day" }],
    [{ units: -3, entry: "on_close" }],
    [{ weight: 1, entry: { limit: 99.5 }, stop: { distance: 2 }, timeInForce: "gtc" }],
    [{ weight: 1, entry: { limit: -3 }, stop: { price: 80 } }],
  ])("passes unchanged: %j", (value) => {
    expect(check(value)).toBe(value);
  });

  it.each<[unknown, string]>([
    [
      undefined,
      "undefined, expected a target such as { weight: 1 } or a forecast such as { strength: 1, confidence: 1 }; return null",
    ],
    [1, "the number 1"],
    ["long", 'the text "long"'],
    [() => null, "a function"],
    [[], "neither weight and units"],
    [{}, "neither weight and units"],
    [{ weight: 1, units: 1 }, "both weight and units"],
    [{ weight: Number.NaN }, "weight the number NaN (such as 0 divided by 0), expected a finite"],
    [{ weight: Number.POSITIVE_INFINITY }, "weight the number Infinity, expected a finite"],
    [{ weight: "1" }, 'weight the text "1"'],
    [{ units: null }, "units null"],
    [{ wieght: 1 }, "the unknown key wieght"],
    [{ weight: 1, entry: "limit" }, 'entry the text "limit"'],
    [{ weight: 1, entry: undefined }, "entry undefined"],
    [{ weight: 1, entry: { limit: Number.NaN } }, "entry.limit the number NaN"],
    [{ weight: 1, entry: { limit: 1, stop: 2 } }, "entry an object"],
    [{ weight: 1, stop: { price: 0 } }, "stop.price 0, expected a positive"],
    [{ weight: 1, stop: { distance: -1 } }, "stop.distance -1, expected a positive"],
    [{ weight: 1, stop: { price: 1, distance: 1 } }, "stop an object"],
    [{ weight: 1, stop: 5 }, "stop the number 5"],
    [{ weight: 1, timeInForce: "ioc" }, 'timeInForce the text "ioc"'],
  ])("is refused: %j", (value, message) => {
    expect(() => check(value)).toThrow(Fault);
    expect(() => check(value)).toThrow(`decide of mine returned `);
    expect(() => check(value)).toThrow(message);
  });

  it.each<[unknown, DeclaredOrder]>([
    [{ weight: 1, entry: { limit: 9 } }, "limit"],
    [{ weight: 1, stop: { price: 9 } }, "stop"],
    [{ weight: 1, entry: "on_open" }, "on_open"],
    [{ weight: 1, entry: "on_close" }, "on_close"],
  ])("may only ask for declared orders: %j", (value, order) => {
    expect(check(value, [order])).toBe(value);
    expect(() =>
      check(
        value,
        all.filter((other) => other !== order),
      ),
    ).toThrow(`type ${order} it`);
    expect(() => checkAnswer(value, { name: "mine" })).toThrow(`add orders: ["${order}"]`);
  });
});

describe("a forecast", () => {
  it.each([
    [{ strength: 1, confidence: 1 }],
    [{ strength: -1, confidence: 0 }],
    [{ strength: 0, confidence: 0.5 }],
    [{ confidence: 1, strength: -0.25 }],
  ])("passes unchanged: %j", (value) => {
    expect(check(value)).toBe(value);
  });

  it.each([
    [{ strength: 0.5 }],
    [{ strength: 0.5, confidence: Number.NaN }],
    [{ strength: 0.5, confidence: undefined }],
  ])("of unknown confidence has none: %j", (value) => {
    expect(check(value)).toEqual({ strength: 0.5, confidence: 0 });
  });

  it.each<[unknown, string]>([
    [{ strength: 1.01, confidence: 1 }, "strength the number 1.01, expected a number from -1 to 1"],
    [{ strength: -2, confidence: 1 }, "strength the number -2, expected a number from -1 to 1"],
    [{ strength: Number.NaN, confidence: 1 }, "strength the number NaN"],
    [{ strength: Number.POSITIVE_INFINITY, confidence: 1 }, "strength the number Infinity"],
    [{ strength: "1", confidence: 1 }, 'strength the text "1"'],
    [{ strength: null, confidence: 1 }, "strength null"],
    [{ confidence: 1 }, "strength undefined, expected a number from -1 to 1"],
    [{ strength: 1, confidence: 1.5 }, "confidence the number 1.5, expected a number from 0 to 1"],
    [{ strength: 1, confidence: -0.1 }, "confidence the number -0.1"],
    [{ strength: 1, confidence: "1" }, 'confidence the text "1"'],
    [{ strength: 1, confidence: null }, "confidence null"],
    [{ strength: 1, confidence: 1, weight: 1 }, "a forecast with weight: it has neither size nor"],
    [{ strength: 1, confidence: 1, units: 1 }, "a forecast with units"],
    [{ strength: 1, confidence: 1, stop: { distance: 1 } }, "a forecast with stop"],
    [{ strength: 1, confidence: 1, entry: "market" }, "a forecast with entry"],
    [{ strength: 1, confidence: 1, timeInForce: "day" }, "a forecast with timeInForce"],
    [{ strength: 1, confidense: 1 }, "a forecast with the unknown key confidense; known: strength"],
  ])("is refused: %j", (value, message) => {
    expect(() => check(value)).toThrow(Fault);
    expect(() => check(value)).toThrow(`decide of mine returned ${message}`);
  });

  it("is held against what the strategy declares", () => {
    const forecast = { strength: 1, confidence: 1 };
    const target = { weight: 1 };
    const declared = (answers: "forecast" | "target") => ({ name: "mine", answers });
    expect(checkAnswer(forecast, declared("forecast"))).toBe(forecast);
    expect(checkAnswer(target, declared("target"))).toBe(target);
    for (const answers of ["forecast", "target"] as const) {
      expect(checkAnswer(null, declared(answers))).toBeNull();
    }
    expect(() => checkAnswer(target, declared("forecast"))).toThrow(
      'decide of mine returned a target, and the strategy declares answers: "forecast"',
    );
    expect(() => checkAnswer(forecast, declared("target"))).toThrow(
      'decide of mine returned a forecast, and the strategy declares answers: "target"',
    );
  });
});

describe("a forecast as a target", () => {
  it("weighs strength x confidence, never more than 1 either way, and no -0", () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(unit, unit, fc.constantFrom(1, -1), (size, confidence, sign) => {
        const strength = sign * size;
        const target = asTarget({ strength, confidence }) as { weight: number };
        expect(target).toEqual({ weight: strength * confidence + 0 });
        expect(Math.abs(target.weight)).toBeLessThanOrEqual(Math.min(size, confidence));
        expect(Object.is(target.weight, -0)).toBe(false);
      }),
    );
  });

  it("leaves a target as it is, and tells the two apart", () => {
    const target = { units: 3 };
    expect(asTarget(target)).toBe(target);
    expect(isForecast(target)).toBe(false);
    expect(isForecast(null)).toBe(false);
    expect(isForecast({ strength: 0, confidence: 0 })).toBe(true);
  });

  it("is known beforehand for who declares it or asks for orders", () => {
    expect(declaresTargets({ answers: "target" })).toBe(true);
    expect(declaresTargets({ orders: ["limit"] })).toBe(true);
    expect(declaresTargets({ orders: [] })).toBe(false);
    expect(declaresTargets({ answers: "forecast" })).toBe(false);
    expect(declaresTargets({})).toBe(false);
  });
});

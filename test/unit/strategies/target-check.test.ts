import { describe, expect, it } from "vitest";
import { Fault } from "../../../src/domain/fault.ts";
import type { DeclaredOrder } from "../../../src/domain/strategy.ts";
import { checkTarget } from "../../../src/research/strategies/target-check.ts";

const all: readonly DeclaredOrder[] = ["limit", "stop", "on_open", "on_close"];
const check = (value: unknown, orders: readonly DeclaredOrder[] = all) =>
  checkTarget(value, { name: "mine", orders });

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
    [undefined, "undefined, expected a target such as { weight: 1 }; return null"],
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
    expect(() => checkTarget(value, { name: "mine" })).toThrow(`add orders: ["${order}"]`);
  });
});

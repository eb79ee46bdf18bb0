import { describe, expect, it } from "vitest";
import { Fault } from "../../../src/domain/fault.ts";
import { createDecider, createTargetDecider } from "../../../src/research/strategies/decider.ts";
import { createRow as createAnyRow } from "../../../src/research/strategies/row.ts";
import { strategyOf, type TestRow } from "./inputs.ts";

const close = Float64Array.of(1, 2, 3);
const slow = Float64Array.of(10, 20, 30);

function createRow(names: readonly string[], arrays: readonly Float64Array[]) {
  const { row, at } = createAnyRow(names, arrays);
  return { row: row as unknown as TestRow & Record<string, number>, at };
}

describe("a row", () => {
  it("is one frozen object whose numbers follow the cursor", () => {
    const { row, at } = createRow(["close", "slow"], [close, slow]);
    expect([row.close, row.slow]).toEqual([1, 10]);
    at(2);
    expect([row.close, row.slow]).toEqual([3, 30]);
    expect(Object.isFrozen(row)).toBe(true);
    expect({ ...row }).toEqual({ close: 3, slow: 30 });
  });

  it("keeps two rows of the same names apart", () => {
    const a = createRow(["close"], [close]);
    const b = createRow(["close"], [slow]);
    a.at(1);
    b.at(2);
    expect([a.row.close, b.row.close]).toEqual([2, 30]);
  });

  it("refuses a name that is no column, on any row, with what there is", () => {
    const { row } = createRow(["close", "slow"], [close, slow]);
    expect(() => row.slwo).toThrow(Fault);
    expect(() => row.slwo).toThrow("row.slwo, which is no declared column; declared: close, slow");
    expect(() => createRow([], []).row.close).toThrow("declared: none");
  });

  it("shows no array: not by its keys, prototype, symbols or text", () => {
    const { row } = createRow(["close"], [close]);
    expect(Reflect.ownKeys(row)).toEqual(["close"]);
    expect(() => row["constructor"]).toThrow(Fault);
    expect(() => row["__proto__"]).toThrow(Fault);
    expect(Reflect.ownKeys(Object.getPrototypeOf(row))).toEqual([]);
    expect(() => Object.assign(row, { close: 9 })).toThrow(TypeError);
    expect(() => Object.defineProperty(row, "x", { value: 1 })).toThrow(TypeError);
  });

  it("refuses a different number of names and arrays", () => {
    expect(() => createRow(["close"], [])).toThrow("1 names for 0 columns");
  });
});

describe("a decider", () => {
  const columns = { names: ["close"], arrays: [close] };

  it("asks at any row, in any order, and checks the answer", () => {
    const decide = createDecider(
      strategyOf(
        () => ({}),
        (row) => ({ units: row.close }),
      ),
      {},
      columns,
    );
    expect([2, 0].map((index) => decide(index))).toEqual([{ units: 3 }, { units: 1 }]);
  });

  it("hands an unchanged weight back without a look at its terms, and nothing else", () => {
    const sloppy = { entry: "sometime" };
    const asked = (answer: unknown, unchanged: number) =>
      createTargetDecider(
        strategyOf(
          () => ({}),
          () => answer,
        ),
        {},
        columns,
      ).decide(0, unchanged);
    const weight = { weight: 0.5, ...sloppy };
    expect(asked(weight, 0.5)).toEqual({ weight: 0.5 });
    expect(() => asked(weight, 0.4)).toThrow("entry the text");
    expect(() => asked(weight, Number.NaN)).toThrow("entry the text");
    const forecast = { strength: -1, confidence: 0.5, ...sloppy };
    expect(asked(forecast, -0.5)).toEqual({ weight: -0.5 });
    expect(() => asked(forecast, 0.5)).toThrow("a forecast with entry");
    expect(() => asked(forecast, Number.NaN)).toThrow("a forecast with entry");
    for (const [strength, confidence] of [
      [2, 0.25],
      [-2, -0.25],
      [0.5, 1.5],
      [-0.25, -2],
      ["1", 0.5],
    ]) {
      const product = Number(strength) * Number(confidence);
      expect(() => asked({ strength, confidence }, product)).toThrow(/ returned (str|conf)/);
    }
    expect(asked({ strength: 0.5 }, 0)).toEqual({ weight: 0 });
  });

  it("names strategy and row when decide fails or answers nonsense", () => {
    const typo = strategyOf(
      () => ({}),
      (row) => ({ weight: row.clsoe }),
    );
    expect(() => createDecider(typo, {}, columns)(1)).toThrow(
      "strategy planted, row 1: decide reads row.clsoe",
    );
    const silent = strategyOf(
      () => ({}),
      () => undefined,
    );
    expect(() => createDecider(silent, {}, columns)(1)).toThrow(
      "strategy planted, row 1: decide of planted returned undefined",
    );
  });
});

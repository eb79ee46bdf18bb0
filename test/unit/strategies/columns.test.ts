import { describe, expect, it } from "vitest";
import { sma } from "../../../src/base/indicators/sma.ts";
import { knownSeries } from "../../../src/base/indicators/series.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { Column, Market } from "../../../src/domain/strategy.ts";
import { compileColumns } from "../../../src/research/strategies/columns.ts";
import { createGraph } from "../../../src/research/strategies/graph.ts";
import { createMarket } from "../../../src/research/strategies/market.ts";
import { closeOnly, strategyOf, wave, withBars } from "./inputs.ts";

const inputs = withBars(wave(60));
const compile = (columns: (m: Market) => Record<string, unknown>, on = inputs) =>
  compileColumns(strategyOf(columns), {}, on);

function faultOf(action: () => unknown): Fault {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("columns", () => {
  it("are computed in the order they are named", () => {
    const { names, arrays } = compile((m) => ({ slow: m.sma(m.close, 5), close: m.close }));
    expect(names).toEqual(["slow", "close"]);
    expect(arrays[0]).toEqual(sma(knownSeries(inputs.close), 5).values);
    expect(arrays[1]).toBe(inputs.close);
  });

  it("compute a common subexpression once", () => {
    const { arrays } = compile((m) => ({ a: m.ema(m.close, 5), b: m.ema(m.close, 5) }));
    expect(arrays[0]).toBe(arrays[1]);
    const other = compile((m) => ({ a: m.ema(m.close, 5), b: m.ema(m.close, 6) }));
    expect(other.arrays[0]).not.toBe(other.arrays[1]);
  });

  it("give an expression the same handle in one market, and none to another market", () => {
    const m = createMarket(createGraph("one"));
    expect(m.sma(m.close, 3)).toBe(m.sma(m.close, 3));
    expect(m.add(m.open, m.close)).not.toBe(m.add(m.close, m.open));
    const foreign = createMarket(createGraph("two"));
    expect(() => m.sma(foreign.close, 3)).toThrow("not a column made by this m");
  });

  it.each<[string, (m: Market) => unknown, number]>([
    ["close", (m) => m.close, 0],
    ["sma", (m) => m.sma(m.close, 20), 19],
    ["lag of sma", (m) => m.lag(m.sma(m.close, 20), 5), 24],
    ["rsi, rising", (m) => m.rising(m.rsi(m.close, 14)), 15],
    ["atr", (m) => m.atr(10), 10],
    ["change of ema", (m) => m.change(m.ema(m.close, 4), 3), 6],
    ["difference", (m) => m.sub(m.sma(m.close, 3), m.highest(m.high, 9)), 8],
    ["level", (m) => m.gt(m.stdev(m.close, 7), 1), 6],
    ["constant", (m) => m.constant(3), 0],
    ["latch", (m) => m.latch({ enter: m.gt(m.close, 1), exit: m.rising(m.close) }), 1],
    ["longer than the data", (m) => m.sma(m.close, 500), 499],
  ])(
    "count the warm-up of %s from the expression, and no earlier row is known",
    (_, make, rows) => {
      const { warmup, arrays } = compile((m) => ({ x: make(m) }));
      expect(warmup).toBe(rows);
      arrays[0].forEach((value, t) => {
        expect(Number.isNaN(value)).toBe(t < rows);
      });
    },
  );

  it("take the longest warm-up of all", () => {
    expect(compile((m) => ({ a: m.sma(m.close, 3), b: m.lag(m.close, 9) })).warmup).toBe(9);
    expect(compile(() => ({}))).toEqual({ names: [], arrays: [], warmup: 0, requires: [] });
  });

  it("say which fields they need: those used, not those touched", () => {
    const used = (m: Market) => {
      m.sma(m.volume, 3);
      return { range: m.atr(3), o: m.raw.open };
    };
    expect(compile(used).requires).toEqual(["open", "high", "low"]);
    expect(compile((m) => ({ a: m.total_return, b: m.raw.close })).requires).toEqual([]);
  });

  it("refuse data without the field, naming strategy, column and field", () => {
    const fault = faultOf(() =>
      compile((m) => ({ c: m.close, gap: m.sub(m.open, m.close) }), closeOnly(wave(30))),
    );
    expect(fault.kind).toBe("data");
    expect(fault.message).toMatch(/strategy planted: column gap reads open, which the data/);
  });

  it.each<[string, (m: Market) => Record<string, unknown>, RegExp]>([
    ["negative lag", (m) => ({ x: m.lag(m.close, -1) }), /m\.lag is the number -1.*the future/],
    ["half a window", (m) => ({ x: m.sma(m.close, 2.5) }), /m\.sma is the number 2\.5/],
    ["unknown window", (m) => ({ x: m.ema(m.close, Number.NaN) }), /m\.ema is the number NaN/],
    ["missing window", (m) => ({ x: m.atr(undefined as never) }), /m\.atr is undefined/],
    ["one value's deviation", (m) => ({ x: m.stdev(m.close, 1) }), /from 2 on/],
    ["no bars", (m) => ({ x: latch(m, 0) }), /max_bars of m\.latch is the number 0/],
    ["an array", () => ({ x: [1, 2, 3] }), /column x is an array, not a column made by this m/],
    ["a typed array", () => ({ x: new Float64Array(3) }), /column x is an array/],
    ["a number", () => ({ x: 3 }), /column x is the number 3/],
    ["a lookalike", () => ({ x: Object.freeze({}) }), /column x is an object/],
    ["a method", (m) => ({ x: m.sma }), /column x is a function/],
    ["a misspelt field", (m) => ({ x: m["clsoe" as "close"] }), /column x is undefined/],
    [
      "a number as operand",
      (m) => ({ x: m.add(m.close, 1 as never) }),
      /second argument of m\.add/,
    ],
    ["a condition as number", (m) => ({ x: m.sma(m.rising(m.close) as never, 3) }), /of numbers/],
    ["a number as condition", (m) => ({ x: m.not(m.close as never) }), /needs a condition/],
    ["arithmetic", (m) => ({ x: (m.close as unknown as number) + 1 }), /a column is not a number/],
    ["an infinite level", (m) => ({ x: m.gt(m.close, Number.POSITIVE_INFINITY) }), /finite/],
    ["an infinite constant", (m) => ({ x: m.constant(Number.NaN) }), /finite/],
    ["a bad name", (m) => ({ "a b": m.close }), /"a b" cannot name a column/],
    ["no object", () => [] as never, /returned an array/],
    ["an unknown method", (m) => ({ x: (m as never as { wma: () => Column }).wma() }), /failed: /],
    ["no rule", (m) => ({ x: m.latch(null as never) }), /argument of m\.latch is null/],
  ])("refuse %s", (_, columns, message) => {
    const fault = faultOf(() => compile(columns));
    expect(fault.kind).toBe("strategy");
    expect(fault.message).toMatch(message);
    expect(fault.message).toContain("strategy planted");
  });

  it("cannot be opened: a handle is an empty frozen object, m is frozen", () => {
    const m = createMarket(createGraph("one"));
    expect(Object.keys(m.close)).toEqual([]);
    expect(Object.isFrozen(m.close) && Object.isFrozen(m) && Object.isFrozen(m.raw)).toBe(true);
  });

  it("share a deep graph instead of walking it twice per level", () => {
    const deep = (m: Market) => {
      let x = m.close;
      for (let i = 0; i < 2000; i++) x = m.add(x, x);
      return { x: m.sub(x, x) };
    };
    expect(compile(deep, closeOnly([0, 0])).arrays[0]).toEqual(Float64Array.of(0, 0));
  });
});

function latch(m: Market, max_bars: number): Column {
  return m.latch({ enter: m.rising(m.close), exit: m.falling(m.close), max_bars });
}

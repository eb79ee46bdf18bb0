import { describe, expect, it } from "vitest";
import { sma } from "../../../src/base/indicators/sma.ts";
import { knownSeries } from "../../../src/base/indicators/series.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { Column, Market } from "../../../src/domain/strategy.ts";
import {
  compileColumns,
  compilePanel,
  readsPanel,
} from "../../../src/research/strategies/columns.ts";
import { createGraph } from "../../../src/research/strategies/graph.ts";
import { createMarket } from "../../../src/research/strategies/market.ts";
import * as naive from "../indicators/naive.ts";
import { closeOnly, cutPanel, panelOf, strategyOf, wave, withBars, withCarry } from "./inputs.ts";

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
    ["adx", (m) => m.adx(10), 19],
    ["rank of sma", (m) => m.rank(m.sma(m.close, 20)), 19],
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
    expect(compile((m) => ({ a: m.adx(3) })).requires).toEqual(["high", "low"]);
    expect(compile((m) => ({ a: m.carry }), withCarry(wave(9))).requires).toEqual(["carry"]);
  });

  it("refuse data without the field, naming strategy, column and field", () => {
    const fault = faultOf(() =>
      compile((m) => ({ c: m.close, gap: m.sub(m.open, m.close) }), closeOnly(wave(30))),
    );
    expect(fault.kind).toBe("data");
    expect(fault.message).toMatch(/strategy planted: column gap reads open, which the data/);
  });

  it("refuse the carry of what has none, naming the instrument's data when it is known", () => {
    const strategy = strategyOf((m) => ({ roll: m.rank(m.carry) }));
    expect(faultOf(() => compileColumns(strategy, {}, inputs)).message).toMatch(
      /^strategy planted: column roll reads carry, which the data does not have; only a future/,
    );
    const [future] = panelOf(1, 60);
    const share = { inputs, timesMs: future.timesMs, place: "prices.csv SPY" };
    const fault = faultOf(() => compilePanel(strategy, {}, [future, share]));
    expect(fault.kind).toBe("data");
    expect(fault.message).toMatch(/^prices\.csv SPY: strategy planted: column roll reads carry/);
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
    ["a rank of a condition", (m) => ({ x: m.rank(m.rising(m.close) as never) }), /of numbers/],
    ["a rank of a number", (m) => ({ x: m.rank(1 as never) }), /argument of m\.rank is the number/],
    ["a future trend", (m) => ({ x: m.adx(-14) }), /argument of m\.adx is the number -14/],
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

describe("a panel", () => {
  /** Every third member rests every third day; the last starts late. */
  const panel = panelOf(4, 80, (m, day) => (m < 3 ? (day + m) % 3 > 0 || m === 0 : day > 50));
  const momentum = strategyOf((m) => ({
    close: m.close,
    place: m.rank(m.change(m.close, 5)),
    smooth: m.sma(m.rank(m.change(m.close, 5)), 4),
    carry: m.rank(m.carry),
  }));

  it("without a column that compares is each instrument by itself, in the order given", () => {
    const plain = strategyOf((m) => ({ slow: m.sma(m.close, 9), range: m.atr(4) }));
    expect(readsPanel(plain, {})).toBe(false);
    const alone = panel.map(({ inputs: own }) => compileColumns(plain, {}, own));
    expect(compilePanel(plain, {}, panel)).toEqual(alone);
  });

  it("ranks each session's values against each other, and goes on computing with ranks", () => {
    expect(readsPanel(momentum, {})).toBe(true);
    const columns = compilePanel(momentum, {}, panel);
    const changes = panel.map(({ inputs: { close } }) =>
      Array.from(close, (value, t) => (t < 5 ? Number.NaN : value / close[t - 5] - 1)),
    );
    const times = panel.map(({ timesMs }) => [...timesMs]);
    const ranks = naive.ranks(changes, times);
    columns.forEach(({ arrays, warmup }, m) => {
      expect([...arrays[1]]).toEqual(ranks[m]);
      const smooth = ranks[m].map((_, t) => naive.mean(ranks[m].slice(Math.max(0, t - 3), t + 1)));
      const known = smooth.map((value, t) => (t < 8 ? Number.NaN : value));
      expect(naive.worstGap(arrays[2], known)).toBeLessThan(1e-12);
      expect(warmup).toBe(8);
    });
    const seen = new Set(ranks.flat().filter((value) => !Number.isNaN(value)));
    expect(seen.size).toBeGreaterThan(4);
  });

  it("does not depend on the order of its members", () => {
    const turned = compilePanel(momentum, {}, [...panel].reverse()).toReversed();
    expect(turned).toEqual(compilePanel(momentum, {}, panel));
  });

  it("of one member is that instrument alone: 0 in every rank", () => {
    const [only] = compilePanel(momentum, {}, [panel[0]]);
    expect(only).toEqual(compileColumns(momentum, {}, panel[0].inputs));
    expect([...only.arrays[1].subarray(5)]).toEqual(new Array(75).fill(0));
  });

  it("has no future: cut at any day, or changed after it, all that was known stays", () => {
    const whole = compilePanel(momentum, {}, panel);
    for (let day = 0; day < 80; day++) {
      const atMs = day * 86_400_000;
      for (const lastMs of [atMs, Infinity]) {
        const shown = compilePanel(
          momentum,
          {},
          cutPanel(panel, { lastMs, unchangedUntilMs: atMs }),
        );
        shown.forEach(({ arrays }, m) => {
          const rows = panel[m].timesMs.filter((time) => time <= atMs).length;
          arrays.forEach((column, i) => {
            expect(column.subarray(0, rows)).toEqual(whole[m].arrays[i].subarray(0, rows));
          });
        });
      }
    }
  });

  it("changes when another member's past does: it is the comparison that is tested", () => {
    const moved = cutPanel(panel, { lastMs: Infinity, unchangedUntilMs: 40 * 86_400_000 });
    const [whole] = compilePanel(momentum, {}, panel);
    const [other] = compilePanel(momentum, {}, [panel[0], ...moved.slice(1)]);
    expect(other.arrays[0]).toEqual(whole.arrays[0]);
    expect(other.arrays[1]).not.toEqual(whole.arrays[1]);
  });
});

function latch(m: Market, max_bars: number): Column {
  return m.latch({ enter: m.rising(m.close), exit: m.falling(m.close), max_bars });
}

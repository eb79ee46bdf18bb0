/**
 * The `m` a strategy's `columns` is called with: every method adds a node to the graph and returns
 * its handle. Refuses (Fault "strategy"): a negative or fractional lag or window, and operands that
 * are not columns of this `m`.
 */
import { adx } from "../../base/indicators/adx.ts";
import * as arithmetic from "../../base/indicators/arithmetic.ts";
import { atr } from "../../base/indicators/atr.ts";
import * as comparison from "../../base/indicators/comparison.ts";
import { ema } from "../../base/indicators/ema.ts";
import { highest, lowest } from "../../base/indicators/extremes.ts";
import { latch } from "../../base/indicators/latch.ts";
import * as logic from "../../base/indicators/logic.ts";
import { rank } from "../../base/indicators/rank.ts";
import { rsi } from "../../base/indicators/rsi.ts";
import { knownSeries, type Series } from "../../base/indicators/series.ts";
import { change, lag } from "../../base/indicators/shift.ts";
import { sma } from "../../base/indicators/sma.ts";
import { stdev } from "../../base/indicators/stdev.ts";
import type { ColumnInputs } from "../../domain/column-inputs.ts";
import { Fault } from "../../domain/fault.ts";
import type { Column, Condition, Market } from "../../domain/strategy.ts";
import { describe, type Graph, type NodeKind, type RequiredField } from "./graph.ts";

type Unary = (x: Series) => Series;
type Binary = (a: Series, b: Series) => Series;
type Rolling = (x: Series, length: number) => Series;
type Level = (a: Series, b: Series | number) => Series;

export function createMarket(graph: Graph): Market {
  const close = leaf(graph, "close", (inputs) => inputs.close);
  const high = leaf(graph, "high", (inputs) => inputs.high, "high");
  const low = leaf(graph, "low", (inputs) => inputs.low, "low");
  return Object.freeze({
    open: leaf(graph, "open", (inputs) => inputs.open, "open"),
    high,
    low,
    close,
    volume: leaf(graph, "volume", (inputs) => inputs.volume, "volume"),
    total_return: leaf(graph, "total_return", (inputs) => inputs.totalReturn),
    carry: leaf(graph, "carry", (inputs) => inputs.carry, "carry"),
    raw: Object.freeze({
      open: leaf(graph, "raw.open", (inputs) => inputs.rawOpen, "open"),
      high: leaf(graph, "raw.high", (inputs) => inputs.rawHigh, "high"),
      low: leaf(graph, "raw.low", (inputs) => inputs.rawLow, "low"),
      close: leaf(graph, "raw.close", (inputs) => inputs.rawClose),
    }),
    constant: (value: number) => constant(graph, value),
    sma: rolling(graph, "sma", sma, 1),
    ema: rolling(graph, "ema", ema, 1, true),
    stdev: rolling(graph, "stdev", stdev, 2),
    highest: rolling(graph, "highest", highest, 1),
    lowest: rolling(graph, "lowest", lowest, 1),
    rsi: rolling(graph, "rsi", rsi, 1, true),
    atr: (window: number) => averageTrueRange(graph, [high, low, close], window),
    adx: (window: number) => directionalIndex(graph, [high, low], window),
    lag: rolling(graph, "lag", lag, 0),
    change: rolling(graph, "change", change, 1),
    rank: (x: Column) => ranked(graph, x),
    add: binary(graph, "add", "number", arithmetic.add),
    sub: binary(graph, "sub", "number", arithmetic.sub),
    mul: binary(graph, "mul", "number", arithmetic.mul),
    div: binary(graph, "div", "number", arithmetic.div),
    gt: level(graph, "gt", comparison.gt),
    lt: level(graph, "lt", comparison.lt),
    rising: unary(graph, "rising", "number", comparison.rising),
    falling: unary(graph, "falling", "number", comparison.falling),
    and: binary(graph, "and", "condition", logic.and),
    or: binary(graph, "or", "condition", logic.or),
    not: unary(graph, "not", "condition", logic.not),
    latch: (rule: Parameters<Market["latch"]>[0]) => latched(graph, rule),
  });
}

function leaf(
  graph: Graph,
  name: string,
  read: (inputs: ColumnInputs) => Float64Array | null,
  field: RequiredField | null = null,
): Column {
  return graph.make({
    name,
    kind: "number",
    field,
    compute: (_, inputs) => {
      const values = read(inputs);
      return values === null ? null : knownSeries(values);
    },
  });
}

function constant(graph: Graph, value: number): Column {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    refuse(graph, "m.constant(value)", "a finite number", value);
  }
  return graph.make({
    name: "constant",
    kind: "number",
    settings: [value],
    compute: (_, inputs) => knownSeries(new Float64Array(inputs.rows).fill(value)),
  });
}

function rolling(graph: Graph, name: string, kernel: Rolling, least: number, recursive = false) {
  return (x: Column, length: number): Column => {
    const read = graph.numberOf(x, "number", `the first argument of m.${name}`);
    whole(graph, `the second argument of m.${name}`, length, least);
    return graph.make({
      name,
      kind: "number",
      reads: [read],
      settings: [length],
      recursive,
      compute: ([a]) => kernel(a, length),
    });
  };
}

function averageTrueRange(graph: Graph, bars: readonly Column[], window: number): Column {
  whole(graph, "the argument of m.atr", window, 1);
  return graph.make({
    name: "atr",
    kind: "number",
    recursive: true,
    reads: bars.map((bar) => graph.numberOf(bar, "number", "m.atr")),
    settings: [window],
    compute: ([high, low, close]) => atr({ high, low, close }, window),
  });
}

function directionalIndex(graph: Graph, bars: readonly Column[], window: number): Column {
  whole(graph, "the argument of m.adx", window, 1);
  return graph.make({
    name: "adx",
    kind: "number",
    recursive: true,
    reads: bars.map((bar) => graph.numberOf(bar, "number", "m.adx")),
    settings: [window],
    compute: ([high, low]) => adx({ high, low }, window),
  });
}

function ranked(graph: Graph, x: Column): Column {
  return graph.make({
    name: "rank",
    kind: "number",
    reads: [graph.numberOf(x, "number", "the argument of m.rank")],
    across: ([members], timesMs) => rank(members, timesMs),
  });
}

/** Numbers in give numbers, conditions in give conditions. */
function binary(graph: Graph, name: string, kind: NodeKind, kernel: Binary) {
  return (a: unknown, b: unknown): Column & Condition =>
    graph.make({
      name,
      kind,
      reads: [
        graph.numberOf(a, kind, `the first argument of m.${name}`),
        graph.numberOf(b, kind, `the second argument of m.${name}`),
      ],
      compute: ([x, y]) => kernel(x, y),
    });
}

/** One operand, always a condition as result. */
function unary(graph: Graph, name: string, operand: NodeKind, kernel: Unary) {
  return (x: unknown): Condition =>
    graph.make({
      name,
      kind: "condition",
      reads: [graph.numberOf(x, operand, `the argument of m.${name}`)],
      compute: ([a]) => kernel(a),
    });
}

function level(graph: Graph, name: string, kernel: Level) {
  return (a: Column, b: Column | number): Condition => {
    const left = graph.numberOf(a, "number", `the first argument of m.${name}`);
    if (typeof b === "number") {
      if (!Number.isFinite(b)) refuse(graph, `the second argument of m.${name}`, "finite", b);
      return graph.make({
        name,
        kind: "condition",
        reads: [left],
        settings: [b],
        compute: ([x]) => kernel(x, b),
      });
    }
    return graph.make({
      name,
      kind: "condition",
      reads: [left, graph.numberOf(b, "number", `the second argument of m.${name}`)],
      compute: ([x, y]) => kernel(x, y),
    });
  };
}

function latched(graph: Graph, rule: Parameters<Market["latch"]>[0]): Column {
  if (typeof rule !== "object" || rule === null) {
    refuse(graph, "the argument of m.latch", "{ enter, exit, max_bars }", rule);
  }
  const maxBars = rule.max_bars ?? null;
  if (maxBars !== null) whole(graph, "max_bars of m.latch", maxBars, 1);
  return graph.make({
    name: "latch",
    kind: "number",
    recursive: true,
    reads: [
      graph.numberOf(rule.enter, "condition", "enter of m.latch"),
      graph.numberOf(rule.exit, "condition", "exit of m.latch"),
    ],
    settings: maxBars === null ? [] : [maxBars],
    compute: ([enter, exit]) => latch({ enter, exit, maxBars }),
  });
}

function whole(graph: Graph, where: string, value: number, least: number): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return;
  const future =
    typeof value === "number" && value < 0 ? "; a negative one would read the future" : "";
  refuse(graph, where, `a whole number from ${least} on${future}`, value);
}

function refuse(graph: Graph, where: string, expected: string, observed: unknown): never {
  throw new Fault(
    "strategy",
    `strategy ${graph.owner}: ${where} is ${describe(observed)}, expected ${expected}`,
  );
}

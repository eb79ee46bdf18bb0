/**
 * Columns kept from one set of parameters to the next, against columns made anew for each: the same
 * bits, less work, bounded memory; and a cache that takes one node for another is found out.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column, Market, Strategy } from "../../../src/domain/strategy.ts";
import {
  type CacheOptions,
  createColumnCache,
} from "../../../src/research/strategies/column-cache.ts";
import {
  compilePanel,
  type PanelMember,
  type Params,
} from "../../../src/research/strategies/columns.ts";
import { createGraph, type Graph } from "../../../src/research/strategies/graph.ts";
import { closeOnly, strategyOf, wave, withBars } from "./inputs.ts";

const ROWS = 60;
const member = (seed: number): PanelMember => ({
  inputs: withBars(wave(ROWS).map((value, t) => value + ((t * seed) % 7))),
  timesMs: Float64Array.from({ length: ROWS }, (_, t) => t),
});

function withParams(columns: (m: Market, p: Params) => Record<string, Column>): Strategy {
  return { ...strategyOf(() => ({})), columns };
}

/** Every kind of node by turns: leaves, settings, several reads, recursion. */
const mixed = withParams((m, p) => {
  const kinds: readonly (() => Column)[] = [
    () => m.sma(m.close, p["a"]),
    () => m.sub(m.sma(m.close, p["a"]), m.sma(m.open, p["b"])),
    () => m.lag(m.ema(m.high, p["a"]), p["b"]),
    () => m.highest(m.ema(m.high, p["a"]), p["b"]),
    () => m.mul(m.constant(p["b"]), m.atr(p["a"])),
    () => m.latch({ enter: m.gt(m.close, p["a"] + 90), exit: m.falling(m.sma(m.close, p["b"])) }),
  ];
  return { one: kinds[p["kind"] % kinds.length](), two: m.sma(m.close, p["b"]) };
});

const ranking = withParams((m, p) => ({
  rank: m.rank(m.sma(m.close, p["a"])),
  own: m.sma(m.close, p["b"]),
}));

const setOf = fc.record({
  a: fc.integer({ min: 1, max: 9 }),
  b: fc.integer({ min: 1, max: 9 }),
  kind: fc.nat(5),
});

type Case = { readonly strategy: Strategy; readonly members: readonly PanelMember[] };

/** The first set of which the cache says something else than columns made anew; -1 for none. */
function firstDifference(
  { strategy, members }: Case,
  sets: readonly Params[],
  options: CacheOptions,
) {
  const cache = createColumnCache(strategy, members, options);
  return sets.findIndex((params) => {
    const kept = cache.compile(params);
    return compilePanel(strategy, params, members).some(
      ({ names, arrays, warmup }, m) =>
        kept[m].warmup !== warmup ||
        kept[m].names.join() !== names.join() ||
        arrays.some((array, n) =>
          array.some((value, t) => !Object.is(value, kept[m].arrays[n][t])),
        ),
    );
  });
}

describe("the column cache", () => {
  it.each<[string, Case]>([
    ["one instrument", { strategy: mixed, members: [member(1)] }],
    [
      "instruments that are ranked",
      { strategy: ranking, members: [member(1), member(2), member(3)] },
    ],
  ])("gives what columns made anew give, bit for bit, however small it is: %s", (_, one) => {
    const limits = fc.constantFrom(0, ROWS * 8 * 3, 2 ** 20);
    fc.assert(
      fc.property(fc.array(setOf, { maxLength: 12 }), limits, (sets, limitBytes) => {
        expect(firstDifference(one, sets, { limitBytes })).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  it("computes a node once for all sets that name it", () => {
    const cache = createColumnCache(mixed, [member(1)]);
    const [first] = cache.compile({ a: 5, b: 20, kind: 0 });
    const bytes = cache.bytes();
    const [second] = cache.compile({ a: 20, b: 5, kind: 0 });
    expect(second.arrays[0]).toBe(first.arrays[1]);
    expect(second.arrays[1]).toBe(first.arrays[0]);
    expect(cache.bytes()).toBe(bytes);
    cache.compile({ a: 6, b: 5, kind: 0 });
    expect(cache.bytes()).toBe(bytes + ROWS * 8);
  });

  it("refuses a field that one instrument lacks in the same words however often it is asked", () => {
    const { timesMs } = member(2);
    const closes = { inputs: closeOnly(wave(ROWS)), timesMs, place: "prices.csv B" };
    const strategy = withParams((m, p) => ({ one: p["a"] === 1 ? m.close : m.sma(m.high, 3) }));
    const cache = createColumnCache(strategy, [member(1), closes]);
    cache.compile({ a: 1 });
    const refusal = /^prices.csv B: strategy .*column one reads high/;
    for (let n = 0; n < 2; n++) expect(() => cache.compile({ a: 2 })).toThrow(refusal);
    expect(cache.compile({ a: 1 })).toHaveLength(2);
  });

  it("is emptied when it is over its limit, and holds no more than that and one set", () => {
    const limitBytes = ROWS * 8 * 6;
    const cache = createColumnCache(mixed, [member(1)], { limitBytes });
    const held: number[] = [];
    for (let b = 1; b <= 30; b++) {
      cache.compile({ a: b, b: b + 1, kind: 0 });
      held.push(cache.bytes());
    }
    expect(Math.max(...held)).toBeLessThanOrEqual(limitBytes + ROWS * 8 * 3);
    expect(held.some((bytes, n) => n > 0 && bytes < held[n - 1])).toBe(true);
  });

  it.each<[string, (graph: Graph) => Graph["make"]]>([
    [
      "without its settings",
      ({ make }) =>
        (spec) =>
          make({ ...spec, settings: [] }),
    ],
    [
      "without its name",
      ({ make }) =>
        (spec) =>
          make({ ...spec, name: spec.reads ? "node" : spec.name }),
    ],
  ])("is found out when it names a node %s", (_, wrong) => {
    const graphOf = (owner: string) => {
      const graph = createGraph(owner);
      return { ...graph, make: wrong(graph) };
    };
    const sets = [
      { a: 3, b: 5, kind: 0 },
      { a: 4, b: 5, kind: 2 },
      { a: 4, b: 5, kind: 3 },
    ];
    const one = { strategy: mixed, members: [member(1)] };
    expect(firstDifference(one, sets, {})).toBe(-1);
    expect(firstDifference(one, sets, { graphOf })).toBeGreaterThanOrEqual(0);
  });
});

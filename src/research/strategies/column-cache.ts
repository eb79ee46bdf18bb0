/**
 * Columns of one strategy for one set of parameters after another on the same series: what two sets
 * have in common is computed once. The graph stays from one set to the next, and it names a node by
 * what it computes (operation, settings, reads), so a node's number is the cache's key and sma(20)
 * can never be taken for sma(50). Enters: the series of the instruments; leaves: the same columns as
 * compilePanel gives, bit for bit. Memory is bounded: when the arrays kept exceed the limit the
 * cache is emptied before the next set and begins again. The oldest are not picked out one by one,
 * because a sweep comes round to its windows in turn and would always find the one it needs gone.
 */
import type { Strategy } from "../../domain/strategy.ts";
import {
  type Columns,
  computeAll,
  outputsOf,
  type PanelMember,
  type Params,
  planOn,
  type Work,
} from "./columns.ts";
import { createGraph, foundations, type Graph } from "./graph.ts";
import { createMarket } from "./market.ts";

export type CachedColumns = Omit<Columns, "requires"> & {
  /** Last row on which any of them is not known; -1: each is known on every row. */
  readonly lastUnknown: number;
};

export type ColumnCache = {
  /** In the order of the members. The arrays are shared: nobody may write to them. */
  readonly compile: (params: Params) => readonly CachedColumns[];
  /** Bytes of the arrays that are kept now, those of the set compiled last among them. */
  readonly bytes: () => number;
};

/** 64 MB: some four thousand columns of two thousand rows, or eight of a million. */
export const CACHE_BYTES = 64 * 2 ** 20;

export type CacheOptions = {
  readonly limitBytes?: number;
  /** What makes the graph; tests plant one that names its nodes wrongly. */
  readonly graphOf?: (owner: string) => Graph;
};

type Kept = Work & {
  /** By node, found when it is first asked for. */
  readonly lastUnknown: Map<number, number>;
};

export function createColumnCache(
  strategy: Strategy,
  members: readonly PanelMember[],
  { limitBytes = CACHE_BYTES, graphOf = createGraph }: CacheOptions = {},
): ColumnCache {
  const begin = () => {
    const graph = graphOf(strategy.name);
    const works = members.map(
      (member): Kept => ({ member, results: new Map(), lastUnknown: new Map() }),
    );
    return { graph, market: createMarket(graph), works };
  };
  let kept = begin();
  let bytes = 0;
  const compile = (params: Params): readonly CachedColumns[] => {
    if (bytes > limitBytes) {
      kept = begin();
      bytes = 0;
    }
    const { graph, market, works } = kept;
    const plan = planOn(graph, market, { strategy, params });
    const { results: known } = works[0];
    for (const root of plan.roots) {
      if (known.has(root)) continue;
      for (const number of foundations(graph.nodes, [root])) {
        if (known.has(number)) continue;
        computeWhole(strategy, plan, number, works);
        for (const { results } of works) bytes += results.get(number)?.values.byteLength ?? 0;
      }
    }
    return works.map((work) => ({
      ...outputsOf(plan, work.results),
      lastUnknown: lastUnknownOf(plan.roots, work),
    }));
  };
  return { compile, bytes: () => bytes };
}

/** For every member or, where one has no data for it, for none: who asks again hears the same. */
function computeWhole(...of: Parameters<typeof computeAll>): void {
  const [, , number, works] = of;
  try {
    computeAll(...of);
  } catch (cause) {
    for (const { results } of works) results.delete(number);
    throw cause;
  }
}

function lastUnknownOf(roots: readonly number[], { results, lastUnknown }: Kept): number {
  let last = -1;
  for (const root of roots) {
    let own = lastUnknown.get(root);
    if (own === undefined) {
      own = results.get(root)?.values.findLastIndex((value) => !Number.isFinite(value)) ?? -1;
      lastUnknown.set(root, own);
    }
    last = Math.max(last, own);
  }
  return last;
}

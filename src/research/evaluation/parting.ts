/**
 * Where the paths of two runs part. Enters: the same series of both runs as panels (one row per
 * date and key, ascending by date); leaves: for each series the first date on which any value
 * differs, with both values, earliest first. Values are compared exactly: a run repeats bit for
 * bit, so the smallest difference has a cause. On one date the order is the one in which things
 * happen there, which is the order of the panels and of their columns.
 */
import { invariant } from "../../base/assert.ts";
import { dayNumber, formatInstant } from "../../base/instant.ts";

export type Cell = string | number | boolean | null;

export type Panel = {
  /** Ascending; several rows may share a date. */
  readonly datesMs: Float64Array;
  /** Unique within a date: "trend on SPY"; "" for a series with one row per date. */
  readonly keys: readonly string[];
  /** In the order of the river; a missing value is null or NaN. */
  readonly columns: readonly {
    /** "weights.after_policy": the file and its column. */
    readonly series: string;
    readonly values: Float64Array | readonly Cell[];
  }[];
};

export type Parting = {
  readonly series: string;
  readonly date: string;
  readonly key: string;
  readonly a: Cell;
  readonly b: Cell;
  /** The side that has no such row at all. */
  readonly absent: "a" | "b" | null;
};

export type PanelPair = { readonly a: Panel; readonly b: Panel };

/** Days, both included. */
export type Span = { readonly fromMs: number; readonly toMs: number };

/** One per series that differs somewhere in the span, earliest first. */
export function partings(pairs: readonly PanelPair[], span: Span): readonly Parting[] {
  const found = pairs.flatMap((pair) => partingsOf(pair, span));
  // Stable: on one date the order of the pairs stays.
  return found.sort((a, b) => a.atMs - b.atMs).map(({ parting }) => parting);
}

type Found = { readonly atMs: number; readonly parting: Parting };

function partingsOf({ a, b }: PanelPair, span: Span): Found[] {
  const names = (panel: Panel) => panel.columns.map((column) => column.series).join(" ");
  invariant(names(a) === names(b), 21, () => `series ${names(a)} are compared with ${names(b)}`);
  const found: (Found | null)[] = a.columns.map(() => null);
  let open = found.length;
  let i = firstIn(a, span);
  let j = firstIn(b, span);
  while (open > 0) {
    const atMs = Math.min(timeAt(a, i, span), timeAt(b, j, span));
    if (atMs === Number.POSITIVE_INFINITY) break;
    const [endA, endB] = [endOf(a, i, atMs), endOf(b, j, atMs)];
    for (const [rowA, rowB] of matched(a, b, { i, endA, j, endB })) {
      for (let c = 0; c < found.length; c++) {
        if (found[c] !== null) continue;
        const [left, right] = [cellAt(a, c, rowA), cellAt(b, c, rowB)];
        if (left === right) continue;
        const series = a.columns[c].series;
        const key = rowA === null ? b.keys[rowB as number] : a.keys[rowA];
        const absent = rowA === null ? "a" : rowB === null ? "b" : null;
        const parting = {
          series,
          date: formatInstant(atMs),
          key,
          a: left,
          b: right,
          absent,
        } as const;
        found[c] = { atMs, parting };
        open -= 1;
      }
    }
    i = endA;
    j = endB;
  }
  return found.filter((each) => each !== null);
}

function firstIn({ datesMs }: Panel, { fromMs }: Span): number {
  let row = 0;
  while (row < datesMs.length && dayNumber(datesMs[row]) < dayNumber(fromMs)) row += 1;
  return row;
}

function timeAt({ datesMs }: Panel, row: number, { toMs }: Span): number {
  const isInside = row < datesMs.length && dayNumber(datesMs[row]) <= dayNumber(toMs);
  return isInside ? datesMs[row] : Number.POSITIVE_INFINITY;
}

function endOf({ datesMs }: Panel, row: number, atMs: number): number {
  let end = row;
  while (end < datesMs.length && datesMs[end] === atMs) end += 1;
  return end;
}

type Rows = {
  readonly i: number;
  readonly endA: number;
  readonly j: number;
  readonly endB: number;
};

/** Rows of one date with the same key; null where a side has none. */
function* matched(
  a: Panel,
  b: Panel,
  { i, endA, j, endB }: Rows,
): Generator<readonly [number | null, number | null]> {
  const others = new Map<string, number>();
  for (let row = j; row < endB; row++) others.set(b.keys[row], row);
  for (let row = i; row < endA; row++) {
    const other = others.get(a.keys[row]);
    others.delete(a.keys[row]);
    yield [row, other ?? null];
  }
  for (const row of others.values()) yield [null, row];
}

function cellAt(panel: Panel, column: number, row: number | null): Cell {
  if (row === null) return null;
  const value = panel.columns[column].values[row];
  return typeof value === "number" && Number.isNaN(value) ? null : value;
}

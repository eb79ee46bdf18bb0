/**
 * Where the paths of two runs part. Enters: the same series of both runs, day by day, as the texts
 * their artifacts hold; leaves: for each series the first date on which any value differs, with
 * both values, earliest first. A number has one spelling in an artifact, so texts are equal where
 * values are; they are compared exactly, because a run repeats bit for bit and the smallest
 * difference has a cause. On one date the order is that of the series given.
 */
import { invariant } from "../../base/assert.ts";

/** Null: an empty field. */
export type Cell = string | null;

export type Day = {
  /** YYYY-MM-DD, with a time behind it where a day has several sessions. */
  readonly date: string;
  /** "trend on SPY" -> one cell per column; "" where there is one row per date. */
  readonly rows: ReadonlyMap<string, readonly Cell[]>;
};

export type Series = {
  /** "weights.after_policy": the file and its column. */
  readonly columns: readonly string[];
  /** Ascending by date. */
  readonly days: Iterable<Day>;
};

export type SeriesPair = { readonly a: Series; readonly b: Series };

export type Parting = {
  readonly series: string;
  readonly date: string;
  readonly key: string;
  readonly a: Cell;
  readonly b: Cell;
  /** The side that has no such row at all. */
  readonly absent: "a" | "b" | null;
};

/** Dates YYYY-MM-DD, both included. */
export type Span = { readonly from: string; readonly to: string };

/** One per column that differs somewhere in the span, earliest first. */
export function partings(pairs: readonly SeriesPair[], span: Span): readonly Parting[] {
  const found = pairs.flatMap((pair) => partingsOf(pair, span));
  // Stable: on one date the order of the series stays.
  return found.sort((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1));
}

function partingsOf({ a, b }: SeriesPair, span: Span): Parting[] {
  const { columns } = a;
  const same = columns.join() === b.columns.join();
  invariant(same, 21, () => `columns ${columns.join()} are compared with ${b.columns.join()}`);
  const found = columns.map((): Parting | null => null);
  for (const { date, left, right } of bothDays(a.days, b.days, span)) {
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      const [rowA, rowB] = [left.get(key), right.get(key)];
      const absent = rowA === undefined ? "a" : rowB === undefined ? "b" : null;
      for (let c = 0; c < columns.length; c++) {
        const [cellA, cellB] = [rowA?.[c] ?? null, rowB?.[c] ?? null];
        if (found[c] !== null || cellA === cellB) continue;
        found[c] = { series: columns[c], date, key, a: cellA, b: cellB, absent };
      }
    }
    if (found.every((each) => each !== null)) break;
  }
  return found.filter((each) => each !== null);
}

type BothDays = { readonly date: string; readonly left: Day["rows"]; readonly right: Day["rows"] };

const NONE: Day["rows"] = new Map();

/** Every date of the span that a side has, ascending, with the rows of both. */
function* bothDays(a: Iterable<Day>, b: Iterable<Day>, span: Span): Generator<BothDays> {
  const [daysA, daysB] = [within(a, span), within(b, span)];
  // Undefined behind the last day.
  let left: Day | undefined = daysA.next().value;
  let right: Day | undefined = daysB.next().value;
  while (left !== undefined || right !== undefined) {
    const [atA, atB] = [left?.date ?? NEVER, right?.date ?? NEVER];
    const date = atA < atB ? atA : atB;
    yield {
      date,
      left: atA === date ? (left?.rows ?? NONE) : NONE,
      right: atB === date ? (right?.rows ?? NONE) : NONE,
    };
    if (atA === date) left = daysA.next().value;
    if (atB === date) right = daysB.next().value;
  }
}

/** Behind every date. */
const NEVER = "~";

function* within(days: Iterable<Day>, { from, to }: Span): Generator<Day, undefined> {
  for (const day of days) {
    const date = day.date.slice(0, 10);
    if (date > to) return;
    if (date >= from) yield day;
  }
}

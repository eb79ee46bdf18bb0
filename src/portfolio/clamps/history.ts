/**
 * The complete daily rows as clusters and tail read them: the newest `days` of them, one column
 * per held instrument in the order of ids, and the held instruments nobody can measure, each with
 * its reason: no rows, too few, no column, a gap, or a price that does not move.
 */
import { invariant } from "../../base/assert.ts";
import type { Evidence } from "../../domain/evidence.ts";
import type { Book } from "./book.ts";

export type Returns = Evidence<{ readonly values: Float64Array; readonly rows: number }>;

export type History = {
  readonly rows: number;
  /** Position in the book of each measured column, ascending. */
  readonly columns: readonly number[];
  /** Column after column, oldest row first. */
  readonly values: Float64Array;
  readonly unmeasured: readonly { readonly position: number; readonly reason: string }[];
};

type Window = { readonly days: number; readonly min_observations: number };

/** Spread of this part of the largest value is the rounding of a constant, not a movement. */
const ROUNDING = 1e-12;

/** `positions`: where each column of the returns stands in the book. */
export function historyOf(
  book: Book,
  returns: Returns,
  positions: readonly number[],
  window: Window,
): History {
  const held: number[] = [];
  for (let i = 0; i < book.ids.length; i++) {
    if (book.reference[i] !== 0) held.push(i);
  }
  const missing = reasonFor(returns, window);
  if (!returns.known || missing !== null) {
    const reason = missing ?? "";
    return {
      rows: 0,
      columns: [],
      values: new Float64Array(0),
      unmeasured: held.map((position) => ({ position, reason })),
    };
  }
  return measured(held, returns.value, positions, window);
}

function reasonFor(returns: Returns, { min_observations }: Window): string | null {
  if (!returns.known) return returns.reason;
  const { rows } = returns.value;
  if (rows >= min_observations) return null;
  return `${rows} complete daily returns, ${min_observations} are needed`;
}

function measured(
  held: readonly number[],
  { values, rows: all }: { readonly values: Float64Array; readonly rows: number },
  positions: readonly number[],
  window: Window,
): History {
  const width = positions.length;
  invariant(values.length >= all * width, 21, () => {
    return `${all} rows of ${width} columns do not fit into ${values.length} numbers`;
  });
  const rows = Math.min(all, window.days);
  const columnOf = new Map(positions.map((position, column) => [position, column]));
  const columns: number[] = [];
  const unmeasured: { position: number; reason: string }[] = [];
  const kept = new Float64Array(held.length * rows);
  for (const position of held) {
    const column = columnOf.get(position);
    if (column === undefined) {
      unmeasured.push({ position, reason: "no daily returns in common with the others" });
      continue;
    }
    const into = kept.subarray(columns.length * rows, (columns.length + 1) * rows);
    for (let t = 0; t < rows; t++) into[t] = values[(all - rows + t) * width + column];
    if (moves(into)) columns.push(position);
    else unmeasured.push({ position, reason: "its returns do not move, or are not all numbers" });
  }
  return { rows, columns, values: kept.subarray(0, columns.length * rows), unmeasured };
}

/** False too where a value is not a finite number: NaN and Infinity win no comparison below. */
function moves(values: Float64Array): boolean {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low > ROUNDING * Math.max(Math.abs(low), Math.abs(high));
}

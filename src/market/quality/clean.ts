/**
 * Gathered rows of one instrument -> strictly ascending unique rows that the definitions admit.
 * Files that run backwards are sorted and noted. Of two bars at one time the first in the file
 * stays; the other is a reported, rejected row.
 */
import { formatInstant } from "../../base/instant.ts";
import type { GatheredRows } from "../sources/gather.ts";
import { type FindingBook, type FindingKind, reject, report } from "./findings.ts";

export type CleanRows = {
  /** Row numbers into the gathered lists, ascending by time. */
  readonly order: readonly number[];
  readonly where: (row: number) => string;
};

export function cleanRows(
  rows: GatheredRows,
  options: {
    readonly book: FindingBook;
    readonly files: readonly string[];
    readonly allowNonpositive: boolean;
  },
): CleanRows {
  const { book, files } = options;
  const where = (row: number) => `${files[rows.fileOf[row]]}:${rows.lineOf[row]}`;
  const drop = (kind: FindingKind, row: number, value: string) =>
    reject(book, kind, rows.id, () => ({
      where: where(row),
      value: `${formatInstant(rows.times[row])} ${value}`.trim(),
    }));
  const [high, low, close] = (["high", "low", "close"] as const).map(
    (field) => rows.values[rows.fields.indexOf(field)] ?? null,
  );
  const order: number[] = [];
  let previousMs = Number.NaN;
  for (const row of ascending(rows, { book, where })) {
    if (rows.times[row] === previousMs) {
      drop("duplicate", row, "");
      continue;
    }
    previousMs = rows.times[row];
    if (high !== null && low !== null && high[row] < low[row]) {
      drop("high_below_low", row, `high ${high[row]} low ${low[row]}`);
    } else if (close !== null && close[row] <= 0 && !options.allowNonpositive) {
      drop("close_not_positive", row, `close ${close[row]}`);
    } else order.push(row);
  }
  return { order, where };
}

function ascending(
  rows: GatheredRows,
  { book, where }: { readonly book: FindingBook; readonly where: (row: number) => string },
): readonly number[] {
  const { times } = rows;
  const order = times.map((_, i) => i);
  let falls = 0;
  let firstFall = -1;
  for (let i = 1; i < times.length; i++) {
    if (times[i] >= times[i - 1]) continue;
    if (falls === 0) firstFall = i;
    falls++;
  }
  if (falls === 0) return order;
  report(book, falls === times.length - 1 ? "descending" : "unordered", rows.id, () => ({
    where: where(firstFall),
    value: `${formatInstant(times[firstFall])} after ${formatInstant(times[firstFall - 1])}`,
  }));
  return order.sort((a, b) => times[a] - times[b] || a - b);
}

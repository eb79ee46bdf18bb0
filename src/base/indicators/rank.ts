/**
 * Cross-sectional rank. In: one series per member and the times of its rows, ascending. Out: for
 * each member and row, where its value stands among the members that have a row at that time and a
 * finite value in it: -1 the lowest, 1 the highest, even steps between, ties their mean; 0 where it
 * stands alone. NaN where its own value is not known. A rank depends on that time's values alone.
 */
import { blank, type Series } from "./series.ts";

export function rank(
  members: readonly Series[],
  timesMs: readonly Float64Array[],
): readonly Series[] {
  if (members.length === 1) return [alone(members[0])];
  const outs = members.map(({ values }) => blank(values.length, values.length));
  const count = members.length;
  const rows = new Int32Array(count);
  const standing = new Float64Array(count);
  // Kept from one time to the next: ranks move slowly, so that sorting costs little more than a look.
  const order = Int32Array.from(outs, (_, member) => member);
  for (let now = earliest(timesMs, rows); now !== Infinity; now = earliest(timesMs, rows)) {
    let known = 0;
    for (let m = 0; m < count; m++) {
      // Infinity sorts what is unknown behind everything that is ranked.
      standing[m] = Infinity;
      const row = rows[m];
      if (row === timesMs[m].length || timesMs[m][row] !== now) continue;
      const value = members[m].values[row];
      rows[m]++;
      if (!Number.isFinite(value)) continue;
      standing[m] = value;
      known++;
    }
    sort(order, standing);
    for (let start = 0; start < known; ) {
      let end = start + 1;
      while (end < known && standing[order[end]] === standing[order[start]]) end++;
      // `start` values are lower, `end` are not higher: twice the mean rank, moved to -1..1.
      const place = known === 1 ? 0 : (start + end - known) / (known - 1);
      for (let k = start; k < end; k++) outs[order[k]][rows[order[k]] - 1] = place;
      start = end;
    }
  }
  return members.map(({ warmup }, m) => ({ values: outs[m], warmup }));
}

function alone({ values, warmup }: Series): Series {
  return { values: values.map((value) => (Number.isFinite(value) ? 0 : Number.NaN)), warmup };
}

/** The next time at which any member has a row; Infinity after the last. */
function earliest(timesMs: readonly Float64Array[], rows: Int32Array): number {
  let first = Infinity;
  for (let m = 0; m < rows.length; m++) {
    if (rows[m] < timesMs[m].length && timesMs[m][rows[m]] < first) first = timesMs[m][rows[m]];
  }
  return first;
}

/** By insertion: `order` is nearly sorted already. */
function sort(order: Int32Array, standing: Float64Array): void {
  for (let i = 1; i < order.length; i++) {
    const member = order[i];
    const value = standing[member];
    let k = i;
    for (; k > 0 && standing[order[k - 1]] > value; k--) order[k] = order[k - 1];
    order[k] = member;
  }
}

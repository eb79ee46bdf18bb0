/**
 * Which points of a long line must be drawn so that the picture is the one all points would give:
 * of every pixel column the first, the lowest, the highest and the last, and both sides of every
 * gap. What enters: ascending times, values (NaN = gap); what leaves: ascending indices.
 */

export type Curve = { readonly x: Float64Array; readonly y: Float64Array };

export function pixelExtremes({ x, y }: Curve, columns: number): number[] {
  const n = x.length;
  if (n <= columns * 2) return Array.from({ length: n }, (_, i) => i);
  const scale = columns / (x[n - 1] - x[0]);
  const kept: number[] = [];
  for (let start = 0; start < n; ) {
    const column = Math.floor((x[start] - x[0]) * scale);
    let end = start + 1;
    while (end < n && Math.floor((x[end] - x[0]) * scale) === column) end++;
    keepColumn(kept, y, { start, end });
    start = end;
  }
  return kept;
}

/** Without the points inside a level stretch: a line is the same without them. */
export function withoutLevel(kept: readonly number[], y: Float64Array): number[] {
  return kept.filter((i, n) => {
    const inner = n > 0 && n + 1 < kept.length;
    return !(inner && y[kept[n - 1]] === y[i] && y[kept[n + 1]] === y[i]);
  });
}

function keepColumn(
  kept: number[],
  y: Float64Array,
  { start, end }: { readonly start: number; readonly end: number },
): void {
  let low = start;
  let high = start;
  for (let i = start; i < end; i++) {
    if (!(y[i] >= y[low])) low = Number.isNaN(y[i]) ? low : i;
    if (!(y[i] <= y[high])) high = Number.isNaN(y[i]) ? high : i;
  }
  for (let i = start; i < end; i++) {
    const edge = i === start || i === end - 1 || i === low || i === high;
    if (edge || besideGap(y, i)) kept.push(i);
  }
}

function besideGap(y: Float64Array, i: number): boolean {
  const gap = Number.isNaN(y[i]);
  const before = i > 0 && Number.isNaN(y[i - 1]) !== gap;
  return before || (i + 1 < y.length && Number.isNaN(y[i + 1]) !== gap);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pixelExtremes } from "../../../src/apps/report/downsample.ts";

/** The naive twin: for each column, which values must survive. */
function extremesByColumn(x: Float64Array, y: Float64Array, columns: number): Map<number, string> {
  const scale = columns / (x[x.length - 1] - x[0]);
  const found = new Map<number, number[]>();
  x.forEach((at, i) => {
    const column = Math.floor((at - x[0]) * scale);
    found.set(column, [...(found.get(column) ?? []), y[i]]);
  });
  return new Map(
    [...found].map(([column, values]) => {
      const known = values.filter((value) => !Number.isNaN(value));
      const ends = [values[0], values[values.length - 1]];
      return [column, String([Math.min(...known), Math.max(...known), ...ends])];
    }),
  );
}

const value = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -50, max: 50 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

describe("downsampling for drawing", () => {
  it("keeps first, last, lowest and highest of every pixel column", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), value), {
          minLength: 30,
          maxLength: 300,
        }),
        fc.integer({ min: 3, max: 14 }),
        (points, columns) => {
          let at = 1000;
          const x = Float64Array.from(points, ([step]) => (at += step));
          const y = Float64Array.from(points, ([, level]) => level);
          const kept = pixelExtremes({ x, y }, columns);
          expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
          const drawnX = Float64Array.from(kept, (i) => x[i]);
          const drawnY = Float64Array.from(kept, (i) => y[i]);
          expect(extremesByColumn(drawnX, drawnY, columns)).toEqual(
            extremesByColumn(x, y, columns),
          );
        },
      ),
    );
  });

  it("keeps both sides of every gap, so that no line is drawn across one", () => {
    const y = Float64Array.from({ length: 1000 }, (_, i) => (i > 400 && i < 600 ? Number.NaN : i));
    const x = Float64Array.from(y, (_, i) => i);
    const kept = pixelExtremes({ x, y }, 7);
    expect(kept).toEqual(expect.arrayContaining([400, 401, 599, 600]));
    expect(kept.length).toBeLessThan(60);
  });

  it("keeps every point when there is room for them", () => {
    const x = Float64Array.of(0, 1, 2, 3);
    expect(pixelExtremes({ x, y: x }, 2)).toEqual([0, 1, 2, 3]);
  });
});

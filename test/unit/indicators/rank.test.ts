import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rank } from "../../../src/base/indicators/rank.ts";
import * as naive from "./naive.ts";

const U = Number.NaN;

type Member = { readonly times: readonly number[]; readonly values: readonly number[] };

function ranked(members: readonly Member[]): number[][] {
  const series = members.map(({ values }) => ({ values: Float64Array.from(values), warmup: 0 }));
  const times = members.map((member) => Float64Array.from(member.times));
  return rank(series, times).map(({ values }) => [...values]);
}

/** Few distinct values, so that ties are common; holes, both zeros, and times some members lack. */
const cell = fc.option(
  fc.oneof(
    fc.constantFrom(-1, 0, -0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY),
    fc.double({ min: -5, max: 5, noNaN: true }),
  ),
  { freq: 5 },
);
const panel = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 12 }))
  .chain(([members, times]) =>
    fc.array(fc.array(cell, { minLength: times, maxLength: times }), {
      minLength: members,
      maxLength: members,
    }),
  )
  .map((grid) =>
    grid.map((line): Member => {
      const rows = line.flatMap((value, t) => (value === null ? [] : [{ t: t * 10, value }]));
      return { times: rows.map((row) => row.t), values: rows.map((row) => row.value) };
    }),
  );

const NUM_RUNS = 300;

describe("rank", () => {
  it("goes from -1 to 1 in even steps, ties share their mean, by hand", () => {
    const at = (...values: number[]) =>
      ranked(values.map((value) => ({ times: [0], values: [value] }))).map(([one]) => one);
    expect(at(7, 3, 5)).toEqual([1, -1, 0]);
    expect(at(1, 2, 3, 4, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(at(4, 4, 9)).toEqual([-0.5, -0.5, 1]);
    expect(at(4, 4, 4)).toEqual([0, 0, 0]);
    expect(at(0, -0)).toEqual([0, 0]);
    expect(at(U, 2, 1)).toEqual([U, 1, -1]);
    expect(at(U, 2)).toEqual([U, 0]);
    expect(at(Number.POSITIVE_INFINITY, 2, 1)).toEqual([U, 1, -1]);
    expect(at(3)).toEqual([0]);
    expect(at(U)).toEqual([U]);
  });

  it("counts in a session only who has a row there", () => {
    const out = ranked([
      { times: [1, 2, 3], values: [5, 5, 5] },
      { times: [2, 3], values: [9, 1] },
      { times: [1, 3], values: [7, 3] },
    ]);
    expect(out).toEqual([
      [-1, -1, 1],
      [1, -1],
      [1, 0],
    ]);
  });

  it("equals its naive twin, which counts", () => {
    fc.assert(
      fc.property(panel, (members) => {
        const expected = naive.ranks(
          members.map((member) => member.values),
          members.map((member) => member.times),
        );
        expect(ranked(members)).toEqual(expected);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("is within [-1, 1], and the ranks of a session add up to 0", () => {
    fc.assert(
      fc.property(panel, (members) => {
        const sums = new Map<number, number>();
        ranked(members).forEach((values, m) => {
          values.forEach((value, row) => {
            if (Number.isNaN(value)) return;
            expect(Math.abs(value)).toBeLessThanOrEqual(1);
            const time = members[m].times[row];
            sums.set(time, (sums.get(time) ?? 0) + value);
          });
        });
        for (const sum of sums.values()) expect(Math.abs(sum)).toBeLessThan(1e-12);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("does not depend on the order of the members, nor on a scale that keeps the order", () => {
    fc.assert(
      fc.property(panel, (members) => {
        const forward = ranked(members);
        expect(ranked([...members].reverse()).reverse()).toEqual(forward);
        const stretched = members.map(({ times, values }) => ({
          times,
          values: values.map((value) => 8 * value),
        }));
        expect(ranked(stretched)).toEqual(forward);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("turns around when the values do", () => {
    fc.assert(
      fc.property(panel, (members) => {
        const negated = members.map(({ times, values }) => ({
          times,
          values: values.map((value) => -value),
        }));
        // + 0, because the two zeros are one number here.
        const turned = ranked(members).map((values) => values.map((value) => -value + 0));
        expect(ranked(negated)).toEqual(turned);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("gives the same bits on series that end at that time", () => {
    fc.assert(
      fc.property(panel, fc.integer({ min: 0, max: 110 }), (members, lastMs) => {
        const whole = ranked(members);
        const cut = members.map(({ times, values }) => ({
          times: times.filter((time) => time <= lastMs),
          values: values.filter((_, row) => times[row] <= lastMs),
        }));
        ranked(cut).forEach((values, m) => {
          expect(values).toEqual(whole[m].slice(0, values.length));
        });
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("keeps the warm-up of each member's own series", () => {
    const values = Float64Array.of(U, 1);
    const times = Float64Array.of(0, 1);
    const out = rank(
      [
        { values, warmup: 1 },
        { values, warmup: 0 },
      ],
      [times, times],
    );
    expect(out.map((series) => series.warmup)).toEqual([1, 0]);
  });
});

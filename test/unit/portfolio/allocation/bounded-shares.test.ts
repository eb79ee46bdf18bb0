/** Shares within bounds: the water-filling beside its naive twin, and bounds that cannot hold. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedShares } from "../../../../src/portfolio/allocation/sharpe-proportional.ts";

const score = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 50, noNaN: true }));
const inputs = fc.record({
  scores: fc.array(score, { minLength: 1, maxLength: 15 }),
  least: fc.double({ min: 0, max: 0.3, noNaN: true }),
  width: fc.double({ min: 0.01, max: 0.7, noNaN: true }),
});

const shares = (scores: readonly number[], least: number, most: number): number[] => [
  ...boundedShares(Float64Array.from(scores), { least, most }),
];
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The factor k at which score x k, cut to the bounds, sums to 1: found by halving. */
function bisected(scores: readonly number[], least: number, most: number): number[] {
  const cut = (k: number) => scores.map((one) => Math.min(most, Math.max(least, one * k)));
  let [low, high] = [0, 1e6];
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (total(cut(middle)) < 1) low = middle;
    else high = middle;
  }
  return cut(high);
}

describe("shares in proportion to scores", () => {
  it("keep their bounds and sum to 1 wherever bounds allow it, higher scores never below lower", () => {
    fc.assert(
      fc.property(inputs, ({ scores, least, width }) => {
        const most = least + width;
        const count = scores.length;
        fc.pre(count * least <= 1 && count * most >= 1);
        const ours = shares(scores, least, most);
        expect(total(ours)).toBeCloseTo(1, 12);
        expect(Math.min(...ours)).toBeGreaterThanOrEqual(least - 1e-12);
        expect(Math.max(...ours)).toBeLessThanOrEqual(most + 1e-12);
        for (const [i, a] of scores.entries()) {
          for (const [j, b] of scores.entries()) {
            if (a > b) expect(ours[i]).toBeGreaterThanOrEqual(ours[j] - 1e-12);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are those of the naive twin, where those with a score can hold it all", () => {
    fc.assert(
      fc.property(inputs, ({ scores, least, width }) => {
        const most = least + width;
        const scored = scores.filter((one) => one > 0).length;
        fc.pre(scores.length * least < 1);
        fc.pre(scored * most + (scores.length - scored) * least > 1 + 1e-9);
        const naive = bisected(scores, least, most);
        for (const [i, share] of shares(scores, least, most).entries()) {
          expect(share).toBeCloseTo(naive[i], 9);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("give what capped sleeves cannot take to those without a score, equally", () => {
    const [best, ...rest] = shares([5, 0, 0, 0], 0.1, 0.35);
    expect(best).toBe(0.35);
    for (const share of rest) expect(share).toBeCloseTo(0.65 / 3, 14);
  });

  it("have worked examples", () => {
    expect(shares([1, 3], 0, 1)).toEqual([0.25, 0.75]);
    // 8 of 10 would be 80 %: cut to 35 %, the rest in proportion 1 : 1, again cut, and so on.
    const three = shares([8, 1, 1], 0.1, 0.35);
    expect(three[0]).toBe(0.35);
    expect(three[1]).toBeCloseTo(0.325, 14);
    expect(three[2]).toBeCloseTo(0.325, 14);
  });

  it("are equal where the least for all is too much, and at most the cap where all are too few", () => {
    expect(shares([9, 1, 0, 0, 0], 0.25, 0.5)).toEqual(Array(5).fill(0.2));
    expect(shares([9, 1], 0.1, 0.35)).toEqual([0.35, 0.35]);
    expect(shares([], 0.1, 0.35)).toEqual([]);
  });
});

/** Largest remainder: worked cases, and against a twin that hands units out one at a time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apportion } from "../../../src/records/ledger/apportion.ts";

describe("apportion", () => {
  it.each([
    // Ten cents by thirds: the first of three equals gets the odd one.
    [[10n, 10n, 10n], 3n, 10n, [4n, 3n, 3n]],
    [[-10n, -10n, -10n], 3n, -10n, [-3n, -3n, -4n]],
    [[7n, 1n, 2n], 10n, 1n, [1n, 0n, 0n]],
    [[25n, -15n], 10n, 1n, [3n, -2n]],
    [[5n, -5n], 2n, 0n, [3n, -3n]],
    [[0n, 0n], 7n, 0n, [0n, 0n]],
    [[], 1n, 0n, []],
  ] as const)("case %# is worked by hand", (numerators, denominator, total, expected) => {
    expect(apportion(numerators, denominator, total)).toEqual(expected);
  });

  it("adds up, and moves no part by a whole unit, for any parts", () => {
    const parts = fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), { minLength: 1 });
    fc.assert(
      fc.property(parts, fc.bigInt({ min: 1n, max: 10n ** 9n }), (numerators, denominator) => {
        const sum = numerators.reduce((a, b) => a + b, 0n);
        const floor = sum / denominator - (sum < 0n && sum % denominator !== 0n ? 1n : 0n);
        for (const total of sum % denominator === 0n ? [floor] : [floor, floor + 1n]) {
          const given = apportion(numerators, denominator, total);
          expect(given.reduce((a, b) => a + b, 0n)).toBe(total);
          given.forEach((part, i) => {
            const off = part * denominator - numerators[i];
            expect(off < denominator && off > -denominator).toBe(true);
          });
          expect(given).toEqual(oneByOne(numerators, denominator, total));
        }
      }),
    );
  });

  it("refuses a total that the parts cannot have", () => {
    expect(() => apportion([5n, 5n], 10n, 4n)).toThrow("invariant 11: 2 parts fall 4 short");
    expect(() => apportion([5n, 5n], 10n, -1n)).toThrow("-1 short");
  });
});

/** The part that has lost most gets the next unit, looked for anew each time. */
function oneByOne(numerators: readonly bigint[], denominator: bigint, total: bigint): bigint[] {
  const given = numerators.map(
    (n) => (n - (((n % denominator) + denominator) % denominator)) / denominator,
  );
  while (given.reduce((a, b) => a + b, 0n) < total) {
    let most = 0;
    const lost = (i: number) => numerators[i] - given[i] * denominator;
    for (let i = 1; i < given.length; i++) if (lost(i) > lost(most)) most = i;
    given[most] += 1n;
  }
  return given;
}

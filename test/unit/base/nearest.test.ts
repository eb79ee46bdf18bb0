import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../../src/base/nearest.ts";

/** The definition, word by word: the slow twin of the table. */
function naiveDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const rest = [a.slice(1), b.slice(1)] as const;
  const options = [
    naiveDistance(rest[0], b) + 1,
    naiveDistance(a, rest[1]) + 1,
    naiveDistance(...rest) + (a[0] === b[0] ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]) {
    options.push(naiveDistance(a.slice(2), b.slice(2)) + 1);
  }
  return Math.min(...options);
}

describe("nearest", () => {
  it("equals the recursive definition of the distance", () => {
    const word = fc.stringMatching(/^[abc]{0,5}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(naiveDistance(a, b));
      }),
    );
  });

  it.each([
    ["per_shre", "per_share"],
    ["bsp", "bps"],
    ["BPS", "bps"],
    ["weather", null],
    ["", null],
  ])("finds for %s: %s", (name, found) => {
    expect(nearest(name, ["per_share", "bps", "minimum"])).toBe(found);
  });
});

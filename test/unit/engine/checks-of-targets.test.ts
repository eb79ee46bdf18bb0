/** Sound runs that the checks once took for broken: what each met is in its name. */
import { expect, it } from "vitest";
import { checkSeeds } from "../../support/random-checks.ts";

it.for([
  [6, "bars without an open, on days of their own"],
  [201, "a position given up at a price below zero"],
  [286, "a rebalance of nothing at a price below zero"],
  [168, "an order that only the end of the data ends"],
  [3951, "an order good for one bar, of an instrument that has none before the data ends"],
  [1757, "a waiting order that a split makes smaller"],
  [2231, "two splits between two bars, with a fraction paid out"],
] as const)("seed %i: %s", ([seed]) => {
  expect(checkSeeds(seed, seed + 1).findings).toEqual([]);
});

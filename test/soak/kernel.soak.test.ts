/** The kernel's properties on ten thousand random markets, in parts so that a failure comes soon. */
import { describe, expect, it } from "vitest";
import { checkSeeds } from "../support/random-checks.ts";

const PART = 1000;

describe("ten thousand random markets keep every rule of a run", () => {
  it.each(Array.from({ length: 10 }, (_, n) => [n * PART, (n + 1) * PART]))(
    "seeds %d to %d",
    (from, to) => {
      expect(checkSeeds(from, to).findings).toEqual([]);
    },
  );
});

/**
 * Acceptance 3: ten thousand seeds of the trading day with every fault, and in each market a kill at every
 * moment of a daemon's days and, after it, at moments of the lives that take it up. Nothing is broken.
 */
import { describe, expect, it } from "vitest";
import { violationsOf } from "../simulation/checkers/all.ts";
import { failureLines, judgeSeed } from "../simulation/judge-seed.ts";
import { FLAVOURS } from "../simulation/market.ts";
import { runSeed } from "../simulation/run-seed.ts";
import { calm } from "../simulation/scenario.ts";

const SEEDS = 10_000;
const MOST_SHOWN = 20;

describe("ten thousand seeds", () => {
  it("break nothing", async () => {
    const failures: string[] = [];
    let failed = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const judged = await judgeSeed(seed);
      if (judged.violations.length === 0) continue;
      if (++failed <= MOST_SHOWN) failures.push(...failureLines(judged));
    }
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
  });
});

describe("a kill at every moment", () => {
  it.each(FLAVOURS)("of a daemon in the market %s", async (flavour) => {
    const quiet = { ...calm(7, flavour, 3), daemon: true };
    const { moments } = await runSeed(quiet);
    const failures: string[] = [];
    for (let at = 1; at <= moments[0]; at++) {
      // The second life may die on the way as well, and the third.
      for (const again of [null, 5 + (at % 17), 30 + (at % 41)]) {
        const kills = [at, again, again];
        const { evidence } = await runSeed({ ...quiet, kills }, { replaysAll: true });
        const found = violationsOf(evidence).map(
          ({ checker, message }) => `${checker}: ${message}`,
        );
        if (found.length > 0) failures.push(`killed at ${kills.join(", ")}`, ...found);
      }
    }
    expect(failures.slice(0, MOST_SHOWN)).toEqual([]);
  });
});

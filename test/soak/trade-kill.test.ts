/**
 * Acceptance 4: two hundred kills of the real `assay trade` against the real `assay venue`, in chains of
 * twenty-five on an account each. No order lost, none doubled, the head holds each time.
 */
import { expect, it } from "vitest";
import { killedThrough } from "../crash/kill-through.ts";

const CHAINS = 8;
const KILLS_EACH = 25;

it(`${CHAINS * KILLS_EACH} kills lose no order and double none`, async () => {
  const phases = new Map<string, number>();
  const violations: string[] = [];
  let kills = 0;
  for (let chain = 1; chain <= CHAINS; chain++) {
    const killed = await killedThrough({ kills: KILLS_EACH, seed: 100 + chain });
    kills += killed.kills;
    violations.push(...killed.violations.map((text) => `chain ${chain}: ${text}`));
    for (const [kind, count] of killed.phases) phases.set(kind, (phases.get(kind) ?? 0) + count);
  }
  expect(violations).toEqual([]);
  expect(kills).toBe(CHAINS * KILLS_EACH);
  // Where in a day they fell, by the journal's last entry: not all in one place.
  expect(phases.size).toBeGreaterThan(4);
});

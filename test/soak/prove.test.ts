/**
 * `assay prove` on the examples that use every stage: no key is dead, every stage is alive; and with
 * any one stage unplugged in the code, it is named.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXAMPLES, exampleFolder, isHere } from "../support/example-runs.ts";
import type { ProvePlant } from "../support/planted-prove.ts";
import { findingsOf, proveWith } from "../support/proving.ts";
import { sharedName } from "../support/shared.ts";

const LIMIT_MS = 600_000;
const home = mkdtempSync(join(tmpdir(), "assay-prove-soak-"));
afterAll(() => rmSync(home, { recursive: true }));

const PROVED = EXAMPLES.filter(({ status }) => status === "OK");

describe("the examples", () => {
  for (const example of PROVED) {
    const { name } = example;
    const title = example.real ? sharedName(name) : name;
    it.skipIf(!isHere(example))(
      `${title}: no dead key, every stage alive or idle for a reason, nothing left on disk`,
      { timeout: LIMIT_MS },
      async () => {
        const proof = await proveWith([], home, [exampleFolder(name)]);
        expect(findingsOf(proof)).toEqual([]);
        expect(proof.code).toBe(0);
        expect(existsSync(join(home, "runs"))).toBe(false);
      },
    );
  }
});

/** Stage, the keys to try, the call in the pipeline and what it was handed. */
const UNPLUGGED: [stage: string, only: string, was: string, becomes: string][] = [
  [
    "policy",
    "policy",
    "const permitted = policyStage(k, layers, session, allocated);",
    "const permitted = allocated as never;",
  ],
  [
    "risk_targeting",
    "risk_targeting",
    "const targeted = riskTargetingStage(k, layers, session, { allocated, permitted });",
    "const targeted = permitted as never;",
  ],
  [
    "overlay",
    "overlay",
    "const braked = overlayStage(k, layers, session, targeted);",
    "const braked = targeted as never;",
  ],
  [
    "clamps",
    "clamps",
    "const clamped = clampStage(k, layers, session, braked);",
    "const clamped = braked as never;",
  ],
];

describe("a stage unplugged in the code", () => {
  it.for(UNPLUGGED)("%s", { timeout: LIMIT_MS }, async ([stage, only, was, becomes]) => {
    const plants: readonly ProvePlant[] = [["engine/pipeline.ts", was, becomes]];
    const args = [exampleFolder("simulated"), "--only", only, "--sessions", "900"];
    // The kernel itself stops at the first decision that a stage did not see: nothing is left to prove.
    await expect(proveWith(plants, home, args)).rejects.toThrow(
      `ended with 5: assay: invariant 1: stage ${stage} is enabled and inert`,
    );
  });
});

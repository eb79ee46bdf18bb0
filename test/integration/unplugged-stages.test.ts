/**
 * Acceptance 3: any one stage or gate of the portfolio unplugged, thrown away, doubled or fed with
 * something else ends the run with invariant 1 and its name; a fault in sleeves, futures or foreign
 * money with invariant 11. First the same mandates without a fault: sound, and every stage and gate
 * that can bind does.
 */
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GATE_FAULTS } from "../support/gate-faults.ts";
import { LAYERED, writeLayeredMandates } from "../support/layered-mandates.ts";
import { type Outcome, plantedRuns, scratchFolder } from "../support/planted-code.ts";
import { SLEEVE_FAULTS } from "../support/sleeve-faults.ts";
import { STAGE_FAULTS } from "../support/stage-faults.ts";
import { WRONG_NUMBERS } from "../support/wrong-numbers.ts";

const FAULTS = [...STAGE_FAULTS, ...WRONG_NUMBERS, ...GATE_FAULTS, ...SLEEVE_FAULTS];

/** Nothing of a sleeve's is left at work when it wishes again, and policy has cut before its gate asks. */
const NEVER_BIND = ["gate duplicate", "gate policy"];

const folder = scratchFolder("assay-unplugged-");
const healthy: Outcome[] = [];
const outcomes = new Map<string, Outcome>();
beforeAll(async () => {
  const places = writeLayeredMandates(folder);
  const ended = await plantedRuns(folder, [
    ...LAYERED.map((name) => ({ plants: [], mandate: places[name] })),
    ...FAULTS.map(({ on, plants }) => ({ plants, mandate: places[on] })),
  ]);
  healthy.push(...ended.slice(0, LAYERED.length));
  FAULTS.forEach(({ title }, n) => outcomes.set(title, ended[LAYERED.length + n]));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("without a fault", () => {
  it.for([...LAYERED.entries()])("%s: the run is sound", ([n]) => {
    expect(healthy[n]).toMatchObject({ code: 0, status: "OK", failure: null });
  });

  it("every stage and every gate that can bind does", () => {
    const bound = new Map<string, boolean>();
    for (const { name, kind, binding } of healthy.flatMap(
      ({ document }) => document?.stages ?? [],
    )) {
      const key = `${kind} ${name}`;
      bound.set(key, binding || bound.get(key) === true);
    }
    const idle = [...bound].filter(([, binding]) => !binding).map(([key]) => key);
    expect(bound.size).toBe(16);
    expect(idle).toEqual(NEVER_BIND);
  });
});

describe("with a fault", () => {
  it("no two faults are called the same", () => {
    expect(outcomes.size).toBe(FAULTS.length);
  });

  it.for(FAULTS)("$title", ({ title, invariant, says }) => {
    const found = outcomes.get(title);
    expect(found).toMatchObject({
      code: 5,
      failure: { invariant, message: expect.stringMatching(says) },
    });
  });
});

/**
 * Every fault of the catalogue is reported by the command that holds it, with its invariant's number,
 * after the same mandates were shown to be sound without one (issue 4, acceptance 1). And invariant
 * 17: every check of a run, every stage, every gate and every part of verify finds one of them.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUN_CHECKS } from "../../src/engine/run-audit.ts";
import { ORDER_GATES, PORTFOLIO_STAGES, SIGNAL_GATES } from "../../src/engine/stage-tally.ts";
import { CATALOGUE } from "./catalogue.ts";
import { MANDATE_NAMES, writeMandates } from "./mandates.ts";
import { type Outcome, planted, plantedRuns, scratchFolder, SRC } from "./planted-code.ts";

/** Nothing of a sleeve's is left at work when it wishes again, and policy has cut before its gate asks. */
const NEVER_BIND = ["gate duplicate", "gate policy"];

const folder = scratchFolder("assay-faults-");
const healthy = new Map<string, Outcome>();
const outcomes = new Map<string, Outcome>();
beforeAll(async () => {
  const places = writeMandates(folder);
  const ended = await plantedRuns(folder, [
    ...MANDATE_NAMES.map((name) => ({ plants: [], mandate: places[name] })),
    ...CATALOGUE.map(({ on, plants, after }) => ({ plants, mandate: places[on], after })),
  ]);
  MANDATE_NAMES.forEach((name, n) => healthy.set(name, ended[n]));
  CATALOGUE.forEach(({ title }, n) => outcomes.set(title, ended[MANDATE_NAMES.length + n]));
  // Half a minute on two idle processors; others may be at work.
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("without a fault", () => {
  it.for(MANDATE_NAMES)("%s: the run is sound", (name) => {
    expect(healthy.get(name)).toMatchObject({ code: 0, status: "OK", failure: null });
  });

  it("every stage and every gate that can bind does", () => {
    const bound = new Map<string, boolean>();
    for (const { name, kind, binding } of [...healthy.values()].flatMap(({ stages }) => stages)) {
      const key = `${kind} ${name}`;
      bound.set(key, binding || bound.get(key) === true);
    }
    const idle = [...bound].filter(([, binding]) => !binding).map(([key]) => key);
    expect(bound.size).toBe(16);
    expect(idle).toEqual(NEVER_BIND.filter((key) => idle.includes(key)));
  });

  it("plain: every kind of entry is there to be lost, and an order that a limit refuses", () => {
    const { kinds, terminals } = healthy.get("plain") as Outcome;
    const needed = ["fill", "accrual", "dividend", "dividend_paid", "split", "flow"];
    expect(kinds).toEqual(expect.arrayContaining(needed));
    expect(terminals).toContain("REJECTED_BY_RISK_LIMIT");
  });
});

describe("with a fault", () => {
  it("no two faults are called the same", () => {
    expect(outcomes.size).toBe(CATALOGUE.length);
  });

  it.for(CATALOGUE)("$title", ({ title, invariant, says, after }) => {
    const isVerified = after !== undefined && "verifyAfter" in after;
    expect(outcomes.get(title)).toMatchObject({
      code: isVerified ? 6 : 5,
      failure: { invariant, message: expect.stringMatching(says) },
    });
  });

  it("refuses a plant whose place is gone", async () => {
    const nowhere = planted("engine/pipeline.ts", "no such line", "");
    const runs = plantedRuns(join(folder, "nowhere"), [{ plants: [nowhere], mandate: folder }]);
    await expect(runs).rejects.toThrow("0 times");
  });
});

/** Of the names, those that no message begins with. */
function silent(names: readonly string[], spoken: Iterable<string>): readonly string[] {
  const said = [...spoken];
  return names.filter((name) => !said.some((words) => words.startsWith(`${name} `)));
}

describe("invariant 17: checkers can fail", () => {
  const messages = () =>
    [...outcomes.values()].map(({ failure }) =>
      (failure?.message ?? "").replace(/^invariant \d+: /, ""),
    );

  it("every check at the end of a run finds one of these faults", () => {
    const names = RUN_CHECKS.map(({ name }) => name);
    const found = [...outcomes.values()].map(({ failure }) => `${failure?.check} found it`);
    expect(names.length).toBeGreaterThan(10);
    expect(silent(names, found)).toEqual([]);
    expect(silent([...names, "a check without a fault"], found)).toEqual([
      "a check without a fault",
    ]);
  });

  it("every stage and every gate is named by one of these faults", () => {
    const stages = PORTFOLIO_STAGES.map((name) => `stage ${name}`);
    // Nobody pauses a backtest: the account's simulation has the faults of that gate.
    const inBacktests = [...SIGNAL_GATES, ...ORDER_GATES].filter((name) => name !== "pause");
    const gates = inBacktests.map((name) => `gate ${name}`);
    expect(silent([...stages, ...gates], messages())).toEqual([]);
    expect(silent(["gate of nobody"], messages())).toEqual(["gate of nobody"]);
  });

  it("every part of verify finds one of these faults", () => {
    const source = readFileSync(join(SRC, "adapters/storage/verify-run.ts"), "utf8");
    const body = /export function verifyRun\([^{]*\{(.*?)\n\}\n/s.exec(source)?.[1] ?? "";
    const parts = [...body.matchAll(/\b(verify[A-Z]\w+|sealedOf|unexpectedFiles|readHead)\(/g)];
    expect(parts.map(([, name]) => name).toSorted()).toEqual(Object.keys(PARTS_OF_VERIFY));
    for (const says of Object.values(PARTS_OF_VERIFY)) {
      const found = CATALOGUE.filter(
        ({ after, title }) =>
          after !== undefined &&
          "verifyAfter" in after &&
          says.test(outcomes.get(title)?.failure?.message ?? ""),
      );
      expect(found.length).toBeGreaterThan(0);
    }
  });

  it("every invariant that a run can break is broken by one of these faults", () => {
    const broken = new Set(CATALOGUE.map(({ invariant }) => invariant));
    expect([...broken].toSorted((a, b) => a - b)).toEqual(BREAKABLE);
  });
});

/** What each says of the fault that it finds. */
const PARTS_OF_VERIFY: { readonly [name: string]: RegExp } = {
  readHead: /^HEAD was changed/m,
  sealedOf: /the last entry, \d+, does not seal the run/,
  unexpectedFiles: /does not belong to the run/,
  verifyArtifacts: /^artifacts.returns\.csv was changed/m,
  verifyDocuments: /^report\.html was changed/m,
  verifyJournal: /its hash does not follow from entry/,
  verifyRunDocument: /^run\.json says journal\.entries/m,
};

/** 9 and 13 have no wrong wiring that ends in a run: docs/invariants.md says what holds them. */
const BREAKABLE = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 18, 20, 21, 22];

/**
 * Entries are handed to the journal with their keys in code unit order: canonical JSON copies every
 * record that is not. And each verdict of a decision is
 * written once: places against printed keys, the naive way.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadMandate } from "../../../src/apps/cli/compose.ts";
import { prepareJob } from "../../../src/apps/cli/run-command.ts";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import type { JournalPayload } from "../../../src/domain/journal-entry.ts";
import type { Verdict } from "../../../src/domain/refusal.ts";
import { createJournallingRecorder } from "../../../src/engine/journalling-recorder.ts";
import { createKernel, finishKernel, runSessions } from "../../../src/engine/kernel.ts";
import { createTrace } from "../../../src/engine/trace.ts";
import { VerdictList } from "../../../src/engine/verdict-list.ts";
import type { JournalWriter } from "../../../src/records/journal/writer.ts";

/** The first record whose keys are not in order, with them; null when all are. */
function disorder(value: unknown, path: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (!Array.isArray(value)) {
    const keys = Object.keys(value).filter((key) => path.includes(".") || key !== "kind");
    if (keys.some((key, i) => i > 0 && key < keys[i - 1])) return `${path}: ${keys.join(" ")}`;
  }
  for (const [key, child] of Object.entries(value)) {
    const found = disorder(child, `${path}.${Array.isArray(value) ? "" : key}`);
    if (found !== null) return found;
  }
  return null;
}

test("a record out of order is seen", () => {
  expect(disorder({ kind: "fill", a: 1, b: [{ d: 1, c: 2 }] }, "fill")).toBe("fill.b.: d c");
  expect(disorder({ kind: "fill", a: 1, b: [{ c: 2, d: 1 }] }, "fill")).toBeNull();
});

test("what a run with every stage hands to the journal is in order", async () => {
  const home = mkdtempSync(join(tmpdir(), "assay-order-"));
  const loaded = loadMandate("examples/simulated", [{ key: "data.simulated.years", value: "3" }], {
    ASSAY_HOME: home,
  });
  const { job } = await prepareJob({ loaded, progress: () => undefined, nowMs: 0 });
  rmSync(home, { recursive: true });
  const kinds = new Set<string>();
  const found = new Set<string>();
  const journal = {
    emit: (_: string, payload: JournalPayload) => {
      kinds.add(payload.kind);
      const off = disorder(payload, payload.kind);
      if (off !== null) found.add(off);
      return 0;
    },
  } as unknown as JournalWriter;
  const { world, planned } = job.prepared;
  const recorder = createJournallingRecorder({
    world,
    plan: planned.plan,
    journal,
    sha256,
    trace: createTrace(),
  });
  const k = createKernel(world, planned.plan, recorder);
  runSessions(k, 0, world.sessionsMs.length);
  finishKernel(k);
  expect([...found]).toEqual([]);
  for (const kind of ["decision", "order", "fill", "settlement", "roll", "cross"]) {
    expect(kinds).toContain(kind);
  }
});

test("each verdict has the place of the first like it", () => {
  const number = fc.constantFrom(null, 0, -0, 0.1, 1);
  const verdict = fc.record({
    gate: fc.constantFrom("limits", "heat"),
    limit: number,
    observed: number,
    result: fc.constantFrom<Verdict["result"]>("pass", "fail"),
    rule: fc.constantFrom("gross", "net"),
    unit: fc.constantFrom("lots", "fraction of NAV"),
  });
  fc.assert(
    fc.property(fc.array(verdict, { maxLength: 40 }), (verdicts) => {
      const list = new VerdictList();
      const printed = verdicts.map((each) => JSON.stringify(each));
      const distinct = [...new Set(printed)];
      expect(verdicts.map((each) => list.placeOf(each))).toEqual(
        printed.map((text) => distinct.indexOf(text)),
      );
      expect(list.list.map((each) => JSON.stringify(each))).toEqual(distinct);
    }),
  );
});

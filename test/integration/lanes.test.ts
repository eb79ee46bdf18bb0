/**
 * One kernel, two lanes: with the journalling recorder and with the null recorder the same fills,
 * cash and net asset value, compared as bits, on the simulated market and on real examples; the
 * same where quiet stretches are stepped through, and in the trial lane; and all are what the run on
 * disk wrote.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import { prepareJob } from "../../src/apps/cli/run-command.ts";
import type { RunDocument } from "../../src/domain/run-document.ts";
import { createJournallingRecorder } from "../../src/engine/journalling-recorder.ts";
import { createTrace } from "../../src/engine/trace.ts";
import { createKernel, finishKernel, runSessions } from "../../src/engine/kernel.ts";
import type { Prepared } from "../../src/engine/prepare.ts";
import { nullRecorder, type Recorder } from "../../src/engine/recorder.ts";
import type { Kernel } from "../../src/engine/state.ts";
import { createTrialLane } from "../../src/engine/trial.ts";
import { ZERO_HASH } from "../../src/records/journal/chain.ts";
import { createJournalWriter, type JournalWriter } from "../../src/records/journal/writer.ts";
import { EXAMPLES, exampleFolder, exampleRun, isHere } from "../support/example-runs.ts";
import { plainKernel } from "../support/plain-walk.ts";
import { readArtifact } from "../support/run-files.ts";
import { sharedName } from "../support/shared.ts";

describe.for(EXAMPLES)("$name", (example) => {
  describe.skipIf(!isHere(example))(example.real ? sharedName("real data") : "simulated", () => {
    let silent: Kernel;
    let audited: Kernel;
    let journal: JournalWriter;
    let folder: string;
    let prepared: Prepared;
    beforeAll(async () => {
      const run = await exampleRun(example.name);
      folder = run.folder;
      prepared = await prepare(example.name, run.home);
      silent = walk(prepared, nullRecorder);
      journal = createJournalWriter({ recorded: { seq: 0, hash: ZERO_HASH }, prefix: [], sha256 });
      const { world, planned } = prepared;
      const { plan } = planned;
      audited = walk(
        prepared,
        createJournallingRecorder({ world, plan, journal, sha256, trace: createTrace() }),
      );
    });

    it("has the same bits in fills, cash and net asset value with either recorder", () => {
      expect(journal.buffered()).toBeGreaterThan(0);
      expect(silent.state.fills.lots.length).toBeGreaterThan(0);
      expect([...columnsOf(silent).keys()]).toEqual(
        expect.arrayContaining(["nav", "cash", "price", "notional"]),
      );
      expect(differences(silent, audited)).toEqual([]);
    });

    it("has the same bits session by session, asked at every decision", () => {
      const { world, planned } = prepared;
      const plain = plainKernel(world, planned.plan);
      runSessions(plain, 0, world.sessionsMs.length);
      finishKernel(plain);
      expect(differences(silent, plain)).toEqual([]);
    });

    it("is the trial lane's, statistics included, on a lane that has run before", () => {
      const { planInput } = prepared;
      if (planInput.uses.length > 1) {
        expect(() => createTrialLane(planInput, prepared)).toThrow(/a trial has \d strategies/);
        return;
      }
      const lane = createTrialLane(planInput, prepared);
      const [{ params }] = planInput.uses;
      const first = lane.run(params);
      const { state } = silent;
      expect(first).toEqual({
        fills: state.fills.lots.length,
        finalNavMinor: state.navMinor,
        finalCashMinor: state.cashMinor,
        metrics: runDocument(folder).metrics,
      });
      expect(lane.run(params)).toEqual(first);
    });

    it("is what the run wrote", () => {
      const fills = readArtifact(folder, "fills");
      expect(fills.map((fill) => Number(fill["price"]))).toEqual([
        ...silent.state.fills.price.values(),
      ]);
      const nav = readArtifact(folder, "equity").map((row) => Math.round(Number(row["nav"]) * 100));
      expect(nav).toEqual([...silent.state.curves.nav]);
    });
  });
});

it("sees one changed bit", () => {
  const a = Float64Array.of(1, 0, Number.NaN);
  expect(firstOtherBit(a, Float64Array.of(1, 0, Number.NaN))).toBe(-1);
  expect(firstOtherBit(a, Float64Array.of(1, -0, Number.NaN))).toBe(1);
  expect(firstOtherBit(a, Float64Array.of(1 + Number.EPSILON, 0, Number.NaN))).toBe(0);
});

async function prepare(name: string, home: string): Promise<Prepared> {
  const loaded = loadMandate(exampleFolder(name), [], { ASSAY_HOME: home });
  const { job } = await prepareJob({ loaded, progress: () => undefined, nowMs: 0 });
  return job.prepared;
}

function runDocument(folder: string): RunDocument {
  return JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as RunDocument;
}

function walk({ world, planned }: Prepared, recorder: Recorder): Kernel {
  const k = createKernel(world, planned.plan, recorder);
  runSessions(k, 0, world.sessionsMs.length);
  finishKernel(k);
  return k;
}

/** Columns, counts and costs that are not the same in both, bit for bit. */
function differences(one: Kernel, other: Kernel): readonly string[] {
  const [a, b] = [columnsOf(one), columnsOf(other)];
  const names = new Set([...a.keys(), ...b.keys()]);
  const columns = [...names].filter((name) => {
    const [x, y] = [a.get(name), b.get(name)];
    if (x === undefined || y === undefined || x.length !== y.length) return true;
    return firstOtherBit(x, y) >= 0;
  });
  const counts = (["counters", "costs", "tally"] as const).filter(
    (name) => !isDeepStrictEqual(one.state[name], other.state[name]),
  );
  return [...columns, ...counts];
}

/** Every column of numbers in the kernel's state; one that a run never needed is absent in both. */
function columnsOf({ state }: Kernel): ReadonlyMap<string, Float64Array> {
  const fills = Object.entries(state.fills).map(([name, column]) => [name, column.values()]);
  const all = [...Object.entries(state.curves), ...fills, ["lots", state.lots]];
  return new Map(all.filter((one): one is [string, Float64Array] => ArrayBuffer.isView(one[1])));
}

/** Index of the first value that differs in any bit, -1 when none does. */
function firstOtherBit(a: Float64Array, b: Float64Array): number {
  const [x, y] = [a, b].map((column) => new BigUint64Array(column.slice().buffer));
  return x.findIndex((bits, n) => bits !== y[n]);
}

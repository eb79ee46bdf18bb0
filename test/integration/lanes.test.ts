/**
 * One kernel, two lanes: with the journalling recorder and with the null recorder the same fills,
 * cash and net asset value, compared as bits, on the simulated market and on real examples; and
 * both are what the run on disk wrote.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/system/hash.ts";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import { prepareJob } from "../../src/apps/cli/run-command.ts";
import { createJournallingRecorder } from "../../src/engine/journalling-recorder.ts";
import { createTrace } from "../../src/engine/trace.ts";
import { createKernel, finishKernel, runSessions } from "../../src/engine/kernel.ts";
import type { Prepared } from "../../src/engine/prepare.ts";
import { nullRecorder, type Recorder } from "../../src/engine/recorder.ts";
import type { Kernel } from "../../src/engine/state.ts";
import { ZERO_HASH } from "../../src/records/journal/chain.ts";
import { createJournalWriter, type JournalWriter } from "../../src/records/journal/writer.ts";
import { EXAMPLES, exampleFolder, exampleRun, isHere } from "../support/example-runs.ts";
import { readArtifact } from "../support/run-files.ts";
import { sharedName } from "../support/shared.ts";

describe.for(EXAMPLES)("$name", (example) => {
  describe.skipIf(!isHere(example))(example.real ? sharedName("real data") : "simulated", () => {
    let silent: Kernel;
    let audited: Kernel;
    let journal: JournalWriter;
    let folder: string;
    beforeAll(async () => {
      const run = await exampleRun(example.name);
      folder = run.folder;
      const prepared = await prepare(example.name, run.home);
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
      const [a, b] = [columnsOf(silent), columnsOf(audited)];
      expect([...a.keys()]).toEqual(expect.arrayContaining(["nav", "cash", "price", "notional"]));
      expect([...a.keys()]).toEqual([...b.keys()]);
      for (const [name, column] of a) {
        const other = b.get(name) as Float64Array;
        expect([name, column.length]).toEqual([name, other.length]);
        expect([name, firstOtherBit(column, other)]).toEqual([name, -1]);
      }
      expect(silent.state.counters).toEqual(audited.state.counters);
      expect(silent.state.costs).toEqual(audited.state.costs);
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

function walk({ world, planned }: Prepared, recorder: Recorder): Kernel {
  const k = createKernel(world, planned.plan, recorder);
  runSessions(k, 0, world.sessionsMs.length);
  finishKernel(k);
  return k;
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

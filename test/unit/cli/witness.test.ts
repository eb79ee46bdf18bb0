/** A witness on a thread of its own says what one on this thread says, of good work and of planted faults. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadMandate } from "../../../src/apps/cli/compose.ts";
import { openArtifacts } from "../../../src/apps/cli/compose-records.ts";
import { type Job, prepareJob } from "../../../src/apps/cli/run-command.ts";
import { startWitness, type ThreadWitness, witnessFor } from "../../../src/apps/cli/witness.ts";
import { InvariantError } from "../../../src/base/assert.ts";
import { GrowingColumn } from "../../../src/base/growing-column.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { AskedForecasts } from "../../../src/engine/look-ahead.ts";
import { createWitness, type Witness } from "../../../src/engine/witness.ts";
import { encodeCsv } from "../../../src/records/artifacts/csv.ts";
import { RUN_ARTIFACTS } from "../../../src/records/artifacts/registry.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-witness-"));
const artifacts = openArtifacts(folder);
let job: Job;
let here: Witness;
let apart: ThreadWitness;

beforeAll(async () => {
  const loaded = loadMandate("examples/simulated", [{ key: "data.simulated.years", value: "2" }], {
    ASSAY_HOME: join(folder, "home"),
  });
  ({ job } = await prepareJob({ loaded, progress: () => undefined, nowMs: 0 }));
  here = createWitness(job.prepared, artifacts);
  apart = startWitness(loaded, job.prepared, folder);
});

afterAll(async () => {
  await apart.end();
  rmSync(folder, { recursive: true });
});

function forecasts(strength: number | null): AskedForecasts {
  const column = (value: number) => {
    const values = new GrowingColumn();
    if (strength !== null) values.push(value);
    return values;
  };
  const session = job.prepared.world.sessionsMs.length - 2;
  return {
    session: column(session),
    variant: column(0),
    kind: column(3),
    target: column(strength ?? 0),
    confidence: column(1),
  };
}

test("strategies that were told nothing else have nothing against them", async () => {
  expect(await here.lookAhead(forecasts(null))).toBeNull();
  expect(await apart.lookAhead(forecasts(null))).toBeNull();
});

test("an answer that was recorded otherwise is found, in the same words", async () => {
  const found = await here.lookAhead(forecasts(0.12345));
  expect(found).toMatchObject({ invariant: 20, status: "ERROR" });
  expect(await apart.lookAhead(forecasts(0.12345))).toEqual(found);
});

test("a file that says another number than memory is refused, in the same words", async () => {
  const declaration = RUN_ARTIFACTS.equity;
  const table = (nav: number) => ({
    rows: 2,
    columns: declaration.columns.map(({ name, type }) =>
      type === "date"
        ? Float64Array.of(0, 86_400_000, 172_800_000).subarray(0, 2)
        : type === "text"
          ? ["a", "b"]
          : name === declaration.columns[1].name
            ? Float64Array.of(1, nav)
            : [1, 2],
    ),
  });
  await artifacts.write(declaration.file, encodeCsv(declaration, table(2)));
  await here.readBack(declaration, table(2));
  await apart.readBack(declaration, table(2));
  const refusal = await here.readBack(declaration, table(3)).catch((error: unknown) => error);
  const other = await apart.readBack(declaration, table(3)).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InvariantError);
  expect(other).toBeInstanceOf(InvariantError);
  expect(other).toMatchObject({ invariant: 21, message: (refusal as Error).message });
});

test("a file that is not there is the disk's fault on either thread", async () => {
  const declaration = RUN_ARTIFACTS.fills;
  const table = { rows: 0, columns: [] };
  const refusal = await here.readBack(declaration, table).catch((error: unknown) => error);
  const other = await apart.readBack(declaration, table).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Fault);
  expect(other).toBeInstanceOf(Fault);
  expect(other).toMatchObject({ message: (refusal as Fault).message });
});

test("a strategy that is not the one of the run is refused, and a thread that ended says so", async () => {
  const [variant, ...others] = job.prepared.planned.variants;
  const changed = { ...variant, use: { ...variant.use, codeHash: "another" } };
  const planned = { ...job.prepared.planned, variants: [changed, ...others] };
  const witness = startWitness(job.loaded, { ...job.prepared, planned }, folder);
  await expect(witness.lookAhead(forecasts(null))).rejects.toThrow(/invariant 20: a strategy file/);
  await witness.end();
  await expect(witness.lookAhead(forecasts(null))).rejects.toThrow(/has ended/);
});

test("a thread without memory says so and what to do, and passes nothing", async () => {
  const witness = startWitness(job.loaded, job.prepared, folder, { maxOldGenerationSizeMb: 8 });
  const lost = await witness.lookAhead(forecasts(null)).catch((error: unknown) => error);
  expect(lost).toBeInstanceOf(Fault);
  expect(lost).toMatchObject({
    kind: "run",
    message: expect.stringContaining("ran out of memory"),
  });
  await expect(witness.lookAhead(forecasts(null))).rejects.toBe(lost);
  await witness.end();
});

test("a question that cannot be told leaves the answers of the others in their order", async () => {
  const untold = { ...forecasts(null), kind: { values: () => ({ slice: () => () => 0 }) } };
  await expect(apart.lookAhead(untold as unknown as AskedForecasts)).rejects.toThrow(/clone/);
  expect(await apart.lookAhead(forecasts(0.12345))).toMatchObject({ invariant: 20 });
});

test("a small run has no thread of its own", () => {
  expect(witnessFor(job.loaded, job.prepared, folder)).toBeNull();
});

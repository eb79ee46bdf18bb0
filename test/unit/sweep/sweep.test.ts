/**
 * The engine of sweeps without threads: rows equal to audited runs, whatever the chunks and however
 * many hands; what fails is named; what is stopped stays unwritten.
 */
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/adapters/system/hash.ts";
import { inThisThread, sweepJob } from "../../../src/apps/cli/compose-sweep.ts";
import { InvariantError } from "../../../src/base/assert.ts";
import { Fault } from "../../../src/domain/fault.ts";
import type { Strategy } from "../../../src/domain/strategy.ts";
import {
  type ChunkTask,
  couldNotBegin,
  createLane,
  runTrials,
} from "../../../src/engine/sweep/chunk.ts";
import { createJob, paramsOf, type SweepJob } from "../../../src/engine/sweep/job.ts";
import { runSweep, type SweepPool } from "../../../src/engine/sweep/sweep.ts";
import { ROW_LENGTH, valueOf } from "../../../src/engine/sweep/trial-row.ts";
import { defineStrategy } from "../../../src/research/strategies/define.ts";
import { maCross } from "../../../src/research/strategies/ma-cross.ts";
import { auditedRow, firstOtherTrial, pairs, sweepOn, walks } from "../../support/sweep-fixture.ts";

const quiet = { progress: () => undefined };
const one = walks(260, ["ONE"]);
const two = walks(260, ["ONE", "TWO"]);

/** Goes wrong on the first row of every trial from the `from`th fast window on. */
const breaking = (message: string, from: number): Strategy =>
  defineStrategy({
    name: "breaking",
    version: "1",
    params: { fast: { default: 1, min: 1, max: 100, integer: true } },
    columns: (m) => ({ close: m.close }),
    decide: (_row, p) => {
      if (p.fast >= from) throw new Error(message);
      return { weight: 0 };
    },
  });

function jobOf(strategy: Strategy, count: number): SweepJob {
  const sets = Array.from({ length: count }, (_, n) => ({ fast: n + 1 }));
  const { name, instruments, ...terms } = sweepOn(one);
  const use = { name, instruments, codeHash: "planted" };
  return createJob({ ...terms, use }, { strategy, sets, sha256 });
}

/** Several hands in one thread, each with a lane of its own, answering out of order. */
function hands(workers: number, strategy: Strategy, { job }: { job: SweepJob }): SweepPool {
  const lanes = Array.from({ length: workers }, () => createLane(job.terms, strategy, sha256));
  let turn = 0;
  return {
    workers,
    run: async (task: ChunkTask) => {
      const mine = turn++;
      for (let wait = (mine * 7) % 5; wait > 0; wait--) await Promise.resolve();
      return runTrials(task, lanes[mine % workers]);
    },
    close: () => Promise.resolve(),
  };
}

describe("a sweep", () => {
  it.each([
    ["one instrument", one],
    ["two, one with gaps and a split", two],
  ])("of 40 pairs is 40 audited runs, bit for bit: %s", async (_, pack) => {
    const sets = pairs(40);
    const job = await sweepJob(sweepOn(pack), sets);
    const { rows, done } = await runSweep(job, { pool: inThisThread(), ...quiet });
    expect(done).toBe(40);
    const audited = new Float64Array(rows.length);
    sets.forEach((_set, n) => {
      audited.set(auditedRow(job, maCross, paramsOf(job, n)), n * ROW_LENGTH);
    });
    expect(firstOtherTrial(rows, audited)).toBe(-1);
    const fills = sets.map((_set, n) => valueOf(rows, n, "fills"));
    expect(Math.min(...fills)).toBeGreaterThan(0);
    expect(new Set(fills).size).toBeGreaterThan(5);
    // One bit in one row of forty is seen.
    audited[17 * ROW_LENGTH + 8] += Number.EPSILON;
    expect(firstOtherTrial(rows, audited)).toBe(17);
  });

  it.each([
    [1, 1],
    [2, 3],
    [4, 7],
    [3, 100],
    [5, undefined],
  ])("gives the same bits with %d workers and chunks of %s", async (workers, chunk) => {
    const fresh = await sweepJob(sweepOn(one), pairs(25));
    const reference = await runSweep(fresh, { pool: inThisThread(), ...quiet });
    const job = await sweepJob(sweepOn(one), pairs(25));
    const pool = hands(workers, maCross, { job });
    const result = await runSweep(job, {
      pool,
      ...quiet,
      ...(chunk === undefined ? {} : { chunk }),
    });
    expect(result.done).toBe(25);
    expect(firstOtherTrial(result.rows, reference.rows)).toBe(-1);
  });

  it("gives a trial the same row after any other trials", async () => {
    const sets = pairs(12);
    const forward = await runSweep(await sweepJob(sweepOn(one), sets), {
      pool: inThisThread(),
      ...quiet,
    });
    const back = await runSweep(await sweepJob(sweepOn(one), sets.toReversed()), {
      pool: inThisThread(),
      ...quiet,
    });
    const turned = Float64Array.from(back.rows, (_, cell) => {
      const trial = 11 - Math.floor(cell / ROW_LENGTH);
      return back.rows[trial * ROW_LENGTH + (cell % ROW_LENGTH)];
    });
    expect(firstOtherTrial(forward.rows, turned)).toBe(-1);
  });

  it("tells how far it is, and ends where it is told to stop", async () => {
    const told: number[] = [];
    const job = await sweepJob(sweepOn(one), pairs(9));
    const result = await runSweep(job, {
      pool: inThisThread(),
      chunk: 2,
      progress: (done, total) => told.push(done / total),
      isStopped: () => told.length === 2,
    });
    expect(told).toEqual([2 / 9, 4 / 9]);
    expect(result.done).toBe(4);
    expect(valueOf(result.rows, 3, "fills")).toBeGreaterThan(0);
    expect(valueOf(result.rows, 4, "fills")).toBeNaN();
  });
});

describe("a sweep that fails", () => {
  it.each([1, 2, 3, 8])(
    "names the first failing trial, its parameters and its words: %d workers",
    async (workers) => {
      const strategy = breaking("no bread today", 5);
      const job = jobOf(strategy, 12);
      const sweep = runSweep(job, { pool: hands(workers, strategy, { job }), chunk: 1, ...quiet });
      const failure = await sweep.then(
        () => null,
        (error: unknown) => error as Fault,
      );
      expect(failure).toBeInstanceOf(Fault);
      expect(failure).toMatchObject({ kind: "strategy" });
      expect(failure?.message).toMatch(/no bread today/);
      expect(failure?.message).toMatch(/\(trial 5 of 12: fast 5\)$/);
    },
  );

  it("keeps an invariant's number, and what is neither a fault nor an invariant", async () => {
    const strategy = breaking("", 100);
    const pool = (error: unknown): SweepPool => ({
      workers: 1,
      run: () => Promise.resolve(couldNotBegin(error)),
      close: () => Promise.resolve(),
    });
    const failing = (error: unknown) =>
      runSweep(jobOf(strategy, 1), { pool: pool(error), ...quiet });
    await expect(failing(new InvariantError(12, "too much"))).rejects.toMatchObject({
      invariant: 12,
      message: "invariant 12: too much",
    });
    await expect(failing(new RangeError("odd"))).rejects.toThrow(/^odd$/);
  });

  it("passes on that a worker was lost, when every other has come home with what it had", async () => {
    const strategy = breaking("", 100);
    let atWork = 0;
    let asked = 0;
    const pool: SweepPool = {
      workers: 3,
      run: async ({ from, to }) => {
        atWork++;
        asked++;
        for (let wait = 0; wait < 5; wait++) await Promise.resolve();
        atWork--;
        if (from === 0) throw new Error("lost");
        return { done: to - from, failure: null };
      },
      close: () => Promise.resolve(),
    };
    await expect(runSweep(jobOf(strategy, 90), { pool, chunk: 1, ...quiet })).rejects.toThrow(
      "lost",
    );
    expect(atWork).toBe(0);
    // Nothing more is begun that would be thrown away.
    expect(asked).toBe(3);
  });

  it("refuses no parameters, unknown ones and those out of range, before anything runs", async () => {
    await expect(sweepJob(sweepOn(one), [])).rejects.toThrow(/has no parameters/);
    await expect(sweepJob(sweepOn(one), [{ fast: 5 }, { fsat: 5 }])).rejects.toThrow(
      /^trial 2 of 2: fsat: not a parameter of ma-cross .*did you mean fast\?$/,
    );
    await expect(sweepJob(sweepOn(one), [{ fast: 0 }])).rejects.toThrow(
      /fast: expected a whole number/,
    );
  });
});

describe("a job", () => {
  it("has its columns on shared memory, each once, and the numbers they were", async () => {
    const { terms } = await sweepJob(sweepOn(two), pairs(1));
    terms.pack.series.forEach(({ close, timesMs }, i) => {
      expect(close.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect([...close]).toEqual([...two.series[i].close]);
      expect([...timesMs]).toEqual([...two.series[i].timesMs]);
    });
    expect(one.series[0].close.buffer).not.toBeInstanceOf(SharedArrayBuffer);
  });

  it("is named by what a lane depends on, and not by the list of parameters", async () => {
    const name = async (...args: Parameters<typeof sweepJob>) => (await sweepJob(...args)).id;
    const base = await name(sweepOn(one), pairs(3));
    expect(await name(sweepOn(one), pairs(5))).toBe(base);
    const others = await Promise.all([
      name(sweepOn(two), pairs(3)),
      name(sweepOn(one, { seed: 2 }), pairs(3)),
      name(sweepOn(one, { conventions: { periodsPerYear: 365, riskFree: 0 } }), pairs(3)),
      name(sweepOn(one, { reference: { kind: "built_in", name: "buy-and-hold" } }), [{}]),
    ]);
    expect(new Set([base, ...others]).size).toBe(5);
  });
});

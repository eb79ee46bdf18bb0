/**
 * Sweeps on real threads: the same bits as without any, from a built-in and from a user's file; what
 * fails in a worker is said as it would be said here; a pool that is closed leaves nobody behind. And
 * a row of a sweep is what a run on disk wrote of the same parameters.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadMandate } from "../../src/apps/cli/compose.ts";
import {
  inThisThread,
  openSweepPool,
  type SweepOf,
  sweepJob,
} from "../../src/apps/cli/compose-sweep.ts";
import { prepareJob } from "../../src/apps/cli/run-command.ts";
import type { Metrics } from "../../src/domain/run-document.ts";
import { runSweep, type SweepPool } from "../../src/engine/sweep/sweep.ts";
import { TRIAL_COLUMNS, valueOf } from "../../src/engine/sweep/trial-row.ts";
import { exampleFolder, exampleRun } from "../support/example-runs.ts";
import { SHARED, sharedName } from "../support/shared.ts";
import { firstOtherTrial, pairs, sweepOn, walks } from "../support/sweep-fixture.ts";

const quiet = { progress: () => undefined };
const pack = walks(260, ["ONE", "TWO"]);

const AVERAGE = `export const slowest = 40;
`;

const STRATEGY = `import { defineStrategy } from "assay";
import { slowest } from "./average.ts";

export const strategy = defineStrategy({
  name: "above",
  version: "1",
  params: { window: { default: 5, min: 2, max: slowest, integer: true } },
  columns: (m, p) => ({ close: m.close, slow: m.sma(m.close, p.window) }),
  decide: (row, p) => {
    BODY
    return { weight: row.close > row.slow ? 0.4 : -0.4 };
  },
});
`;

let folder: string;
let pool: ReturnType<typeof openSweepPool>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-sweep-"));
  pool = openSweepPool(2);
});

afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A user's file whose decide begins with `body`. */
function userFile(name: string, body: string): SweepOf {
  writeFileSync(join(folder, "average.ts"), AVERAGE);
  writeFileSync(join(folder, name), STRATEGY.replace("BODY", body));
  return sweepOn(pack, { reference: { kind: "file", folder, path: name } });
}

const windows = (count: number) => Array.from({ length: count }, (_, n) => ({ window: n + 2 }));

async function rowsOf(of: SweepOf, sets: Parameters<typeof sweepJob>[1], on: SweepPool) {
  const result = await runSweep(await sweepJob(of, sets), { pool: on, ...quiet });
  expect(result.done).toBe(sets.length);
  return result.rows;
}

describe("a sweep on threads", () => {
  it("gives the same bits with one worker, two, four and none", async () => {
    const sets = pairs(30);
    const here = await rowsOf(sweepOn(pack), sets, inThisThread());
    expect(here.some((value) => value !== here[0])).toBe(true);
    expect(firstOtherTrial(await rowsOf(sweepOn(pack), sets, pool), here)).toBe(-1);
    for (const workers of [1, 4]) {
      const others = openSweepPool(workers);
      const rows = await rowsOf(sweepOn(pack), sets, others);
      await others.close();
      expect([workers, firstOtherTrial(rows, here)]).toEqual([workers, -1]);
    }
  });

  it("loads and checks a user's file in every worker, with what it imports", async () => {
    const of = userFile("good.ts", "");
    const here = await rowsOf(of, windows(25), inThisThread());
    expect(firstOtherTrial(await rowsOf(of, windows(25), pool), here)).toBe(-1);
    expect(new Set(windows(25).map((_, n) => valueOf(here, n, "fills"))).size).toBeGreaterThan(5);
  });

  it("refuses a user's file that is no longer the one the sweep began with", async () => {
    const job = await sweepJob(userFile("edited.ts", ""), windows(4));
    userFile("edited.ts", "if (row.close > 1e6) return null;");
    const sweep = runSweep(job, { pool, ...quiet });
    await expect(sweep).rejects.toMatchObject({ kind: "strategy", where: "edited.ts" });
    await expect(sweep).rejects.toThrow(/edited\.ts has changed since the sweep began/);
  });

  it("says what a strategy threw in a worker, where, and with which parameters", async () => {
    const of = userFile(
      "throwing.ts",
      'if (p.window >= 9) throw new Error("window too wide for me");',
    );
    const sweep = runSweep(await sweepJob(of, windows(20)), { pool, chunk: 3, ...quiet });
    await expect(sweep).rejects.toMatchObject({ kind: "strategy" });
    await expect(sweep).rejects.toThrow(
      /^strategy swept on ONE at \S+: decide fails: window too wide for me \(trial 8 of 20: window 9\)$/,
    );
    // The workers are none the worse for it.
    const of2 = userFile("good.ts", "");
    const here = await rowsOf(of2, windows(5), inThisThread());
    expect(firstOtherTrial(await rowsOf(of2, windows(5), pool), here)).toBe(-1);
  });

  it("leaves no worker behind when it is closed in the middle of a trial", async () => {
    const of = userFile("endless.ts", "for (let n = 0; n >= 0; n = n === 9 ? 0 : n + 1);");
    const stuck = openSweepPool(2);
    expect(stuck.threads()).toBe(2);
    const sweep = runSweep(await sweepJob(of, windows(4)), { pool: stuck, ...quiet });
    const outcome = sweep.then(
      () => "finished",
      () => "ended",
    );
    await stuck.close();
    expect(await outcome).toBe("ended");
    expect(stuck.threads()).toBe(0);
  });

  it("refuses a pool of none", () => {
    expect(() => openSweepPool(0)).toThrow(/a pool of 0 workers/);
  });
});

describe.skipIf(SHARED === null)("a row of a sweep", () => {
  it(sharedName("is what the run of the same mandate wrote: spx-ma-cross"), async () => {
    const { home, folder: run } = await exampleRun("spx-ma-cross");
    const loaded = loadMandate(exampleFolder("spx-ma-cross"), [], { ASSAY_HOME: home });
    const { job: prepared } = await prepareJob({ loaded, progress: () => undefined, nowMs: 0 });
    const { account, strategies, metrics: conventions, ...m } = loaded.mandate;
    const [{ use, params = {}, name }] = strategies;
    const of = sweepOn(prepared.prepared.pack, {
      name,
      reference: { kind: "built_in", name: use ?? "" },
      seed: m.seed,
      settings: {
        execution: m.execution,
        slippage: m.slippage,
        fees: m.fees,
        financing: m.financing,
        limits: m.limits,
        freshness: m.freshness,
        schedule: m.schedule,
        initialEquity: account.initial_equity,
        currency: account.currency,
        currencyDigits: account.currency_digits,
        layers: null,
      },
      conventions: {
        periodsPerYear: conventions.periods_per_year,
        riskFree: conventions.risk_free,
      },
    });
    const neighbours = [50, 40, 60].map((fast) => ({ ...params, fast }));
    const rows = await rowsOf(of, neighbours, pool);
    const { metrics } = JSON.parse(readFileSync(join(run, "run.json"), "utf8")) as {
      metrics: Metrics;
    };
    const names = TRIAL_COLUMNS.filter((column) => column in metrics);
    expect(names).toHaveLength(12);
    const row = Object.fromEntries(names.map((column) => [column, valueOf(rows, 0, column)]));
    expect(row).toEqual(
      Object.fromEntries(names.map((column) => [column, metrics[column as "sharpe"]])),
    );
    expect(valueOf(rows, 1, "sharpe")).not.toBe(valueOf(rows, 0, "sharpe"));
  });
});

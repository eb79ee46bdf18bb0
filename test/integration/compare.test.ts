/**
 * `assay compare A B` on seeded markets: two mandates, two recorded runs, runs in several
 * currencies; what it says against the runs' own files; every pair that cannot be compared, with
 * its exit code.
 */
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRunFolders, sha256 } from "../../src/apps/cli/compose-records.ts";
import { asInstants, recordedRun } from "../../src/apps/cli/recorded-run.ts";
import { activityOf } from "../../src/apps/cli/run-activity.ts";
import { EXIT_CODES } from "../../src/domain/run-status.ts";
import {
  assay,
  type Compared,
  compare,
  DIRECT,
  mandate,
  root,
  runJson,
  type Side,
  valueOf,
} from "../support/comparing.ts";
import { readArtifact, readJournal } from "../support/run-files.ts";

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("two mandates and their runs", () => {
  let slow = "";
  let fast = "";
  let ids: readonly [string, string] = ["", ""];
  let compared: Compared;
  beforeAll(async () => {
    slow = mandate("slow", DIRECT.replace("slow: 10", "slow: 40"));
    fast = mandate("fast", DIRECT);
    compared = await compare(fast, slow);
    ids = [compared.a.run_id, compared.b.run_id];
  });

  it("are run first and compared where both are past their warm-up", () => {
    expect([compared.a.was_run_now, compared.b.was_run_now]).toEqual([true, true]);
    const [a, b] = [runJson(compared.a), runJson(compared.b)];
    expect(a.window.evaluation.from < b.window.evaluation.from).toBe(true);
    expect(compared.window.from).toBe(b.window.evaluation.from);
    expect(valueOf(compared, "sharpe", "b")).toBe(b.metrics["sharpe"]);
    expect(valueOf(compared, "sharpe", "a")).not.toBe(a.metrics["sharpe"]);
    expect(compared.states).toEqual({ a: null, b: null });
    expect(compared.parting.first).toMatchObject({ series: "signals.target" });
  });

  it("over a part of a run: what its own files say of that part", () => {
    const { from, to } = compared.window;
    const nav = readArtifact(compared.a.folder, "equity").filter(({ date }) => date >= from);
    const navs = nav.map((row) => Number(row["nav"]));
    expect(nav[nav.length - 1]["date"]).toBe(to);
    const fills = readArtifact(compared.a.folder, "fills").filter(({ date }) => date > from);
    const costs = fills.reduce((sum, row) => sum + Number(row["fee"]) + Number(row["slippage"]), 0);
    const accrued = readJournal(compared.a.folder)
      .filter(({ kind, at }) => kind === "accrual" && at > from)
      .reduce((sum, { payload }) => sum + (payload.amount_minor ?? 0) / 100, 0);
    expect(fills.length).toBeGreaterThan(3);
    expect(accrued).toBeGreaterThan(0);
    expect(valueOf(compared, "trades", "a")).toBe(fills.length);
    expect(valueOf(compared, "costs", "a")).toBeCloseTo(costs + accrued, 6);
    const total = navs[navs.length - 1] / navs[0] - 1;
    expect(valueOf(compared, "total_return", "a")).toBeCloseTo(total, 12);
    const returns = navs.slice(1).map((value, n) => value / navs[n] - 1);
    const mean = returns.reduce((sum, r) => sum + r, 0) / returns.length;
    const spread = returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (returns.length - 1);
    expect(valueOf(compared, "sharpe", "a")).toBeCloseTo(
      (mean / Math.sqrt(spread)) * Math.sqrt(252),
      9,
    );
    expect(compared.correlation.days).toBe(returns.length);
  });

  it("are found by id, by folder, by the beginning of an id beside a path", async () => {
    const home = ["--home", join(fast, ".assay")];
    cpSync(compared.b.folder, join(fast, ".assay/runs", ids[1]), { recursive: true });
    const byId = await compare(ids[0], ids[1].slice(0, 12), ...home);
    const byFolder = await compare(compared.a.folder, compared.b.folder);
    const beside = await compare(ids[1].slice(0, 12), fast);
    const known = ({ metrics, parting, window }: Compared) => ({ metrics, parting, window });
    expect(known(byId)).toEqual(known(compared));
    expect(known(byFolder)).toEqual(known(compared));
    expect([beside.a.run_id, beside.b.run_id]).toEqual([ids[1], ids[0]]);
    const row = (each: Compared) => valueOf(each, "total_return", "difference") ?? Number.NaN;
    expect(row(beside)).toBeCloseTo(0 - row(compared), 12);
  });

  it("with themselves never part", async () => {
    const same = await compare(compared.a.folder, compared.a.folder);
    expect(same.notes).toEqual(["A and B are one run"]);
    expect(same.parting.first).toBeNull();
    expect(same.largest_differences).toEqual([]);
    expect(same.correlation.value).toBeCloseTo(1, 12);
    for (const row of same.metrics) expect([row.name, row.difference]).toEqual([row.name, 0]);
  });

  it("of accounts of another size: returns, and it says so", async () => {
    const large = mandate("large", DIRECT.replace("100000", "200000"));
    const { notes, correlation, parting } = await compare(fast, large);
    expect(notes[0]).toMatch(/^A began with 100000 and B with 200000 USD: compare returns/);
    expect(correlation.value).toBeGreaterThan(0.9999);
    expect(parting.by_series.map(({ series }) => series)).not.toContain("equity.nav");
  });

  it("--set reaches the mandates, and is refused where there are none", async () => {
    const { b } = await compare(compared.a.folder, fast, "--set", "slippage.bps=9");
    expect(b.run_id).not.toBe(ids[0]);
    const ending = await assay("compare", compared.a.folder, b.folder, "--set", "slippage.bps=9");
    expect(ending.code).toBe(EXIT_CODES.USAGE);
    expect(ending.stderr).toContain("what is recorded cannot be changed");
  });

  it("take less than a second from the record, one start of the program apart", async () => {
    await compare(...[compared.a.folder, compared.b.folder]);
    const started = performance.now();
    await compare(compared.a.folder, compared.b.folder);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

it("reads dates and instants as the artifacts print them", () => {
  const times = ["2024-01-02", "2024-01-02T10:30:05Z"];
  expect([...asInstants(times)]).toEqual(times.map((time) => Date.parse(time)));
  expect([...asInstants([null])]).toEqual([Number.NaN]);
});

describe("what cannot be compared", () => {
  let folder = "";
  let run: Side;
  beforeAll(async () => {
    folder = mandate("whole", DIRECT);
    run = (await compare(folder, folder)).a;
  });

  const refused = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await assay("compare", ...argv);
    expect(stdout).toBe("");
    return { code, stderr };
  };

  it("one run alone, or two and a stage", async () => {
    for (const argv of [[run.folder], [run.folder, folder, "--without", "overlay"]]) {
      const { code, stderr } = await refused(...argv);
      expect(code).toBe(EXIT_CODES.USAGE);
      expect(stderr).toContain("assay compare MANDATE --without STAGE");
    }
  });

  it("a recorded run less a stage", async () => {
    const { code, stderr } = await refused(run.folder, "--without", "overlay");
    expect([code, stderr]).toEqual([EXIT_CODES.USAGE, expect.stringContaining("give its mandate")]);
  });

  it("an id that nobody has", async () => {
    const { code, stderr } = await refused("ffff", folder);
    expect([code, stderr]).toEqual([
      EXIT_CODES.USAGE,
      expect.stringContaining('begins with "ffff"'),
    ]);
  });

  it("runs in different currencies", async () => {
    const prices = "Date,Close\n2015-01-05,10\n2015-01-06,11\n2015-01-07,10\n2015-01-08,12\n";
    const euros = mandate("euros", ownPrices("EUR"));
    writeFileSync(join(euros, "prices.csv"), prices);
    const { code, stderr } = await refused(run.folder, euros);
    expect(code).toBe(EXIT_CODES.USAGE);
    expect(stderr).toContain("A is in USD, B in EUR");
  });

  it("runs that share no days", async () => {
    const later = mandate("later", DIRECT.replace("2015-01-05", "2018-01-02"));
    const { code, stderr } = await refused(run.folder, later);
    expect(code).toBe(EXIT_CODES.DATA);
    expect(stderr).toMatch(
      /have 0 days in common, at least 2 are needed: A has 2015-.*, B has 2018-/,
    );
  });

  it("a run whose invariant broke, one that failed, one that was stopped", async () => {
    const changed = (name: string, change: (document: { [key: string]: unknown }) => void) => {
      const copy = join(root, name, ".assay/runs", run.run_id);
      cpSync(run.folder, copy, { recursive: true });
      const document = JSON.parse(readFileSync(join(copy, "run.json"), "utf8")) as {};
      change(document);
      writeFileSync(join(copy, "run.json"), JSON.stringify(document));
      return copy;
    };
    const failure = { invariant: 1, message: "invariant 1: stage overlay was not applied" };
    const broken = changed("broken", (document) => {
      Object.assign(document, { status: "INERT_STAGE", failure });
    });
    const failed = changed("failed", (document) => {
      Object.assign(document, { status: "ERROR", failure });
    });
    const stopped = changed("stopped", () => undefined);
    const head = readFileSync(join(failed, "HEAD"), "utf8");
    const { seq, hash } = JSON.parse(head) as { seq: number; hash: string };
    const open = `{"hash":"${hash}","seq":${seq}}\n`;
    for (const copy of [failed, stopped]) writeFileSync(join(copy, "HEAD"), open);
    rmSync(join(stopped, "run.json"));
    const endings = [
      await refused(run.folder, broken),
      await refused(failed, run.folder),
      await refused(run.folder, stopped),
    ];
    expect(endings.map(({ code }) => code)).toEqual([
      EXIT_CODES.FAILED_RUN,
      EXIT_CODES.FAILED_RUN,
      EXIT_CODES.DATA,
    ]);
    expect(endings[0].stderr).toContain("INERT_STAGE and its numbers do not count");
    expect(endings[1].stderr).toContain("failed and has nothing to compare: invariant 1");
    expect(endings[2].stderr).toContain("is not finished");
  });

  it("an artifact that other code wrote, with other columns", async () => {
    const copy = join(root, "older/.assay/runs", run.run_id);
    cpSync(run.folder, copy, { recursive: true });
    const path = join(copy, "artifacts/equity.csv");
    const text = readFileSync(path, "utf8").replace("drawdown\n", "fall\n");
    writeFileSync(path, text);
    const document = readFileSync(join(copy, "run.json"), "utf8");
    const { artifacts } = JSON.parse(document) as { artifacts: { name: string; sha256: string }[] };
    const recorded = artifacts.find(({ name }) => name === "equity")?.sha256 ?? "";
    writeFileSync(join(copy, "run.json"), document.replace(recorded, sha256(text)));
    const { code, stderr } = await refused(run.folder, copy);
    expect(code).toBe(EXIT_CODES.DATA);
    expect(stderr).toContain("has other columns than this code writes");
  });

  it("an artifact that was changed", async () => {
    const copy = join(root, "changed/.assay/runs", run.run_id);
    cpSync(run.folder, copy, { recursive: true });
    appendFileSync(join(copy, "artifacts/equity.csv"), "2030-01-01,1,1,0,0,0,0,0\n");
    const { code, stderr } = await refused(run.folder, copy);
    expect(code).toBe(EXIT_CODES.VERIFY);
    expect(stderr).toContain("equity.csv of run");
  });
});

describe("a part of a run in several currencies", () => {
  const futures = (slow: number) => `assay: 1
name: futures
profile: futures-layers
account: { currency: USD, initial_equity: 10000000 }
data:
  kind: simulated
  simulated: { market: calibrated, start: 2010-01-04, years: 1 }
strategies:
  - { name: trend, use: ts-momentum, instruments: all, params: { slow: ${slow}, middle: 20, fast: 8 } }
schedule: { decide: friday }
allocation: { method: equal }
risk_targeting: { lookback: 25 }
overlay: { mode: "off" }
breakers: { enabled: false }
slippage: { bps: 2 }
fees: { per_share: 2 }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
`;
  let compared: Compared;
  beforeAll(async () => {
    compared = await compare(
      mandate("futures-40", futures(40)),
      mandate("futures-60", futures(60)),
    );
  });

  it("is converted day by day: all of it comes to what run.json says of the whole run", async () => {
    const folder = compared.a.folder;
    const run = recordedRun(
      dirname(dirname(folder)),
      openRunFolders(dirname(dirname(folder))).find(compared.a.run_id),
    );
    const sessions = readArtifact(folder, "equity").map((row) => Date.parse(row["date"]));
    const activity = await activityOf(run, Float64Array.from(sessions));
    if ("unknown" in activity) throw new Error(activity.unknown);
    const currencies = new Set(readArtifact(folder, "sleeves").map((row) => row["currency"]));
    expect(currencies.size).toBeGreaterThan(1);
    const { costs, metrics_full: whole } = run.document;
    const total = activity.costs.reduce((sum, cost) => sum + cost, 0);
    // The two legs of a roll are booked in one sum and counted in two: a cent each.
    expect(total).toBeCloseTo(costs.fees + costs.slippage + costs.financing + costs.borrow, 0);
    expect(activity.fillsMs).toHaveLength(whole.trades);
    const navs = readArtifact(folder, "equity").map((row) => Number(row["nav"]));
    const mean = navs.reduce((sum, nav) => sum + nav, 0) / navs.length;
    const years = (sessions[sessions.length - 1] - sessions[0]) / (365.25 * 86_400_000);
    const traded = activity.traded.reduce((sum, notional) => sum + Math.abs(notional), 0);
    expect(traded / mean / years).toBeCloseTo(whole.turnover ?? Number.NaN, 6);
  });

  it("is unknown, with the reason, where the pack with the rates is gone; ratios are not", async () => {
    const full = valueOf(compared, "costs", "a") ?? Number.NaN;
    expect(full).toBeGreaterThan(0);
    rmSync(join(compared.a.folder, "../../packs"), { recursive: true });
    const { stdout } = await assay("compare", compared.a.folder, compared.b.folder);
    expect(stdout).toMatch(/^ {2}costs USD +- +[\d,.]+ +-$/m);
    expect(stdout).toMatch(
      /^ {2}undefined +fills, turnover, costs of A: the run's pack, which has the rates/m,
    );
    expect(stdout).toMatch(/^ {2}Sharpe +-?\d+\.\d\d +-?\d+\.\d\d/m);
  });
});

function ownPrices(currency: string): string {
  return `assay: 1
name: own
profile: plain
account: { currency: ${currency}, initial_equity: 100000 }
data:
  kind: real
  sources:
    - { file: ./prices.csv, layout: single, instrument: MINE, rights: made up,
        date: { column: Date, format: YYYY-MM-DD }, columns: { close: Close } }
  instrument_defaults: { currency: ${currency} }
strategies:
  - { name: hold, use: buy-and-hold, instruments: all }
execution: { fill: next_close }
slippage: { bps: 0 }
fees: { bps: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.02 }
`;
}

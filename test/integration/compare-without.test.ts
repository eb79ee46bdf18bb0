/**
 * `assay compare MANDATE --without STAGE` on a seeded market: a mandate against itself less each of
 * its stages, what it says against the runs' own files, and every stage that cannot be left out.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadedMandate, loadMandate } from "../../src/apps/cli/compose.ts";
import { withoutStage } from "../../src/apps/cli/without-stage.ts";
import { EXIT_CODES } from "../../src/domain/run-status.ts";
import { assay, compare, DIRECT, mandate, root, runJson, valueOf } from "../support/comparing.ts";
import { readArtifact } from "../support/run-files.ts";

const LAYERS = `assay: 1
name: layers
profile: etf-trend
account: { currency: USD, initial_equity: 1000000 }
data:
  kind: simulated
  simulated: { instruments: 5, sessions: 300, start: 2015-01-05 }
strategies:
  - { name: trend, use: ts-momentum, instruments: all, params: { slow: 40, middle: 20, fast: 8 } }
  - { name: hold, use: buy-and-hold, instruments: [SIM01, SIM02], params: { strength: 0.5 } }
schedule: { decide: friday }
allocation: { method: inverse-volatility, lookback_days: 60, min_observations: 20 }
risk_targeting: { target_vol: 0.12, lookback: 25 }
overlay: { mode: compute, profile: M, during_warm_up: none }
correlation: { limit: 0.3, days: 40, min_overlap: 15 }
heat: { limit: 0.05 }
limits: { gross: 1.5, symbol: 0.5 }
slippage: { bps: 2 }
fees: { per_share: 0.005, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
`;

/** Every stage on, with keys of its own that nobody reads once it is off. */
const EVERYTHING = `${LAYERS.replace("overlay: {", "overlay: { trade_on_upgrade: true,")}
policy: { enabled: true, map: { trend: trend }, exempt: [hold] }
clamps: { tail: { enabled: true, paths: 500 } }
sizing: { min_notional: 100, stop_atr: 3 }
volatility_regime: { enabled: true, high: 26 }
breakers: { halt: 1.4 }
`;

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a mandate against itself less one stage", () => {
  let folder = "";
  beforeAll(() => {
    folder = mandate("layers", LAYERS);
  });

  /** Stage -> the series in which the paths part first. */
  const STAGES = [
    ["risk_targeting", "weights.after_risk_target"],
    ["overlay", "weights.after_overlay"],
    ["clamps", "weights.after_clamps"],
    ["throttle", "weights.after_clamps"],
    ["correlation", "orders"],
    ["buffer", "orders"],
    ["heat", "orders"],
  ] as const;

  it.each(STAGES)("%s: the paths part in %s", async (stage, series) => {
    const compared = await compare(folder, "--without", stage);
    const { a, b, parting, window } = compared;
    expect(parting.first?.series).toBe(series);
    expect([a.name, b.name]).toEqual(["layers", `layers, without ${stage}`]);
    expect(a.mandate_hash).not.toBe(b.mandate_hash);
    expect(compared.notes).toEqual([]);
    // Both measure the same days, so each run's own headline is what is shown.
    for (const [side, run] of [
      ["a", runJson(a)],
      ["b", runJson(b)],
    ] as const) {
      expect(window).toMatchObject({
        from: run.window.evaluation.from,
        to: run.window.evaluation.to,
      });
      for (const { name } of compared.metrics) {
        expect([name, valueOf(compared, name, side)]).toEqual([name, run.metrics[name]]);
      }
    }
    // Nothing parted before the day that is named, in the series the stage works on.
    const [left, right] = [a, b].map((side) =>
      readArtifact(side.folder, "equity").filter((row) => row["date"] < parting.by_series[0].date),
    );
    expect(left.length).toBeGreaterThan(10);
    expect(left).toEqual(right);
  });

  it("names the gate that stopped the order which the other run has", async () => {
    const { parting } = await compare(folder, "--without", "correlation");
    const cuts = parting.signals?.a.flatMap(({ cut_by }) => cut_by);
    expect(cuts).toContain("correlation/held_instrument");
  });

  it("is recorded as a run of its own, which holds, and is found the next time", async () => {
    const first = await compare(folder, "--without", "overlay");
    const again = await compare(folder, "--without", "overlay");
    expect([again.a.was_run_now, again.b.was_run_now]).toEqual([false, false]);
    expect(again.metrics).toEqual(first.metrics);
    expect(readdirSync(join(folder, ".assay/runs"))).toContain(first.b.run_id);
    expect(first.overrides).toEqual(["overlay.mode=off"]);
    const report = readFileSync(join(first.b.folder, "report.html"), "utf8");
    expect(report).toContain("flag --without overlay");
    expect(await assay("verify", first.b.folder)).toMatchObject({ code: EXIT_CODES.OK });
    const { stdout } = await assay("runs", folder);
    expect(stdout).toContain("layers, without overlay");
  });

  it("keeps the breakers where they were when the volatility target goes", async () => {
    const { overrides } = await compare(folder, "--without", "risk_targeting");
    const level = (key: string) =>
      Number(overrides.find((each) => each.startsWith(`breakers.${key}=`))?.split("=")[1]);
    // Profile etf-trend: 4 daily sigmas, 1.5 and 2 annual ones, of a target of 0.12.
    expect(level("daily_loss")).toBeCloseTo((4 * 0.12) / Math.sqrt(252), 12);
    expect(level("halt")).toBeCloseTo(0.18, 12);
    expect(level("panic")).toBeCloseTo(0.24, 12);
    expect(overrides).toContain("breakers.unit=nav");
  });

  it("prints both in aligned columns, without colour in a pipe", async () => {
    const { stdout } = await assay("compare", folder, "--without", "overlay");
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^A {2}layers {19}OK {2}[0-9a-f]{32} {2}SIMULATED$/);
    expect(lines[1]).toMatch(/^B {2}layers, without overlay {2}OK {2}[0-9a-f]{32} {2}SIMULATED$/);
    const table = lines.filter((line) => /^ {2}(?:return|CAGR|fills|costs USD) /.test(line));
    expect(table).toHaveLength(4);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
    expect(stdout).toMatch(/^ {2}scalar {7}A {2}mean 0\.\d{3}, min 0\.\d{3}, below 1 on /m);
    expect(stdout).toMatch(/^ {15}B {2}mean .*, not applied$/m);
    expect(stdout).toMatch(/^ {2}brake {8}A .*\d transitions, \d+\.\d a year$/m);
    expect(stdout).toMatch(/^ {2}paths part {3}\d{4}-\d\d-\d\d {2}weights\.after_overlay/m);
    expect(stdout.includes("\u001b")).toBe(false);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(140);
  });

  it.each([
    ["overly", /there is no such stage; did you mean overlay\?$/],
    ["sentiment", /there is no such stage; there are policy, risk_targeting, overlay, /],
    ["policy", /not enabled in this mandate.*; enabled are risk_targeting, overlay, clamps, /],
    ["limits", /cannot be left out: .*; enabled are /],
  ])("refuses %s", async (stage, says) => {
    const { code, stdout, stderr } = await assay("compare", folder, "--without", stage);
    expect([code, stdout]).toEqual([EXIT_CODES.USAGE, ""]);
    expect(stderr.trim()).toMatch(says);
  });

  it("switches off whatever a mandate can have on, keys of its own notwithstanding", () => {
    const path = mandate("everything", EVERYTHING);
    const whole = loadMandate(path, [], {});
    const refusal = (loaded: LoadedMandate, stage: string) => {
      try {
        withoutStage(path, stage, { whole: loaded, flags: [], environment: {} });
        return null;
      } catch (error) {
        return String(error);
      }
    };
    const stages = /there are (.*)$/.exec(refusal(whole, "sentiment") ?? "")?.[1].split(", ") ?? [];
    expect(stages).toHaveLength(15);
    for (const stage of stages) {
      const { loaded } = withoutStage(path, stage, { whole, flags: [], environment: {} });
      expect([stage, refusal(whole, stage)]).toEqual([stage, null]);
      expect(refusal(loaded, stage)).toContain("it is not enabled in this mandate");
      expect(loaded.resolved.hash).not.toBe(whole.resolved.hash);
    }
  });

  it.each([
    ["policy", "policy.map.trend"],
    ["risk_targeting", "risk_targeting.target_vol"],
    ["overlay", "overlay.trade_on_upgrade"],
    ["tail", "clamps.tail.paths"],
    ["correlation", "correlation.days"],
    ["breakers", "breakers.halt"],
    ["volatility_regime", "volatility_regime.high"],
  ])("%s: nobody has to read %s any more, everybody else their keys", (stage, key) => {
    const path = mandate(`unread-${stage}`, EVERYTHING);
    const whole = loadMandate(path, [], {});
    const { loaded } = withoutStage(path, stage, { whole, flags: [], environment: {} });
    expect(whole.unread()).toContain(key);
    expect(loaded.unread()).not.toContain(key);
    expect(loaded.unread()).toContain("limits.gross");
  });

  it("refuses a mandate whose strategies trade their own targets", async () => {
    const direct = mandate("no-stages", DIRECT);
    const { code, stderr } = await assay("compare", direct, "--without", "overlay");
    expect(code).toBe(EXIT_CODES.USAGE);
    expect(stderr).toContain("allocation.method is direct");
    expect(stderr).toContain("there are no stages to leave out");
  });
});

/**
 * `assay prove` on small mandates. Without a fault nothing is dead and nothing is left on disk; with
 * values that are read and not passed on, exactly those keys are dead, each with its place; a stage
 * whose result is thrown away is named.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/apps/cli/command-line.ts";
import type { ProvePlant } from "../support/planted-prove.ts";
import { findingsOf, type Proof, proveWith } from "../support/proving.ts";

const TARGETS = `assay: 1
name: targets
profile: plain
account: { currency: USD, initial_equity: 1000000 }
data:
  kind: simulated
  simulated: { market: shares, instruments: 3, sessions: 260, start: 2010-01-04 }
strategies:
  - { name: cross, use: ma-cross, params: { fast: 5, slow: 20, adx_min: 0, short: 1, strength: 0.5 }, instruments: all }
slippage: { bps: 3 }
fees: { per_share: 0.01, minimum: 1 }
financing: { debit_rate: 0.05, borrow_rate: 0.02 }
limits: { symbol: 0.6 }
metrics: { risk_free: 0.01 }
`;

const LAYERS = `assay: 1
name: layers
profile: futures-layers
account: { currency: USD, initial_equity: 1000000 }
data:
  kind: simulated
  simulated: { market: shares, instruments: 4, sessions: 330, start: 2010-01-04 }
strategies:
  - { name: cross, use: ma-cross, params: { fast: 5, slow: 20, adx_min: 0, short: 1 }, instruments: all }
schedule: { decide: friday }
allocation: { method: equal }
risk_targeting: { lookback: 30 }
clamps: { clusters: { enabled: false } }
limits: { gross: 2, net: null }
financing: { debit_rate: 0.05, borrow_rate: 0.01 }
`;

/** Each is read, and something else is used. */
const CONSTANTS: readonly ProvePlant[] = [
  ["engine/plan.ts", "bps: slippage.bps,", "bps: slippage.bps > 0 ? 3 : 3,"],
  ["engine/plan.ts", "symbol: limits.symbol,", "symbol: limits.symbol === null ? 0.6 : 0.6,"],
  ["engine/prepare.ts", "mandate.metrics.risk_free,", "mandate.metrics.risk_free * 0 + 0.01,"],
  ["research/strategies/ma-cross.ts", "m.sma(m.close, p.slow)", "m.sma(m.close, p.slow * 0 + 20)"],
];
const NOT_READ: ProvePlant = [
  "engine/plan.ts",
  "debitRate: financing.debit_rate,",
  "debitRate: 0.05,",
];
const OVERLAY_DROPPED: ProvePlant = [
  "engine/pipeline.ts",
  "const braked = overlayStage(k, layers, session, targeted);",
  "overlayStage(k, layers, session, targeted);\n  const braked = targeted as never;",
];
const PANIC_CONSTANT: ProvePlant = [
  "execution/gates/breakers.ts",
  'book.state !== "PANIC" && drawdown >= levels.panic',
  'book.state !== "PANIC" && drawdown >= 0.9',
];

const folder = mkdtempSync(join(tmpdir(), "assay-prove-"));
const home = join(folder, "home");
const mandateOf = (name: string, text: string): string => {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "mandate.yaml"), text);
  return join(folder, name);
};
const targets = mandateOf("targets", TARGETS);
const layers = mandateOf("layers", LAYERS);
afterAll(() => rmSync(folder, { recursive: true }));

describe("targets in shares", () => {
  let healthy: Proof;
  let faulty: Proof;
  beforeAll(async () => {
    healthy = await proveWith([], home, [targets]);
    faulty = await proveWith([...CONSTANTS, NOT_READ], home, [targets]);
  });

  it("without a fault no key is dead, and nothing is left on disk", () => {
    expect(findingsOf(healthy)).toEqual([]);
    expect(healthy).toMatchObject({ code: 0, baseline: { status: "OK", failure: null } });
    expect(existsSync(home)).toBe(false);
  });

  it("most keys are live, and what is not exercised says what it would take", () => {
    const read = healthy.keys.filter(({ verdict }) => verdict !== "not_read");
    const live = read.filter(({ verdict }) => verdict === "live");
    expect(live.length).toBeGreaterThan(read.length * 0.8);
    for (const { key, verdict, message } of read) {
      if (verdict === "not_exercised") expect(message, key).toMatch(/^needs /);
    }
  });

  it("keys of stages that do not exist under targets are not read", () => {
    const overlay = healthy.keys.filter(({ key }) => key.startsWith("overlay."));
    expect(overlay.length).toBeGreaterThan(3);
    expect(overlay.every(({ verdict }) => verdict === "not_read")).toBe(true);
  });

  it("keys that are read and not passed on, or not read at all, are dead, and no others", () => {
    expect(findingsOf(faulty)).toEqual([
      "strategies.0.params.slow",
      "slippage.bps",
      "financing.debit_rate",
      "limits.symbol",
      "metrics.risk_free",
    ]);
    expect(faulty.code).toBe(5);
  });

  it("a dead key has its place in the file", () => {
    const place = (key: string) => faulty.keys.find((row) => row.key === key)?.place;
    expect(place("slippage.bps")).toBe("mandate.yaml:10:13 slippage.bps");
    expect(place("strategies.0.params.slow")).toBe("mandate.yaml:9:54 strategies.0.params.slow");
  });

  it("a key that nobody read says so", () => {
    expect(faulty.keys.find(({ key }) => key === "financing.debit_rate")?.message).toBe(
      "no part of the run read it",
    );
  });
});

describe("forecasts through the portfolio's stages", () => {
  it("a stage whose result is thrown away is named by its key and by the run's own checks", async () => {
    const args = [layers, "--only", "overlay"];
    const healthy = await proveWith([], home, args);
    expect(findingsOf(healthy)).toEqual([]);
    const faulty = await proveWith([OVERLAY_DROPPED], home, args);
    expect(findingsOf(faulty)).toContain("stage overlay");
    expect(findingsOf(faulty)).toContain("overlay.mode");
    expect(faulty.baseline.failure).toMatchObject({ invariant: 1 });
    expect(faulty.baseline.failure?.message).toContain("stage overlay");
    expect(faulty.code).toBe(5);
  });

  it("a level that nobody keeps to is dead, whatever the levels beside it move", async () => {
    const args = [layers, "--only", "breakers.panic"];
    expect(findingsOf(await proveWith([], home, args))).toEqual([]);
    const faulty = await proveWith([PANIC_CONSTANT], home, args);
    expect(findingsOf(faulty)).toEqual(["breakers.panic", "breakers.panic_sessions"]);
  });

  it.each([
    [
      "--only",
      "feess",
      "assay: --only feess: no key of the mandate begins so; assay config lists them",
    ],
    ["--sessions", "0", "assay: --sessions 0: expected a whole number of sessions, such as 500"],
  ])("%s %s is refused", async (option, value, says) => {
    let said = "";
    const code = await runCommandLine(["prove", layers, option, value], {
      stdout: { write: () => undefined },
      stderr: { write: (text: string) => (said += text) },
      environment: { ASSAY_HOME: home },
    });
    expect([code, said]).toEqual([2, `${says}\n`]);
  });
});

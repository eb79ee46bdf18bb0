/** The summary's line about the volatility gap: signed points, no noise, no silence. */
import { expect, it } from "vitest";
import { runJson, summaryLines } from "../../../src/apps/cli/run-summary.ts";
import type { RunOutcome } from "../../../src/apps/cli/run-command.ts";
import { paintFor } from "../../../src/apps/cli/terminal.ts";
import type { LayersDocument } from "../../../src/domain/layers-document.ts";
import type { VolatilityGap } from "../../../src/domain/volatility-gap.ts";
import { reportFixture } from "../../support/report-fixture.ts";

const LAYERS: LayersDocument = {
  decisions: 4,
  off_cycle: 0,
  sleeves: 1,
  allocation: { method: "equal", mean_gross: 1, notes: {}, without_budget: [] },
  policy: { enabled: false, mean_gross: 1, bound: 0 },
  risk_targeting: {
    enabled: true,
    mean_gross: 1,
    target_vol: 0.1,
    status: { measured: 4 },
    mean_sigma: 0.1,
  },
  overlay: {
    mode: "off",
    profile: "H",
    mean_gross: 1,
    applied: 0,
    warm_up: 0,
    bound: 0,
    bound_on: [],
    mean_scalar: null,
    regimes: {},
    transitions: [],
    transitions_per_year: 0,
  },
  clamps: { mean_gross: 1, by_constraint: {} },
  volatility_regime: null,
  volatility_transitions: [],
  breakers: [],
  netting: { nets: 0, crosses: 0, crossed_lots: 0 },
  refused: {},
  sizing: {},
  sizing_unmoved: 0,
};

const GAP: VolatilityGap = {
  target: 0.1,
  realised: 0.0886,
  gap: -0.0114,
  parts: {
    estimator_and_rebalance_lag: 0.00123,
    unexposed: 0,
    target_bounds: -0.01,
    policy: 0,
    overlay: -0.002,
    clamps: -0.00004,
    gates: 0,
    buffer_and_rounding: 0,
    costs: 0.00002,
  },
  residual: -0.00061,
  undefined_because: null,
};

function outcome(volatility_gap: VolatilityGap | null): RunOutcome {
  const document = { ...reportFixture().document, layers: LAYERS, volatility_gap };
  return { document, folder: "run", findings: [] } as unknown as RunOutcome;
}

function lineOf(gap: VolatilityGap | null): string | undefined {
  const paint = paintFor({ isTTY: false } as Parameters<typeof paintFor>[0], {});
  return summaryLines(outcome(gap), paint).find((line) => line.startsWith("  volatility "));
}

it("names every part of a hundredth of a point or more, and always the residual", () => {
  expect(lineOf(GAP)).toBe(
    "  volatility  8.86 % against a target of 10.00 %: estimator and rebalance lag +0.12, target bounds -1.00, overlay -0.20, residual -0.06 points",
  );
  expect(lineOf({ ...GAP, residual: -1e-12 })).toMatch(/residual 0\.00 points$/);
});

it("says why where nothing can be said, and nothing where no volatility was aimed at", () => {
  const none = { realised: null, gap: null, parts: null, residual: null };
  expect(lineOf({ target: 0.1, ...none, undefined_because: "ruined at session 3" })).toBe(
    "  volatility  cannot be held against a target of 10.00 %: ruined at session 3",
  );
  expect(lineOf(null)).toBeUndefined();
});

it("is handed to a machine whole", () => {
  expect(runJson(outcome(GAP))).toMatchObject({ volatility_gap: GAP });
  expect(runJson(outcome(null))).toMatchObject({ volatility_gap: null });
});

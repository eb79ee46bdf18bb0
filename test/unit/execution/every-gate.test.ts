/**
 * What holds for all exposure gates together: a reduction passes whatever is broken or unknown, an
 * increase passes no gate whose evidence is missing, and every gate has a terminal state.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BREAKER_STATES, VOLATILITY_REGIMES } from "../../../src/domain/regime.ts";
import type { TerminalState, Verdict } from "../../../src/domain/refusal.ts";
import { refusalOf } from "../../../src/execution/gates/approval.ts";
import { breakersGate } from "../../../src/execution/gates/breakers.ts";
import { cashGate } from "../../../src/execution/gates/cash.ts";
import { correlationGate } from "../../../src/execution/gates/correlation.ts";
import { type ExposureView, reduces } from "../../../src/execution/gates/exposure.ts";
import { heatGate } from "../../../src/execution/gates/heat.ts";
import { type Limits, limitsGate } from "../../../src/execution/gates/limits.ts";
import { policyGate } from "../../../src/execution/gates/policy.ts";
import { volatilityRegimeGate } from "../../../src/execution/gates/volatility-regime.ts";

const TIGHT: Limits = {
  gross: 0.01,
  net: 0.005,
  symbol: 0.001,
  sector: 0.002,
  margin: 0.001,
  positions: 1,
  shorts: false,
  stopCooldownSessions: 1000,
};
const LOOSE: Limits = {
  gross: 10,
  net: 9,
  symbol: 9,
  sector: 9,
  margin: 1,
  positions: 99,
  shorts: true,
  stopCooldownSessions: 0,
};
const WELL: ExposureView = {
  navMinor: 100_000,
  grossMinor: 0,
  netMinor: 0,
  positions: 0,
  beforeMinor: 0,
  afterMinor: 1000,
  beforeLots: 0,
  afterLots: 1,
  sectorMinor: 0,
  marginMinor: 0,
  afterMarginMinor: 100,
  sinceStop: null,
};

type Situation = {
  readonly view: ExposureView;
  readonly limits: Limits;
  readonly heat: number;
  readonly rho: number;
  readonly breaker: (typeof BREAKER_STATES)[number];
  readonly regime: (typeof VOLATILITY_REGIMES)[number];
  readonly policyOn: boolean;
};

function exposureVerdicts(s: Situation): Verdict[] {
  const less = reduces(s.view);
  const others = [{ instrument: "X", side: 1 as const, rho: s.rho }];
  return [
    policyGate({ on: s.policyOn, reason: "planted", reduces: less, wanted: true }),
    correlationGate({ side: 1, reduces: less, others }, 0.7),
    breakersGate(s.breaker, less),
    heatGate({ navMinor: s.view.navMinor, bookHeatMinor: s.heat, reduces: less }, 0.06),
    volatilityRegimeGate(s.view, s.regime, s.limits),
    limitsGate(s.view, s.limits),
    cashGate(s.view, s.limits.gross, s.limits.margin),
  ];
}

const CALM: Situation = {
  view: WELL,
  limits: LOOSE,
  heat: 0,
  rho: 0,
  breaker: "NORMAL",
  regime: "NORMAL",
  policyOn: true,
};

const amount = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0),
);
const anySituation = fc.record({
  view: fc.record({
    navMinor: amount,
    grossMinor: amount,
    netMinor: amount,
    positions: fc.nat(20),
    beforeMinor: amount,
    afterMinor: amount,
    beforeLots: fc.integer({ min: -50, max: 50 }),
    afterLots: fc.integer({ min: -50, max: 50 }),
    sectorMinor: fc.option(amount),
    marginMinor: amount,
    afterMarginMinor: amount,
    sinceStop: fc.option(fc.nat(30)),
  }),
  limits: fc.constantFrom(TIGHT, LOOSE),
  heat: amount,
  rho: fc.constantFrom(0.99, 0, Number.NaN),
  breaker: fc.constantFrom(...BREAKER_STATES),
  regime: fc.constantFrom(...VOLATILITY_REGIMES),
  policyOn: fc.boolean(),
});

describe("reductions", () => {
  it("pass every exposure gate, whatever is broken and whatever is unknown", () => {
    let reached = 0;
    fc.assert(
      fc.property(anySituation, (situation) => {
        const { beforeLots, afterLots } = situation.view;
        fc.pre(Math.abs(afterLots) < Math.abs(beforeLots) && afterLots * beforeLots >= 0);
        reached++;
        const refused = exposureVerdicts(situation).filter((v) => v.result !== "pass");
        expect(refused).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(reached).toBeGreaterThanOrEqual(300);
  });

  it("are not what crosses zero: the same book refuses it", () => {
    const view = {
      ...WELL,
      grossMinor: 50_000,
      beforeLots: 50,
      afterLots: -10,
      beforeMinor: 50_000,
      afterMinor: -10_000,
    };
    const results = exposureVerdicts({ ...CALM, view, limits: TIGHT, breaker: "HALT", heat: 9000 });
    const passed = results.filter((v) => v.result === "pass");
    expect(passed.map((v) => v.gate)).toEqual(["policy", "correlation"]);
  });
});

describe("increases", () => {
  it("pass a calm book: each fault below is the only one", () => {
    expect(exposureVerdicts(CALM).map((v) => v.result)).toEqual(new Array(7).fill("pass"));
  });

  it.each([
    ["correlation", { rho: Number.NaN }, "insufficient_overlap:not_evaluated"],
    ["heat", { heat: Number.NaN }, "heat:not_evaluated"],
    ["limits", { view: { ...WELL, sectorMinor: null } }, "sector:not_evaluated"],
    ["limits", { view: { ...WELL, sectorMinor: Number.NaN } }, "sector:not_evaluated"],
    ["limits", { view: { ...WELL, netMinor: Number.NaN } }, "net"],
    ["cash", { view: { ...WELL, grossMinor: Number.NaN } }, "buying_power"],
    ["cash", { view: { ...WELL, marginMinor: Number.NaN } }, "initial_margin:not_evaluated"],
    ["cash", { view: { ...WELL, afterMarginMinor: Number.NaN } }, "initial_margin:not_evaluated"],
    ["policy", { policyOn: false }, "planted"],
    ["breakers", { breaker: "HALT" }, "halt"],
  ] as [string, Partial<Situation>, string][])(
    "%s refuses without its evidence, and says what: %o",
    (gate, over, rule) => {
      const refused = exposureVerdicts({ ...CALM, ...over }).filter(
        (v) => v.gate === gate && v.result !== "pass",
      );
      expect(refused).toHaveLength(1);
      expect(refusalOf(refused[0])).toMatchObject({ by: gate, rule });
    },
  );

  it("of an unknown size pass neither limits nor cash nor the regime", () => {
    const view = { ...WELL, afterMinor: Number.NaN };
    const passed = exposureVerdicts({ ...CALM, view }).filter((v) => v.result === "pass");
    expect(passed.map((v) => v.gate)).toEqual(["policy", "correlation", "breakers", "heat"]);
  });

  it("show no number that is none: every observed value is finite or null", () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        for (const verdict of exposureVerdicts(situation)) {
          const { observed, limit } = verdict;
          expect(observed === null || Number.isFinite(observed), JSON.stringify(verdict)).toBe(
            true,
          );
          expect(limit === null || Number.isFinite(limit), JSON.stringify(verdict)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("terminal states", () => {
  it("are the ones the spec names for each gate", () => {
    const states = new Map<string, TerminalState>(
      exposureVerdicts(CALM).map((v) => [v.gate, refusalOf({ ...v, result: "fail" }).state]),
    );
    expect(Object.fromEntries(states)).toEqual({
      policy: "REJECTED_BY_POLICY",
      correlation: "REJECTED_BY_CORRELATION",
      breakers: "REJECTED_BY_CIRCUIT_BREAKER",
      heat: "REJECTED_BY_HEAT",
      volatility_regime: "REJECTED_BY_RISK_LIMIT",
      limits: "REJECTED_BY_RISK_LIMIT",
      cash: "REJECTED_BY_CASH",
    });
  });
});

/** Policy: every combination of its features against the rule in words, and its section. */
import { describe, expect, it } from "vitest";
import { type Evidence, known, unknown } from "../../../src/domain/evidence.ts";
import type { SectionIssue } from "../../../src/domain/section.ts";
import { POLICIES, policyFlags } from "../../../src/portfolio/policy/policy-flags.ts";
import { type PolicySettings, policySection } from "../../../src/portfolio/policy/section.ts";

const STATES: readonly Evidence<boolean>[] = [known(true), known(false), unknown("no such series")];
const COMBINATIONS = STATES.flatMap((stress) =>
  STATES.flatMap((stress99) =>
    STATES.map((backwardation) => ({ stress, stress99, backwardation })),
  ),
);

describe("policy flags", () => {
  it("follow the rule for all 27 combinations", () => {
    expect(COMBINATIONS).toHaveLength(27);
    for (const features of COMBINATIONS) {
      const { stress, stress99, backwardation } = features;
      const flags = policyFlags(features);
      expect(flags.trend.on, JSON.stringify(features)).toBe(stress.known && !stress.value);
      const allKnown = stress.known && stress99.known && backwardation.known;
      const calm = allKnown && !stress99.value && !(stress.value && backwardation.value);
      expect(flags.short_volatility.on, JSON.stringify(features)).toBe(calm);
    }
  });

  it("say why, and what is missing", () => {
    const features = { stress: known(false), stress99: known(false), backwardation: known(false) };
    const missing = unknown("VIX has 40 of 126 days");
    expect(policyFlags({ ...features, stress: missing }).trend).toEqual({
      on: false,
      reason: "stress is unknown: VIX has 40 of 126 days",
    });
    for (const feature of ["stress", "stress99", "backwardation"] as const) {
      const { on, reason } = policyFlags({ ...features, [feature]: missing }).short_volatility;
      expect([on, reason.endsWith("is unknown: VIX has 40 of 126 days")]).toEqual([false, true]);
    }
    const stressed = { stress: known(true), stress99: known(false), backwardation: known(false) };
    expect(policyFlags(stressed).trend.reason).toBe("volatility-of-volatility stress");
    expect(policyFlags(stressed).short_volatility).toEqual({
      on: true,
      reason: "stress without backwardation",
    });
  });

  it("cover every policy that a mandate may name", () => {
    const flags = policyFlags(COMBINATIONS[0]);
    expect(Object.keys(flags)).toEqual([...POLICIES]);
  });
});

describe("section policy", () => {
  const OFF = policySection.schema.parse(policySection.defaults);
  const ON: PolicySettings = {
    ...OFF,
    enabled: true,
    map: { tsmom: "trend" },
    exempt: ["carry"],
  };
  const strategies = [{ name: "tsmom" }, { name: "carry" }];
  const check = policySection.check as (
    values: PolicySettings,
    mandate: { readonly [section: string]: unknown },
  ) => readonly SectionIssue[];
  const issues = (values: PolicySettings) =>
    check(values, { strategies }).map(({ path, message }) => `${path.join(".")}: ${message}`);

  it("is complete and disabled by default", () => {
    expect(OFF).toMatchObject({ enabled: false, map: {}, exempt: [], series: null });
    // No profile of the spec names it (execution 2): who wants it says which strategy follows what.
    for (const name of ["plain", "etf-trend", "futures-layers", "equity-signals"]) {
      expect(policySection.profiles[name], name).toEqual({ enabled: false });
    }
    expect(issues(OFF)).toEqual([]);
    expect(issues(ON)).toEqual([]);
  });

  it.each<readonly [string, Partial<PolicySettings>, string]>([
    ["an unmapped strategy", { exempt: [] }, "map: strategy carry is in neither"],
    ["a strategy twice", { exempt: ["carry", "tsmom"] }, "exempt: strategy tsmom is in policy.map"],
    ["an exemption twice", { exempt: ["carry", "carry"] }, "exempt.1: carry is listed twice"],
    [
      "an unknown name",
      { map: { tsmom: "trend", cary: "trend" } },
      "map.cary: there is no strategy cary; did you mean carry?",
    ],
    [
      "an unknown exemption",
      { exempt: ["carry", "zebra"] },
      "exempt.1: there is no strategy zebra; there are tsmom, carry",
    ],
    [
      "nothing to do",
      { map: {}, exempt: ["tsmom", "carry"] },
      "map: policy is enabled and no strategy follows one",
    ],
    [
      "a policy that is never on",
      { map: { tsmom: "short_volatility" } },
      "map.tsmom: tsmom would never trade",
    ],
  ])("refuses %s", (_, changes, words) => {
    const found = issues({ ...ON, ...changes });
    expect(found).toHaveLength(1);
    expect(found[0].startsWith(words), found[0]).toBe(true);
  });

  it("admits short volatility beside a term structure", () => {
    expect(issues({ ...ON, map: { tsmom: "short_volatility" }, term_structure: "VIX3M" })).toEqual(
      [],
    );
  });

  it("refuses a policy nobody knows", () => {
    expect(policySection.schema.safeParse({ ...ON, map: { tsmom: "carry" } }).success).toBe(false);
  });

  it("has no reader while disabled, nor for an index that neither feature needs", () => {
    const idle = policySection.inapplicable as (values: PolicySettings) => readonly string[];
    expect([...idle(OFF), "enabled"].sort()).toEqual(Object.keys(OFF).sort());
    expect(idle(ON)).toEqual([]);
    expect(idle({ ...ON, series: "VVIX" })).toEqual(["volatility_index"]);
    expect(idle({ ...ON, series: "VVIX", term_structure: "VIX3M" })).toEqual([]);
  });
});

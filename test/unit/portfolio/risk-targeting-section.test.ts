/** The sections of risk targeting and of the brake: complete, and refusing what contradicts. */
import { describe, expect, it } from "vitest";
import type { Section, SectionIssue } from "../../../src/domain/section.ts";
import { composeSections } from "../../../src/mandate/compose.ts";
import { policySection } from "../../../src/portfolio/policy/section.ts";
import {
  type OverlaySettings,
  overlaySection,
  overlayTerms,
} from "../../../src/portfolio/overlay/section.ts";
import {
  type RiskTargetingSettings,
  riskTargetingSection,
} from "../../../src/portfolio/risk-targeting/section.ts";

const PROFILES = ["equity-signals", "etf-trend", "futures-layers", "plain"];

function issuesOf<Values>(section: Section<unknown>, values: Values, mandate: object): string[] {
  const check = section.check as (values: Values, mandate: object) => readonly SectionIssue[];
  return check(values, mandate).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

function idleOf<Values>(section: Section<unknown>, values: Values): readonly string[] {
  const idle = section.inapplicable as (values: Values) => readonly string[];
  return idle(values);
}

describe("sections of these stages", () => {
  it.each([riskTargetingSection, overlaySection, policySection])(
    "$name composes, with a value for every key in every profile",
    (section: Section<unknown>) => {
      composeSections([section]);
      expect(Object.keys(section.profiles).sort()).toEqual(PROFILES);
      const schema = section.schema as { safeParse: (values: unknown) => { success: boolean } };
      for (const profile of PROFILES) {
        const values = { ...section.defaults, ...section.profiles[profile] };
        expect(schema.safeParse(values).success).toBe(true);
      }
    },
  );
});

describe("section risk_targeting", () => {
  const ON: RiskTargetingSettings = riskTargetingSection.schema.parse({
    ...riskTargetingSection.defaults,
    enabled: true,
  });
  const issues = (changes: Partial<RiskTargetingSettings>, gross = 1.5) =>
    issuesOf(riskTargetingSection, { ...ON, ...changes }, { limits: { gross } });

  it("has the spec's values", () => {
    expect(riskTargetingSection.defaults).toEqual({
      enabled: false,
      target_vol: 0.1,
      lookback: 63,
      gross_floor: 0,
      vol_floor: 0.05,
      reference: "current",
      update: "every_rebalance",
      estimator: "ewma",
    });
    expect(issues({})).toEqual([]);
    expect(issues({}, 7)).toEqual([]);
  });

  it("acts in the profiles that name a target volatility (spec execution 2), in no other", () => {
    const on = PROFILES.filter(
      (name) => (riskTargetingSection.profiles[name] as { enabled: boolean }).enabled,
    );
    expect(on).toEqual(["etf-trend", "futures-layers"]);
    expect(riskTargetingSection.profiles["plain"]).toEqual({ enabled: false });
    expect(riskTargetingSection.profiles["equity-signals"]).toEqual({ enabled: false });
  });

  it("refuses a gross floor above the cap, and one that the target never leaves", () => {
    expect(issues({ gross_floor: 2 })).toEqual([
      "gross_floor: a least gross of 2 lies above the largest, limits.gross 1.5; set it below, or 0",
    ]);
    expect(issues({ gross_floor: 1.5 })).toEqual([
      expect.stringMatching(/^gross_floor: the target can never act/),
    ]);
    expect(issues({ gross_floor: 1, vol_floor: 0.2 })[0]).toContain(
      "asks for at most 0.5 of gross",
    );
    expect(issues({ gross_floor: 0.4, vol_floor: 0.2 })).toEqual([]);
    expect(issues({ enabled: false, gross_floor: 2 })).toEqual([]);
  });

  it.each([{ lookback: 19 }, { vol_floor: 0 }, { target_vol: 0 }, { gross_floor: -1 }])(
    "refuses %o",
    (changes) => {
      expect(riskTargetingSection.schema.safeParse({ ...ON, ...changes }).success).toBe(false);
    },
  );

  it("has no reader for its terms while disabled", () => {
    expect(idleOf(riskTargetingSection, ON)).toEqual([]);
    const idle = idleOf(riskTargetingSection, { ...ON, enabled: false });
    expect([...idle, "enabled"].sort()).toEqual(Object.keys(ON).sort());
  });
});

describe("section overlay", () => {
  const COMPUTE: OverlaySettings = overlaySection.schema.parse({
    ...overlaySection.defaults,
    mode: "compute",
  });
  const sha256 = "0123456789abcdef".repeat(4);
  const issues = (changes: Partial<OverlaySettings>, decide = "weekly") =>
    issuesOf(overlaySection, { ...COMPUTE, ...changes }, { schedule: { decide } });

  it("wants run and hash for precomputed, and for nothing else", () => {
    expect(issues({})).toEqual([]);
    expect(issues({ mode: "precomputed", run: "r1", sha256 })).toEqual([]);
    expect(issues({ mode: "precomputed" })).toEqual([
      "run: mode is precomputed and this is null; name the run and the hash of its regimes artifact, or set mode: compute",
      "sha256: mode is precomputed and this is null; name the run and the hash of its regimes artifact, or set mode: compute",
    ]);
    for (const mode of ["off", "compute"] as const) {
      expect(issues({ mode, run: "r1" })).toEqual([
        `run: mode is ${mode}, so nobody would read r1; remove it, or set mode: precomputed`,
      ]);
      expect(issues({ mode, sha256 })).toHaveLength(1);
    }
    expect(overlaySection.schema.safeParse({ ...COMPUTE, sha256: "abc" }).success).toBe(false);
  });

  it("refuses off-cycle trades where every session is a decision", () => {
    expect(issues({ trade_on_upgrade: true })).toEqual([]);
    expect(issues({ trade_on_upgrade: true }, "every_session")[0]).toContain("can never fire");
  });

  it("names the keys that a mode does not read", () => {
    expect(idleOf(overlaySection, COMPUTE)).toEqual(["run", "sha256"]);
    expect(idleOf(overlaySection, { ...COMPUTE, mode: "off" })).toContain("trade_on_upgrade");
    expect(idleOf(overlaySection, { ...COMPUTE, mode: "precomputed" })).toEqual([
      "smooth_down",
      "during_warm_up",
    ]);
  });

  it("hands its terms on", () => {
    const terms = { profile: "L", smoothDown: false, duringWarmUp: "none" };
    const values = {
      ...COMPUTE,
      profile: "L",
      smooth_down: false,
      during_warm_up: "none",
    } as const;
    expect(overlayTerms(values)).toEqual(terms);
  });
});

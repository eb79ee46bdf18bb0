/**
 * The sections of the gates: complete in every profile, the figures of the spec's profiles, each
 * contradiction and each threshold that can never fire refused with the words a person needs.
 */
import { describe, expect, it } from "vitest";
import type { Section } from "../../../src/domain/section.ts";
import {
  breakersSection,
  type BreakerSettings,
  correlationSection,
  freshnessSection,
  heatSection,
  limitsSection,
  volatilityRegimeSection,
} from "../../../src/execution/gates/section.ts";
import { composeSections } from "../../../src/mandate/compose.ts";

const PROFILES = ["plain", "etf-trend", "futures-layers", "equity-signals"] as const;
const SECTIONS = [
  limitsSection,
  freshnessSection,
  breakersSection,
  heatSection,
  correlationSection,
  volatilityRegimeSection,
];

type Values = { readonly [key: string]: unknown };

function valuesOf(section: Section, profile: string): Values {
  return { ...section.defaults, ...section.profiles[profile] };
}

function issues(section: Section, values: object, mandate: object = {}): readonly string[] {
  const check = section.check as unknown as (
    values: object,
    mandate: object,
  ) => readonly { path: readonly unknown[]; message: string }[];
  return check(values, mandate).map((i) => `${i.path.join(".")}: ${i.message}`);
}

const TARGETING = { risk_targeting: { enabled: true, target_vol: 0.1 } };

describe("every section", () => {
  it("is accepted by the mandate's machinery", () => {
    expect(composeSections(SECTIONS).profiles.size).toBe(PROFILES.length);
  });

  it.each(SECTIONS.flatMap((s) => PROFILES.map((p) => [s.name, p, s] as const)))(
    "%s is complete and without contradiction in %s",
    (_, profile, section) => {
      const values = valuesOf(section, profile);
      const parsed = section.schema.safeParse(values);
      expect(parsed.success, JSON.stringify(parsed.error?.issues)).toBe(true);
      expect(issues(section, values, TARGETING)).toEqual([]);
    },
  );
});

describe("profiles hold the spec's figures (execution 2)", () => {
  const of = (section: Section, profile: string) => valuesOf(section, profile);

  it("plain: gross 100 %, shorts allowed, no gate of the layers", () => {
    expect(of(limitsSection, "plain")).toMatchObject({ gross: 1, shorts: true });
    expect(of(breakersSection, "plain")["enabled"]).toBe(false);
    expect(of(volatilityRegimeSection, "plain")["enabled"]).toBe(false);
    expect(of(heatSection, "plain")["limit"]).toBeNull();
    expect(of(correlationSection, "plain")["limit"]).toBeNull();
  });

  it.each([
    // A trend goes both ways: nothing in the spec takes the shorts of plain away.
    ["etf-trend", { gross: 1.5, net: null, shorts: true }],
    ["futures-layers", { gross: 7, net: 2, shorts: true }],
  ])("%s: HALT and PANIC by target volatility, no correlation gate", (profile, limits) => {
    expect(of(limitsSection, profile)).toMatchObject(limits);
    expect(of(breakersSection, profile)).toEqual({
      enabled: true,
      daily_loss: 4,
      halt: 1.5,
      panic: 2,
      unit: "target_vol",
      halt_sessions: 10,
      panic_sessions: 20,
      rampup_scale: 0.5,
      rampup_sessions: 5,
    });
    expect(of(correlationSection, profile)["limit"]).toBeNull();
  });

  it("equity-signals: heat, gross by regime, correlation, breakers by net asset value", () => {
    const profile = "equity-signals";
    // No short of a single name unless somebody says so: borrowing one is not modelled.
    expect(of(limitsSection, profile)).toMatchObject({ gross: 0.3, shorts: false });
    expect(of(heatSection, profile)["limit"]).toBe(0.06);
    expect(of(correlationSection, profile)).toEqual({ limit: 0.7, days: 60, min_overlap: 45 });
    expect(of(breakersSection, profile)).toMatchObject({
      enabled: true,
      daily_loss: 0.02,
      halt: 0.08,
      panic: 0.1,
      unit: "nav",
    });
    expect(of(volatilityRegimeSection, profile)).toMatchObject({
      enabled: true,
      reference: "VIX",
      low: 15,
      high: 25,
      crisis: 35,
      leave_factor: 0.9,
      leave_closes: 3,
      gross_scale: { low: 1, normal: 1, high: 0.83, crisis: 0.67 },
    });
  });
});

describe("keys that nobody reads", () => {
  const idle = (section: Section, values: object) => section.inapplicable?.(values as never);

  it("are all but the switch of what is disabled, and none of what is enabled", () => {
    for (const section of [breakersSection, volatilityRegimeSection]) {
      const values = valuesOf(section, "plain");
      const others = Object.keys(values).filter((key) => key !== "enabled");
      expect(idle(section, values)?.toSorted()).toEqual(others.toSorted());
      expect(idle(section, { ...values, enabled: true })).toEqual([]);
    }
  });

  it("are the correlation's days while it has no limit", () => {
    const values = valuesOf(correlationSection, "plain");
    expect(idle(correlationSection, values)).toEqual(["days", "min_overlap"]);
    expect(idle(correlationSection, { ...values, limit: 0.5 })).toEqual([]);
  });
});

describe("limits", () => {
  const values = valuesOf(limitsSection, "plain");

  it.each([
    [{ net: 1 }, /^net: 1 can never fire/],
    // One complaint for one key, although its sector holds it as well.
    [{ symbol: 1, sector: 0.5 }, /^symbol: 1 can never fire: limits\.gross already/],
    [{ symbol: 1.2 }, /^symbol: 1\.2 can never fire/],
    [{ sector: 1 }, /^sector: 1 can never fire: limits\.gross already holds .* to 1; set it below/],
    [{ symbol: 0.3, sector: 0.3 }, /^symbol: 0\.3 can never fire: limits\.sector already/],
  ])("refuses %o", (over, message) => {
    expect(issues(limitsSection, { ...values, ...over })).toEqual([expect.stringMatching(message)]);
  });

  it("takes a symbol within its sector", () => {
    expect(issues(limitsSection, { ...values, symbol: 0.1, sector: 0.3 })).toEqual([]);
  });

  it.each([{ margin: 1.1 }, { margin: 0 }, { stop_cooldown_sessions: 0.5 }, { sector: -1 }])(
    "refuses %o by schema",
    (over) => {
      expect(limitsSection.schema.safeParse({ ...values, ...over }).success).toBe(false);
    },
  );
});

describe("breakers", () => {
  const values = valuesOf(breakersSection, "etf-trend") as BreakerSettings;

  it.each([
    ["is off", { risk_targeting: { enabled: false, target_vol: 0.1 } }],
    ["is not there", {}],
  ])("cannot measure by a target volatility that %s", (_, mandate) => {
    expect(issues(breakersSection, values, mandate)).toEqual([
      expect.stringMatching(/^unit: target_vol .*risk targeting is off; set unit: nav/),
    ]);
  });

  it("reads the target volatility it is measured by", () => {
    const high = { risk_targeting: { enabled: true, target_vol: 0.6 } };
    expect(issues(breakersSection, values, high)).toEqual([
      expect.stringMatching(/^panic: 1\.2 of net asset value can never fire/),
    ]);
  });

  it("asks nothing of values that nobody reads", () => {
    const off = { ...values, enabled: false, halt: 9, panic: 1 };
    expect(issues(breakersSection, off)).toEqual([]);
  });
});

describe("correlation", () => {
  it("refuses an overlap longer than the window: every increase would be refused", () => {
    const values = { limit: 0.7, days: 40, min_overlap: 45 };
    expect(issues(correlationSection, values)).toEqual([
      expect.stringMatching(/^min_overlap: 45 days can never overlap within .*40: .* 40 or less/),
    ]);
    expect(issues(correlationSection, { ...values, limit: null })).toEqual([]);
    expect(issues(correlationSection, { ...values, days: 45 })).toEqual([]);
  });

  it("refuses a limit that no correlation exceeds", () => {
    const values = { limit: 1, days: 60, min_overlap: 45 };
    expect(correlationSection.schema.safeParse(values).success).toBe(false);
  });
});

describe("volatility regime", () => {
  const values = valuesOf(volatilityRegimeSection, "equity-signals");
  const scale = { low: 1, normal: 1, high: 0.83, crisis: 0.67 };

  it.each([
    [{ low: 25 }, /^high: 25 is not above volatility_regime\.low, 25/],
    [{ crisis: 20 }, /^crisis: 20 is not above volatility_regime\.high, 25/],
    [
      { gross_scale: { ...scale, high: 0.5 } },
      /^gross_scale\.crisis: 0\.67 leaves more .*high, 0\.5/,
    ],
    [
      { gross_scale: { low: 0.5, normal: 0.5, high: 0.5, crisis: 1 } },
      /^gross_scale\.crisis: 1 leaves more .*high, 0\.5/,
    ],
    [{ gross_scale: { ...scale, low: 0.9 } }, /^gross_scale\.normal: 1 leaves more .*low, 0\.9/],
    [
      { gross_scale: { low: 1, normal: 1, high: 1, crisis: 1 } },
      /^gross_scale\.crisis: every scale is 1.*enabled: false/,
    ],
  ])("refuses %o", (over, message) => {
    expect(issues(volatilityRegimeSection, { ...values, ...over })).toEqual([
      expect.stringMatching(message),
    ]);
    expect(issues(volatilityRegimeSection, { ...values, ...over, enabled: false })).toEqual([]);
  });
});

/**
 * What a profile and the defaults of the portfolio's stages promise, beside the sentences of the
 * specification they stand in: a person picks a profile by name and relies on these figures.
 */
import { describe, expect, it } from "vitest";
import type { Section } from "../../../src/domain/section.ts";
import { allocationSection } from "../../../src/portfolio/allocation/section.ts";
import { clampsSection } from "../../../src/portfolio/clamps/section.ts";
import { overlaySection } from "../../../src/portfolio/overlay/section.ts";
import { policySection } from "../../../src/portfolio/policy/section.ts";
import { riskTargetingSection } from "../../../src/portfolio/risk-targeting/section.ts";
import { sizingSection } from "../../../src/portfolio/sizing/section.ts";

type Values = { readonly [key: string]: unknown };

/** The defaults with what the profile says over them, one level deep as the mandate merges them. */
function valuesIn(profile: string, section: Section<unknown>): Values {
  const merged: { [key: string]: unknown } = { ...section.defaults };
  const over = (section.profiles[profile] as Values | undefined) ?? {};
  for (const [key, value] of Object.entries(over)) {
    const present = merged[key];
    const isMap = typeof value === "object" && value !== null && typeof present === "object";
    merged[key] = isMap ? { ...present, ...value } : value;
  }
  return merged;
}

const enabledIn = (profile: string, section: Section<unknown>) => {
  const values = valuesIn(profile, section);
  return Object.entries(values).flatMap(([key, value]) =>
    (value as { readonly enabled?: boolean } | null)?.enabled === true ? [key] : [],
  );
};

describe("profiles (spec execution 2)", () => {
  it("plain: allocation direct, of the stages sizing only, and no buffer (definitions)", () => {
    expect(valuesIn("plain", allocationSection)["method"]).toBe("direct");
    expect(valuesIn("plain", policySection)["enabled"]).toBe(false);
    expect(valuesIn("plain", riskTargetingSection)["enabled"]).toBe(false);
    expect(valuesIn("plain", overlaySection)["mode"]).toBe("off");
    expect(enabledIn("plain", clampsSection)).toEqual([]);
    expect(valuesIn("plain", sizingSection)).toEqual({
      buffer: 0,
      min_notional: 0,
      stop_atr: null,
    });
  });

  it.each(["etf-trend", "futures-layers"])(
    "%s: a target of a tenth, overlay H, caps, throttle and clusters, a buffer of a tenth",
    (profile) => {
      expect(valuesIn(profile, riskTargetingSection)).toMatchObject({
        enabled: true,
        target_vol: 0.1,
      });
      expect(valuesIn(profile, overlaySection)).toMatchObject({ mode: "compute", profile: "H" });
      expect(enabledIn(profile, clampsSection)).toEqual(["caps", "throttle", "clusters"]);
      expect(valuesIn(profile, sizingSection)).toMatchObject({ buffer: 0.1, stop_atr: null });
      expect(valuesIn(profile, allocationSection)).toMatchObject({
        method: "erc",
        update: "monthly",
      });
    },
  );

  it("equity-signals: sizes and stops by the average true range, no target and no brake", () => {
    expect(valuesIn("equity-signals", allocationSection)).toMatchObject({
      method: "atr-risk",
      update: "every_decision",
    });
    expect(valuesIn("equity-signals", sizingSection)["stop_atr"]).toBe(3);
    expect(valuesIn("equity-signals", riskTargetingSection)["enabled"]).toBe(false);
    expect(valuesIn("equity-signals", overlaySection)["mode"]).toBe("off");
    expect(enabledIn("equity-signals", clampsSection)).toEqual(["caps"]);
  });
});

describe("defaults (spec portfolio)", () => {
  it("2: sharpe-proportional over 60 days of at least 20, floor 0, 10 to 35 %; 1 % at risk, cap 10 %", () => {
    const { sharpe, atr, covariance, static: weights } = valuesIn("plain", allocationSection);
    expect(sharpe).toEqual({
      lookback_days: 60,
      min_observations: 20,
      floor: 0,
      min_share: 0.1,
      max_share: 0.35,
    });
    expect(atr).toEqual({ window: 14, risk: 0.01, cap: 0.1 });
    expect([covariance, weights]).toEqual(["ledoit-wolf", {}]);
  });

  it("5: the brake falls smoothly, and before it knows it stands at its floor", () => {
    expect(overlaySection.defaults).toEqual({
      mode: "off",
      profile: "H",
      smooth_down: true,
      trade_on_upgrade: false,
      during_warm_up: "floor",
      run: null,
      sha256: null,
    });
  });

  it("6: throttle from 10 % by 5, minimum 0.1, recovery 5 %; clusters 60 / 45 at 0.80; tail 5 %", () => {
    const { throttle, clusters, tail } = valuesIn("plain", clampsSection);
    expect(throttle).toMatchObject({ start: 0.1, slope: 5, minimum: 0.1, recovery: 0.05 });
    expect(clusters).toMatchObject({ days: 60, min_observations: 45, threshold: 0.8 });
    expect(tail).toMatchObject({ limit: 0.05 });
  });
});

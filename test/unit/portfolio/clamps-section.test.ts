/** The section of the clamps: complete, described, and refusing what could never fire. */
import { describe, expect, it } from "vitest";
import type { SectionIssue } from "../../../src/domain/section.ts";
import { type ClampSettings, clampsSection } from "../../../src/portfolio/clamps/section.ts";
import { type Changes, OFF, settingsWith } from "./clamps-fixture.ts";

const CLAMPS = ["throttle", "clusters", "tail"] as const;
const ON = { throttle: { enabled: true }, clusters: { enabled: true }, tail: { enabled: true } };

function issues(changes: Changes, mandate: { readonly [section: string]: unknown } = {}): string[] {
  const check = clampsSection.check as (
    values: ClampSettings,
    mandate: { readonly [section: string]: unknown },
  ) => readonly SectionIssue[];
  return check(settingsWith(changes), mandate).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );
}

const profile = (name: string) => settingsWith(clampsSection.profiles[name] as Changes);
const enabled = (settings: ClampSettings) =>
  (["caps", ...CLAMPS] as const).filter((clamp) => settings[clamp].enabled);

describe("section clamps", () => {
  it("is complete with its defaults, under every profile, and contradicts nothing", () => {
    expect(Object.keys(clampsSection.profiles)).toEqual([
      "plain",
      "etf-trend",
      "futures-layers",
      "equity-signals",
    ]);
    for (const name of Object.keys(clampsSection.profiles)) {
      expect(clampsSection.schema.safeParse(profile(name)).error).toBeUndefined();
      expect(issues(profile(name))).toEqual([]);
    }
    expect(issues(ON)).toEqual([]);
  });

  it("switches on what each profile uses", () => {
    expect(enabled(profile("plain"))).toEqual([]);
    expect(enabled(profile("etf-trend"))).toEqual(["caps", "throttle", "clusters"]);
    expect(enabled(profile("futures-layers"))).toEqual(["caps", "throttle", "clusters"]);
    expect(enabled(profile("equity-signals"))).toEqual(["caps"]);
  });

  it("describes each leaf key, and nothing else", () => {
    const leaves = Object.entries(OFF).flatMap(([clamp, keys]) =>
      Object.keys(keys).map((key) => `${clamp}.${key}`),
    );
    expect(Object.keys(clampsSection.describe).sort()).toEqual(leaves.sort());
  });

  it("gives the keys of a disabled clamp no reader, and those of an enabled one theirs", () => {
    const inapplicable = clampsSection.inapplicable as (values: ClampSettings) => string[];
    expect(inapplicable(settingsWith(ON))).toEqual([]);
    const idle = Object.keys(clampsSection.describe).filter((key) => !key.endsWith(".enabled"));
    expect(inapplicable(OFF).sort()).toEqual(idle.sort());
  });

  it.each<readonly [string, Changes, RegExp]>([
    [
      "a recovery at the start",
      { throttle: { recovery: 0.1 } },
      /^throttle.recovery: recovers below 0.1, but starts only at 0.1: .*set recovery below start$/,
    ],
    [
      "a minimum behind ruin",
      { throttle: { slope: 1 } },
      /^throttle.minimum: 0.1 can never be reached: with slope 1 from 0.1 on it takes a drawdown of 1,/,
    ],
    [
      "observations beyond the window of clusters",
      { clusters: { days: 44 } },
      /^clusters.min_observations: 45 observations can never be found within 44 days.*clusters.days$/,
    ],
    [
      "observations beyond the window of the tail",
      { tail: { days: 119 } },
      /^tail.min_observations: 120 observations can never be found within 119 days.*tail.days$/,
    ],
    [
      "no path beyond the confidence",
      { tail: { paths: 99 } },
      /^tail.paths: 99 paths leave 0.99\d* of one beyond a confidence of 0.99: .*at least 100$/,
    ],
  ])("refuses %s where the clamp is on, and only there", (_, changes, message) => {
    const [clamp] = Object.keys(changes) as (typeof CLAMPS)[number][];
    const on = issues({ [clamp]: { ...changes[clamp], enabled: true } });
    expect(on).toHaveLength(1);
    expect(on[0]).toMatch(message);
    expect(issues(changes)).toEqual([]);
  });

  it("admits exactly one path beyond the confidence: 100 at 0.99", () => {
    expect(issues({ tail: { enabled: true, paths: 100 } })).toEqual([]);
  });

  const breakers = (panic: number, unit: string, on = true) => ({
    breakers: { enabled: on, panic, unit },
    risk_targeting: { target_vol: 0.1 },
  });

  it.each([
    ["at the panic of nav breakers", breakers(0.1, "nav"), 1],
    ["below it", breakers(0.11, "nav"), 0],
    ["at the panic in multiples of the target", breakers(1, "target_vol"), 1],
    ["below those", breakers(2, "target_vol"), 0],
    ["where the breakers are off", breakers(0.1, "nav", false), 0],
  ])("refuses a start that breakers flatten before: %s", (_, mandate, count) => {
    const found = issues({ throttle: { enabled: true } }, mandate);
    expect(found).toHaveLength(count);
    for (const issue of found) {
      expect(issue).toBe(
        "throttle.start: 0.1 can never fire: breakers.panic flattens the book at 0.1; start below it, or set throttle.enabled: false",
      );
    }
  });

  it.each<readonly [string, Changes]>([
    ["throttle.start", { throttle: { start: 1 } }],
    ["throttle.slope", { throttle: { slope: 0 } }],
    ["throttle.minimum", { throttle: { minimum: 1 } }],
    ["clusters.threshold", { clusters: { threshold: 1 } }],
    ["clusters.cap", { clusters: { cap: 1 } }],
    ["clusters.min_observations", { clusters: { min_observations: 2 } }],
    ["tail.paths", { tail: { paths: 0 } }],
    ["tail.horizon_days", { tail: { horizon_days: 0 } }],
    ["tail.confidence", { tail: { confidence: 1 } }],
    ["tail.limit", { tail: { limit: 1 } }],
  ])("does not take %s where it means nothing", (key, changes) => {
    const result = clampsSection.schema.safeParse(settingsWith(changes));
    expect(result.error?.issues.map((issue) => issue.path.join("."))).toEqual([key]);
  });
});

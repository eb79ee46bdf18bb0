/** The section's promises: keys nobody reads, contradictions, and thresholds that never fire. */
import { describe, expect, it } from "vitest";
import { COVARIANCE_ESTIMATORS } from "../../../../src/base/covariance.ts";
import {
  type AllocationSettings,
  allocationSection,
} from "../../../../src/portfolio/allocation/section.ts";
import { trackReads } from "../../../../src/mandate/reads.ts";
import { allocate } from "../../../../src/portfolio/allocation/allocate.ts";
import { historyOf, randomColumns, settingsOf } from "./histories.ts";

const METHODS = allocationSection.schema.shape.method.options;
const MANDATE = { strategies: [{ name: "trend" }, { name: "carry" }] };

const issuesOf = (settings: AllocationSettings) =>
  allocationSection.check(settings as never, MANDATE);
const idleOf = (settings: AllocationSettings): readonly string[] =>
  allocationSection.inapplicable?.(settings as never) ?? [];

describe("the defaults", () => {
  it("are complete with a method, and nothing in them is refused", () => {
    for (const method of METHODS) {
      const weights = method === "static" ? { trend: 1, carry: 1 } : {};
      expect(issuesOf(settingsOf(method, { static: weights }))).toEqual([]);
    }
  });

  it("and profiles are accepted by the schema and the check", () => {
    for (const [name, profile] of Object.entries(allocationSection.profiles)) {
      const values = allocationSection.schema.parse({ ...allocationSection.defaults, ...profile });
      expect(issuesOf(values), name).toEqual([]);
    }
    expect(Object.keys(allocationSection.profiles)).toEqual([
      "plain",
      "etf-trend",
      "futures-layers",
      "equity-signals",
    ]);
  });
});

describe("every key", () => {
  // Read by the engine, which decides when to allocate and computes the ranges.
  const ENGINES = ["update", "atr.window", "method"];

  it.each(METHODS.filter((method) => method !== "direct"))(
    "is read by %s, or said to be idle; none is both",
    (method) => {
      const settings = settingsOf(method, { static: { trend: 2, carry: 1 } });
      for (const days of [80, 3]) {
        const { values, unread } = trackReads(settings);
        const history = historyOf(randomColumns(1, 3, days), ["trend", "carry", "trend"]);
        allocate(values, history);
        const idle = idleOf(settings);
        const isIdle = (key: string) =>
          idle.some((top) => key === top || key.startsWith(`${top}.`));
        const wanted = unread().filter((key) => !isIdle(key) && !ENGINES.includes(key));
        expect(wanted, `${days} days`).toEqual([]);
        const all = trackReads(settings).unread();
        const read = all.filter((key) => !unread().includes(key));
        expect(read.filter(isIdle)).toEqual([]);
      }
    },
  );

  it("but the method is idle under direct", () => {
    const keys = Object.keys(allocationSection.schema.shape).filter((key) => key !== "method");
    expect(idleOf(settingsOf("direct")).toSorted()).toEqual(keys.toSorted());
  });
});

describe("the check refuses", () => {
  const one = (settings: AllocationSettings) => {
    const issues = issuesOf(settings);
    expect(issues).toHaveLength(1);
    return issues[0];
  };

  it("more observations than the lookback holds, where they are read", () => {
    const short = { lookback_days: 40, min_observations: 41 };
    expect(one(settingsOf("hrp", short))).toEqual({
      path: ["min_observations"],
      message: expect.stringMatching(/^41 observations never fit into a lookback of 40 days/),
    });
    expect(issuesOf(settingsOf("equal", short))).toEqual([]);
    const sharpe = { ...settingsOf("equal").sharpe, ...short };
    expect(one(settingsOf("sharpe-proportional", { sharpe })).path).toEqual([
      "sharpe",
      "min_observations",
    ]);
    expect(issuesOf(settingsOf("hrp", { sharpe }))).toEqual([]);
  });

  it("static weights of strangers, of nobody, and for nothing", () => {
    const weights = (values: { [name: string]: number }) =>
      settingsOf("static", { static: values });
    expect(one(weights({ trend: 1, carry: 1, tren: 1 }))).toEqual({
      path: ["static", "tren"],
      message: "tren is no strategy of this mandate; did you mean trend?",
    });
    expect(one(weights({ trend: 1, carry: 1, zzzzzzzz: 1 })).message).toContain(
      "there are trend, carry",
    );
    expect(one(weights({ trend: 1 })).message).toBe(
      'no weight for strategy carry; write "carry: 0" if it is to get nothing',
    );
    expect(one(weights({ trend: 0, carry: 0 })).message).toContain("all weights are 0");
    expect(issuesOf(weights({ trend: 1, carry: 0 }))).toEqual([]);
  });

  it("bounds of a share that leave no room, and a cap that hides the risk", () => {
    const sharpe = { ...settingsOf("equal").sharpe, min_share: 0.35 };
    expect(one(settingsOf("sharpe-proportional", { sharpe })).path).toEqual([
      "sharpe",
      "min_share",
    ]);
    const atr = { window: 14, risk: 0.1, cap: 0.1 };
    expect(one(settingsOf("atr-risk", { atr })).path).toEqual(["atr", "cap"]);
    expect(issuesOf(settingsOf("erc", { atr, sharpe }))).toEqual([]);
  });

  it("the schema: fewer than 20 observations, estimators and weights that are none", () => {
    const refused = (changed: object) =>
      !allocationSection.schema.safeParse({ ...settingsOf("erc"), ...changed }).success;
    expect(refused({ lookback_days: 19 })).toBe(true);
    expect(refused({ min_observations: 19 })).toBe(true);
    expect(refused({ covariance: "oas" })).toBe(true);
    expect(refused({ static: { trend: -1 } })).toBe(true);
    expect(refused({ unknown: 1 })).toBe(true);
    for (const covariance of COVARIANCE_ESTIMATORS) expect(refused({ covariance })).toBe(false);
  });
});

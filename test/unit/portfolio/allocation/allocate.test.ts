/** Sleeve budgets of every method: their properties, who gets none and why, what each reads. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleDeviation } from "../../../../src/base/statistics.ts";
import { allocate, type Budgets } from "../../../../src/portfolio/allocation/allocate.ts";
import type { AllocationSettings } from "../../../../src/portfolio/allocation/section.ts";
import { type Column, historyOf, randomColumns, settingsOf } from "./histories.ts";

const NORMALISED = [
  "static",
  "equal",
  "inverse-volatility",
  "erc",
  "hrp",
  "sharpe-proportional",
] as const;
const FROM_RETURNS = ["inverse-volatility", "erc", "hrp"] as const;

/** Bounds that any number of sleeves from 1 can keep. */
const LOOSE = { lookback_days: 60, min_observations: 20, floor: 0, min_share: 0, max_share: 1 };

function settingsFor(
  method: AllocationSettings["method"],
  strategies: readonly string[],
): AllocationSettings {
  const weights = Object.fromEntries(strategies.map((name, i) => [name, i + 1]));
  return settingsOf(method, { static: weights, sharpe: LOOSE });
}

const total = ({ budget }: Budgets): number => budget.reduce((a, b) => a + b, 0);
const absent = (days: number): Column => Array.from({ length: days }, () => Number.NaN);

const random = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  sleeves: fc.integer({ min: 1, max: 12 }),
});

describe.each(NORMALISED)("%s", (method) => {
  it("gives budgets >= 0 that sum to 1, and a reason exactly where there is none", () => {
    fc.assert(
      fc.property(random, ({ seed, sleeves }) => {
        const history = historyOf(randomColumns(seed, sleeves, 80));
        const budgets = allocate(settingsFor(method, history.strategies), history);
        expect(budgets.budget).toHaveLength(sleeves);
        expect(budgets.budget.every((budget) => budget >= 0)).toBe(true);
        expect(total(budgets)).toBeCloseTo(1, 12);
        for (const [i, reason] of budgets.reasons.entries()) {
          expect(reason === null).toBe(budgets.budget[i] > 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("does not care in which order the sleeves come", () => {
    fc.assert(
      fc.property(random, fc.infiniteStream(fc.nat()), ({ seed, sleeves }, stream) => {
        const columns = randomColumns(seed, sleeves, 80);
        const names = columns.map((_, i) => `s${i}`);
        const order = columns
          .map((_, i) => ({ i, key: stream.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ i }) => i);
        const settings = settingsFor(method, names);
        const straight = allocate(settings, historyOf(columns, names)).budget;
        const turned = allocate(
          settings,
          historyOf(
            order.map((i) => columns[i]),
            order.map((i) => names[i]),
          ),
        ).budget;
        for (const [at, i] of order.entries()) expect(turned[at]).toBeCloseTo(straight[i], 13);
      }),
      { numRuns: 40 },
    );
  });

  it("gives one sleeve everything, and no sleeve is no error", () => {
    const one = historyOf(randomColumns(1, 1, 80));
    expect([...allocate(settingsFor(method, ["s0"]), one).budget]).toEqual([1]);
    const none = allocate(settingsFor(method, []), historyOf([]));
    expect(none).toEqual({ budget: new Float64Array(0), reasons: [], note: null });
  });
});

describe.each([...FROM_RETURNS, "sharpe-proportional"] as const)("%s", (method) => {
  const strategies = ["a", "b", "c"];
  const settings = settingsFor(method, strategies);

  it("leaves out a sleeve without enough history and allocates the others as if it were not", () => {
    const [a, b, c] = randomColumns(7, 3, 80);
    const short = [...absent(65), ...c.slice(65)];
    const with3 = allocate(settings, historyOf([a, short, b], strategies));
    const with2 = allocate(settings, historyOf([a, b], ["a", "c"]));
    expect([...with3.budget]).toEqual([with2.budget[0], 0, with2.budget[1]]);
    expect(with3.reasons[1]).toMatch(/^15 .* at least (60|20) needed$/);
  });

  it("leaves out a sleeve that never moved", () => {
    const [a, b] = randomColumns(7, 2, 80);
    for (const still of [0, 0.0003]) {
      const history = historyOf([a, b, a.map(() => still)], strategies);
      const active = history.active.map(() => 1);
      const budgets = allocate(settings, { ...history, active });
      expect(budgets.budget[2]).toBe(0);
      expect(budgets.reasons[2]).toContain("hardly move");
      expect(total(budgets)).toBeCloseTo(1, 12);
    }
  });

  it("leaves out a sleeve with a return that is not finite", () => {
    const [a, b, c] = randomColumns(7, 3, 80);
    const history = historyOf([a, b, c.with(70, Number.POSITIVE_INFINITY)], strategies);
    const budgets = allocate(settings, history);
    expect(budgets.reasons[2]).toBe("a shadow return is not finite");
    expect(budgets.budget[2]).toBe(0);
    expect(total(budgets)).toBeCloseTo(1, 12);
  });

  it("gives nobody anything before there is any history", () => {
    const nothing = allocate(settings, historyOf([absent(80), absent(80), absent(80)], strategies));
    expect([...nothing.budget]).toEqual([0, 0, 0]);
    expect(nothing.reasons.every((reason) => reason?.startsWith("0 "))).toBe(true);
    const empty = allocate(settings, historyOf([[], [], []], strategies));
    expect([...empty.budget]).toEqual([0, 0, 0]);
  });

  it("survives twins and opposites: twins get the same, or share one place in the tree", () => {
    const [a, b] = randomColumns(11, 2, 80);
    const twins = allocate(settings, historyOf([a, b, a], strategies));
    expect(total(twins)).toBeCloseTo(1, 12);
    if (method !== "hrp") expect(twins.budget[0]).toBeCloseTo(twins.budget[2], 12);
    const opposite = allocate(settings, historyOf([a, b, a.map((x) => -x)], strategies));
    expect(total(opposite)).toBeCloseTo(1, 12);
    expect(opposite.budget.every((budget) => budget >= 0)).toBe(true);
  });

  it("looks back no further than it says", () => {
    const [a, b] = randomColumns(13, 2, 300);
    const wild = a.map((x, t) => (t < 48 ? 50 * x : x));
    const sharpe = { ...LOOSE, lookback_days: 252 };
    const long = settingsOf(method, { sharpe });
    expect(allocate(long, historyOf([wild, b]))).toEqual(allocate(long, historyOf([a, b])));
    const longer = settingsOf(method, {
      lookback_days: 253,
      sharpe: { ...sharpe, lookback_days: 253 },
    });
    expect(allocate(longer, historyOf([wild, b]))).not.toEqual(allocate(longer, historyOf([a, b])));
  });
});

describe("static", () => {
  it("divides a strategy's weight among its sleeves and normalises", () => {
    const strategies = ["trend", "carry", "trend", "idle"];
    const settings = settingsOf("static", { static: { trend: 3, carry: 1, idle: 0 } });
    const history = historyOf([[1], [1], [1], [1]], strategies);
    const { budget, reasons } = allocate(settings, history);
    expect([...budget]).toEqual([0.375, 0.25, 0.375, 0]);
    expect(reasons).toEqual([null, null, null, "its static weight is 0"]);
  });

  it("needs no history, and a sleeve of an unnamed strategy is our own mistake", () => {
    const settings = settingsOf("static", { static: { trend: 1 } });
    expect([...allocate(settings, historyOf([absent(3)], ["trend"])).budget]).toEqual([1]);
    expect(() => allocate(settings, historyOf([[1]], ["carry"]))).toThrow("invariant 6");
    expect(() => allocate(settings, historyOf([[1]], ["toString"]))).toThrow("invariant 6");
  });
});

describe("inverse-volatility", () => {
  it("is 1 / sample deviation over each sleeve's own days, normalised", () => {
    const [a, b] = randomColumns(3, 2, 100);
    const late = [...absent(30), ...b.slice(30)];
    const [x, y] = [a, b.slice(30)].map((column) => 1 / sampleDeviation(Float64Array.from(column)));
    const { budget } = allocate(settingsOf("inverse-volatility"), historyOf([a, late]));
    expect(budget[0]).toBeCloseTo(x / (x + y), 13);
    expect(budget[1]).toBeCloseTo(y / (x + y), 13);
  });
});

describe("a covariance that cannot be estimated", () => {
  it("gives nobody a budget, and says why: too few days for the sleeves", () => {
    const history = historyOf(randomColumns(5, 40, 63));
    for (const method of ["erc", "hrp"] as const) {
      const { budget, reasons } = allocate(settingsOf(method, { covariance: "ewma" }), history);
      expect(budget.every((one) => one === 0)).toBe(true);
      const reason = "covariance ewma: too_few_observations, observed 63, required 80";
      expect(new Set(reasons)).toEqual(new Set([reason]));
      const shrunk = allocate(settingsOf(method), history);
      expect(total(shrunk)).toBeCloseTo(1, 12);
    }
  });

  it("gives nobody a budget: too few common days, though each alone has enough", () => {
    const [a, b] = randomColumns(5, 2, 140);
    const early = [...a.slice(0, 70), ...absent(70)];
    const late = [...absent(60), ...b.slice(60)];
    const { budget, reasons } = allocate(settingsOf("erc"), historyOf([early, late]));
    expect([...budget]).toEqual([0, 0]);
    expect(reasons[0]).toBe("the 2 sleeves with history share 10 days, at least 60 needed");
  });

  it("gives nobody a budget: perfect hedges have no equal risk contributions", () => {
    const [a] = randomColumns(5, 1, 100);
    const settings = settingsOf("erc", { covariance: "sample" });
    const { budget, reasons } = allocate(settings, historyOf([a, a.map((x) => -x)]));
    expect([...budget]).toEqual([0, 0]);
    expect(reasons[0]).toContain("hedge each other away");
  });

  it("gives nobody a budget: a variance so old that its weight underflows", () => {
    const days = 13_000;
    const [steady] = randomColumns(5, 1, days);
    const faint = steady.map((x, t) => (t < 2 ? x : 0));
    const settings = settingsOf("erc", { covariance: "ewma", lookback_days: days });
    const { budget, reasons } = allocate(settings, historyOf([faint, steady]));
    expect([...budget]).toEqual([0, 0]);
    expect(reasons[1]).toBe("covariance: a variance of 0");
  });
});

describe("sharpe-proportional", () => {
  const sharpeOf = (column: Column): number => {
    const mean = column.reduce((x, y) => x + y, 0) / column.length;
    return (mean / sampleDeviation(Float64Array.from(column))) * Math.sqrt(252);
  };

  it("is in proportion to the Sharpe ratios of active days alone", () => {
    const [a, b] = randomColumns(21, 2, 60).map((column) => column.map((x) => x + 0.004));
    const pausing = b.map((x, t) => (t % 2 === 0 ? 0 : x));
    const moved = pausing.filter((x) => x !== 0);
    const { budget } = allocate(settingsFor("sharpe-proportional", []), historyOf([a, pausing]));
    const [x, y] = [sharpeOf(a), sharpeOf(moved)];
    expect(Math.min(x, y)).toBeGreaterThan(0);
    expect(budget[0]).toBeCloseTo(x / (x + y), 12);
  });

  it("counts a flat day's return for nothing, and asks for 20 active days", () => {
    const [a, b] = randomColumns(21, 2, 60);
    const rare = b.map((x, t) => (t >= 41 ? x : 0));
    const { budget, reasons } = allocate(
      settingsFor("sharpe-proportional", []),
      historyOf([a, rare]),
    );
    expect([...budget]).toEqual([1, 0]);
    expect(reasons[1]).toBe(
      "19 days with an active forecast in the last 60 rows, at least 20 needed",
    );
  });

  it("floors a negative ratio, and where nobody has a score all get the same", () => {
    const columns = randomColumns(22, 3, 60).map((column) => column.map((x) => x - 0.05));
    const floored = columns.with(
      0,
      columns[0].map((x) => -x),
    );
    const settings = settingsFor("sharpe-proportional", []);
    const { budget, reasons } = allocate(settings, historyOf(floored));
    expect([...budget]).toEqual([1, 0, 0]);
    expect(reasons[1]).toBe("its share came out as 0");
    const same = allocate(settings, historyOf(columns)).budget;
    for (const share of same) expect(share).toBeCloseTo(1 / 3, 14);
  });

  it("with bounds of 10-35 %: three to ten sleeves keep them, fewer leave cash, more are equal", () => {
    const settings = settingsOf("sharpe-proportional");
    for (const sleeves of [1, 2]) {
      const few = allocate(settings, historyOf(randomColumns(31, sleeves, 60)));
      expect([...few.budget]).toEqual(Array(sleeves).fill(0.35));
      expect(few.note).toContain("the rest stays unallocated");
    }
    for (const sleeves of [3, 5, 10]) {
      const kept = allocate(settings, historyOf(randomColumns(31, sleeves, 60)));
      expect(Math.min(...kept.budget)).toBeGreaterThanOrEqual(0.1 - 1e-15);
      expect(Math.max(...kept.budget)).toBeLessThanOrEqual(0.35 + 1e-15);
      expect(total(kept)).toBeCloseTo(1, 12);
      expect(kept.note).toBeNull();
    }
    const many = allocate(settings, historyOf(randomColumns(31, 20, 60)));
    expect([...many.budget]).toEqual(Array(20).fill(1 / 20));
    expect(many.note).toContain("each gets 1/20");
  });
});

describe("atr-risk", () => {
  const settings = settingsOf("atr-risk");

  it("risks 1 % of capital per range, up to 10 % of capital, each sleeve for itself", () => {
    const history = historyOf([[0], [0], [0], [0]]);
    const atrFraction = Float64Array.of(0.2, 0.05, 0.08, 0.16);
    const { budget, reasons } = allocate(settings, { ...history, atrFraction });
    for (const [i, expected] of [0.05, 0.1, 0.1, 0.0625].entries()) {
      expect(budget[i]).toBeCloseTo(expected, 15);
    }
    expect(reasons).toEqual([null, null, null, null]);
  });

  it.each([Number.NaN, 0, -0.01, Number.POSITIVE_INFINITY])("a range of %s gets nothing", (bad) => {
    const history = historyOf([[0], [0]]);
    const { budget, reasons } = allocate(settings, {
      ...history,
      atrFraction: Float64Array.of(bad, 0.5),
    });
    expect([...budget]).toEqual([0, 0.02]);
    expect(reasons[0]).toContain("no average true range above zero");
  });
});

describe("our own mistakes", () => {
  it("are a history that is not whole, and direct, which has no budgets", () => {
    const history = historyOf(randomColumns(1, 2, 30));
    const settings = settingsOf("equal");
    expect(() => allocate(settings, { ...history, active: new Uint8Array(59) })).toThrow(
      "invariant 7",
    );
    expect(() => allocate(settings, { ...history, atrFraction: new Float64Array(3) })).toThrow(
      "invariant 7",
    );
    const shadow = { ...history.shadow, rows: 31 };
    expect(() => allocate(settings, { ...history, shadow })).toThrow("invariant 7");
    expect(() => allocate(settingsOf("direct"), history)).toThrow("invariant 8");
  });
});

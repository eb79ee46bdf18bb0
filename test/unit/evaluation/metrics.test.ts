/** Metrics: worked by hand, against a naive twin, and every way a number can fail to exist. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, parseIsoDate } from "../../../src/base/instant.ts";
import {
  computeMetrics,
  dailyReturns,
  drawdowns,
  firstRuin,
  type MetricsInput,
} from "../../../src/research/evaluation/metrics.ts";
import { metricsSection } from "../../../src/research/evaluation/section.ts";

const START = parseIsoDate("2020-01-01") ?? Number.NaN;

function inputOf(nav: readonly number[], over: Partial<MetricsInput> = {}): MetricsInput {
  return {
    datesMs: Float64Array.from(nav, (_, i) => START + i * DAY_MS),
    navMinor: Float64Array.from(nav),
    from: 0,
    to: nav.length - 1,
    periodsPerYear: 252,
    riskFree: 0,
    trades: 3,
    notionalMinorTotal: 50_000,
    costsMinor: 1234,
    digits: 2,
    ...over,
  };
}

describe("series", () => {
  it("returns: NaN at the first and from the day of ruin on", () => {
    expect([...dailyReturns(Float64Array.of(100, 110, 99, 0, 50))]).toEqual([
      Number.NaN,
      110 / 100 - 1,
      99 / 110 - 1,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("drawdowns: 0 at a high, from the starting wealth on; NaN from the day of ruin on", () => {
    expect([...drawdowns(Float64Array.of(100, 75, 120, 60, -1, 10))]).toEqual([
      0,
      -0.25,
      0,
      -0.5,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("ruin: the first net asset value <= 0; a value that is not a number is our own mistake", () => {
    expect(firstRuin(Float64Array.of(5, 0, -1))).toBe(1);
    expect(firstRuin(Float64Array.of(5, 1))).toBeNull();
    expect(() => firstRuin(Float64Array.of(5, Number.NaN))).toThrow("invariant 22");
  });
});

describe("computeMetrics", () => {
  it("is worked by hand on four sessions", () => {
    const m = computeMetrics(inputOf([100_000, 110_000, 99_000, 108_900]));
    const years = 3 / 365.25;
    // Returns 0.1, -0.1, 0.1: mean 1/30, sample sd sqrt(0.04/3), downside sqrt(0.01/3).
    expect(m.start_equity).toBe(1000);
    expect(m.final_equity).toBe(1089);
    expect(m.total_return).toBeCloseTo(0.089, 14);
    expect(m.cagr).toBeCloseTo(1.089 ** (1 / years) - 1, 4);
    expect(m.annual_volatility).toBeCloseTo(Math.sqrt((0.04 / 3) * 252), 12);
    expect(m.sharpe).toBeCloseTo((1 / 30 / Math.sqrt(0.04 / 3)) * Math.sqrt(252), 12);
    expect(m.sortino).toBeCloseTo((1 / 30 / Math.sqrt(0.01 / 3)) * Math.sqrt(252), 12);
    expect(m.max_drawdown).toBeCloseTo(0.1, 14);
    expect(m.calmar).toBeCloseTo((m.cagr ?? Number.NaN) / 0.1, 4);
    expect(m.turnover).toBeCloseTo(50_000 / 104_475 / years, 10);
    expect(m).toMatchObject({ trades: 3, costs: 12.34, undefined_because: {} });
  });

  it("doubles in exactly one ACT/365.25 year: CAGR is the return per calendar, not per session", () => {
    const datesMs = Float64Array.of(START, START + 1461 * DAY_MS);
    const m = computeMetrics({ ...inputOf([100, 1600]), datesMs });
    expect(m.cagr).toBeCloseTo(1, 14);
  });

  it("subtracts the risk-free rate from Sharpe and Sortino, and from no other", () => {
    const nav = [100_000, 101_000, 100_500, 102_000, 101_700];
    const free = computeMetrics(inputOf(nav));
    const charged = computeMetrics(inputOf(nav, { riskFree: 0.0252 }));
    expect(charged.sharpe).toBeCloseTo(
      (free.sharpe ?? Number.NaN) -
        (0.0001 / ((free.annual_volatility ?? Number.NaN) / Math.sqrt(252))) * Math.sqrt(252),
      10,
    );
    expect(charged.sortino).toBeLessThan(free.sortino ?? Number.NaN);
    expect(charged.annual_volatility).toBe(free.annual_volatility);
  });

  it("takes the wealth at `from` as the start: what came before does not count", () => {
    const tail = [90_000, 95_000, 85_500, 91_000];
    const whole = computeMetrics(inputOf([500_000, 1_000, ...tail], { from: 2, to: 5 }));
    const alone = computeMetrics(inputOf(tail));
    expect(whole).toEqual(alone);
  });

  it("annualises by the periods given", () => {
    const nav = [100, 101, 100, 102];
    const ratio =
      (computeMetrics(inputOf(nav, { periodsPerYear: 365 })).sharpe ?? 0) /
      (computeMetrics(inputOf(nav)).sharpe ?? 0);
    expect(ratio).toBeCloseTo(Math.sqrt(365 / 252), 12);
  });

  it("refuses a window outside the sessions", () => {
    expect(() => computeMetrics(inputOf([1, 2], { to: 2 }))).toThrow("invariant 22");
    expect(() => computeMetrics(inputOf([1, 2], { from: 1, to: 0 }))).toThrow("invariant 22");
  });
});

describe("undefined is null with a reason", () => {
  it("no variance: Sharpe and Sortino; no drawdown: Calmar; volatility is a true 0", () => {
    const m = computeMetrics(inputOf([100, 100, 100, 100]));
    expect(m).toMatchObject({
      sharpe: null,
      sortino: null,
      calmar: null,
      annual_volatility: 0,
      max_drawdown: 0,
    });
    expect(m.undefined_because).toEqual({
      sharpe: "standard deviation of returns below 1e-12",
      sortino: "no return below the risk-free rate",
      calmar: "no drawdown",
    });
  });

  it("a deviation of rounding alone counts as none", () => {
    const constant = Array.from({ length: 50 }, (_, i) => 1e6 * 1.0001 ** i);
    expect(computeMetrics(inputOf(constant)).sharpe).toBeNull();
  });

  it("one session: nothing per year, no returns", () => {
    const m = computeMetrics(inputOf([100]));
    expect(m).toMatchObject({
      total_return: 0,
      cagr: null,
      turnover: null,
      sharpe: null,
      calmar: null,
      max_drawdown: 0,
    });
    expect(Object.keys(m.undefined_because).toSorted()).toEqual([
      "annual_volatility",
      "cagr",
      "calmar",
      "sharpe",
      "sortino",
      "turnover",
    ]);
  });

  it("a CAGR that no double holds: 600 % in a day, by the year", () => {
    const m = computeMetrics(inputOf([100, 700]));
    expect(m).toMatchObject({ cagr: null, total_return: 6 });
    expect(m.undefined_because).toMatchObject({ cagr: "larger than a number can hold" });
  });

  it("ruin inside the window: every ratio, with the day; money and counts stay", () => {
    const m = computeMetrics(inputOf([100_000, 50_000, -2_000, 10_000]));
    expect(m).toMatchObject({ start_equity: 1000, final_equity: 100, trades: 3, costs: 12.34 });
    const reasons = Object.values(m.undefined_because);
    expect(reasons).toHaveLength(8);
    expect(new Set(reasons)).toEqual(new Set(["ruined on 2020-01-03: net asset value <= 0"]));
    expect(m).toMatchObject({
      total_return: null,
      max_drawdown: null,
      turnover: null,
      sharpe: null,
    });
  });

  it("ruin before the window: nothing can be said of what came after either", () => {
    const m = computeMetrics(inputOf([100, -5, 100, 101, 102], { from: 2 }));
    expect(m).toMatchObject({ start_equity: 1, sharpe: null, total_return: null });
    expect(m.undefined_because).toMatchObject({
      sharpe: expect.stringContaining("2020-01-02") as string,
    });
  });

  it("ruin after the window does not reach back", () => {
    const m = computeMetrics(inputOf([100, 101, 100, -5], { to: 2 }));
    expect(m.sharpe).not.toBeNull();
  });
});

/** The formulas as a textbook has them, without any care for rounding. */
function naive(nav: readonly number[]) {
  const r = nav.slice(1).map((v, i) => v / nav[i] - 1);
  const m = r.reduce((a, b) => a + b, 0) / r.length;
  const sd = Math.sqrt(r.reduce((a, b) => a + (b - m) ** 2, 0) / (r.length - 1));
  const down = Math.sqrt(r.reduce((a, b) => a + Math.min(b, 0) ** 2, 0) / r.length);
  const falls = nav.map((v, i) => 1 - v / Math.max(...nav.slice(0, i + 1)));
  const largest = Math.max(...r.map(Math.abs));
  const [sharpe, sortino] = [sd, down].map((d) => (m / d) * Math.sqrt(252));
  return { sharpe, sortino, depth: Math.max(...falls), sd, down, largest };
}

describe("properties", () => {
  it("every field is a finite number, or null with a reason", () => {
    const navs = fc.array(fc.integer({ min: -50, max: 2_000_000 }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(navs, (nav) => {
        const { undefined_because, ...numbers } = computeMetrics(inputOf(nav));
        for (const [key, value] of Object.entries(numbers)) {
          const state = value === null ? "null" : Number.isFinite(value) ? "finite" : String(value);
          expect([key, state]).toEqual([key, key in undefined_because ? "null" : "finite"]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("equals the naive twin", () => {
    const navs = fc.array(fc.integer({ min: 1, max: 2_000_000 }), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(navs, (nav) => {
        const twin = naive(nav);
        fc.pre(twin.sd > 1e-9 && twin.down > 1e-9);
        const m = computeMetrics(inputOf(nav));
        const slack = 1e-10 * (1 + twin.largest);
        const error = (a: number | null, b: number) => Math.abs((a ?? Number.NaN) - b);
        expect(m.max_drawdown).toBeCloseTo(twin.depth, 12);
        expect(error(m.sharpe, twin.sharpe)).toBeLessThan(slack / twin.sd);
        expect(error(m.sortino, twin.sortino)).toBeLessThan(slack / twin.down);
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the currency's scale, except for money", () => {
    const navs = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(navs, (nav) => {
        const one = computeMetrics(inputOf(nav));
        const eight = computeMetrics(
          inputOf(
            nav.map((v) => v * 8),
            { notionalMinorTotal: 400_000 },
          ),
        );
        expect({ ...eight, start_equity: 0, final_equity: 0 }).toEqual({
          ...one,
          start_equity: 0,
          final_equity: 0,
        });
      }),
    );
  });
});

describe("the section", () => {
  it("accepts its own defaults and refuses nonsense", () => {
    expect(metricsSection.schema.safeParse(metricsSection.defaults).success).toBe(true);
    expect(metricsSection.schema.safeParse({ periods_per_year: 0, risk_free: 0 }).success).toBe(
      false,
    );
    expect(metricsSection.schema.safeParse({ periods_per_year: 252, risk_free: 2 }).success).toBe(
      false,
    );
    expect(metricsSection.schema.safeParse({ ...metricsSection.defaults, rf: 1 }).success).toBe(
      false,
    );
  });
});

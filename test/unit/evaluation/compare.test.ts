/** Two runs on their common days: by hand, against naive twins, and every reason not to compare. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CommonWindow,
  type ComparedRun,
  isOwnWindow,
  METRIC_NAMES,
  metricsOver,
} from "../../../src/research/evaluation/common-metrics.ts";
import { commonWindow, compareRuns } from "../../../src/research/evaluation/compare.ts";
import { type Sketch, sketched } from "./compared-run.ts";

function windowOf(a: ComparedRun, b: ComparedRun): CommonWindow {
  const window = commonWindow(a, b);
  if (!window.ok) throw new Error(window.error);
  return window.value;
}

const NAV = [100, 110, 99, 120, 90, 130];

describe("the common window", () => {
  it("is where both evaluation windows are, with the days both have", () => {
    const a = sketched({ nav: NAV, evaluationFrom: 1 });
    const b = sketched({ nav: NAV.slice(0, 5), days: [0, 2, 3, 5, 9] });
    expect(windowOf(a, b)).toEqual({
      from: "2020-01-02",
      to: "2020-01-06",
      sessions: 3,
      whole: false,
    });
  });

  it("is whole where both begin there, and only there", () => {
    const early = sketched({ nav: NAV });
    expect(windowOf(early, sketched({ nav: NAV.slice(1) })).whole).toBe(true);
    expect(windowOf(early, sketched({ nav: NAV, start: "2020-01-02" })).whole).toBe(false);
    expect(windowOf(early, sketched({ nav: NAV, evaluationFrom: 2 })).whole).toBe(false);
  });

  it("needs two common days, and says what there is", () => {
    const a = sketched({ nav: NAV });
    const apart = commonWindow(a, sketched({ nav: NAV, start: "2020-02-01" }));
    const touching = commonWindow(a, sketched({ nav: NAV, start: "2020-01-06" }));
    expect(apart).toEqual({ ok: false, error: expect.stringContaining("have 0 days in common") });
    expect(apart).toEqual({
      ok: false,
      error: expect.stringContaining("A has 2020-01-01 to 2020-01-06, B has 2020-02-01 to"),
    });
    expect(touching).toEqual({ ok: false, error: expect.stringContaining("have 1 days") });
  });
});

describe("metrics over a window", () => {
  it("are the recorded ones where the window is the run's own", () => {
    const run = sketched({ nav: NAV, evaluationFrom: 2, metrics: { sharpe: 77 } });
    const window = windowOf(run, run);
    expect(isOwnWindow(run.document, window)).toBe(true);
    expect(metricsOver(run, window).values.sharpe).toBe(77);
  });

  it("by hand: three days out of six", () => {
    const run = sketched({
      nav: NAV,
      fills: [
        { session: 1, notional: 1000 },
        { session: 2, notional: -40 },
        { session: 3, notional: 30 },
        { session: 5, notional: 500 },
      ],
      costs: [
        { session: 1, cost: 9 },
        { session: 2, cost: 1 },
        { session: 3, cost: 0.5 },
      ],
    });
    const window: CommonWindow = {
      from: "2020-01-02",
      to: "2020-01-04",
      sessions: 3,
      whole: false,
    };
    const { values } = metricsOver(run, window);
    expect(values.total_return).toBeCloseTo(120 / 110 - 1, 12);
    expect(values.max_drawdown).toBeCloseTo(1 - 99 / 110, 12);
    // Of the close of the first day on: the fills and costs of that day came before.
    expect(values.trades).toBe(2);
    expect(values.costs).toBe(1.5);
    expect(values.turnover).toBeCloseTo((70 / ((110 + 99 + 120) / 3)) * (365.25 / 2), 9);
    const returns = [99 / 110 - 1, 120 / 99 - 1];
    const mean = (returns[0] + returns[1]) / 2;
    const deviation = Math.sqrt((returns[0] - mean) ** 2 + (returns[1] - mean) ** 2);
    expect(values.annual_volatility).toBeCloseTo(deviation * Math.sqrt(252), 9);
    expect(values.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(252), 9);
  });

  it("computed anew equal what the engine recorded, whatever the conventions", () => {
    const navs = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(
        navs,
        fc.constantFrom(252, 365, 12),
        fc.constantFrom(0, 0.02, 0.0375, -0.005),
        fc.integer({ min: 1, max: 4 }),
        (nav, periodsPerYear, riskFree, cut) => {
          // The longer run ends with the shorter one's window: computed there, recorded here.
          const sketch: Sketch = { nav, evaluationFrom: 1, periodsPerYear, riskFree };
          const fills = nav.map((value, session) => ({ session, notional: -value }));
          const costs = nav.map((value, session) => ({ session, cost: value / 7 }));
          const long = sketched({ ...sketch, fills, costs });
          const short = sketched({
            ...sketch,
            nav: nav.slice(0, -cut),
            fills: fills.slice(0, -cut),
            costs: costs.slice(0, -cut),
          });
          fc.pre(long.document.metrics.sharpe !== null);
          const window = windowOf(long, short);
          const computed = metricsOver(long, window);
          const recorded = metricsOver(short, window);
          expect(isOwnWindow(long.document, window)).toBe(false);
          expect(isOwnWindow(short.document, window)).toBe(true);
          for (const name of METRIC_NAMES) {
            const [left, right] = [computed.values[name], recorded.values[name]];
            if (right === null) expect([name, left]).toEqual([name, null]);
            else
              expect(Math.abs((left ?? Number.NaN) - right)).toBeLessThan(
                1e-6 * (1 + Math.abs(right)),
              );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("begin with the deposit where both runs begin, and count the first day's fills", () => {
    const fills = [{ session: 0, notional: 50 }];
    const long = sketched({ nav: NAV, deposit: 105, fills });
    const short = sketched({ nav: NAV.slice(0, 5), deposit: 105, fills });
    const window = windowOf(long, short);
    const [computed, recorded] = [metricsOver(long, window), metricsOver(short, window)];
    expect(computed.values.trades).toBe(1);
    expect(computed.values.total_return).toBeCloseTo(90 / 105 - 1, 12);
    expect(computed.values.total_return).toBeCloseTo(recorded.values.total_return ?? 0, 12);
    expect(computed.values.sharpe).toBeCloseTo(recorded.values.sharpe ?? 0, 9);
  });

  it("are null with the reason where trades or conventions are unknown", () => {
    const part: CommonWindow = { from: "2020-01-02", to: "2020-01-05", sessions: 4, whole: false };
    const run = sketched({ nav: NAV });
    const unknown = metricsOver({ ...run, activity: { unknown: "the pack is gone" } }, part);
    for (const name of ["trades", "turnover", "costs"] as const) {
      expect([unknown.values[name], unknown.because[name]]).toEqual([null, "the pack is gone"]);
    }
    expect(unknown.values.sharpe).not.toBeNull();
    // A recorded volatility that no whole number of periods explains is not guessed from.
    const odd = metricsOver(sketched({ nav: NAV, metrics: { annual_volatility: 0.123 } }), part);
    expect(odd.values).toMatchObject({ annual_volatility: null, sharpe: null, sortino: null });
    expect(odd.because["sharpe"]).toContain("annualises");
    expect(odd.values.total_return).toBeCloseTo(90 / 110 - 1, 12);
  });

  it("are null from the day of ruin on, also where it came before the window", () => {
    const run = sketched({ nav: [100, -5, 50, 60, 70, 80] });
    const part: CommonWindow = { from: "2020-01-03", to: "2020-01-05", sessions: 3, whole: false };
    const { values, because } = metricsOver(run, part);
    expect(values.total_return).toBeNull();
    expect(because["total_return"]).toBe("ruined on 2020-01-02: net asset value <= 0");
  });

  it("take the deepest fall of every session, and returns of days", () => {
    const days = [0, 0.25, 0.5, 1, 1.25, 1.5, 2, 3];
    const nav = [100, 40, 101, 102, 30, 104, 103, 99];
    const run = sketched({ nav, days });
    const part: CommonWindow = { from: "2020-01-01", to: "2020-01-03", sessions: 3, whole: true };
    const { values } = metricsOver(run, part);
    expect(values.max_drawdown).toBeCloseTo(1 - 30 / 102, 12);
    expect(values.total_return).toBeCloseTo(103 / 100 - 1, 12);
  });
});

describe("differences", () => {
  it("are B - A, and null where a side is, with the side's reason", () => {
    const a = sketched({ nav: [100, 100, 100, 100] });
    const b = sketched({ nav: [100, 101, 99, 103] });
    const { metrics } = compareRuns(a, b, windowOf(a, b));
    const row = (name: string) => metrics.find((each) => each.name === name);
    expect(row("total_return")?.difference).toBeCloseTo(0.03, 12);
    expect(row("sharpe")).toMatchObject({ a: null, difference: null });
    expect(row("sharpe")?.undefined_because).toEqual({ a: expect.stringContaining("deviation") });
    expect(metrics.map((each) => each.name)).toEqual([...METRIC_NAMES]);
  });

  it("names the ten largest, largest first, and no day without one", () => {
    const nav = Array.from({ length: 40 }, (_, n) => 100 + (n % 3));
    // Wealth that is doubled from a day on keeps every other return.
    const planted = [5, 17, 30];
    const factor = (n: number) => planted.reduce((f, at) => (n >= at ? f * (1 + at / 100) : f), 1);
    const a = sketched({ nav });
    const b = sketched({ nav: nav.map((value, n) => value * factor(n)) });
    const { largest } = compareRuns(a, b, windowOf(a, b));
    expect(largest.slice(0, 3).map((each) => each.date)).toEqual([
      "2020-01-31",
      "2020-01-18",
      "2020-01-06",
    ]);
    for (const { a: left, b: right, difference } of largest) expect(difference).toBe(right - left);
    expect(largest.length).toBeLessThanOrEqual(10);
    // Rounding aside there is no fourth.
    expect(Math.abs(largest[3]?.difference ?? 0)).toBeLessThan(1e-12);
    expect(compareRuns(a, a, windowOf(a, a)).largest).toEqual([]);
    const c = sketched({ nav: nav.map((value, n) => value + n) });
    expect(compareRuns(a, c, windowOf(a, c)).largest).toHaveLength(10);
  });

  it("are taken between days that both have", () => {
    const a = sketched({ nav: [100, 110, 121, 133.1], days: [0, 1, 2, 3] });
    const b = sketched({ nav: [100, 121, 133.1], days: [0, 2, 3] });
    const { correlation, largest } = compareRuns(a, b, windowOf(a, b));
    expect(correlation.days).toBe(2);
    for (const { difference } of largest) expect(Math.abs(difference)).toBeLessThan(1e-12);
  });

  it("leave days out on which a ruined run has no return", () => {
    const a = sketched({ nav: [100, 110, 99, -1, 50, 60] });
    const b = sketched({ nav: NAV });
    const { correlation, largest } = compareRuns(a, b, windowOf(a, b));
    expect(correlation.days).toBe(2);
    expect(largest).toEqual([]);
  });
});

describe("correlation of daily returns", () => {
  const correlationOf = (x: readonly number[], y: readonly number[]) => {
    const [a, b] = [sketched({ nav: x }), sketched({ nav: y })];
    return compareRuns(a, b, windowOf(a, b)).correlation;
  };

  it("is 1 with itself, and of a doubled account", () => {
    expect(correlationOf(NAV, NAV).value).toBeCloseTo(1, 12);
    expect(
      correlationOf(
        NAV,
        NAV.map((x) => 2 * x),
      ),
    ).toMatchObject({ days: 5, undefined_because: null });
  });

  it("against the textbook's formula", () => {
    const nav = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(nav, nav, (x, y) => {
        const returns = (values: readonly number[]) =>
          values.slice(1).map((value, n) => value / values[n] - 1);
        const [r, s] = [returns(x), returns(y)];
        const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
        const n = r.length;
        const top = n * total(r.map((value, i) => value * s[i])) - total(r) * total(s);
        const spread = (v: readonly number[]) =>
          Math.sqrt(n * total(v.map((value) => value * value)) - total(v) ** 2);
        fc.pre(spread(r) > 1e-3 && spread(s) > 1e-3);
        expect(correlationOf(x, y).value).toBeCloseTo(top / (spread(r) * spread(s)), 9);
      }),
    );
  });

  it("is undefined, with the reason, where an account never moved or one return is all", () => {
    const flat = [100, 100, 100, 100, 100, 100];
    expect(correlationOf(NAV, flat)).toMatchObject({
      value: null,
      undefined_because: expect.stringContaining("returns of B"),
    });
    expect(correlationOf(flat, flat).undefined_because).toContain("A and B");
    expect(correlationOf([100, 101], [100, 99])).toMatchObject({
      value: null,
      days: 1,
      undefined_because: expect.stringContaining("at least 2"),
    });
  });
});

/**
 * What a window's metrics start from and what they count: nothing that the wealth at its start has
 * already paid. NAV starts at 10 000.00.
 */
import { describe, expect, it } from "vitest";
import { createWindowMeter } from "../../../src/engine/window-meter.ts";
import { windowMetrics, windowReturns } from "../../../src/engine/window-metrics.ts";
import { type Ohlc, runMarket } from "../../support/market-fixture.ts";

const DAYS = ["2021-03-01", "2021-03-02", "2021-03-03", "2021-03-04"];
const CONVENTIONS = { periodsPerYear: 252, riskFree: 0 };

function days(...bars: Ohlc[]): { [date: string]: Ohlc } {
  return Object.fromEntries(DAYS.map((date, n) => [date, bars[n]]));
}

const rising = days(
  [100, 100, 100, 100],
  [100, 110, 100, 110],
  [110, 110, 110, 110],
  [110, 110, 110, 110],
);

describe("the full window", () => {
  it("starts at the deposit where the first session already traded", () => {
    // 99 lots at 100 on the close that decided, 100 bp of fees: 10 000 - 99 = 9 901, then + 990.
    const { k } = runMarket(
      { A: { bars: rising, wishes: { [DAYS[0]]: { units: 99 } } } },
      { execution: { fill: "same_close" }, fees: { bps: 100 } },
    );
    const metrics = windowMetrics(k, CONVENTIONS, 0);
    expect(metrics).toMatchObject({
      start_equity: 10_000,
      final_equity: 10_891,
      trades: 1,
      costs: 99,
    });
    expect(metrics.total_return).toBeCloseTo(0.0891, 12);
  });

  it("has as many returns as sessions less one where the first did not trade", () => {
    const { k } = runMarket({ A: { bars: rising, wishes: { [DAYS[0]]: { units: 50 } } } });
    const metrics = windowMetrics(k, CONVENTIONS, 0);
    expect(metrics.start_equity).toBe(10_000);
    // Returns 5 %, 0, 0: mean 1/60, sample deviation 0.05 / sqrt(3).
    expect(metrics.annual_volatility).toBeCloseTo((0.05 / Math.sqrt(3)) * Math.sqrt(252), 12);
  });
});

it("a later window counts what came after the close it starts from", () => {
  // Bought at Tuesday's open with 10 of fees, sold at Thursday's: the window from Tuesday on has
  // the fee of Tuesday in its starting wealth and only the sale in its counts.
  const { k } = runMarket(
    { A: { bars: rising, wishes: { [DAYS[0]]: { units: 10 }, [DAYS[2]]: { units: 0 } } } },
    { fees: { per_share: 1, bps: 0, minimum: 0 } },
  );
  k.state.costsBeforeWindow = 1_000;
  const metrics = windowMetrics(k, CONVENTIONS, 1);
  expect(metrics).toMatchObject({
    start_equity: 10_090,
    final_equity: 10_080,
    trades: 1,
    costs: 10,
  });
});

it("several bars a day: ratios are of daily returns, the drawdown is of every bar", () => {
  const { k } = runMarket({ A: { bars: rising, wishes: { [DAYS[0]]: { units: 1 } } } });
  const hour = 3_600_000;
  const sessionsMs = Float64Array.from([10, 16, 34, 40], (hours) => hours * hour);
  // A day ends at 950 000 and at 1 050 000; within the second it stood at 800 000.
  k.state.curves.nav.set([1_000_000, 950_000, 800_000, 1_050_000]);
  const metrics = windowMetrics({ ...k, world: { ...k.world, sessionsMs } }, CONVENTIONS, 0);
  const [first, second] = [-0.05, 1_050 / 950 - 1];
  const deviation = (second - first) / Math.SQRT2;
  expect(metrics.annual_volatility).toBeCloseTo(deviation * Math.sqrt(252), 12);
  expect(metrics.max_drawdown).toBeCloseTo(0.2, 12);
});

describe("after ruin nothing is said of returns", () => {
  const NOTHING = {
    total_return: null,
    cagr: null,
    annual_volatility: null,
    sharpe: null,
    sortino: null,
    calmar: null,
    max_drawdown: null,
    turnover: null,
  };
  const ruinedOn = (nav: readonly number[], ruinedAt: number) => {
    const { k } = runMarket({ A: { bars: rising, wishes: { [DAYS[0]]: { units: 1 } } } });
    k.state.curves.nav.set(nav);
    k.state.ruinedAt = ruinedAt;
    return k;
  };

  it("in a window that begins when the account is above zero again", () => {
    const k = ruinedOn([1_000_000, -5, 800_000, 1_050_000], 1);
    for (const metrics of [
      windowMetrics(k, CONVENTIONS, 2),
      createWindowMeter(k.world, CONVENTIONS)(k, 2),
    ]) {
      expect(metrics).toMatchObject({ ...NOTHING, start_equity: 8_000, final_equity: 10_500 });
      expect(metrics.undefined_because["sharpe"]).toBe(
        "ruined on 2021-03-02: net asset value <= 0",
      );
    }
    expect(windowReturns(k, 2)).toEqual(Float64Array.of(Number.NaN));
    expect(windowReturns(k, 0)).toEqual(Float64Array.of(Number.NaN, Number.NaN, Number.NaN));
  });

  it("where it came and went within a day", () => {
    const hours = Float64Array.from([10, 16, 34, 40], (hour) => hour * 3_600_000);
    const own = ruinedOn([1_000_000, 950_000, -3, 1_050_000], 2);
    const k = { ...own, world: { ...own.world, sessionsMs: hours } };
    expect(windowMetrics(k, CONVENTIONS, 0)).toMatchObject(NOTHING);
    expect(createWindowMeter(k.world, CONVENTIONS)(k, 0)).toMatchObject(NOTHING);
    const [before, after] = windowReturns(k, 0);
    expect(before).toBeCloseTo(-0.05, 12);
    expect(after).toBeNaN();
  });
});

/**
 * The volatility gap of whole small runs: each cause switched on by itself shows as its own part,
 * and what remains is what no layer did.
 */
import { describe, expect, it } from "vitest";
import { nextNormal, prngOf } from "../../../src/base/prng.ts";
import type { VolatilityGap } from "../../../src/domain/volatility-gap.ts";
import { runVolatilityGap } from "../../../src/engine/layers/volatility-gap.ts";
import { type Layered, type LayeredSettings, soundLayers } from "../../support/layered-fixture.ts";
import { type LayeredMarket, steady, weekdays } from "../../support/layered-market.ts";

const dates = weekdays(150);
/** Past the history that risk is measured on. */
const FROM = 30;

function walk(seed: number, start: number, size: number): (n: number) => number {
  const prng = prngOf(seed);
  const prices: number[] = [];
  return (n) => {
    while (prices.length <= n) {
      prices.push((prices[prices.length - 1] ?? start) * (1 + size * nextNormal(prng)));
    }
    return Math.round(prices[n] * 1e4) / 1e4;
  };
}

/** Two walks at 1 % and 2 % a day, a sleeve on each from session 25 on. */
const MARKET: LayeredMarket = {
  listings: {
    X: { bars: steady(dates, walk(1, 100, 0.01)) },
    Y: { bars: steady(dates, walk(2, 50, 0.02)) },
  },
  sleeves: {
    x: { instrument: "X", says: { [dates[25]]: 1, [dates[90]]: 0.5 } },
    y: { instrument: "Y", says: { [dates[25]]: 1, [dates[70]]: -1 } },
  },
};

const SETTINGS: LayeredSettings = {
  initialEquity: 100_000_000,
  execution: { fill: "next_close" },
  limits: { gross: 4 },
  layers: { risk_targeting: { enabled: true, lookback: 20, target_vol: 0.1 } },
};

function run(over: LayeredSettings = {}, market = MARKET): Layered {
  return soundLayers(market, {
    ...SETTINGS,
    ...over,
    layers: { ...SETTINGS.layers, ...over.layers },
  });
}

function gapOf(layered: Layered, from = FROM): VolatilityGap {
  return runVolatilityGap(layered.k, layered.trace, from) as VolatilityGap;
}

function partsOf(over: LayeredSettings = {}, market = MARKET) {
  const gap = gapOf(run(over, market));
  return {
    ...(gap.parts as NonNullable<VolatilityGap["parts"]>),
    residual: gap.residual as number,
  };
}

const NOTHING = {
  unexposed: 0,
  target_bounds: 0,
  policy: 0,
  overlay: 0,
  clamps: 0,
  costs: 0,
};

describe("with everything off", () => {
  it("only the estimator and whole lots are left, and the residual is rounding", () => {
    const { residual, estimator_and_rebalance_lag, gates, buffer_and_rounding, ...rest } =
      partsOf();
    expect(rest).toEqual(NOTHING);
    expect(Math.abs(residual)).toBeLessThan(1e-9);
    expect(Math.abs(gates)).toBeLessThan(1e-5);
    expect(Math.abs(buffer_and_rounding)).toBeLessThan(1e-5);
    expect(Math.abs(estimator_and_rebalance_lag)).toBeGreaterThan(1e-3);
  });

  it("is null where no volatility is aimed at", () => {
    const untargeted = run({ layers: { risk_targeting: { enabled: false } } });
    expect(runVolatilityGap(untargeted.k, untargeted.trace, FROM)).toBeNull();
  });

  it("realised is the deviation of the net asset value's daily returns", () => {
    const layered = run();
    const returns = layered.nav.slice(FROM + 1).map((nav, n) => nav / layered.nav[FROM + n] - 1);
    const mean = returns.reduce((a, b) => a + b, 0) / returns.length;
    const variance = returns.reduce((a, b) => a + (b - mean) ** 2, 0) / (returns.length - 1);
    expect(gapOf(layered).realised).toBeCloseTo(Math.sqrt(variance * 252), 12);
  });
});

describe("one cause at a time", () => {
  const base = partsOf();
  /** Parts that differ from those of a run with everything off, by more than its rounding. */
  function moved(over: LayeredSettings, market = MARKET): string[] {
    const parts = partsOf(over, market);
    return Object.entries(parts).flatMap(([name, value]) =>
      Math.abs(value - base[name as keyof typeof base]) > 1e-4 ? [name] : [],
    );
  }
  const targeting = { enabled: true, lookback: 20, target_vol: 0.1 };

  it("a volatility floor is the target's bounds", () => {
    const over = { layers: { risk_targeting: { ...targeting, vol_floor: 0.5 } } };
    expect(moved(over)).toEqual(["target_bounds"]);
    expect(partsOf(over).target_bounds).toBeLessThan(-0.01);
  });

  it("a gross cap is, too; what the last lot at the cap costs is the gates'", () => {
    const { target_bounds, gates, ...rest } = partsOf({ limits: { gross: 0.3 } });
    expect(target_bounds).toBeLessThan(-0.04);
    expect(Math.abs(gates)).toBeLessThan(0.001);
    expect(rest.buffer_and_rounding).toBeCloseTo(0, 5);
    expect(rest).toMatchObject({ policy: 0, overlay: 0, clamps: 0 });
  });

  it("a policy that keeps one sleeve flat", () => {
    const references = { VIX: { index: true as const, values: { [dates[0]]: 15 } } };
    const policy = { enabled: true, map: { y: "trend" as const }, exempt: ["x"] };
    expect(moved({ layers: { policy } }, { ...MARKET, references })).toEqual(["policy"]);
  });

  it("the brake at its floor", () => {
    expect(moved({ layers: { overlay: { mode: "compute", profile: "L" } } })).toContain("overlay");
    expect(
      partsOf({ layers: { overlay: { mode: "compute", profile: "L" } } }).overlay,
    ).toBeLessThan(-0.01);
  });

  it("a cap on a symbol", () => {
    const { clamps, gates, ...rest } = partsOf({
      limits: { gross: 4, symbol: 0.1 },
      layers: { clamps: { caps: { enabled: true } } },
    });
    expect(clamps).toBeLessThan(-0.05);
    expect(Math.abs(gates)).toBeLessThan(0.001);
    expect(rest.buffer_and_rounding).toBeCloseTo(0, 5);
    expect(rest).toMatchObject({ target_bounds: 0, policy: 0, overlay: 0 });
  });

  it("a gate that refuses what no clamp cut", () => {
    expect(moved({ limits: { gross: 4, symbol: 0.1 } })).toEqual(["gates"]);
  });

  it("a breaker that flattens, and the size it comes back with", () => {
    const breakers = {
      enabled: true,
      daily_loss: 0.5,
      halt: 0.005,
      panic: 0.01,
      halt_sessions: 2,
      panic_sessions: 5,
      rampup_sessions: 3,
    };
    const over: LayeredSettings = { layers: { breakers } };
    expect(run(over).k.state.counters.flattens).toBeGreaterThan(0);
    expect(moved(over)).toEqual(["gates"]);
  });

  it("protective stops", () => {
    const sizing = { buffer: 0, min_notional: 0, stop_atr: 1 };
    const layered = run({ layers: { sizing } });
    expect(layered.k.state.counters.stopsFilled).toBeGreaterThan(2);
    expect(moved({ layers: { sizing } })).toContain("gates");
  });

  it("a buffer", () => {
    const sizing = { buffer: 0.3, min_notional: 0, stop_atr: null };
    expect(moved({ layers: { sizing } })).toEqual(["buffer_and_rounding"]);
  });

  it("lots that are large for the account", () => {
    expect(moved({ initialEquity: 2_000 })).toEqual(["buffer_and_rounding"]);
  });

  it("costs that come and go", () => {
    expect(moved({ fees: { bps: 300 } })).toContain("costs");
    expect(Math.abs(partsOf({ fees: { bps: 300 } }).residual)).toBeLessThan(1e-9);
    const slippage = { bps: 300 };
    expect(Math.abs(partsOf({ slippage }).residual)).toBeLessThan(1e-9);
    expect(partsOf({ slippage }).costs).toBeCloseTo(partsOf({ fees: { bps: 300 } }).costs, 3);
  });

  it("interest and borrow are costs, not a residual", () => {
    // A quarter of the calm market at a fifth of its volatility: gross beyond the account.
    const calm: LayeredMarket = {
      ...MARKET,
      listings: {
        X: { bars: steady(dates, walk(1, 100, 0.002)) },
        Y: { bars: steady(dates, walk(2, 50, 0.002)) },
      },
    };
    const rates = { debit_rate: 5, borrow_rate: 5 };
    const charged = run({ financing: rates }, calm);
    expect(charged.k.state.costs.financing).toBeGreaterThan(0);
    expect(charged.k.state.costs.borrow).toBeGreaterThan(0);
    const { parts, residual } = gapOf(charged);
    expect(Math.abs(parts?.costs ?? 0)).toBeGreaterThan(1e-3);
    expect(Math.abs(residual ?? Number.NaN)).toBeLessThan(1e-9);
  });

  it("a forecast that is flat for half of the time", () => {
    const flat: LayeredMarket = {
      ...MARKET,
      sleeves: { x: { instrument: "X", says: { [dates[25]]: 1, [dates[90]]: 0 } } },
    };
    const { unexposed, estimator_and_rebalance_lag } = partsOf({}, flat);
    expect(unexposed).toBeLessThan(-0.02);
    expect(Math.abs(estimator_and_rebalance_lag)).toBeLessThan(0.02);
  });

  it("fills inside a session are the residual's", () => {
    const open: LayeredMarket = {
      ...MARKET,
      listings: {
        X: { bars: gapped(1, 0.01) },
        Y: { bars: gapped(2, 0.02) },
      },
    };
    const { residual } = partsOf({ execution: { fill: "next_open" } }, open);
    expect(Math.abs(residual)).toBeGreaterThan(1e-6);
    expect(Math.abs(partsOf({}, open).residual)).toBeLessThan(1e-9);
  });
});

/** Opens away from the close before. */
function gapped(seed: number, size: number) {
  const close = walk(seed, 100, size);
  return Object.fromEntries(
    dates.map((date, n) => {
      const c = close(n);
      const o = n % 2 === 0 ? c * 1.01 : c * 0.99;
      return [date, [o, Math.max(o, c), Math.min(o, c), c] as const];
    }),
  );
}

describe("futures and foreign currencies", () => {
  it("a roll changes the contract, not the gap: the residual stays rounding", () => {
    const price = walk(1, 100, 0.01);
    const rolls = [60, 100].map((n) => ({ on: dates[n], into: 202106 + n, at: price(n) }));
    // From the day after a roll the bars are those of the next contract, 3 dearer each time.
    const level = (n: number) => price(n) + (n > 60 ? 3 : 0) + (n > 100 ? 3 : 0);
    const future: LayeredMarket = {
      listings: {
        X: {
          bars: steady(dates, level),
          contracts: {
            first: 202103,
            rolls: [
              { ...rolls[0], into: 202106, at: level(60) + 3 },
              { ...rolls[1], into: 202109, at: level(100) + 3 },
            ],
          },
        },
      },
      sleeves: { x: { instrument: "X", says: { [dates[25]]: 1 } } },
    };
    const layered = run({}, future);
    expect(layered.k.state.counters.rolls).toBe(2);
    const gap = gapOf(layered);
    expect(Math.abs(gap.residual ?? Number.NaN)).toBeLessThan(1e-9);
    expect(Math.abs(gap.parts?.gates ?? Number.NaN)).toBeLessThan(1e-5);
  });

  it("a position abroad earns its gain at the day's rate; its balances are the residual's", () => {
    const rate = walk(9, 1.2, 0.005);
    const abroad: LayeredMarket = {
      ...MARKET,
      listings: {
        ...MARKET.listings,
        X: { ...MARKET.listings["X"], instrument: { currency: "EUR" } },
      },
      references: {
        EURUSD: {
          currency: "EUR",
          quote: "USD",
          values: Object.fromEntries(dates.map((date, n) => [date, rate(n)])),
        },
      },
    };
    const gap = gapOf(run({}, abroad));
    expect(Math.abs(gap.parts?.buffer_and_rounding ?? Number.NaN)).toBeLessThan(1e-4);
    // Gains of some per cent lie in euros and move with them: far less than the gap itself.
    expect(Math.abs(gap.residual ?? Number.NaN)).toBeLessThan(5e-4);
    expect(Math.abs(gap.residual ?? Number.NaN)).toBeGreaterThan(1e-9);
  });
});

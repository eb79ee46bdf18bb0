/**
 * Missing evidence tightens (invariants 3 to 5): for every stage and gate that looks at something,
 * the same market with and without it. Without, no session holds more than with, and the record says
 * why. What can be known to be missing before anything runs is refused there.
 */
import { describe, expect, it } from "vitest";
import { nextUniform, prngOf } from "../../../src/base/prng.ts";
import { expectTighter, exposures } from "../../support/layered-exposure.ts";
import {
  type Layered,
  type LayeredSettings,
  runLayered,
  soundLayers,
} from "../../support/layered-fixture.ts";
import {
  type LayeredListing,
  type LayeredMarket,
  steady,
  weekdays,
} from "../../support/layered-market.ts";
import type { Ohlc } from "../../support/market-fixture.ts";

const dates = weekdays(40);
const [d0] = dates;
const LAST = dates[dates.length - 1];

/** Independent walks around a price, with highs and lows; one seed one walk. */
function walk(seed: number, from = 0, days = dates): { [date: string]: Ohlc } {
  const prng = prngOf(seed);
  let price = 100;
  const bars = days.map((date): [string, Ohlc] => {
    price = Math.round(price * (1 + 0.02 * (nextUniform(prng) - 0.5)) * 100) / 100;
    return [date, [price, price + 0.5, price - 0.5, price]];
  });
  return Object.fromEntries(bars.slice(from));
}

function closesOnly(bars: { readonly [date: string]: Ohlc }): { [date: string]: number } {
  return Object.fromEntries(Object.entries(bars).map(([date, bar]) => [date, bar[3]]));
}

/** One sleeve per instrument, each wanting all of its budget from the first session on. */
function marketOf(
  listings: LayeredMarket["listings"],
  references: LayeredMarket["references"] = {},
): LayeredMarket {
  return {
    listings,
    sleeves: Object.fromEntries(
      Object.keys(listings).map((id) => [id.toLowerCase(), { instrument: id, says: { [d0]: 1 } }]),
    ),
    references,
  };
}

const settings = (over: LayeredSettings): LayeredSettings => ({
  initialEquity: 1_000_000,
  execution: { fill: "next_close" },
  ...over,
});

const said = (run: Layered) =>
  new Set(run.signals.map(({ end }) => [end.state, ...end.cut_by].join(" ")));

describe("the volatility index", () => {
  const regime = {
    enabled: true,
    gross_scale: { low: 1, normal: 1, high: 0.5, crisis: 0.3 },
  };
  const over = settings({
    limits: { gross: 1 },
    layers: { volatility_regime: regime, clamps: { caps: { enabled: true } } },
  });
  const calm = Object.fromEntries(dates.map((date) => [date, 12]));
  const run = (values: { readonly [date: string]: number }) =>
    soundLayers(
      marketOf({ A: { bars: steady(dates, 100) } }, { VIX: { index: true, values } }),
      over,
    );

  it("without a series of that name nothing runs", () => {
    const missing = marketOf({ A: { bars: walk(1) } });
    expect(() => runLayered(missing, over)).toThrow(
      /volatility_regime.reference: the pack has no volatility index VIX.*data.references/,
    );
  });

  it("a day without a value is UNKNOWN, with the tightest limit", () => {
    const holes = Object.fromEntries(Object.entries(calm).filter(([date]) => date < dates[20]));
    const [full, without] = [run(calm), run(holes)];
    expectTighter(without, full);
    expect(exposures(full)[30]).toBe(1_000_000);
    expect(exposures(without)[30]).toBe(300_000);
    expect(without.layers.daily.volatilityRegime.slice(19, 22)).toEqual([
      "LOW",
      "UNKNOWN",
      "UNKNOWN",
    ]);
  });
});

describe("policy", () => {
  const policy = { enabled: true, map: { a: "trend" as const } };

  it("without its index nothing runs", () => {
    expect(() =>
      runLayered(marketOf({ A: { bars: walk(1) } }), settings({ layers: { policy } })),
    ).toThrow(/policy.volatility_index: the pack has no volatility index VIX/);
  });

  it("a feature that is not known keeps its sleeves flat, and says which", () => {
    const long = weekdays(200);
    const values = Object.fromEntries(long.map((date, s) => [date, s < 190 ? 15 + (s % 3) : 15]));
    const holes = Object.fromEntries(Object.entries(values).filter(([date]) => date < long[180]));
    const run = (index: { readonly [date: string]: number }) =>
      soundLayers(
        marketOf({ A: { bars: steady(long, 100) } }, { VIX: { index: true, values: index } }),
        settings({ layers: { policy } }),
      );
    const [full, without] = [run(values), run(holes)];
    expectTighter(without, full);
    expect(exposures(full)[195]).toBeGreaterThan(0);
    expect(exposures(without)[195]).toBe(0);
    const late = without.signals.filter(({ on }) => on > long[185]);
    expect(late.map(({ end }) => end.state)).toEqual(late.map(() => "REJECTED_BY_POLICY"));
    expect(late[0].end.cut_by.join()).toMatch(/stress is unknown/);
  });

  it("short volatility without a term structure is off for good", () => {
    const values = Object.fromEntries(dates.map((date) => [date, 12]));
    const run = soundLayers(
      marketOf({ A: { bars: walk(1) } }, { VIX: { index: true, values } }),
      settings({ layers: { policy: { enabled: true, map: { a: "short_volatility" } } } }),
    );
    expect(run.fills).toEqual([]);
    expect(run.signals).toHaveLength(dates.length);
  });
});

describe("correlation", () => {
  const over = settings({
    layers: { correlation: { limit: 0.7, days: 30, min_overlap: 15 } },
  });
  /** B is wanted from session 20 on, when A has been held for long. */
  const pair = (bars: LayeredListing["bars"]): LayeredMarket => ({
    listings: { A: { bars: walk(1) }, B: { bars } },
    sleeves: {
      a: { instrument: "A", says: { [d0]: 0.5 } },
      b: { instrument: "B", says: { [dates[20]]: 0.5 } },
    },
  });

  it("too little overlap refuses the increase", () => {
    const full = soundLayers(pair(walk(2)), over);
    // Ten days of history at the first wish, fifteen five days later.
    const without = soundLayers(pair(walk(2, 10)), over);
    expectTighter(without, full, "B");
    const early = without.signals.filter(({ strategy, on }) => strategy === "b" && on < dates[24]);
    expect(early.length).toBeGreaterThan(0);
    for (const { end } of early) {
      expect(end.state).toBe("REJECTED_BY_CORRELATION");
      expect(end.cut_by.join()).toContain("insufficient_overlap");
    }
    expect(exposures(without, "B").at(-1)).toBeGreaterThan(0);
  });

  it("what was decided earlier in the same cycle counts as held", () => {
    const twins: LayeredMarket = {
      listings: { A: { bars: walk(1) }, B: { bars: walk(1) } },
      sleeves: {
        a: { instrument: "A", says: { [dates[30]]: 0.5 } },
        b: { instrument: "B", says: { [dates[30]]: 0.5 } },
      },
    };
    const run = soundLayers(twins, over);
    const first = run.signals.filter(({ on }) => on === dates[30]);
    expect(first.map(({ end }) => end.state)).toEqual(["EXECUTED", "REJECTED_BY_CORRELATION"]);
    expect(exposures(run, "B").at(-1)).toBe(0);
  });
});

describe("a rate", () => {
  const euros = (values: { readonly [date: string]: number }) =>
    marketOf(
      { A: { bars: walk(1), instrument: { currency: "EUR" } } },
      { EURUSD: { currency: "EUR", quote: "USD", values } },
    );

  it("without one nothing runs", () => {
    const none = marketOf({ A: { bars: walk(1), instrument: { currency: "EUR" } } });
    expect(() => runLayered(none, settings({}))).toThrow(
      /A is priced in EUR, and the pack has no rate of it in USD.*data.references/,
    );
  });

  it("before its first day nothing is sized", () => {
    const full = soundLayers(euros({ [d0]: 1.1 }), settings({}));
    const without = soundLayers(euros({ [dates[10]]: 1.1 }), settings({}));
    expectTighter(without, full);
    const early = without.signals.filter(({ on }) => on < dates[10]);
    expect(early).toHaveLength(10);
    expect(new Set(early.map(({ end }) => [end.state, ...end.cut_by].join(" ")))).toEqual(
      new Set(["REJECTED_BY_SIZING sizing/unknown_rate"]),
    );
  });
});

describe("the average true range", () => {
  it("atr-risk gives no budget without highs and lows, with the reason", () => {
    const over = settings({ layers: { allocation: { method: "atr-risk" } } });
    const full = soundLayers(marketOf({ A: { bars: walk(1) } }), over);
    const without = soundLayers(marketOf({ A: { bars: closesOnly(walk(1)) } }), over);
    expectTighter(without, full);
    expect(exposures(without).at(-1)).toBe(0);
    expect(without.layers.sheet.reasons).toEqual([
      "no average true range above zero is known for its instrument",
    ]);
    expect(full.layers.sheet.reasons).toEqual([null]);
  });

  it("heat that cannot be said refuses, until the closes say it", () => {
    const heat = { limit: 0.5, atr_window: 5, volatility_days: 20 };
    const full = soundLayers(marketOf({ A: { bars: walk(1) } }), settings({ layers: { heat } }));
    const without = soundLayers(
      marketOf({ A: { bars: closesOnly(walk(1)) } }),
      settings({ layers: { heat } }),
    );
    expectTighter(without, full);
    expect(exposures(without)[15]).toBe(0);
    expect(exposures(without).at(-1)).toBeGreaterThan(0);
    expect(said(without)).toContain("REJECTED_BY_HEAT heat/heat:not_evaluated");
  });

  it("no position is opened without the stop that the mandate asks for", () => {
    const over = settings({
      execution: { fill: "next_open" },
      layers: { sizing: { stop_atr: 3 }, heat: { atr_window: 14 } },
    });
    const run = soundLayers(marketOf({ A: { bars: walk(1) } }), over);
    // The window is full on the fourteenth bar or the one after; before that there is no stop.
    const held = exposures(run).map((value) => value > 0);
    expect(held.slice(0, 14)).toEqual(Array.from({ length: 14 }, () => false));
    expect(held.at(-1)).toBe(true);
    expect(said(run)).toContain("REJECTED_BY_SIZING sizing/unknown_stop");
    const stops = run.entries.filter(
      ({ payload }) => payload.kind === "order" && payload.purpose === "stop",
    );
    expect(stops.length).toBeGreaterThan(0);
    const closes = marketOf({ A: { bars: closesOnly(walk(1)) } });
    expect(() => runLayered(closes, settings({ layers: { sizing: { stop_atr: 3 } } }))).toThrow(
      /sizing.stop_atr needs the column (open|high|low).*data.sources/,
    );
  });
});

describe("too little history", () => {
  const long = weekdays(90);
  const both = (young: LayeredListing["bars"]): LayeredMarket => ({
    listings: { A: { bars: walk(1, 0, long) }, B: { bars: young } },
    sleeves: {
      a: { instrument: "A", says: { [d0]: 1 } },
      b: { instrument: "B", says: { [d0]: 1 } },
    },
  });
  const old = walk(2, 0, long);
  const young = walk(2, 60, long);

  it.each([
    ["the risk target", { risk_targeting: { enabled: true, lookback: 40 } }],
    [
      "inverse volatility",
      {
        allocation: {
          method: "inverse-volatility" as const,
          lookback_days: 40,
          min_observations: 40,
        },
      },
    ],
    [
      "equal risk",
      { allocation: { method: "erc" as const, lookback_days: 40, min_observations: 40 } },
    ],
    [
      "clusters",
      { clamps: { clusters: { enabled: true, days: 40, min_observations: 35, cap: 0.9 } } },
    ],
    [
      "the tail",
      { clamps: { tail: { enabled: true, days: 40, min_observations: 35, paths: 100 } } },
    ],
  ] as const)("for %s: the young instrument is not held, the other goes on", (_, layers) => {
    const over = settings({ layers });
    const full = soundLayers(both(old), over);
    const without = soundLayers(both(young), over);
    const at = 80;
    expect(exposures(full, "B")[at]).toBeGreaterThan(0);
    expect(exposures(without, "B")[at]).toBeLessThan(exposures(full, "B")[at]);
    expect(exposures(without, "A")[at]).toBeGreaterThan(0);
    const reasons = [
      ...without.layers.sheet.reasons,
      ...without.layers.clampLog.map(({ record }) => record.reason),
    ].filter((reason) => reason !== null);
    expect(reasons.length).toBeGreaterThan(0);
  });

  it("for the risk target of one sleeve: unavailable, never the floor of volatility", () => {
    const run = soundLayers(
      marketOf({ A: { bars: walk(1) } }),
      settings({ layers: { risk_targeting: { enabled: true, lookback: 63 } } }),
    );
    expect(run.fills).toEqual([]);
    const statuses = new Set(run.trace.layers.decisions.map(({ riskStatus }) => riskStatus));
    expect(statuses).toEqual(new Set(["unavailable"]));
  });
});

describe("the brake", () => {
  it("is at its floor while it knows nothing", () => {
    const overlay = { mode: "compute" as const, profile: "L" as const };
    const run = soundLayers(marketOf({ A: { bars: walk(1) } }), settings({ layers: { overlay } }));
    const full = soundLayers(
      marketOf({ A: { bars: walk(1) } }),
      settings({ layers: { overlay: { ...overlay, during_warm_up: "none" } } }),
    );
    expectTighter(run, full);
    expect(said(run)).toContain("EXECUTED overlay/unknown");
  });
});

describe("a price", () => {
  it("that is old refuses: neither more nor less is traded on it", () => {
    const whole = steady(dates, 100);
    const gap = Object.fromEntries(
      Object.entries(whole).filter(([date]) => date < dates[10] || date >= LAST),
    );
    // B's gains and losses change what A's share of the account is worth.
    const run = soundLayers(
      {
        listings: { A: { bars: gap }, B: { bars: walk(2) } },
        sleeves: {
          a: { instrument: "A", says: { [d0]: 1 } },
          b: { instrument: "B", says: { [d0]: 1 } },
        },
      },
      settings({ freshness: { max_age_sessions: 1 } }),
    );
    const stale = run.signals.filter(
      ({ strategy, on }) => strategy === "a" && on > dates[10] && on < LAST,
    );
    expect(stale.length).toBeGreaterThan(10);
    for (const { end } of stale) {
      expect(end.state).toBe("REJECTED_BY_FRESHNESS");
      expect(end.observed).toBeGreaterThan(1);
    }
    expect(run.fills.filter(({ id, on }) => id === "A" && on >= dates[10] && on < LAST)).toEqual(
      [],
    );
  });

  it("that is old keeps a breaker shut beyond its days, and says what holds it", () => {
    const bars = steady(dates, (s) => (s < 3 ? 100 : 97));
    const holes = Object.fromEntries(
      Object.entries(bars).filter(([date]) => date < dates[8] || date > dates[25]),
    );
    const market = (own: LayeredListing["bars"]): LayeredMarket => ({
      listings: { A: { bars: own }, B: { bars: steady(dates, 50) } },
      sleeves: {
        a: { instrument: "A", says: { [d0]: 1 } },
        b: { instrument: "B", says: { [dates[5]]: 1 } },
      },
    });
    const over = settings({
      layers: {
        breakers: { enabled: true },
        allocation: { method: "static", static: { a: 0.8, b: 0.2 } },
      },
    });
    const [full, without] = [soundLayers(market(bars), over), soundLayers(market(holes), over)];
    expectTighter(without, full, "B");
    const rules = without.layers.breakerChanges.map(({ change }) => change.rule);
    expect(rules.join()).toMatch(/unhealthy: a position was last priced \d+ sessions ago/);
  });
});

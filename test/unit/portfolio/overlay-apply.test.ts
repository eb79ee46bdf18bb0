/** The brake on weights, the parts its regimes are made of, and a brake taken from another run. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/instant.ts";
import { BRAKE_REGIMES } from "../../../src/domain/regime.ts";
import { applyOverlay } from "../../../src/portfolio/overlay/apply-overlay.ts";
import {
  type PrecomputedDay,
  precomputedDay,
  precomputedUpgrade,
} from "../../../src/portfolio/overlay/precomputed.ts";
import {
  nextRegime,
  regimeOf,
  severityOf,
  type Signals,
  stepDrawdownSignals,
  stepMarketSignals,
} from "../../../src/portfolio/overlay/regime.ts";
import { OVERLAY_PROFILES, targetOf } from "../../../src/portfolio/overlay/scalar.ts";

const weight = fc.double({ min: -5, max: 5, noNaN: true });
const book = fc.array(weight, { minLength: 1, maxLength: 20 });
const part = fc.double({ min: 0, max: 1, noNaN: true });

describe("applied to weights", () => {
  it("is the weight before times the scalar, by hand", () => {
    const weights = Float64Array.of(0.4, -0.4, 0, 0.1);
    expect(applyOverlay(Float64Array.of(0.4, -0.4, 0, 0.4), 0.85, weights)).toBe(2);
    expect([...weights]).toEqual([0.4 * 0.85, -0.4 * 0.85, 0, 0.1]);
  });

  it("of 1 changes nothing, of 0 leaves nothing", () => {
    const weights = Float64Array.of(0.4, -0.4);
    expect(applyOverlay(weights.slice(), 1, weights)).toBe(0);
    expect(applyOverlay(weights.slice(), 0, weights)).toBe(2);
    expect([...weights]).toEqual([0, 0]);
  });

  it("never raises, is before x scalar, and twice is once (1,000 random portfolios)", () => {
    fc.assert(
      fc.property(book, part, (values, scalar) => {
        const before = Float64Array.from(values);
        const weights = before.slice();
        const cut = applyOverlay(before, scalar, weights);
        let changed = 0;
        weights.forEach((w, i) => {
          expect(Math.abs(w)).toBeLessThanOrEqual(Math.abs(before[i]));
          expect(Math.abs(w - before[i] * scalar)).toBeLessThan(1e-12);
          if (w !== before[i]) changed++;
        });
        expect(cut).toBe(changed);
        const again = weights.slice();
        expect(applyOverlay(before, scalar, again)).toBe(0);
        expect(again).toEqual(weights);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it("keeps what another stage cut further, and does not care for the order", () => {
    fc.assert(
      fc.property(book, part, part, (values, scalar, other) => {
        const before = Float64Array.from(values);
        const weights = before.map((w) => w * other);
        const reversed = weights.toReversed();
        applyOverlay(before, scalar, weights);
        weights.forEach((w, i) =>
          expect(Math.abs(w)).toBeLessThanOrEqual(Math.abs(before[i] * other)),
        );
        applyOverlay(before.toReversed(), scalar, reversed);
        expect(reversed.toReversed()).toEqual(weights);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it.each([Number.NaN, -0.1, 1.1, Infinity])("stops on a scalar of %d: invariant 3", (scalar) => {
    expect(() => applyOverlay(Float64Array.of(1), scalar, Float64Array.of(1))).toThrow(
      `invariant 3: a brake of ${scalar} is outside [0, 1]`,
    );
  });

  it("stops on weights that are no numbers, or not the same ones", () => {
    const one = Float64Array.of(1);
    expect(() => applyOverlay(Float64Array.of(NaN), 1, one)).toThrow("invariant 3");
    expect(() => applyOverlay(one, 1, Float64Array.of(NaN))).toThrow("invariant 3");
    const endless = Float64Array.of(Infinity);
    expect(() => applyOverlay(endless, 1, one)).toThrow("invariant 3");
    expect(() => applyOverlay(one, 1, endless)).toThrow("invariant 3");
    expect(() => applyOverlay(one, 1, new Float64Array(2))).toThrow("invariant 21");
  });
});

describe("signals", () => {
  const none = (): Signals => ({
    volatility: false,
    correlation: false,
    drawdown: false,
    worsening: false,
  });
  const measure = (value: number) => ({ value, applies: true });

  it.each([
    ["volatility", [1.29, 1.3, 1.29, 1.15, 1.1499, 1.29], [0, 1, 1, 1, 0, 0]],
    ["correlation", [0.0999, 0.1, 0.06, 0.05, 0.0499, 0.09], [0, 1, 1, 1, 0, 0]],
    ["drawdown", [-0.0999, -0.1, -0.07, -0.06, -0.0599, -0.09], [0, 1, 1, 1, 0, 0]],
    ["worsening", [-0.0599, -0.06, -0.04, -0.03, -0.0299, -0.05], [0, 1, 1, 1, 0, 0]],
  ] as const)("%s enters and leaves at its own levels", (name, values, expected) => {
    const signals = none();
    const seen = values.map((value) => {
      const calm = measure(0);
      stepDrawdownSignals(
        signals,
        name === "drawdown" ? value : 0,
        name === "worsening" ? value : 0,
      );
      stepMarketSignals(
        signals,
        name === "volatility" ? measure(value) : calm,
        name === "correlation" ? measure(value) : calm,
      );
      const others = Object.entries(signals).filter(([key, on]) => key !== name && on);
      expect(others).toEqual([]);
      return Number(signals[name]);
    });
    expect(seen).toEqual(expected);
  });

  it("are true when they are not known, false when they do not apply", () => {
    const signals = none();
    stepMarketSignals(signals, measure(Number.NaN), measure(Number.NaN));
    expect([signals.volatility, signals.correlation]).toEqual([true, true]);
    const idle = { value: Number.NaN, applies: false };
    stepMarketSignals(signals, idle, idle);
    expect([signals.volatility, signals.correlation]).toEqual([false, false]);
  });
});

describe("regimes", () => {
  it.each([
    [0, 0, "NORMAL"],
    [1, -0.1, "ELEVATED"],
    [2, 0, "STRESS"],
    [1, -0.1199, "ELEVATED"],
    [1, -0.12, "STRESS"],
    [3, 0, "CRISIS"],
    [4, -0.15, "CRISIS"],
    [1, -0.1999, "STRESS"],
    [1, -0.2, "CRISIS"],
  ] as const)("a score of %i at %d is %s", (score, drawdown, regime) => {
    expect(regimeOf(score, drawdown)).toBe(regime);
  });

  it("worse at once, better after five days, for every pair", () => {
    for (const present of BRAKE_REGIMES) {
      for (const today of BRAKE_REGIMES.slice(1)) {
        const better = severityOf(today) < severityOf(present) && present !== "UNKNOWN";
        expect(nextRegime(present, 4, today)).toBe(better ? present : today);
        expect(nextRegime(present, 5, today)).toBe(today);
      }
    }
  });

  it("have the spec's scalars", () => {
    const table = OVERLAY_PROFILES.map((profile) =>
      BRAKE_REGIMES.map((regime) => targetOf(profile, regime)),
    );
    expect(table).toEqual([
      [0.5, 1, 0.98, 0.85, 0.6],
      [0.35, 1, 0.9, 0.7, 0.45],
      [0.25, 1, 0.85, 0.55, 0.3],
    ]);
  });
});

describe("a precomputed brake", () => {
  const days: PrecomputedDay[] = [3, 4, 7].map((day, i) => ({
    dateMs: day * DAY_MS,
    regime: "NORMAL",
    scalar: [1, 0.9, 1.2][i],
  }));

  it("is found by its date", () => {
    expect(precomputedDay(days, 3 * DAY_MS)).toEqual({ known: true, value: days[0] });
    expect(precomputedDay(days, 4 * DAY_MS)).toEqual({ known: true, value: days[1] });
  });

  it.each([2, 5, 8])("is unknown on day %i, which it does not hold", (day) => {
    const evidence = precomputedDay(days, day * DAY_MS);
    expect(evidence.known ? "" : evidence.reason).toBe(
      `the precomputed overlay has no day 1970-01-0${day + 1}`,
    );
    expect(precomputedDay([], day * DAY_MS).known).toBe(false);
  });

  it("is unknown where it would raise exposure, or says nothing", () => {
    expect(precomputedDay(days, 7 * DAY_MS)).toMatchObject({ known: false });
    const nothing = [{ dateMs: 0, regime: "UNKNOWN" as const, scalar: Number.NaN }];
    expect(precomputedDay(nothing, 0)).toMatchObject({ known: false });
    const at = (scalar: number) => precomputedDay([{ dateMs: 0, regime: "CRISIS", scalar }], 0);
    expect([at(-0.1).known, at(0).known, at(1).known, at(1 + 1e-9).known]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  const REGIMES = ["NORMAL", "ELEVATED", "STRESS", "CRISIS", "UNKNOWN"] as const;

  it("is upgraded where it entered STRESS or CRISIS from something better", () => {
    const upgrades = REGIMES.flatMap((before) =>
      REGIMES.filter((now) => {
        const pair: PrecomputedDay[] = [
          { dateMs: 0, regime: before, scalar: 0.5 },
          { dateMs: DAY_MS, regime: now, scalar: 0.5 },
        ];
        return precomputedUpgrade(pair, DAY_MS, 0);
      }).map((now) => `${before} ${now}`),
    );
    expect(upgrades).toEqual([
      "NORMAL STRESS",
      "NORMAL CRISIS",
      "ELEVATED STRESS",
      "ELEVATED CRISIS",
      "STRESS CRISIS",
    ]);
  });

  it("is upgraded from a warm-up that was spared, and not from a day it does not hold", () => {
    const pair: PrecomputedDay[] = [
      { dateMs: 0, regime: "UNKNOWN", scalar: 1 },
      { dateMs: DAY_MS, regime: "STRESS", scalar: 0.9 },
    ];
    expect(precomputedUpgrade(pair, DAY_MS, 0)).toBe(true);
    expect(precomputedUpgrade(pair, DAY_MS, -DAY_MS)).toBe(false);
    expect(precomputedUpgrade(pair, 2 * DAY_MS, DAY_MS)).toBe(false);
    // A scalar of 1 alone is no warm-up: this one was in STRESS already.
    const stressed: PrecomputedDay[] = [{ ...pair[0], regime: "STRESS" }, pair[1]];
    expect(precomputedUpgrade(stressed, DAY_MS, 0)).toBe(false);
  });
});

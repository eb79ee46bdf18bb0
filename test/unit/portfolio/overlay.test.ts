/**
 * The brake over days: scripted paths with the numbers by hand, random ones against a naive twin,
 * and what it does with what is not known.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextNormal, nextUniform, prngOf } from "../../../src/base/prng.ts";
import { BRAKE_REGIMES } from "../../../src/domain/regime.ts";
import {
  newOverlay,
  type OverlayDay,
  stepOverlay,
} from "../../../src/portfolio/overlay/overlay-state.ts";
import type { OverlayTerms } from "../../../src/portfolio/overlay/scalar.ts";
import { type Day, naiveOverlay } from "./overlay-naive.ts";

const H: OverlayTerms = { profile: "H", smoothDown: true, duringWarmUp: "floor" };

/** Day 1 is at index 1, as people count them. */
function walk(terms: OverlayTerms, assets: number, days: readonly Day[]): OverlayDay[] {
  const state = newOverlay(terms, assets);
  return [state.last, ...days.map((day) => stepOverlay(state, day))];
}

function single(returns: readonly number[]): Day[] {
  return returns.map((r) => ({ unbrakedReturn: r, assetReturns: Float64Array.of(r) }));
}

const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);

/** [first day, regime] of every stretch. */
function stretches(days: readonly OverlayDay[]): [number, string][] {
  return days.flatMap((day, i): [number, string][] =>
    i === 0 || day.regime !== days[i - 1].regime ? [[i, day.regime]] : [],
  );
}

describe("a slow fall and a recovery, one asset", () => {
  // -0.2 % a day for 112 days, then +1 % a day.
  const days = walk(H, 1, single([...repeat(-0.002, 112), ...repeat(0.01, 40)]));

  it("goes through every regime on the days that the arithmetic gives", () => {
    expect(stretches(days)).toEqual([
      [0, "UNKNOWN"],
      // .998^60 - 1 = -.1132: the drawdown signal alone
      [60, "ELEVATED"],
      // ln .88 / ln .998 = 63.9
      [64, "STRESS"],
      // ln .8 / ln .998 = 111.5
      [112, "CRISIS"],
      // Five days in it are 112 to 116; the drawdown is back above -.20 since 113
      [117, "STRESS"],
      // The acceleration leaves: (20 - k) / (60 - k) x 3540 / 380 < 1.15^2 from k = 14 on
      [126, "ELEVATED"],
      // .7991 x 1.01^17 > .94 on day 129, and five days are over on 131
      [131, "NORMAL"],
    ]);
  });

  it("measures what can be worked out by hand", () => {
    expect(days[64].drawdown).toBeCloseTo(0.998 ** 64 - 1, 14);
    expect(days[64].drawdownSlope10).toBeCloseTo(0.998 ** 64 - 0.998 ** 54, 14);
    expect([days[64].rvol20, days[64].rvol60, days[64].score]).toEqual([0, 0, 1]);
    // One day of +1 % among -0.2 %: sqrt((19/20/19) / (59/60/59)) = sqrt 3
    expect(days[113].volAccel).toBeCloseTo(Math.sqrt(3), 10);
    expect(days[113].rvol20).toBeCloseTo(0.012 * Math.sqrt(252 / 20), 12);
    expect(days[113].score).toBe(2);
  });

  it("says on which days a worse regime was entered", () => {
    const entered = [...days.keys()].filter((i) => days[i].entered !== null);
    expect(entered.map((i) => [i, days[i].entered])).toEqual([
      [64, "STRESS"],
      [112, "CRISIS"],
    ]);
  });

  it("smooths the scalar: floor, then 0.15 of the target a day", () => {
    expect(days.slice(0, 60).every((day) => day.scalar === 0.5 && !day.warmUp)).toBe(true);
    expect(days[60]).toMatchObject({ target: 0.98, warmUp: false });
    expect(days[60].scalar).toBeCloseTo(0.15 * 0.98 + 0.85 * 0.5, 15); // 0.572
    expect(days[61].scalar).toBeCloseTo(0.15 * 0.98 + 0.85 * 0.572, 15); // 0.6332
    expect(days[64].scalar).toBeCloseTo(0.15 * 0.85 + 0.85 * days[63].scalar, 15);
    // 48 days at a target of .85
    const reached = 0.85 + (days[63].scalar - 0.85) * 0.85 ** 48;
    expect(days[111].scalar).toBeCloseTo(reached, 13);
    expect(days[112].scalar).toBeCloseTo(0.15 * 0.6 + 0.85 * reached, 13);
  });

  it("falls at once where the mandate does not smooth down, and still rises slowly", () => {
    const sharp = walk(
      { ...H, smoothDown: false },
      1,
      single([...repeat(-0.002, 112), ...repeat(0.01, 40)]),
    );
    expect(sharp[112].scalar).toBe(0.6);
    expect(sharp[116].scalar).toBe(0.6);
    expect(sharp[117].scalar).toBeCloseTo(0.15 * 0.85 + 0.85 * 0.6, 15);
    expect(stretches(sharp)).toEqual(stretches(days));
  });

  it("spares the warm-up where the mandate says so, and enters what it then finds", () => {
    const spared = walk({ ...H, duringWarmUp: "none" }, 1, single(repeat(-0.004, 61)));
    expect(spared.slice(0, 60).every((day) => day.scalar === 1 && day.warmUp)).toBe(true);
    // .996^60 - 1 = -.2138
    expect(spared[60]).toMatchObject({ regime: "CRISIS", entered: "CRISIS", warmUp: false });
    expect(spared[60].scalar).toBeCloseTo(0.15 * 0.6 + 0.85, 15);
    const braked = walk(H, 1, single(repeat(-0.004, 61)));
    expect(braked[60]).toMatchObject({ regime: "CRISIS", entered: null });
  });
});

describe("the signals apart", () => {
  it("a fall of 7 % in ten days is worsening before it is a drawdown", () => {
    // 60 still days, then -0.7 % a day: -.0593 after the ninth, -.0678 after the tenth... of which
    // the first move makes the volatility accelerate, so worsening makes a score of two.
    const days = walk(H, 1, single([...repeat(0, 60), ...repeat(-0.007, 10)]));
    expect(days[69]).toMatchObject({ score: 2, regime: "STRESS" });
    expect(days[69].drawdownSlope10).toBeCloseTo(0.993 ** 9 - 1, 14); // -.0613
    expect(days[68].drawdownSlope10).toBeCloseTo(0.993 ** 8 - 1, 14); // -.0547
    expect(days[68]).toMatchObject({ score: 1, regime: "ELEVATED" });
  });

  it("worsening, acceleration and drawdown together are a crisis", () => {
    const days = walk(H, 1, single([...repeat(0, 60), -0.11]));
    expect(days[60]).toMatchObject({ score: 0, regime: "NORMAL" });
    expect(days[61]).toMatchObject({ score: 3, regime: "CRISIS", entered: "CRISIS" });
  });

  it("a portfolio that does not move does not accelerate", () => {
    const days = walk(H, 1, single(repeat(0.001, 80)));
    expect(days[80]).toMatchObject({ rvol20: 0, volAccel: NaN, score: 0, regime: "NORMAL" });
  });

  it("two assets that begin to move together are a correlation shock", () => {
    // Over four days: + - + - against + + - -. From day 61 on the second does what the first does.
    const day = (t: number): Day => {
      const first = t % 2 === 0 ? 0.01 : -0.01;
      const second = t % 4 < 2 ? 0.01 : -0.01;
      return { unbrakedReturn: 0, assetReturns: Float64Array.of(first, t < 60 ? second : first) };
    };
    const days = walk(
      H,
      2,
      Array.from({ length: 80 }, (_, t) => day(t)),
    );
    expect(days[60].corr20).toBeCloseTo(0, 14);
    expect(days[60].corr60).toBeCloseTo(0, 14);
    expect(days[60].regime).toBe("NORMAL");
    // Four equal days: 4/20 against 4/60
    expect(days[64].corr20).toBeCloseTo(4 / 20, 14);
    expect(days[64].corr60).toBeCloseTo(4 / 60, 14);
    expect(days[64].corrShock).toBeCloseTo(2 / 15, 14);
    expect(days[64]).toMatchObject({ score: 1, regime: "ELEVATED" });
    expect(days[80].corr20).toBeCloseTo(1, 14);
  });
});

describe("correlation that is not known", () => {
  const random = (assets: number, days: number, hole: (t: number, i: number) => boolean) => {
    const prng = prngOf(7);
    return Array.from({ length: days }, (_, t): Day => {
      const assetReturns = Float64Array.from({ length: assets }, (__, i) => {
        const r = nextNormal(prng) * 0.01;
        return hole(t, i) ? Number.NaN : r;
      });
      return { unbrakedReturn: 0, assetReturns };
    });
  };

  it("is not asked of one asset, nor of assets of which one has traded", () => {
    expect(
      walk(
        H,
        1,
        random(1, 70, () => false),
      )[70],
    ).toMatchObject({ corrShock: NaN, score: 0 });
    expect(
      walk(
        H,
        3,
        random(3, 70, (_, i) => i > 0),
      )[70],
    ).toMatchObject({ score: 0 });
  });

  it("makes the signal true where two have traded and no pair can be measured", () => {
    // The second lists on day 31: 40 common days on day 70, 45 on day 75.
    const days = walk(
      H,
      2,
      random(2, 80, (t, i) => i === 1 && t < 30),
    );
    expect(days[70]).toMatchObject({ corr20: NaN, corr60: NaN, corrShock: NaN, score: 1 });
    expect(days[74].corrShock).toBe(NaN);
    expect(days[75].corrShock).not.toBe(NaN);
  });

  it("makes it true when every asset but one stops having bars", () => {
    const days = walk(
      H,
      3,
      random(3, 120, (t, i) => i > 0 && t >= 70),
    );
    expect(days[75].corrShock).not.toBe(NaN);
    // On day 76 the short window holds 14 common days.
    expect(days[76]).toMatchObject({ corrShock: NaN });
    expect(days[76].score).toBeGreaterThanOrEqual(1);
  });

  it("leaves out a pair of which one side does not move", () => {
    const days = random(3, 70, () => false);
    for (const { assetReturns } of days) assetReturns[2] = 0.0001;
    const two = days.map(({ assetReturns }) => ({
      unbrakedReturn: 0,
      assetReturns: assetReturns.slice(0, 2),
    }));
    expect(walk(H, 3, days)[70].corr60).toBeCloseTo(walk(H, 2, two)[70].corr60, 14);
  });
});

describe("a flat book", () => {
  const moves = Array.from({ length: 90 }, (_, t) => (t % 3 === 0 ? -0.02 : 0.008));
  const flat: Day = { unbrakedReturn: Number.NaN, assetReturns: Float64Array.of(0.5) };

  it("carries everything: what happens meanwhile is not looked at", () => {
    const without = walk(H, 1, single(moves));
    const withGap = single(moves);
    withGap.splice(70, 0, ...new Array<Day>(30).fill(flat));
    const carried = walk(H, 1, withGap);
    expect(carried.slice(0, 71)).toEqual(without.slice(0, 71));
    expect(carried.slice(71, 101)).toEqual(new Array(30).fill({ ...without[70], entered: null }));
    expect(carried.slice(101)).toEqual(without.slice(71));
  });

  it("enters nothing on a day after the one that did", () => {
    const days = walk(H, 1, [...single([...repeat(0, 60), -0.11]), flat, flat]);
    expect(days.slice(61).map((day) => day.entered)).toEqual(["CRISIS", null, null]);
    expect(days[63]).toMatchObject({ regime: "CRISIS", observations: 61 });
  });

  it("before the first exposure is unknown, at the floor", () => {
    expect(walk(H, 1, [flat, flat])[2]).toMatchObject({
      regime: "UNKNOWN",
      scalar: 0.5,
      observations: 0,
      warmUp: false,
    });
  });
});

describe("against the naive twin", () => {
  /** Calm and wild spells, common and own moves, holes, flat days, halts. */
  function market(seed: number, assets: number, days: number): Day[] {
    const prng = prngOf(seed);
    let wild = 0;
    return Array.from({ length: days }, (): Day => {
      if (nextUniform(prng) < 0.04) wild = 1 - wild;
      const common = nextNormal(prng) * (wild === 1 ? 0.012 : 0.003);
      const assetReturns = Float64Array.from({ length: assets }, (_, i) => {
        const r = common + nextNormal(prng) * 0.006 + (wild === 1 ? -0.002 : 0.003);
        if (nextUniform(prng) < (i === 0 ? 0.2 : 0.03)) return Number.NaN;
        return i === 1 && wild === 0 ? 0 : r;
      });
      const known = assetReturns.filter((r) => !Number.isNaN(r));
      const earned = known.reduce((sum, r) => sum + r, 0) / Math.max(1, known.length);
      return { unbrakedReturn: nextUniform(prng) < 0.05 ? Number.NaN : earned, assetReturns };
    });
  }

  const everSeen = new Set<string>();

  it.each(
    (["H", "M", "L"] as const).flatMap((profile, i) =>
      ([true, false] as const).flatMap((smoothDown, j) =>
        (["floor", "none"] as const).map((duringWarmUp, k) => ({
          terms: { profile, smoothDown, duringWarmUp },
          seed: 1 + 4 * i + 2 * j + k,
        })),
      ),
    ),
  )("agrees on each of 400 days: $terms", ({ terms, seed }) => {
    const assets = 1 + (seed % 5);
    const days = market(seed, assets, 400);
    const exposed = days.map((day) => !Number.isNaN(day.unbrakedReturn));
    const stepped = walk(terms, assets, days).filter((_, t) => t > 0 && exposed[t - 1]);
    const naive = naiveOverlay(terms, days);
    expect(stepped).toHaveLength(naive.length);
    for (const [n, expected] of naive.entries()) {
      everSeen.add(expected.regime ?? "");
      for (const [key, value] of Object.entries(expected)) {
        const own = stepped[n][key as keyof OverlayDay];
        const isClose =
          typeof value === "number" ? Math.abs((own as number) - value) < 1e-9 : own === value;
        const agrees = isClose || (Number.isNaN(value) && Number.isNaN(own));
        expect(agrees, `${key} after ${n + 1} days: ${own}, and not ${value}`).toBe(true);
      }
    }
  });

  it("agreed in every regime", () => {
    expect([...everSeen].sort()).toEqual([...BRAKE_REGIMES].sort());
  });

  it("stays in [floor, 1], and repeats bit for bit", () => {
    const floors = { H: 0.5, M: 0.35, L: 0.25 };
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.constantFrom("H" as const, "M" as const, "L" as const),
        fc.boolean(),
        fc.constantFrom("floor" as const, "none" as const),
        (seed, profile, smoothDown, duringWarmUp) => {
          const terms = { profile, smoothDown, duringWarmUp };
          const days = market(seed, 3, 200);
          const first = walk(terms, 3, days);
          for (const { scalar } of first) {
            expect(scalar).toBeGreaterThanOrEqual(floors[profile]);
            expect(scalar).toBeLessThanOrEqual(1);
          }
          expect(walk(terms, 3, days)).toEqual(first);
        },
      ),
      { numRuns: 30, seed: 3 },
    );
  });
});

describe("refusals", () => {
  it("a lost portfolio stays lost", () => {
    const days = walk(H, 1, single([...repeat(0.001, 60), -1.5, 3, -2]));
    expect(days.slice(61).map((day) => day.drawdown)).toEqual([-1, -1, -1]);
    expect(days[63].regime).toBe("CRISIS");
  });

  it("stops on infinite returns and on other numbers of assets", () => {
    const step =
      (unbrakedReturn: number, ...assetReturns: number[]) =>
      () =>
        stepOverlay(newOverlay(H, 1), {
          unbrakedReturn,
          assetReturns: Float64Array.from(assetReturns),
        });
    expect(step(Infinity, 0)).toThrow("invariant 3");
    expect(step(0, -Infinity)).toThrow("invariant 3");
    expect(step(0, 0, 0)).toThrow("invariant 21");
  });
});

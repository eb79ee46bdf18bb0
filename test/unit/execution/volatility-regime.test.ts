/** The regime of the volatility index: bands, leaving them, gaps, and a naive twin. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExposureView } from "../../../src/execution/gates/exposure.ts";
import type { Limits } from "../../../src/execution/gates/limits.ts";
import {
  effectiveLimits,
  newVolatilityRegime,
  regimeScale,
  stepVolatilityRegime,
  volatilityRegimeGate,
  volatilityRegimeTerms,
} from "../../../src/execution/gates/volatility-regime.ts";

const TERMS = { low: 15, high: 25, crisis: 35, leave: 0.9, closes: 3 };
const GAP = Number.NaN;

function regimes(closes: readonly number[]): string {
  const state = newVolatilityRegime();
  return closes.map((close) => stepVolatilityRegime(TERMS, state, close)[0]).join("");
}

it("takes its terms from the mandate", () => {
  const settings = {
    enabled: true,
    reference: "VIX",
    low: 15,
    high: 25,
    crisis: 35,
    leave_factor: 0.9,
    leave_closes: 3,
    gross_scale: { low: 1, normal: 1, high: 0.83, crisis: 0.67 },
  };
  expect(volatilityRegimeTerms(settings)).toEqual(TERMS);
});

describe("bands", () => {
  it.each([
    [14.99, "L"],
    [15, "N"],
    [25, "N"],
    [25.01, "H"],
    [35, "H"],
    [35.01, "C"],
    [0, "U"],
    [-3, "U"],
    [GAP, "U"],
    [Number.POSITIVE_INFINITY, "U"],
  ])("a first close of %d: %s", (close, regime) => {
    expect(regimes([close])).toBe(regime);
  });

  it("rise at once, over several bands if need be", () => {
    expect(regimes([12, 16, 26, 36])).toBe("LNHC");
    expect(regimes([12, 48])).toBe("LC");
  });

  it.each([
    ["three closes below 22.5 leave HIGH", [30, 22.4, 22.4, 22.4], "HHHN"],
    ["22.5 itself does not count", [30, 22.4, 22.4, 22.5, 22.4, 22.4, 22.4], "HHHHHHN"],
    ["below 25 but not by a tenth stays", [30, 24, 24, 24, 24], "HHHHH"],
    ["31.5 leaves CRISIS for HIGH", [40, 31.4, 31.4, 31.4], "CCCH"],
    ["13.5 leaves NORMAL for LOW", [20, 13.4, 13.4, 13.4], "NNNL"],
    ["14 stays NORMAL for good", [20, 14, 14, 14, 14], "NNNNN"],
    [
      "one band at a time, three closes each",
      [40, 12, 12, 12, 12, 12, 12, 12, 12, 12],
      "CCCHHHNNNL",
    ],
    ["a close back in the band breaks the row", [30, 22, 22, 26, 22, 22, 22], "HHHHHHN"],
  ])("%s", (_, closes, expected) => {
    expect(regimes(closes)).toBe(expected);
  });
});

describe("a missing close", () => {
  it("is UNKNOWN for that session alone, and the band is remembered", () => {
    expect(regimes([40, GAP, 33])).toBe("CUC");
    // Without the memory 33 alone would be HIGH: a gap must not loosen.
    expect(regimes([33])).toBe("H");
  });

  it("breaks the row of closes that leave a band", () => {
    expect(regimes([30, 22, 22, GAP, 22, 22, 22])).toBe("HHHUHHN");
  });

  it("does not keep a rise from being seen after it", () => {
    expect(regimes([12, GAP, 26])).toBe("LUH");
  });

  it("at the beginning leaves nothing to remember", () => {
    expect(regimes([GAP, GAP, 12])).toBe("UUL");
  });
});

/** From the whole history: the last three closes must all lie below, after the band and any gap began. */
function naive(closes: readonly number[]): string {
  const levels = [0, 15, 25, 35];
  let band = -1;
  let began = 0;
  return closes
    .map((close, i) => {
      if (!(close > 0) || close === Infinity) return "U";
      const raw = close > 35 ? 3 : close > 25 ? 2 : close >= 15 ? 1 : 0;
      const row = closes.slice(i - 2, i + 1);
      const leaves =
        i - 2 > began && row.length === 3 && row.every((c) => c > 0 && c < 0.9 * levels[band]);
      if (raw > band) [band, began] = [raw, i];
      else if (leaves) [band, began] = [band - 1, i];
      return "LNHC"[band];
    })
    .join("");
}

describe("whole histories", () => {
  const close = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 20, max: 80 }).map((x) => x / 2) },
    { weight: 3, arbitrary: fc.constantFrom(13, 14, 22, 24, 31, 34) },
    { weight: 1, arbitrary: fc.constant(GAP) },
  );
  // Runs of like closes, since three in a row must happen.
  const history = fc
    .array(fc.tuple(close, fc.integer({ min: 1, max: 4 })), { minLength: 5, maxLength: 40 })
    .map((runs) => runs.flatMap(([value, n]) => new Array<number>(n).fill(value)));

  it("agree with the naive twin", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(history, (closes) => {
        const found = regimes(closes);
        for (const letter of found) seen.add(letter);
        expect(found).toBe(naive(closes));
      }),
      { numRuns: 500 },
    );
    expect([...seen].toSorted().join("")).toBe("CHLNU");
  });

  it("are never calmer than the close itself, and a gap never makes a later one calmer", () => {
    const severity = "LNHCU";
    fc.assert(
      fc.property(history, fc.nat(), (closes, at) => {
        const found = regimes(closes);
        for (const [i, value] of closes.entries()) {
          expect(severity.indexOf(found[i])).toBeGreaterThanOrEqual(
            severity.indexOf(regimes([value])),
          );
        }
        // A gap instead of a calm close: what is remembered is what was there before.
        const cut = at % closes.length;
        const gapped = closes.with(cut, GAP);
        if (cut === 0 || !(closes[cut] <= closes[cut - 1])) return;
        const after = regimes(gapped);
        expect(severity.indexOf(after[closes.length - 1])).toBeGreaterThanOrEqual(
          severity.indexOf(found[closes.length - 1]),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("what a regime leaves of the gross limit", () => {
  const settings = { gross_scale: { low: 1, normal: 0.9, high: 0.83, crisis: 0.67 } };
  const LIMITS: Limits = {
    gross: 0.3,
    net: 0.2,
    symbol: 0.1,
    sector: null,
    margin: null,
    positions: null,
    shorts: true,
    stopCooldownSessions: 0,
  };

  it.each([
    ["LOW", 1],
    ["NORMAL", 0.9],
    ["HIGH", 0.83],
    ["CRISIS", 0.67],
    ["UNKNOWN", 0.67],
  ] as const)("%s: %d", (regime, scale) => {
    expect(regimeScale(settings, regime)).toBe(scale);
  });

  it("takes the smallest for UNKNOWN wherever it stands", () => {
    const odd = { gross_scale: { low: 0.4, normal: 1, high: 1, crisis: 1 } };
    expect(regimeScale(odd, "UNKNOWN")).toBe(0.4);
  });

  it("scales gross and nothing else", () => {
    expect(effectiveLimits(LIMITS, 0.5)).toEqual({ ...LIMITS, gross: 0.15 });
    expect(effectiveLimits(LIMITS, 1)).toBe(LIMITS);
    expect(effectiveLimits(LIMITS, 0).gross).toBe(0);
  });

  it.each([1.01, -0.1, Number.NaN])("does not take a scale of %d", (scale) => {
    const said = new RegExp(`invariant 3.*scales limits.gross by ${scale}`);
    expect(() => effectiveLimits(LIMITS, scale)).toThrow(said);
  });

  const view: ExposureView = {
    navMinor: 100_000,
    grossMinor: 10_000,
    netMinor: 10_000,
    positions: 1,
    beforeMinor: 0,
    afterMinor: 10_000,
    beforeLots: 0,
    afterLots: 10,
    sectorMinor: null,
    marginMinor: 0,
    afterMarginMinor: 0,
    sinceStop: null,
  };

  it.each([
    ["HIGH", 10_000, "pass"],
    ["HIGH", 14_900 * (1 + 0.9e-9), "pass"],
    ["HIGH", 14_901, "fail"],
    ["HIGH", -14_901, "fail"],
    ["CRISIS", 10_000, "pass"],
    ["CRISIS", 14_000, "fail"],
    ["UNKNOWN", 10_000, "pass"],
    ["UNKNOWN", 14_000, "not_evaluated"],
  ] as const)("%s with %d more: %s", (regime, afterMinor, result) => {
    const limits = effectiveLimits(LIMITS, regimeScale(settings, regime));
    const verdict = volatilityRegimeGate({ ...view, afterMinor }, regime, limits);
    expect(verdict).toMatchObject({
      gate: "volatility_regime",
      result,
      rule: `gross_${regime.toLowerCase()}`,
      limit: limits.gross,
    });
    expect(verdict.observed).toBeCloseTo((10_000 + Math.abs(afterMinor)) / 100_000, 12);
  });

  it("replaces what the instrument held by what it will hold", () => {
    // 300.00 in the book, 200.00 of it this instrument's; it grows to 250.00: 350.00, 35 %.
    const grown = { ...view, grossMinor: 30_000, beforeMinor: 20_000, beforeLots: 20 };
    const after = { ...grown, afterMinor: 25_000, afterLots: 25 };
    const limits = { ...LIMITS, gross: 0.36 };
    expect(volatilityRegimeGate(after, "HIGH", limits)).toMatchObject({
      result: "pass",
      observed: 0.35,
    });
    expect(volatilityRegimeGate(after, "HIGH", { ...limits, gross: 0.34 }).result).toBe("fail");
  });

  it("refuses an unknown exposure and a net asset value that is gone", () => {
    expect(volatilityRegimeGate({ ...view, afterMinor: GAP }, "LOW", LIMITS)).toMatchObject({
      result: "fail",
      observed: null,
    });
    expect(volatilityRegimeGate({ ...view, navMinor: -5 }, "LOW", LIMITS).result).toBe("fail");
  });
});

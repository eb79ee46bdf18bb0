/**
 * Risk targeting: worked examples, what it never does, and the property that it is there for:
 * with a known covariance the realised volatility is the target.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextNormal, prngOf } from "../../../src/base/prng.ts";
import { sampleDeviation } from "../../../src/base/statistics.ts";
import { known, unknown } from "../../../src/domain/evidence.ts";
import {
  applyRiskTarget,
  holdTarget,
  type RiskTerms,
  riskTarget,
} from "../../../src/portfolio/risk-targeting/risk-target.ts";
import { SHARED, sharedFile, sharedName } from "../../support/shared.ts";

const TERMS: RiskTerms = { targetVol: 0.1, volFloor: 0.05, grossFloor: 0, grossCap: 4 };

function covarianceOf(...values: number[]) {
  return known({ assets: Math.sqrt(values.length), values: Float64Array.from(values) });
}

/** One asset of the given annual volatility. */
const oneAsset = (annual: number) => covarianceOf((annual * annual) / 252);

function target(reference: number[], covariance: ReturnType<typeof covarianceOf>, terms = TERMS) {
  return riskTarget(terms, { reference: Float64Array.from(reference), covariance });
}

describe("the gross exposure that gives the target", () => {
  it("is target / volatility of one unit of gross, by hand", () => {
    // Long 0.3 and short 0.1 of two assets at 2 % and 1 % a day, correlation 0.5:
    // u = (3/4, -1/4), variance = 9/16 * 4e-4 - 2 * 3/16 * 1e-4 + 1/16 * 1e-4 = 1.9375e-4
    const result = target([0.3, -0.1], covarianceOf(4e-4, 1e-4, 1e-4, 1e-4));
    const sigma = Math.sqrt(1.9375e-4) * Math.sqrt(252);
    expect(result.status).toBe("measured");
    expect(result.reason).toBeNull();
    expect(result.sigma).toBeCloseTo(sigma, 14);
    expect(result.gross).toBeCloseTo(0.1 / sigma, 14);
    expect(result.referenceGross).toBeCloseTo(0.4, 15);
    expect(result.multiplier).toBeCloseTo(0.1 / sigma / 0.4, 13);
  });

  it("does not depend on the size of the reference", () => {
    const small = target([0.03, -0.01], covarianceOf(4e-4, 1e-4, 1e-4, 1e-4));
    const large = target([3, -1], covarianceOf(4e-4, 1e-4, 1e-4, 1e-4));
    expect(small.gross).toBeCloseTo(large.gross, 13);
  });

  it.each([
    [0.2, TERMS, "measured", 0.5],
    // Calmer than the floor: 0.1 / 0.05, not 0.1 / 0.02
    [0.02, TERMS, "floored", 2],
    [0.02, { ...TERMS, grossCap: 1.5 }, "capped", 1.5],
    [0.05, { ...TERMS, grossCap: 1.5 }, "capped", 1.5],
    // A wild market asks for 0.1 of gross, and the mandate keeps 0.3
    [1, { ...TERMS, grossFloor: 0.3 }, "floored", 0.3],
    [0.05, TERMS, "measured", 2],
  ] as const)("at a volatility of %d under %o is %s", (annual, terms, status, gross) => {
    const result = target([0.7], oneAsset(annual), terms);
    expect(result.status).toBe(status);
    expect(result.gross).toBeCloseTo(gross, 13);
    expect(result.multiplier).toBeCloseTo(gross / 0.7, 13);
    expect(result.reason === null).toBe(status === "measured");
  });

  it("is unavailable without a covariance, and never the floor", () => {
    const reason = "40 of 63 daily returns";
    const result = riskTarget(TERMS, {
      reference: Float64Array.of(0.5),
      covariance: unknown(reason),
    });
    expect(result).toMatchObject({ status: "unavailable", reason, referenceGross: 0.5 });
    expect([result.sigma, result.gross, result.multiplier]).toEqual([NaN, NaN, NaN]);
  });

  it("is unavailable when a wanted asset's row is missing, not when another's is", () => {
    const holes = covarianceOf(1e-4, NaN, NaN, NaN);
    expect(target([0.5, 0.1], holes).status).toBe("unavailable");
    expect(target([0.5, 0], holes).status).toBe("measured");
  });

  it("is unavailable for a matrix that is no covariance", () => {
    const result = target([1, -1], covarianceOf(1e-4, 2e-4, 2e-4, 1e-4));
    expect(result.status).toBe("unavailable");
    expect(result.reason).toContain("negative variance");
    // A little is no rounding either: 1e-4 apiece, and 1e-9 too much between them.
    const nearly = target([1, -1], covarianceOf(1e-4, 1e-4 + 1e-9, 1e-4 + 1e-9, 1e-4));
    expect(nearly.status).toBe("unavailable");
  });

  it("takes a book without volatility for one at the floor, hedged away or of still prices", () => {
    const hedged = target([1, -1], covarianceOf(1e-4, 1e-4, 1e-4, 1e-4));
    for (const result of [hedged, target([1], oneAsset(0))]) {
      expect(result).toMatchObject({ status: "floored", sigma: 0, gross: 2 });
    }
  });

  it("is measured where volatility stands at a bound exactly: nothing was held back", () => {
    const { sigma } = target([0.7], oneAsset(0.13));
    const exact = TERMS.targetVol / sigma;
    for (const bound of [{ volFloor: sigma }, { grossCap: exact }, { grossFloor: exact }]) {
      const result = target([0.7], oneAsset(0.13), { ...TERMS, ...bound });
      expect(result).toMatchObject({ status: "measured", gross: exact, reason: null });
    }
  });

  it("is nothing where nothing is wanted: an exit needs no evidence", () => {
    const reference = Float64Array.of(0, 0);
    const result = riskTarget(TERMS, { reference, covariance: unknown("no history") });
    expect(result).toMatchObject({ status: "measured", gross: 0, multiplier: 0 });
  });

  it("is nothing where sleeves cancel but for their rounding", () => {
    // 0.1 + 0.2 - 0.3 is 5.6e-17
    expect(target([0.1 + 0.2 - 0.3], oneAsset(0.1))).toMatchObject({ gross: 0, multiplier: 0 });
  });

  it("stops on a weight that is not a number, and on a matrix of other assets", () => {
    expect(() => target([Number.NaN], oneAsset(0.1))).toThrow("invariant 3");
    expect(() => target([0.5, 0.5], oneAsset(0.1))).toThrow(
      "invariant 21: a covariance of 1 assets does not belong to 2 weights",
    );
    const torn = known({ assets: 2, values: Float64Array.of(1e-4, 0, 0) });
    expect(() => target([0.5, 0.5], torn)).toThrow("invariant 21");
  });

  it.skipIf(SHARED === null)(
    sharedName("is the vector's chain of EWMA volatility and a cap of 2 (own recomputation)"),
    () => {
      const sizing = JSON.parse(readFileSync(sharedFile("vectors/sizing.json"), "utf8"));
      const {
        returns,
        lam,
        leverage_applied_to_return_t_uses_info_to_t_minus_1: wanted,
      } = sizing.vol_target as {
        returns: number[];
        lam: number;
        leverage_applied_to_return_t_uses_info_to_t_minus_1: (number | null)[];
      };
      let variance = returns[0] * returns[0];
      for (let t = 1; t < wanted.length; t++) {
        const terms = { targetVol: 0.1, volFloor: 1e-9, grossFloor: 0, grossCap: 2 };
        expect(target([1], covarianceOf(variance), terms).gross).toBeCloseTo(wanted[t] ?? NaN, 12);
        variance = lam * variance + (1 - lam) * returns[t] * returns[t];
      }
    },
  );
});

describe("a held target", () => {
  it("keeps its gross for weights of another size", () => {
    const held = target([0.5, 0.5], covarianceOf(1e-4, 0, 0, 1e-4));
    const now = holdTarget(held, Float64Array.of(0.2, 0));
    expect(now.gross).toBe(held.gross);
    expect(now.multiplier).toBeCloseTo(held.gross / 0.2, 13);
    expect(holdTarget(held, Float64Array.of(0, 0)).multiplier).toBe(0);
  });

  it("stops on one that was never measured", () => {
    const missing = riskTarget(TERMS, {
      reference: Float64Array.of(1),
      covariance: unknown("no history"),
    });
    expect(() => holdTarget(missing, Float64Array.of(1))).toThrow("invariant 3");
    const nothing = target([0], oneAsset(0.1));
    expect(() => holdTarget(nothing, Float64Array.of(1))).toThrow("invariant 3");
  });
});

describe("applied to sleeves", () => {
  const assetOf = Int32Array.of(0, 0, 1);

  it("multiplies each, whatever policy did to its neighbours", () => {
    const result = target([0.3, 0.1], covarianceOf(1e-4, 0, 0, 1e-4));
    const out = new Float64Array(3);
    const whole = applyRiskTarget(result, 4, Float64Array.of(0.2, 0.1, 0.1), assetOf, out);
    expect(whole).toBe(result.multiplier);
    const cut = new Float64Array(3);
    expect(applyRiskTarget(result, 4, Float64Array.of(0.2, 0, 0.1), assetOf, cut)).toBe(whole);
    expect([...cut]).toEqual([out[0], 0, out[2]]);
  });

  it("takes less where a cut hedge would lift the gross above the cap", () => {
    // 0.5 - 0.4 net to 0.1, asked to be 1.0: a factor of 10 would make 5.0 of the sleeve left.
    const result = target([0.1, 0], covarianceOf(1e-5, 0, 0, 1e-5), { ...TERMS, grossCap: 1 });
    expect(result.multiplier).toBeCloseTo(10, 12);
    const out = new Float64Array(3);
    expect(applyRiskTarget(result, 1, Float64Array.of(0.5, -0.4, 0), assetOf, out)).toBeCloseTo(10);
    expect(applyRiskTarget(result, 1, Float64Array.of(0.5, 0, 0), assetOf, out)).toBeCloseTo(2, 14);
    expect([...out]).toEqual([1, 0, 0]);
    // Whatever the order in which sleeves name their assets.
    const turned = Int32Array.of(2, 1, 0);
    const two = Float64Array.of(0.5, 0, 0.3);
    expect(applyRiskTarget(result, 1, two, turned, out)).toBeCloseTo(1 / 0.8, 14);
  });

  it("stops when it is unavailable: invariant 3", () => {
    const missing = riskTarget(TERMS, {
      reference: Float64Array.of(1),
      covariance: unknown("no history"),
    });
    const out = new Float64Array(1);
    expect(() => applyRiskTarget(missing, 1, Float64Array.of(1), Int32Array.of(0), out)).toThrow(
      "invariant 3: risk targeting is unavailable (no history)",
    );
    const fine = target([1], oneAsset(0.1));
    for (const wrong of [
      { ...missing, multiplier: 1 },
      { ...fine, multiplier: -1 },
      { ...fine, multiplier: Number.NaN },
      { ...fine, multiplier: Number.POSITIVE_INFINITY },
    ]) {
      expect(() => applyRiskTarget(wrong, 1, Float64Array.of(1), Int32Array.of(0), out)).toThrow(
        `invariant 3: risk targeting is ${wrong.status}`,
      );
    }
    expect(() => applyRiskTarget(fine, 1, Float64Array.of(NaN), Int32Array.of(0), out)).toThrow(
      "invariant 3",
    );
  });

  it("never exceeds the cap, and levers nothing that policy cut (1,000 random books)", () => {
    const weight = fc.double({ min: -2, max: 2, noNaN: true });
    const sleeves = fc.array(fc.record({ weight, asset: fc.nat(3), kept: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    });
    const volatilities = fc.array(fc.double({ min: 0.001, max: 0.1, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        sleeves,
        volatilities,
        fc.double({ min: 0.1, max: 8, noNaN: true }),
        (book, vols, cap) => {
          const reference = new Float64Array(4);
          for (const { weight: w, asset } of book) reference[asset] += w;
          const values = Array.from({ length: 16 }, (_, i) =>
            i % 5 === 0 ? vols[i / 5] * vols[i / 5] : 0,
          );
          const result = target([...reference], covarianceOf(...values), {
            ...TERMS,
            grossCap: cap,
          });
          const assets = Int32Array.from(book, (sleeve) => sleeve.asset);
          const cut = Float64Array.from(book, (sleeve) => (sleeve.kept ? sleeve.weight : 0));
          const out = new Float64Array(book.length);
          const factor = applyRiskTarget(result, cap, cut, assets, out);
          expect(factor).toBeLessThanOrEqual(result.multiplier);
          const net = new Float64Array(4);
          out.forEach((w, i) => (net[assets[i]] += w));
          const gross = net.reduce((sum, w) => sum + Math.abs(w), 0);
          expect(gross).toBeLessThanOrEqual(cap * (1 + 1e-9));
          out.forEach((w, i) => expect(w).toBe(cut[i] * factor));
        },
      ),
      { numRuns: 1000, seed: 11 },
    );
  });
});

describe("the realised volatility", () => {
  const DAYS = 20_000;
  /** Relative standard error of a standard deviation of normal returns. */
  const error = 1 / Math.sqrt(2 * (DAYS - 1));
  /** Lower triangle: returns = factor x standard normals, covariance = factor x its transpose. */
  const FACTOR = [
    [0.01, 0, 0],
    [0.006, 0.012, 0],
    [-0.003, 0.002, 0.004],
  ];
  const covariance = covarianceOf(
    ...FACTOR.flatMap((a) => FACTOR.map((b) => a.reduce((sum, x, k) => sum + x * b[k], 0))),
  );

  function realised(seed: number, weights: number[]): number {
    const prng = prngOf(seed);
    const normals = new Float64Array(3);
    const returns = new Float64Array(DAYS);
    for (let t = 0; t < DAYS; t++) {
      for (let k = 0; k < 3; k++) normals[k] = nextNormal(prng);
      for (let i = 0; i < 3; i++) {
        for (let k = 0; k <= i; k++) returns[t] += weights[i] * FACTOR[i][k] * normals[k];
      }
    }
    return sampleDeviation(returns) * Math.sqrt(252);
  }

  it.each([
    [1, [0.2, 0.1, 0.4]],
    [2, [0.5, -0.4, 0]],
    [3, [-0.01, 0.02, 0.03]],
    [4, [0, 0, 3]],
    [5, [-1, -1, 2]],
    [6, [0.3, -0.2, 0.9]],
  ])("is the target within 3 standard errors (seed %i, reference %o)", (seed, reference) => {
    const slack = { targetVol: 0.1, volFloor: 1e-4, grossFloor: 0, grossCap: 1000 };
    const result = target(reference, covariance, slack);
    expect(result.status).toBe("measured");
    const out = new Float64Array(3);
    applyRiskTarget(result, 1000, Float64Array.from(reference), Int32Array.of(0, 1, 2), out);
    const ratio = realised(seed, [...out]) / 0.1;
    expect(Math.abs(ratio - 1)).toBeLessThan(3 * error);
    // The check can fail: 260 days a year, or 5 % too much, would be seen.
    expect(Math.abs(ratio * 1.05 - 1)).toBeGreaterThan(3 * error);
    expect(Math.abs(ratio * Math.sqrt(252 / 240) - 1)).toBeGreaterThan(3 * error);
  });
});

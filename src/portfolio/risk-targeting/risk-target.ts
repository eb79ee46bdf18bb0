/**
 * The only volatility target (spec portfolio 4). Enters: the net weight per asset after allocation
 * and before policy, the covariance of daily returns up to the decision; leaves: how much gross
 * exposure gives the target volatility, and sleeve weights multiplied up or down to it.
 *
 * sigma = sqrt(u' S u) x sqrt(252) for u = reference / gross(reference), annual, of one unit of
 * gross. G = clip(target / max(volFloor, sigma), grossFloor, grossCap), and weights x G /
 * gross(reference): the denominator is of before policy, so what policy cut stays cut. Without a
 * covariance of everything wanted the status is `unavailable`: no new exposure, and never the
 * floor in its place. Weights are fractions of net asset value.
 */
import { invariant } from "../../base/assert.ts";
import type { Evidence } from "../../domain/evidence.ts";

/** floored: the volatility floor or the gross floor decided; capped: the gross cap did. */
export type RiskStatus = "measured" | "floored" | "capped" | "unavailable";

export type RiskTarget = {
  readonly status: RiskStatus;
  /** Annual volatility of one unit of gross; NaN when unavailable, or when nothing is wanted. */
  readonly sigma: number;
  /** G; NaN when unavailable. */
  readonly gross: number;
  readonly referenceGross: number;
  /** G / referenceGross; 0 when nothing is wanted, NaN when unavailable. */
  readonly multiplier: number;
  /** Null when sigma alone decided. */
  readonly reason: string | null;
};

export type RiskTerms = {
  /** Annual, like volFloor. */
  readonly targetVol: number;
  readonly volFloor: number;
  readonly grossFloor: number;
  readonly grossCap: number;
};

/** Row-major covariance of daily simple returns. */
export type DailyCovariance = { readonly assets: number; readonly values: Float64Array };

const DAYS_PER_YEAR = 252;
/** A variance below zero by more than this part of its terms is no rounding. */
const ROUNDING = 1e-12;
/** Sleeves that cancel leave rounding behind, which must not be multiplied up into a position. */
const NOTHING = 1e-9;

export function riskTarget(
  terms: RiskTerms,
  input: { readonly reference: Float64Array; readonly covariance: Evidence<DailyCovariance> },
): RiskTarget {
  const { reference, covariance } = input;
  const referenceGross = grossOf(reference);
  // Wanting nothing needs no evidence: an exit must not wait for a covariance.
  if (referenceGross < NOTHING) return nothingWanted();
  if (!covariance.known) return unavailable(referenceGross, covariance.reason);
  const variance = unitVariance(reference, referenceGross, covariance.value);
  if (typeof variance === "string") return unavailable(referenceGross, variance);
  const sigma = Math.sqrt(variance) * Math.sqrt(DAYS_PER_YEAR);
  return targetOf(terms, sigma, referenceGross);
}

/** The same G, found earlier, for what is wanted now: only a share of the target is held over. */
export function holdTarget(held: RiskTarget, reference: Float64Array): RiskTarget {
  invariant(
    held.status !== "unavailable" && held.referenceGross > 0,
    3,
    "a risk target that was not measured cannot be held",
  );
  const referenceGross = grossOf(reference);
  if (referenceGross < NOTHING) return nothingWanted();
  return { ...held, referenceGross, multiplier: held.gross / referenceGross };
}

/**
 * Multiplies sleeve weights into `out` and returns the factor: the multiplier, or less where
 * sleeves that policy cut no longer net against the others and the whole would exceed `grossCap`.
 */
export function applyRiskTarget(
  target: RiskTarget,
  grossCap: number,
  weights: Float64Array,
  assetOf: Int32Array,
  out: Float64Array,
): number {
  const { multiplier, status } = target;
  invariant(
    status !== "unavailable" && multiplier >= 0 && Number.isFinite(multiplier),
    3,
    () => `risk targeting is ${status} (${target.reason}) and was applied`,
  );
  const netted = nettedGross(weights, assetOf);
  invariant(Number.isFinite(netted), 3, "a weight handed to risk targeting is not a number");
  const factor = netted * multiplier > grossCap ? grossCap / netted : multiplier;
  for (let i = 0; i < weights.length; i++) out[i] = weights[i] * factor;
  return factor;
}

function targetOf(terms: RiskTerms, sigma: number, referenceGross: number): RiskTarget {
  const { targetVol, volFloor, grossFloor, grossCap } = terms;
  const wanted = targetVol / Math.max(volFloor, sigma);
  const gross = Math.min(Math.max(wanted, grossFloor), grossCap);
  const result = { sigma, gross, referenceGross, multiplier: gross / referenceGross };
  if (wanted > grossCap) {
    const reason = `target volatility asks for a gross of ${wanted}, the cap is ${grossCap}`;
    return { ...result, status: "capped", reason };
  }
  if (wanted < grossFloor) {
    const reason = `target volatility asks for a gross of ${wanted}, the floor is ${grossFloor}`;
    return { ...result, status: "floored", reason };
  }
  if (sigma < volFloor) {
    const reason = `volatility of one unit of gross is ${sigma}, taken as the floor ${volFloor}`;
    return { ...result, status: "floored", reason };
  }
  return { ...result, status: "measured", reason: null };
}

/** Daily variance of one unit of gross, or why it is not known. */
function unitVariance(
  reference: Float64Array,
  gross: number,
  { assets, values }: DailyCovariance,
): number | string {
  invariant(
    assets === reference.length && values.length === assets * assets,
    21,
    () => `a covariance of ${assets} assets does not belong to ${reference.length} weights`,
  );
  let variance = 0;
  let size = 0;
  for (let i = 0; i < assets; i++) {
    // What is not held may be unknown: its row is not looked at.
    if (reference[i] === 0) continue;
    for (let j = 0; j < assets; j++) {
      if (reference[j] === 0) continue;
      const term = (reference[i] / gross) * values[i * assets + j] * (reference[j] / gross);
      variance += term;
      size += Math.abs(term);
    }
  }
  if (!Number.isFinite(variance)) return "the covariance of an asset that is wanted is not known";
  if (variance < -ROUNDING * size) return `the covariance gives a negative variance, ${variance}`;
  return Math.max(0, variance);
}

function nothingWanted(): RiskTarget {
  return {
    status: "measured",
    sigma: Number.NaN,
    gross: 0,
    referenceGross: 0,
    multiplier: 0,
    reason: "nothing is wanted",
  };
}

function unavailable(referenceGross: number, reason: string): RiskTarget {
  const nothing = Number.NaN;
  const status = "unavailable";
  return { status, sigma: nothing, gross: nothing, referenceGross, multiplier: nothing, reason };
}

function grossOf(weights: Float64Array): number {
  let gross = 0;
  for (const weight of weights) gross += Math.abs(weight);
  invariant(Number.isFinite(gross), 3, "a reference weight is not a number");
  return gross;
}

/** Sum over assets of |sum of the sleeves' weights in it|. */
function nettedGross(weights: Float64Array, assetOf: Int32Array): number {
  let last = -1;
  for (const asset of assetOf) if (asset > last) last = asset;
  const net = new Float64Array(last + 1);
  for (let i = 0; i < weights.length; i++) net[assetOf[i]] += weights[i];
  let gross = 0;
  for (const weight of net) gross += Math.abs(weight);
  return gross;
}

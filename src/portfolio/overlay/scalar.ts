/**
 * From the brake's regime to the part of the weights that stays (spec portfolio 5). Enters: the
 * regime of today and the scalar of yesterday; leaves: the target and the scalar of today, both
 * in [floor, 1]. What is not known maps to the floor.
 */
import type { BrakeRegime } from "../../domain/regime.ts";

export const OVERLAY_PROFILES = ["H", "M", "L"] as const;
export type OverlayProfile = (typeof OVERLAY_PROFILES)[number];

export type OverlayTerms = {
  readonly profile: OverlayProfile;
  /** False: the scalar falls to a lower target at once. */
  readonly smoothDown: boolean;
  /** Inside the first 60 observations: `floor` brakes as for the unknown, `none` not at all. */
  readonly duringWarmUp: "floor" | "none";
};

type Levels = { readonly [regime in Exclude<BrakeRegime, "UNKNOWN">]: number } & {
  /** Weight of today's target against yesterday's scalar. */
  readonly smoothing: number;
  readonly floor: number;
};

const LEVELS: { readonly [profile in OverlayProfile]: Levels } = {
  H: { NORMAL: 1, ELEVATED: 0.98, STRESS: 0.85, CRISIS: 0.6, smoothing: 0.15, floor: 0.5 },
  M: { NORMAL: 1, ELEVATED: 0.9, STRESS: 0.7, CRISIS: 0.45, smoothing: 0.2, floor: 0.35 },
  L: { NORMAL: 1, ELEVATED: 0.85, STRESS: 0.55, CRISIS: 0.3, smoothing: 0.25, floor: 0.25 },
};

/** The scalar before anything was measured, and until the warm-up is over. */
export function warmUpScalar(terms: OverlayTerms): number {
  return terms.duringWarmUp === "none" ? 1 : LEVELS[terms.profile].floor;
}

export function targetOf(profile: OverlayProfile, regime: BrakeRegime): number {
  return regime === "UNKNOWN" ? LEVELS[profile].floor : LEVELS[profile][regime];
}

export function nextScalar(terms: OverlayTerms, target: number, yesterday: number): number {
  const { smoothing, floor } = LEVELS[terms.profile];
  if (target < yesterday && !terms.smoothDown) return target;
  const smoothed = smoothing * target + (1 - smoothing) * yesterday;
  return Math.min(1, Math.max(floor, smoothed));
}

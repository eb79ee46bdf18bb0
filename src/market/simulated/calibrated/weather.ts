/**
 * What all instruments share: the days of the grid, how bad the times are, the common shock and
 * one shock per group. Enters: a seed's stream and the number of days; leaves: columns with one
 * value per weekday. Calm and crisis alternate with durations between bounds, so every twenty
 * years hold several of both; the intensity rises within days and fades over weeks.
 */
import { type Prng, nextNormal, nextUint32, nextUniform, prngOf } from "../../../base/prng.ts";
import { GROUPS, type Group } from "./terms.ts";

export type Weather = {
  /** 0 in calm times, towards 1 in a crisis. */
  readonly intensity: Float64Array;
  /** Standard deviation 1, with a mean below zero in a crisis and above it after one. */
  readonly common: Float64Array;
  readonly groups: Readonly<Record<Group, Float64Array>>;
};

const CALM_DAYS = { least: 400, most: 850 };
const CRISIS_DAYS = { least: 70, most: 140 };
/** Part of the way to its end that the intensity goes in a day. */
const RISE = 0.2;
const FADE = 0.045;
/** Mean of the common shock per day, in standard deviations. */
const CRISIS_SLOPE = -0.1;
const RECOVERY_SLOPE = 0.12;
const RECOVERY_DAYS = 150;

export function weatherOf(seeds: Prng, days: number): Weather {
  const spells = prngOf(nextUint32(seeds));
  const shocks = prngOf(nextUint32(seeds));
  const { intensity, slope } = spellsOf(spells, days);
  const common = normals(shocks, days);
  for (let t = 0; t < days; t++) common[t] += slope[t];
  const columns = GROUPS.map((group) => [group, normals(prngOf(nextUint32(seeds)), days)] as const);
  return { intensity, common, groups: Object.fromEntries(columns) as Weather["groups"] };
}

function spellsOf(
  prng: Prng,
  days: number,
): { readonly intensity: Float64Array; readonly slope: Float64Array } {
  const intensity = new Float64Array(days);
  const slope = new Float64Array(days);
  let level = 0;
  let crisis = false;
  let left = between(prng, CALM_DAYS);
  let sinceCrisis = days;
  for (let t = 0; t < days; t++) {
    if (left === 0) {
      crisis = !crisis;
      left = between(prng, crisis ? CRISIS_DAYS : CALM_DAYS);
    }
    left--;
    level += crisis ? RISE * (1 - level) : FADE * (0 - level);
    sinceCrisis = crisis ? 0 : sinceCrisis + 1;
    intensity[t] = level;
    const recovering = !crisis && sinceCrisis <= RECOVERY_DAYS;
    slope[t] = crisis ? CRISIS_SLOPE : recovering ? RECOVERY_SLOPE : 0;
  }
  return { intensity, slope };
}

function between(
  prng: Prng,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  return least + Math.floor((most - least + 1) * nextUniform(prng));
}

function normals(prng: Prng, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let t = 0; t < count; t++) values[t] = nextNormal(prng);
  return values;
}

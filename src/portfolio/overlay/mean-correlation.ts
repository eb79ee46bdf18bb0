/**
 * Mean pairwise correlation of the assets over 20 and 60 days. Enters: a full window of returns;
 * leaves: the two means over the same pairs, so that a new listing is no shock.
 *
 * A pair is measured on the days on which both have a return, at least three quarters of the window
 * (as the correlation clusters ask for), and left out when one side does not move on them. Without
 * any such pair the means are NaN: not known.
 *
 * Assets with returns on the same days are taken together: scaled to zero mean and unit length,
 * (|sum|^2 - n) / 2 of theirs is the sum of all correlations among n of them, and the product of
 * the sums of two groups is that between them. So a day costs one pass over the returns per
 * calendar, not one per pair.
 */
import { LONG, type ReturnWindow, SHORT, WORD } from "./return-window.ts";

const LEAST_LONG = 45;
const LEAST_SHORT = 15;
/** Sums of squares below this part of their terms are rounding: the series did not move. */
const STILL = 1e-12;

export type Correlations = {
  /** Means over the pairs; NaN when no pair can be measured. */
  short: number;
  long: number;
  /** Fewer than two assets have ever had a return: there is no pair to ask about. */
  applies: boolean;
  /** The rest is room to work in. First asset with returns on the same days, of each asset. */
  readonly groupOf: Int32Array;
  /** Common days of two groups, as days ago, newest first; how many of them, and in the short window. */
  readonly common: Int32Array;
  longDays: number;
  shortDays: number;
  /** Sums over the assets of a group, by common day. */
  readonly left: GroupSum;
  readonly right: GroupSum;
};

type GroupSum = { readonly short: Float64Array; readonly long: Float64Array; assets: number };

export function newCorrelations(assets: number): Correlations {
  return {
    short: Number.NaN,
    long: Number.NaN,
    applies: false,
    groupOf: new Int32Array(assets),
    common: new Int32Array(LONG),
    longDays: 0,
    shortDays: 0,
    left: { short: new Float64Array(SHORT), long: new Float64Array(LONG), assets: 0 },
    right: { short: new Float64Array(SHORT), long: new Float64Array(LONG), assets: 0 },
  };
}

/** Into `out`, which is reused; asked for only when the window is full. */
export function meanCorrelations(window: ReturnWindow, out: Correlations): void {
  const { assets } = window;
  const { left, right } = out;
  let short = 0;
  let long = 0;
  let pairs = 0;
  out.applies = group(window, out.groupOf) > 1;
  for (let g = 0; g < assets; g++) {
    if (out.groupOf[g] !== g) continue;
    for (let h = g; h < assets; h++) {
      if (out.groupOf[h] !== h || !findCommonDays(window, out, g, h)) continue;
      sumGroup(window, out, g, left);
      if (g === h) {
        short += (product(left.short, left.short, out.shortDays) - left.assets) / 2;
        long += (product(left.long, left.long, out.longDays) - left.assets) / 2;
        pairs += (left.assets * (left.assets - 1)) / 2;
      } else {
        sumGroup(window, out, h, right);
        short += product(left.short, right.short, out.shortDays);
        long += product(left.long, right.long, out.longDays);
        pairs += left.assets * right.assets;
      }
    }
  }
  out.short = pairs === 0 ? Number.NaN : short / pairs;
  out.long = pairs === 0 ? Number.NaN : long / pairs;
}

/** Returns how many assets have ever had a return. */
function group({ assets, recent, older, seen }: ReturnWindow, groupOf: Int32Array): number {
  let known = 0;
  for (let i = 0; i < assets; i++) {
    known += seen[i];
    let first = 0;
    while (recent[first] !== recent[i] || older[first] !== older[i]) first++;
    groupOf[i] = first;
  }
  return known;
}

/** False when there are too few of them. */
function findCommonDays(
  { recent, older }: ReturnWindow,
  out: Correlations,
  g: number,
  h: number,
): boolean {
  const recentDays = recent[g] & recent[h];
  const olderDays = older[g] & older[h];
  let count = 0;
  for (let back = 0; back < LONG; back++) {
    if (back === SHORT) out.shortDays = count;
    const bit = back < WORD ? recentDays >>> back : olderDays >>> (back - WORD);
    if ((bit & 1) === 1) out.common[count++] = back;
  }
  out.longDays = count;
  return out.shortDays >= LEAST_SHORT && count >= LEAST_LONG;
}

function sumGroup(window: ReturnWindow, out: Correlations, g: number, sum: GroupSum): void {
  sum.short.fill(0);
  sum.long.fill(0);
  sum.assets = 0;
  for (let i = g; i < window.assets; i++) {
    if (out.groupOf[i] === g) addScaled(window, out, i, sum);
  }
}

/** Adds one asset, with zero mean and unit length in each window, unless it stands still in one. */
function addScaled(
  { returns, newest }: ReturnWindow,
  { common, shortDays, longDays }: Correlations,
  asset: number,
  sum: GroupSum,
): void {
  const end = asset * 2 * LONG + newest + LONG;
  let total = 0;
  let squares = 0;
  for (let k = 0; k < shortDays; k++) {
    const x = returns[end - common[k]];
    total += x;
    squares += x * x;
  }
  const shortMean = total / shortDays;
  // Daily returns lie around zero, so taking the mean off the sums costs no digits.
  const shortLength = squares - total * shortMean;
  if (shortLength <= STILL * squares) return;
  for (let k = shortDays; k < longDays; k++) {
    const x = returns[end - common[k]];
    total += x;
    squares += x * x;
  }
  const longMean = total / longDays;
  const longLength = squares - total * longMean;
  if (longLength <= STILL * squares) return;
  const shortScale = 1 / Math.sqrt(shortLength);
  const longScale = 1 / Math.sqrt(longLength);
  for (let k = 0; k < shortDays; k++) {
    sum.short[k] += (returns[end - common[k]] - shortMean) * shortScale;
  }
  for (let k = 0; k < longDays; k++) {
    sum.long[k] += (returns[end - common[k]] - longMean) * longScale;
  }
  sum.assets++;
}

function product(a: Float64Array, b: Float64Array, days: number): number {
  let total = 0;
  for (let k = 0; k < days; k++) total += a[k] * b[k];
  return total;
}

/**
 * The last 60 daily returns of the unbraked portfolio and of each asset, and what the brake
 * measures on them. Every value is stored twice, 60 places apart, so that the window is always one
 * run of memory. Measures are functions of the window alone: nothing drifts over twenty years.
 *
 * Mean pairwise correlation: per pair, days on which both have a return, at least three quarters of
 * the window (as the correlation clusters ask for), the same pairs for 20 and 60 days, so that a
 * new listing is no shock. A pair in which one side does not move has no correlation.
 */
import { invariant } from "../../base/assert.ts";

export const LONG = 60;
export const SHORT = 20;
const LEAST_LONG = 45;
const LEAST_SHORT = 15;
/** Sums of squares below this part of their terms are rounding: the series did not move. */
const STILL = 1e-12;
const SQRT_YEAR = Math.sqrt(252);

export type ReturnWindow = {
  readonly assets: number;
  readonly portfolio: Float64Array;
  /** One block of 2 x LONG per asset; NaN where the asset had no bar. */
  readonly returns: Float64Array;
  /** 1 once the asset has had a return. */
  readonly seen: Uint8Array;
  /** Days in the window, at most LONG. */
  days: number;
  /** The correlations of one pair, over the short and the long window: reused. */
  readonly pair: Float64Array;
  /** Place of the newest day in the first half of a block. */
  newest: number;
};

export type Correlations = {
  /** NaN when no pair can be measured. */
  short: number;
  long: number;
  /** Fewer than two assets have ever had a return: there is no pair to ask about. */
  applies: boolean;
};

export function newReturnWindow(assets: number): ReturnWindow {
  return {
    assets,
    portfolio: new Float64Array(2 * LONG).fill(Number.NaN),
    returns: new Float64Array(assets * 2 * LONG).fill(Number.NaN),
    seen: new Uint8Array(assets),
    pair: new Float64Array(2),
    days: 0,
    newest: LONG - 1,
  };
}

export function pushDay(
  window: ReturnWindow,
  portfolioReturn: number,
  assetReturns: Float64Array,
): void {
  const { assets, portfolio, returns, seen } = window;
  invariant(
    assetReturns.length === assets,
    21,
    () => `${assetReturns.length} asset returns for an overlay of ${assets} assets`,
  );
  const at = (window.newest + 1) % LONG;
  portfolio[at] = portfolioReturn;
  portfolio[at + LONG] = portfolioReturn;
  for (let asset = 0; asset < assets; asset++) {
    const x = assetReturns[asset];
    invariant(Math.abs(x) !== Infinity, 3, "an asset's return is infinite");
    const place = asset * 2 * LONG + at;
    returns[place] = x;
    returns[place + LONG] = x;
    if (!Number.isNaN(x)) seen[asset] = 1;
  }
  window.newest = at;
  window.days = Math.min(window.days + 1, LONG);
}

/** Annual, ddof 1, over the last `days` days; NaN until there are as many. */
export function realisedVolatility(window: ReturnWindow, days: number): number {
  if (window.days < days) return Number.NaN;
  const { portfolio } = window;
  const end = window.newest + LONG;
  const start = end - days + 1;
  let total = 0;
  let still = true;
  for (let i = start; i <= end; i++) {
    total += portfolio[i];
    if (portfolio[i] !== portfolio[start]) still = false;
  }
  // The mean of equal numbers is rounded, and what is left of it would look like movement.
  if (still) return 0;
  const mean = total / days;
  let squares = 0;
  for (let i = start; i <= end; i++) squares += (portfolio[i] - mean) * (portfolio[i] - mean);
  return Math.sqrt(squares / (days - 1)) * SQRT_YEAR;
}

/** Into `out`, which is reused; asked for only when the window is full. */
export function meanCorrelations(window: ReturnWindow, out: Correlations): void {
  const { assets, seen } = window;
  let known = 0;
  for (let asset = 0; asset < assets; asset++) known += seen[asset];
  out.applies = known > 1;
  out.short = Number.NaN;
  out.long = Number.NaN;
  let short = 0;
  let long = 0;
  let pairs = 0;
  for (let i = 0; i < assets; i++) {
    if (seen[i] === 0) continue;
    for (let j = i + 1; j < assets; j++) {
      if (seen[j] === 0 || !correlate(window, i, j)) continue;
      short += window.pair[0];
      long += window.pair[1];
      pairs++;
    }
  }
  if (pairs === 0) return;
  out.short = short / pairs;
  out.long = long / pairs;
}

/** Into `window.pair`; false when the pair has too few common days or one side did not move. */
function correlate({ returns, newest, pair }: ReturnWindow, i: number, j: number): boolean {
  const endI = i * 2 * LONG + newest + LONG;
  const endJ = j * 2 * LONG + newest + LONG;
  let n = 0;
  let x1 = 0;
  let y1 = 0;
  let x2 = 0;
  let y2 = 0;
  let xy = 0;
  // Newest first: the sums over the short window are on the way to those over the long one.
  for (let back = 0; back < LONG; back++) {
    if (back === SHORT) {
      if (n < LEAST_SHORT) return false;
      pair[0] = correlation(n, x1, y1, x2, y2, xy);
    }
    const x = returns[endI - back];
    const y = returns[endJ - back];
    const product = x * y;
    if (Number.isNaN(product)) continue;
    n++;
    x1 += x;
    y1 += y;
    x2 += x * x;
    y2 += y * y;
    xy += product;
  }
  if (n < LEAST_LONG) return false;
  pair[1] = correlation(n, x1, y1, x2, y2, xy);
  return !Number.isNaN(pair[0] + pair[1]);
}

/** From sums; daily returns lie around zero, so taking their means off afterwards costs no digits. */
function correlation(
  n: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  xy: number,
): number {
  const xx = x2 - (x1 * x1) / n;
  const yy = y2 - (y1 * y1) / n;
  if (xx <= STILL * x2 || yy <= STILL * y2) return Number.NaN;
  const rho = (xy - (x1 * y1) / n) / Math.sqrt(xx * yy);
  return Math.min(1, Math.max(-1, rho));
}

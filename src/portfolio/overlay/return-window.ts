/**
 * The last 60 daily returns of the unbraked portfolio and of each asset. Every value is stored
 * twice, 60 places apart, so that the window is always one run of memory. Measures are functions of
 * the window alone: nothing drifts over twenty years. Returns are simple, NaN where there is none.
 */
import { invariant } from "../../base/assert.ts";

export const LONG = 60;
export const SHORT = 20;
const SQRT_YEAR = Math.sqrt(252);
/** Presence is kept in two words of 30 days. */
export const WORD = 30;
const WORD_MASK = 2 ** WORD - 1;

export type ReturnWindow = {
  readonly assets: number;
  readonly portfolio: Float64Array;
  /** One block of 2 x LONG per asset. */
  readonly returns: Float64Array;
  /** Bit b: the asset had a return b days ago; and the same for WORD + b days ago. */
  readonly recent: Int32Array;
  readonly older: Int32Array;
  /** 1 once the asset has had a return. */
  readonly seen: Uint8Array;
  /** Days in the window, at most LONG. */
  days: number;
  /** Place of the newest day in the first half of a block. */
  newest: number;
};

export function newReturnWindow(assets: number): ReturnWindow {
  return {
    assets,
    portfolio: new Float64Array(2 * LONG).fill(Number.NaN),
    returns: new Float64Array(assets * 2 * LONG).fill(Number.NaN),
    recent: new Int32Array(assets),
    older: new Int32Array(assets),
    seen: new Uint8Array(assets),
    days: 0,
    newest: LONG - 1,
  };
}

export function pushDay(
  window: ReturnWindow,
  portfolioReturn: number,
  assetReturns: Float64Array,
): void {
  const { assets, portfolio, returns, recent, older, seen } = window;
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
    const present = Number.isNaN(x) ? 0 : 1;
    older[asset] = ((older[asset] << 1) | (recent[asset] >>> (WORD - 1))) & WORD_MASK;
    recent[asset] = ((recent[asset] << 1) | present) & WORD_MASK;
    seen[asset] |= present;
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

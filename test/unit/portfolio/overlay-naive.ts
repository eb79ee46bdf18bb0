/**
 * The brake as the spec words it, every measure made anew from the days themselves: the oracle of
 * the stepped one. Shares nothing with it but the type of its result.
 */
import type { OverlayDay } from "../../../src/portfolio/overlay/overlay-state.ts";

export type Day = { readonly unbrakedReturn: number; readonly assetReturns: Float64Array };

const PROFILES = {
  H: { levels: [1, 0.98, 0.85, 0.6], a: 0.15, floor: 0.5 },
  M: { levels: [1, 0.9, 0.7, 0.45], a: 0.2, floor: 0.35 },
  L: { levels: [1, 0.85, 0.55, 0.3], a: 0.25, floor: 0.25 },
};
const REGIMES = ["NORMAL", "ELEVATED", "STRESS", "CRISIS"] as const;

/** One result for each day with exposure. */
export function naiveOverlay(
  terms: { profile: "H" | "M" | "L"; smoothDown: boolean; duringWarmUp: "floor" | "none" },
  history: readonly Day[],
): Partial<OverlayDay>[] {
  const { levels, a, floor } = PROFILES[terms.profile];
  const exposed = history.filter((day) => !Number.isNaN(day.unbrakedReturn));
  let scalar = terms.duringWarmUp === "none" ? 1 : floor;
  let regime = -1;
  let since = 0;
  const on = { vol: false, corr: false, dd: false, worse: false };
  const drawdowns = [0];
  let equity = 1;
  let peak = 1;
  const results: Partial<OverlayDay>[] = [];
  for (let n = 1; n <= exposed.length; n++) {
    const days = exposed.slice(Math.max(0, n - 60), n);
    equity *= 1 + days[days.length - 1].unbrakedReturn;
    peak = Math.max(peak, equity);
    const dd = equity / peak - 1;
    drawdowns.push(dd);
    const slope = n >= 10 ? dd - drawdowns[n - 10] : Number.NaN;
    on.dd = dd <= -0.1 || (on.dd && !(dd > -0.06));
    on.worse = slope <= -0.06 || (on.worse && !(slope > -0.03));
    if (n < 60) {
      results.push({
        regime: "UNKNOWN",
        scalar,
        observations: n,
        drawdown: dd,
        warmUp: terms.duringWarmUp === "none",
      });
      continue;
    }
    const rvol60 = volatility(days);
    const rvol20 = volatility(days.slice(40));
    const accel = rvol20 / rvol60;
    on.vol = rvol60 > 0 && (accel >= 1.3 || (on.vol && !(accel < 1.15)));
    const { corr20, corr60, traded } = correlations(exposed.slice(0, n));
    const shock = corr20 - corr60;
    on.corr = traded >= 2 && (Number.isNaN(shock) || shock >= 0.1 || (on.corr && !(shock < 0.05)));
    const score = Object.values(on).filter(Boolean).length;
    let today = score >= 1 ? 1 : 0;
    if (score >= 2 || (on.vol && on.corr) || dd <= -0.12) today = 2;
    if (dd <= -0.2 || score >= 3 || (on.vol && on.corr && on.worse)) today = 3;
    if (today > regime || n - since >= 5) {
      if (today !== regime) since = n;
      regime = today;
    }
    const target = levels[regime];
    const falls = target < scalar && !terms.smoothDown;
    scalar = falls ? target : Math.min(1, Math.max(floor, a * target + (1 - a) * scalar));
    results.push({
      regime: REGIMES[regime],
      score,
      rvol20,
      rvol60,
      volAccel: accel,
      drawdown: dd,
      drawdownSlope10: slope,
      corr20,
      corr60,
      corrShock: shock,
      target,
      scalar,
      observations: n,
      warmUp: false,
    });
  }
  return results;
}

function volatility(days: readonly Day[]): number {
  const returns = days.map((day) => day.unbrakedReturn);
  if (new Set(returns).size === 1) return 0;
  const mean = returns.reduce((sum, r) => sum + r, 0) / returns.length;
  const squares = returns.reduce((sum, r) => sum + (r - mean) ** 2, 0);
  return Math.sqrt((squares / (returns.length - 1)) * 252);
}

/** Pairs with 45 of 60 and 15 of 20 common days, in which both sides move in both windows. */
function correlations(exposed: readonly Day[]) {
  const assets = exposed[0].assetReturns.length;
  const traded = Array.from({ length: assets }, (_, i) => i).filter((i) =>
    exposed.some((day) => !Number.isNaN(day.assetReturns[i])),
  ).length;
  const shorts: number[] = [];
  const longs: number[] = [];
  for (let i = 0; i < assets; i++) {
    for (let j = 0; j < i; j++) {
      const long = pearson(exposed.slice(-60), i, j, 45);
      const short = pearson(exposed.slice(-20), i, j, 15);
      if (Number.isNaN(long + short)) continue;
      longs.push(long);
      shorts.push(short);
    }
  }
  return { corr20: average(shorts), corr60: average(longs), traded };
}

function pearson(days: readonly Day[], i: number, j: number, least: number): number {
  const common = days
    .map((day) => [day.assetReturns[i], day.assetReturns[j]])
    .filter(([x, y]) => !Number.isNaN(x) && !Number.isNaN(y));
  if (common.length < least) return Number.NaN;
  const xs = common.map(([x]) => x);
  const ys = common.map(([, y]) => y);
  if (new Set(xs).size === 1 || new Set(ys).size === 1) return Number.NaN;
  const [mx, my] = [average(xs), average(ys)];
  const sum = (f: (x: number, y: number) => number) =>
    common.reduce((total, [x, y]) => total + f(x - mx, y - my), 0);
  const product = sum((x, y) => x * y);
  return product / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Whether the market could have taken the orders: their size against what was traded there. */
import { rowAt } from "./bars.ts";
import type { Evidence } from "./evidence.ts";
import { clear, found, type Lint, notEvaluated } from "./lint.ts";
import { counted, listed, percent } from "./words.ts";

/** Of the mean volume of the twenty bars before it, as most desks count an average day. */
const VOLUME_BARS = 20;
/** An order above this is itself news of the day: a fixed slippage no longer describes it. */
const P95_SHARE = 0.05;
const LARGEST_SHARE = 0.25;

export const CAPACITY: Lint = {
  name: "capacity",
  when: `the 95th percentile of orders is above ${percent(P95_SHARE, 0)} of the mean volume of the ${VOLUME_BARS} bars up to its decision, or the largest above ${percent(LARGEST_SHARE, 0)}`,
  why: "a fixed slippage describes an order that nobody notices; above a twentieth of a day's volume it is noticed",
  judge: (evidence) => {
    const shares = orderShares(evidence);
    if (typeof shares === "string") return notEvaluated(shares);
    const sorted = shares.toSorted((a, b) => a.share - b.share);
    const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1].share;
    const largest = sorted[sorted.length - 1];
    const text = `largest order ${percent(largest.share, 2)} of the mean daily volume (${evidence.instruments[largest.instrument].id}), 95th percentile ${percent(p95, 2)} of ${counted(sorted.length, "order")}`;
    const byP95 = { observed: p95, limit: P95_SHARE, unit: "share of mean daily volume" };
    if (p95 > P95_SHARE) return found(p95 > 4 * P95_SHARE ? 0.8 : 0.5, text, byP95);
    const byLargest = { ...byP95, observed: largest.share, limit: LARGEST_SHARE };
    return largest.share > LARGEST_SHARE ? found(0.3, text, byLargest) : clear(text, byP95);
  },
};

type Share = { readonly share: number; readonly instrument: number };

/** Or what is missing. */
function orderShares({ orders, instruments, sessionsMs }: Evidence): readonly Share[] | string {
  const shares: Share[] = [];
  const without = new Map<string, number>();
  for (let n = 0; n < orders.session.length; n++) {
    const i = orders.instrument[n];
    const { id, lot, timesMs, volume } = instruments[i];
    const mean = meanVolume(timesMs, volume, sessionsMs[orders.session[n]]);
    if (mean > 0) shares.push({ share: (Math.abs(orders.lots[n]) * lot) / mean, instrument: i });
    else without.set(id, (without.get(id) ?? 0) + 1);
  }
  if (without.size > 0) {
    const names = [...without].map(([id, n]) => `${id} ${n}`).sort();
    return `the source has no volume before some of ${counted(orders.session.length, "order")}: ${listed(names)}`;
  }
  return shares.length === 0 ? "there was no order" : shares;
}

/** NaN where volume is not known. */
function meanVolume(timesMs: Float64Array, volume: Float64Array | null, atMs: number): number {
  if (volume === null) return Number.NaN;
  const end = rowAt(timesMs, atMs) + 1;
  const from = Math.max(0, end - VOLUME_BARS);
  let sum = 0;
  for (let row = from; row < end; row++) sum += volume[row];
  return sum / (end - from);
}

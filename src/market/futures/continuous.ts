/**
 * One series out of many contracts. Enters: bars of a future as `domain/bar.ts` describes them,
 * raw prices; leaves: one value per row. All of it runs forward from the first row, so a row's
 * value depends on that row and those before it, and a later roll changes nothing already known.
 * (The usual back-adjustment restates the past at every roll.)
 *
 * A futures return = adjusted price change / the held contract's raw previous close. The ratio
 * series has exactly these returns as its percentage changes. The Panama series has the same
 * changes in money per unit, and levels that mean nothing: no percentage may be taken of it.
 *
 * A roll at a price that is not positive has no ratio: the factor is NaN from that row on, and
 * what reads it knows nothing there. Panama levels have no such limit.
 */
import { DAY_MS } from "../../base/instant.ts";
import type { BarSeries, FuturesColumns } from "../../domain/bar.ts";

/** Of a future; the caller has looked whether the series is one. */
type FuturesSeries = BarSeries & { readonly futures: FuturesColumns };

const DAYS_PER_YEAR = 365.25;

/** Factor per row: adjusted price = raw price x factor; 1 until the first roll. */
export function ratioAdjusted({ close, futures }: FuturesSeries): Float64Array {
  const { contract, nextClose } = futures;
  const factors = new Float64Array(close.length);
  let factor = 1;
  for (let t = 0; t < factors.length; t++) {
    if (t > 0 && contract[t] !== contract[t - 1]) {
      const [left, entered] = [close[t - 1], nextClose[t - 1]];
      factor *= left > 0 && entered > 0 ? left / entered : Number.NaN;
    }
    factors[t] = factor;
  }
  return factors;
}

/** Closes plus the sum of what the rolls so far cost per unit: old close less new close. */
export function panamaAdjusted({ close, futures }: FuturesSeries): Float64Array {
  const { contract, nextClose } = futures;
  const adjusted = new Float64Array(close.length);
  let shift = 0;
  for (let t = 0; t < adjusted.length; t++) {
    if (t > 0 && contract[t] !== contract[t - 1]) shift += close[t - 1] - nextClose[t - 1];
    adjusted[t] = close[t] + shift;
  }
  return adjusted;
}

/**
 * Roll yield a year: how much dearer the held contract is than the one that follows, over the
 * time between their expiries. NaN where a price is not positive or the expiries do not ascend.
 */
export function carryOf({ close, futures }: FuturesSeries): Float64Array {
  const { nextClose, expiryMs, nextExpiryMs } = futures;
  const carry = new Float64Array(close.length);
  for (let t = 0; t < carry.length; t++) {
    const days = (nextExpiryMs[t] - expiryMs[t]) / DAY_MS;
    const known = close[t] > 0 && nextClose[t] > 0 && days > 0;
    carry[t] = known ? ((close[t] / nextClose[t] - 1) * DAYS_PER_YEAR) / days : Number.NaN;
  }
  return carry;
}

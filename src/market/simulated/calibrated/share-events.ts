/**
 * A stock's path with dividends kept -> its printed level with splits and quarterly dividends, and
 * those as corporate actions. A split divides the price at the open of its ex-date, a dividend
 * lowers it by the amount; the holder's return is that of the path.
 */
import { DAY_MS, civilFromDays, dayNumber, weekdayOfDays } from "../../../base/instant.ts";
import type { CashDividend, CorporateAction } from "../../../domain/corporate-action.ts";
import type { LatentPath } from "./latent.ts";

type Split = { readonly session: number; readonly ratio: number };

/** Sessions from the start at which a stock splits, and new shares for each old one. */
const SPLITS: Readonly<Record<string, readonly Split[]>> = {
  SX_ST_ONE: [
    { session: 400, ratio: 2 },
    { session: 3300, ratio: 3 },
  ],
  SX_ST_TWO: [{ session: 1700, ratio: 3 }],
};
const YIELD_PER_QUARTER = 0.005;
const PAID_AFTER_DAYS = 14;

export function shareEvents(
  instrument: string,
  source: {
    readonly path: LatentPath;
    readonly rows: Int32Array;
    readonly timesMs: Float64Array;
  },
): { readonly level: Float64Array; readonly actions: readonly CorporateAction[] } {
  const { path, rows, timesMs } = source;
  const level = new Float64Array(rows.length);
  const actions: CorporateAction[] = [];
  const splits = SPLITS[instrument];
  /** Printed price for one of the path's. */
  let factor = 1;
  for (let t = 0; t < rows.length; t++) {
    const exDateMs = timesMs[t];
    const payout = t > 0 && isQuarterStart(timesMs, t) ? dividendOf(level[t - 1], exDateMs) : null;
    if (payout !== null) {
      factor *= 1 - payout.amountPerUnit / level[t - 1];
      actions.push({ ...payout, instrument });
    }
    for (const { session, ratio } of splits) {
      if (session !== t) continue;
      factor /= ratio;
      actions.push({ kind: "split", instrument, exDateMs, ratio });
    }
    level[t] = path.spot[rows[t]] * factor;
  }
  return { level, actions };
}

/** Null when the share of the price is less than half a cent. */
function dividendOf(price: number, exDateMs: number): Omit<CashDividend, "instrument"> | null {
  const cents = Math.round(price * YIELD_PER_QUARTER * 100);
  if (cents === 0) return null;
  const paid = dayNumber(exDateMs) + PAID_AFTER_DAYS;
  const late = weekdayOfDays(paid) > 4 ? 7 - weekdayOfDays(paid) : 0;
  return {
    kind: "dividend",
    exDateMs,
    payDateMs: (paid + late) * DAY_MS,
    amountPerUnit: cents / 100,
  };
}

function isQuarterStart(timesMs: Float64Array, t: number): boolean {
  return quarterOf(timesMs[t]) !== quarterOf(timesMs[t - 1]);
}

function quarterOf(ms: number): number {
  return Math.floor((civilFromDays(dayNumber(ms)).month - 1) / 3);
}

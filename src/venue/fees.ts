/**
 * What a fill costs beside its price, in minor units. Each component is rounded by itself, half
 * away from zero (spec definitions, "Money").
 */
import { type MoneyScale, notionalMinor, shareOfMinor } from "../base/money.ts";

export type FeeSchedule = {
  /** Basis points of the notional. */
  readonly bps: number;
  /** Currency per unit. */
  readonly perShare: number;
  /** Least per-share commission of one order, minor units. */
  readonly minimumMinor: number;
};

/** Total fee of one fill; `unitScale` turns lots x currency-per-unit into minor units. */
export function feeMinor(
  schedule: FeeSchedule,
  lots: number,
  notional: number,
  unitScale: MoneyScale,
): number {
  const proportional =
    schedule.bps === 0 ? 0 : shareOfMinor(Math.abs(notional), schedule.bps, 1, 10_000);
  if (schedule.perShare === 0) return proportional;
  const commission = notionalMinor(Math.abs(lots), schedule.perShare, unitScale);
  return proportional + Math.max(schedule.minimumMinor, commission);
}

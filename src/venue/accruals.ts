/**
 * Interest on a margin debit and the fee for borrowed shares: ACT/360, one rounded amount for each
 * calendar day, on the debit or short value at the last close (spec definitions, "Buying power").
 */
import { shareOfMinor } from "../base/money.ts";

const DAYS_IN_YEAR = 360;

export type Accrual = { readonly perDayMinor: number; readonly amountMinor: number };

/** base and result in minor units, both non-negative; rate is annual. */
export function accrue(baseMinor: number, rate: number, days: number): Accrual {
  const perDayMinor = shareOfMinor(baseMinor, rate, 1, DAYS_IN_YEAR);
  return { perDayMinor, amountMinor: perDayMinor * days };
}

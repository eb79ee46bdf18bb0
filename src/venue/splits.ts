/**
 * What a split does to a whole number of lots: how many are held after it, and what is paid for the
 * fraction of a lot that vanishes. Quantities are whole lots, signed; money integer minor units.
 */
import { add, decimalOf, divideRounded, multiply } from "../base/decimal.ts";
import type { MoneyScale } from "../base/money.ts";

/** Whole lots toward zero; a ratio like 1/3 must not lose a lot to rounding. */
export function splitLots(lots: number, ratio: number): { whole: number; isExact: boolean } {
  const exact = lots * ratio;
  const nearest = Math.round(exact);
  if (Math.abs(exact - nearest) <= Math.abs(exact) * 1e-12) {
    return { whole: nearest === 0 ? 0 : nearest, isExact: true };
  }
  const whole = exact < 0 ? 0 - Math.floor(-exact) : Math.floor(exact);
  return { whole, isExact: false };
}

/**
 * The lots that vanish, at the last price before the split: (before x ratio - after) x price / ratio,
 * by exact decimals, because a fraction such as 1.9 - 1 is not what it says in doubles.
 */
export function inLieuMinor(
  lots: { readonly before: number; readonly after: number },
  ratio: number,
  at: { readonly price: number; readonly scale: MoneyScale },
): number {
  const divisor = decimalOf(ratio);
  const vanished = add(multiply(decimalOf(lots.before), divisor), decimalOf(-lots.after));
  const value = multiply(multiply(vanished, decimalOf(at.price)), at.scale.exact);
  const top = value.coefficient * 10n ** BigInt(at.scale.digits + divisor.scale);
  return Number(divideRounded(top, divisor.coefficient * 10n ** BigInt(value.scale)));
}

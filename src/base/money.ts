/**
 * Money is an integer of the currency's minor unit (cents) held in a double. A fill's cash is
 * rounded once, here, half away from zero (spec definitions, "Money"). The fast path is plain
 * floating point; wherever its error could reach a tie the exact decimal decides, so the result
 * is the exact one for every input. The same holds where one currency's minor units become another's.
 */
import { type Decimal, decimalOf, divideRounded, multiply, toScaledInteger } from "./decimal.ts";

/** Converts lots at a price to minor units: lot size x contract multiplier x 10^digits. */
export type MoneyScale = {
  readonly factor: number;
  readonly exact: Decimal;
  readonly digits: number;
};

const LARGEST_MINOR = Number.MAX_SAFE_INTEGER;

export function moneyScale(lot: number, multiplier: number, digits: number): MoneyScale {
  const exact = multiply(decimalOf(lot), decimalOf(multiplier));
  return { factor: lot * multiplier * 10 ** digits, exact, digits };
}

/**
 * Value of signed `lots` at `price` in minor units, rounded half away from zero.
 * Throws RangeError when the value is not a number or beyond 2^53 minor units.
 */
export function notionalMinor(lots: number, price: number, scale: MoneyScale): number {
  const value = lots * scale.factor * price;
  const size = Math.abs(value);
  const whole = Math.floor(size);
  // Three roundings of at most 2^-53 each: anything nearer to a tie than this is settled exactly.
  if (!(Math.abs(size - whole - 0.5) > size * 1e-15 + 1e-12) || size > LARGEST_MINOR) {
    return exactNotionalMinor(lots, price, scale);
  }
  const rounded = size - whole >= 0.5 ? whole + 1 : whole;
  return value < 0 ? 0 - rounded : rounded;
}

/** The same value by exact decimals alone: the slow, obviously right twin of notionalMinor. */
export function exactNotionalMinor(lots: number, price: number, scale: MoneyScale): number {
  const exact = multiply(multiply(decimalOf(lots), decimalOf(price)), scale.exact);
  return safeNumber(toScaledInteger(exact, scale.digits));
}

/** minor x rate x numerator / denominator, half away from zero, exact: fees and accruals. */
export function shareOfMinor(minor: number, rate: number, numerator = 1, denominator = 1): number {
  const value = (minor * rate * numerator) / denominator;
  const size = Math.abs(value);
  const whole = Math.floor(size);
  if (!(Math.abs(size - whole - 0.5) > size * 1e-15 + 1e-12) || size > LARGEST_MINOR) {
    const r = decimalOf(rate);
    const top = BigInt(minor) * r.coefficient * BigInt(numerator);
    return safeNumber(divideRounded(top, BigInt(denominator) * 10n ** BigInt(r.scale)));
  }
  const rounded = size - whole >= 0.5 ? whole + 1 : whole;
  return value < 0 ? 0 - rounded : rounded;
}

/**
 * Minor units of one currency as minor units of another, half away from zero; `rate` is units of
 * `to` for one unit of `from`. Throws RangeError for a rate that is no number or a result beyond 2^53.
 */
export function convertMinor(
  amountMinor: number,
  rate: number,
  fromDigits: number,
  toDigits: number,
): number {
  const shift = toDigits - fromDigits;
  // Powers of ten are exact in doubles, their reciprocals are not: divide where digits are lost.
  const value = shift >= 0 ? amountMinor * rate * 10 ** shift : (amountMinor * rate) / 10 ** -shift;
  const size = Math.abs(value);
  const whole = Math.floor(size);
  if (!(Math.abs(size - whole - 0.5) > size * 1e-15 + 1e-12) || size > LARGEST_MINOR) {
    return exactConvertMinor(amountMinor, rate, fromDigits, toDigits);
  }
  const rounded = size - whole >= 0.5 ? whole + 1 : whole;
  return value < 0 ? 0 - rounded : rounded;
}

/** The same by exact decimals alone: the slow, obviously right twin of convertMinor. */
export function exactConvertMinor(
  amountMinor: number,
  rate: number,
  fromDigits: number,
  toDigits: number,
): number {
  const { coefficient, scale } = decimalOf(rate);
  const amount = { coefficient: BigInt(amountMinor) * coefficient, scale: scale + fromDigits };
  return safeNumber(toScaledInteger(amount, toDigits));
}

/** A decimal amount in currency units ("12.5") as minor units, half away from zero. */
export function amountToMinor(amount: number, digits: number): number {
  return safeNumber(toScaledInteger(decimalOf(amount), digits));
}

/** Minor units as currency units in a double: for ratios and display, never for books. */
export function minorToAmount(minor: number, digits: number): number {
  return minor / 10 ** digits;
}

function safeNumber(value: bigint): number {
  const result = Number(value);
  if (!Number.isSafeInteger(result)) {
    throw new RangeError(`${value} minor units are beyond 2^53 and cannot be booked exactly`);
  }
  return result;
}

/**
 * Money for the tests' own side of every comparison: decimal text and BigInt, no floating point,
 * rounded half away from zero. Nothing of src is used.
 */

type Exact = { readonly digits: bigint; readonly scale: number };

/** "-36.98", "1.5e-7" */
export function exact(text: string): Exact {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not a decimal`);
  const fraction = match[3] ?? "";
  const scale = fraction.length - Number(match[4] ?? 0);
  const digits = BigInt(`${match[1]}${match[2]}${fraction}`);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** numerator / denominator to a whole number, half away from zero; denominator > 0. */
export function roundHalfAway(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/** units x price in cents. */
export function centsOf(units: bigint, price: string): bigint {
  const { digits, scale } = exact(price);
  return roundHalfAway(units * digits * 100n, 10n ** BigInt(scale));
}

/** A whole number of cents written as an amount, "12.5"; refuses a third decimal. */
export function centsIn(amount: string): bigint {
  const { digits, scale } = exact(amount);
  const cents = digits * 100n;
  const unit = 10n ** BigInt(scale);
  if (cents % unit !== 0n) throw new Error(`${amount} is not a whole number of cents`);
  return cents / unit;
}

/** cents x rate / divisor in cents, for fees and interest. */
export function shareOf(cents: bigint, rate: string, divisor: bigint): bigint {
  const { digits, scale } = exact(rate);
  return roundHalfAway(cents * digits, divisor * 10n ** BigInt(scale));
}

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
  return minorOf(units, price, { multiplier: "1", digits: 2 });
}

/** units x price x multiplier in minor units of a currency with so many digits. */
export function minorOf(
  units: bigint,
  price: string,
  money: { readonly multiplier: string; readonly digits: number },
): bigint {
  const [p, m] = [exact(price), exact(money.multiplier)];
  const top = units * p.digits * m.digits * 10n ** BigInt(money.digits);
  return roundHalfAway(top, 10n ** BigInt(p.scale + m.scale));
}

/** Minor units of a currency with `digits` digits in cents of one that a unit is worth `rate` of. */
export function centsAt(minor: bigint, rate: string, digits: number): bigint {
  const { digits: coefficient, scale } = exact(rate);
  return roundHalfAway(minor * coefficient * 100n, 10n ** BigInt(scale + digits));
}

/** An amount written in currency units in minor units; refuses a digit too many. */
export function minorIn(amount: string, digits: number): bigint {
  const { digits: coefficient, scale } = exact(amount);
  const top = coefficient * 10n ** BigInt(digits);
  const unit = 10n ** BigInt(scale);
  if (top % unit !== 0n) throw new Error(`${amount} has more than ${digits} digits`);
  return top / unit;
}

/** A whole number of cents written as an amount, "12.5"; refuses a third decimal. */
export function centsIn(amount: string): bigint {
  return minorIn(amount, 2);
}

/** cents x rate / divisor in cents, for fees and interest. */
export function shareOf(cents: bigint, rate: string, divisor: bigint): bigint {
  const { digits, scale } = exact(rate);
  return roundHalfAway(cents * digits, divisor * 10n ** BigInt(scale));
}

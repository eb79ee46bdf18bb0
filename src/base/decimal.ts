/**
 * Exact decimals: coefficient x 10^-scale with a BigInt coefficient. A double stands for the
 * shortest decimal that reads back as it (what String prints), because that is what the data file
 * or the mandate said. Nothing here rounds except the functions that say so.
 */

export type Decimal = { readonly coefficient: bigint; readonly scale: number };

/**
 * The decimal a finite double prints as. Throws RangeError on NaN and infinities. Most are prices
 * and rates, printed as digits with one point: those are read without asking what else they might be.
 */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) throw new RangeError(`no decimal stands for ${value}`);
  if (Number.isSafeInteger(value)) return { coefficient: BigInt(value), scale: 0 };
  const text = String(value);
  const point = text.indexOf(".");
  if (point > 0 && !text.includes("e")) {
    const coefficient = BigInt(text.slice(0, point) + text.slice(point + 1));
    return { coefficient, scale: text.length - point - 1 };
  }
  const parsed = parseDecimal(text);
  if (parsed === null) throw new RangeError(`unreadable number ${value}`);
  return parsed;
}

/** Parses an optionally signed decimal, exponent allowed; null when the text is not one. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? "";
  const exponent = Number(match[4] ?? "0");
  const magnitude = BigInt(match[2] + fraction);
  const coefficient = match[1] === "-" ? -magnitude : magnitude;
  const scale = fraction.length - exponent;
  return scale >= 0
    ? { coefficient, scale }
    : { coefficient: coefficient * tenTo(-scale), scale: 0 };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, scale: a.scale + b.scale };
}

export function add(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { coefficient: a.coefficient + b.coefficient, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { coefficient: rescale(a, scale) + rescale(b, scale), scale };
}

/** Quotient rounded half away from zero to an integer. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  if (denominator === 0n) throw new RangeError("division by zero");
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}

/** The integer nearest to value x 10^digits, half away from zero. */
export function toScaledInteger(value: Decimal, digits: number): bigint {
  const shift = digits - value.scale;
  if (shift >= 0) return value.coefficient * tenTo(shift);
  return divideRounded(value.coefficient, tenTo(-shift));
}

/** Plain notation without exponent or trailing zeros: 12.5, -0.001, 3. */
export function formatDecimal(value: Decimal): string {
  const negative = value.coefficient < 0n;
  const digits = String(negative ? -value.coefficient : value.coefficient).padStart(
    value.scale + 1,
    "0",
  );
  const cut = digits.length - value.scale;
  const fraction = digits.slice(cut).replace(/0+$/, "");
  const body = fraction === "" ? digits.slice(0, cut) : `${digits.slice(0, cut)}.${fraction}`;
  return negative && body !== "0" ? `-${body}` : body;
}

function rescale(value: Decimal, scale: number): bigint {
  return value.coefficient * tenTo(scale - value.scale);
}

/** Raising is a loop over big integers, looking up is not. */
function tenTo(power: number): bigint {
  return POWERS_OF_TEN[power] ?? 10n ** BigInt(power);
}

const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: 64 }, (_, n) => 10n ** BigInt(n));

/**
 * Quantities as whole billionths of a unit in a bigint: up to nine decimals, exact at any size.
 * Prices as the decimal text that reads back as the same double.
 */
import { decimalOf, formatDecimal, parseDecimal, toScaledInteger } from "../../base/decimal.ts";

export const NANO_DIGITS = 9;
const NANO = 10n ** BigInt(NANO_DIGITS);

/** Null: not a decimal number, or one with more than nine decimals. */
export function nanoOf(text: string): bigint | null {
  const value = parseDecimal(text);
  if (value === null) return null;
  const nano = toScaledInteger(value, NANO_DIGITS);
  if (value.scale <= NANO_DIGITS) return nano;
  return nano * 10n ** BigInt(value.scale - NANO_DIGITS) === value.coefficient ? nano : null;
}

export function formatNano(nano: bigint): string {
  return formatDecimal({ coefficient: nano, scale: NANO_DIGITS });
}

/** The double nearest to it, in units. */
export function unitsOf(nano: bigint): number {
  const exact = Number(nano);
  if (Number.isSafeInteger(exact)) return exact / 1e9;
  return nano % NANO === 0n ? Number(nano / NANO) : Number(formatNano(nano));
}

export function isWhole(nano: bigint): boolean {
  return nano % NANO === 0n;
}

/** Toward zero, on the grid of whole units where the whole is on it. */
export function partOf(nano: bigint, share: number): bigint {
  const part = (nano * BigInt(Math.round(share * 1e6))) / 1_000_000n;
  return isWhole(nano) ? part - (part % NANO) : part;
}

export function absolute(nano: bigint): bigint {
  return nano < 0n ? -nano : nano;
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function priceText(price: number): string {
  return formatDecimal(decimalOf(price));
}

/** Null: not a decimal number, or one that no double stands for. */
export function priceOf(text: string): number | null {
  const value = parseDecimal(text);
  if (value === null) return null;
  const price = Number(text);
  return Number.isFinite(price) && priceText(price) === formatDecimal(value) ? price : null;
}

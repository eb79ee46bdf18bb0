/**
 * Figures as people read them in a document, the same in every locale: minor units as exact decimal
 * text and back, thousands in groups, fractions in percent. What is not known prints as a dash.
 */
import { parseDecimal, toScaledInteger } from "./decimal.ts";

export const DASH = "-";

/** -1234567 with two digits -> "-12345.67", exact. */
export function minorText(minor: number, digits: number): string {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${minor} is no count of minor units`);
  const size = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = size.slice(0, size.length - digits);
  const body = digits === 0 ? whole : `${whole}.${size.slice(size.length - digits)}`;
  return minor < 0 ? `-${body}` : body;
}

/** The inverse of minorText; null when the text is no decimal of so many digits, or beyond 2^53. */
export function minorOfText(text: string, digits: number): number | null {
  const decimal = parseDecimal(text);
  if (decimal === null || decimal.scale > digits) return null;
  const minor = Number(toScaledInteger(decimal, digits));
  return Number.isSafeInteger(minor) ? minor : null;
}

/** "-1234567.5" -> "-1,234,567.5": the digits stay as they are. */
export function grouped(text: string): string {
  const [whole, fraction] = text.split(".");
  if (whole.length <= GROUP) return text;
  const body = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? body : `${body}.${fraction}`;
}

const GROUP = 3;

export function money(text: string | null): string {
  return text === null ? DASH : grouped(text);
}

/** With a sign before what is gained, so that a loss is never read past. */
export function signed(text: string | null): string {
  if (text === null) return DASH;
  return text.startsWith("-") || /^[0.]*$/.test(text) ? grouped(text) : `+${grouped(text)}`;
}

/** 0.01234 -> "1.23 %". */
export function percent(fraction: number | null, digits = 2): string {
  return fraction === null ? DASH : `${fixed(fraction * 100, digits)} %`;
}

export function signedPercent(fraction: number | null, digits = 2): string {
  return fraction === null ? DASH : `${signed(plain(fraction * 100, digits))} %`;
}

export function fixed(value: number | null, digits = 2): string {
  return value === null ? DASH : grouped(plain(value, digits));
}

/** A raw price to read: what a data file stores as a float has more digits than anybody quoted. */
export function priceText(price: string | null): string {
  if (price === null) return DASH;
  return (price.split(".")[1] ?? "").length > PRICE_DIGITS
    ? fixed(Number(price), PRICE_DIGITS)
    : grouped(price);
}

const PRICE_DIGITS = 4;

/** Up to six significant digits: an observed value beside its limit. */
export function brief(value: number | null): string {
  return value === null ? DASH : grouped(String(Number(value.toPrecision(6))));
}

/** "1 order", "2 orders", "no orders". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count === 0 ? "no" : grouped(String(count))} ${count === 1 ? noun : plural}`;
}

/** No "-0.00": what rounds to zero has no sign. */
function plain(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return /^-[0.]*$/.test(text) ? text.slice(1) : text;
}

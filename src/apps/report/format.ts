/**
 * Numbers as text, the same on every machine: no locale is asked. Thousands are parted by a narrow
 * no-break space, the minus is a real minus, a value that rounds to zero has no sign. Missing
 * (null or NaN) is a dash, never 0. Refuses infinities and sizes whose digits a double cannot say.
 */

export const DASH = "\u2013";
const MINUS = "\u2212";
const THIN = "\u202f";
const LARGEST = 1e15;

/** -1234.5, 2 -> "-1 234.50" with the signs described above. */
export function formatFixed(value: number, digits: number): string {
  if (!(Math.abs(value) < LARGEST)) throw new RangeError(`no exact digits for ${value}`);
  const fixed = Math.abs(value).toFixed(digits);
  const point = digits === 0 ? fixed.length : fixed.length - digits - 1;
  const whole = fixed.slice(0, point).replace(/\B(?=(?:\d{3})+$)/g, THIN);
  const sign = value < 0 && Number(fixed) !== 0 ? MINUS : "";
  return sign + whole + fixed.slice(point);
}

export function formatInteger(value: number): string {
  return formatFixed(value, 0);
}

/** Two digits, in currency units; the currency is named once beside it. */
export function formatMoney(value: number | null): string {
  return orDash(value, (known) => formatFixed(known, 2));
}

/** A fraction as percent: 0.1234 -> "12.34 %". */
export function formatPercent(fraction: number | null, digits = 2): string {
  return orDash(fraction, (known) => `${formatFixed(known * 100, digits)}${THIN}%`);
}

/** A fraction as percent with the sign always shown and no unit: for tables whose head names it. */
export function formatSignedPercentCell(fraction: number | null): string {
  return orDash(fraction, (known) => {
    const text = formatFixed(known * 100, 2);
    return text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
  });
}

/** Money with the sign always shown, for tables of what adds and what takes away. */
export function formatSignedMoney(value: number): string {
  const text = formatMoney(value);
  return value > 0 && Number(value.toFixed(2)) !== 0 ? `+${text}` : text;
}

/** A probability; what rounds to certainty is a bound instead: certainty is never observed. */
export function formatProbability(p: number | null): string {
  if (p === null) return DASH;
  if (p > 0.9999) return `> 99.99${THIN}%`;
  return p < 0.0001 ? `< 0.01${THIN}%` : formatPercent(p);
}

/** Any measure, to four significant digits at most. */
export function formatMeasure(value: number | null): string {
  return orDash(value, (known) => {
    const size = Math.abs(known);
    if (size >= 1000 || Number.isInteger(known)) return formatFixed(known, 0);
    return formatFixed(known, size >= 1 ? 2 : size >= 0.01 ? 4 : 6);
  });
}

export function formatRatio(value: number | null): string {
  return orDash(value, (known) => formatFixed(known, 2));
}

/** An axis label: 1 500 000 -> "1.5M"; as many digits as the number needs, at most three. */
export function formatCompact(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return trimZeros(value / 1e9) + "B";
  if (size >= 1e6) return trimZeros(value / 1e6) + "M";
  if (size >= 1e4) return trimZeros(value / 1e3) + "k";
  return trimZeros(value);
}

function trimZeros(value: number): string {
  return formatFixed(value, 3).replace(/\.?0+$/, "");
}

function orDash(value: number | null, format: (known: number) => string): string {
  return value === null || Number.isNaN(value) ? DASH : format(value);
}

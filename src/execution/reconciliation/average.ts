/**
 * The price of what is held, averaged as the venue does it (ports/broker.ts says which method). By
 * weighted average an increase mixes its price in by quantity, a reduction leaves it, crossing zero
 * starts anew at the price of the crossing trade, and a split divides it. Quantities and prices are
 * exact decimals; a mixed price is kept to 12 decimals, far below what any venue prints.
 */
import { invariant } from "../../base/assert.ts";
import {
  add,
  type Decimal,
  divideRounded,
  formatDecimal,
  multiply,
  parseDecimal,
} from "../../base/decimal.ts";
import type { AveragingMethod, DecimalText } from "../../domain/venue-report.ts";

/** Plain text, so that it can be kept with the account's state. */
export type Average = {
  /** Signed units. */
  readonly qty: DecimalText;
  /** Null while flat. */
  readonly price: DecimalText | null;
};

export type AverageStep =
  | { readonly kind: "trade"; readonly qty: DecimalText; readonly price: DecimalText }
  /** Signed units after it: the price moves by the inverse of what the quantity does. */
  | { readonly kind: "split"; readonly qtyAfter: DecimalText };

export const FLAT: Average = { qty: "0", price: null };

const DIGITS = 12;

export function stepAverage(before: Average, step: AverageStep, method: AveragingMethod): Average {
  switch (method) {
    case "weighted_average":
      return step.kind === "trade" ? traded(before, step) : split(before, step);
  }
}

export function foldAverage(steps: Iterable<AverageStep>, method: AveragingMethod): Average {
  let average = FLAT;
  for (const step of steps) average = stepAverage(average, step, method);
  return average;
}

function traded(before: Average, trade: { readonly qty: string; readonly price: string }): Average {
  const held = exact(before.qty);
  const qty = exact(trade.qty);
  const price = exact(trade.price);
  const after = add(held, qty);
  if (after.coefficient === 0n) return FLAT;
  const text = formatDecimal(after);
  const isReduction = signOf(held) * signOf(qty) < 0 && signOf(after) === signOf(held);
  if (isReduction || qty.coefficient === 0n) return { qty: text, price: before.price };
  const isAnew = before.price === null || signOf(after) !== signOf(held);
  if (isAnew) return { qty: text, price: formatDecimal(price) };
  const cost = add(multiply(held, exact(before.price)), multiply(qty, price));
  return { qty: text, price: formatDecimal(quotient(cost, after)) };
}

function split(before: Average, { qtyAfter }: { readonly qtyAfter: string }): Average {
  const after = exact(qtyAfter);
  if (before.price === null || after.coefficient === 0n) return FLAT;
  const cost = multiply(exact(before.qty), exact(before.price));
  return { qty: formatDecimal(after), price: formatDecimal(quotient(cost, after)) };
}

/** To 12 decimals, half away from zero. */
function quotient(a: Decimal, b: Decimal): Decimal {
  const top = a.coefficient * 10n ** BigInt(DIGITS + b.scale);
  return { coefficient: divideRounded(top, b.coefficient * 10n ** BigInt(a.scale)), scale: DIGITS };
}

function exact(text: DecimalText): Decimal {
  const decimal = parseDecimal(text);
  invariant(decimal !== null, 11, () => `an average of "${text}", which is not a number`);
  return decimal;
}

function signOf({ coefficient }: Decimal): number {
  return coefficient === 0n ? 0 : coefficient < 0n ? -1 : 1;
}

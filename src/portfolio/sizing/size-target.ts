/**
 * From a target to whole lots. Enters: a weight (fraction of NAV) or units, the raw price, NAV in
 * minor units; leaves: signed whole lots, rounded toward zero, or the reason why no size can be
 * said. A price at or below zero, an unknown price and a NAV at or below zero size nothing
 * (spec definitions, "Prices" and "Ruin").
 */
import { decimalOf, multiply } from "../../base/decimal.ts";
import type { MoneyScale } from "../../base/money.ts";
import { type Result, err, ok } from "../../base/result.ts";
import type { Refusal } from "../../domain/refusal.ts";

export type SizingInput = {
  readonly kind: "weight" | "units";
  readonly value: number;
  readonly navMinor: number;
  /** Raw price at the decision; NaN when there is none. */
  readonly price: number;
  readonly lot: number;
  readonly scale: MoneyScale;
};

export type Sized = { readonly lots: number /** Before rounding. */; readonly ideal: number };

export function sizeTarget(input: SizingInput): Result<Sized, Refusal> {
  if (input.value === 0) return ok({ lots: 0, ideal: 0 });
  if (!(input.price > 0)) return err(refuse("non_positive_price", input.price, 0, "price"));
  if (input.kind === "units") {
    return whole(input.value / input.lot, input);
  }
  if (input.navMinor <= 0) return err(refuse("ruin", input.navMinor, 0, "minor units of NAV"));
  const ideal = (input.value * input.navMinor) / (input.price * input.scale.factor);
  return whole(ideal, input);
}

/** Beyond 2^53 a double cannot count lots one by one: nothing that could be booked exactly. */
function whole(ideal: number, input: SizingInput): Result<Sized, Refusal> {
  const size = Math.abs(ideal);
  if (!(size < Number.MAX_SAFE_INTEGER)) {
    return err(refuse("too_many_lots", size, Number.MAX_SAFE_INTEGER, "lots"));
  }
  return ok({ lots: towardZero(ideal, input), ideal });
}

/** Refusal of a wish that is not nothing but rounds to nothing. */
export function roundsToNothing(ideal: number): Refusal {
  return refuse("rounding", Math.abs(ideal), 1, "lots");
}

function refuse(rule: string, observed: number, limit: number, unit: string): Refusal {
  const seen = Number.isNaN(observed) ? null : observed;
  return { state: "REJECTED_BY_SIZING", by: "sizing", rule, observed: seen, limit, unit };
}

/**
 * Truncates; where floating point cannot tell an exact integer from one just below it, `fits`
 * decides with exact decimals. Never returns -0.
 */
function towardZero(ideal: number, input: SizingInput): number {
  const size = Math.abs(ideal);
  let lots = Math.round(size);
  if (Math.abs(size - lots) > size * 1e-14 + 1e-14) lots = Math.floor(size);
  else {
    // With 1e15 lots the error of `ideal` alone is more than one of them.
    while (!fits(lots, input)) lots--;
    while (fits(lots + 1, input)) lots++;
  }
  return ideal < 0 ? 0 - lots : lots;
}

function fits(lots: number, input: SizingInput): boolean {
  return input.kind === "units" ? fitsUnits(lots, input) : fitsWeight(lots, input);
}

function fitsUnits(lots: number, { value, lot }: SizingInput): boolean {
  return atMost(product(lots, lot), decimalOf(Math.abs(value)));
}

function fitsWeight(lots: number, { value, navMinor, price, scale }: SizingInput): boolean {
  const cost = multiply(product(lots, price), scale.exact);
  const nav = { coefficient: BigInt(navMinor), scale: scale.digits };
  return atMost(cost, multiply(decimalOf(Math.abs(value)), nav));
}

function product(a: number, b: number): ReturnType<typeof decimalOf> {
  return multiply(decimalOf(a), decimalOf(b));
}

function atMost(a: ReturnType<typeof decimalOf>, b: ReturnType<typeof decimalOf>): boolean {
  const scale = Math.max(a.scale, b.scale);
  const left = a.coefficient * 10n ** BigInt(scale - a.scale);
  return left <= b.coefficient * 10n ** BigInt(scale - b.scale);
}

/**
 * What the clamps work on: net weights (fractions of net asset value, signed) in the order of ids,
 * so that no sum depends on the order in which instruments came. A clamp only multiplies a weight
 * by a number in [0, 1], and records what it did.
 */
import type { ClampRecord } from "../../domain/clamp.ts";

export type Book = {
  /** Ascending. */
  readonly ids: readonly string[];
  readonly sectors: readonly (string | null)[];
  /** Weights as they entered the clamps. */
  readonly reference: Float64Array;
  /** Changed in place. */
  readonly weights: Float64Array;
};

/** The gates allow the same: what rounding may carry beyond a limit that was met exactly. */
const TOLERANCE = 1e-9;
/** No exposure: a cent of ten billion. Sums of hedged weights round to less. */
const NOTHING = 1e-12;

export function exceeds(observed: number, limit: number): boolean {
  return observed > limit * (1 + TOLERANCE) + NOTHING;
}

export function grossOf(weights: Float64Array): number {
  let gross = 0;
  for (const weight of weights) gross += Math.abs(weight);
  return gross;
}

export function scaleAll(weights: Float64Array, factor: number): void {
  for (let i = 0; i < weights.length; i++) setSize(weights, i, Math.abs(weights[i]) * factor);
}

/** Keeps the sign; nothing held is a plain 0, for 0 - 0 is. */
export function setSize(weights: Float64Array, i: number, size: number): void {
  weights[i] = weights[i] < 0 ? 0 - size : size;
}

/** A change of the whole book, measured in gross. */
export function portfolioRecord(
  book: Book,
  before: number,
  rest: Pick<ClampRecord, "constraint" | "limit" | "observed" | "reason" | "severity">,
): ClampRecord {
  return { subject: "portfolio", before, after: grossOf(book.weights), ...rest };
}

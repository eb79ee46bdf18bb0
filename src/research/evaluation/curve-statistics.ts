/**
 * The moments of one curve of net asset value in two passes: what a sweep asks of a hundred thousand
 * curves. Enters: values above zero, one per point; leaves: mean value, deepest fall from the highest
 * so far, mean, sample deviation and downside deviation of the simple returns between points. Each
 * number has the bits of its plain definition (base/statistics.ts, and the quotients taken one by
 * one): sums carry the exact error of every addition, as there. What is spared is memory and branches
 * that the processor would have to guess. Null where a value is not above zero and finite.
 */
import { sum } from "../../base/statistics.ts";

export type CurveStatistics = {
  readonly meanValue: number;
  /** Fraction of the highest value so far; 0 where it never fell. */
  readonly deepestFall: number;
  readonly meanReturn: number;
  /** ddof 1; NaN below two returns. */
  readonly deviation: number;
  /** Root of the mean square of what falls below the target, over all returns. */
  readonly downside: number;
};

/** `scratch` takes the returns: one place less than the curve has points, or more. */
export function curveStatistics(
  nav: Float64Array,
  target: number,
  scratch: Float64Array,
): CurveStatistics | null {
  const returns = nav.length - 1;
  let before = nav[0];
  if (!isWealth(before)) return null;
  let high = before;
  let low = before;
  let deepest = 0;
  let wealth = before;
  let fractions = before - Math.floor(before);
  let total = 0;
  let lost = 0;
  for (let n = 0; n < returns; n++) {
    const value = nav[n + 1];
    wealth += value;
    if (value === before) {
      // Flat: a return of zero adds nothing, and no fall is deeper for it.
      scratch[n] = 0;
      continue;
    }
    if (!isWealth(value)) return null;
    fractions += value - Math.floor(value);
    const change = value / before - 1;
    scratch[n] = change;
    before = value;
    // The exact error of an addition without asking which summand is larger (Knuth, TAOCP 4.2.2).
    const next = total + change;
    const part = next - total;
    lost += total - (next - part) + (change - part);
    total = next;
    if (value > high) {
      // The quotient falls with its numerator: the lowest value under one high is the deepest fall.
      deepest = Math.max(deepest, fallOf(low, high));
      high = value;
      low = value;
    } else if (value < low) {
      low = value;
    }
  }
  // Whole numbers add up exactly, while doubles can hold their sum.
  const isExact = fractions === 0 && wealth <= Number.MAX_SAFE_INTEGER;
  return {
    meanValue: (isExact ? wealth : sum(nav)) / nav.length,
    deepestFall: Math.max(deepest, fallOf(low, high)),
    ...deviations(scratch, returns, { mean: (total + lost) / returns, target }),
  };
}

/** Overwrites the returns: those below the target move to the front, in their order. */
function deviations(
  changes: Float64Array,
  returns: number,
  { mean, target }: { readonly mean: number; readonly target: number },
): Pick<CurveStatistics, "meanReturn" | "deviation" | "downside"> {
  let squares = 0;
  let lost = 0;
  let short = 0;
  for (let n = 0; n < returns; n++) {
    const change = changes[n];
    const distance = change - mean;
    const square = distance * distance;
    const next = squares + square;
    lost += squares >= square ? squares - next + square : square - next + squares;
    squares = next;
    // Written down each time and kept where it is one: no coin that the processor has to guess.
    changes[short] = change;
    short += Number(change < target);
  }
  return {
    meanReturn: mean,
    deviation: returns < 2 ? Number.NaN : Math.sqrt((squares + lost) / (returns - 1)),
    downside: Math.sqrt(sumOfSquares(changes, short, target) / returns),
  };
}

function sumOfSquares(changes: Float64Array, count: number, target: number): number {
  let squares = 0;
  let lost = 0;
  for (let n = 0; n < count; n++) {
    const distance = changes[n] - target;
    const square = distance * distance;
    const next = squares + square;
    lost += squares >= square ? squares - next + square : square - next + squares;
    squares = next;
  }
  return squares + lost;
}

function isWealth(value: number): boolean {
  return value > 0 && value < Infinity;
}

function fallOf(low: number, high: number): number {
  return -(low / high - 1);
}

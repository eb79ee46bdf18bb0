/**
 * The moments of one curve of net asset value in two passes: what a sweep asks of a hundred thousand
 * curves. Enters: values above zero, one per point; leaves: mean value, deepest fall from the highest
 * so far, mean, sample deviation and downside deviation of the simple returns between points. Each
 * number has the bits of its plain definition (base/statistics.ts, and the quotients taken one by
 * one): sums carry the exact error of every addition, as there. What is spared is memory and branches
 * that the processor would have to guess. Null where a value is not above zero and finite.
 */

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
  let [high, low, deepest] = [before, before, 0];
  let [wealth, wealthLost, total, lost] = [before, 0, 0, 0];
  for (let n = 0; n < returns; n++) {
    const value = nav[n + 1];
    if (!isWealth(value)) return null;
    const change = value / before - 1;
    scratch[n] = change;
    before = value;
    // The exact error of an addition without asking which summand is larger (Knuth, TAOCP 4.2.2).
    const nextWealth = wealth + value;
    const partOfValue = nextWealth - wealth;
    wealthLost += wealth - (nextWealth - partOfValue) + (value - partOfValue);
    wealth = nextWealth;
    const next = total + change;
    const partOfChange = next - total;
    lost += total - (next - partOfChange) + (change - partOfChange);
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
  return {
    meanValue: (wealth + wealthLost) / nav.length,
    deepestFall: Math.max(deepest, fallOf(low, high)),
    ...deviations(scratch, returns, { mean: (total + lost) / returns, target }),
  };
}

/** The deepest fall alone, from `nav[from]` on, of a curve that stood at `start` before that. Null as above. */
export function deepestFall(nav: Float64Array, from: number, start: number): number | null {
  if (!isWealth(start)) return null;
  let [high, low, deepest] = [start, start, 0];
  for (let n = from; n < nav.length; n++) {
    const value = nav[n];
    if (!isWealth(value)) return null;
    if (value > high) {
      deepest = Math.max(deepest, fallOf(low, high));
      high = value;
      low = value;
    } else if (value < low) {
      low = value;
    }
  }
  return Math.max(deepest, fallOf(low, high));
}

function deviations(
  changes: Float64Array,
  returns: number,
  { mean, target }: { readonly mean: number; readonly target: number },
): Pick<CurveStatistics, "meanReturn" | "deviation" | "downside"> {
  let [squares, squaresLost, below, belowLost] = [0, 0, 0, 0];
  for (let n = 0; n < returns; n++) {
    const change = changes[n];
    const distance = change - mean;
    const square = distance * distance;
    const next = squares + square;
    const partOfSquare = next - squares;
    squaresLost += squares - (next - partOfSquare) + (square - partOfSquare);
    squares = next;
    const over = change - target;
    // `over` where it is negative, else 0: exact, and no coin that the processor has to guess.
    const short = (over - Math.abs(over)) * 0.5;
    const shortfall = short * short;
    const nextBelow = below + shortfall;
    const partOfShortfall = nextBelow - below;
    belowLost += below - (nextBelow - partOfShortfall) + (shortfall - partOfShortfall);
    below = nextBelow;
  }
  return {
    meanReturn: mean,
    deviation: returns < 2 ? Number.NaN : Math.sqrt((squares + squaresLost) / (returns - 1)),
    downside: Math.sqrt((below + belowLost) / returns),
  };
}

function isWealth(value: number): boolean {
  return value > 0 && value < Infinity;
}

function fallOf(low: number, high: number): number {
  return -(low / high - 1);
}

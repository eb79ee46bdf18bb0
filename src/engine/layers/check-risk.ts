/**
 * What risk targeting should have said, worked out again for the checks: the volatility of one unit
 * of gross from the daily returns of the book itself (no covariance matrix is made), strictly before
 * the decision, on the weights before policy; the gross it leaves, held over where the mandate's
 * rhythm does. Fractions of net asset value, volatilities annual.
 */
import { isMarked } from "./check-budgets.ts";
import type { LayerPlan } from "./plan.ts";

export type DueRisk = {
  /** Nothing can be measured: no new exposure. */
  readonly isUnknown: boolean;
  /** What weights are multiplied by, before the gross limit. */
  readonly multiplier: number;
};

/** `reference`: net by instrument. */
export type RiskTwin = (at: {
  readonly session: number;
  readonly reference: Float64Array;
  readonly grossLimit: number;
}) => DueRisk;

/** Sleeves that cancel leave rounding, which is no wish. */
const NOTHING = 1e-9;
const NO_WISH: DueRisk = { isUnknown: false, multiplier: 0 };
const UNKNOWN: DueRisk = { isUnknown: true, multiplier: Number.NaN };
const DAYS_PER_YEAR = 252;
const LAMBDA = 0.94;

export function createRiskTwin(plan: LayerPlan): RiskTwin | null {
  const { riskTargeting: terms } = plan;
  if (terms === null) return null;
  let measuredAt = -1;
  let heldGross: number | null = null;
  return ({ session, reference, grossLimit }) => {
    const wanted = reference.reduce((sum, weight) => sum + Math.abs(weight), 0);
    const isDue = isMarked(plan.estimateFrom, measuredAt, session);
    if (!isDue && heldGross !== null) {
      return wanted < NOTHING ? NO_WISH : { isUnknown: false, multiplier: heldGross / wanted };
    }
    heldGross = null;
    if (wanted < NOTHING) return NO_WISH;
    const unit = reference.map((weight) => weight / wanted);
    const sigma = unitVolatility(plan, unit, session);
    if (sigma === null) return UNKNOWN;
    const { target_vol: target, vol_floor: floor, gross_floor: least } = terms;
    heldGross = Math.min(Math.max(target / Math.max(floor, sigma), least), grossLimit);
    measuredAt = session;
    return { isUnknown: false, multiplier: heldGross / wanted };
  };
}

/** Annual; null where too few days are known of what is wanted. */
function unitVolatility(plan: LayerPlan, unit: Float64Array, session: number): number | null {
  const { lookback, estimator } = plan.riskTargeting as NonNullable<LayerPlan["riskTargeting"]>;
  const columns = Array.from(unit.keys()).filter((i) => unit[i] !== 0);
  const days = completeDays(plan, columns, session, lookback);
  const least = estimator === "ledoit-wolf" ? 20 : 2 * columns.length;
  if (days.length < Math.max(lookback, least)) return null;
  const book = days.map((day) => day.reduce((sum, r, c) => sum + r * unit[columns[c]], 0));
  const weights = columns.map((i) => unit[i]);
  return Math.sqrt(Math.max(0, varianceOf(estimator, { book, days, weights })) * DAYS_PER_YEAR);
}

/** The newest `count` days before `session` on which all of them have a return; newest first. */
function completeDays(
  { evidence }: LayerPlan,
  columns: readonly number[],
  session: number,
  count: number,
): readonly (readonly number[])[] {
  const days: number[][] = [];
  for (let s = session - 1; s >= 0 && days.length < count; s--) {
    const day = columns.map((i) => evidence.returns[i][s]);
    if (day.every((value) => Number.isFinite(value))) days.push(day);
  }
  return days;
}

type Sample = {
  readonly book: readonly number[];
  readonly days: readonly (readonly number[])[];
  readonly weights: readonly number[];
};

function varianceOf(estimator: "ewma" | "sample" | "ledoit-wolf", sample: Sample): number {
  const { book } = sample;
  switch (estimator) {
    case "ewma": {
      let weight = 1;
      let sum = 0;
      let total = 0;
      for (const value of book) {
        sum += weight * value * value;
        total += weight;
        weight *= LAMBDA;
      }
      return sum / total;
    }
    case "sample":
      return squaresAround(book) / (book.length - 1);
    case "ledoit-wolf":
      return shrunk(sample);
  }
}

function squaresAround(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/**
 * Ledoit and Wolf 2004. The squared norm of the sample is taken from the products between days, not
 * between assets: the same number by another way.
 */
function shrunk({ book, days, weights }: Sample): number {
  const n = days.length;
  const assets = weights.length;
  const own = squaresAround(book) / n;
  if (assets < 2) return own;
  const means = weights.map((_, c) => days.reduce((sum, day) => sum + day[c], 0) / n);
  const away = days.map((day) => day.map((value, c) => value - means[c]));
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, c) => sum + value * b[c], 0);
  let norm = 0;
  for (const a of away) for (const b of away) norm += dot(a, b) ** 2 / (n * n);
  const trace = away.reduce((sum, day) => sum + dot(day, day), 0) / n;
  const fourth = away.reduce((sum, day) => sum + dot(day, day) ** 2, 0) / n;
  const target = trace / assets;
  const distance = (norm - target * trace) / assets;
  const noise = Math.max(0, (fourth - norm) / (assets * n));
  const share = distance <= 0 ? 0 : Math.min(noise, distance) / distance;
  return (1 - share) * own + share * target * dot(weights, weights);
}

/**
 * Returns of an account with flows, as projections of its books. Amounts are currency units in
 * doubles, rates are fractions. Conventions: inflows at the start of a day, outflows at its end
 * (portfolio-performance); XNPV and XIRR discount by ACT/365 from the first flow (Excel); modified
 * Dietz weighs each flow by the part of the period it was invested. Flows are seen by the account:
 * for XIRR money paid in is negative, money taken out (or the final value) positive.
 * Refuses what has no answer with a closed code, never with a number.
 */
import { DAY_MS } from "../../base/instant.ts";
import { err, ok, type Result } from "../../base/result.ts";

export type DatedFlow = { readonly atMs: number; readonly amount: number };

export type AccountDay = {
  readonly inflow: number;
  readonly outflow: number;
  /** Value at the end of the day, after the outflow. */
  readonly endValue: number;
};

export type LinkedReturns = {
  /** (end + outflow) / (previous end + inflow) - 1; NaN from the first day without a base on. */
  readonly daily: Float64Array;
  readonly cumulative: Float64Array;
};

export type NoRate = {
  readonly code: "no_sign_change" | "no_root";
  readonly message: string;
};

/** Time-weighted: each day's return on what was invested that day, linked by products. */
export function timeWeightedReturns(start: number, days: readonly AccountDay[]): LinkedReturns {
  const daily = new Float64Array(days.length).fill(Number.NaN);
  const cumulative = new Float64Array(days.length).fill(Number.NaN);
  let previous = start;
  let wealth = 1;
  for (let i = 0; i < days.length; i++) {
    const { inflow, outflow, endValue } = days[i];
    const base = previous + inflow;
    if (base <= 0) break;
    daily[i] = (endValue + outflow) / base - 1;
    wealth *= 1 + daily[i];
    cumulative[i] = wealth - 1;
    previous = endValue;
  }
  return { daily, cumulative };
}

/** Part of a period of `days` for which a flow of day `day` (from 1) was invested. */
export function flowWeight(day: number, days: number, when: "start" | "end"): number {
  return (when === "start" ? days - day + 1 : days - day) / days;
}

/** Money-weighted approximation: gain / average capital; inflows positive. NaN without capital. */
export function modifiedDietz(period: {
  readonly start: number;
  readonly end: number;
  readonly flows: readonly { readonly amount: number; readonly weight: number }[];
}): number {
  let net = 0;
  let capital = period.start;
  for (const { amount, weight } of period.flows) {
    net += amount;
    capital += amount * weight;
  }
  return capital > 0 ? (period.end - period.start - net) / capital : Number.NaN;
}

/** Net present value at an annual rate > -1, on the first flow's date. */
export function xnpv(rate: number, flows: readonly DatedFlow[]): number {
  return presentValue(Math.log1p(rate), flows);
}

/**
 * The annual rate at which the flows are worth nothing: of several, the one nearest to zero.
 * Solved in x = ln(1 + rate), where the whole way to -1 is a half-line and not a wall: a bracket
 * is widened from zero on both sides, then bisected down to neighbouring doubles.
 */
export function xirr(flows: readonly DatedFlow[]): Result<number, NoRate> {
  if (!flows.some((f) => f.amount > 0) || !flows.some((f) => f.amount < 0)) {
    const message = "a rate of return needs money paid in and money taken out";
    return err({ code: "no_sign_change", message });
  }
  const bracket = bracketRoot(flows);
  if (bracket === null) {
    const message = "no annual rate makes these flows worth nothing";
    return err({ code: "no_root", message });
  }
  return ok(Math.expm1(bisect(flows, bracket)));
}

const YEAR_MS = 365 * DAY_MS;

type Bracket = { readonly low: number; readonly high: number };

const FIRST_STEP = 0.01;
const STEP_GROWTH = 1.1;
/** ln(1 + rate) of 60: 10^26 a year, or all but 10^-26 of the money lost. */
const WIDEST = 60;
/** e^600 is still a double. */
const LARGEST_EXPONENT = 600;

function bracketRoot(flows: readonly DatedFlow[]): Bracket | null {
  const sign = (x: number) => Math.sign(presentValue(x, flows));
  const widest = Math.min(WIDEST, LARGEST_EXPONENT / yearsSpanned(flows));
  const atZero = sign(0);
  if (atZero === 0) return { low: 0, high: 0 };
  let inner = 0;
  let outer = FIRST_STEP;
  let signAbove = atZero;
  let signBelow = atZero;
  while (outer <= widest) {
    const above = sign(outer);
    if (above !== signAbove) return { low: inner, high: outer };
    const below = sign(-outer);
    if (below !== signBelow) return { low: -outer, high: -inner };
    signAbove = above;
    signBelow = below;
    inner = outer;
    outer *= STEP_GROWTH;
  }
  return null;
}

function bisect(flows: readonly DatedFlow[], { low, high }: Bracket): number {
  const signLow = Math.sign(presentValue(low, flows));
  let a = low;
  let b = high;
  for (;;) {
    const middle = a + (b - a) / 2;
    if (middle === a || middle === b) return middle;
    const sign = Math.sign(presentValue(middle, flows));
    if (sign === 0) return middle;
    if (sign === signLow) a = middle;
    else b = middle;
  }
}

/** Sum of amount x e^(-x t), t in years of 365 days since the first flow. */
function presentValue(x: number, flows: readonly DatedFlow[]): number {
  const first = firstMs(flows);
  let value = 0;
  for (const { atMs, amount } of flows) value += amount * Math.exp((-x * (atMs - first)) / YEAR_MS);
  return value;
}

function yearsSpanned(flows: readonly DatedFlow[]): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const { atMs } of flows) last = Math.max(last, atMs);
  return (last - firstMs(flows)) / YEAR_MS;
}

function firstMs(flows: readonly DatedFlow[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { atMs } of flows) first = Math.min(first, atMs);
  return first;
}

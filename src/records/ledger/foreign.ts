/**
 * The result of a foreign currency in the account's own, attributed at every close without
 * rounding. With A the minor units that the books hold in the currency, and r its rate (units of
 * the account's currency for one unit):
 *
 *   FX          A(last close) x (r now - r then)
 *   the rest    what realised, unrealised, dividends, fees, interest and flows grew by since the
 *               last close, each x r now
 *
 * A comes from the accounts, the rest from the journal's own figures, so that their sum is A x r
 * only where the two sides of the books agree: FX is attributed, never the plug. Amounts are exact
 * decimals in local minor units x rate; they are rounded once, by who reads them. Refuses an
 * unknown rate where something is held or was earned (invariant 22).
 */
import { invariant } from "../../base/assert.ts";
import { add, type Decimal, decimalOf, multiply } from "../../base/decimal.ts";
import type { Totals } from "./booking.ts";

/** Units of the account's currency for one unit: 1 for its own, NaN where it is unknown. */
export type Rates = (currency: string) => number;

export const COMPONENTS = [
  "realisedMinor",
  "unrealisedMinor",
  "dividendsMinor",
  "feesMinor",
  "financingMinor",
  "borrowMinor",
  "otherMinor",
  "flowsMinor",
] as const;
export type Component = (typeof COMPONENTS)[number];

/** A currency at one moment, in its own minor units: from the accounts, and from the journal. */
export type LocalBooks = {
  readonly assetsMinor: bigint;
  /** Cumulative since the books were opened; costs as positive numbers. */
  readonly results: { readonly [component in Component]: bigint };
};

/** What is attributed up to a close. */
export type Attribution = LocalBooks & {
  readonly rate: Decimal;
  readonly converted: { readonly [component in Component | "fxMinor"]: Decimal };
};

/** Positive numbers that the sum of the explained change subtracts. */
export const COSTS: ReadonlySet<string> = new Set(["feesMinor", "financingMinor", "borrowMinor"]);

const NOTHING: Decimal = { coefficient: 0n, scale: 0 };

export function noTotals(): Totals {
  return {
    realisedMinor: 0n,
    dividendsMinor: 0n,
    feesMinor: 0n,
    financingMinor: 0n,
    borrowMinor: 0n,
    otherMinor: 0n,
    flowsMinor: 0n,
  };
}

/** Before the first close. */
export function noAttribution(): Attribution {
  const converted = Object.fromEntries([...COMPONENTS, "fxMinor"].map((name) => [name, NOTHING]));
  return {
    assetsMinor: 0n,
    results: { ...noTotals(), unrealisedMinor: 0n },
    rate: NOTHING,
    converted: converted as Attribution["converted"],
  };
}

/** What is attributed once the books stand as `now`; no rate is asked for where nothing stands in them. */
export function attribute(
  before: Attribution,
  now: LocalBooks,
  { currency, rates }: { readonly currency: string; readonly rates: Rates },
): Attribution {
  if (!hasMoved(before, now)) return before;
  const rate = rates(currency);
  invariant(
    rate > 0 && rate < Number.POSITIVE_INFINITY,
    22,
    () =>
      `the books hold ${now.assetsMinor} minor units of ${currency} (${before.assetsMinor} at the last close), which has no rate (${rate})`,
  );
  const exact = decimalOf(rate);
  const rise = add(exact, negative(before.rate));
  const converted: { [name in Component | "fxMinor"]: Decimal } = { ...before.converted };
  converted.fxMinor = add(converted.fxMinor, times(before.assetsMinor, rise));
  for (const name of COMPONENTS) {
    const grown = now.results[name] - before.results[name];
    if (grown !== 0n) converted[name] = add(converted[name], times(grown, exact));
  }
  return { ...now, rate: exact, converted };
}

/** Realised + unrealised + dividends - fees - financing - borrow + other + FX + flows. */
export function explained({ converted }: Pick<Attribution, "converted">): Decimal {
  let sum = converted.fxMinor;
  for (const name of COMPONENTS) {
    sum = add(sum, COSTS.has(name) ? negative(converted[name]) : converted[name]);
  }
  return sum;
}

/** A whole number of minor units at a rate. */
export function times(minor: bigint, rate: Decimal): Decimal {
  return multiply({ coefficient: minor, scale: 0 }, rate);
}

export function negative({ coefficient, scale }: Decimal): Decimal {
  return { coefficient: -coefficient, scale };
}

function hasMoved(before: Attribution, now: LocalBooks): boolean {
  if (before.assetsMinor !== 0n || now.assetsMinor !== 0n) return true;
  return COMPONENTS.some((name) => now.results[name] !== before.results[name]);
}

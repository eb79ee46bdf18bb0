/**
 * What an instrument is, from the mandate's defaults and overrides; and the worked example that
 * proves it. Prices in `currency` per unit, profit in whole `currency`. Refuses an example whose
 * profit is not, to the last digit, move x lots x lot x multiplier.
 */
import { add, type Decimal, decimalOf, formatDecimal, multiply } from "../../base/decimal.ts";
import { Fault } from "../../domain/fault.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { DataSettings } from "../section.ts";

export function instrumentOf(data: DataSettings, id: string): Instrument {
  const terms = { ...data.instrument_defaults, ...definedOf(data.instruments[id]) };
  return {
    id,
    assetClass: terms.asset_class,
    currency: terms.currency,
    currencyDigits: terms.currency_digits,
    lot: terms.lot,
    tick: terms.tick,
    multiplier: terms.multiplier,
    allowNonpositive: terms.allow_nonpositive,
    sector: terms.sector,
    calendar: terms.calendar,
    initialMargin: terms.initial_margin,
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without keys that are present and undefined: they must not hide a default. */
function definedOf<T extends object>(values: T | undefined): Defined<T> {
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}

/** Instruments without an example are taken at their word. */
export function checkWorkedExamples(data: DataSettings, instruments: readonly Instrument[]): void {
  for (const instrument of instruments) {
    const { id, lot, multiplier, currency } = instrument;
    const example = data.instruments[id]?.worked_example;
    if (example === undefined) continue;
    const { move, lots, profit } = example;
    const expected = [move, lots, lot, multiplier].map(decimalOf).reduce(multiply);
    if (isZero(add(expected, negative(decimalOf(profit))))) continue;
    throw new Fault(
      "mandate",
      `data.instruments.${id}.worked_example.profit: ${profit} ${currency}, but a move of ${move} on ${lots} lots of ${lot} with multiplier ${multiplier} is ${formatDecimal(expected)} ${currency}; correct the example, or the lot or multiplier of ${id}`,
    );
  }
}

function negative({ coefficient, scale }: Decimal): Decimal {
  return { coefficient: -coefficient, scale };
}

function isZero({ coefficient }: Decimal): boolean {
  return coefficient === 0n;
}

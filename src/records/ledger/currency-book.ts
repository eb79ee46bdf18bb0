/**
 * The books of one currency: where its money stands, which positions are in it, what the journal says
 * of it, and what its rate did. Amounts are in the currency's own minor units. Refuses instruments
 * that count one currency in different units (invariant 11).
 */
import { invariant } from "../../base/assert.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { accountName, partOf } from "./accounts.ts";
import { type Attribution, noAttribution, noTotals } from "./foreign.ts";
import type { Lot } from "./lots.ts";
import type { Position, Totals } from "./booking.ts";

export type HeldPosition = Position & { readonly openLots: readonly Lot[] };

/** The books of one currency. */
export type CurrencyBook = {
  readonly currency: string;
  readonly digits: number;
  readonly cash: string;
  readonly totals: Totals;
  /** Names of accounts that hold money beside cash. */
  readonly claims: Set<string>;
  readonly positions: HeldPosition[];
  attribution: Attribution;
};

/** One per currency of an instrument that is not the account's. */
export function foreignBooks(account: {
  readonly currency: string;
  readonly digits: number;
  readonly instruments: readonly Instrument[];
}): Map<string, CurrencyBook> {
  const { currency: own, digits, instruments } = account;
  const books = new Map<string, CurrencyBook>();
  for (const { id, currency, currencyDigits } of instruments) {
    const known = currency === own ? digits : books.get(currency)?.digits;
    invariant(
      known === undefined || known === currencyDigits,
      11,
      () => `${id} is in ${currency} with ${currencyDigits} digits, where the books have ${known}`,
    );
    if (known === undefined) books.set(currency, currencyBook(currency, currencyDigits, own));
  }
  return books;
}

export function currencyBook(currency: string, digits: number, own: string): CurrencyBook {
  return {
    currency,
    digits,
    cash: accountName("cash", partOf({ instrument: null, currency }, own)),
    totals: noTotals(),
    claims: new Set(),
    positions: [],
    attribution: noAttribution(),
  };
}

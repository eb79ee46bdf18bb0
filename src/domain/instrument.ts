/** What is traded. Prices are in `currency` per unit; quantities are whole numbers of `lot`. */

export type AssetClass = "equity" | "etf" | "index" | "commodity" | "fx" | "crypto" | "future";

export type Instrument = {
  /** Unique in a pack, as the mandate spells it. */
  readonly id: string;
  readonly assetClass: AssetClass;
  /** ISO 4217 code. */
  readonly currency: string;
  /** Decimal digits of the currency's minor unit: 2 for USD. */
  readonly currencyDigits: number;
  /** Smallest tradable quantity, in units: 1 for whole shares. */
  readonly lot: number;
  /** Price grid, or null when the source gives none; a slipped price moves to it, away from us. */
  readonly tick: number | null;
  /** Money per unit of price and quantity. */
  readonly multiplier: number;
  /** Prices at or below zero are facts here (WTI, 2020-04-20) and the venue may fill at them. */
  readonly allowNonpositive: boolean;
  /** What limits and reports group by ("energy"), or null: in no group. */
  readonly sector: string | null;
  /** Id of the exchange calendar (market/calendars), or null: its sessions are its bars. */
  readonly calendar: string | null;
  /** Money reserved per unit while a future is held, in `currency`; null for what is paid in full. */
  readonly initialMargin: number | null;
};

/** Settled daily in cash by its price change: nothing is paid for the notional. */
export function isFuture(instrument: Pick<Instrument, "assetClass">): boolean {
  return instrument.assetClass === "future";
}

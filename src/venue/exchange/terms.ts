/**
 * What an exchange is set up with: the market it replays, its rules, what trading and holding cost.
 * Money is in minor units of the account's currency, rates annual, times milliseconds since the epoch
 * in UTC. Series of futures or of another currency are refused when the exchange is made.
 */
import type { BarSeries } from "../../domain/bar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { FeeSchedule } from "../fees.ts";
import type { MarketPhase, Slippage } from "../fill-price.ts";

/** One session; the exchange has bars of `date` for at least one instrument. */
export type ExchangeSession = {
  /** YYYY-MM-DD, the exchange's own date. */
  readonly date: string;
  readonly openMs: number;
  readonly closeMs: number;
};

/** Which of a real venue's rules hold. */
export type VenueRules = {
  /** New exposure is refused beyond equity times this; null: anything is bought. */
  readonly buyingPowerMultiplier: number | null;
  readonly shorting: boolean;
  /** Limit and stop prices on the grid of cents (of 1/100 cent below 1.00); a replayed pack may have odd prices. */
  readonly pennyGrid: boolean;
  /** An order that could trade with one of ours on the other side is refused. */
  readonly washTrades: "refused" | "allowed";
  /**
   * reserved: every working order holds what it would sell, a protective stop too, and what is held
   * by one cannot be sold by another. stops_apart: stops hold nothing, and an order beyond what is
   * held opens the other side once the first has closed this one; what closes never opens.
   */
  readonly holdings: "reserved" | "stops_apart";
  readonly fractional: "day_market" | "any";
  /** Least value of one order; null: none. */
  readonly minimumNotionalMinor: number | null;
  /** opg is refused 2 minutes before the open, cls 10 minutes before the close, until 9.5 hours after the open. */
  readonly auctionWindows: boolean;
  /** A buy stop becomes a stop-limit (+4 % below 50, else +2.5 %). */
  readonly buyStopLimit: boolean;
  /** A gtc order ends by itself after so many days; null: never. */
  readonly gtcDays: number | null;
  readonly dividends: boolean;
  /** Chance that a fill comes in two executions; seeded. */
  readonly partialFillChance: number;
};

/** The backtest's world: nothing is refused that it would fill. */
export const BACKTEST_RULES: VenueRules = {
  buyingPowerMultiplier: null,
  shorting: true,
  pennyGrid: false,
  washTrades: "allowed",
  holdings: "stops_apart",
  fractional: "any",
  minimumNotionalMinor: null,
  auctionWindows: false,
  buyStopLimit: false,
  gtcDays: null,
  dividends: true,
  partialFillChance: 0,
};

/** As Alpaca documents its paper accounts. */
export const ALPACA_RULES: VenueRules = {
  buyingPowerMultiplier: 2,
  shorting: true,
  pennyGrid: true,
  washTrades: "refused",
  holdings: "reserved",
  fractional: "day_market",
  minimumNotionalMinor: 100,
  auctionWindows: true,
  buyStopLimit: true,
  gtcDays: 90,
  dividends: false,
  partialFillChance: 0.1,
};

/** What a fill and a night cost. */
export type VenueCosts = {
  readonly slippage: Slippage;
  /** In the order of `series`. */
  readonly fees: readonly FeeSchedule[];
  /** ACT/360, on the debit and on the value of what is short at the last close. */
  readonly debitRate: number;
  readonly borrowRate: number;
};

export type ExchangeOptions = {
  readonly accountId: string;
  readonly currency: string;
  readonly currencyDigits: number;
  readonly initialCashMinor: number;
  readonly series: readonly BarSeries[];
  readonly actions: readonly CorporateAction[];
  /** Ascending; every date with a bar from `firstDate` on must be among them. */
  readonly sessions: readonly ExchangeSession[];
  /** First session that is traded; bars before it are history (last closes). */
  readonly firstDate: string;
  /** When a plain market order accepted before the open trades. */
  readonly marketPhase: MarketPhase;
  readonly rules: VenueRules;
  readonly costs: VenueCosts;
  /** Names orders and executions, and draws the partial fills. */
  readonly seed: number;
};

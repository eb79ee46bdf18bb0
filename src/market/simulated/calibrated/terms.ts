/**
 * The fifteen invented instruments of the calibrated market: what each is, how it moves, how its
 * contracts run, and what its hidden state is. Constants only; prices in the instrument's currency
 * per unit, volatilities annual fractions in calm times, margins in money per contract.
 *
 * None of these is a product of any exchange, and no number here comes from a strategy's formula:
 * the drifts are processes of their own (latent.ts) that a strategy may or may not pick up.
 */
import type { Instrument } from "../../../domain/instrument.ts";
import type { CalendarId } from "../../calendars/calendar.ts";
import type { RollRule } from "../../futures/roll-calendar.ts";

/** Shocks are shared within a group. */
export const GROUPS = ["equity", "rates", "fx", "energy", "metals"] as const;
export type Group = (typeof GROUPS)[number];

/**
 * What moves the expected return of an instrument, in its own daily standard deviations.
 * `trend`: a slowly turning drift. `carry`: one that the term structure shows in part.
 * `reversion`: a share of every shock comes back within days. `none`: a premium or a pull to
 * the long-run level, no state to know.
 */
export type HiddenState =
  | { readonly kind: "none" }
  | { readonly kind: "trend"; readonly strength: number }
  | { readonly kind: "carry"; readonly strength: number; readonly shown: number }
  | { readonly kind: "reversion"; readonly share: number };

export type CarryTerms = {
  /** Annual fraction by which the futures stand below spot per year to expiry, on average. */
  readonly mean: number;
  /** Standard deviation around it. */
  readonly spread: number;
  readonly roll: RollRule;
  /** Factor on the price of the contract of each month, January first; null: no season. */
  readonly season: readonly number[] | null;
};

export type Terms = {
  readonly instrument: Instrument & { readonly calendar: CalendarId; readonly tick: number };
  readonly group: Group;
  readonly startPrice: number;
  readonly volatility: number;
  /** 1 where bad times hurt, -1 where they help. */
  readonly sign: 1 | -1;
  /** Own share of the common factor relative to its group's loading. */
  readonly loading: number;
  /** Spread of the own slow volatility, about in log units. */
  readonly ownVolatility: number;
  /** Constant drift per session, in daily standard deviations; the level's anchor grows by it. */
  readonly premium: number;
  readonly hidden: HiddenState;
  readonly carry: CarryTerms | null;
  readonly usualVolume: number;
};

/** Strength of the strong hidden drifts: raise to make the market easier for everyone. */
export const STRONG_TREND = 0.15;
export const STRONG_CARRY = 0.14;
export const STRONG_REVERSION = 0.62;
/** The one weak edge. */
export const WEAK_TREND = 0.045;
/** Part of the hidden carry state that the term structure shows (a correlation). */
const CARRY_SHOWN = 0.5;
/** Long-run reward of the equity factor, in daily standard deviations. */
const EQUITY_PREMIUM = 0.022;

const QUARTERS = [3, 6, 9, 12];
const EVERY_MONTH = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const NONE: HiddenState = { kind: "none" };
const STRONG: HiddenState = { kind: "trend", strength: STRONG_TREND };
const CARRIES: HiddenState = { kind: "carry", strength: STRONG_CARRY, shown: CARRY_SHOWN };
const REVERTS: HiddenState = { kind: "reversion", share: STRONG_REVERSION };

const EQUITY_ROLL: RollRule = { months: QUARTERS, expiry: "third_friday", rollSessionsBefore: 5 };
const RATES_ROLL: RollRule = {
  months: QUARTERS,
  expiry: "month_end_minus_3",
  rollSessionsBefore: 18,
};
const FX_ROLL: RollRule = { months: QUARTERS, expiry: "third_wednesday", rollSessionsBefore: 4 };
const ENERGY_ROLL: RollRule = {
  months: EVERY_MONTH,
  expiry: "day_20_minus_3",
  rollSessionsBefore: 6,
};
const metalsRoll = (months: readonly number[]): RollRule => ({
  months,
  expiry: "month_end_minus_3",
  rollSessionsBefore: 20,
});

type Contract = Pick<Instrument, "currency" | "currencyDigits" | "multiplier" | "sector"> & {
  readonly id: string;
  readonly tick: number;
  readonly initialMargin: number | null;
  readonly calendar: CalendarId;
};

function future(contract: Contract): Terms["instrument"] {
  return { ...contract, assetClass: "future", lot: 1, allowNonpositive: false };
}

function share(id: string): Terms["instrument"] {
  return {
    id,
    assetClass: "equity",
    currency: "USD",
    currencyDigits: 2,
    lot: 1,
    tick: 0.01,
    multiplier: 1,
    allowNonpositive: false,
    sector: "stocks",
    calendar: "XNYS",
    initialMargin: null,
  };
}

const DOLLAR = { currency: "USD", currencyDigits: 2, calendar: "XCME" } as const;
const EURO = { currency: "EUR", currencyDigits: 2, calendar: "XEUR" } as const;
const YEN = { currency: "JPY", currencyDigits: 0, calendar: "XJPX" } as const;

const EQUITY = {
  group: "equity",
  sign: 1,
  loading: 1,
  ownVolatility: 0.32,
  premium: EQUITY_PREMIUM,
  hidden: NONE,
} as const;
const RATES = { group: "rates", sign: -1, loading: 1, ownVolatility: 0.48, premium: 0 } as const;
const FX = { group: "fx", loading: 1, ownVolatility: 0.48, premium: 0 } as const;
const ENERGY = { group: "energy", sign: 1, loading: 1, ownVolatility: 0.47, premium: 0 } as const;
const METALS = { group: "metals", sign: 1, ownVolatility: 0.47, premium: 0 } as const;

const INDICES: readonly Terms[] = [
  {
    ...EQUITY,
    instrument: future({
      ...DOLLAR,
      id: "SX_EQ_US",
      sector: "equity_index",
      tick: 0.25,
      multiplier: 50,
      initialMargin: 9000,
    }),
    startPrice: 1600,
    volatility: 0.14,
    carry: { mean: -0.005, spread: 0.004, roll: EQUITY_ROLL, season: null },
    usualVolume: 1_500_000,
  },
  {
    ...EQUITY,
    instrument: future({
      ...EURO,
      id: "SX_EQ_EU",
      sector: "equity_index",
      tick: 1,
      multiplier: 20,
      initialMargin: 6500,
    }),
    startPrice: 3200,
    volatility: 0.16,
    carry: { mean: 0.01, spread: 0.006, roll: EQUITY_ROLL, season: null },
    usualVolume: 900_000,
  },
  {
    ...EQUITY,
    instrument: future({
      ...YEN,
      id: "SX_EQ_JP",
      sector: "equity_index",
      tick: 5,
      multiplier: 500,
      initialMargin: 700_000,
    }),
    startPrice: 15_000,
    volatility: 0.17,
    carry: { mean: 0.012, spread: 0.004, roll: EQUITY_ROLL, season: null },
    usualVolume: 80_000,
  },
];

const BONDS: readonly Terms[] = [
  {
    ...RATES,
    instrument: future({
      ...DOLLAR,
      id: "SX_RT_US",
      sector: "rates",
      tick: 0.015625,
      multiplier: 1000,
      initialMargin: 2500,
    }),
    startPrice: 120,
    volatility: 0.055,
    hidden: STRONG,
    carry: { mean: 0.012, spread: 0.008, roll: RATES_ROLL, season: null },
    usualVolume: 1_300_000,
  },
  {
    ...RATES,
    instrument: future({
      ...EURO,
      id: "SX_RT_EU",
      sector: "rates",
      tick: 0.01,
      multiplier: 1000,
      initialMargin: 2600,
    }),
    startPrice: 135,
    volatility: 0.055,
    hidden: CARRIES,
    carry: { mean: 0.012, spread: 0.012, roll: RATES_ROLL, season: null },
    usualVolume: 800_000,
  },
  {
    ...RATES,
    instrument: future({
      ...YEN,
      id: "SX_RT_JP",
      sector: "rates",
      tick: 0.01,
      multiplier: 100_000,
      initialMargin: 200_000,
    }),
    startPrice: 142,
    volatility: 0.035,
    hidden: NONE,
    carry: { mean: 0.008, spread: 0.004, roll: RATES_ROLL, season: null },
    usualVolume: 35_000,
  },
];

const CURRENCIES: readonly Terms[] = [
  {
    ...FX,
    sign: 1,
    instrument: future({
      ...DOLLAR,
      id: "SX_FX_EUR",
      sector: "fx",
      tick: 0.00005,
      multiplier: 125_000,
      initialMargin: 3000,
    }),
    startPrice: 1.2,
    volatility: 0.08,
    hidden: NONE,
    carry: { mean: -0.008, spread: 0.006, roll: FX_ROLL, season: null },
    usualVolume: 200_000,
  },
  {
    ...FX,
    sign: -1,
    instrument: future({
      ...DOLLAR,
      id: "SX_FX_JPY",
      sector: "fx",
      tick: 0.0000005,
      multiplier: 12_500_000,
      initialMargin: 3500,
    }),
    startPrice: 0.009,
    volatility: 0.085,
    hidden: STRONG,
    carry: { mean: -0.015, spread: 0.006, roll: FX_ROLL, season: null },
    usualVolume: 140_000,
  },
];

const ENERGIES: readonly Terms[] = [
  {
    ...ENERGY,
    instrument: future({
      ...DOLLAR,
      id: "SX_EN_OIL",
      sector: "energy",
      tick: 0.01,
      multiplier: 1000,
      initialMargin: 6000,
    }),
    startPrice: 70,
    volatility: 0.28,
    hidden: STRONG,
    carry: { mean: 0, spread: 0.1, roll: ENERGY_ROLL, season: null },
    usualVolume: 600_000,
  },
  {
    ...ENERGY,
    instrument: future({
      ...DOLLAR,
      id: "SX_EN_GAS",
      sector: "energy",
      tick: 0.001,
      multiplier: 10_000,
      initialMargin: 6500,
    }),
    startPrice: 6,
    volatility: 0.34,
    hidden: NONE,
    carry: {
      mean: -0.06,
      spread: 0.12,
      roll: ENERGY_ROLL,
      season: [1.1, 1.08, 1.03, 0.97, 0.95, 0.95, 0.96, 0.97, 0.97, 0.99, 1.03, 1.08],
    },
    usualVolume: 250_000,
  },
];

const METAL: readonly Terms[] = [
  {
    ...METALS,
    loading: 0.35,
    instrument: future({
      ...DOLLAR,
      id: "SX_ME_GOLD",
      sector: "metals",
      tick: 0.1,
      multiplier: 100,
      initialMargin: 8000,
    }),
    startPrice: 1300,
    volatility: 0.14,
    hidden: { kind: "trend", strength: WEAK_TREND },
    carry: { mean: -0.015, spread: 0.004, roll: metalsRoll([2, 4, 6, 8, 12]), season: null },
    usualVolume: 220_000,
  },
  {
    ...METALS,
    loading: 0.8,
    instrument: future({
      ...DOLLAR,
      id: "SX_ME_SILV",
      sector: "metals",
      tick: 0.005,
      multiplier: 5000,
      initialMargin: 9000,
    }),
    startPrice: 22,
    volatility: 0.25,
    hidden: NONE,
    carry: { mean: -0.015, spread: 0.006, roll: metalsRoll([3, 5, 7, 9, 12]), season: null },
    usualVolume: 80_000,
  },
  {
    ...METALS,
    loading: 1.05,
    instrument: future({
      ...DOLLAR,
      id: "SX_ME_COPP",
      sector: "metals",
      tick: 0.0005,
      multiplier: 25_000,
      initialMargin: 6000,
    }),
    startPrice: 3.4,
    volatility: 0.2,
    hidden: CARRIES,
    carry: { mean: 0.005, spread: 0.06, roll: metalsRoll([3, 5, 7, 9, 12]), season: null },
    usualVolume: 90_000,
  },
];

const STOCKS: readonly Terms[] = [
  {
    ...EQUITY,
    instrument: share("SX_ST_ONE"),
    loading: 0.8,
    startPrice: 90,
    volatility: 0.24,
    hidden: REVERTS,
    carry: null,
    usualVolume: 4_000_000,
  },
  {
    ...EQUITY,
    instrument: share("SX_ST_TWO"),
    loading: 0.8,
    startPrice: 60,
    volatility: 0.28,
    hidden: REVERTS,
    carry: null,
    usualVolume: 2_500_000,
  },
];

/** In the order of their random streams: new ones go to the end. */
export const TERMS: readonly Terms[] = [
  ...INDICES,
  ...BONDS,
  ...CURRENCIES,
  ...ENERGIES,
  ...METAL,
  ...STOCKS,
];

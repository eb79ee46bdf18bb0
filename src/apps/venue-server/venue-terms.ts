/**
 * From a mandate and its pack to the terms of a local exchange. Two models: `backtest`, in which the
 * exchange fills and charges exactly as the mandate's backtest does, and `alpaca`, with the rules that
 * the broker documents for paper accounts: bar prices, no fees, no interest, no dividends, one fill in
 * ten comes in parts. Enters: the pack, the mandate's values, choices of the command; leaves: terms.
 */
import { formatDate, parseIsoDate } from "../../base/instant.ts";
import { amountToMinor } from "../../base/money.ts";
import type { BacktestPack } from "../../domain/pack.ts";
import { Fault } from "../../domain/fault.ts";
import type { Mandate } from "../../engine/sections.ts";
import { uuidOf } from "../../venue/exchange/ids.ts";
import {
  ALPACA_RULES,
  BACKTEST_RULES,
  type ExchangeOptions,
  type VenueCosts,
} from "../../venue/exchange/terms.ts";

export const VENUE_MODELS = ["backtest", "alpaca"] as const;
export type VenueModel = (typeof VENUE_MODELS)[number];

export type TermsChoices = {
  readonly model: VenueModel;
  /** YYYY-MM-DD, from which sessions are traded; null: the last year of the pack. */
  readonly start: string | null;
  /** In currency; null: the mandate's initial equity. */
  readonly cash: number | null;
  /** Null: the mandate's. */
  readonly seed: number | null;
};

/** A year of sessions, where nobody says when to begin. */
const DEFAULT_SESSIONS = 252;
const MOST_SEED = 2 ** 20;

export function venueTerms(
  mandate: Pick<Mandate, "account" | "slippage" | "fees" | "financing" | "execution" | "seed">,
  pack: BacktestPack,
  choices: TermsChoices,
): Omit<ExchangeOptions, "sessions"> {
  const { account, execution } = mandate;
  const digits = account.currency_digits;
  const seed = (choices.seed ?? mandate.seed) % MOST_SEED;
  const isBacktest = choices.model === "backtest";
  return {
    accountId: uuidOf(seed, "account", 0),
    currency: account.currency,
    currencyDigits: digits,
    initialCashMinor: amountToMinor(choices.cash ?? account.initial_equity, digits),
    series: pack.series,
    actions: pack.actions,
    firstDate: firstDateOf(pack, choices.start),
    marketPhase: isBacktest && execution.fill !== "next_open" ? "close" : "open",
    rules: isBacktest ? BACKTEST_RULES : ALPACA_RULES,
    costs: isBacktest ? costsOf(mandate, pack) : freeOf(pack),
    seed,
  };
}

function costsOf(
  { slippage, fees, financing }: Pick<Mandate, "slippage" | "fees" | "financing">,
  pack: BacktestPack,
): VenueCosts {
  return {
    slippage: { bps: slippage.bps, halfSpread: slippage.half_spread, ticks: slippage.ticks },
    fees: pack.series.map(({ instrument }) => ({
      bps: fees.bps,
      perShare: fees.per_share,
      minimumMinor: amountToMinor(fees.minimum, instrument.currencyDigits),
    })),
    debitRate: financing.debit_rate,
    borrowRate: financing.borrow_rate,
  };
}

function freeOf(pack: BacktestPack): VenueCosts {
  return {
    slippage: { bps: 0, halfSpread: 0, ticks: 0 },
    fees: pack.series.map(() => ({ bps: 0, perShare: 0, minimumMinor: 0 })),
    debitRate: 0,
    borrowRate: 0,
  };
}

function firstDateOf(pack: BacktestPack, start: string | null): string {
  const dates = [...new Set(pack.series.flatMap(({ timesMs }) => [...timesMs]))];
  dates.sort((a, b) => a - b);
  if (start === null) return formatDate(dates[Math.max(0, dates.length - DEFAULT_SESSIONS)]);
  const wanted = parseIsoDate(start);
  if (wanted === null) throw new Fault("usage", `--start ${start} is no date; write YYYY-MM-DD`);
  const last = dates[dates.length - 1];
  if (wanted <= last) return start;
  throw new Fault(
    "usage",
    `--start ${start} is after the pack's last session, ${formatDate(last)}; name an earlier one`,
  );
}

/**
 * The market that every adapter's cards are played on: two shares over twelve sessions of 2024, prices
 * that are easy to tell apart, a dividend, a split, a commission. Opens are half below the close.
 *
 * AA closes 100, 101, ..; pays 0.50 on the 18th. BB closes 200, 201, .. and splits 2:1 on the 19th.
 */
import { approveReduction, inTerms } from "../../src/execution/gates/approval.ts";
import type { Approved } from "../../src/domain/order.ts";
import type { BrokerOrder } from "../../src/domain/venue-report.ts";
import { newYorkHours } from "../../src/market/calendars/new-york-time.ts";
import { BACKTEST_RULES, type ExchangeOptions } from "../../src/venue/exchange/terms.ts";
import { at, packOf } from "./market-fixture.ts";

/** 15 January is Martin Luther King's day. */
export const CARD_DATES = [
  ...["2024-01-08", "2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12", "2024-01-16"],
  ...["2024-01-17", "2024-01-18", "2024-01-19", "2024-01-22", "2024-01-23", "2024-01-24"],
] as const;
export const CARD_SESSIONS = newYorkHours(Float64Array.from(CARD_DATES, at));
export const CASH_CENTS = 10_000_000;

function bars(base: number, split: string | null) {
  return Object.fromEntries(
    CARD_DATES.map((date, n) => {
      const ratio = split !== null && date >= split ? 2 : 1;
      const close = (base + n) / ratio;
      return [date, [close - 0.5, close + 1, close - 1.5, close] as const];
    }),
  );
}

const pack = packOf({
  AA: {
    bars: bars(100, null),
    actions: [{ dividend: 0.5, on: "2024-01-18", paid: "2024-01-19" }],
  },
  BB: { bars: bars(200, "2024-01-19"), actions: [{ split: 2, on: "2024-01-19" }] },
});

/** A cent a share; the first session that trades is the third, 10 January. */
export const CARD_TERMS: Omit<ExchangeOptions, "sessions"> = {
  accountId: "00000000-0000-4000-8000-0000000000ca",
  currency: "USD",
  currencyDigits: 2,
  initialCashMinor: CASH_CENTS,
  series: pack.series,
  actions: pack.actions,
  firstDate: CARD_DATES[2],
  marketPhase: "open",
  rules: BACKTEST_RULES,
  costs: {
    slippage: { bps: 0, halfSpread: 0, ticks: 0 },
    fees: pack.series.map(() => ({ bps: 0, perShare: 0.01, minimumMinor: 0 })),
    debitRate: 0.05,
    borrowRate: 0,
  },
  seed: 11,
};

let named = 0;

/** Approved as any order that only takes from a position is: the cards are no pipeline. */
export function approved(
  over: Partial<BrokerOrder> & Pick<BrokerOrder, "symbol">,
): Approved<BrokerOrder> {
  const order = approveReduction(
    {
      ordinal: 0,
      instrument: 0,
      session: 0,
      purpose: "close",
      leg: 0,
      generation: 0,
      side: -1,
      type: "market",
      lots: 1,
      price: null,
      timeInForce: "day",
      working: false,
      signals: [],
    },
    1,
  );
  return inTerms<BrokerOrder>(order, {
    clientOrderId: `card-${++named}`,
    side: "buy",
    qty: "10",
    type: "market",
    timeInForce: "opg",
    limitPrice: null,
    stopPrice: null,
    ...over,
  });
}

/**
 * A small exchange by hand: bars on named dates, 10 000.00 of cash, nothing costs anything and no rule
 * holds but those that a test switches on. Sessions are 14:30 to 21:00 UTC.
 */
import { createExchange, takeEvents } from "../../src/venue/exchange/exchange.ts";
import { submitOrder } from "../../src/venue/exchange/orders.ts";
import { formatNano, priceText } from "../../src/venue/exchange/quantity.ts";
import type { OrderRequest, VenueRefusal } from "../../src/venue/exchange/requests.ts";
import type { Exchange, ExchangeOrder } from "../../src/venue/exchange/state.ts";
import {
  BACKTEST_RULES,
  type ExchangeOptions,
  type VenueRules,
} from "../../src/venue/exchange/terms.ts";
import { sessionsAt } from "./exchange-twin.ts";
import { at, type Market, packOf } from "./market-fixture.ts";

export const HOUR = 3_600_000;

export type SmallExchange = Partial<
  Pick<ExchangeOptions, "marketPhase" | "initialCashMinor" | "firstDate" | "seed">
> & {
  readonly market: Market;
  readonly rules?: Partial<VenueRules>;
  readonly costs?: Partial<ExchangeOptions["costs"]>;
};

export function optionsOf(small: SmallExchange): ExchangeOptions {
  const pack = packOf(small.market);
  const dates = [...new Set(pack.series.flatMap(({ timesMs }) => [...timesMs]))].sort(
    (a, b) => a - b,
  );
  const sessions = sessionsAt(dates);
  return {
    accountId: "small",
    currency: "USD",
    currencyDigits: 2,
    initialCashMinor: small.initialCashMinor ?? 1_000_000,
    series: pack.series,
    actions: pack.actions,
    sessions,
    firstDate: small.firstDate ?? sessions[0].date,
    marketPhase: small.marketPhase ?? "open",
    rules: { ...BACKTEST_RULES, ...small.rules },
    costs: {
      slippage: { bps: 0, halfSpread: 0, ticks: 0 },
      fees: pack.series.map(() => ({ bps: 0, perShare: 0, minimumMinor: 0 })),
      debitRate: 0,
      borrowRate: 0,
      ...small.costs,
    },
    seed: small.seed ?? 3,
  };
}

export function exchangeOf(small: SmallExchange): Exchange {
  return createExchange(optionsOf(small));
}

export const openOf = (date: string): number => at(date) + 14.5 * HOUR;
export const closeOf = (date: string): number => at(date) + 21 * HOUR;

let named = 0;

/** Ten at market, today. */
export function request(over: Partial<OrderRequest> = {}): OrderRequest {
  return {
    clientOrderId: `order-${++named}`,
    symbol: "A",
    side: "buy",
    qty: "10",
    type: "market",
    timeInForce: "day",
    limitPrice: null,
    stopPrice: null,
    legs: null,
    ...over,
  };
}

export function put(x: Exchange, over: Partial<OrderRequest> = {}): ExchangeOrder {
  const result = submitOrder(x, request(over));
  if (!result.ok) throw new Error(`refused: ${result.error.message}`);
  return result.value;
}

export function refusedBy(x: Exchange, over: Partial<OrderRequest> = {}): VenueRefusal {
  const before = x.state.orders.length;
  const result = submitOrder(x, request(over));
  if (result.ok) throw new Error("it was taken");
  if (x.state.orders.length !== before) throw new Error("a refused order was kept");
  return result.error;
}

/** "sell 10 at 99.5", in order, of what was told since it was last asked. */
export function fillsOf(x: Exchange): readonly string[] {
  return takeEvents(x).flatMap((event) =>
    event.kind === "fill"
      ? [
          `${event.execution.side} ${formatNano(event.execution.qtyNano)} at ${priceText(event.execution.price)}`,
        ]
      : [],
  );
}

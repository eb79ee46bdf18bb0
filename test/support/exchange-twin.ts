/**
 * The backtest's orders put to the local exchange, one session after the other, as a client would: what
 * the kernel decided on a close is sent after it, what it places or takes back in answer to a fill is
 * sent once the exchange has made that fill. Leaves: the exchange's fills and its cash at each close.
 */
import { decimalOf, formatDecimal, multiply } from "../../src/base/decimal.ts";
import { formatDate } from "../../src/base/instant.ts";
import type { JournalPayload } from "../../src/domain/journal-entry.ts";
import { createExchange, takeEvents } from "../../src/venue/exchange/exchange.ts";
import { cancelOrder, orderByClientId, submitOrder } from "../../src/venue/exchange/orders.ts";
import { priceText, unitsOf } from "../../src/venue/exchange/quantity.ts";
import type { OrderRequest } from "../../src/venue/exchange/requests.ts";
import { advanceTo } from "../../src/venue/exchange/sessions.ts";
import type { Exchange } from "../../src/venue/exchange/state.ts";
import { BACKTEST_RULES, type ExchangeOptions } from "../../src/venue/exchange/terms.ts";
import { type Market, type Outcome, packOf } from "./market-fixture.ts";

const HOUR = 3_600_000;

/** The exchange that the kernel's plan describes: its fill model, its costs, no rule of its own. */
export function twinOptions(market: Market, { k }: Pick<Outcome, "k">): ExchangeOptions {
  const pack = packOf(market);
  const { plan, world } = k;
  return {
    accountId: "twin",
    currency: "USD",
    currencyDigits: 2,
    initialCashMinor: plan.initialEquityMinor,
    series: pack.series,
    actions: pack.actions,
    sessions: sessionsAt(world.sessionsMs),
    firstDate: sessionsAt(world.sessionsMs)[0].date,
    marketPhase: plan.marketPhase,
    rules: BACKTEST_RULES,
    costs: {
      slippage: plan.slippage,
      fees: plan.fees,
      debitRate: plan.debitRate,
      borrowRate: plan.borrowRate,
    },
    seed: 1,
  };
}

/** 14:30 to 21:00 UTC of each date. */
export function sessionsAt(datesMs: Iterable<number>): ExchangeOptions["sessions"] {
  return [...datesMs].map((ms) => ({
    date: formatDate(ms),
    openMs: ms + 14.5 * HOUR,
    closeMs: ms + 21 * HOUR,
  }));
}

/** Signed lots; amounts in cents, unsigned. */
export type TwinFill = {
  readonly on: string;
  readonly orderId: string;
  readonly lots: number;
  readonly price: number;
  readonly notional: number;
  readonly fee: number;
};

/** The same of the kernel's journal. */
export function kernelFills({ entries }: Outcome): readonly TwinFill[] {
  return entries.flatMap(({ at, payload }) =>
    payload.kind === "fill"
      ? [
          {
            on: at,
            orderId: payload.order_id,
            lots: payload.lots,
            price: payload.price,
            notional: Math.abs(payload.notional_minor),
            fee: payload.fee_minor,
          },
        ]
      : [],
  );
}

function takeFills(x: Exchange, on: string, { k: { world } }: Outcome): readonly TwinFill[] {
  return takeEvents(x).flatMap((event) => {
    if (event.kind !== "fill") return [];
    const { execution, order } = event;
    const side = execution.side === "buy" ? 1 : -1;
    const { lot } = world.instruments[world.indexOf.get(order.symbol) as number];
    return [
      {
        on,
        orderId: order.clientOrderId,
        lots: side * Math.round(unitsOf(execution.qtyNano) / lot),
        price: execution.price,
        notional: order.notionalMinor,
        fee: orderByClientId(x, order.clientOrderId)?.feeMinor ?? Number.NaN,
      },
    ];
  });
}

export type TwinRun = {
  readonly x: Exchange;
  readonly fills: readonly TwinFill[];
  readonly cash: readonly number[];
  /** Orders that the exchange refused, with its words. */
  readonly refused: readonly string[];
};

type OrderEntry = Extract<JournalPayload, { kind: "order" }>;

export function runTwin(market: Market, outcome: Outcome): TwinRun {
  const options = twinOptions(market, outcome);
  const x = createExchange(options);
  const fills: TwinFill[] = [];
  const cash: number[] = [];
  const refused: string[] = [];
  const told = outcome.entries;
  const decided = decidedOrders(outcome);
  let next = 0;
  /** Up to the first fill of the kernel's that the exchange has not made yet, and to what is decided on the close. */
  const follow = (date: string, isClosed: boolean): void => {
    const filled = new Set(fills.map(({ orderId }) => orderId));
    for (; next < told.length && told[next].at <= date; next++) {
      const { payload } = told[next];
      if (payload.kind === "fill" && !filled.has(payload.order_id)) return;
      if (!isClosed && isDecision(payload, decided)) return;
      if (payload.kind === "order") {
        const request = requestOf(payload, outcome);
        const result = submitOrder(x, request);
        if (!result.ok) refused.push(`${date} ${payload.order_id}: ${result.error.message}`);
      }
      if (payload.kind === "order_ended" && payload.end !== "expired") {
        const order = orderByClientId(x, payload.order_id);
        if (order !== null) cancelOrder(x, order.id);
      }
    }
  };
  for (const { date, openMs, closeMs } of options.sessions) {
    for (const ms of [openMs, closeMs - 60_000, closeMs]) {
      advanceTo(x, ms);
      fills.push(...takeFills(x, date, outcome));
      follow(date, ms === closeMs);
    }
    cash.push(x.state.cashMinor);
    advanceTo(x, closeMs + HOUR);
  }
  return { x, fills, cash, refused };
}

/** All but protective stops, which answer a fill. */
function decidedOrders({ entries }: Outcome): ReadonlySet<string> {
  return new Set(
    entries.flatMap(({ payload }) =>
      payload.kind === "order" && payload.purpose !== "stop" ? [payload.order_id] : [],
    ),
  );
}

function isDecision(payload: Outcome["entries"][number]["payload"], decided: ReadonlySet<string>) {
  if (payload.kind === "order") return decided.has(payload.order_id);
  return (
    payload.kind === "order_ended" && payload.end === "replaced" && decided.has(payload.order_id)
  );
}

function requestOf(
  { order_id: clientOrderId, instrument: symbol, type, lots, price, time_in_force }: OrderEntry,
  { k: { world, plan } }: Outcome,
): OrderRequest {
  const { lot } = world.instruments[world.indexOf.get(symbol) as number];
  const auction = { open: "opg", close: "cls" } as const;
  const timeInForce = {
    market: auction[plan.marketPhase],
    on_open: "opg",
    on_close: "cls",
    limit: time_in_force,
    stop: time_in_force,
  } as const;
  return {
    clientOrderId,
    symbol,
    side: lots > 0 ? "buy" : "sell",
    qty: formatDecimal(multiply(decimalOf(Math.abs(lots)), decimalOf(lot))),
    type: type === "limit" || type === "stop" ? type : "market",
    timeInForce: timeInForce[type],
    limitPrice: type === "limit" ? priceText(price as number) : null,
    stopPrice: type === "stop" ? priceText(price as number) : null,
    legs: null,
  };
}

/**
 * A local exchange: pure, deterministic, stepped by whoever waits. Enters: a market and terms
 * (terms.ts), orders (orders.ts), time (sessions.ts); leaves: events, in order, and whatever the views
 * tell (account.ts, activities.ts). Its state can be written down and taken up again.
 */
import type { Json } from "../../base/canonical-json.ts";
import { prepareMarket } from "./market.ts";
import { decodeState, encodeState } from "./saved-state.ts";
import { isEnded } from "./order-life.ts";
import type { Exchange, ExchangeEvent, ExchangeState } from "./state.ts";
import type { ExchangeOptions } from "./terms.ts";

/** Before the first session: its clock stands at the midnight (UTC) of that session's date. */
export function createExchange(options: ExchangeOptions): Exchange {
  const market = prepareMarket(options);
  return assembled(options, market, {
    nowMs: market.firstMs,
    session: market.firstSession,
    step: "open",
    cashMinor: options.initialCashMinor,
    closingDebitMinor: 0,
    closingShortMinor: options.series.map(() => 0),
    marks: [...market.firstMarks],
    orders: [],
    positions: [],
    payments: [],
    activities: [],
    counts: { orders: 0, executions: 0, activities: 0, draws: 0 },
    halted: [],
    positionLag: null,
    replacesToReject: 0,
  });
}

/** The exchange as it was when `stateOf` was asked; bars may have come since. */
export function restoreExchange(options: ExchangeOptions, saved: Json): Exchange {
  const market = prepareMarket(options);
  return assembled(options, market, decodeState(saved, options, market));
}

export function stateOf({ state, options }: Exchange): Json {
  return encodeState(state, options);
}

/** What happened since it was last asked. */
export function takeEvents({ events }: Exchange): readonly ExchangeEvent[] {
  return events.splice(0);
}

function assembled(
  options: ExchangeOptions,
  market: Exchange["market"],
  state: ExchangeState,
): Exchange {
  return {
    options,
    market,
    state,
    events: [],
    orderById: new Map(state.orders.map((order) => [order.id, order])),
    orderByClientId: new Map(state.orders.map((order) => [order.clientOrderId, order])),
    positionBySymbol: new Map(state.positions.map((position) => [position.symbol, position])),
    activityIndex: new Map(state.activities.map(({ id }, index) => [id, index])),
    working: state.orders.filter((order) => !isEnded(order)),
  };
}

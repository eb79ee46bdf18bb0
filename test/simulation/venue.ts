/**
 * The other side of the wire: the local exchange with its fault script, which lives on whatever becomes
 * of the process. `truth` is what it knows itself, without delays and faults in between.
 */
import { createSimulatedVenue } from "../../src/adapters/brokers/simulated.ts";
import type { Broker } from "../../src/ports/broker.ts";
import { createExchange } from "../../src/venue/exchange/exchange.ts";
import { formatNano } from "../../src/venue/exchange/quantity.ts";
import type { Exchange, ExchangeOrder } from "../../src/venue/exchange/state.ts";
import { ALPACA_RULES, BACKTEST_RULES } from "../../src/venue/exchange/terms.ts";
import type { FaultScript } from "../../src/venue/faults.ts";
import type { VenueTime } from "./clock.ts";
import type { TrueOrder, VenueTruth } from "./evidence.ts";
import { HISTORY, preparedAt, type SimulatedMarket } from "./market.ts";

export const ACCOUNT_ID = "SIM-1";

export type OpenedVenue = VenueTime & {
  connect(): Broker;
  /** From here on nothing new goes wrong; what has gone wrong stays. */
  calm(): void;
  /** Orders under other ids than these are the venue's own. */
  truth(ours: ReadonlySet<string>): VenueTruth;
};

const LATENCY_MS = 5;

export function openVenue(market: SimulatedMarket, faults: FaultScript): OpenedVenue {
  const { pack, dates, sessions, mandate } = market;
  const { plan } = preparedAt(market, dates[HISTORY - 1], dates[HISTORY]).planned;
  const { initial_equity: equity, currency, currency_digits: digits } = mandate.account;
  const exchange = createExchange({
    accountId: ACCOUNT_ID,
    currency,
    currencyDigits: digits,
    initialCashMinor: equity * 10 ** digits,
    series: pack.series,
    actions: pack.actions,
    sessions,
    firstDate: dates[HISTORY],
    marketPhase: plan.marketPhase,
    rules: market.flavour === "paper" ? ALPACA_RULES : BACKTEST_RULES,
    costs: {
      slippage: plan.slippage,
      fees: plan.fees,
      debitRate: plan.debitRate,
      borrowRate: plan.borrowRate,
    },
    seed: faults.seed,
  });
  // Emptied when calm is wanted: what is on its way by then still comes.
  const rules = [...faults.rules];
  const { time, connect } = createSimulatedVenue({
    exchange,
    faults: { seed: faults.seed, rules },
    latencyMs: LATENCY_MS,
  });
  return {
    nowMs: time.nowMs,
    nextMs: time.nextMs,
    advanceTo: (ms) => void time.advanceTo(ms),
    connect,
    calm: () => {
      rules.length = 0;
    },
    truth: (ours) => truthOf(exchange, ours),
  };
}

function truthOf({ state }: Exchange, ours: ReadonlySet<string>): VenueTruth {
  return {
    orders: state.orders.map((order) => trueOrder(order, ours)),
    positions: state.positions
      .filter(({ qtyNano }) => qtyNano !== 0n)
      .map(({ symbol, qtyNano }) => ({ symbol, qty: formatNano(qtyNano) })),
    cashMinor: state.cashMinor,
  };
}

function trueOrder(order: ExchangeOrder, ours: ReadonlySet<string>): TrueOrder {
  return {
    venueOrderId: order.id,
    clientOrderId: ours.has(order.clientOrderId) ? order.clientOrderId : null,
    symbol: order.symbol,
    side: order.side,
    qty: formatNano(order.qtyNano),
    filledQty: formatNano(order.filledNano),
    status: STATUS[order.status],
  };
}

const STATUS: { readonly [status in ExchangeOrder["status"]]: TrueOrder["status"] } = {
  accepted: "working",
  new: "working",
  held: "working",
  pending_cancel: "working",
  partially_filled: "partially_filled",
  filled: "filled",
  canceled: "cancelled",
  expired: "expired",
  replaced: "replaced",
  rejected: "rejected",
};

/** GET /v2/orders beside a plain look through everything there ever was. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { orderList } from "../../../src/apps/venue-server/order-list.ts";
import { marketOf } from "../../../src/apps/venue-server/market.ts";
import { printInstant } from "../../../src/apps/venue-server/request.ts";
import { createExchange } from "../../../src/venue/exchange/exchange.ts";
import { cancelOrder, submitOrder } from "../../../src/venue/exchange/orders.ts";
import { isEnded } from "../../../src/venue/exchange/order-life.ts";
import { advanceTo } from "../../../src/venue/exchange/sessions.ts";
import type { Exchange, ExchangeOrder } from "../../../src/venue/exchange/state.ts";
import { BACKTEST_RULES } from "../../../src/venue/exchange/terms.ts";
import { packOf } from "../../support/market-fixture.ts";
import { FIRST_DATE, rising } from "../../support/venue-fixture.ts";

const SYMBOLS = ["AAA", "BBB"];
const BEGIN = Date.parse("2024-01-10T15:00:00Z");

function exchangeOf(): Exchange {
  const { series, actions } = packOf({ AAA: rising(100), BBB: rising(200) });
  const exchange = createExchange({
    accountId: "one",
    currency: "USD",
    currencyDigits: 2,
    initialCashMinor: 1e9,
    series,
    actions,
    sessions: marketOf(series, actions).sessions,
    firstDate: FIRST_DATE,
    marketPhase: "open",
    rules: BACKTEST_RULES,
    costs: {
      slippage: { bps: 0, halfSpread: 0, ticks: 0 },
      fees: series.map(() => ({ bps: 0, perShare: 0, minimumMinor: 0 })),
      debitRate: 0,
      borrowRate: 0,
    },
    seed: 1,
  });
  advanceTo(exchange, BEGIN);
  return exchange;
}

/** What happens: an order at this second, or an earlier one cancelled. */
const happening = fc.record({
  seconds: fc.integer({ min: 0, max: 1 }),
  symbol: fc.constantFrom(...SYMBOLS),
  side: fc.constantFrom("buy" as const, "sell" as const),
  cancels: fc.option(fc.nat()),
});

const questions = fc.record({
  status: fc.constantFrom("open", "closed", "all", undefined),
  limit: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  direction: fc.constantFrom("asc", "desc", undefined),
  side: fc.constantFrom("buy", "sell", undefined),
  symbols: fc.constantFrom("AAA", "AAA,BBB", undefined),
  range: fc.constantFrom("none", "times", "before", "after"),
  from: fc.nat({ max: 12 }),
  until: fc.nat({ max: 12 }),
  id: fc.nat(),
});
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

function plainly({ state }: Exchange, q: Question, anchor: ExchangeOrder): readonly string[] {
  const place = state.orders.indexOf(anchor);
  const found = state.orders.filter((order, n) => {
    const open = !isEnded(order);
    if ((q.status ?? "open") === "open" && !open) return false;
    if (q.status === "closed" && open) return false;
    if (q.side !== undefined && order.side !== q.side) return false;
    if (q.symbols === "AAA" && order.symbol !== "AAA") return false;
    if (q.range === "before") return n < place;
    if (q.range === "after") return n > place;
    if (q.range === "none") return true;
    const at = order.submittedMs - BEGIN;
    return at > q.from * 1000 && at < q.until * 1000;
  });
  if (q.direction !== "asc") found.reverse();
  return found.slice(0, q.limit ?? 50).map(({ id }) => id);
}

it("the list of orders is what a plain look finds", () => {
  fc.assert(
    fc.property(
      fc.array(happening, { minLength: 1, maxLength: 20 }),
      fc.array(questions, { minLength: 1, maxLength: 12 }),
      (happenings, asked) => {
        const exchange = exchangeOf();
        const { orders } = exchange.state;
        for (const [n, { seconds, symbol, side, cancels }] of happenings.entries()) {
          advanceTo(exchange, exchange.state.nowMs + seconds * 1000);
          const terms = { type: "limit", timeInForce: "gtc", stopPrice: null, legs: null } as const;
          const limitPrice = side === "buy" ? "1" : "9999";
          const placed = { ...terms, clientOrderId: `o${n}`, symbol, side, qty: "1", limitPrice };
          expect(submitOrder(exchange, placed).ok).toBe(true);
          if (cancels !== null) cancelOrder(exchange, orders[cancels % orders.length].id);
        }
        for (const q of asked) {
          const anchor = orders[q.id % orders.length];
          const range =
            q.range === "times"
              ? {
                  after: printInstant(BEGIN + q.from * 1000),
                  until: printInstant(BEGIN + q.until * 1000),
                }
              : q.range === "none"
                ? {}
                : { [`${q.range}_order_id`]: anchor.id };
          const { status, direction, side, symbols } = q;
          const limit = q.limit === undefined ? undefined : String(q.limit);
          const query = { status, limit, direction, side, symbols, ...range };
          expect(orderList(exchange, query).map(({ id }) => id)).toEqual(
            plainly(exchange, q, anchor),
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

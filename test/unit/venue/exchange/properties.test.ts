/**
 * Whatever is asked of it: cash is what its activities moved, positions are what its fills and splits
 * made, no order fills more than its quantity, every order ends once, and an exchange that was written
 * down and taken up again at any moment is the same to the last byte.
 */
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../../src/base/canonical-json.ts";
import { notionalMinor } from "../../../../src/base/money.ts";
import { nextUint32, prngOf } from "../../../../src/base/prng.ts";
import { bustPrice, changePosition } from "../../../../src/venue/exchange/acts.ts";
import {
  createExchange,
  restoreExchange,
  stateOf,
  takeEvents,
} from "../../../../src/venue/exchange/exchange.ts";
import { isEnded } from "../../../../src/venue/exchange/order-life.ts";
import { cancelOrder, submitOrder } from "../../../../src/venue/exchange/orders.ts";
import { replaceOrder } from "../../../../src/venue/exchange/replace.ts";
import { unitsOf } from "../../../../src/venue/exchange/quantity.ts";
import { advanceTo } from "../../../../src/venue/exchange/sessions.ts";
import type { Exchange } from "../../../../src/venue/exchange/state.ts";
import {
  ALPACA_RULES,
  BACKTEST_RULES,
  type ExchangeOptions,
} from "../../../../src/venue/exchange/terms.ts";
import { optionsOf, request } from "../../../support/exchange-fixture.ts";
import { randomRun } from "../../../support/random-market.ts";

const SEEDS = 120;

type Dice = { readonly pick: <T>(options: readonly T[]) => T };

function diceOf(seed: number): Dice {
  const prng = prngOf(seed);
  return { pick: (options) => options[nextUint32(prng) % options.length] };
}

function randomOptions(seed: number): ExchangeOptions {
  const { market } = randomRun(seed);
  const options = optionsOf({ market, initialCashMinor: 5_000_000 });
  const rules = seed % 2 === 0 ? BACKTEST_RULES : { ...ALPACA_RULES, pennyGrid: false };
  return {
    ...options,
    seed,
    rules: { ...rules, partialFillChance: 0.3, gtcDays: 9 },
    costs: {
      slippage: { bps: 7, halfSpread: 0, ticks: 0 },
      fees: options.series.map(() => ({ bps: 1.5, perShare: 0.005, minimumMinor: 100 })),
      debitRate: 0.05,
      borrowRate: 0.03,
    },
  };
}

/** One act of a careless client at this moment. */
function act(x: Exchange, { pick }: Dice, name: string): void {
  const { instrument } = pick(x.options.series);
  const price = x.state.marks[x.market.indexOf.get(instrument.id) as number];
  const level = () =>
    String(Math.round((Number.isNaN(price) ? 50 : price) * pick([95, 100, 105])) / 100);
  const type = pick(["market", "market", "limit", "stop", "stop_limit"] as const);
  const what = pick([
    "order",
    "order",
    "order",
    "bracket",
    "cancel",
    "replace",
    "nothing",
  ] as const);
  const working = x.working.filter((order) => !isEnded(order));
  if (what === "cancel" && working.length > 0) cancelOrder(x, pick(working).id);
  if (what === "replace" && working.length > 0) {
    const unchanged = { clientOrderId: null, timeInForce: null, limitPrice: null, stopPrice: null };
    replaceOrder(x, pick(working).id, { ...unchanged, qty: pick(["5", "20", null]) });
  }
  if (what !== "order" && what !== "bracket") return;
  const legs = {
    takeProfit: { limitPrice: String(10_000) },
    stopLoss: { stopPrice: "0.01", limitPrice: null },
  };
  submitOrder(
    x,
    request({
      clientOrderId: name,
      symbol: instrument.id,
      side: pick(["buy", "sell"]),
      qty: pick(["10", "3", "0.5", "120"]),
      type,
      timeInForce: pick(["day", "gtc", "opg", "cls", "ioc"]),
      limitPrice: type.includes("limit") ? level() : null,
      stopPrice: type.startsWith("stop") ? level() : null,
      legs: what === "bracket" ? legs : null,
    }),
  );
}

/** Plays a client through the whole market; `each` may put another exchange in the place of this one. */
function play(seed: number, each: (x: Exchange) => Exchange = (x) => x): Exchange {
  let x = createExchange(randomOptions(seed));
  const dice = diceOf(seed + 1000);
  let acts = 0;
  for (const { openMs, closeMs } of x.options.sessions) {
    for (const ms of [openMs - 3_600_000, openMs + 1000, closeMs - 3_600_000, closeMs + 1000]) {
      advanceTo(x, ms);
      act(x, dice, `act-${++acts}`);
      x = each(x);
    }
  }
  return x;
}

/** What is wrong with its books, or nothing. */
function audit(x: Exchange): readonly string[] {
  const { state, market, options } = x;
  const found: string[] = [];
  let cash = options.initialCashMinor;
  const held = new Map<string, bigint>();
  const filled = new Map<string, bigint>();
  for (const one of state.activities) {
    if (one.type === "SPLIT") held.set(one.symbol, one.qtyAfterNano);
    else if (one.type === "FILL") {
      const signed = one.side === "buy" ? one.qtyNano : -one.qtyNano;
      const scale = market.scales[market.indexOf.get(one.symbol) as number];
      cash -= notionalMinor(unitsOf(signed), one.price, scale);
      held.set(one.symbol, (held.get(one.symbol) ?? 0n) + signed);
      filled.set(one.orderId, (filled.get(one.orderId) ?? 0n) + one.qtyNano);
    } else cash += one.amountMinor;
  }
  if (cash !== state.cashMinor) found.push(`cash ${state.cashMinor}, activities say ${cash}`);
  for (const { symbol, qtyNano } of state.positions) {
    if (qtyNano !== (held.get(symbol) ?? 0n)) found.push(`${symbol} ${qtyNano}`);
  }
  for (const order of state.orders) {
    if (order.filledNano > order.qtyNano) found.push(`order ${order.id} is overfilled`);
    if (order.status === "filled" && order.filledNano !== order.qtyNano) found.push(order.id);
    if (isEnded(order) && x.working.includes(order)) found.push(`order ${order.id} works on`);
  }
  return found;
}

describe("random clients", () => {
  const played = Array.from({ length: SEEDS }, (_, seed) => play(seed));

  it(`leave sound books behind in ${SEEDS} markets`, () => {
    expect(played.flatMap((x, seed) => audit(x).map((words) => `seed ${seed}: ${words}`))).toEqual(
      [],
    );
  });

  it("saw what they were made for", () => {
    const met = new Set(played.flatMap(({ state }) => state.orders.map(({ status }) => status)));
    const twice = played.flatMap((x) =>
      x.state.activities.map((one) => one.type === "FILL" && one.fillType),
    );
    expect([...met]).toEqual(expect.arrayContaining(["filled", "canceled", "expired", "replaced"]));
    expect(twice.filter((type) => type === "partial_fill").length).toBeGreaterThan(20);
  });

  it("are told each end once", () => {
    const x = createExchange(randomOptions(4));
    const dice = diceOf(1004);
    const ends = new Map<string, number>();
    x.options.sessions.forEach(({ openMs, closeMs }, n) => {
      for (const [m, ms] of [openMs - 1000, closeMs + 1000].entries()) {
        advanceTo(x, ms);
        act(x, dice, `act-${n}-${m}`);
        for (const { order } of takeEvents(x)) {
          if (isEnded(order)) ends.set(order.id, (ends.get(order.id) ?? 0) + 1);
        }
      }
    });
    expect(ends.size).toBeGreaterThan(5);
    expect([...ends.values()].filter((times) => times !== 1)).toEqual([]);
  });

  it("cannot tell an exchange that was written down and taken up at every step", () => {
    for (const seed of [1, 2, 3, 4]) {
      const again = play(seed, (x) => {
        const text = canonicalJson(stateOf(x));
        return restoreExchange(x.options, JSON.parse(text));
      });
      expect(canonicalJson(stateOf(again))).toBe(canonicalJson(stateOf(played[seed])));
    }
  });

  it("are found out: a bust, a position that moves by itself", () => {
    const x = play(2);
    const fill = x.state.activities.find((one) => one.type === "FILL");
    expect(audit(x)).toEqual([]);
    changePosition(x, fill?.symbol ?? "", "1");
    expect(audit(x)).toHaveLength(1);
    const y = play(2);
    y.state.cashMinor += 1;
    expect(audit(y)).toHaveLength(1);
    const z = play(2);
    if (fill?.type === "FILL") bustPrice(z, fill.executionId, "0.02");
    expect(audit(z), "a corrected price moves cash with it").toEqual([]);
  });
});

describe("a written-down exchange", () => {
  it("goes on with more bars than it was written with", () => {
    const whole = randomOptions(6);
    const half = Math.floor(whole.sessions.length / 2);
    const known = whole.sessions.slice(0, half);
    const untilMs = Date.parse(known[half - 1].date);
    const cut: ExchangeOptions = {
      ...whole,
      sessions: known,
      series: whole.series.map((one) => {
        const rows = one.timesMs.filter((ms) => ms <= untilMs).length;
        const head = (column: Float64Array | null) => column?.slice(0, rows) ?? null;
        const timesMs = one.timesMs.slice(0, rows);
        const close = one.close.slice(0, rows);
        const [open, high, low] = [head(one.open), head(one.high), head(one.low)];
        return { ...one, timesMs, close, open, high, low };
      }),
    };
    const end = whole.sessions.at(-1)?.closeMs ?? 0;
    const symbol = whole.series[0].instrument.id;
    const orders = (x: Exchange) =>
      submitOrder(x, request({ clientOrderId: "held", symbol, timeInForce: "gtc" }));
    const x = createExchange(whole);
    advanceTo(x, known[half - 1].closeMs);
    orders(x);
    advanceTo(x, end);
    const early = createExchange(cut);
    advanceTo(early, known[half - 1].closeMs);
    orders(early);
    const late = restoreExchange(whole, stateOf(early));
    advanceTo(late, end);
    expect(canonicalJson(stateOf(late))).toBe(canonicalJson(stateOf(x)));
  });

  it("is refused where it is another's, or of another form", () => {
    const options = randomOptions(0);
    const saved = stateOf(createExchange(options));
    expect(() => restoreExchange({ ...options, accountId: "other" }, saved)).toThrow(
      /account "small"/,
    );
    expect(() => restoreExchange(options, { format_version: 99 })).toThrow(/format 99/);
  });
});

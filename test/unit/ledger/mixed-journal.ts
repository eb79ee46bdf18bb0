/**
 * Random journals of a portfolio with several currencies, futures and sleeves, day by day as an
 * engine writes them: interest, splits and dividends, crosses and fills, variation margin, rolls,
 * variation margin again. Beside them marks and rates of every close. Amounts are worked out here
 * with exact multiplication alone.
 */
import { DAY_MS, formatDate, parseIsoDate } from "../../../src/base/instant.ts";
import { exactNotionalMinor, moneyScale } from "../../../src/base/money.ts";
import { nextUint32, type Prng, prngOf } from "../../../src/base/prng.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import { type JournalPayload, MICRO_LOTS } from "../../../src/domain/journal-entry.ts";
import type { LedgerEntry, LedgerOptions, Marks } from "../../../src/records/ledger/fold.ts";
import type { Rates } from "../../../src/records/ledger/foreign.ts";
import type { LotMethod } from "../../../src/records/ledger/lots.ts";
import type { SleeveOptions } from "../../../src/records/ledger/sleeve-shares.ts";
import { instrument } from "./sample-journal.ts";

const EUR = { currency: "EUR" } as const;
const JPY = { currency: "JPY", currencyDigits: 0 } as const;

export const MIXED: readonly Instrument[] = [
  instrument("SPY", { assetClass: "etf" }),
  instrument("ES", { assetClass: "future", multiplier: 50, initialMargin: 12_000 }),
  instrument("CL", { assetClass: "future", multiplier: 1000, allowNonpositive: true }),
  instrument("SAP.DE", { ...EUR }),
  instrument("FGBL", { ...EUR, assetClass: "future", multiplier: 1000 }),
  instrument("7203", { ...JPY, lot: 100 }),
  instrument("NK", { ...JPY, assetClass: "future", multiplier: 500 }),
];

/** Three sleeves on most instruments, one alone on the last two. */
export const SLEEVES: SleeveOptions["sleeves"] = MIXED.flatMap(({ id }, i) =>
  ["trend", "carry", "value"].slice(0, i < 5 ? 3 : 1).map((strategy) => ({
    variantId: `${strategy}:${id}`,
    strategy,
    instrument: id,
  })),
);

export function mixedOptions(lotMethod: LotMethod, keepTransactions = false): LedgerOptions {
  return { currency: "USD", digits: 2, lotMethod, instruments: MIXED, keepTransactions };
}

export function mixedSleeves(lotMethod: LotMethod): SleeveOptions {
  return { currency: "USD", lotMethod, instruments: MIXED, sleeves: SLEEVES };
}

export type Day = {
  readonly entries: readonly LedgerEntry[];
  readonly marks: Marks;
  readonly rates: Rates;
};

type Market = {
  readonly prng: Prng;
  readonly price: Map<string, number>;
  readonly rate: Map<string, number>;
  readonly lots: Map<string, number>;
  /** Value up to which a future is settled. */
  readonly settled: Map<string, number>;
  /** Its fills since. */
  readonly unsettled: Map<string, number>;
  readonly entries: LedgerEntry[];
  at: string;
};

export function mixedJournal(seed: number, days: number): readonly Day[] {
  const market: Market = {
    prng: prngOf(seed),
    price: new Map(MIXED.map(({ id }) => [id, 100])),
    rate: new Map([
      ["USD", 1],
      ["EUR", 1.1],
      ["JPY", 0.0091],
    ]),
    lots: new Map(MIXED.map(({ id }) => [id, 0])),
    settled: new Map(),
    unsettled: new Map(),
    entries: [],
    at: "",
  };
  const first = parseIsoDate("2020-01-02") ?? Number.NaN;
  return Array.from({ length: days }, (_, day) => {
    market.at = formatDate(first + day * DAY_MS);
    const from = market.entries.length;
    if (day === 0) post(market, flow(500_000_000));
    trade(market);
    const price = new Map(market.price);
    const rate = new Map(market.rate);
    return {
      entries: market.entries.slice(from),
      marks: (id) => price.get(id) ?? Number.NaN,
      rates: (currency) => rate.get(currency) ?? Number.NaN,
    };
  });
}

export function flow(amount_minor: number, currency = "USD"): JournalPayload {
  return { kind: "flow", currency, amount_minor, reason: "initial_deposit" };
}

function trade(market: Market): void {
  const moved = [...market.rate.keys()].filter((currency) => currency !== "USD");
  for (const currency of moved) {
    const rate = (market.rate.get(currency) ?? Number.NaN) * (1 + pick(market, -30, 30) / 1000);
    market.rate.set(currency, Number(rate.toPrecision(6)));
  }
  if (pick(market, 0, 2) === 0) interest(market);
  for (const one of MIXED) {
    if (pick(market, 0, 9) === 0) actions(market, one);
    const { id } = one;
    const price = (market.price.get(id) ?? Number.NaN) + pick(market, -4000, 4000) / 1000;
    const lowest = one.allowNonpositive ? -50 : 1;
    market.price.set(id, Number(Math.max(lowest, price).toFixed(3)));
    const what = pick(market, 0, 5);
    if (what < 2) fillSome(market, one);
    if (what === 2) crossSome(market, one);
  }
  settleAll(market);
  let rolled = false;
  for (const one of MIXED) {
    if (one.assetClass !== "future" || pick(market, 0, 11) !== 0) continue;
    rollOver(market, one);
    rolled = true;
  }
  if (rolled) settleAll(market);
}

function interest(market: Market): void {
  const terms = { kind: "accrual", days: 1, base_minor: 1_000_000, rate: 0.05 } as const;
  for (const { id, currency } of MIXED) {
    if ((market.lots.get(id) ?? 0) >= 0) continue;
    const amount = pick(market, 1, 999);
    const amounts = { per_day_minor: amount, amount_minor: amount };
    post(market, { ...terms, accrual: "borrow", instrument: id, currency, ...amounts });
  }
  const amount = pick(market, 1, 999);
  const amounts = { per_day_minor: amount, amount_minor: amount };
  const currency = ["USD", "EUR", "JPY"][pick(market, 0, 2)];
  post(market, { ...terms, accrual: "financing", instrument: null, currency, ...amounts });
}

function actions(market: Market, one: Instrument): void {
  const { id, currency } = one;
  const lots = market.lots.get(id) ?? 0;
  if (one.assetClass === "future") return;
  if (pick(market, 0, 1) === 0) {
    if (lots === 0) return;
    const amount_per_unit = pick(market, 1, 2000) / 1000;
    const amount_minor = valueOf(one, lots, amount_per_unit);
    const terms = { instrument: id, currency };
    const pay_date = market.at;
    post(market, { kind: "dividend", ...terms, lots, amount_per_unit, amount_minor, pay_date });
    if (pick(market, 0, 1) === 0)
      post(market, { kind: "dividend_paid", ...terms, amount_minor, ex_date: market.at });
    return;
  }
  const ratio = [2, 1.5, 0.1, 1 / 3][pick(market, 0, 3)];
  const after = Math.trunc(lots * ratio * (1 + 1e-12)) + 0;
  const whole = Math.abs(lots * ratio - after) < 1e-9;
  const in_lieu = whole ? 0 : Math.sign(lots) * pick(market, 1, 5000);
  post(market, {
    kind: "split",
    instrument: id,
    ratio,
    lots_before: lots,
    lots_after: after,
    cash_in_lieu_minor: in_lieu,
    orders: [],
  });
  market.lots.set(id, after);
}

export function ownersOf(id: string): readonly string[] {
  return SLEEVES.filter((s) => s.instrument === id).map((s) => s.variantId);
}

function fillSome(market: Market, one: Instrument): void {
  const { id, currency } = one;
  const lots = pick(market, -9, 9) || 3;
  const price = market.price.get(id) ?? Number.NaN;
  const notional_minor = valueOf(one, lots, price);
  const owners = ownersOf(id);
  const sleeves = owners.length === 1 ? [] : shares(market, owners, lots * MICRO_LOTS);
  post(market, {
    kind: "fill",
    order_id: "o",
    instrument: id,
    currency,
    lots,
    price,
    reference_price: price,
    notional_minor,
    fee_minor: pick(market, 0, 700),
    slippage_minor: 0,
    sleeves,
    terminals: [],
  });
  market.lots.set(id, (market.lots.get(id) ?? 0) + lots);
  market.unsettled.set(id, (market.unsettled.get(id) ?? 0) + notional_minor);
}

function crossSome(market: Market, { id }: Instrument): void {
  const owners = ownersOf(id);
  if (owners.length === 1) return;
  const sleeves = shares(market, owners, 0);
  const price = market.price.get(id) ?? Number.NaN;
  post(market, { kind: "cross", instrument: id, price, sleeves, terminals: [] });
}

/** Any mixture of signs that adds up. */
function shares(market: Market, owners: readonly string[], total: number) {
  const [first, second, third] = owners;
  const a = pick(market, -3_000_000, 3_000_000);
  const b = pick(market, -3_000_000, 3_000_000);
  return [
    { variant_id: third, micro_lots: total - a - b },
    { variant_id: first, micro_lots: a },
    { variant_id: second, micro_lots: b },
  ];
}

function settleAll(market: Market): void {
  const settled = MIXED.filter((one) => one.assetClass === "future").flatMap((one) => {
    const { id, currency } = one;
    const price = market.price.get(id) ?? Number.NaN;
    const now = valueOf(one, market.lots.get(id) ?? 0, price);
    const before = market.settled.get(id) ?? 0;
    const amount_minor = now - before - (market.unsettled.get(id) ?? 0);
    market.settled.set(id, now);
    market.unsettled.set(id, 0);
    return amount_minor === 0 ? [] : [{ instrument: id, currency, price, amount_minor }];
  });
  if (settled.length > 0) post(market, { kind: "settlement", settled });
}

/** The next contract stands a little apart; both legs pay a slip of a tick. */
function rollOver(market: Market, one: Instrument): void {
  const { id, currency } = one;
  const lots = market.lots.get(id) ?? 0;
  const from = market.price.get(id) ?? Number.NaN;
  const to = Number((from + pick(market, -900, 900) / 1000).toFixed(3));
  const slip = Math.sign(lots) * 0.01;
  const out = Number((from - slip).toFixed(3));
  const into = Number((to + slip).toFixed(3));
  const notional = { from: valueOf(one, -lots, out), to: valueOf(one, lots, into) };
  post(market, {
    kind: "roll",
    instrument: id,
    currency,
    from_contract: 202003,
    to_contract: 202006,
    lots,
    from_price: out,
    to_price: into,
    from_reference: from,
    to_reference: to,
    from_notional_minor: notional.from,
    to_notional_minor: notional.to,
    fee_minor: lots === 0 ? 0 : pick(market, 0, 300),
    slippage_minor: 0,
    orders: [],
  });
  market.unsettled.set(id, (market.unsettled.get(id) ?? 0) + notional.from + notional.to);
  market.price.set(id, to);
}

function valueOf(one: Instrument, lots: number, price: number): number {
  if (lots === 0) return 0;
  const { lot, multiplier, currencyDigits } = one;
  return exactNotionalMinor(lots, price, moneyScale(lot, multiplier, currencyDigits));
}

function post(market: Market, payload: JournalPayload): void {
  market.entries.push({ seq: market.entries.length + 1, at: market.at, payload });
}

/** A whole number from `low` to `high`, both included. */
function pick({ prng }: Market, low: number, high: number): number {
  return low + (nextUint32(prng) % (high - low + 1));
}

/**
 * What happens to an account before a session opens, in the order in which the backtest has it:
 * interest on a debit and borrowed shares since the last close, dividends and splits of this date,
 * payments that came due.
 */
import { dayNumber } from "../../base/instant.ts";
import { decimalOf, multiply } from "../../base/decimal.ts";
import { moneyScale, notionalMinor } from "../../base/money.ts";
import type { CashDividend, Split } from "../../domain/corporate-action.ts";
import { accrue } from "../accruals.ts";
import { inLieuMinor, splitLots } from "../splits.ts";
import { bookCash, recordSplit } from "./activities.ts";
import { endOrder, isEnded } from "./order-life.ts";
import { heldNano, positionToChange, splitAverage } from "./positions.ts";
import { NANO_DIGITS, unitsOf } from "./quantity.ts";
import type { Exchange, ExchangeOrder } from "./state.ts";

export function carryInto(x: Exchange, session: number): void {
  if (session > x.market.firstSession) accrueInterest(x, session);
  for (const action of x.market.actions.get(session) ?? []) {
    if (action.kind === "split") applySplit(x, action);
    else if (x.options.rules.dividends) owe(x, action);
  }
  if (x.state.payments.length > 0) payDividends(x, session);
}

/** On the closing debit and short values, borrow first: its fee is no part of the debit of the same days. */
function accrueInterest(x: Exchange, session: number): void {
  const { state, market, options } = x;
  const { debitRate, borrowRate } = options.costs;
  const days = dayNumber(market.dateMs[session]) - dayNumber(market.dateMs[session - 1]);
  if (borrowRate > 0) {
    state.closingShortMinor.forEach((base, i) => {
      charge(x, options.series[i].instrument.id, { base, rate: borrowRate, days });
    });
  }
  if (debitRate > 0) charge(x, null, { base: state.closingDebitMinor, rate: debitRate, days });
}

function charge(
  x: Exchange,
  symbol: string | null,
  { base, rate, days }: { readonly base: number; readonly rate: number; readonly days: number },
): void {
  if (base <= 0) return;
  const { perDayMinor, amountMinor } = accrue(base, rate, days);
  if (amountMinor === 0) return;
  const what = symbol === null ? "debit interest" : "fee for borrowed shares";
  const description = `${what}, ${days} days at ${perDayMinor} minor units`;
  bookCash(x, "INT", { symbol, amountMinor: 0 - amountMinor, description });
}

function owe(x: Exchange, { instrument, amountPerUnit, payDateMs }: CashDividend): void {
  const qtyNano = heldNano(x, instrument);
  if (qtyNano === 0n) return;
  const scale = x.market.unitScales[x.market.indexOf.get(instrument) as number];
  const amountMinor = notionalMinor(unitsOf(qtyNano), amountPerUnit, scale);
  const payment = { symbol: instrument, dueMs: payDateMs, amountMinor, qtyNano };
  x.state.payments.push({ ...payment, perUnit: amountPerUnit });
}

function payDividends(x: Exchange, session: number): void {
  const now = x.market.dateMs[session];
  for (const { symbol, dueMs, amountMinor, qtyNano, perUnit } of x.state.payments) {
    if (dueMs > now) continue;
    const description = amountMinor < 0 ? "dividend owed on a short position" : "cash dividend";
    bookCash(x, "DIV", { symbol, amountMinor, description, qtyNano, perUnit });
  }
  x.state.payments = x.state.payments.filter(({ dueMs }) => dueMs > now);
}

function applySplit(x: Exchange, { instrument: symbol, ratio }: Split): void {
  const i = x.market.indexOf.get(symbol) as number;
  const before = heldNano(x, symbol);
  if (before !== 0n) splitPosition(x, i, before, ratio);
  x.state.marks[i] /= ratio;
  const lotNano = lotOf(x, i);
  for (const order of x.working) {
    if (order.symbol === symbol && !isEnded(order)) resizeOrder(x, order, lotNano, ratio);
  }
}

function splitPosition(x: Exchange, i: number, before: bigint, ratio: number): void {
  const { instrument } = x.options.series[i];
  const lotNano = lotOf(x, i);
  const after = splitNano(before, lotNano, ratio);
  const position = positionToChange(x, instrument.id);
  position.averagePrice = splitAverage(position, after);
  position.qtyNano = after;
  const what = { symbol: instrument.id, qtyBeforeNano: before, qtyAfterNano: after, ratio };
  recordSplit(x, what);
  if (before % lotNano !== 0n) return;
  const lots = { before: Number(before / lotNano), after: Number(after / lotNano) };
  if (splitLots(lots.before, ratio).isExact) return;
  const scale = moneyScale(instrument.lot, instrument.multiplier, instrument.currencyDigits);
  const amountMinor = inLieuMinor(lots, ratio, { price: x.state.marks[i], scale });
  if (amountMinor === 0) return;
  const description = "cash in lieu of a fraction after a split";
  bookCash(x, "REORG", { symbol: instrument.id, amountMinor, description });
}

function resizeOrder(x: Exchange, order: ExchangeOrder, lotNano: bigint, ratio: number): void {
  order.qtyNano = splitNano(order.qtyNano, lotNano, ratio);
  order.filledNano = splitNano(order.filledNano, lotNano, ratio);
  if (order.limitPrice !== null) order.limitPrice /= ratio;
  if (order.stopPrice !== null) order.stopPrice /= ratio;
  if (order.qtyNano === order.filledNano)
    endOrder(x, order, "canceled", "nothing_left_after_split");
}

/** Whole lots stay whole lots, toward zero; a fraction of a lot keeps its nine decimals. */
function splitNano(nano: bigint, lotNano: bigint, ratio: number): bigint {
  if (nano % lotNano === 0n) {
    return BigInt(splitLots(Number(nano / lotNano), ratio).whole) * lotNano;
  }
  const { coefficient, scale } = multiply({ coefficient: nano, scale: 0 }, decimalOf(ratio));
  return coefficient / 10n ** BigInt(scale);
}

function lotOf(x: Exchange, i: number): bigint {
  const { coefficient, scale } = decimalOf(x.options.series[i].instrument.lot);
  return coefficient * 10n ** BigInt(NANO_DIGITS - scale);
}
